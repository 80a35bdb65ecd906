//! Records become rows: a schema says which part of a record goes into which column (sql.md 6.4).
//!
//! JSON is read without a tree: one pass finds where the wanted values stand, then each is turned into
//! its column's type. A value that does not fit sends its whole record to `error_stream`.

use serde::{Deserialize, Serialize};

use crate::base::name::{SequenceNumber, ShardId};
use crate::base::time::Timestamp;
use crate::cloud::mapping::convert::put;
use crate::cloud::mapping::path::Paths;
use crate::cloud::mapping::scan::{Cell, Found, Kind, Scanner};
use crate::sql::plan::{Expr, ExprKind, Program, Rel, StreamKind};
use crate::sql::pump::{ErrorName, RowError};
use crate::sql::value::{Batch, ColumnData, SqlType, Value};

mod convert;
mod csv;
mod path;
mod scan;
pub mod schema_file;
pub mod table;

/// Bytes of a row of an in-application stream, without the kilobyte of metadata (sql.md 6.9).
pub const ROW_BYTES_MAX: usize = 511 << 10;

/// The columns every source has behind its declared ones.
pub const HIDDEN: [(&str, SqlType); 4] = [
    ("APPROXIMATE_ARRIVAL_TIME", SqlType::Timestamp),
    ("PARTITION_KEY", SqlType::Varchar(256)),
    ("SEQUENCE_NUMBER", SqlType::Varchar(128)),
    ("SHARD_ID", SqlType::Varchar(128)),
];

/// What a record is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordFormat {
    #[default]
    Json,
    Csv,
}

impl RecordFormat {
    /// `JSON` or `CSV`.
    pub fn name(self) -> &'static str {
        match self {
            RecordFormat::Json => "JSON",
            RecordFormat::Csv => "CSV",
        }
    }
}

/// How records become rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    pub format: RecordFormat,
    pub columns: Vec<SchemaColumn>,
    /// Where in a JSON document the rows are; `$` is the document itself.
    pub row_path: String,
    /// Between the fields of a CSV row.
    pub column_delimiter: char,
    /// Between the rows of a CSV record.
    pub row_delimiter: char,
}

/// One column of a schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchemaColumn {
    pub name: String,
    #[serde(rename = "type", with = "type_text")]
    pub ty: SqlType,
    /// `$.path` in a JSON document; CSV goes by position.
    #[serde(default)]
    pub mapping: String,
}

/// Types are written as in SQL: `VARCHAR(16)`.
mod type_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::sql::value::SqlType;

    pub fn serialize<S: Serializer>(ty: &SqlType, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(ty)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SqlType, D::Error> {
        let text = String::deserialize(deserializer)?;
        SqlType::parse(&text).ok_or_else(|| D::Error::custom(format!("'{text}' is no type of a column")))
    }
}

impl Schema {
    /// A schema over JSON documents.
    pub fn json(columns: Vec<SchemaColumn>) -> Self {
        Self {
            format: RecordFormat::Json,
            columns,
            row_path: "$".to_owned(),
            column_delimiter: ',',
            row_delimiter: '\n',
        }
    }

    /// The columns of the workshop's records as discovery finds them.
    pub fn workshop() -> Self {
        let column = |(name, ty): (&str, SqlType)| SchemaColumn {
            name: name.to_owned(),
            ty,
            mapping: format!("$.{name}"),
        };
        let columns = [
            ("sensorId", SqlType::Varchar(16)),
            ("eventTimeStamp", SqlType::Varchar(32)),
            ("ambientTemp", SqlType::Integer),
            ("measuredTemp", SqlType::Integer),
        ];
        Self::json(columns.map(column).into())
    }

    /// A schema over CSV rows.
    pub fn csv(columns: Vec<SchemaColumn>) -> Self {
        Self { format: RecordFormat::Csv, ..Self::json(columns) }
    }
}

