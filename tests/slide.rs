//! Sliding windows against a slow evaluator that looks at every row again, and what they remember.

use std::sync::Arc;

use pumphouse::base::seed::{Chance, Seed};
use pumphouse::base::time::Timestamp;
use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::plan::{ColumnDef, StreamId};
use pumphouse::sql::pump::{Engine, Options, Sink};
use pumphouse::sql::value::{Batch, SqlType, Value};

/// One row: milliseconds since the start, key, integer and double.
type Row = (i64, i64, Option<i64>, Option<f64>);

#[derive(Default)]
struct Out {
    rows: Vec<(i64, Vec<Value>)>,
    errors: usize,
}

/// What comes out of the first stream of the code, and how many errors.
struct Taken<'a> {
    types: &'a [SqlType],
    out: Out,
}

impl Sink for Taken<'_> {
    fn rows(&mut self, stream: StreamId, batch: &Batch) {
        match stream.0 {
            1 => self.out.errors += batch.len(),
            2 => self.out.rows.extend((0..batch.len()).map(|row| {
                let values = batch.columns.iter().zip(self.types).map(|(it, ty)| it.value(row, *ty));
                (batch.rowtimes[row], values.collect())
            })),
            _ => {}
        }
    }
}

const TARGET: &str = "(k BIGINT, n BIGINT, c BIGINT, s BIGINT, a BIGINT, lo BIGINT, hi BIGINT, d BIGINT,
    f BIGINT, l BIGINT, g BIGINT, x DOUBLE, y DOUBLE)";
const CALLS: &str =
    "COUNT(*) OVER w, COUNT(v) OVER w, SUM(v) OVER w, AVG(v) OVER w, MIN(v) OVER w, MAX(v) OVER w,
    SUM(DISTINCT v) OVER w, FIRST_VALUE(v) IGNORE NULLS OVER w, LAST_VALUE(v) IGNORE NULLS OVER w,
    LAG(v, 2, -7) OVER w, SUM(x) OVER w, VAR_POP(x) OVER w";

fn engine(window: &str) -> Engine {
    let columns = [("K", SqlType::BigInt), ("V", SqlType::BigInt), ("X", SqlType::Double)];
    let columns = columns.map(|(name, ty)| ColumnDef { name: name.to_owned(), ty, not_null: false });
    let source = SourceDef { name: "S".to_owned(), columns: columns.to_vec() };
    let code = format!(
        "CREATE STREAM T {TARGET}; CREATE PUMP P AS INSERT INTO T SELECT STREAM k, {CALLS} FROM S WINDOW w AS ({window})"
    );
    let catalog = Catalog { sources: vec![source], ..Catalog::default() };
    let program = compile(&code, &catalog).unwrap_or_else(|said| panic!("{window} is refused: {said:?}"));
    Engine::new(Arc::new(program), Options::default(), Timestamp::OPENING)
}

fn types(engine: &Engine) -> Vec<SqlType> {
    engine.program().streams[2].columns.iter().map(|it| it.ty).collect()
}

fn batch(engine: &Engine, rows: &[Row]) -> Batch {
    let mut batch = Batch::new(engine.program().streams[0].columns.iter().map(|it| it.ty));
    for &(time, key, int, double) in rows {
        batch.rowtimes.push(Timestamp::OPENING.as_millis() + time);
        let int = int.map_or(Value::Null, Value::Int);
        let double = double.map_or(Value::Null, Value::Double);
        let values = [Value::Int(key), int, double].into_iter().chain(std::iter::repeat(Value::Null));
        batch.columns.iter_mut().zip(values).for_each(|(column, value)| column.push(&value));
    }
    batch
}

/// Pushes rows in batches of one size; after each the clock moves on to its last row.
fn run(engine: &mut Engine, rows: &[Row], size: usize) -> Out {
    let types = types(engine);
    let mut taken = Taken { types: &types, out: Out::default() };
    for chunk in rows.chunks(size) {
        let batch = batch(engine, chunk);
        engine.push(StreamId(0), &batch, &mut taken);
    }
    taken.out
}

fn drawn(chance: &mut Chance, count: usize) -> Vec<Row> {
    let mut time = 0;
    let row = |_| {
        time += [0, 0, 1, 300, 1000, 2500][chance.below(6) as usize];
        let int = (chance.below(5) > 0).then(|| chance.below(9) as i64 - 4);
        let double = (chance.below(5) > 0).then(|| chance.below(1000) as f64 / 8.0 - 40.0);
        (time, chance.below(3) as i64, int, double)
    };
    (0..count).map(row).collect()
}

/// The frame of a row: earlier rows of its key that are near enough, and itself.
fn frame(rows: &[Row], at: usize, ranged: bool, size: i64) -> Vec<Row> {
    let now = rows[at];
    let mut frame: Vec<Row> = rows[..=at].iter().filter(|it| it.1 == now.1).copied().collect();
    if ranged {
        frame.retain(|it| now.0 - it.0 <= size);
    } else {
        frame.drain(..frame.len().saturating_sub(size as usize + 1));
    }
    frame
}

/// The integers of a row of the result, by the text of the standard.
fn slow(frame: &[Row]) -> Vec<Value> {
    let all: Vec<i64> = frame.iter().filter_map(|it| it.2).collect();
    let some = |value: Option<i64>| value.map_or(Value::Null, Value::Int);
    let total: i64 = all.iter().sum();
    let mut distinct = all.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let any = |value: i64| some((!all.is_empty()).then_some(value));
    vec![
        Value::Int(frame.len() as i64),
        Value::Int(all.len() as i64),
        any(total),
        any(total / (all.len().max(1) as i64)),
        some(all.iter().min().copied()),
        some(all.iter().max().copied()),
        any(distinct.iter().sum()),
        some(all.first().copied()),
        some(all.last().copied()),
        frame.len().checked_sub(3).map_or(Value::Int(-7), |it| some(frame[it].2)),
    ]
}

