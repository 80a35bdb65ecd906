//! What is offered while a program is being written.

use pumphouse::sql::assist::{Completion, CompletionKind, complete, diagnose, format};
use pumphouse::sql::bind::Catalog;

use super::{WORKSHOP, catalog, marked};

fn offers(text: &str) -> Vec<Completion> {
    let (text, at) = marked(text);
    complete(&text, at, &catalog())
}

/// The labels of one kind, best first.
fn labels(text: &str, kind: CompletionKind) -> Vec<String> {
    offers(text).into_iter().filter(|it| it.kind == kind).map(|it| it.label).collect()
}

/// The text with the best offer taken.
fn taken(text: &str) -> String {
    let (plain, at) = marked(text);
    let best = complete(&plain, at, &catalog()).into_iter().next().expect("something is offered");
    let mut out = plain;
    out.replace_range(best.replace, &best.insert);
    out
}

const MADE: &str = "CREATE STREAM low (id VARCHAR(4), \"mixed Case\" INTEGER, t TIMESTAMP);\n";

/// Behind FROM stand the streams made above, the sources; behind INTO only what code may write.
#[test]
fn streams() {
    let from = format!("{MADE}CREATE PUMP p AS INSERT INTO low SELECT STREAM * FROM ‸");
    assert_eq!(labels(&from, CompletionKind::Stream), ["SOURCE_SQL_STREAM_001", "GATE", "LOW"]);
    let into = format!("{MADE}CREATE PUMP p AS INSERT INTO ‸");
    assert_eq!(labels(&into, CompletionKind::Stream), ["LOW"]);
    let join = format!("{MADE}CREATE PUMP p AS INSERT INTO low SELECT STREAM * FROM GATE AS g JOIN l‸");
    assert_eq!(labels(&join, CompletionKind::Stream), ["LOW"]);
    assert_eq!(
        taken("CREATE PUMP p AS INSERT INTO low SELECT STREAM * FROM sour‸"),
        "CREATE PUMP p AS INSERT INTO low SELECT STREAM * FROM SOURCE_SQL_STREAM_001"
    );
}

/// Columns come from what FROM reads, below the place as well as above it, in quotes where they need them.
#[test]
fn columns_in_scope() {
    let text = "CREATE PUMP p AS INSERT INTO x SELECT STREAM sens‸ FROM \"SOURCE_SQL_STREAM_001\"";
    let first = offers(text).into_iter().next().expect("a column is offered");
    assert_eq!((first.label.as_str(), first.insert.as_str()), ("sensorId", "\"sensorId\""));
    assert_eq!((first.kind, first.detail.as_str()), (CompletionKind::Column, "VARCHAR(16)"));
    assert_eq!(first.doc, "A column of SOURCE_SQL_STREAM_001.");
    // Begun with a quote, with and without the closing one.
    for text in [
        "SELECT STREAM \"sens‸ FROM SOURCE_SQL_STREAM_001",
        "SELECT STREAM \"sens‸\" FROM SOURCE_SQL_STREAM_001",
    ] {
        assert_eq!(taken(text), "SELECT STREAM \"sensorId\" FROM SOURCE_SQL_STREAM_001");
    }
    let own = format!("{MADE}CREATE PUMP p AS INSERT INTO x SELECT STREAM ‸ FROM low");
    assert_eq!(labels(&own, CompletionKind::Column), ["ID", "mixed Case", "T", "ROWTIME"]);
    let meta = labels("SELECT STREAM appr‸ FROM SOURCE_SQL_STREAM_001", CompletionKind::Column);
    assert_eq!(meta, ["APPROXIMATE_ARRIVAL_TIME"]);
    assert_eq!(
        taken("SELECT STREAM appr‸ FROM SOURCE_SQL_STREAM_001"),
        "SELECT STREAM APPROXIMATE_ARRIVAL_TIME FROM SOURCE_SQL_STREAM_001"
    );
    let row = offers("SELECT STREAM COUNT(*) FROM GATE AS g GROUP BY FLOOR(rowt‸");
    assert_eq!(row[0].insert, "G.ROWTIME");
}

/// Behind a point stand the columns of an alias, a stream, a sub-query.
#[test]
fn columns_behind_a_point() {
    let text = format!(
        "{MADE}CREATE PUMP p AS INSERT INTO x SELECT STREAM a.‸ FROM low AS a JOIN GATE AS b ON a.id = b.k"
    );
    assert_eq!(labels(&text, CompletionKind::Column), ["ID", "mixed Case", "T", "ROWTIME"]);
    let text = "SELECT STREAM s.‸ FROM (SELECT STREAM k, COUNT(*) AS n, AVG(v) AS mean FROM GATE GROUP BY k, FLOOR(GATE.ROWTIME TO SECOND)) AS s WHERE";
    let found: Vec<String> =
        offers(text).into_iter().map(|it| format!("{} {}", it.label, it.detail)).collect();
    assert_eq!(found, ["K VARCHAR(4)", "N BIGINT", "MEAN INTEGER", "ROWTIME TIMESTAMP"]);
    let text = "SELECT STREAM r.an‸ FROM TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM v FROM GATE))) AS r";
    assert_eq!(labels(text, CompletionKind::Column), ["ANOMALY_SCORE"]);
    let text = "SELECT STREAM t.‸ FROM GATE AS t(a, b)";
    assert_eq!(labels(text, CompletionKind::Column), ["A", "B", "ROWTIME"]);
}

