//! One pass over a JSON document that remembers where the wanted values stand.
//!
//! The grammar is RFC 8259's, as strict as other readers; values that are not wanted are checked too.

use crate::cloud::mapping::path::{Paths, Wanted};

/// Objects and arrays inside each other; deeper documents are refused.
const DEPTH_MAX: usize = 128;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Missing,
    Null,
    True,
    False,
    Number,
    /// Without escapes; the place is between the quotes.
    Plain,
    /// With escapes; the place is between the quotes.
    Escaped,
    /// An object or array.
    Nested,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
}

const MISSING: Cell = Cell { kind: Kind::Missing, start: 0, end: 0 };

/// The values found in one document.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// One per column.
    pub cells: Vec<Cell>,
    /// For each element of the spread array one per spread column.
    pub elements: Vec<Cell>,
}

impl Found {
    pub fn reset(&mut self, paths: &Paths) {
        self.cells.clear();
        self.cells.resize(paths.columns, MISSING);
        self.elements.clear();
    }
}

pub struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
}

type Outcome<T> = Result<T, String>;

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0 }
    }

    /// Whether something other than blanks follows.
    pub fn more(&mut self) -> bool {
        self.skip_blanks();
        self.at < self.bytes.len()
    }

    /// Reads an array of documents; `each` reads one. Answers whether an array began here.
    pub fn list(&mut self, mut each: impl FnMut(&mut Self) -> Outcome<()>) -> Outcome<bool> {
        self.skip_blanks();
        if self.peek() != Some(b'[') {
            return Ok(false);
        }
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(true);
        }
        loop {
            each(self)?;
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(true);
                }
                _ => return self.wrong(),
            }
        }
    }

    /// Reads one document, which must be an object.
    pub fn document(&mut self, paths: &Paths, found: &mut Found) -> Outcome<()> {
        self.skip_blanks();
        if self.peek() != Some(b'{') {
            // Say what is wrong with text that is no JSON at all before what is wrong with other JSON.
            self.value(None, paths, found, None, 0)?;
            return Err("The record is JSON, but not an object.".to_owned());
        }
        self.object(Some(0), paths, found, None, 0)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    #[cold]
    fn wrong<T>(&self) -> Outcome<T> {
        let place = self.at.min(self.bytes.len());
        match self.text.get(place..).and_then(|it| it.chars().next()) {
            Some(one) => {
                Err(format!("The record is not JSON: unexpected {one:?} at character {}.", place + 1))
            }
            None => Err("The record is not JSON: it ends too early.".to_owned()),
        }
    }

    fn expect(&mut self, byte: u8) -> Outcome<()> {
        if self.peek() != Some(byte) {
            return self.wrong();
        }
        self.at += 1;
        Ok(())
    }

    /// Reads an object. `row` is where in `found.elements` the values of this element go.
    fn object(
        &mut self,
        node: Option<usize>,
        paths: &Paths,
        found: &mut Found,
        row: Option<usize>,
        depth: usize,
    ) -> Outcome<()> {
        if depth >= DEPTH_MAX {
            return Err("The record is nested too deeply.".to_owned());
        }
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        let keys = node.and_then(|it| paths.nodes.get(it)).map_or(&[][..], |it| &it.keys);
        let mut next = 0;
        loop {
            self.skip_blanks();
            let key = self.string()?;
            self.skip_blanks();
            self.expect(b':')?;
            let name = &self.text[key.start as usize..key.end as usize];
            // Keys mostly come in the order of the schema.
            let wanted = if key.kind == Kind::Escaped {
                let mut plain = Vec::new();
                unescape(name, &mut plain)?;
                keys.iter().find(|it| it.0.as_bytes() == plain)
            } else if let Some(expected) = keys.get(next).filter(|it| *it.0 == *name) {
                next += 1;
                Some(expected)
            } else {
                let place = keys.iter().position(|it| *it.0 == *name);
                next = place.map_or(next, |it| it + 1);
                place.map(|it| &keys[it])
            };
            self.value(wanted.map(|it| &it.1), paths, found, row, depth + 1)?;
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.wrong(),
            }
        }
    }

    fn array(
        &mut self,
        wanted: Option<&Wanted>,
        paths: &Paths,
        found: &mut Found,
        row: Option<usize>,
        depth: usize,
    ) -> Outcome<()> {
        if depth >= DEPTH_MAX {
            return Err("The record is nested too deeply.".to_owned());
        }
        let each = wanted.and_then(|it| it.each);
        if each.is_some() && row.is_none() {
            // Of two keys of one name the last counts.
            found.elements.clear();
        }
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.skip_blanks();
            let row = found.elements.len();
            if each.is_some() {
                found.elements.resize(row + paths.spread.len(), MISSING);
            }
            if each.is_some() && self.peek() == Some(b'{') {
                self.object(each, paths, found, Some(row), depth + 1)?;
            } else {
                self.value(None, paths, found, None, depth + 1)?;
            }
            self.skip_blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.wrong(),
            }
        }
    }

    fn value(
        &mut self,
        wanted: Option<&Wanted>,
        paths: &Paths,
        found: &mut Found,
        row: Option<usize>,
        depth: usize,
    ) -> Outcome<()> {
        self.skip_blanks();
        let start = self.at as u32;
        let cell = match self.peek() {
            Some(b'"') => self.string()?,
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                Cell { kind: Kind::Number, start, end: self.at as u32 }
            }
            Some(b'{') => {
                self.object(wanted.and_then(|it| it.inside), paths, found, row, depth)?;
                Cell { kind: Kind::Nested, start, end: self.at as u32 }
            }
            Some(b'[') => {
                self.array(wanted, paths, found, row, depth)?;
                Cell { kind: Kind::Nested, start, end: self.at as u32 }
            }
            Some(b't') => self.word("true", Kind::True)?,
            Some(b'f') => self.word("false", Kind::False)?,
            Some(b'n') => self.word("null", Kind::Null)?,
            _ => return self.wrong(),
        };
        if let Some(wanted) = wanted {
            for &column in &wanted.columns {
                found.cells[column] = cell;
            }
            for &place in &wanted.spread {
                if let Some(row) = row {
                    found.elements[row + place] = cell;
                }
            }
        }
        Ok(())
    }

    fn word(&mut self, word: &str, kind: Kind) -> Outcome<Cell> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return self.wrong();
        }
        let start = self.at as u32;
        self.at += word.len();
        Ok(Cell { kind, start, end: self.at as u32 })
    }

    fn digits(&mut self) -> Outcome<()> {
        if !self.peek().is_some_and(|it| it.is_ascii_digit()) {
            return self.wrong();
        }
        while self.peek().is_some_and(|it| it.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Outcome<()> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// Reads a string; the place is what stands between its quotes.
    fn string(&mut self) -> Outcome<Cell> {
        self.expect(b'"')?;
        let start = self.at as u32;
        let mut kind = Kind::Plain;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let end = self.at as u32;
                    self.at += 1;
                    return Ok(Cell { kind, start, end });
                }
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    self.at += 1;
                    match self.peek() {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
                        Some(b'u') => {
                            let digits = self.bytes.get(self.at + 1..self.at + 5);
                            if !digits.is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit)) {
                                return self.wrong();
                            }
                            self.at += 5;
                        }
                        _ => return self.wrong(),
                    }
                }
                Some(0x20..) => self.at += 1,
                _ => return self.wrong(),
            }
        }
    }
}

