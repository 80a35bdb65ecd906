//! What the SQL editor says about a learner's text: place, message, detail and hint, read in full.
//!
//! The sentences are those of the storyboard (2-B to 2-D) and of the causes listed in sql.md 7.2 to 7.5.
//! Places are counted by hand in the texts below.

use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::diag::{Diagnostic, Severity};
use pumphouse::sql::plan::{ColumnDef, Program, TableDef};
use pumphouse::sql::value::SqlType;

mod elsewhere;
mod joins;
mod mistakes;
mod names;
mod over;
mod plans;
mod soup;
mod streaming;
mod text;
mod types;

/// The workshop's source as discovery writes it, and the streams of sql.md section 8.
fn catalog() -> Catalog {
    let source = |name: &str, columns: &[(&str, SqlType)]| SourceDef {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|&(name, ty)| ColumnDef { name: name.to_owned(), ty, not_null: false })
            .collect(),
    };
    Catalog {
        sources: vec![
            source(
                "SOURCE_SQL_STREAM_001",
                &[
                    ("sensorId", SqlType::Varchar(16)),
                    ("eventTimeStamp", SqlType::Varchar(32)),
                    ("ambientTemp", SqlType::Integer),
                    ("measuredTemp", SqlType::Integer),
                ],
            ),
            source("GATE", &[("K", SqlType::Varchar(4)), ("V", SqlType::Integer)]),
            source("EV", &[("K", SqlType::Varchar(4)), ("ET", SqlType::Timestamp)]),
        ],
        tables: vec![TableDef {
            name: "Names".to_owned(),
            columns: [("id", SqlType::Varchar(4)), ("label", SqlType::Varchar(16))]
                .map(|(name, ty)| ColumnDef { name: name.to_owned(), ty, not_null: false })
                .to_vec(),
        }],
    }
}

/// The slides' six statements, in their order.
fn workshop() -> String {
    [
        include_str!("../assets/sql/clean_stream.sql"),
        include_str!("../assets/sql/dedup_pump.sql"),
        include_str!("../assets/sql/filtered_stream.sql"),
        include_str!("../assets/sql/filter_pump.sql"),
        include_str!("../assets/sql/aggregate_stream.sql"),
        include_str!("../assets/sql/aggregate_pump.sql"),
    ]
    .join("\n")
}

fn program(text: &str) -> Program {
    match compile(text, &catalog()) {
        Ok(program) => program,
        Err(said) => panic!("{text}\nis refused:\n{}", told(text, &said)),
    }
}

/// Diagnostics as a person reads them: `line:column severity: message`, then what else is said.
fn told(text: &str, said: &[Diagnostic]) -> String {
    let mut out = String::new();
    for it in said {
        let (line, column) = it.place(text);
        let severity = match it.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        out.push_str(&format!("{line}:{column} {severity}: {}\n", it.message));
        for more in [&it.detail, &it.hint].into_iter().flatten() {
            out.push_str(&format!("    {more}\n"));
        }
    }
    out
}

/// Everything said about a text, whether it compiles or not.
fn said(text: &str) -> Vec<Diagnostic> {
    match compile(text, &catalog()) {
        Ok(program) => program.notes,
        Err(said) => said,
    }
}

/// Compares what is said about a text with what should be.
#[track_caller]
fn says(text: &str, expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim_end).filter(|it| !it.is_empty()).collect();
    let expected = expected.join("\n") + if expected.is_empty() { "" } else { "\n" };
    assert_eq!(told(text, &said(text)), expected, "\nabout\n{text}");
}

/// What is said about the select list and its clauses of a pump into `OUT (A VARCHAR(16), N INTEGER)`. The
/// query stands in line 3 and begins with `SELECT STREAM `, so its first item stands in column 15.
#[track_caller]
fn query_says(query: &str, expected: &str) {
    says(&pump_of(query), expected);
}

fn pump_of(query: &str) -> String {
    format!(
        "CREATE STREAM OUT_STREAM (a VARCHAR(16), n INTEGER);\nCREATE PUMP P AS INSERT INTO OUT_STREAM\n{query};"
    )
}
