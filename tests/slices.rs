//! However time is cut into steps, the same rows come out in the same order.
//!
//! The rows of a minute are pushed at once, then one by one with the clock told in between and the state
//! written down and read back each time, then in pieces of drawn lengths. Operators that keep rows must not
//! notice.

use std::fmt::Write as _;
use std::sync::Arc;

use pumphouse::base::seed::{Chance, Seed};
use pumphouse::base::time::Timestamp;
use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::plan::{ColumnDef, Program, StreamId};
use pumphouse::sql::pump::{ClockMode, Engine, Options, Sink};
use pumphouse::sql::value::{Batch, SqlType, Value};

const QUERIES: [&str; 11] = [
    "SELECT STREAM k, v FROM S WHERE v > 4 UNION ALL SELECT STREAM k, -v FROM S UNION ALL SELECT STREAM 'x', 1 FROM S",
    "SELECT STREAM k, v FROM S UNION ALL SELECT STREAM k, SUM(v) FROM S GROUP BY k, FLOOR(S.ROWTIME TO SECOND)",
    "SELECT STREAM k, v FROM S ORDER BY FLOOR(S.ROWTIME TO SECOND), v DESC",
    "SELECT STREAM k, v FROM S ORDER BY ROWTIME, v",
    "SELECT STREAM k, v FROM S ORDER BY CEIL(S.ROWTIME TO SECOND), k, v",
    "SELECT STREAM k, SUM(v) AS n FROM S GROUP BY k, STEP(S.ROWTIME BY INTERVAL '5' SECOND) ORDER BY ROWTIME, n DESC",
    "SELECT STREAM t AS ROWTIME, k, v FROM S ORDER BY t WITHIN INTERVAL '2' SECOND",
    "SELECT STREAM k, COUNT(*) FROM S WINDOWED BY STAGGER (PARTITION BY k RANGE INTERVAL '3' SECOND)",
    "SELECT STREAM k, SUM(DISTINCT v) FROM S WINDOWED BY STAGGER (PARTITION BY k, v RANGE INTERVAL '7' SECOND)",
    "SELECT STREAM DISTINCT k, COUNT(*) FROM S GROUP BY k, v, FLOOR(S.ROWTIME TO SECOND)",
    "SELECT STREAM k, n FROM (SELECT STREAM k, COUNT(*) AS n FROM S WINDOWED BY STAGGER (PARTITION BY k RANGE INTERVAL '1' SECOND)) AS w ORDER BY STEP(w.ROWTIME BY INTERVAL '10' SECOND), n, k",
];

/// Every row of the target and every error, as text.
#[derive(Default)]
struct Seen {
    target: usize,
    errors: usize,
    rows: Vec<String>,
    failed: Vec<String>,
}

impl Sink for Seen {
    fn rows(&mut self, stream: StreamId, batch: &Batch) {
        for row in 0..batch.len() {
            let mut text = batch.rowtimes[row].to_string();
            for column in &batch.columns {
                let _ = write!(text, " {:?}", column.value(row, SqlType::Varchar(64)));
            }
            if stream.0 == self.target {
                self.rows.push(text);
            } else if stream.0 == self.errors {
                // When an error was told depends on the steps; which row failed does not.
                self.failed.push(format!("{:?}", batch.columns[5].value(row, SqlType::Varchar(64))));
            }
        }
    }
}

fn program(query: &str) -> Arc<Program> {
    let column = |(name, ty): (&str, SqlType)| ColumnDef { name: name.to_owned(), ty, not_null: false };
    let columns = [("K", SqlType::Varchar(4)), ("V", SqlType::Integer), ("T", SqlType::Timestamp)];
    let source = SourceDef { name: "S".to_owned(), columns: columns.map(column).to_vec() };
    let code = format!("CREATE STREAM O (k VARCHAR(8), n INTEGER); CREATE PUMP P AS INSERT INTO O {query}");
    match compile(&code, &Catalog { sources: vec![source], tables: Vec::new() }) {
        Ok(program) => Arc::new(program),
        Err(said) => panic!("{query}\n{said:?}"),
    }
}

/// Rows of about twenty seconds, some at one moment, with times that lag and come out of order.
fn rows(program: &Program, chance: &mut Chance) -> Batch {
    let mut batch = Batch::new(program.streams[0].columns.iter().map(|it| it.ty));
    let mut now = Timestamp::OPENING.as_millis();
    for _ in 0..300 {
        now += [0, 0, 1, 40, 160, 200][chance.below(6) as usize];
        batch.rowtimes.push(now);
        let late = chance.below(3_000) as i64;
        let time = if chance.below(20) == 0 { Value::Null } else { Value::Int(now - late) };
        let key = ["a", "b", "c", "d", "e"][chance.below(5) as usize];
        let values = [Value::Text(key.into()), Value::Int(chance.below(9) as i64), time];
        for (at, column) in batch.columns.iter_mut().enumerate() {
            column.push(values.get(at).unwrap_or(&Value::Null));
        }
    }
    batch
}

/// Runs the rows in steps that end before the given rows; between two moments the clock is told, too.
fn run(program: &Arc<Program>, options: Options, rows: &Batch, ends: &[usize]) -> Seen {
    let place = |name: &str| program.streams.iter().position(|it| it.name == name).unwrap_or(usize::MAX);
    let mut seen = Seen { target: place("O"), errors: place("error_stream"), ..Seen::default() };
    let mut engine = Engine::new(program.clone(), options, Timestamp::OPENING);
    let mut from = 0;
    for &end in ends.iter().chain([&rows.len()]) {
        engine.push(StreamId(0), &rows.slice(from..end), &mut seen);
        let last = rows.rowtimes[end - 1];
        if rows.rowtimes.get(end).is_some_and(|it| *it > last) {
            engine.advance(Timestamp::from_millis(last), &mut seen);
        }
        let state = postcard::to_allocvec(&engine.state()).expect("a state can be written");
        let state = postcard::from_bytes(&state).expect("a state can be read");
        engine = Engine::restore(program.clone(), options, state);
        from = end;
    }
    let end = Timestamp::from_millis(rows.rowtimes[rows.len() - 1] + 3_600_000);
    engine.advance(end, &mut seen);
    seen
}

#[test]
fn the_same_rows_in_the_same_order() {
    let mut chance = Seed(11).stream("slices");
    for query in QUERIES {
        let program = program(query);
        for clock in [ClockMode::ClockAndRows, ClockMode::RowsOnly] {
            let options = Options { clock, ..Options::default() };
            let rows = rows(&program, &mut chance);
            let whole = run(&program, options, &rows, &[]);
            assert!(!whole.rows.is_empty(), "{query}: nothing came out");
            let single: Vec<usize> = (1..rows.len()).collect();
            let drawn: Vec<usize> = (1..rows.len()).filter(|_| chance.below(7) == 0).collect();
            for ends in [&single, &drawn] {
                let cut = run(&program, options, &rows, ends);
                assert_eq!(cut.rows, whole.rows, "{query}, {clock:?}, {ends:?}");
                assert_eq!(cut.failed, whole.failed, "{query}, {clock:?}");
            }
            assert!(whole.rows.is_sorted_by_key(|it| it[..13].to_owned()), "{query}: ROWTIME went back");
        }
    }
}
