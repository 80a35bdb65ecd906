//! The arguments of a placeholder, read once while the template is compiled.
//!
//! The real page passes at most one argument: what stands between the parentheses, as JSON, or as plain
//! text where it is no JSON. The tolerant reading passes several, and forgives quotes of the wrong kind
//! and names without quotes, with a note that shows the corrected text.

use std::ops::Range;

use serde_json::Value;

use crate::template::decimal::Decimal;
use crate::template::javascript;
use crate::template::relaxed;

/// What stands between the parentheses of a placeholder.
#[derive(Clone, Debug, Default)]
pub struct Args {
    /// Read to the letter, as the real page does.
    pub strict: bool,
    /// As written; line feeds are gone.
    pub raw: String,
    /// As understood.
    pub values: Vec<Value>,
    /// No JSON, so that the text itself is the argument.
    pub plain: bool,
    /// What was forgiven: the corrected text.
    pub corrected: Option<String>,
}

/// Why a placeholder cannot work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    /// The bytes of the argument text it is about, if not all of the placeholder.
    pub within: Option<Range<usize>>,
}

impl Fault {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), detail: None, hint: None, within: None }
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Args {
    /// Reads arguments as the real page does: one JSON value, or the text itself.
    pub fn strict(raw: &str) -> Self {
        let raw = raw.to_owned();
        if raw.is_empty() {
            return Self { strict: true, ..Self::default() };
        }
        match serde_json::from_str(&raw) {
            Ok(value) => Self { strict: true, raw, values: vec![value], ..Self::default() },
            Err(_) => Self {
                strict: true,
                values: vec![Value::String(raw.clone())],
                raw,
                plain: true,
                ..Self::default()
            },
        }
    }

    /// Reads arguments kindly: several JSON values, nearly JSON, or text.
    pub fn tolerant(raw: &str) -> Result<Self, Fault> {
        let raw = raw.replace('\n', "");
        let text = raw.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        if let Ok(values) = serde_json::from_str::<Vec<Value>>(&format!("[{text}]")) {
            return Ok(Self { values, raw, ..Self::default() });
        }
        relaxed::refuse_curly_quotes(text)?;
        match relaxed::read(text)? {
            Some((values, corrected)) => {
                Ok(Self { values, raw, corrected: Some(corrected), ..Self::default() })
            }
            None => {
                Ok(Self { values: vec![Value::String(text.to_owned())], raw, plain: true, ..Self::default() })
            }
        }
    }

    pub fn first(&self) -> Option<&Value> {
        self.values.first()
    }

    /// The argument as text: a JSON string as it is, anything else as written.
    pub fn text(&self) -> Option<String> {
        match self.values.as_slice() {
            [] => None,
            [Value::String(text)] if !self.plain || self.strict => Some(text.clone()),
            [value] if self.strict => Some(javascript::text(value)),
            _ => Some(self.raw.trim().to_owned()),
        }
    }

    /// A count at a position, between 0 and `most`.
    pub fn count(&self, index: usize, otherwise: i64, most: i64) -> Result<i64, Fault> {
        let Some(value) = self.values.get(index) else { return Ok(otherwise) };
        let Some(count) = decimal(value).filter(|it| it.scale == 0) else {
            if self.strict || value.is_null() {
                return Ok(otherwise);
            }
            return Err(Fault::new(format!("{} is not a whole number", shown(value)))
                .hint("Write a count, for example (3)."));
        };
        if !(0..=i128::from(most)).contains(&count.units) {
            return Err(Fault::new(format!("{} is out of range", count.units))
                .hint(format!("Write a number from 0 to {most}.")));
        }
        Ok(count.units as i64)
    }

    /// A decimal number at a position.
    pub fn decimal(&self, index: usize, otherwise: Decimal) -> Result<Decimal, Fault> {
        match self.values.get(index) {
            None | Some(Value::Null) => Ok(otherwise),
            Some(value) => decimal(value).ok_or_else(|| {
                Fault::new(format!("{} is not a number that can be used", shown(value)))
                    .hint("Write a number with at most 18 digits, 12 of them after the point.")
            }),
        }
    }
}

/// A value as a decimal number: a JSON number, or a string that holds one.
pub fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Decimal::parse(&number.to_string()),
        Value::String(text) => Decimal::parse(text),
        _ => None,
    }
}

/// A value as it is named in a sentence, cut where it is long.
pub fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