/// SUM and VAR_POP of the doubles, plainly.
fn plain(frame: &[Row]) -> Option<(f64, f64)> {
    let all: Vec<f64> = frame.iter().filter_map(|it| it.3).collect();
    let count = all.len() as f64;
    let mean = all.iter().sum::<f64>() / count;
    let variance = all.iter().map(|it| (it - mean) * (it - mean)).sum::<f64>() / count;
    (!all.is_empty()).then(|| (all.iter().sum(), variance))
}

fn near(value: &Value, expected: Option<f64>) -> bool {
    match (value, expected) {
        (Value::Null, None) => true,
        (Value::Double(value), Some(expected)) => (value - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        _ => false,
    }
}

#[test]
fn windows_hold_what_a_slow_evaluator_finds() {
    for seed in 0..40 {
        let mut chance = Seed(seed).stream("slide");
        let rows = drawn(&mut chance, 150);
        let ranged = chance.below(2) == 0;
        let size = if ranged {
            [1, 1000, 2999, 10_000][chance.below(4) as usize]
        } else {
            1 + chance.below(6) as i64
        };
        let window = match ranged {
            true => {
                format!("PARTITION BY k RANGE INTERVAL '{}.{:03}' SECOND PRECEDING", size / 1000, size % 1000)
            }
            false => format!("PARTITION BY k ROWS {size} PRECEDING"),
        };
        let out = run(&mut engine(&window), &rows, 1 + chance.below(20) as usize);
        assert_eq!((out.rows.len(), out.errors), (rows.len(), 0), "seed {seed}: a row for a row");
        for (at, (time, values)) in out.rows.iter().enumerate() {
            let frame = frame(&rows, at, ranged, size);
            assert_eq!(*time, Timestamp::OPENING.as_millis() + rows[at].0, "seed {seed}, row {at}: ROWTIME");
            assert_eq!(values[1..11], slow(&frame), "seed {seed}, row {at} of {window}");
            let (sum, variance) = plain(&frame).unzip();
            assert!(near(&values[11], sum), "seed {seed}, row {at}: {:?} is not {sum:?}", values[11]);
            assert!(
                near(&values[12], variance),
                "seed {seed}, row {at}: {:?} is not {variance:?}",
                values[12]
            );
        }
    }
}

/// How rows are cut into batches changes neither what comes out nor what is remembered.
#[test]
fn batches_do_not_matter() {
    for window in
        ["PARTITION BY k RANGE INTERVAL '3' SECOND PRECEDING", "PARTITION BY k ROWS 4 PRECEDING", ""]
    {
        let rows = drawn(&mut Seed(7).stream("slide"), 400);
        let [mut one, mut many] = [engine(window), engine(window)];
        let whole = run(&mut one, &rows, rows.len());
        let single = run(&mut many, &rows, 1);
        assert_eq!(whole.rows, single.rows, "{window}");
        assert_eq!(one.state(), many.state(), "{window}");
    }
}

/// A double that has left leaves nothing behind.
#[test]
fn doubles_do_not_drift() {
    let mut rows: Vec<Row> = vec![(0, 1, None, Some(1e17)), (1, 1, None, Some(0.1))];
    rows.extend((2..1000).map(|it| (it * 1000, 1, None, Some(0.1))));
    let out = run(&mut engine("ROWS 1 PRECEDING"), &rows, 100);
    assert!(out.rows[2..].iter().all(|it| it.1[11] == Value::Double(0.2)), "each is 0.1 + 0.1");
}

/// A RANGE window forgets with the clock, and its partitions vanish.
#[test]
fn time_empties_a_window() {
    let mut engine = engine("PARTITION BY k RANGE INTERVAL '10' SECOND PRECEDING");
    let rows: Vec<Row> = (0..50).map(|it| (it * 100, it % 5, Some(it), None)).collect();
    run(&mut engine, &rows, 50);
    let held = engine.held(0);
    assert_eq!((held[0].what, held[0].rows, held[0].groups), ("OVER", 50, 5));
    assert!(held[0].bytes > 50 * 16, "{} bytes for 50 rows", held[0].bytes);
    let types = types(&engine);
    let mut taken = Taken { types: &types, out: Out::default() };
    // Rows of 4.9 s and before; at 12 s those before 2 s are gone, at 15 s all.
    engine.advance(Timestamp::from_millis(Timestamp::OPENING.as_millis() + 12_000), &mut taken);
    assert_eq!((engine.held(0)[0].rows, engine.held(0)[0].groups), (30, 5));
    engine.advance(Timestamp::from_millis(Timestamp::OPENING.as_millis() + 15_000), &mut taken);
    assert_eq!((engine.held(0)[0].rows, engine.held(0)[0].groups, engine.held(0)[0].bytes), (0, 0, 0));
    assert!(taken.out.rows.is_empty(), "rows that leave say nothing");
}

/// Time does not empty a ROWS window, so its partitions have a limit; known ones go on.
#[test]
fn partitions_have_a_limit() {
    let mut engine = engine("PARTITION BY k ROWS 1 PRECEDING");
    let rows: Vec<Row> =
        (0..100_002).map(|it| (it, it, Some(it), None)).chain([(100_003, 5, None, None)]).collect();
    let out = run(&mut engine, &rows, 10_000);
    assert_eq!((out.rows.len(), out.errors), (100_001, 2));
    assert_eq!(out.rows[100_000].1[1], Value::Int(2), "key 5 has its second row");
    assert_eq!(engine.held(0)[0].groups, 100_000);
}
