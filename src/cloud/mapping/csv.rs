//! Records of CSV rows: fields by position, quotes as in RFC 4180.

use std::borrow::Cow;

use crate::cloud::mapping::convert::string;
use crate::sql::value::{Batch, SqlType};

/// Appends the rows of a record; an empty field, and one that is missing at the end, is NULL.
pub fn rows(
    record: &[u8],
    (column_delimiter, row_delimiter): (char, char),
    types: &[SqlType],
    scratch: &mut Vec<u8>,
    batch: &mut Batch,
    failed: &mut Option<usize>,
) -> Result<usize, String> {
    let text = std::str::from_utf8(record).map_err(|_| "The record is not UTF-8.".to_owned())?;
    let mut rest = text;
    let mut rows = 0;
    while !rest.is_empty() {
        // A blank line between rows is no row.
        if let Some(behind) = rest.strip_prefix('\r').unwrap_or(rest).strip_prefix(row_delimiter) {
            rest = behind;
            continue;
        }
        let mut at = 0;
        loop {
            let (field, behind) = field(rest, column_delimiter, row_delimiter, scratch);
            if let Some((ty, column)) = types.get(at).zip(batch.columns.get_mut(at)) {
                match field.as_ref() {
                    "" => column.push_null(),
                    field => string(field, column, *ty).inspect_err(|_| *failed = Some(at))?,
                }
            }
            at += 1;
            match behind.strip_prefix(column_delimiter) {
                Some(next) => rest = next,
                None => {
                    rest = behind.strip_prefix(row_delimiter).unwrap_or(behind);
                    break;
                }
            }
        }
        for column in batch.columns.iter_mut().take(types.len()).skip(at) {
            column.push_null();
        }
        rows += 1;
    }
    if rows == 0 { Err("The record is empty.".to_owned()) } else { Ok(rows) }
}

/// One field without its quotes, and what follows it: a delimiter or nothing.
fn field<'t>(text: &'t str, column: char, row: char, scratch: &mut Vec<u8>) -> (Cow<'t, str>, &'t str) {
    let ends = |it: char| it == column || it == row;
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(ends).unwrap_or(text.len());
        let field = &text[..end];
        let field = if row == '\n' { field.strip_suffix('\r').unwrap_or(field) } else { field };
        return (Cow::Borrowed(field), &text[end..]);
    };
    scratch.clear();
    let mut rest = quoted;
    loop {
        let Some((before, behind)) = rest.split_once('"') else {
            scratch.extend_from_slice(rest.as_bytes());
            rest = "";
            break;
        };
        scratch.extend_from_slice(before.as_bytes());
        rest = behind;
        match rest.strip_prefix('"') {
            Some(next) => {
                scratch.push(b'"');
                rest = next;
            }
            None => break,
        }
    }
    let end = rest.find(ends).unwrap_or(rest.len());
    (Cow::Owned(String::from_utf8_lossy(scratch).into_owned()), &rest[end..])
}

/// The first row's fields of a CSV text, for schema discovery.
pub fn fields(text: &str, column: char, row: char) -> Vec<String> {
    let mut fields = Vec::new();
    let mut rest = text;
    let mut scratch = Vec::new();
    loop {
        let (one, behind) = field(rest, column, row, &mut scratch);
        fields.push(one.into_owned());
        match behind.strip_prefix(column) {
            Some(next) => rest = next,
            None => return fields,
        }
    }
}
