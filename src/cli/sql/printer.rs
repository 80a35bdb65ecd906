//! Rows as text: JSON lines, CSV or a table.

use std::io::Write;
use std::sync::Arc;

use crate::base::time::Timestamp;
use crate::cli::{Shape, Stop};
use crate::cloud::output::{Format, cell};
use crate::sql::plan::{Program, StreamId};
use crate::sql::pump::Sink;
use crate::sql::value::Batch;

/// Writes rows as they are emitted; remembers the first failure, because a sink cannot answer.
pub struct Printer<W: Write> {
    out: W,
    shape: Shape,
    program: Arc<Program>,
    /// Which streams are printed.
    shown: Vec<bool>,
    line: Vec<u8>,
    /// The stream whose heading a table printed last.
    heading: Option<StreamId>,
    failure: Option<std::io::Error>,
}

impl<W: Write> Printer<W> {
    pub fn new(out: W, shape: Shape, program: Arc<Program>, shown: Vec<bool>) -> Self {
        Self { out, shape, program, shown, line: Vec::new(), heading: None, failure: None }
    }

    /// Reports a failure to write, if there was one.
    pub fn check(&mut self) -> Result<(), Stop> {
        self.failure.take().map_or(Ok(()), |error| Err(error.into()))
    }

    pub fn finish(mut self) -> Result<(), Stop> {
        self.check()?;
        Ok(self.out.flush()?)
    }

    fn row(&mut self, stream: StreamId, batch: &Batch, row: usize) -> std::io::Result<()> {
        let def = &self.program.streams[stream.0];
        let columns = &def.columns[..def.visible];
        let rowtime = Timestamp::from_millis(batch.rowtimes[row]);
        self.line.clear();
        match self.shape {
            Shape::Jsonl => {
                let name = serde_json::Value::from(def.name.as_str());
                write!(self.line, "{{\"stream\":{name},\"rowtime\":\"{rowtime}\",\"row\":")?;
                Format::Json.write(batch, row, columns, &mut self.line);
                self.line.extend_from_slice(b"}\n");
            }
            Shape::Csv => {
                write!(self.line, "{},{},", def.name, rowtime.to_sql())?;
                Format::Csv.write(batch, row, columns, &mut self.line);
            }
            Shape::Table => {
                if self.heading.replace(stream) != Some(stream) {
                    let names: Vec<String> = columns.iter().map(|it| format!("{:<24}", it.name)).collect();
                    writeln!(self.line, "\n{}\n{:<24}{}", def.name, "ROWTIME", names.concat().trim_end())?;
                }
                let cells: Vec<String> = columns
                    .iter()
                    .enumerate()
                    .map(|(at, it)| cell(&batch.columns[at], row, it.ty).unwrap_or_else(|| "NULL".to_owned()))
                    .map(|it| format!("{it:<23} "))
                    .collect();
                writeln!(self.line, "{:<24}{}", rowtime.to_sql(), cells.concat().trim_end())?;
            }
        }
        self.out.write_all(&self.line)
    }
}

impl<W: Write> Sink for Printer<W> {
    fn rows(&mut self, stream: StreamId, batch: &Batch) {
        if !self.shown.get(stream.0).copied().unwrap_or(false) {
            return;
        }
        for row in 0..batch.len() {
            if self.failure.is_none() {
                self.failure = self.row(stream, batch, row).err();
            }
        }
    }
}
