//! What compiles, and to which plan.

use pumphouse::sql::plan::{ExprKind, Rel, StreamKind, Window};
use pumphouse::sql::value::SqlType;

use super::{program, pump_of, workshop};

/// The slides' text is a program: three streams fed by three pumps, nothing to say about it.
#[test]
fn the_workshop_compiles() {
    let program = program(&workshop());
    let names: Vec<&str> = program.streams.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "SOURCE_SQL_STREAM_001",
            "GATE",
            "EV",
            "error_stream",
            "CLEAN_IOT_STREAM",
            "FILTERED_STREAM",
            "AGGREGATE_STREAM"
        ]
    );
    let pumps: Vec<(&str, usize)> = program.pumps.iter().map(|it| (it.name.as_str(), it.target.0)).collect();
    assert_eq!(pumps, [("DEDUP_PUMP", 4), ("FILTER_PUMP", 5), ("AGGREGATE_PUMP", 6)]);
    assert_eq!(program.notes, []);
}

/// DISTINCT compares all six items, and the sixth, the floor of ROWTIME, closes the window.
#[test]
fn the_workshop_s_distinct() {
    let program = program(&workshop());
    let Rel::Distinct { compared, monotonic, window, items, .. } = &program.pumps[0].query else {
        panic!("the first pump is a DISTINCT");
    };
    assert_eq!((compared.as_slice(), *monotonic, *window), (&[0, 1, 2, 3, 4, 5][..], 5, Window::Clock));
    assert_eq!(items[0].kind, ExprKind::Column(4), "the arrival time is the first hidden column");
}

/// The slide's GROUP BY: two keys, the second one the window; two averages and a count.
#[test]
fn the_workshop_s_aggregate() {
    let program = program(&workshop());
    let Rel::Project { input, .. } = &program.pumps[2].query else { panic!("a select list stands on top") };
    let Rel::Aggregate { keys, monotonic, window, aggregates, .. } = &**input else {
        panic!("the third pump aggregates");
    };
    assert_eq!((keys.len(), *monotonic, *window), (2, 1, Window::Clock));
    let types: Vec<SqlType> = aggregates.iter().map(|it| it.ty).collect();
    let average = SqlType::Decimal { precision: 16, scale: 2 };
    assert_eq!(types, [average, average, SqlType::BigInt]);
}

/// Every way of sql.md 4.10 to write a tumbling window, and what closes it.
#[test]
fn tumbling_windows() {
    let epoch = "TIMESTAMP '1970-01-01 00:00:00'";
    for (key, expected) in [
        ("FLOOR(GATE.ROWTIME TO SECOND)".to_owned(), Window::Clock),
        ("FLOOR(ROWTIME TO MINUTE)".to_owned(), Window::Clock),
        ("FLOOR (\"GATE\".ROWTIME TO HOUR)".to_owned(), Window::Clock),
        (format!("FLOOR((GATE.ROWTIME - {epoch}) SECOND / 10 TO SECOND)"), Window::Clock),
        (format!("FLOOR((GATE.ROWTIME - {epoch}) MINUTE / 5 TO MINUTE)"), Window::Clock),
        (format!("FLOOR((GATE.ROWTIME - {epoch}) minute / 1 TO MINUTE)"), Window::Clock),
        (format!("FLOOR((GATE.ROWTIME - {epoch}) SECOND / 60 TO SECOND) * 60 + {epoch}"), Window::Clock),
        ("STEP(GATE.ROWTIME BY INTERVAL '10' SECOND)".to_owned(), Window::Clock),
        ("FLOOR(GATE.ROWTIME TO MINUTE) - INTERVAL '1' DAY".to_owned(), Window::Clock),
        ("CEIL(GATE.ROWTIME TO MINUTE)".to_owned(), Window::ClockUp),
        ("GATE.ROWTIME".to_owned(), Window::Instant),
        ("MONOTONIC(v)".to_owned(), Window::Rows),
    ] {
        let text = pump_of(&format!("SELECT STREAM k, COUNT(*) FROM GATE GROUP BY k, {key}"));
        let program = program(&text);
        let Rel::Project { input, .. } = &program.pumps[0].query else { panic!("{key}") };
        let Rel::Aggregate { window, monotonic, .. } = &**input else { panic!("{key}") };
        assert_eq!((*window, *monotonic), (expected, 1), "{key}");
    }
}

/// A step of time computed in a sub-query closes the window outside, for ROWTIME passes through unchanged.
#[test]
fn a_floor_made_in_a_sub_query() {
    let text = pump_of(
        "SELECT STREAM k, COUNT(*) FROM (SELECT STREAM k, FLOOR(ROWTIME TO MINUTE) AS m FROM GATE) AS t GROUP BY t.k, m",
    );
    let program = program(&text);
    let Rel::Project { input, .. } = &program.pumps[0].query else { panic!("a select list stands on top") };
    assert!(matches!(&**input, Rel::Aggregate { window: Window::Clock, monotonic: 1, .. }));
}

