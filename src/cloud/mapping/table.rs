//! A whole file as the rows of a reference table, row by row, so that one that does not fit stays alone.

use crate::base::time::Timestamp;
use crate::cloud::mapping::{HIDDEN, Mapper, RecordFormat, RecordMeta, Schema};
use crate::sql::plan::Program;
use crate::sql::pump::RowError;
use crate::sql::value::Batch;

/// The rows of a file, and what did not become one.
pub struct TableRows {
    /// The declared columns only; every ROWTIME is the moment of loading.
    pub rows: Batch,
    pub misfits: Vec<Misfit>,
}

/// A record of a file that does not fit the schema.
#[derive(Clone, Debug, PartialEq)]
pub struct Misfit {
    /// The line it begins on, from 1.
    pub line: usize,
    /// The column whose value does not fit; `None` where the whole record is broken.
    pub column: Option<String>,
    pub error: RowError,
}

/// Reads a file of JSON documents or CSV rows.
pub fn read(schema: &Schema, file: &[u8], now: Timestamp) -> TableRows {
    let mut mapper = Mapper::new(schema, &Program::default());
    let mut rows = Batch::default();
    mapper.clear(&mut rows);
    let mut misfits = Vec::new();
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    for (line, record) in records(schema, file) {
        if let Err(error) = mapper.map(record, &RecordMeta::at(now), now, &mut rows) {
            let column = mapper.failed().and_then(|it| schema.columns.get(it)).map(|it| it.name.clone());
            misfits.push(Misfit { line, column, error });
        }
    }
    rows.columns.truncate(rows.columns.len() - HIDDEN.len());
    TableRows { rows, misfits }
}

/// The records of a file and the lines they begin on: rows of CSV, documents on lines of their own, or
/// documents that run over several lines as one record.
fn records<'f>(schema: &Schema, file: &'f [u8]) -> Vec<(usize, &'f [u8])> {
    let blank = |it: &[u8]| it.trim_ascii().is_empty();
    let pieces = match schema.format {
        RecordFormat::Csv => csv_rows(file, schema.row_delimiter),
        RecordFormat::Json => {
            let lines: Vec<&[u8]> = file.split(|it| *it == b'\n').collect();
            let opens = |it: &&[u8]| matches!(it.trim_ascii().first(), None | Some(b'{' | b'['));
            let closes = |it: &&[u8]| matches!(it.trim_ascii().last(), None | Some(b'}' | b']'));
            let whole = |it: &&[u8]| opens(it) && closes(it);
            // A document over several lines begins or ends on a line that is not whole.
            let broken = lines.iter().filter(|it| !whole(it)).count();
            let spread = lines.iter().any(|it| matches!(it.trim_ascii(), b"{" | b"[" | b"}" | b"]"));
            if spread && 0 < broken { vec![file] } else { lines }
        }
    };
    let mut line = 1;
    let mut records = Vec::new();
    let ends_row = |it: &u8| *it == b'\n';
    let cut_by_lines = schema.row_delimiter == '\n' || schema.format == RecordFormat::Json;
    for piece in pieces {
        if !blank(piece) {
            records.push((line, piece));
        }
        line += piece.iter().filter(|it| ends_row(it)).count() + usize::from(cut_by_lines);
    }
    records
}

/// Rows of CSV; a delimiter between quotes is none.
fn csv_rows(file: &[u8], delimiter: char) -> Vec<&[u8]> {
    let mut delimiter_bytes = [0; 4];
    let delimiter = delimiter.encode_utf8(&mut delimiter_bytes).as_bytes();
    let (mut rows, mut start, mut at, mut quoted) = (Vec::new(), 0, 0, false);
    while at < file.len() {
        if file[at] == b'"' {
            quoted = !quoted;
        } else if !quoted && file[at..].starts_with(delimiter) {
            rows.push(&file[start..at]);
            at += delimiter.len();
            start = at;
            continue;
        }
        at += 1;
    }
    rows.push(&file[start..]);
    rows
}
