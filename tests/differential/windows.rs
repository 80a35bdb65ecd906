//! Random tumbling and sliding queries: the rows of each window are found by looking at all rows again.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;

use pumphouse::base::time::Timestamp;
use pumphouse::sql::bind::compile;
use pumphouse::sql::plan::StreamId;
use pumphouse::sql::pump::{Engine, Options};

use super::tree::{COLUMNS, E, UNITS};
use super::value::{Oops, Ty, V, rounded};
use super::{OPENING, Seen, batch, catalog, draw, runner, slow, told};

/// Windows tried with every run of the tests.
const TRIES: u32 = 700;

/// How a tumbling window is written, and its length in milliseconds.
const STEPS: [(&str, i64); 5] = [
    ("FLOOR(SRC.ROWTIME TO SECOND)", 1000),
    ("FLOOR(ROWTIME TO MINUTE)", 60_000),
    ("STEP(SRC.ROWTIME BY INTERVAL '10' SECOND)", 10_000),
    ("FLOOR((SRC.ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND / 7 TO SECOND)", 7000),
    ("FLOOR((SRC.ROWTIME - TIMESTAMP '1970-01-01 00:00:00') minute / 1 TO MINUTE)", 60_000),
];

const AGGREGATES: [&str; 7] = ["COUNT(*)", "COUNT", "SUM", "MIN", "MAX", "AVG", "SUM(DISTINCT"];

#[derive(Clone, Debug)]
struct Call {
    name: &'static str,
    of: E,
}

impl Call {
    fn sql(&self) -> String {
        match self.name {
            "COUNT(*)" => "COUNT(*)".to_owned(),
            "SUM(DISTINCT" => format!("SUM(DISTINCT {})", self.of.sql()),
            name => format!("{name}({})", self.of.sql()),
        }
    }

    fn ty(&self) -> Ty {
        if self.name.starts_with("COUNT") { Ty::Int(64) } else { self.of.ty() }
    }

    /// The aggregate over the values of a window, in the order of its rows (sql.md 3.5 and 5.1).
    fn over(&self, values: &[V]) -> Result<V, Oops> {
        let mut some: Vec<&V> = values.iter().filter(|it| **it != V::Null).collect();
        match self.name {
            "COUNT(*)" => return Ok(V::Exact(values.len() as i128)),
            "COUNT" => return Ok(V::Exact(some.len() as i128)),
            _ if some.is_empty() => return Ok(V::Null),
            "MIN" | "MAX" => return Ok(self.extreme(&some)),
            "SUM(DISTINCT" => {
                let all = some;
                some = Vec::new();
                for value in all {
                    if !some.contains(&value) {
                        some.push(value);
                    }
                }
            }
            _ => {}
        }
        let ty = self.of.ty();
        if let V::Exact(_) = some[0] {
            let digits = |it: &&V| if let V::Exact(it) = it { *it } else { 0 };
            let sum: i128 = some.iter().map(digits).sum();
            let sum = match (self.name, ty) {
                ("AVG", Ty::Int(_)) => sum / some.len() as i128,
                ("AVG", _) => rounded(sum, some.len() as i128),
                _ => sum,
            };
            return if ty.holds(sum) { Ok(V::Exact(sum)) } else { Err(Oops::OutOfRange) };
        }
        let number = |it: &&V| if let V::Approx(it) = it { *it } else { 0.0 };
        let sum: f64 = some.iter().map(number).sum();
        Ok(V::Approx(if self.name == "AVG" { sum / some.len() as f64 } else { sum }))
    }

    fn extreme(&self, some: &[&V]) -> V {
        let less = |a: &V, b: &V| match (a, b) {
            (V::Exact(a), V::Exact(b)) => a < b,
            (V::Approx(a), V::Approx(b)) => a < b,
            (V::Moment(a), V::Moment(b)) => a < b,
            _ => false,
        };
        let mut best = some[0];
        for value in some {
            let better = if self.name == "MIN" { less(value, best) } else { less(best, value) };
            best = if better { value } else { best };
        }
        best.clone()
    }
}

/// Columns of moderate numbers, so that what is summed seldom overflows, and sometimes does.
fn call() -> BoxedStrategy<Call> {
    let number = |name: &str| E::Column(COLUMNS.iter().position(|it| it.0 == name).expect("a column"));
    let of = select(vec!["A1", "A2", "A4", "D1", "D2", "F8"]).prop_map(number);
    let of = prop_oneof![
        4 => of.clone(),
        1 => of.prop_map(|it| E::Infix("/", Box::new(it), Box::new(E::Column(0)))),
    ];
    (select(AGGREGATES.to_vec()), of).prop_map(|(name, of)| Call { name, of }).boxed()
}

