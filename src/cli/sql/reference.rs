//! `--reference NAME=SCHEMA.json:FILE`: a table that the code can join.

use std::path::Path;

use crate::base::time::Timestamp;
use crate::cli::{Stop, read_bytes, read_text, refused};
use crate::cloud::mapping::table::{self, Misfit};
use crate::cloud::mapping::{Schema, SchemaColumn};
use crate::sql::plan::{ColumnDef, TableDef};
use crate::sql::pump::RowError;
use crate::sql::value::Batch;

/// Misfits that are told one by one.
const TOLD: usize = 10;

/// A table and its rows.
pub struct Table {
    pub def: TableDef,
    pub rows: Batch,
    misfits: Vec<Misfit>,
}

impl Table {
    /// The rows that do not fit, as rows of `error_stream` at the moment of loading.
    pub fn errors(&self, now: Timestamp) -> Vec<RowError> {
        self.misfits.iter().map(|it| RowError { rowtime: now, ..it.error.clone() }).collect()
    }
}

/// Reads every table that was asked for, and tells on stderr which of their rows do not fit.
///
/// # Errors
/// Exit 2: an argument of another form, a name twice, a file that cannot be read, a table without a row
/// that fits.
pub fn read_all(arguments: &[String], source: &str, now: Timestamp) -> Result<Vec<Table>, Stop> {
    if 1 < arguments.len() {
        eprintln!(
            "pumphouse: note: {} reference tables; an application of the service has at most one",
            arguments.len()
        );
    }
    let mut tables: Vec<Table> = Vec::new();
    for argument in arguments {
        let table = read(argument, now)?;
        let name = &table.def.name;
        if tables.iter().any(|it| it.def.name == *name) {
            return Err(refused(format!("--reference {argument}: table {name} is there already")));
        }
        if name == source || name == "error_stream" {
            return Err(refused(format!("--reference {argument}: {name} is the name of a stream")));
        }
        tables.push(table);
    }
    Ok(tables)
}

fn read(argument: &str, now: Timestamp) -> Result<Table, Stop> {
    let (name, schema_path, path) = parts(argument)?;
    let text = read_text(Path::new(schema_path))?;
    let path = Path::new(path);
    let bytes = read_bytes(path)?;
    let csv = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("csv"));
    let schema = Schema::parse_for(&text, csv).map_err(|error| refused(format!("{schema_path}: {error}")))?;
    let read = table::read(&schema, &bytes, now);
    for it in read.misfits.iter().take(TOLD) {
        let column = it.column.as_ref().map_or_else(String::new, |it| format!("column {it}: "));
        eprintln!("{}:{}: warning: {column}{}", path.display(), it.line, it.error.message);
    }
    if TOLD < read.misfits.len() {
        let more = read.misfits.len() - TOLD;
        eprintln!("{}: warning: {more} more rows do not fit; all are in error_stream", path.display());
    }
    if read.rows.is_empty() && !read.misfits.is_empty() {
        return Err(Stop::Refused {
            message: format!("{}: no row fits the columns of {name}", path.display()),
            hint: Some(format!("Compare the file with {schema_path}: CSV goes by position, JSON by path.")),
        });
    }
    let column = |it: &SchemaColumn| ColumnDef { name: it.name.clone(), ty: it.ty, not_null: false };
    let columns = schema.columns.iter().map(column).collect();
    Ok(Table { def: TableDef { name: name.to_owned(), columns }, rows: read.rows, misfits: read.misfits })
}

/// `NAME=SCHEMA.json:FILE`. A path may hold a colon (a drive): the schema ends where a file ends.
fn parts(argument: &str) -> Result<(&str, &str, &str), Stop> {
    let wrong = || Stop::Refused {
        message: format!("--reference {argument}: not NAME=SCHEMA.json:FILE"),
        hint: Some("For instance --reference Names=names.schema.json:names.csv".to_owned()),
    };
    let (name, paths) = argument.split_once('=').ok_or_else(wrong)?;
    let colons: Vec<usize> = paths.match_indices(':').map(|it| it.0).collect();
    let cut = colons.iter().copied().find(|at| Path::new(&paths[..*at]).is_file());
    let cut = cut.or(colons.first().copied()).ok_or_else(wrong)?;
    let (schema, file) = (&paths[..cut], &paths[cut + 1..]);
    if name.trim().is_empty() || schema.is_empty() || file.is_empty() {
        return Err(wrong());
    }
    Ok((name, schema, file))
}
