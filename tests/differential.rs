//! Two evaluators, one answer: random expressions and windows over random rows, run by the engine and by a
//! slow evaluator that follows the text of the dialect and shares nothing with the engine.
//!
//! A few thousand tries with one fixed seed run with the other tests; `PUMPHOUSE_TRIES=100000` runs more,
//! and `PUMPHOUSE_SEED` draws others.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use pumphouse::base::time::Timestamp;
use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::plan::{ColumnDef, ExprKind, Program, StreamId, StreamKind};
use pumphouse::sql::pump::{Engine, Options, Sink};
use pumphouse::sql::value::{Batch, SqlType, Value};

use tree::{COLUMNS, E};
use value::{Ty, V};

mod draw;
mod slow;
mod tree;
mod value;
mod windows;

/// Expressions tried with every run of the tests.
const TRIES: u32 = 2_500;
/// Where ROWTIME begins.
const OPENING: i64 = 1_477_501_510_000;

/// A runner with as many tries as wanted, and always the same ones unless a seed is given.
pub fn runner(tries: u32, name: &str) -> TestRunner {
    let number = |name: &str| std::env::var(name).ok().and_then(|it| it.parse::<u64>().ok());
    let cases = number("PUMPHOUSE_TRIES").map_or(tries, |it| it as u32);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 4_000, ..Config::default() };
    let mut seed = [7; 32];
    seed[..name.len().min(16)].copy_from_slice(&name.as_bytes()[..name.len().min(16)]);
    seed[24..].copy_from_slice(&number("PUMPHOUSE_SEED").unwrap_or(2016).to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// The engine's own word for a type of ours.
pub fn engine_type(ty: Ty) -> SqlType {
    SqlType::parse(&ty.sql()).expect("a type of a column")
}

pub fn engine_value(value: &V) -> Value {
    match value {
        V::Null => Value::Null,
        V::Bool(it) => Value::Bool(*it),
        V::Exact(it) => Value::Int(i64::try_from(*it).expect("64 bits")),
        V::Approx(it) => Value::Double(*it),
        V::Text(it) => Value::Text(it.as_str().into()),
        V::Moment(it) => Value::Int(*it),
    }
}

fn our_value(value: Value, ty: Ty) -> V {
    match (value, ty) {
        (Value::Null, _) => V::Null,
        (Value::Bool(it), _) => V::Bool(it),
        (Value::Int(it), Ty::Time | Ty::Date) => V::Moment(it),
        (Value::Int(it), _) => V::Exact(i128::from(it)),
        (Value::Double(it), _) => V::Approx(it),
        (Value::Text(it), _) => V::Text(it.to_string()),
        (Value::Bytes(_), _) => panic!("no column holds bytes"),
    }
}

/// The rows of one stream, as ROWTIME and values, and how many rows of `error_stream` there are.
pub struct Seen {
    stream: StreamId,
    errors: StreamId,
    types: Vec<(SqlType, Ty)>,
    pub rows: Vec<(i64, Vec<V>)>,
    pub refused: usize,
}

impl Sink for Seen {
    fn rows(&mut self, stream: StreamId, batch: &Batch) {
        if stream == self.errors {
            self.refused += batch.len();
        } else if stream == self.stream {
            for row in 0..batch.len() {
                let cells = batch.columns.iter().zip(&self.types);
                let cells = cells.map(|(column, (ty, ours))| our_value(column.value(row, *ty), *ours));
                self.rows.push((batch.rowtimes[row], cells.collect()));
            }
        }
    }
}

impl Seen {
    pub fn new(program: &Program, types: &[Ty]) -> Self {
        let find = |wanted: &dyn Fn(StreamKind) -> bool| {
            let at = program.streams.iter().position(|it| wanted(it.kind));
            StreamId(at.expect("the program has the stream"))
        };
        Self {
            stream: find(&|it| it == StreamKind::Created),
            errors: find(&|it| it == StreamKind::Error),
            types: types.iter().map(|it| (engine_type(*it), *it)).collect(),
            rows: Vec::new(),
            refused: 0,
        }
    }
}

/// A source SRC of our columns, behind an ID that counts rows.
pub fn catalog() -> Catalog {
    let column =
        |(name, ty): (&str, Ty)| ColumnDef { name: name.to_owned(), ty: engine_type(ty), not_null: false };
    let columns = [("ID", Ty::Int(32))].into_iter().chain(COLUMNS).map(column).collect();
    Catalog { sources: vec![SourceDef { name: "SRC".to_owned(), columns }], ..Catalog::default() }
}

/// Rows of SRC at their ROWTIMEs.
pub fn batch(program: &Program, rows: &[(i64, &[V])]) -> Batch {
    let mut batch = Batch::new(program.streams[0].columns.iter().map(|it| it.ty));
    for (at, (rowtime, row)) in rows.iter().enumerate() {
        batch.rowtimes.push(*rowtime);
        let values = [Value::Int(at as i64)].into_iter().chain(row.iter().map(engine_value));
        let values = values.chain([Value::Int(*rowtime), Value::Null, Value::Null, Value::Null]);
        batch.columns.iter_mut().zip(values).for_each(|(column, value)| column.push(&value));
    }
    batch
}

fn told(text: &str, said: &[pumphouse::sql::diag::Diagnostic]) -> String {
    format!("{text}\nis refused: {said:#?}")
}

/// Both evaluators over the rows, the expression in the select list or, if it is a condition, in WHERE.
fn agree(tree: &E, filters: bool, rows: &[Vec<V>]) -> Result<(), TestCaseError> {
    let (sql, ty) = (tree.sql(), tree.ty());
    let filters = filters && ty == Ty::Bool;
    let query = match filters {
        true => format!("SELECT STREAM ID, 1 FROM SRC WHERE {sql}"),
        false => format!("SELECT STREAM ID, {sql} FROM SRC"),
    };
    let shown = if filters { Ty::Int(32) } else { ty };
    let text =
        format!("CREATE STREAM T (ID INTEGER, R {});\nCREATE PUMP P AS INSERT INTO T\n{query};", shown.sql());
    let program = compile(&text, &catalog());
    let program = Arc::new(program.map_err(|said| TestCaseError::fail(told(&text, &said)))?);
    let kept = matches!(program.pumps[0].assignments[1].kind, ExprKind::Column(1));
    prop_assert!(kept, "{text}\nthe item is not of type {}", shown.sql());
    let moments: Vec<(i64, &[V])> =
        rows.iter().enumerate().map(|(at, row)| (OPENING + at as i64, &row[..])).collect();
    let mut engine = Engine::new(program.clone(), Options::default(), Timestamp::from_millis(OPENING));
    let mut seen = Seen::new(&program, &[Ty::Int(32), shown]);
    engine.push(StreamId(0), &batch(&program, &moments), &mut seen);
    let found: BTreeMap<i128, V> = seen
        .rows
        .into_iter()
        .map(|(_, mut row)| match (row.remove(0), row.remove(0)) {
            (V::Exact(id), value) => (id, value),
            _ => panic!("ID is a number"),
        })
        .collect();
    for (at, row) in rows.iter().enumerate() {
        let slow = slow::evaluate(tree, row);
        let expected = match &slow {
            Ok(value) if filters => (*value == V::Bool(true)).then_some(V::Exact(1)),
            Ok(value) => Some(value.clone()),
            Err(_) => None,
        };
        let engine = found.get(&(at as i128));
        prop_assert!(
            engine == expected.as_ref(),
            "{text}\nover {row:?}\nthe engine says {engine:?}, the text of the dialect {slow:?}"
        );
    }
    Ok(())
}

/// Every operator, cast and scalar function of expressions.
#[test]
fn expressions() {
    let strategy = (draw::expression(3), any::<bool>(), prop::collection::vec(draw::row(), 1..6));
    let outcome =
        runner(TRIES, "expressions").run(&strategy, |(tree, filters, rows)| agree(&tree, filters, &rows));
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