/// What the stream knows of a record beside its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordMeta<'a> {
    pub arrival: Timestamp,
    pub partition_key: &'a [u8],
    pub sequence_number: SequenceNumber,
    pub shard_id: ShardId,
}

impl RecordMeta<'_> {
    /// A record that came at a moment, from nowhere in particular.
    pub fn at(arrival: Timestamp) -> Self {
        let shard_id = ShardId(0);
        let sequence_number = SequenceNumber { created_secs: 0, counter: 0, put_secs: 0, shard: shard_id };
        Self { arrival, partition_key: b"", sequence_number, shard_id }
    }
}

/// A schema made ready, and the room it works in.
#[derive(Clone, Debug)]
pub struct Mapper {
    format: RecordFormat,
    types: Vec<SqlType>,
    paths: Paths,
    delimiters: (char, char),
    /// Which of the [`HIDDEN`] columns the program reads; the others stay NULL.
    needed: [bool; 4],
    found: Found,
    scratch: Vec<u8>,
    /// The column whose value did not fit, of the record that was refused last.
    failed: Option<usize>,
}

impl Mapper {
    pub fn new(schema: &Schema, program: &Program) -> Self {
        let types: Vec<SqlType> = schema.columns.iter().map(|it| it.ty).collect();
        let read = columns_read(program);
        // The arrival time costs nothing and people look at it.
        let mut needed = [true; 4];
        for (at, needed) in needed.iter_mut().enumerate().skip(1) {
            *needed = read.contains(&(types.len() + at));
        }
        let mappings = schema.columns.iter().map(|it| it.mapping.as_str());
        Self {
            format: schema.format,
            paths: Paths::new(&schema.row_path, mappings),
            delimiters: (schema.column_delimiter, schema.row_delimiter),
            needed,
            found: Found::default(),
            scratch: Vec::new(),
            failed: None,
            types,
        }
    }

    /// The column that made [`map`](Self::map) refuse its last record; `None` if the record as a whole did.
    pub fn failed(&self) -> Option<usize> {
        self.failed
    }

    /// Empties a batch, and gives a fresh one its columns.
    pub fn clear(&self, batch: &mut Batch) {
        if batch.columns.len() == self.types.len() + HIDDEN.len() {
            return batch.clear();
        }
        *batch = Batch::new(self.types.iter().copied().chain(HIDDEN.iter().map(|it| it.1)));
    }

    /// Appends the rows of a record; answers how many.
    ///
    /// # Errors
    /// A record that is not of the format, or has a value that does not fit; the batch is as before.
    pub fn map(
        &mut self,
        record: &[u8],
        meta: &RecordMeta<'_>,
        rowtime: Timestamp,
        batch: &mut Batch,
    ) -> Result<usize, RowError> {
        if batch.columns.len() != self.types.len() + HIDDEN.len() {
            self.clear(batch);
        }
        let before = batch.len();
        self.failed = None;
        let outcome = match self.format {
            // Places in a record are counted in 32 bits; records of the service are far smaller.
            _ if u32::try_from(record.len()).is_err() => Err("The record is too large.".to_owned()),
            RecordFormat::Json => self.documents(record, batch),
            RecordFormat::Csv => {
                let failed = &mut self.failed;
                csv::rows(record, self.delimiters, &self.types, &mut self.scratch, batch, failed)
            }
        };
        // Only a record as large as that can make such a row, unless columns repeat its parts.
        let outcome = match outcome {
            Ok(rows) if ROW_BYTES_MAX < record.len() => self.sized(rows, before, batch),
            other => other,
        };
        match outcome {
            Ok(rows) => {
                self.finish(rows, meta, rowtime, batch);
                Ok(rows)
            }
            Err(message) => {
                batch.truncate(before);
                Err(RowError { name: ErrorName::Coercion, message, rowtime, row: record.to_vec() })
            }
        }
    }

