//! Arguments that are nearly JSON: single quotes, names without quotes, a comma too many.
//!
//! Learners copy such arguments from JavaScript. They are understood, and the corrected text is kept so
//! that it can be shown. Text that does not begin like a list, an object or a string is no argument in
//! JSON's sense at all, but a pattern such as `YYYY-MM-DD`; that is for the placeholder to judge.

use serde_json::{Map, Value};

use crate::template::args::Fault;

/// How deep lists and objects may be nested.
const DEPTH_MAX: usize = 60;

/// Quotes that a word processor or a slide put in place of the straight ones.
const CURLY: &[char] = &['“', '”', '„', '‟', '‘', '’', '‚', '‛'];

/// Refuses typographic quotes outside of straight ones, naming the quote to write instead.
pub fn refuse_curly_quotes(text: &str) -> Result<(), Fault> {
    let mut quoted = false;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        if character == '"' && before != '\\' {
            quoted = !quoted;
        }
        if !quoted && CURLY.contains(&character) {
            let straight = if "“”„‟".contains(character) { '"' } else { '\'' };
            let mut fault = Fault::new(format!("{character} is a typographic quote"))
                .detail(
                    "Slides and word processors put curly quotes in place of straight ones; JSON has none.",
                )
                .hint(format!("Write {straight} instead: {}", straighten(text)));
            fault.within = Some(at..at + character.len_utf8());
            return Err(fault);
        }
        before = character;
    }
    Ok(())
}

fn straighten(text: &str) -> String {
    let straight = |it| match it {
        '“' | '”' | '„' | '‟' => '"',
        '‘' | '’' | '‚' | '‛' => '\'',
        other => other,
    };
    text.chars().map(straight).collect()
}

/// Reads arguments that begin like JSON and are not quite: their values and the corrected text. `None`
/// where the text does not begin like JSON; a fault where it does and cannot be understood.
pub fn read(text: &str) -> Result<Option<(Vec<Value>, String)>, Fault> {
    if !text.starts_with(['{', '[', '"', '\''])
        && !text.starts_with(|it: char| it == '-' || it.is_ascii_digit())
    {
        return Ok(None);
    }
    let numeric = !text.starts_with(['{', '[', '"', '\'']);
    let mut reader = Reader { text, at: 0 };
    match reader.arguments() {
        Ok(values) => {
            let corrected = values.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
            Ok(Some((values, corrected)))
        }
        // 0##-### begins like a number and is a pattern.
        Err(_) if numeric => Ok(None),
        Err((at, message)) => {
            let end = text[at..].chars().next().map_or(at, |it| at + it.len_utf8());
            let mut fault = Fault::new(format!("the argument is not JSON: {message}"))
                .hint("Names and texts stand in double quotes: {\"min\": 1, \"max\": 3}, [\"a\", \"b\"].");
            fault.within = Some(at..end);
            Err(fault)
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

/// Where reading stopped, and why.
type Stop = (usize, String);

impl Reader<'_> {
    fn arguments(&mut self) -> Result<Vec<Value>, Stop> {
        let mut values = vec![self.value(0)?];
        while self.eat(',') {
            values.push(self.value(0)?);
        }
        if self.at < self.text.len() {
            return Err((self.at, format!("{:?} does not belong here", self.peek().unwrap_or(' '))));
        }
        Ok(values)
    }

    fn value(&mut self, depth: usize) -> Result<Value, Stop> {
        if DEPTH_MAX < depth {
            return Err((self.at, "it is nested too deeply".into()));
        }
        self.blanks();
        match self.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some(quote @ ('"' | '\'')) => Ok(Value::String(self.quoted(quote)?)),
            Some(_) => self.bare(),
            None => Err((self.at, "a value is missing at the end".into())),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Stop> {
        let opened = self.at;
        self.eat('{');
        let mut map = Map::new();
        loop {
            if self.eat('}') {
                return Ok(Value::Object(map));
            }
            let name = match self.peek() {
                Some(quote @ ('"' | '\'')) => self.quoted(quote)?,
                Some(it) if it.is_alphanumeric() || it == '_' => self.word(),
                Some(it) => return Err((self.at, format!("a name was expected, not {it:?}"))),
                None => return Err((opened, "the { is never closed".into())),
            };
            if !self.eat(':') {
                return Err((self.at.min(self.text.len()), format!("a colon was expected after {name:?}")));
            }
            let value = self.value(depth + 1)?;
            map.insert(name, value);
            if !self.eat(',') && self.peek() != Some('}') {
                return Err((opened, "the { is never closed, or a comma is missing".into()));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, Stop> {
        let opened = self.at;
        self.eat('[');
        let mut items = Vec::new();
        loop {
            if self.eat(']') {
                return Ok(Value::Array(items));
            }
            if self.peek().is_none() {
                return Err((opened, "the [ is never closed".into()));
            }
            items.push(self.value(depth + 1)?);
            if !self.eat(',') && self.peek() != Some(']') {
                return Err((opened, "the [ is never closed, or a comma is missing".into()));
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String, Stop> {
        let opened = self.at;
        let inside = &self.text[opened + 1..];
        let mut escaped = false;
        for (offset, character) in inside.char_indices() {
            if escaped {
                escaped = false;
            } else if character == '\\' {
                escaped = true;
            } else if character == quote {
                self.at = opened + 1 + offset + 1;
                self.blanks();
                let text = &inside[..offset];
                let json = if quote == '"' {
                    format!("\"{text}\"")
                } else {
                    format!("\"{}\"", text.replace("\\'", "'").replace('"', "\\\""))
                };
                return serde_json::from_str(&json)
                    .map_err(|_| (opened, "the text has a backslash that means nothing".into()));
            }
        }
        Err((opened, "the text is never closed by its quote".into()))
    }

    /// A number, `true`, `false`, `null`, or a word that stands for itself.
    fn bare(&mut self) -> Result<Value, Stop> {
        let start = self.at;
        let word = self.word();
        if word.is_empty() {
            return Err((start, format!("{:?} does not begin a value", self.peek().unwrap_or(' '))));
        }
        match serde_json::from_str(&word) {
            Ok(value) => Ok(value),
            Err(_) if word.starts_with(|it: char| it.is_ascii_digit()) => {
                Err((start, format!("{word} is neither a number nor a text in quotes")))
            }
            Err(_) => Ok(Value::String(word)),
        }
    }

    fn word(&mut self) -> String {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|it: char| !(it.is_alphanumeric() || matches!(it, '_' | '-' | '.' | '+' | '$' | '#')))
            .unwrap_or(rest.len());
        self.at += end;
        self.blanks();
        rest[..end].to_owned()
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes a character and the blanks around it, if it is next.
    fn eat(&mut self, wanted: char) -> bool {
        self.blanks();
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
            self.blanks();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_json_is_corrected() {
        for (text, corrected) in [
            ("{min:1,max:3}", r#"{"min":1,"max":3}"#),
            ("{'min':1,'max':3,}", r#"{"min":1,"max":3}"#),
            ("['a','it\\'s']", r#"["a","it's"]"#),
            ("[a, b , true, 1.5]", r#"["a","b",true,1.5]"#),
            ("'say \"hi\"'", r#""say \"hi\"""#),
        ] {
            let read = read(text).expect(text).expect(text);
            assert_eq!(read.1, corrected, "{text}");
        }
        assert_eq!(read("YYYY-MM-DD"), Ok(None));
        assert_eq!(read("0##-###"), Ok(None));
        assert!(read("{min:1").is_err());
        assert!(read("['a'").is_err());
    }
}