/// The column list of INSERT offers the target's columns that are not in it yet.
#[test]
fn columns_of_the_target() {
    let text = format!("{MADE}CREATE PUMP p AS INSERT INTO low (id, ‸) SELECT STREAM k FROM GATE");
    assert_eq!(labels(&text, CompletionKind::Column), ["mixed Case", "T"]);
    assert!(taken(&text).contains("(id, \"mixed Case\")"));
}

/// A function comes with its signature, a sentence and an example.
#[test]
fn functions() {
    let found = offers("SELECT STREAM k FROM GATE WHERE ABS(v) > 1 AND char_l‸");
    let one = found.iter().find(|it| it.label == "CHAR_LENGTH").expect("it is offered");
    assert_eq!((one.kind, one.insert.as_str()), (CompletionKind::Function, "CHAR_LENGTH("));
    assert!(one.detail.starts_with("CHAR_LENGTH("), "{}", one.detail);
    assert!(one.doc.contains("\nExample: CHAR_LENGTH("), "{}", one.doc);
    let younger = offers("SELECT STREAM tsd‸ FROM GATE");
    assert!(younger[0].doc.ends_with("Younger than the workshop: since 2017."), "{}", younger[0].doc);
    // Letters in order are enough, and what begins with them comes first.
    let spread = labels("SELECT STREAM ctt‸ FROM GATE", CompletionKind::Function);
    assert!(spread.iter().any(|it| it == "CHAR_TO_TIMESTAMP"), "{spread:?}");
}

/// Words that can follow where the place is.
#[test]
fn keywords() {
    let words = |text: &str| labels(text, CompletionKind::Keyword);
    assert_eq!(words("SELECT ‸"), ["STREAM"]);
    assert_eq!(words("CREATE OR ‸"), ["REPLACE STREAM", "REPLACE PUMP"]);
    assert_eq!(words("CREATE PUMP p AS INSERT INTO x SELECT STREAM k FROM GATE gr‸")[..1], ["GROUP BY"]);
    assert_eq!(words("CREATE PUMP p AS INSERT INTO x SELECT STREAM k FROM GATE GROUP ‸"), ["BY"]);
    assert_eq!(
        words("CREATE PUMP p AS INSERT INTO x SELECT STREAM k FROM GATE WHERE v IS ‸")[..2],
        ["NULL", "NOT NULL"]
    );
    assert_eq!(words("CREATE STREAM s (k VARCHAR(4) ‸"), ["NOT NULL"]);
    assert_eq!(words("CREATE PUMP p AS ‸"), ["INSERT INTO"]);
}

#[test]
fn units_and_types() {
    let units = labels("SELECT STREAM FLOOR(GATE.ROWTIME TO ‸) FROM GATE", CompletionKind::Unit);
    assert_eq!(units, ["SECOND", "MINUTE", "HOUR", "DAY", "MONTH", "YEAR"]);
    let units = labels("SELECT STREAM STEP(GATE.ROWTIME BY INTERVAL '10' s‸", CompletionKind::Unit);
    assert_eq!(units, ["SECOND"]);
    assert_eq!(labels("CREATE STREAM s (k var‸", CompletionKind::Type)[0], "VARCHAR(16)");
    assert_eq!(labels("SELECT STREAM CAST(v AS dou‸ FROM GATE", CompletionKind::Type), ["DOUBLE"]);
    assert_eq!(offers("CREATE STREAM s (‸"), [], "a new column has a new name");
}

/// Other statements may be as broken as they like; nothing is offered in comments and texts.
#[test]
fn broken_texts() {
    let text = "CREATE STRM x (;\nCREATE STREAM ok (a INTEGER, b;\nCREATE PUMP p AS INSERT INTO ok SELECT STREAM ‸ FROM GATE WHERE (";
    assert_eq!(labels(text, CompletionKind::Column)[..2], ["K", "V"]);
    for text in ["-- sel‸", "SELECT STREAM 'k‸' FROM GATE", "/* a‸ */", "SELECT STREAM 12‸ FROM GATE"]
    {
        assert_eq!(offers(text), [], "{text}");
    }
    for at in 0..=WORKSHOP.len() {
        complete(WORKSHOP, at, &catalog());
        complete(&WORKSHOP[..at], at, &catalog());
    }
}

/// At the beginning of a statement whole ones are offered; the names in them are those of the application.
#[test]
fn templates() {
    let found = offers("‸");
    let snippets: Vec<&Completion> = found.iter().filter(|it| it.kind == CompletionKind::Snippet).collect();
    let names: Vec<&str> = snippets.iter().map(|it| it.label.as_str()).collect();
    for name in [
        "stream and pump",
        "continuous filter",
        "tumbling aggregate",
        "top-K",
        "anomaly detection",
        "sliding window",
        "stagger window",
        "join in time",
    ] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    for catalog in [catalog(), Catalog::default()] {
        for it in complete("", 0, &catalog).iter().filter(|it| it.kind == CompletionKind::Snippet) {
            assert_eq!(format(&it.insert).as_ref(), Ok(&it.insert), "{} is in the house layout", it.label);
        }
    }
    for it in snippets.iter().filter(|it| {
        ["stream and pump", "continuous filter", "tumbling aggregate"].contains(&it.label.as_str())
    }) {
        assert_eq!(diagnose(&it.insert, &catalog()), [], "{}", it.insert);
    }
}
