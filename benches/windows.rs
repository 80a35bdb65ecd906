//! Operators that keep rows, each alone: rows per second through one pump, one thread, and the most bytes of
//! state it held.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pumphouse::base::time::{Span, Timestamp};
use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::plan::{ColumnDef, Program, StreamId};
use pumphouse::sql::pump::{Engine, Options, Sink};
use pumphouse::sql::value::{Batch, SqlType, Value};

const ROWS: usize = 200_000;
/// Rows where as many keys as can be are counted at once.
const MANY_ROWS: usize = 1_000_000;
/// Rows pushed at once.
const BATCH: usize = 4_000;
/// Different keys; a key comes again after so many rows.
const KEYS: usize = 5_000;

/// What is measured: a name, the columns of the target, and the query over `S (k, v, t)`.
const QUERIES: [(&str, &str, &str); 8] = [
    (
        "tumble, 100 keys",
        "k VARCHAR(12), n INTEGER, v INTEGER",
        "SELECT STREAM k, COUNT(*), AVG(v) FROM S GROUP BY k, FLOOR(S.ROWTIME TO SECOND)",
    ),
    (
        "tumble, 1,000,000 keys",
        "k VARCHAR(12), n INTEGER, v INTEGER",
        "SELECT STREAM k, COUNT(*), AVG(v) FROM S GROUP BY k, FLOOR(S.ROWTIME TO HOUR)",
    ),
    ("filter", "k VARCHAR(12), v INTEGER", "SELECT STREAM k, v FROM S WHERE v > 50"),
    (
        "stagger",
        "k VARCHAR(12), n INTEGER, v INTEGER",
        "SELECT STREAM k, COUNT(*), SUM(v) FROM S WINDOWED BY STAGGER (PARTITION BY k RANGE INTERVAL '10' SECOND)",
    ),
    (
        "distinct",
        "k VARCHAR(12), v INTEGER, t TIMESTAMP",
        "SELECT STREAM DISTINCT k, v, FLOOR(S.ROWTIME TO SECOND) FROM S",
    ),
    (
        "order by",
        "k VARCHAR(12), v INTEGER",
        "SELECT STREAM k, v FROM S ORDER BY FLOOR(S.ROWTIME TO SECOND), v DESC",
    ),
    (
        "order by within",
        "k VARCHAR(12), v INTEGER",
        "SELECT STREAM t AS ROWTIME, k, v FROM S ORDER BY t WITHIN INTERVAL '5' SECOND",
    ),
    (
        "union all",
        "k VARCHAR(12), v INTEGER",
        "SELECT STREAM k, v FROM S WHERE v > 50 UNION ALL SELECT STREAM k, -v FROM S WHERE v <= 50",
    ),
];

/// Counts what comes out of every stream.
struct Count(u64);

impl Sink for Count {
    fn rows(&mut self, _: StreamId, batch: &Batch) {
        self.0 += batch.len() as u64;
    }
}

/// A row per millisecond: a key, a number below 100, and a time up to four seconds old.
fn batches(types: &[SqlType], rows: usize, keys: usize) -> Vec<Batch> {
    let start = Timestamp::OPENING.as_millis();
    let fill = |from: usize| {
        let mut batch = Batch::new(types.iter().copied());
        for row in from..from + BATCH {
            let at = start + row as i64;
            batch.rowtimes.push(at);
            let key = format!("key-{}", row * 37 % keys);
            let values = [
                Value::Text(key.into()),
                Value::Int((row * 71 % 100) as i64),
                Value::Int(at - (row * 53 % 4_000) as i64),
            ];
            for (at, column) in batch.columns.iter_mut().enumerate() {
                column.push(values.get(at).unwrap_or(&Value::Null));
            }
        }
        batch
    };
    (0..rows).step_by(BATCH).map(fill).collect()
}

fn run(program: &Arc<Program>, batches: &[Batch]) -> u64 {
    let mut engine = Engine::new(program.clone(), Options::default(), Timestamp::OPENING);
    let mut sink = Count(0);
    for batch in batches {
        engine.push(StreamId(0), batch, &mut sink);
    }
    engine.advance(Timestamp::OPENING + Span::HOUR, &mut sink);
    sink.0
}

/// The most bytes of state after any batch.
fn most_held(program: &Arc<Program>, batches: &[Batch]) -> u64 {
    let mut engine = Engine::new(program.clone(), Options::default(), Timestamp::OPENING);
    let held = |batch: &Batch| {
        engine.push(StreamId(0), batch, &mut Count(0));
        engine.held(0).iter().map(|it| it.bytes).sum()
    };
    batches.iter().map(held).max().unwrap_or(0)
}

fn windows(criterion: &mut Criterion) {
    let column = |name: &str, ty: SqlType| ColumnDef { name: name.to_owned(), ty, not_null: false };
    let columns = vec![
        column("K", SqlType::Varchar(12)),
        column("V", SqlType::Integer),
        column("T", SqlType::Timestamp),
    ];
    let source = SourceDef { name: "S".to_owned(), columns };
    let catalog = Catalog { sources: vec![source], tables: Vec::new() };
    let mut group = criterion.benchmark_group("windows");
    group.sample_size(10);
    for (name, columns, query) in QUERIES {
        let code = format!("CREATE STREAM O ({columns}); CREATE PUMP P AS INSERT INTO O {query}");
        let program = Arc::new(compile(&code, &catalog).expect("the query is accepted"));
        let types: Vec<SqlType> = program.streams[0].columns.iter().map(|it| it.ty).collect();
        let (rows, keys) = match name {
            "tumble, 100 keys" => (ROWS, 100),
            "tumble, 1,000,000 keys" => (MANY_ROWS, MANY_ROWS),
            _ => (ROWS, KEYS),
        };
        let batches = batches(&types, rows, keys);
        println!("{name}: at most {} bytes are held", most_held(&program, &batches));
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(name, |it| it.iter(|| black_box(run(&program, black_box(&batches)))));
    }
    group.finish();
}

criterion_group!(benches, windows);
criterion_main!(benches);
