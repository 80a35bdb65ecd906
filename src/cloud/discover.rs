//! Schema discovery: what sampled records look like (sql.md 6.3).

use serde_json::Value;

use crate::cloud::mapping::{RecordFormat, Schema, SchemaColumn, csv_fields};
use crate::sql::dialect;
use crate::sql::value::SqlType;

/// Why no schema was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoverError {
    pub message: String,
}

/// Guesses a schema from records.
///
/// # Errors
/// There are no records, or they are neither JSON objects nor CSV.
pub fn discover(samples: &[&[u8]]) -> Result<Schema, DiscoverError> {
    let error = |message: &str| DiscoverError { message: message.to_owned() };
    if samples.iter().all(|it| it.trim_ascii().is_empty()) {
        return Err(error("no records to look at"));
    }
    let mut found = Vec::new();
    if samples.iter().all(|it| documents(it, &mut found).is_some()) && !found.is_empty() {
        return Ok(Schema::json(named(found)));
    }
    let mut found = Vec::new();
    for sample in samples {
        let Ok(text) = std::str::from_utf8(sample) else { return Err(error("data format is not valid")) };
        for line in text.split('\n').filter(|it| !it.is_empty()) {
            for (at, field) in csv_fields(line).into_iter().enumerate() {
                let seen = match field.as_str() {
                    "" => Seen::default(),
                    text => Seen::text(text),
                };
                match found.get_mut(at) {
                    None => found.push(Found { key: format!("{at:02}"), path: format!("${at}"), seen }),
                    Some(known) => known.seen.merge(seen),
                }
            }
        }
    }
    if found.len() < 2 || samples.iter().any(|it| it.trim_ascii().starts_with(b"{")) {
        return Err(error("data format is not valid"));
    }
    Ok(Schema { format: RecordFormat::Csv, ..Schema::json(named(found)) })
}

/// One key or field, and what its values were.
struct Found {
    key: String,
    path: String,
    seen: Seen,
}

/// What the values of a column have in common.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// Characters of the longest text.
    length: usize,
    truth: bool,
    /// Digits before and behind the point.
    number: Option<(usize, usize)>,
    text: bool,
}

impl Seen {
    fn of(value: &Value) -> Seen {
        match value {
            Value::Null => Seen::default(),
            Value::Bool(it) => Seen { truth: true, length: it.to_string().len(), ..Seen::default() },
            Value::Number(it) => Seen::text(&it.to_string()),
            Value::String(it) => Seen::text(it),
            nested => Seen { text: true, length: nested.to_string().chars().count(), ..Seen::default() },
        }
    }

    /// A text, which may be a number in quotes.
    fn text(text: &str) -> Seen {
        let length = text.chars().count();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
        let short = whole.len() + decimals.len() <= 18;
        if !whole.is_empty() && plain(whole) && plain(decimals) && !digits.ends_with('.') && short {
            let whole = whole.trim_start_matches('0').len();
            return Seen { number: Some((whole, decimals.len())), length, ..Seen::default() };
        }
        Seen { text: true, length, ..Seen::default() }
    }

    fn merge(&mut self, other: Seen) {
        self.length = self.length.max(other.length);
        self.truth |= other.truth;
        self.text |= other.text;
        self.number = match (self.number, other.number) {
            (Some((a, b)), Some((c, d))) => Some((a.max(c), b.max(d))),
            (one, other) => one.or(other),
        };
    }

    fn ty(self) -> SqlType {
        match (self.number, self.truth) {
            (Some((whole, 0)), false) if !self.text => {
                if whole <= 9 {
                    SqlType::Integer
                } else {
                    SqlType::BigInt
                }
            }
            (Some((whole, decimals)), false) if !self.text => {
                let precision = (whole + decimals).clamp(1, 18) as u8;
                SqlType::Decimal { precision, scale: (decimals as u8).min(precision) }
            }
            (None, true) if !self.text => SqlType::Boolean,
            _ => SqlType::Varchar(self.length.next_power_of_two().clamp(4, 65_534) as u32),
        }
    }
}

