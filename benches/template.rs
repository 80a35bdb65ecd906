//! How fast templates make records, in records per second.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pumphouse::base::seed::Seed;
use pumphouse::base::time::Timestamp;
use pumphouse::template::batch::Batch;
use pumphouse::template::{Mode, Template, WORKSHOP};

/// How many records one measurement makes.
const RECORDS: u64 = 10_000;

const RICH: &str = r#"{"id":"{{random.uuid}}","who":"{{name.firstName}} {{name.lastName}}","at":"{{date.utc("YYYY-MM-DD HH:mm:ss.SSS")}}","t":{{random.number({"min":0,"max":1,"precision":0.01})}},"state":"{{random.weightedArrayElement({"weights":[0.9,0.1],"data":["ok","fail"]})}}"}"#;

fn records(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("template");
    group.throughput(Throughput::Elements(RECORDS));
    for (name, text) in [("workshop", WORKSHOP), ("rich", RICH)] {
        let template = Template::compile(text, Mode::Tolerant).expect("the benchmark's template compiles");
        let mut out = Vec::with_capacity(4 << 20);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                out.clear();
                let mut batch =
                    Batch::new(template.clone(), Seed::default(), Timestamp::OPENING, 500, RECORDS);
                batch.fill(&mut out, usize::MAX)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, records);
criterion_main!(benches);
