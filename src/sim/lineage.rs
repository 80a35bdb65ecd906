//! One record's way, told backwards: from a delivered line to the record it came from.
//!
//! Nothing is written down for this while rows flow; the way is found again from what the world still
//! holds. A line that carries its record's arrival time (as the workshop's does) leads to the records of
//! that millisecond, and the values tell which of them it was.

use serde_json::Value;

use crate::base::size::Count;
use crate::base::time::Timestamp;
use crate::cloud::analytics::{Application, SOURCE};
use crate::cloud::error::CloudError;
use crate::cloud::kinesis::Stream;
use crate::cloud::mapping::csv_fields;
use crate::cloud::s3::{Body, Origin};
use crate::cloud::shard::{Record, Shard, hash_key};
use crate::sim::Sim;
use crate::sql::decimal;

/// Decimals to which numbers are compared.
const SCALE: u8 = 9;
/// The label of each line of a trace is this wide.
const LABEL: usize = 12;

impl Sim {
    /// The way of a line of a delivered object, one line of text for each station, the newest first.
    /// `line` counts from 1. Stations that cannot be told say why.
    ///
    /// # Errors
    /// The object or the line does not exist.
    pub fn trace_line(&self, bucket: &str, key: &str, line: u64) -> Result<Vec<String>, CloudError> {
        let object = self.cloud.s3.object(bucket, key)?;
        let missing = || {
            let error = CloudError::new("InvalidArgument", format!("{key} has no line {line}"));
            error.hint(format!("It has {} lines, counted from 1.", Count(object.lines)))
        };
        if !(1..=object.lines).contains(&line) {
            return Err(missing());
        }
        let mut way = Way::default();
        way.tell("object", format!("{key}, line {} of {}", Count(line), Count(object.lines)));
        let Body::Here(body) = &object.body else {
            way.tell(
                "line",
                "in the file only: this object's text has left memory; a newer one can be traced",
            );
            return Ok(way.stations);
        };
        let text = String::from_utf8_lossy(body);
        let text = text.lines().nth(line as usize - 1).ok_or_else(missing)?;
        way.tell("line", text);
        if let Some(origin) = &object.origin {
            self.through_delivery(origin, line, text, &mut way);
        }
        Ok(way.stations)
    }

    fn through_delivery(&self, origin: &Origin, line: u64, text: &str, way: &mut Way) {
        let row = origin.first_row + line;
        way.tell("delivery", format!("row {} that {} accepted", Count(row), origin.delivery));
        let writes = |app: &&Application| app.outputs.iter().any(|it| it.delivery == origin.delivery);
        let Some(app) = self.analytics.apps().find(writes) else {
            return way.tell("application", "the one that sent it is gone");
        };
        for output in app.outputs.iter().filter(|it| it.delivery == origin.delivery) {
            let path = stations(app, &output.stream);
            way.tell("application", format!("{}: {}", app.name, path.join(" ← ")));
        }
        let stream = app.input.as_ref().and_then(|it| self.cloud.kinesis.stream(&it.stream).ok());
        match stream {
            Some(stream) => find_record(stream, text, way),
            None => way.tell("record", "the stream it was read from is gone"),
        }
    }
}

/// The stations of a trace, told one after the other.
#[derive(Default)]
struct Way {
    stations: Vec<String>,
}

impl Way {
    fn tell(&mut self, label: &str, text: impl AsRef<str>) {
        self.stations.push(format!("{label:<LABEL$}{}", text.as_ref()));
    }
}

/// The in-application streams and pumps from an output back to the source.
fn stations(app: &Application, output: &str) -> Vec<String> {
    let mut stations = vec![output.to_owned()];
    let Some(program) = app.program() else { return stations };
    let mut name = output.to_owned();
    // A pump never feeds its own source, so the way back ends.
    while let Some((at, pump)) = program
        .pumps
        .iter()
        .enumerate()
        .find(|(_, it)| program.streams.get(it.target.0).is_some_and(|stream| stream.name == name))
        && let Some(read) = app.facts().get(at).and_then(|it| it.reads.first())
        && let Some(stream) = program.streams.get(read.0)
    {
        stations.push(pump.name.clone());
        stations.push(stream.name.clone());
        name.clone_from(&stream.name);
        if name == SOURCE {
            break;
        }
    }
    stations
}

/// Looks for the record among those that arrived at a moment the line names.
fn find_record(stream: &Stream, text: &str, way: &mut Way) {
    let fields = fields(text);
    let moments: Vec<Timestamp> = fields.iter().filter_map(|it| Timestamp::parse(it)).collect();
    for moment in &moments {
        for shard in stream.shards() {
            for piece in shard.arrived_at(*moment) {
                let mut records = piece.records(shard.id, shard.created_secs);
                if let Some(record) = records.find(|it| matches(it, &fields)) {
                    return tell_record(shard, &record, way);
                }
            }
        }
    }
    way.tell(
        "record",
        match moments.is_empty() {
            true => "not to be told: the line carries no arrival time",
            false => "no longer held by the stream, or the line carries too little of it",
        },
    );
}

fn tell_record(shard: &Shard, record: &Record<'_>, way: &mut Way) {
    let (first, last) = shard.hash_range_hex();
    way.tell("record", String::from_utf8_lossy(record.data).trim_end());
    way.tell("arrived", record.arrived_at.to_sql());
    way.tell("sequence", record.sequence_number.to_string());
    way.tell("key", String::from_utf8_lossy(record.partition_key));
    way.tell("MD5 of key", format!("{:032x}", hash_key(record.partition_key)));
    way.tell("shard", format!("{}, which takes {first} to {last}", shard.id));
}

/// The values of a line: CSV fields, or the members of a JSON row.
fn fields(text: &str) -> Vec<String> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(members)) => members.values().map(scalar).collect(),
        _ => csv_fields(text),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether every value of a JSON record stands in the line: numbers by value, texts whole or cut.
fn matches(record: &Record<'_>, fields: &[String]) -> bool {
    let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(record.data) else { return false };
    members.values().all(|value| {
        fields.iter().any(|field| match value {
            Value::Number(number) => {
                let digits = |text: &str| decimal::read(text.as_bytes(), SCALE);
                let wanted = digits(&number.to_string());
                wanted.is_some() && digits(field) == wanted
            }
            other => {
                let text = scalar(other);
                text == *field || (!field.is_empty() && text.starts_with(field.as_str()))
            }
        })
    })
}
