//! The words of a typed line, and the arguments a form takes from them.

use std::ops::Range;

use crate::base::time::Span;
use crate::sim::command::{Command, FORMS, Form, FormError, NewDelivery};

/// One word of a line: bare, or a JSON string in double quotes.
pub(super) struct Word {
    text: String,
    quoted: bool,
    span: Range<usize>,
}

/// Splits a line at blanks; a word in double quotes is a JSON string and may hold anything.
pub(super) fn split(line: &str) -> Result<Vec<Word>, FormError> {
    let mut words = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace() {
            at += first.len_utf8();
        } else if first == '"' {
            let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            let Some(Ok(text)) = strings.next() else {
                return Err(FormError {
                    span: at..line.len(),
                    message: "a quoted text does not end".into(),
                    hint: Some("Close it with \"; write \\\" for a quote inside.".into()),
                });
            };
            let end = at + strings.byte_offset();
            words.push(Word { text, quoted: true, span: at..end });
            at = end;
        } else {
            let end = at + rest.find(char::is_whitespace).unwrap_or(rest.len());
            words.push(Word { text: line[at..end].to_owned(), quoted: false, span: at..end });
            at = end;
        }
    }
    Ok(words)
}

/// The form whose verb the line starts with; the longest verb wins.
pub(super) fn matching_form(words: &[Word]) -> Option<&'static Form> {
    let starts = |form: &&Form| {
        let mut verb = form.verb().split(' ');
        let mut typed = words.iter();
        verb.all(|it| typed.next().is_some_and(|word| !word.quoted && word.text.eq_ignore_ascii_case(it)))
    };
    FORMS.iter().filter(starts).max_by_key(|form| form.verb().len())
}

