//! Any record under any schema: rows or an error, and every column has every row. The input is a schema
//! file, a zero byte and a record; without a schema that can be read, one of our own is taken.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pumphouse::base::time::Timestamp;
use pumphouse::cloud::discover::discover;
use pumphouse::cloud::mapping::{Mapper, RecordMeta, Schema, SchemaColumn};
use pumphouse::sql::plan::Program;
use pumphouse::sql::value::{Batch, SqlType};

/// A column of every kind, over JSON with arrays or over CSV.
fn ours(csv: bool) -> Schema {
    let column = |(mapping, ty): (&str, &str)| SchemaColumn {
        name: mapping.to_owned(),
        ty: SqlType::parse(ty).expect("a type"),
        mapping: mapping.to_owned(),
    };
    let columns = [
        ("$.a", "INTEGER"),
        ("$.b.c", "VARCHAR(8)"),
        ("$.xs[0:].n", "DECIMAL(10,3)"),
        ("$.t", "TIMESTAMP"),
        ("$.f", "DOUBLE"),
        ("$.o", "BOOLEAN"),
        ("$.y", "VARBINARY(8)"),
        ("$.d", "DATE"),
    ];
    let columns = columns.map(column).to_vec();
    if csv { Schema::csv(columns) } else { Schema::json(columns) }
}

fuzz_target!(|data: &[u8]| {
    let cut = data.iter().position(|it| *it == 0);
    let (head, record) = cut.map_or((&b""[..], data), |at| (&data[..at], &data[at + 1..]));
    let written = std::str::from_utf8(head).ok().and_then(|it| Schema::parse(it).ok());
    let schema = written.unwrap_or_else(|| ours(head.first() == Some(&b'c')));
    let mut mapper = Mapper::new(&schema, &Program::default());
    let mut batch = Batch::default();
    mapper.clear(&mut batch);
    let moment = Timestamp::OPENING;
    for _ in 0..2 {
        let before = batch.len();
        let added = mapper.map(record, &RecordMeta::at(moment), moment, &mut batch).unwrap_or(0);
        assert_eq!(batch.len(), before + added, "the mapper counts what it adds");
        for column in &batch.columns {
            assert_eq!(column.len(), batch.len(), "every column has every row");
        }
    }
    let samples: Vec<&[u8]> = data.split(|it| *it == b'\n').collect();
    if let Ok(found) = discover(&samples) {
        let mut mapper = Mapper::new(&found, &Program::default());
        mapper.clear(&mut batch);
        for sample in samples {
            let _ = mapper.map(sample, &RecordMeta::at(moment), moment, &mut batch);
        }
    }
});
