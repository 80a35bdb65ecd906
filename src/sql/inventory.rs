//! What the dialect has here, and how near it is to the service's: the tables of COMPAT.md.
//!
//! Statements and clauses stand in this file, routines in the [`catalog`](crate::sql::func::catalog). The
//! page is written by [`page`]; a test compares it with the file.

use std::fmt::Write as _;

use crate::sql::func::catalog::{Kind, Standing, catalog};

/// A statement or a clause.
struct Feature {
    name: &'static str,
    standing: Standing,
}

const fn exact(name: &'static str) -> Feature {
    Feature { name, standing: Standing::Exact }
}

const fn simplified(name: &'static str, why: &'static str) -> Feature {
    Feature { name, standing: Standing::Simplified(why) }
}

const fn absent(name: &'static str, why: &'static str) -> Feature {
    Feature { name, standing: Standing::Absent(why) }
}

const STATEMENTS: &[Feature] = &[
    exact("CREATE [OR REPLACE] STREAM"),
    exact("CREATE [OR REPLACE] PUMP [STARTED / STOPPED]"),
    simplified(
        "CREATE FUNCTION",
        "Types must fit exactly, as documented; the length of a text does not count. Written out at each call.",
    ),
    exact("INSERT INTO stream [(columns)] in a pump"),
    simplified("INSERT EXPEDITED", "Read; it changes nothing, for rows do not wait here."),
    exact("ALTER PUMP … START / STOP"),
    exact("DROP STREAM, PUMP, FUNCTION [RESTRICT / CASCADE]"),
    absent("OPTIONS of a stream", "The grammar names it, and no option is published."),
    absent("CREATE VIEW, TABLE, SCHEMA", "Not part of the service's dialect."),
];

const CLAUSES: &[Feature] = &[
    exact("SELECT [STREAM], column aliases, *"),
    simplified("SELECT DISTINCT", "Both readings: at the end of the window, or at once."),
    exact("FROM a stream, a query in parentheses, several items"),
    exact("AS t(a, b); row values t.r.COLUMN1"),
    exact("FROM TABLE(f(CURSOR(query), …))"),
    exact("INNER, LEFT, RIGHT and FULL JOIN with windows; reference tables"),
    exact("WHERE"),
    exact("GROUP BY a monotonic expression: FLOOR, CEIL, STEP, the idiom of the epoch"),
    exact("HAVING"),
    exact("WINDOWED BY STAGGER"),
    exact("OVER (RANGE …), OVER (ROWS …), WINDOW w AS"),
    exact("ORDER BY a monotonic expression, then any keys"),
    exact("UNION, UNION ALL"),
    absent("INTERSECT, EXCEPT", "Not described for streams."),
    simplified("IN (query), EXISTS", "Against reference tables; a stream has no end to look through."),
    absent("LIMIT, WITH, QUALIFY, CUBE, ROLLUP", "Not part of the service's dialect."),
    absent(
        "COUNT(DISTINCT x) in a GROUP BY",
        "The service refuses it over streams, and so does this program.",
    ),
];

/// The lines between which the page stands in COMPAT.md.
pub const MARKS: [&str; 2] = ["<!-- The dialect: begin -->", "<!-- The dialect: end -->"];

/// The tables of statements, clauses and routines as Markdown, with a blank line at both ends.
pub fn page() -> String {
    let mut page = String::from("\n");
    features("statement", STATEMENTS, &mut page);
    features("clause", CLAUSES, &mut page);
    page.push_str("| routine | kind | how it stands | why |\n| --- | --- | --- | --- |\n");
    for it in catalog() {
        let since = if it.year == 2016 { String::new() } else { format!(" ({})", it.year) };
        let name = it.name.replace('|', "\\|");
        let (word, why) = told(it.standing);
        let _ = writeln!(page, "| `{name}`{since} | {} | {word} | {why} |", kind(it.kind));
    }
    page.push('\n');
    page
}

fn features(title: &str, list: &[Feature], page: &mut String) {
    let _ = writeln!(page, "| {title} | how it stands | why |\n| --- | --- | --- |");
    for it in list {
        let (word, why) = told(it.standing);
        let _ = writeln!(page, "| {} | {word} | {why} |", it.name);
    }
    page.push('\n');
}

fn told(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Exact => ("exact", ""),
        Standing::Simplified(why) => ("simplified", why),
        Standing::Absent(why) => ("absent", why),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Operator => "operator",
        Kind::Form => "form",
        Kind::Scalar => "function",
        Kind::Aggregate(_) => "aggregate",
        Kind::Window => "window function",
        Kind::Table => "table function",
        Kind::Parser => "log parser",
    }
}
