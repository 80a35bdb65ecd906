//! The deck's three pumps over recorded JSON lines: mapping, pumps and CSV of FILTERED_STREAM, one thread.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pumphouse::base::time::Timestamp;
use pumphouse::cloud::mapping::{Mapper, RecordMeta, Schema, SchemaColumn};
use pumphouse::cloud::output::write_csv;
use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::plan::{ColumnDef, Program, StreamId};
use pumphouse::sql::pump::{Engine, Options, Sink};
use pumphouse::sql::value::{Batch, SqlType};

const ROWS: usize = 100_000;
/// Rows pushed at once.
const BATCH: usize = 4_000;

const CODE: &str = r#"
CREATE OR REPLACE STREAM CLEAN_IOT_STREAM (ingest_time TIMESTAMP, sensor_id VARCHAR(16),
    event_timestamp VARCHAR(16), ambient_temp DECIMAL(16,2), measured_temp DECIMAL(16,2), dedup_window TIMESTAMP);
CREATE OR REPLACE PUMP DEDUP_PUMP AS INSERT INTO CLEAN_IOT_STREAM
SELECT STREAM DISTINCT APPROXIMATE_ARRIVAL_TIME, "sensorId", "eventTimeStamp", "ambientTemp", "measuredTemp",
    FLOOR("SOURCE_SQL_STREAM_001".ROWTIME TO SECOND) FROM SOURCE_SQL_STREAM_001;
CREATE OR REPLACE STREAM FILTERED_STREAM (ingest_time TIMESTAMP, sensor_id VARCHAR(16),
    event_timestamp VARCHAR(16), ambient_temp DECIMAL(16,2), measured_temp DECIMAL(16,2), dedup_window TIMESTAMP);
CREATE OR REPLACE PUMP FILTER_PUMP AS INSERT INTO FILTERED_STREAM
SELECT STREAM ingest_time, sensor_id, event_timestamp, ambient_temp, measured_temp, dedup_window
FROM CLEAN_IOT_STREAM WHERE abs(measured_temp - ambient_temp) > 20;
CREATE OR REPLACE STREAM AGGREGATE_STREAM (sensor_id VARCHAR(16), avg_ambient_temp DECIMAL(16,2),
    avg_measured_temp DECIMAL(16,2), measurements INTEGER);
CREATE OR REPLACE PUMP AGGREGATE_PUMP AS INSERT INTO AGGREGATE_STREAM
SELECT STREAM sensor_id, AVG(ambient_temp), AVG(measured_temp), COUNT(sensor_id) FROM CLEAN_IOT_STREAM
GROUP BY sensor_id, FLOOR((CLEAN_IOT_STREAM.ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND / 10 TO SECOND);
"#;

const COLUMNS: [(&str, SqlType); 4] = [
    ("sensorId", SqlType::Varchar(16)),
    ("eventTimeStamp", SqlType::Varchar(32)),
    ("ambientTemp", SqlType::Integer),
    ("measuredTemp", SqlType::Integer),
];

/// Records as the deck's template makes them: 101 sensors, ambient -40 to 100, measured 0 to 100.
fn records() -> Vec<Vec<u8>> {
    let record = |row: usize| {
        let at = Timestamp::OPENING.as_millis() + row as i64;
        let (sensor, ambient, measured) = (row * 37 % 101, (row * 53 % 141) as i64 - 40, row * 71 % 101);
        let moment = Timestamp::from_millis(at).to_sql();
        format!(
            r#"{{"sensorId": "sensor-{sensor}","eventTimeStamp": "{}T{}-07:00","ambientTemp": {ambient},"measuredTemp": {measured}}}"#,
            &moment[..10],
            &moment[11..19]
        )
        .into_bytes()
    };
    (0..ROWS).map(record).collect()
}

struct Csv<'a> {
    program: &'a Program,
    filtered: StreamId,
    out: Vec<u8>,
}

impl Sink for Csv<'_> {
    fn rows(&mut self, stream: StreamId, batch: &Batch) {
        if stream == self.filtered {
            let columns = &self.program.streams[stream.0].columns;
            (0..batch.len()).for_each(|row| write_csv(batch, row, columns, &mut self.out));
        }
    }
}

fn run(records: &[Vec<u8>], schema: &Schema, program: &Arc<Program>, filtered: StreamId) -> usize {
    let mut engine = Engine::new(program.clone(), Options::default(), Timestamp::OPENING);
    let mut mapper = Mapper::new(schema, program);
    let mut sink = Csv { program, filtered, out: Vec::with_capacity(ROWS * 100) };
    let mut batch = Batch::default();
    for (at, chunk) in records.chunks(BATCH).enumerate() {
        mapper.clear(&mut batch);
        for (row, record) in chunk.iter().enumerate() {
            let rowtime = Timestamp::from_millis(Timestamp::OPENING.as_millis() + (at * BATCH + row) as i64);
            let mapped = mapper.map(record, &RecordMeta::at(rowtime), rowtime, &mut batch);
            assert!(mapped.is_ok(), "every record fits the schema");
        }
        engine.push(StreamId(0), &batch, &mut sink);
    }
    engine.advance(Timestamp::from_millis(Timestamp::OPENING.as_millis() + ROWS as i64 + 20_000), &mut sink);
    sink.out.len()
}

fn pipeline(criterion: &mut Criterion) {
    let column = |(name, ty): (&str, SqlType)| SchemaColumn {
        name: name.to_owned(),
        ty,
        mapping: format!("$.{name}"),
    };
    let schema = Schema::json(COLUMNS.map(column).to_vec());
    let defs = COLUMNS.map(|(name, ty)| ColumnDef { name: name.to_owned(), ty, not_null: false });
    let source = SourceDef { name: "SOURCE_SQL_STREAM_001".to_owned(), columns: defs.to_vec() };
    let program = Arc::new(
        compile(CODE, &Catalog { sources: vec![source], tables: Vec::new() })
            .expect("the deck's code is accepted"),
    );
    let filtered = program.streams.iter().position(|it| it.name == "FILTERED_STREAM").map(StreamId);
    let filtered = filtered.expect("the code makes FILTERED_STREAM");
    let records = records();
    let mut group = criterion.benchmark_group("pipeline");
    group.sample_size(20).throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("three pumps, mapping and CSV", |it| {
        it.iter(|| black_box(run(black_box(&records), &schema, &program, filtered)));
    });
    group.bench_function("mapping alone", |it| {
        let mut mapper = Mapper::new(&schema, &program);
        let mut batch = Batch::default();
        it.iter(|| {
            mapper.clear(&mut batch);
            for record in &records {
                let moment = Timestamp::OPENING;
                assert!(
                    mapper.map(record, &RecordMeta::at(moment), moment, &mut batch).is_ok(),
                    "records fit"
                );
            }
            black_box(batch.len())
        });
    });
    group.finish();
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
