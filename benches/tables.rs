//! The table functions, rows per second through a pump on one thread: forests with the service's defaults,
//! hotspots in a full window, ranks and items of a second's rows.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pumphouse::base::seed::Seed;
use pumphouse::base::time::Timestamp;
use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::plan::{ColumnDef, StreamId};
use pumphouse::sql::pump::{Engine, Options, Sink};
use pumphouse::sql::value::{Batch, SqlType, Value};

const ROWS: usize = 4_000;
/// Rows with one ROWTIME, as one poll of the workshop's source has them.
const POLL: usize = 300;

const CALLS: [(&str, &str); 5] = [
    ("RANDOM_CUT_FOREST", "RANDOM_CUT_FOREST(CURSOR(SELECT STREAM a, b FROM S))"),
    (
        "RANDOM_CUT_FOREST_WITH_EXPLANATION",
        "RANDOM_CUT_FOREST_WITH_EXPLANATION(CURSOR(SELECT STREAM a, b FROM S))",
    ),
    ("HOTSPOTS", "HOTSPOTS(CURSOR(SELECT STREAM a, b FROM S), 1000, 0.03, 20)"),
    ("GROUP_RANK", "GROUP_RANK(CURSOR(SELECT STREAM a, b FROM S), 'A', 'PLACE', 'desc', 'asc', 0, 10)"),
    ("TOP_K_ITEMS_TUMBLING", "TOP_K_ITEMS_TUMBLING(CURSOR(SELECT STREAM k FROM S), 'K', 10, 60)"),
];

struct Count(usize);

impl Sink for Count {
    fn rows(&mut self, _: StreamId, batch: &Batch) {
        self.0 += batch.len();
    }
}

fn catalog() -> Catalog {
    let column = |(name, ty): (&str, SqlType)| ColumnDef { name: name.to_owned(), ty, not_null: false };
    let columns = [("K", SqlType::Varchar(8)), ("A", SqlType::Double), ("B", SqlType::Double)];
    let source = SourceDef { name: "S".to_owned(), columns: columns.into_iter().map(column).collect() };
    Catalog { sources: vec![source], tables: Vec::new() }
}

fn polls(types: &[SqlType]) -> Vec<Batch> {
    let mut chance = Seed::default().stream("bench");
    let poll = |at: usize| {
        let mut batch = Batch::new(types.iter().copied());
        for _ in 0..POLL {
            batch.rowtimes.push(Timestamp::OPENING.as_millis() + at as i64 * 1000);
            batch.columns[0].push(&Value::Text(format!("k{}", chance.below(101)).into()));
            batch.columns[1].push(&Value::Double(chance.unit()));
            batch.columns[2].push(&Value::Double(chance.unit()));
            batch.columns[3..].iter_mut().for_each(|it| it.push_null());
        }
        batch
    };
    (0..ROWS.div_ceil(POLL)).map(poll).collect()
}

fn tables(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tables");
    for (name, call) in CALLS {
        let code = format!(
            "CREATE STREAM T (x VARCHAR(8)); \
             CREATE PUMP P AS INSERT INTO T SELECT STREAM 'x' FROM TABLE({call})"
        );
        let program = Arc::new(compile(&code, &catalog()).expect("the call is sound"));
        let types: Vec<SqlType> = program.streams[0].columns.iter().map(|it| it.ty).collect();
        let polls = polls(&types);
        let mut engine = Engine::new(program, Options::default(), Timestamp::OPENING);
        let mut sink = Count(0);
        polls.iter().for_each(|it| engine.push(StreamId(0), it, &mut sink));
        // From a state that is full; time goes on, so the same rows come again later.
        let mut now = Timestamp::OPENING.as_millis() + 1_000_000;
        group.sample_size(10).throughput(Throughput::Elements((polls.len() * POLL) as u64));
        group.bench_function(name, |it| {
            it.iter(|| {
                for poll in &polls {
                    now += 1000;
                    let poll = Batch { rowtimes: vec![now; POLL], ..poll.clone() };
                    engine.push(StreamId(0), black_box(&poll), &mut sink);
                }
                black_box(sink.0)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, tables);
criterion_main!(benches);
