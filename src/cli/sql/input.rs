//! Recorded records: lines with or without times.

use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::base::time::{Span, Timestamp};
use crate::cli::sql::APART;
use crate::cli::{Stop, read_bytes, refused};

/// Records that are mapped at a time.
const TOGETHER_MAX: usize = 10_000;

/// A whole recorded input.
pub struct Input {
    pub records: Vec<Record>,
    /// The moment of the first record, or where it would have been.
    pub start: Timestamp,
    timed: bool,
}

/// One record with its moments.
pub struct Record {
    /// Its rows' ROWTIME.
    pub at: Timestamp,
    pub arrival: Timestamp,
    /// As it stands in the file; whether it is UTF-8 is the mapping's question.
    pub data: Vec<u8>,
    pub partition_key: String,
}

#[derive(Deserialize)]
struct Line<'a> {
    at: String,
    #[serde(borrow)]
    data: &'a RawValue,
    arrival: Option<String>,
    #[serde(rename = "partitionKey")]
    partition_key: Option<String>,
}

impl Input {
    pub fn read(path: &Path, timed: bool, start: Timestamp) -> Result<Self, Stop> {
        let bytes = read_bytes(path)?;
        // Only the line's own end is taken off: blanks may be fields of CSV.
        let lines = bytes.split(|it| *it == b'\n').map(|it| it.strip_suffix(b"\r").unwrap_or(it)).enumerate();
        let mut records = Vec::new();
        for (at, line) in lines.filter(|(_, it)| !it.trim_ascii().is_empty()) {
            let record = if timed {
                parse_line(line)
                    .map_err(|message| refused(format!("{}:{}: {message}", path.display(), at + 1)))?
            } else {
                let at = start + Span::from_millis(APART.as_millis() * records.len() as i64);
                Record { at, arrival: at, data: line.to_vec(), partition_key: String::new() }
            };
            if let Some(last) = records.last().map(|it: &Record| it.at)
                && record.at < last
            {
                let message = format!("{} comes before the line above; ROWTIME never goes back", record.at);
                return Err(refused(format!("{}:{}: {message}", path.display(), at + 1)));
            }
            records.push(record);
        }
        let start = records.first().map_or(start, |it| it.at);
        Ok(Self { records, start, timed })
    }

    /// Records as polls would bring them: with times, those of one moment; without, those of one second;
    /// never more than fit a batch comfortably.
    pub fn steps(&self) -> impl Iterator<Item = &[Record]> {
        let timed = self.timed;
        let together = move |one: &Record, next: &Record| match timed {
            true => one.at == next.at,
            false => one.at.as_secs() == next.at.as_secs(),
        };
        self.records.chunk_by(together).flat_map(|it| it.chunks(TOGETHER_MAX))
    }
}

fn parse_line(line: &[u8]) -> Result<Record, String> {
    let text = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text".to_owned())?;
    let line: Line<'_> = serde_json::from_str(text).map_err(|error| {
        format!("{error}; with --timed a line is {{\"at\": \"2016-10-26T19:00:00.100Z\", \"data\": {{…}}}}")
    })?;
    let moment = |text: &str| Timestamp::parse(text).ok_or_else(|| format!("{text} is no moment"));
    let at = moment(&line.at)?;
    let raw = line.data.get();
    // Raw text comes as a JSON string; everything else is the record itself, as it stands.
    let data = if raw.starts_with('"') {
        let text: String = serde_json::from_str(raw).map_err(|error| error.to_string())?;
        text.into_bytes()
    } else {
        raw.as_bytes().to_vec()
    };
    Ok(Record {
        at,
        arrival: line.arrival.as_deref().map_or(Ok(at), moment)?,
        data,
        partition_key: line.partition_key.unwrap_or_default(),
    })
}
