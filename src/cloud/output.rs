//! Rows become the text of records: one CSV line or one JSON object each (sql.md 6.8).

use serde::{Deserialize, Serialize};

use crate::sql::plan::ColumnDef;
use crate::sql::value::{Batch, Column, ColumnData, SqlType};
use crate::sql::write;

/// The form of an output's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Format {
    Csv,
    Json,
}

impl Format {
    /// Appends one row.
    pub fn write(self, batch: &Batch, row: usize, columns: &[ColumnDef], out: &mut Vec<u8>) {
        match self {
            Format::Csv => write_csv(batch, row, columns, out),
            Format::Json => write_json(batch, row, columns, out),
        }
    }
}

/// Appends a row as a CSV line: no header, NULL is an empty field, a line feed ends it.
pub fn write_csv(batch: &Batch, row: usize, columns: &[ColumnDef], out: &mut Vec<u8>) {
    for (at, (column, def)) in batch.columns.iter().zip(columns).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write::csv_field(column, row, def.ty, out);
    }
    out.push(b'\n');
}

/// Appends a row as a JSON object with the columns' exact names; nothing stands behind it.
pub fn write_json(batch: &Batch, row: usize, columns: &[ColumnDef], out: &mut Vec<u8>) {
    out.push(b'{');
    for (at, (column, def)) in batch.columns.iter().zip(columns).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write::json_string(&def.name, out);
        out.push(b':');
        write::json_value(column, row, def.ty, out);
    }
    out.push(b'}');
}

/// A value as a person reads it in a table; `None` for NULL.
pub fn cell(column: &Column, row: usize, ty: SqlType) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    let mut out = Vec::new();
    match &column.data {
        ColumnData::Bytes(values) if ty.is_character() => out.extend_from_slice(values.get(row)),
        _ => write::csv_field(column, row, ty, &mut out),
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}