/// Takes the arguments of a form from left to right.
pub struct Args<'a> {
    line: &'a str,
    words: std::vec::IntoIter<Word>,
    form: &'static Form,
    texts: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Args<'a> {
    pub(super) fn new(
        line: &'a str,
        words: Vec<Word>,
        form: &'static Form,
        texts: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let mut words = words.into_iter();
        for _ in form.verb().split(' ') {
            words.next();
        }
        Self { line, words, form, texts }
    }

    /// A word.
    pub fn word(&mut self, name: &str) -> Result<String, FormError> {
        Ok(self.take(name)?.text)
    }

    /// A text: a word, a JSON string, or `@name` for a text that has a name.
    pub fn text(&mut self, name: &str) -> Result<String, FormError> {
        let word = self.take(name)?;
        match word.text.strip_prefix('@') {
            Some(wanted) if !word.quoted => (self.texts)(wanted).ok_or_else(|| FormError {
                span: word.span,
                message: format!("no text is called @{wanted}"),
                hint: Some("Known are @workshop, @2-B, @2-C, @2-D and @activity-2.".into()),
            }),
            _ => Ok(word.text),
        }
    }

    /// All that is left of the line: one text, or several words as they stand, so that a sentence needs no
    /// quotes.
    pub fn rest(&mut self, name: &str) -> Result<String, FormError> {
        let spans = self.words.as_slice();
        match spans {
            [first, .., last] => {
                let said = self.line.get(first.span.start..last.span.end).unwrap_or_default().to_owned();
                self.words = Vec::new().into_iter();
                Ok(said)
            }
            _ => self.text(name),
        }
    }

    /// A whole number that is not negative.
    pub fn number<N: TryFrom<u64>>(&mut self, name: &str) -> Result<N, FormError> {
        let word = self.take(name)?;
        let number = word.text.parse::<u64>().ok().and_then(|it| N::try_from(it).ok());
        number.ok_or_else(|| wrong(&word, format!("{name} is a whole number, not \"{}\"", word.text)))
    }

    /// A length of time such as `60s` or `5m`.
    pub fn span(&mut self, name: &str) -> Result<Span, FormError> {
        let word = self.take(name)?;
        let hint = format!("{name} is a length of time such as 60s or 5m, not \"{}\"", word.text);
        Span::parse(&word.text).ok_or_else(|| wrong(&word, hint))
    }

    /// A share such as `5%` or `0.5%`, in thousandths.
    pub fn per_thousand(&mut self, name: &str) -> Result<u32, FormError> {
        let word = self.take(name)?;
        let share = word.text.strip_suffix('%').and_then(thousandths).filter(|&it| it <= 1000);
        share.ok_or_else(|| {
            wrong(&word, format!("{name} is a share such as 5% or 0.5%, not \"{}\"", word.text))
        })
    }

    /// One of a few words, in any case.
    pub fn one_of(&mut self, name: &str, known: &[&str]) -> Result<String, FormError> {
        let word = self.take(name)?;
        let small = word.text.to_ascii_lowercase();
        if known.contains(&small.as_str()) {
            return Ok(small);
        }
        Err(wrong(&word, format!("{name} is one of {}, not \"{}\"", known.join(", "), word.text)))
    }

    /// Takes the next word if it is `word`.
    pub fn option(&mut self, word: &str) -> bool {
        let next = self.words.as_slice().first();
        let found = next.is_some_and(|it| !it.quoted && it.text.eq_ignore_ascii_case(word));
        if found {
            self.words.next();
        }
        found
    }

    /// Refuses what is left over.
    pub(super) fn finish(mut self) -> Result<(), FormError> {
        match self.words.next() {
            None => Ok(()),
            Some(word) => Err(FormError {
                span: word.span,
                message: format!("\"{}\" is one word too many", word.text),
                hint: Some(format!("The form is `{}`.", self.form.usage)),
            }),
        }
    }

    pub(super) fn new_delivery(&mut self) -> Result<Command, FormError> {
        let name = self.word("NAME")?;
        if !self.option("bucket") {
            return Err(self.missing("bucket BUCKET"));
        }
        let mut it = NewDelivery::named(name, self.word("BUCKET")?);
        loop {
            if self.option("prefix") {
                it.prefix = self.text("PREFIX")?;
            } else if self.option("buffer") {
                let word = self.take("SIZE")?;
                let size = word.text.to_ascii_uppercase();
                let megabytes = size.strip_suffix("MB").and_then(|digits| digits.parse().ok());
                it.buffer_mb = megabytes.ok_or_else(|| {
                    wrong(&word, format!("SIZE is a size such as 5MB, not \"{}\"", word.text))
                })?;
                it.buffer_wait = self.span("WAIT")?;
            } else if self.option("compression") {
                it.gzip = self.one_of("KIND", &["none", "gzip"])? == "gzip";
            } else if self.option("encryption") {
                self.one_of("KIND", &["none"])?;
            } else if self.option("log") {
                it.logging = self.one_of("log", &["on", "off"])? == "on";
            } else if self.option("role") {
                let role = self.word("ROLE")?;
                it.role = (role != "new").then_some(role);
            } else {
                return Ok(Command::CreateDelivery(it));
            }
        }
    }

    fn take(&mut self, name: &str) -> Result<Word, FormError> {
        match self.words.next() {
            Some(word) => Ok(word),
            None => Err(self.missing(name)),
        }
    }

    fn missing(&self, name: &str) -> FormError {
        FormError {
            span: self.line.len()..self.line.len(),
            message: format!("{name} is missing"),
            hint: Some(format!("The form is `{}`.", self.form.usage)),
        }
    }
}

fn wrong(word: &Word, message: String) -> FormError {
    FormError { span: word.span.clone(), message, hint: None }
}

fn thousandths(text: &str) -> Option<u32> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let tenth: u32 = if tenth.len() == 1 { tenth.parse().ok()? } else { return None };
    whole.parse::<u32>().ok()?.checked_mul(10)?.checked_add(tenth)
}

/// `5%`, `0.5%`.
pub(super) fn percent(per_thousand: u32) -> String {
    match per_thousand % 10 {
        0 => format!("{}%", per_thousand / 10),
        tenth => format!("{}.{tenth}%", per_thousand / 10),
    }
}

/// A word as it is typed: bare where that is unmistakable, else a JSON string.
pub(super) fn quoted(text: &str) -> String {
    let bare = !text.is_empty()
        && !text.starts_with(['@', '"'])
        && !text.chars().any(|it| it.is_whitespace() || it.is_control());
    if bare {
        return text.to_owned();
    }
    serde_json::Value::from(text).to_string()
}