    /// Every document of a record, one after the other.
    fn documents(&mut self, record: &[u8], batch: &mut Batch) -> Result<usize, String> {
        let text = std::str::from_utf8(record).map_err(|_| "The record is not UTF-8.".to_owned())?;
        let mut scanner = Scanner::new(text);
        let mut rows = 0;
        while scanner.more() {
            if self.paths.list && self.listed(text, &mut scanner, &mut rows, batch)? {
                continue;
            }
            self.found.reset(&self.paths);
            scanner.document(&self.paths, &mut self.found)?;
            rows += self.rows_of_document(text, batch)?;
        }
        if rows == 0 { Err("The record is empty.".to_owned()) } else { Ok(rows) }
    }

    /// The rows of a record if none of them is larger than a row may be.
    fn sized(&self, rows: usize, before: usize, batch: &Batch) -> Result<usize, String> {
        let size = |row: usize| -> usize {
            let declared = batch.columns.iter().take(self.types.len());
            declared
                .map(|column| match &column.data {
                    ColumnData::Bytes(values) => values.get(row).len(),
                    _ => 8,
                })
                .sum()
        };
        let large = (before..before + rows).map(size).find(|it| ROW_BYTES_MAX < *it);
        match large {
            Some(bytes) => Err(format!(
                "A row of {bytes} bytes is too large; a row of an in-application stream has at most \
                 {ROW_BYTES_MAX}."
            )),
            None => Ok(rows),
        }
    }

    /// The documents of an array, if there is one here; an empty one gives a row of NULLs.
    fn listed(
        &mut self,
        text: &str,
        scanner: &mut Scanner<'_>,
        rows: &mut usize,
        batch: &mut Batch,
    ) -> Result<bool, String> {
        let before = *rows;
        let listed = scanner.list(|scanner| {
            self.found.reset(&self.paths);
            scanner.document(&self.paths, &mut self.found)?;
            *rows += self.rows_of_document(text, batch)?;
            Ok(())
        })?;
        if listed && *rows == before {
            self.found.reset(&self.paths);
            *rows += self.rows_of_document(text, batch)?;
        }
        Ok(listed)
    }

    fn rows_of_document(&mut self, text: &str, batch: &mut Batch) -> Result<usize, String> {
        let spread = self.paths.spread.len();
        if spread == 0 {
            let cells = self.found.cells.iter().zip(&mut batch.columns).zip(&self.types);
            for (at, ((cell, column), ty)) in cells.enumerate() {
                put(text, *cell, column, *ty, &mut self.scratch).inspect_err(|_| self.failed = Some(at))?;
            }
            return Ok(1);
        }
        // An empty or missing array gives one row of NULLs for its columns.
        let rows = (self.found.elements.len() / spread).max(1);
        for row in 0..rows {
            for (at, (cell, ty)) in self.found.cells.iter().zip(&self.types).enumerate() {
                let cell = match self.paths.spread.iter().position(|it| *it == at) {
                    Some(place) => self.found.elements.get(row * spread + place).copied(),
                    None => Some(*cell),
                };
                let missing = Cell { kind: Kind::Missing, start: 0, end: 0 };
                put(text, cell.unwrap_or(missing), &mut batch.columns[at], *ty, &mut self.scratch)
                    .inspect_err(|_| self.failed = Some(at))?;
            }
        }
        Ok(rows)
    }

    fn finish(&self, rows: usize, meta: &RecordMeta<'_>, rowtime: Timestamp, batch: &mut Batch) {
        let first = self.types.len();
        for _ in 0..rows {
            batch.rowtimes.push(rowtime.as_millis());
            batch.columns[first].push(&Value::Int(meta.arrival.as_millis()));
            let key = String::from_utf8_lossy(meta.partition_key);
            let texts: [&dyn std::fmt::Display; 3] = [&key, &meta.sequence_number, &meta.shard_id];
            for (at, text) in texts.into_iter().enumerate() {
                let column = &mut batch.columns[first + 1 + at];
                if self.needed[1 + at] {
                    column.push(&Value::Text(text.to_string().into()));
                } else {
                    column.push_null();
                }
            }
        }
    }
}

