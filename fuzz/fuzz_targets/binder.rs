//! Any text is bound: it is refused with places and sentences, or it runs over a few rows of every kind.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use pumphouse::base::time::Timestamp;
use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::plan::{ColumnDef, StreamId, StreamKind};
use pumphouse::sql::pump::{Engine, Options, Sink};
use pumphouse::sql::value::{Batch, SqlType, Storage, Value};

/// Rows pushed into each source. Enough to open and close windows, few enough to be quick.
const ROWS: i64 = 12;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let source = |name: &str, columns: &[(&str, SqlType)]| SourceDef {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|&(name, ty)| ColumnDef { name: name.to_owned(), ty, not_null: false })
            .collect(),
    };
    let workshop = [
        ("sensorId", SqlType::Varchar(16)),
        ("eventTimeStamp", SqlType::Varchar(32)),
        ("ambientTemp", SqlType::Integer),
        ("measuredTemp", SqlType::Integer),
    ];
    let every = [
        ("B", SqlType::Boolean),
        ("T1", SqlType::TinyInt),
        ("S", SqlType::SmallInt),
        ("I", SqlType::Integer),
        ("L", SqlType::BigInt),
        ("D", SqlType::Decimal { precision: 16, scale: 2 }),
        ("F", SqlType::Real),
        ("G", SqlType::Double),
        ("C", SqlType::Char(4)),
        ("V", SqlType::Varchar(64)),
        ("X", SqlType::Varbinary(8)),
        ("DD", SqlType::Date),
        ("TT", SqlType::Time),
        ("TS", SqlType::Timestamp),
    ];
    Catalog {
        sources: vec![
            source("SOURCE_SQL_STREAM_001", &workshop),
            source("GATE", &[("K", SqlType::Varchar(4)), ("V", SqlType::Integer)]),
            source("GATE2", &[("K", SqlType::Varchar(4)), ("V", SqlType::Integer)]),
            source("EV", &[("K", SqlType::Varchar(4)), ("ET", SqlType::Timestamp)]),
            source("TIDE", &[("ST", SqlType::Varchar(4)), ("D", every[5].1), ("R", SqlType::Double)]),
            source("TXT", &[("S", SqlType::Varchar(64))]),
            source("EVERY_TYPE", &every),
        ],
    }
});

/// Counts what comes out, so that nothing is optimised away.
struct Count(usize);

impl Sink for Count {
    fn rows(&mut self, _: StreamId, batch: &Batch) {
        self.0 += batch.len();
    }
}

/// A value of a column in a row: ordinary ones, edges and NULLs.
fn value(ty: SqlType, row: i64) -> Value {
    if row % 5 == 3 {
        return Value::Null;
    }
    match ty.storage() {
        Storage::Bool => Value::Bool(row % 2 == 0),
        Storage::Double => Value::Double([0.0, -1.5, 3.0e8, 1.0e-30][(row % 4) as usize]),
        Storage::Int if ty == SqlType::Timestamp => Value::Int(1_477_501_512_000 + row * 700),
        Storage::Int => Value::Int([0, 1, -7, 100][(row % 4) as usize]),
        Storage::Bytes if ty.is_binary() => Value::Bytes(vec![row as u8; 3].into()),
        Storage::Bytes => Value::Text(["a", "b ", "2016-10-26 17:05:03", "12"][(row % 4) as usize].into()),
    }
}

fuzz_target!(|text: &str| {
    let program = match compile(text, &CATALOG) {
        Ok(program) => Arc::new(program),
        Err(said) => {
            assert!(said.iter().any(|it| it.fatal()), "what is refused has an error");
            for it in &said {
                assert!(text.get(it.span.clone()).is_some(), "{it:?} lies in the text");
                assert!(!it.message.is_empty() && !it.message.ends_with('.'), "{it:?} is a message");
            }
            return;
        }
    };
    let opening = 1_477_501_510_000;
    let mut engine = Engine::new(program.clone(), Options::default(), Timestamp::from_millis(opening));
    let mut sink = Count(0);
    for row in 0..ROWS {
        for (at, stream) in program.streams.iter().enumerate() {
            if stream.kind != StreamKind::Source {
                continue;
            }
            let mut batch = Batch::new(stream.columns.iter().map(|it| it.ty));
            batch.rowtimes.push(opening + row * row * 500);
            let values = stream.columns.iter().map(|it| value(it.ty, row));
            batch.columns.iter_mut().zip(values).for_each(|(column, value)| column.push(&value));
            engine.push(StreamId(at), &batch, &mut sink);
        }
    }
    engine.advance(Timestamp::from_millis(opening + 10_000_000), &mut sink);
    assert!(engine.flows().iter().all(|it| it.accounted() == it.rows_in), "no row is lost unseen");
});
