//! Lists of columns as parsers take them, and lines cut at delimiters and at places (sql.md 5.8).

use crate::sql::logline::{Field, fields_max};
use crate::sql::value::SqlType;

/// One column of a list: a field and where it begins.
pub struct Listed {
    pub field: Field,
    /// `START i` and `FOR n`.
    pub start: Option<usize>,
    pub length: Option<usize>,
}

/// Reads `name TYPE type [format] [NOT NULL] [START i [FOR n]], ...`. The error is a sentence.
pub fn list(text: &str) -> Result<Vec<Listed>, String> {
    let listed = pieces(text).into_iter().map(one).collect::<Result<Vec<_>, _>>()?;
    fields_max(listed.len())?;
    for (at, it) in listed.iter().enumerate() {
        if listed[..at].iter().any(|before| before.field.name == it.field.name) {
            return Err(format!("The column {} is there twice.", it.field.name));
        }
    }
    Ok(listed)
}

/// The pieces between commas that stand outside of parentheses and quotes.
fn pieces(text: &str) -> Vec<&str> {
    let (mut depth, mut quote) = (0_i32, None);
    text.split(|it: char| {
        match (quote, it) {
            (Some(open), _) if it == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(it),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, _) => {}
        }
        it == ',' && depth == 0 && quote.is_none()
    })
    .map(str::trim)
    .collect()
}

fn one(piece: &str) -> Result<Listed, String> {
    let wrong = || format!("'{piece}' is no column: a column is a name, TYPE and a type.");
    let (name, rest) = name(piece).ok_or_else(wrong)?;
    let rest = word(rest, "TYPE").ok_or_else(wrong)?;
    let mut type_end = rest.len();
    let upper = rest.to_ascii_uppercase();
    for stop in [" NOT ", " START ", "'"] {
        type_end = type_end.min(upper.find(stop).unwrap_or(rest.len()));
    }
    let ty = SqlType::parse(&rest[..type_end])
        .ok_or_else(|| format!("'{}' is no type.", rest[..type_end].trim()))?;
    let mut rest = rest[type_end..].trim_start();
    let mut format = None;
    if let Some(inside) = rest.strip_prefix('\'') {
        let end = inside.find('\'').ok_or_else(wrong)?;
        if !ty.is_datetime() {
            return Err(format!("Only a date, a time or a timestamp has a format: '{piece}'."));
        }
        format = Some(inside[..end].to_owned());
        rest = inside[end + 1..].trim_start();
    }
    let mut listed = Listed { field: Field { name, ty, format, not_null: false }, start: None, length: None };
    if let Some(behind) = word(rest, "NOT") {
        rest = word(behind, "NULL").ok_or_else(wrong)?;
        listed.field.not_null = true;
    }
    if let Some(behind) = word(rest, "START") {
        let (start, behind) = number(behind).ok_or_else(wrong)?;
        (listed.start, rest) = (Some(start), behind);
    }
    if let Some(behind) = word(rest, "FOR") {
        let (length, behind) = number(behind).ok_or_else(wrong)?;
        (listed.length, rest) = (Some(length), behind);
    }
    if rest.trim().is_empty() { Ok(listed) } else { Err(wrong()) }
}

/// A name: in double quotes as it is, without them in upper case.
fn name(piece: &str) -> Option<(String, &str)> {
    if let Some(inside) = piece.strip_prefix('"') {
        let end = inside.find('"').filter(|it| *it > 0)?;
        return Some((inside[..end].to_owned(), inside[end + 1..].trim_start()));
    }
    let end = piece.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(piece.len());
    let name = &piece[..end];
    let head = name.starts_with(|it: char| it.is_alphabetic() || it == '_');
    if head { Some((name.to_uppercase(), piece[end..].trim_start())) } else { None }
}

/// What stands behind a word, if the text begins with it.
fn word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let rest = text.get(word.len()..)?;
    let fits = text[..word.len()].eq_ignore_ascii_case(word);
    let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
    if fits && ends { Some(rest.trim_start()) } else { None }
}

fn number(text: &str) -> Option<(usize, &str)> {
    let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, text[end..].trim_start()))
}

/// What separates the pieces of a line.
#[derive(Clone, Debug)]
pub struct Delimited {
    pub delimiter: String,
    pub escape: Option<char>,
    /// What opens and what closes a quoted piece.
    pub quotes: Option<(char, char)>,
}

impl Delimited {
    /// The first pieces of a line; those that are missing are NULL, those beyond are left out.
    pub fn cut(&self, line: &str, count: usize) -> Vec<Option<String>> {
        let mut pieces = Vec::with_capacity(count);
        let mut rest = Some(line);
        for _ in 0..count {
            pieces.push(rest.take().map(|it| {
                let (piece, behind) = self.first(it);
                rest = behind;
                piece
            }));
        }
        pieces
    }

