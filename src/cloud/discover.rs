//! Schema discovery: what sampled records look like (sql.md 6.3).

use serde_json::Value;

use crate::cloud::mapping::schema_file::COLUMNS_MAX;
use crate::cloud::mapping::{Schema, SchemaColumn, csv_fields_by};
use crate::sql::dialect;
use crate::sql::value::SqlType;

/// Why no schema was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoverError {
    pub message: String,
}

/// Delimiters of fields that discovery knows, the likeliest first.
const DELIMITERS: [char; 4] = [',', '|', '\t', ';'];

/// Guesses a schema from records. Where most are JSON objects, those that are not say nothing about the
/// columns: they will be rows of `error_stream`.
///
/// # Errors
/// There are no records, or they are neither JSON objects nor CSV.
pub fn discover(samples: &[&[u8]]) -> Result<Schema, DiscoverError> {
    let samples: Vec<&[u8]> = samples.iter().copied().filter(|it| !it.trim_ascii().is_empty()).collect();
    if samples.is_empty() {
        return Err(error("no records to look at"));
    }
    let mut found = Vec::new();
    let (mut objects, mut lists) = (0, 0);
    for sample in &samples {
        match documents(sample, &mut found) {
            Some(Shape::Objects) => objects += 1,
            Some(Shape::Lists) => lists += 1,
            None => {}
        }
    }
    if !found.is_empty() && samples.len() <= (objects + lists) * 2 {
        let row_path = if objects < lists { "$[0:]" } else { "$" };
        return Ok(Schema { row_path: row_path.to_owned(), ..Schema::json(named(found)) });
    }
    discover_csv(&samples)
}

fn error(message: &str) -> DiscoverError {
    DiscoverError { message: message.to_owned() }
}

/// CSV: the delimiter that cuts most fields, and names from a heading if the first row looks like one.
fn discover_csv(samples: &[&[u8]]) -> Result<Schema, DiscoverError> {
    let invalid = || error("data format is not valid");
    let texts: Result<Vec<&str>, _> = samples.iter().map(|it| std::str::from_utf8(it)).collect();
    let texts = texts.map_err(|_| invalid())?;
    let lines: Vec<&str> =
        texts.iter().flat_map(|it| it.lines()).filter(|it| !it.trim().is_empty()).collect();
    let fields = |delimiter: char| -> Vec<Vec<String>> {
        lines.iter().map(|it| csv_fields_by(it, delimiter)).collect()
    };
    let width = |rows: &[Vec<String>]| rows.iter().map(Vec::len).min().unwrap_or(0);
    let mut best = (DELIMITERS[0], fields(DELIMITERS[0]));
    for delimiter in DELIMITERS.into_iter().skip(1) {
        let rows = fields(delimiter);
        if width(&best.1) < 2 && width(&best.1) < width(&rows) {
            best = (delimiter, rows);
        }
    }
    let (delimiter, rows) = best;
    if rows.iter().all(|it| it.len() < 2) || texts.iter().any(|it| it.trim_start().starts_with('{')) {
        return Err(invalid());
    }
    let heading = heading(&rows);
    let mut found: Vec<Found> = Vec::new();
    for row in rows.iter().skip(usize::from(heading.is_some())) {
        for (at, field) in row.iter().enumerate() {
            let seen = if field.is_empty() { Seen::default() } else { Seen::field(field) };
            match found.get_mut(at) {
                None => {
                    let key = heading.and_then(|it| it.get(at)).map(|it| it.trim().to_owned());
                    let key = key.unwrap_or_else(|| format!("{at:02}"));
                    if at < COLUMNS_MAX {
                        found.push(Found { key, path: format!("${at}"), seen });
                    }
                }
                Some(known) => known.seen.merge(seen),
            }
        }
    }
    Ok(Schema { column_delimiter: delimiter, ..Schema::csv(named(found)) })
}

/// The first row if it can only be a heading: names without a number among them, above a column of numbers.
fn heading(rows: &[Vec<String>]) -> Option<&Vec<String>> {
    let [first, rest @ ..] = rows else { return None };
    let named = |it: &String| it.starts_with(|it: char| it.is_alphabetic() || it == '_');
    let number = |it: &String| Seen::text(it).number.is_some();
    let numbers = (0..first.len()).any(|at| {
        let mut below = rest.iter().filter_map(|it| it.get(at)).filter(|it| !it.is_empty()).peekable();
        below.peek().is_some() && below.all(number)
    });
    (numbers && first.iter().all(named)).then_some(first)
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
    /// A number that no DECIMAL holds.
    approximate: bool,
    text: bool,
}

impl Seen {
    fn of(value: &Value) -> Seen {
        match value {
            Value::Null => Seen::default(),
            Value::Bool(it) => Seen { truth: true, length: it.to_string().len(), ..Seen::default() },
            Value::Number(it) => {
                let text = it.to_string();
                let seen = Seen::text(&text);
                Seen { approximate: seen.number.is_none(), text: false, ..seen }
            }
            Value::String(it) => Seen::text(it),
            nested => Seen { text: true, length: nested.to_string().chars().count(), ..Seen::default() },
        }
    }

    /// A field of CSV, which may be a truth value too.
    fn field(text: &str) -> Seen {
        if matches!(text.trim(), "true" | "false" | "TRUE" | "FALSE") {
            return Seen { truth: true, length: text.len(), ..Seen::default() };
        }
        Seen::text(text)
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
        self.approximate |= other.approximate;
        self.number = match (self.number, other.number) {
            (Some((a, b)), Some((c, d))) => Some((a.max(c), b.max(d))),
            (one, other) => one.or(other),
        };
    }

    fn ty(self) -> SqlType {
        let text = SqlType::Varchar(self.length.next_power_of_two().clamp(4, 65_534) as u32);
        let number = self.number.is_some() || self.approximate;
        if self.text || number == self.truth {
            return text;
        }
        match self.number {
            _ if self.truth => SqlType::Boolean,
            Some((whole, 0)) if !self.approximate && whole <= 9 => SqlType::Integer,
            Some((whole, 0)) if !self.approximate && whole <= 18 => SqlType::BigInt,
            Some((whole, decimals)) if !self.approximate && whole + decimals <= 18 => {
                SqlType::Decimal { precision: (whole + decimals).max(1) as u8, scale: decimals as u8 }
            }
            _ => SqlType::Double,
        }
    }
}

/// What a record's documents are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Objects,
    /// Arrays of objects.
    Lists,
}

/// Adds the keys of every document of a record; `None` where it is not JSON objects or arrays of them.
fn documents(sample: &[u8], found: &mut Vec<Found>) -> Option<Shape> {
    let mut all = Vec::new();
    let mut shape = Shape::Objects;
    for document in serde_json::Deserializer::from_slice(sample).into_iter::<Value>() {
        match document {
            Ok(Value::Array(elements)) if !elements.is_empty() => {
                shape = Shape::Lists;
                all.extend(elements);
            }
            Ok(document) => all.push(document),
            Err(_) => return None,
        }
    }
    if all.is_empty() || !all.iter().all(Value::is_object) {
        return None;
    }
    all.iter().filter_map(Value::as_object).for_each(|it| walk(it, "$", 0, found));
    Some(shape)
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
            value => match found.iter().position(|it| it.path == path) {
                Some(at) => found[at].seen.merge(Seen::of(value)),
                None if found.len() < COLUMNS_MAX => {
                    found.push(Found { key: key.clone(), path, seen: Seen::of(value) });
                }
                None => {}
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
