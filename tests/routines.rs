//! Every example of the catalogue of routines is tried, and must give what the catalogue says.
//!
//! An example becomes a case as in `tests/pumps`. A routine that is said to be absent must be refused; as
//! soon as it is not, its entry is to be changed.

use std::fmt::Write as _;

use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::func::catalog::{Example, Routine, Standing, catalog};
use pumphouse::sql::plan::{ColumnDef, ExprKind, Rel};
use pumphouse::sql::value::SqlType;

use crate::pumps;

const COLUMNS: &str = "K VARCHAR(8)\nV INTEGER\nX DOUBLE\nLINE VARCHAR(256)";

#[test]
fn every_example_gives_what_the_catalogue_says() {
    let mut failures = String::new();
    let mut count = 0;
    for routine in catalog() {
        let problem = match routine.standing {
            Standing::Absent(_) => still_absent(routine),
            _ => {
                let mut said = String::new();
                match case(&routine.example) {
                    Ok(case) => drop(pumps::run_file(routine.name, &case, &mut said)),
                    Err(problem) => said = problem,
                }
                said
            }
        };
        if !problem.is_empty() {
            let _ = writeln!(failures, "{}: {}\n{problem}", routine.name, routine.example.sql());
        }
        count += 1;
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(count > 90, "only {count} routines were found");
}

/// The source of all examples; a group's column is called V too.
fn source(doubles: bool) -> Catalog {
    let columns = COLUMNS.lines().filter_map(|line| {
        let (name, ty) = line.split_once(' ')?;
        let ty = if doubles && name == "V" { SqlType::Double } else { SqlType::parse(ty)? };
        Some(ColumnDef { name: name.to_owned(), ty, not_null: false })
    });
    Catalog {
        sources: vec![SourceDef { name: "S".to_owned(), columns: columns.collect() }],
        tables: Vec::new(),
    }
}

fn still_absent(routine: &Routine) -> String {
    let code = match routine.example {
        Example::Program { sql, target, .. } => {
            format!("CREATE STREAM TARGET {target}; CREATE PUMP P AS INSERT INTO TARGET {sql}")
        }
        Example::Value { sql, .. } | Example::Group { sql, .. } => {
            format!(
                "CREATE STREAM T (C VARCHAR(9)); CREATE PUMP P AS INSERT INTO T SELECT CAST({sql} AS VARCHAR(9)) FROM S"
            )
        }
    };
    match compile(&code, &source(false)) {
        Ok(_) => "  it is here: take .absent(…) away in src/sql/func/catalog".to_owned(),
        Err(_) => String::new(),
    }
}

/// The case an example makes.
fn case(example: &Example) -> Result<String, String> {
    let (sql, target, rows, gives) = match *example {
        Example::Program { sql, target, rows, gives } => {
            (sql.to_owned(), target.to_owned(), rows.join("\n"), gives.join("\n"))
        }
        Example::Value { sql, gives } => {
            let (sql, ty) = typed(sql, "", false)?;
            let gives = format!("19:00:00 | {}", pumps::short(gives.to_owned()));
            (sql, format!("(C {ty})"), "19:00:00 | a | 1".to_owned(), gives)
        }
        Example::Group { sql, gives } => {
            let (sql, ty) = typed(sql, "GROUP BY FLOOR(S.ROWTIME TO MINUTE)", true)?;
            let rows = ["1", "NULL", "4", "4"].map(|it| format!("19:00:00 | a | {it}")).join("\n");
            (sql, format!("(C {ty})"), rows, format!("19:01:00 | {gives}"))
        }
    };
    let columns = match example {
        Example::Group { .. } => COLUMNS.replace("INTEGER", "DOUBLE"),
        _ => COLUMNS.to_owned(),
    };
    let rows: Vec<String> = rows.lines().map(filled).collect();
    Ok(format!(
        "# an example\nsource S\n{columns}\n\nsql for target {target}\n{sql}\n\nfeed S\n{}\n\n\
         clock 19:30:00\n\nrows TARGET\n{gives}\n\nerrors\nnothing\n",
        rows.join("\n")
    ))
}

/// A row of four values; those left out are NULL.
fn filled(row: &str) -> String {
    let missing = 4_usize.saturating_sub(row.matches(" | ").count());
    format!("{row}{}", " | NULL".repeat(missing))
}

/// The query for an expression, and the type of its value. An interval is told as text, for it can be no
/// column.
fn typed(sql: &str, group: &str, doubles: bool) -> Result<(String, SqlType), String> {
    let told = format!("SELECT STREAM CAST({sql} AS VARCHAR(64)) FROM S {group}");
    let code = format!("CREATE STREAM T (C VARCHAR(64)); CREATE PUMP P AS INSERT INTO T {told}");
    let program = compile(&code, &source(doubles)).map_err(|said| format!("  refused: {said:?}"))?;
    let Rel::Project { items, .. } = &program.pumps[0].query else {
        return Err("  a query for one value is a projection".to_owned());
    };
    match &items[0].kind {
        ExprKind::Cast(inner, _) if !matches!(inner.ty, SqlType::Interval(_)) => {
            Ok((format!("SELECT STREAM {sql} FROM S {group}"), inner.ty))
        }
        _ => Ok((told, SqlType::Varchar(64))),
    }
}