    /// The first piece, and what stands behind its delimiter.
    fn first<'t>(&self, line: &'t str) -> (String, Option<&'t str>) {
        let mut piece = String::new();
        let mut rest = line;
        let mut inside = None;
        if let Some((open, close)) = self.quotes
            && let Some(behind) = rest.strip_prefix(open)
        {
            (inside, rest) = (Some(close), behind);
        }
        loop {
            if inside.is_none()
                && let Some(behind) = rest.strip_prefix(self.delimiter.as_str())
            {
                return (piece, Some(behind));
            }
            let mut chars = rest.chars();
            let Some(one) = chars.next() else { return (piece, None) };
            rest = chars.as_str();
            if Some(one) == self.escape {
                match self.hidden(rest) {
                    Some(length) => {
                        piece.push_str(&rest[..length]);
                        rest = &rest[length..];
                    }
                    None => piece.push(one),
                }
            } else if Some(one) == inside {
                // A quote written twice is one of the text.
                match rest.strip_prefix(one).filter(|_| self.quotes == Some((one, one))) {
                    Some(behind) => {
                        piece.push(one);
                        rest = behind;
                    }
                    None => inside = None,
                }
            } else {
                piece.push(one);
            }
        }
    }

    /// How many bytes an escape character before this text hides.
    fn hidden(&self, text: &str) -> Option<usize> {
        if text.starts_with(self.delimiter.as_str()) {
            return Some(self.delimiter.len());
        }
        let next = text.chars().next()?;
        let quote = self.quotes.is_some_and(|(open, close)| next == open || next == close);
        if Some(next) == self.escape || quote { Some(next.len_utf8()) } else { None }
    }
}

/// The part of a line in each of these places, counted in characters; NULL where the line is shorter.
pub fn at_places(line: &str, places: &[(usize, Option<usize>)]) -> Vec<Option<String>> {
    let count = line.chars().count();
    let part = |&(start, length): &(usize, Option<usize>)| {
        let chars = line.chars().skip(start);
        let taken: String = match length {
            Some(length) => chars.take(length).collect(),
            None => chars.collect(),
        };
        if start < count { Some(taken) } else { None }
    };
    places.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(line: &str, count: usize, delimiter: &str, escape: &str, quotes: &str) -> Vec<String> {
        let mut signs = quotes.chars();
        let open = signs.next();
        let by = Delimited {
            delimiter: delimiter.to_owned(),
            escape: escape.chars().next(),
            quotes: open.map(|it| (it, signs.next().unwrap_or(it))),
        };
        by.cut(line, count).into_iter().map(|it| it.unwrap_or("NULL".to_owned())).collect()
    }

    #[test]
    fn lines_are_cut_at_delimiters() {
        // F-44
        assert_eq!(cut("p,q\\,r", 2, ",", "\\", ""), ["p", "q,r"]);
        assert_eq!(cut("a::b::c", 2, "::", "", ""), ["a", "b"]);
        assert_eq!(cut("a\tb", 3, "\t", "", ""), ["a", "b", "NULL"]);
        assert_eq!(cut("a,,", 3, ",", "", ""), ["a", "", ""]);
        assert_eq!(cut("\"a,b\",\"c\"\"d\"", 2, ",", "", "\""), ["a,b", "c\"d"]);
        assert_eq!(cut("[a b] c", 2, " ", "", "[]"), ["a b", "c"]);
        assert_eq!(cut("a\\b\\\\,c", 2, ",", "\\", ""), ["a\\b\\", "c"]);
    }

    #[test]
    fn lists_name_columns() {
        let read =
            list("code TYPE VARCHAR(3) START 0, \"Level\" TYPE DECIMAL(4,1) NOT NULL START 3 FOR 2").unwrap();
        let told: Vec<_> = read.iter().map(|it| (it.field.name.as_str(), it.start, it.length)).collect();
        assert_eq!(told, [("CODE", Some(0), None), ("Level", Some(3), Some(2))]);
        assert!(read[1].field.not_null && !read[0].field.not_null);
        let read = list("ts TYPE TIMESTAMP 'yyyy, MM', n TYPE INTEGER").unwrap();
        assert_eq!(read[0].field.format.as_deref(), Some("yyyy, MM"));
        for wrong in
            ["", "a", "a INTEGER", "a TYPE", "a TYPE NUMBER", "a TYPE INTEGER 'x'", "a TYPE INTEGER START"]
        {
            assert!(list(wrong).is_err(), "{wrong}");
        }
        assert!(list("a TYPE INTEGER, A TYPE DATE").is_err());
    }

    #[test]
    fn lines_are_cut_at_places() {
        let cut = at_places("äbc42", &[(0, Some(3)), (3, None), (9, Some(1))]);
        assert_eq!(cut, [Some("äbc".to_owned()), Some("42".to_owned()), None]);
    }
}
