//! Two streams joined in time, and one with a reference table: rows per second, and bytes of what is kept.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pumphouse::base::time::Timestamp;
use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::plan::{ColumnDef, Program, StreamId, TableDef, TableId};
use pumphouse::sql::pump::{Engine, Options, Sink};
use pumphouse::sql::value::{Batch, SqlType, Value};

const ROWS: i64 = 100_000;
/// Rows pushed at once, and rows of one millisecond.
const BATCH: i64 = 4_000;
const AT_ONCE: i64 = 4;
/// Keys of the streams and rows of the table.
const KEYS: i64 = 10_000;

const STREAMS: &str = "
CREATE STREAM A (id INTEGER, x INTEGER); CREATE PUMP TO_A AS INSERT INTO A SELECT STREAM id, x FROM S WHERE side = 0;
CREATE STREAM B (id INTEGER, x INTEGER); CREATE PUMP TO_B AS INSERT INTO B SELECT STREAM id, x FROM S WHERE side = 1;
CREATE STREAM T (id INTEGER, a INTEGER, b INTEGER); CREATE PUMP P AS INSERT INTO T ";

struct Counted(StreamId, usize);

impl Sink for Counted {
    fn rows(&mut self, stream: StreamId, batch: &Batch) {
        if stream == self.0 {
            self.1 += batch.len();
        }
    }
}

fn columns(names: [&str; 3]) -> Vec<ColumnDef> {
    names.map(|it| ColumnDef { name: it.to_owned(), ty: SqlType::Integer, not_null: false }).to_vec()
}

fn program(query: &str) -> Arc<Program> {
    let catalog = Catalog {
        sources: vec![SourceDef { name: "S".to_owned(), columns: columns(["SIDE", "ID", "X"]) }],
        tables: vec![TableDef { name: "Names".to_owned(), columns: columns(["id", "label", "y"]) }],
    };
    Arc::new(compile(&format!("{STREAMS}{query}"), &catalog).expect("the code is accepted"))
}

fn batches(program: &Program) -> Vec<Batch> {
    let row = |batch: &mut Batch, row: i64| {
        batch.rowtimes.push(Timestamp::OPENING.as_millis() + row / AT_ONCE);
        let values = [row % 2, (row / 2) * 7919 % KEYS, row].map(Value::Int);
        for (at, column) in batch.columns.iter_mut().enumerate() {
            column.push(values.get(at).unwrap_or(&Value::Null));
        }
    };
    let batch = |from: i64| {
        let mut batch = Batch::new(program.streams[0].columns.iter().map(|it| it.ty));
        (from..from + BATCH).for_each(|it| row(&mut batch, it));
        batch
    };
    (0..ROWS / BATCH).map(|it| batch(it * BATCH)).collect()
}

fn table() -> Batch {
    let mut batch = Batch::new([SqlType::Integer; 3]);
    for row in 0..KEYS {
        batch.rowtimes.push(0);
        batch.columns.iter_mut().for_each(|it| it.push(&Value::Int(row)));
    }
    batch
}

/// Runs the rows through a program; rows that came out, and bytes that the join held at the end.
fn run(program: &Arc<Program>, batches: &[Batch], table: &Batch) -> (usize, u64) {
    let target = StreamId(program.streams.iter().position(|it| it.name == "T").expect("the code makes T"));
    let pump = program.pumps.iter().position(|it| it.name == "P").expect("the code makes P");
    let mut engine = Engine::new(program.clone(), Options::default(), Timestamp::OPENING);
    engine.load(TableId(0), table.clone());
    let mut sink = Counted(target, 0);
    for batch in batches {
        engine.push(StreamId(0), batch, &mut sink);
    }
    (sink.1, engine.held(pump).iter().map(|it| it.bytes).sum())
}

fn joins(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("join");
    group.sample_size(10).throughput(Throughput::Elements(ROWS as u64));
    let table = table();
    for (name, query) in [
        (
            "two streams, 5 s and none",
            "SELECT STREAM a.id, a.x, b.x FROM A OVER (RANGE INTERVAL '5' SECOND PRECEDING) AS a JOIN B AS b ON a.id = b.id",
        ),
        (
            "two streams, 5 s each, FULL",
            "SELECT STREAM a.id, a.x, b.x FROM A OVER (RANGE INTERVAL '5' SECOND PRECEDING) AS a
             FULL JOIN B OVER (RANGE INTERVAL '5' SECOND PRECEDING) AS b ON a.id = b.id",
        ),
        (
            "reference table of 10,000 rows",
            "SELECT STREAM s.id, s.x, n.\"label\" FROM S AS s JOIN \"Names\" AS n ON n.\"id\" = s.id",
        ),
        (
            "IN a reference table of 10,000 rows",
            "SELECT STREAM id, x, x FROM S WHERE id IN (SELECT \"id\" FROM \"Names\" WHERE \"label\" > 5000)",
        ),
    ] {
        let program = program(query);
        let batches = batches(&program);
        let (rows, bytes) = run(&program, &batches, &table);
        println!("{name}: {rows} rows come out, {bytes} bytes are held");
        group.bench_function(name, |it| it.iter(|| black_box(run(&program, black_box(&batches), &table))));
    }
    group.finish();
}

criterion_group!(benches, joins);
criterion_main!(benches);