/// Appends a string's characters; its escapes have been checked, but not that surrogates come in pairs.
pub fn unescape(text: &str, out: &mut Vec<u8>) -> Outcome<()> {
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\\') {
        out.extend_from_slice(before.as_bytes());
        let code = |text: &str| text.get(1..5).and_then(|it| u32::from_str_radix(it, 16).ok());
        let mut length = 1;
        let one = match behind.as_bytes().first() {
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                length = 5;
                let mut value = code(behind).unwrap_or(0xD800);
                if (0xD800..0xDC00).contains(&value) {
                    let low =
                        behind.get(5..).and_then(|it| it.strip_prefix('\\')).filter(|it| it.starts_with('u'));
                    let low = low.and_then(code).filter(|it| (0xDC00..0xE000).contains(it));
                    value = low.map_or(value, |low| 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00));
                    length = 11;
                }
                char::from_u32(value).ok_or("The record is not JSON: half a character is escaped.")?
            }
            Some(&other) => char::from(other),
            None => break,
        };
        out.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes());
        rest = behind.get(length..).unwrap_or("");
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// The value of `a`, as the scanner finds it.
    fn found(text: &str) -> Result<Option<String>, String> {
        let paths = Paths::new("$", ["$.a"].into_iter());
        let mut found = Found::default();
        found.reset(&paths);
        let mut scanner = Scanner::new(text);
        scanner.document(&paths, &mut found)?;
        if scanner.more() {
            return Err("more follows".to_owned());
        }
        let cell = found.cells[0];
        let written = &text[cell.start as usize..cell.end as usize];
        Ok(match cell.kind {
            Kind::Missing => None,
            Kind::Plain | Kind::Escaped => {
                let mut plain = Vec::new();
                unescape(written, &mut plain)?;
                Some(Value::String(String::from_utf8(plain).unwrap()).to_string())
            }
            // A number beyond what the other reader holds is well-formed all the same.
            _ => Some(
                serde_json::from_str::<Value>(written)
                    .map_or_else(|_| written.to_owned(), |it| it.to_string()),
            ),
        })
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec(("[ab\"\\\\]{0,2}", inner), 0..4)
                    .prop_map(|it| Value::Object(it.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

        /// What is found is what serde_json reads.
        #[test]
        fn values_are_those_of_another_reader(a in value(), b in value(), pretty: bool) {
            let document = serde_json::json!({ "b": b, "a": a });
            let text = match pretty {
                true => serde_json::to_string_pretty(&document).unwrap(),
                false => document.to_string(),
            };
            let read: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(found(&text), Ok(Some(read["a"].to_string())));
        }

        /// A damaged document is refused by both readers or by none.
        #[test]
        fn damage_is_seen(a in value(), at in any::<prop::sample::Index>(), with in "[ -~]") {
            let mut text = serde_json::json!({ "a": a }).to_string();
            let at = at.index(text.len());
            if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
                text.replace_range(at..at + 1, &with);
                let other = serde_json::from_str::<serde_json::Map<String, Value>>(&text);
                // The other reader gives up at a number too large for it, whatever follows.
                let too_large = other.as_ref().is_err_and(|it| it.to_string().contains("out of range"));
                let same = found(&text).is_ok() == other.is_ok();
                prop_assert!(same || too_large || text.contains("\\u"), "{}", text);
            }
        }
    }
}