/// Adds the keys of every document of a record; `None` where it is not JSON objects.
fn documents(sample: &[u8], found: &mut Vec<Found>) -> Option<()> {
    for document in serde_json::Deserializer::from_slice(sample).into_iter::<Value>() {
        let Ok(Value::Object(object)) = document else { return None };
        walk(&object, "$", 0, found);
    }
    Some(())
}

/// Nested objects are taken apart; the inner key is the column's name.
fn walk(object: &serde_json::Map<String, Value>, path: &str, depth: usize, found: &mut Vec<Found>) {
    for (key, value) in object {
        let path = if key.contains(['.', '[', ']', '\'']) {
            format!("{path}['{key}']")
        } else {
            format!("{path}.{key}")
        };
        match value {
            Value::Object(inner) if depth < 2 && !inner.is_empty() => walk(inner, &path, depth + 1, found),
            value => match found.iter_mut().find(|it| it.path == path) {
                Some(known) => known.seen.merge(Seen::of(value)),
                None => found.push(Found { key: key.clone(), path, seen: Seen::of(value) }),
            },
        }
    }
}

/// Columns with names that SQL can say.
fn named(found: Vec<Found>) -> Vec<SchemaColumn> {
    let mut columns: Vec<SchemaColumn> = Vec::with_capacity(found.len());
    for (at, found) in found.into_iter().enumerate() {
        let mut name = column_name(&found.key, at);
        let mut number = 2;
        while columns.iter().any(|it| it.name == name) {
            name = format!("{}_{number}", column_name(&found.key, at));
            number += 1;
        }
        columns.push(SchemaColumn { name, ty: found.seen.ty(), mapping: found.path });
    }
    columns
}

/// A key as the name of a column: `COL_` in front where SQL could not say it.
fn column_name(key: &str, at: usize) -> String {
    let allowed = |it: char| it.is_ascii_alphanumeric() || it == '_';
    let plain = key.chars().all(allowed) && key.starts_with(|it: char| !it.is_ascii_digit());
    if plain && key.len() <= 100 && !dialect::reserved(key) {
        return key.to_owned();
    }
    let kept: String = key.chars().filter(|it| allowed(*it)).take(100).collect();
    if kept.is_empty() { format!("COL_{at}") } else { format!("COL_{kept}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(samples: &[&str]) -> Vec<String> {
        let samples: Vec<&[u8]> = samples.iter().map(|it| it.as_bytes()).collect();
        let schema = discover(&samples).unwrap();
        schema.columns.iter().map(|it| format!("{} {} {}", it.name, it.ty, it.mapping)).collect()
    }

    /// The workshop's record, and M-01 to M-03 of sql.md section 8.
    #[test]
    fn schemas_are_guessed() {
        let record = r#"{"sensorId":"sensor-42","eventTimeStamp":"2016-10-26T10:05:07-07:00","ambientTemp":21,"measuredTemp":-5}"#;
        let expected = [
            "sensorId VARCHAR(16) $.sensorId",
            "eventTimeStamp VARCHAR(32) $.eventTimeStamp",
            "ambientTemp INTEGER $.ambientTemp",
            "measuredTemp INTEGER $.measuredTemp",
        ];
        assert_eq!(columns(&[record]), expected);
        assert_eq!(
            columns(&[r#"{"USER":"ab","USER@DOMAIN":"abcde","@@":"abcdefghi","1st":12.5,"a":{"b":true}}"#]),
            [
                "COL_USER VARCHAR(4) $.USER",
                "COL_USERDOMAIN VARCHAR(8) $.USER@DOMAIN",
                "COL_2 VARCHAR(16) $.@@",
                "COL_1st DECIMAL(3,1) $.1st",
                "b BOOLEAN $.a.b",
            ]
        );
        assert!(discover(&[]).is_err());
        assert!(discover(&[b"hello"]).is_err());
    }
}
