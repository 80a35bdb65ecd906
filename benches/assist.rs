//! What an editor asks while somebody types: diagnostics, completion and layout of a program of 200 lines.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use pumphouse::sql::assist::{complete, diagnose, format, hover};
use pumphouse::sql::bind::{Catalog, SourceDef};
use pumphouse::sql::plan::ColumnDef;
use pumphouse::sql::value::SqlType;

/// A program of at least 200 lines: the slides' filter and aggregate over and over.
fn program() -> String {
    let mut text =
        String::from("CREATE OR REPLACE STREAM S0 (\n    k VARCHAR(16),\n    n DECIMAL(16,2)\n);\n");
    text.push_str("CREATE OR REPLACE PUMP P0 AS\nINSERT INTO S0\nSELECT STREAM \"sensorId\", \"measuredTemp\"\nFROM SOURCE_SQL_STREAM_001;\n");
    for at in 1.. {
        let from = at - 1;
        text.push_str(&format!(
            "\n-- step {at}\nCREATE OR REPLACE STREAM S{at} (\n    k VARCHAR(16),\n    n DECIMAL(16,2)\n);\n\n\
             CREATE OR REPLACE PUMP P{at} AS\nINSERT INTO S{at}\nSELECT STREAM s.k, AVG(s.n)\nFROM S{from} AS s\n\
             WHERE ABS(s.n - {at}) > 20 AND s.k LIKE 'sensor-%'\n\
             GROUP BY s.k, FLOOR((s.ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND / 10 TO SECOND);\n"
        ));
        if 200 <= text.lines().count() {
            break;
        }
    }
    text
}

fn assist(bench: &mut Criterion) {
    let column = |name: &str, ty| ColumnDef { name: name.to_owned(), ty, not_null: false };
    let columns = vec![column("sensorId", SqlType::Varchar(16)), column("measuredTemp", SqlType::Integer)];
    let source = SourceDef { name: "SOURCE_SQL_STREAM_001".to_owned(), columns };
    let catalog = Catalog { sources: vec![source], ..Catalog::default() };
    let text = program();
    assert!(diagnose(&text, &catalog).is_empty(), "the program is accepted");
    let middle = text[text.len() / 2..].find("AVG(s.").map_or(0, |it| text.len() / 2 + it + 6);
    let mut group = bench.benchmark_group("assist_200_lines");
    group.bench_function("diagnose", |it| it.iter(|| diagnose(black_box(&text), &catalog)));
    group.bench_function("complete", |it| it.iter(|| complete(black_box(&text), middle, &catalog)));
    group.bench_function("hover", |it| it.iter(|| hover(black_box(&text), middle, &catalog)));
    group.bench_function("format", |it| it.iter(|| format(black_box(&text))));
    group.finish();
}

criterion_group!(benches, assist);
criterion_main!(benches);