/// The fields of a CSV line with the usual delimiters.
pub fn csv_fields(line: &str) -> Vec<String> {
    csv::fields(line, ',', '\n')
}

/// The fields of a CSV line with a delimiter of its own.
pub fn csv_fields_by(line: &str, delimiter: char) -> Vec<String> {
    csv::fields(line, delimiter, '\n')
}

/// The columns of the source streams that the program's pumps read.
fn columns_read(program: &Program) -> Vec<usize> {
    let mut read = Vec::new();
    for pump in &program.pumps {
        rel_reads(&pump.query, program, &mut read);
    }
    read
}

/// Adds what is read of a source; answers how many of the operator's first columns still are a source's.
fn rel_reads(rel: &Rel, program: &Program, read: &mut Vec<usize>) -> usize {
    if let Rel::Scan { stream } = rel {
        let source = program.streams.get(stream.0).filter(|it| it.kind == StreamKind::Source);
        return source.map_or(0, |it| it.columns.len());
    }
    let of_source: Vec<usize> = rel.inputs().into_iter().map(|it| rel_reads(it, program, read)).collect();
    let first = of_source.first().copied().unwrap_or(0);
    let mut reads = |exprs: &[&Expr]| {
        let before = read.len();
        exprs.iter().for_each(|it| expr_reads(it, read));
        let mut at = 0;
        read.retain(|it| {
            at += 1;
            at <= before || *it < first
        });
    };
    match rel {
        Rel::Filter { condition, .. } => reads(&[condition]),
        Rel::Project { items, rowtime, .. } => {
            reads(&items.iter().chain(rowtime).collect::<Vec<_>>());
            return 0;
        }
        Rel::Distinct { items, .. } => {
            reads(&items.iter().collect::<Vec<_>>());
            return 0;
        }
        Rel::Aggregate { keys, aggregates, .. } | Rel::Stagger { keys, aggregates, .. } => {
            reads(&keys.iter().chain(aggregates.iter().flat_map(|it| &it.args)).collect::<Vec<_>>());
            return 0;
        }
        Rel::Lookup { keys, condition, .. } => {
            reads(&keys.iter().map(|it| &it.0).chain(condition).collect::<Vec<_>>());
        }
        Rel::TimeSort { by, .. } => reads(&[by]),
        Rel::Slide { frames, calls, .. } => {
            let partitions = frames.iter().flat_map(|it| &it.partition);
            reads(&partitions.chain(calls.iter().flat_map(|it| &it.args)).collect::<Vec<_>>());
        }
        Rel::Sort { leading, keys, .. } => {
            reads(&keys.iter().map(|it| &it.expr).chain([leading]).collect::<Vec<_>>());
        }
        // Operators that pass whole rows on from several sides, or compare them whole: all is read.
        _ => {
            if let Some(most) = of_source.into_iter().max() {
                read.extend(0..most);
            }
            return 0;
        }
    }
    first
}

fn expr_reads(expr: &Expr, read: &mut Vec<usize>) {
    match &expr.kind {
        ExprKind::Column(at) => read.push(*at),
        ExprKind::RowTime | ExprKind::Literal(_) => {}
        ExprKind::Call(_, args) => args.iter().for_each(|it| expr_reads(it, read)),
        ExprKind::Cast(inner, _)
        | ExprKind::Not(inner)
        | ExprKind::IsNull(inner)
        | ExprKind::Is(inner, _) => {
            expr_reads(inner, read);
        }
        ExprKind::And(a, b) | ExprKind::Or(a, b) => {
            expr_reads(a, read);
            expr_reads(b, read);
        }
        ExprKind::Case { branches, otherwise } => {
            for (condition, result) in branches {
                expr_reads(condition, read);
                expr_reads(result, read);
            }
            otherwise.iter().for_each(|it| expr_reads(it, read));
        }
    }
}