/// Rows some time apart, several at one moment too.
fn rows(most: usize) -> BoxedStrategy<Vec<(i64, Vec<V>)>> {
    let gap = prop_oneof![2 => Just(0), 4 => 1..900_i64, 2 => 900..9000_i64, 1 => 9000..70_000_i64];
    prop::collection::vec((gap, draw::row()), 1..most)
        .prop_map(|rows| {
            let mut at = OPENING;
            let next = |(gap, row)| {
                at += gap;
                (at, row)
            };
            rows.into_iter().map(next).collect()
        })
        .boxed()
}

/// Equal, where sums of approximate numbers may differ in the last digits.
fn alike(ours: &V, engine: &V) -> bool {
    match (ours, engine) {
        (V::Approx(a), V::Approx(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-9),
        _ => ours == engine,
    }
}

/// What the engine makes of a query into a stream T of these types.
fn run(query: &str, types: &[Ty], rows: &[(i64, Vec<V>)]) -> Result<Seen, TestCaseError> {
    let columns: Vec<String> =
        types.iter().enumerate().map(|(at, it)| format!("C{at} {}", it.sql())).collect();
    let text = format!("CREATE STREAM T ({});\nCREATE PUMP P AS INSERT INTO T\n{query};", columns.join(", "));
    let program = compile(&text, &catalog());
    let program = Arc::new(program.map_err(|said| TestCaseError::fail(told(&text, &said)))?);
    let mut engine = Engine::new(program.clone(), Options::default(), Timestamp::from_millis(OPENING));
    let mut seen = Seen::new(&program, types);
    let given: Vec<(i64, &[V])> = rows.iter().map(|(at, row)| (*at, &row[..])).collect();
    // In two batches, so that a window may begin in one and end in the other.
    for part in given.chunks(given.len().div_ceil(2)) {
        engine.push(StreamId(0), &batch(&program, part), &mut seen);
    }
    let end = rows.last().map_or(OPENING, |it| it.0) + 200_000;
    engine.advance(Timestamp::from_millis(end), &mut seen);
    Ok(seen)
}

fn compare(
    query: &str,
    rows: &[(i64, Vec<V>)],
    expected: &[(i64, Vec<V>)],
    seen: &Seen,
) -> Result<(), TestCaseError> {
    let same = expected.len() == seen.rows.len()
        && expected
            .iter()
            .zip(&seen.rows)
            .all(|(a, b)| a.0 == b.0 && a.1.iter().zip(&b.1).all(|(a, b)| alike(a, b)));
    prop_assert!(
        same,
        "{query}\nover {rows:#?}\nthe engine says {:#?}\nthe text of the dialect {expected:#?}",
        seen.rows
    );
    Ok(())
}

type Tumbling = (usize, Vec<Call>, bool, Option<E>, Vec<(i64, Vec<V>)>);

/// GROUP BY a step of time and perhaps a column, behind a WHERE that may fail for some rows.
fn tumbles((step, calls, keyed, condition, rows): &Tumbling) -> Result<(), TestCaseError> {
    let (window, length) = STEPS[*step];
    let key = E::Column(0);
    let list: Vec<String> = calls.iter().map(Call::sql).collect();
    let wheres = condition.as_ref().map_or(String::new(), |it| format!(" WHERE {}", it.sql()));
    let (first, by) = if *keyed { ("A1, ", "A1, ") } else { ("", "") };
    let query = format!("SELECT STREAM {first}{} FROM SRC{wheres} GROUP BY {by}{window}", list.join(", "));
    let mut types: Vec<Ty> = calls.iter().map(Call::ty).collect();
    if *keyed {
        types.insert(0, key.ty());
    }
    let mut groups: Vec<(i64, V, Vec<&Vec<V>>)> = Vec::new();
    for (at, row) in rows {
        let kept = condition.as_ref().map_or(Ok(V::Bool(true)), |it| slow::evaluate(it, row));
        let computed = calls.iter().all(|it| it.name == "COUNT(*)" || slow::evaluate(&it.of, row).is_ok());
        if kept != Ok(V::Bool(true)) || !computed {
            continue;
        }
        let end = at.div_euclid(length) * length + length;
        let value = if *keyed { row[0].clone() } else { V::Null };
        match groups.iter_mut().find(|it| it.0 == end && it.1 == value) {
            Some(group) => group.2.push(row),
            None => groups.push((end, value, vec![row])),
        }
    }
    groups.sort_by_key(|it| it.0);
    let mut expected = Vec::new();
    for (end, value, members) in groups {
        let results: Result<Vec<V>, Oops> = calls
            .iter()
            .map(|call| {
                let values: Result<Vec<V>, Oops> = members
                    .iter()
                    .map(|row| {
                        if call.name == "COUNT(*)" {
                            Ok(V::Bool(true))
                        } else {
                            slow::evaluate(&call.of, row)
                        }
                    })
                    .collect();
                call.over(&values?)
            })
            .collect();
        let Ok(mut results) = results else { continue };
        if *keyed {
            results.insert(0, value);
        }
        expected.push((end, results));
    }
    compare(&query, rows, &expected, &run(&query, &types, rows)?)
}

/// Tumbling windows by every way of writing them.
#[test]
fn tumbling_windows() {
    let condition = prop::option::weighted(0.5, draw::kinds(2).truth);
    let strategy = (0..STEPS.len(), prop::collection::vec(call(), 1..4), any::<bool>(), condition, rows(24));
    if let Err(error) = runner(TRIES, "tumbling").run(&strategy, |it| tumbles(&it)) {
        panic!("{error}");
    }
}

/// Rows before the current one, or milliseconds.
#[derive(Clone, Copy, Debug)]
enum Frame {
    Rows(usize),
    Range(i64, usize),
    All,
}

impl Frame {
    fn sql(self) -> String {
        match self {
            Frame::Rows(n) => format!("ROWS {n} PRECEDING"),
            Frame::Range(n, unit) => format!("RANGE INTERVAL '{n}' {} PRECEDING", UNITS[unit].0),
            Frame::All => "RANGE UNBOUNDED PRECEDING".to_owned(),
        }
    }
}

type Sliding = (Frame, Vec<Call>, bool, Vec<(i64, Vec<V>)>);

/// One result for each row, over the rows of its partition that are near enough; the far end counts.
fn slides((frame, calls, keyed, rows): &Sliding) -> Result<(), TestCaseError> {
    let by = if *keyed { "PARTITION BY A1 " } else { "" };
    let list: Vec<String> = calls.iter().map(|it| format!("{} OVER W", it.sql())).collect();
    let window = format!("{by}{}", frame.sql());
    let query = format!("SELECT STREAM {} FROM SRC WINDOW W AS ({window})", list.join(", "));
    let types: Vec<Ty> = calls.iter().map(Call::ty).collect();
    let computed =
        |row: &[V]| calls.iter().all(|it| it.name == "COUNT(*)" || slow::evaluate(&it.of, row).is_ok());
    let good: Vec<&(i64, Vec<V>)> = rows.iter().filter(|it| computed(&it.1)).collect();
    let mut expected = Vec::new();
    for (at, (moment, row)) in good.iter().enumerate() {
        let mine = |it: &&&(i64, Vec<V>)| !keyed || it.1[0] == row[0];
        let mut members: Vec<&&(i64, Vec<V>)> = good[..=at].iter().filter(mine).collect();
        match frame {
            Frame::Rows(n) => drop(members.drain(..members.len().saturating_sub(n + 1))),
            Frame::Range(n, unit) => {
                let length = n * UNITS[*unit].1.expect("a unit of milliseconds");
                members.retain(|it| moment - length <= it.0);
            }
            Frame::All => {}
        }
        let results: Result<Vec<V>, Oops> = calls
            .iter()
            .map(|call| {
                let values: Result<Vec<V>, Oops> = members
                    .iter()
                    .map(|it| {
                        if call.name == "COUNT(*)" {
                            Ok(V::Bool(true))
                        } else {
                            slow::evaluate(&call.of, &it.1)
                        }
                    })
                    .collect();
                call.over(&values?)
            })
            .collect();
        if let Ok(results) = results {
            expected.push((*moment, results));
        }
    }
    compare(&query, rows, &expected, &run(&query, &types, rows)?)
}

/// Sliding windows by rows and by time.
#[test]
fn sliding_windows() {
    let frame = prop_oneof![
        3 => (1_usize..6).prop_map(Frame::Rows),
        3 => (1_i64..12, 0_usize..2).prop_map(|(n, unit)| Frame::Range(n, unit)),
        1 => Just(Frame::All),
    ];
    let calls = call().prop_filter("DISTINCT has no window", |it| it.name != "SUM(DISTINCT");
    let strategy = (frame, prop::collection::vec(calls, 1..4), any::<bool>(), rows(24));
    if let Err(error) = runner(TRIES, "sliding").run(&strategy, |it| slides(&it)) {
        panic!("{error}");
    }
}
