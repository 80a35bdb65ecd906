//! Sliding windows: rows per second through SUM, AVG and MIN over the last minute of each of 100 keys.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pumphouse::base::time::Timestamp;
use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::plan::{ColumnDef, Program, StreamId};
use pumphouse::sql::pump::{Engine, Options, Sink};
use pumphouse::sql::value::{Batch, SqlType, Value};

const ROWS: usize = 400_000;
/// Rows pushed at once.
const BATCH: usize = 4_000;
/// Rows of one key in a minute: a row per millisecond, shared by 100 keys.
const KEYS: i64 = 100;

fn program(ty: SqlType, calls: &str, window: &str) -> Arc<Program> {
    let columns = [("K", SqlType::Integer), ("V", ty)];
    let columns = columns.map(|(name, ty)| ColumnDef { name: name.to_owned(), ty, not_null: false });
    let source = SourceDef { name: "S".to_owned(), columns: columns.to_vec() };
    let code = format!(
        "CREATE STREAM T (K INTEGER, A DOUBLE, B DOUBLE, C DOUBLE); CREATE PUMP P AS INSERT INTO T
         SELECT STREAM K, {calls} FROM S WINDOW W AS (PARTITION BY K {window})"
    );
    let catalog = Catalog { sources: vec![source], ..Catalog::default() };
    Arc::new(compile(&code, &catalog).expect("the code of the benchmark is accepted"))
}

fn batches(program: &Program) -> Vec<Batch> {
    let def = &program.streams[0];
    let start = Timestamp::OPENING.as_millis();
    let batch = |first: usize| {
        let mut batch = Batch::new(def.columns.iter().map(|it| it.ty));
        for row in first..first + BATCH {
            let row = row as i64;
            batch.rowtimes.push(start + row);
            let number = row * 7919 % 1000;
            let value = match def.columns[1].ty {
                SqlType::Double => Value::Double(number as f64 / 8.0),
                _ => Value::Int(number),
            };
            let values = [Value::Int(row * 37 % KEYS), value];
            let values = values.iter().chain(std::iter::repeat(&Value::Null));
            batch.columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        }
        batch
    };
    (0..ROWS).step_by(BATCH).map(batch).collect()
}

#[derive(Default)]
struct Count(usize);

impl Sink for Count {
    fn rows(&mut self, stream: StreamId, batch: &Batch) {
        self.0 += if stream.0 == 0 { 0 } else { batch.len() };
    }
}

fn run(program: &Arc<Program>, batches: &[Batch]) -> usize {
    let mut engine = Engine::new(program.clone(), Options::default(), Timestamp::OPENING);
    let mut sink = Count::default();
    batches.iter().for_each(|it| engine.push(StreamId(0), it, &mut sink));
    assert_eq!(sink.0, ROWS, "every row speaks");
    sink.0
}

fn slide(criterion: &mut Criterion) {
    let calls = "SUM(V) OVER W, AVG(V) OVER W, MIN(V) OVER W";
    let minute = "RANGE INTERVAL '1' MINUTE PRECEDING";
    let mut group = criterion.benchmark_group("slide");
    group.sample_size(10).throughput(Throughput::Elements(ROWS as u64));
    for (name, ty, window) in [
        ("a minute of integers, 100 keys", SqlType::Integer, minute),
        ("a minute of doubles, 100 keys", SqlType::Double, minute),
        ("600 rows of integers, 100 keys", SqlType::Integer, "ROWS 600 PRECEDING"),
    ] {
        let program = program(ty, calls, window);
        let batches = batches(&program);
        group.bench_function(name, |it| it.iter(|| black_box(run(&program, black_box(&batches)))));
    }
    group.finish();
}

criterion_group!(benches, slide);
criterion_main!(benches);
