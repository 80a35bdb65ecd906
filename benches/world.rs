//! The whole world on one thread: producer, shards, application, delivery, metrics.
//!
//! The figure to reach is 750,000 records a second (design.md section 6). One iteration is a virtual
//! minute at 500 records a second, all three activities running, files taken away as a front end does.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use pumphouse::base::time::Span;
use pumphouse::guide;
use pumphouse::lab::{Lab, Settings};
use pumphouse::sim::command::Command;

/// Everything the activities build, at 500 records a second.
const SCRIPT: &[&str] = &[
    "create stream iot-sensors 2",
    "wait 20s",
    "create user kinesis_producer",
    "attach policy kinesis_producer AmazonKinesisFullAccess",
    "producer credentials kinesis_producer",
    "producer stream iot-sensors",
    "producer rate 500",
    "producer template @workshop",
    "producer start",
    "wait 5s",
    "create app iot-analytics",
    "connect source iot-analytics iot-sensors",
    "save schema iot-analytics",
    "save sql iot-analytics @activity-2",
    "create delivery iot-filtered bucket bench-filtered-iot-data buffer 5MB 60s",
    "connect destination iot-analytics iot-filtered FILTERED_STREAM csv",
    "run app iot-analytics",
    "wait 120s",
];
const RATE: u64 = 500;
const MINUTE: u64 = 60;

fn prepared() -> Lab {
    let mut lab = Lab::open(Settings::default());
    for line in SCRIPT {
        if let Some(span) = line.strip_prefix("wait ") {
            lab.advance(Span::parse(span).expect("a length of time"));
            continue;
        }
        let command = Command::parse(line, &guide::texts).expect("a command");
        lab.apply(command).expect("it is carried out");
    }
    lab.take_changes();
    lab
}

fn world(criterion: &mut Criterion) {
    let lab = prepared();
    let mut group = criterion.benchmark_group("world");
    group.sample_size(20);
    group.throughput(Throughput::Elements(RATE * MINUTE));
    group.bench_function("a minute at 500 records/s", |bench| {
        bench.iter_batched_ref(
            || lab.branch(),
            |lab| {
                lab.advance(Span::MINUTE);
                black_box(lab.take_changes());
            },
            BatchSize::LargeInput,
        );
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("a view of it", |bench| bench.iter(|| black_box(lab.view())));
    group.bench_function("a copy of it", |bench| bench.iter(|| black_box(lab.branch())));
    group.bench_function("a checkpoint of it", |bench| bench.iter(|| black_box(lab.checkpoint())));
    group.finish();
}

criterion_group!(benches, world);
criterion_main!(benches);