/// ROWTIME alone in the select list of an aggregate is the window's end and needs no grouping (T-11).
#[test]
fn rowtime_of_the_row_that_comes_out() {
    let text = "CREATE STREAM S (t TIMESTAMP, k VARCHAR(4), n BIGINT);
        CREATE PUMP P AS INSERT INTO S SELECT STREAM ROWTIME, k, COUNT(*) FROM GATE
        GROUP BY k, FLOOR(GATE.ROWTIME TO MINUTE)";
    let program = program(text);
    let Rel::Project { items, .. } = &program.pumps[0].query else { panic!("a select list stands on top") };
    let kinds: Vec<&ExprKind> = items.iter().map(|it| &it.kind).collect();
    assert_eq!(kinds, [&ExprKind::RowTime, &ExprKind::Column(0), &ExprKind::Column(2)]);
}

/// ROWTIME does not make rows different (D-02); where it is the only item that grows, it does (sql.md 1.9).
#[test]
fn rowtime_in_distinct() {
    let table = "CREATE STREAM S (t TIMESTAMP, k VARCHAR(4), w TIMESTAMP);";
    let text = format!(
        "{table} CREATE PUMP P AS INSERT INTO S SELECT STREAM DISTINCT ROWTIME, k, FLOOR(GATE.ROWTIME TO HOUR) FROM GATE"
    );
    let outer = program(&text);
    let Rel::Project { input, items, .. } = &outer.pumps[0].query else { panic!("ROWTIME is added on top") };
    assert_eq!(items[0].kind, ExprKind::RowTime, "the time of the row that comes out");
    let Rel::Distinct { compared, monotonic, .. } = &**input else { panic!("a DISTINCT is below") };
    assert_eq!((compared.as_slice(), *monotonic), (&[0, 1][..], 1));

    let text = "CREATE STREAM S (t TIMESTAMP, k VARCHAR(4));
        CREATE PUMP P AS INSERT INTO S SELECT STREAM DISTINCT ROWTIME, k FROM GATE";
    let alone = program(text);
    let Rel::Distinct { compared, window, .. } = &alone.pumps[0].query else { panic!("a DISTINCT") };
    assert_eq!((compared.as_slice(), *window), (&[0, 1][..], Window::Instant));
}

/// `AS ROWTIME` sets the time of the row and is no column of it.
#[test]
fn an_item_as_rowtime() {
    let text = "CREATE STREAM S (k VARCHAR(4)); CREATE PUMP P AS INSERT INTO S SELECT STREAM et AS ROWTIME, k FROM EV";
    let program = program(text);
    let Rel::Project { items, rowtime, .. } = &program.pumps[0].query else { panic!("a select list") };
    assert_eq!((items.len(), rowtime.as_ref().map(|it| &it.kind)), (1, Some(&ExprKind::Column(1))));
}

/// Names fold, comments of three kinds and blanks from slides are skipped, the last semicolon may miss (L-01,
/// L-04, L-08).
#[test]
fn folding_and_white_space() {
    let text = "create or replace stream flow (a integer); -- one\r\n// two ; '\r\n/* three ; */\n\
        create pump p as insert into FLOW select\u{a0}stream v from gate";
    let program = program(text);
    assert_eq!((program.streams[4].name.as_str(), program.pumps[0].name.as_str()), ("FLOW", "P"));
}

/// A pump runs unless it was made STOPPED; ALTER PUMP changes that (sql.md 1.5).
#[test]
fn started_and_stopped() {
    let pump = |state: &str| format!("CREATE PUMP P {state} AS INSERT INTO S SELECT STREAM v FROM GATE;");
    for (code, started) in [
        (pump(""), true),
        (pump("STARTED"), true),
        (pump("STOPPED DESCRIPTION 'idle'"), false),
        (pump("STOPPED") + "ALTER PUMP P START", true),
        (pump("") + "ALTER PUMP (P) STOP", false),
    ] {
        let program = program(&format!("CREATE STREAM S (a INTEGER); {code}"));
        assert_eq!(program.pumps[0].started, started, "{code}");
    }
}

/// What is dropped is gone, and the streams behind it move up.
#[test]
fn dropping() {
    let text = "CREATE STREAM A (a INTEGER); CREATE STREAM B (a INTEGER);
        CREATE PUMP P AS INSERT INTO A SELECT STREAM v FROM GATE;
        CREATE PUMP Q AS INSERT INTO B SELECT STREAM v FROM GATE;
        DROP STREAM A CASCADE";
    let program = program(text);
    assert_eq!((program.streams.len(), program.pumps.len()), (5, 1));
    assert_eq!(program.streams[program.pumps[0].target.0].name, "B");
}

/// The metadata columns are there by name, and `*` leaves them out (sql.md 4.1).
#[test]
fn hidden_columns() {
    let text = "CREATE STREAM S (a TIMESTAMP, b VARCHAR(256), c VARCHAR(128), d VARCHAR(128));
        CREATE PUMP P AS INSERT INTO S
        SELECT STREAM APPROXIMATE_ARRIVAL_TIME, partition_key, SEQUENCE_NUMBER, GATE.SHARD_ID FROM GATE;
        CREATE STREAM T (k VARCHAR(4), v INTEGER);
        CREATE PUMP Q AS INSERT INTO T SELECT STREAM * FROM GATE";
    let program = program(text);
    assert_eq!(program.streams[3].kind, StreamKind::Error);
    assert_eq!((program.streams[1].visible, program.streams[1].columns.len()), (2, 6));
}

/// Default names count positions (L-11).
#[test]
fn names_of_expressions() {
    let text = pump_of("SELECT STREAM \"EXPR$2\", EXPR$1 FROM (SELECT STREAM k, v + 1, UPPER(k) FROM GATE)");
    program(&text);
}
