//! A running application: it polls shards, feeds the engine and sends rows to the outputs.
//!
//! Once a second it asks every shard for records (sql.md 4.1), maps them to rows whose ROWTIME is this
//! moment, and lets the clock's bound close windows; window ends between two polls wake it too. While an
//! output cannot be written the application reads nothing more (sql.md 6.8).

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::name::{SequenceNumber, ShardId};
use crate::base::time::{Span, Timestamp};
use crate::cloud::analytics::app::Output;
use crate::cloud::analytics::tally::Tally;
use crate::cloud::error::CloudError;
use crate::cloud::kinesis::{IteratorType, ShardIterator};
use crate::cloud::mapping::{Mapper, RecordMeta, Schema};
use crate::cloud::{Cloud, Principal, watch};
use crate::sql::plan::{Program, StreamId, TableId};
use crate::sql::pump::{Engine, EngineState, Options, RowError, Sink};
use crate::sql::value::Batch;

/// How often shards are polled.
pub const POLL_EVERY: Span = Span::SECOND;
/// Records asked for in one GetRecords call: the API's own limit.
const READ_MAX: u32 = 10_000;
/// Restart positions remembered; older ones would only matter for windows longer than an hour.
const RESTARTS_MAX: usize = 3_700;
/// Rows in one PutRecordBatch call (firehose.md section 1).
const BATCH_ROWS_MAX: usize = 500;
/// Bytes in one PutRecordBatch call (firehose.md section 1).
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Where an application begins to read (sql.md 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StartAt {
    Now,
    TrimHorizon,
    LastStoppedPoint,
}

/// How far one shard was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub shard: ShardId,
    /// The last record read, or where reading began if none came.
    pub place: Place,
}

/// A place in a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// Before the oldest record that is held.
    Horizon,
    /// Before the first record that arrived at this moment or later.
    Since(Timestamp),
    After(SequenceNumber),
}

/// Everything that lives from start to stop.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    pub started_at: Timestamp,
    start_at: StartAt,
    #[serde(skip)]
    engine: Option<Engine>,
    /// The engine as a checkpoint keeps it.
    frozen: Option<EngineState>,
    #[serde(skip)]
    mapper: Option<Mapper>,
    readers: Vec<Reader>,
    /// Which stream of this name is read: one made anew is read from its beginning.
    stream_created_at: Option<Timestamp>,
    next_poll: Timestamp,
    /// Positions before each poll, with the poll's moment: where to begin again so that no open window
    /// loses a row.
    restarts: VecDeque<(Timestamp, Vec<Position>)>,
    /// What a poll maps, one batch for each in-application source stream.
    #[serde(skip)]
    batches: Vec<Batch>,
    /// Whether the reference table is there, or there is none; until then nothing is read.
    table_loaded: bool,
    /// What each in-application stream has passed on.
    pub tally: Tally,
    pub millis_behind: i64,
    /// Records read, rows made of them, and records that could not become rows.
    pub records_read: u64,
    pub rows_mapped: u64,
    pub records_refused: u64,
}

/// How far one shard has been read.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Reader {
    shard: ShardId,
    iterator: Option<ShardIterator>,
    place: Place,
    /// A closed shard that has been read to its end.
    finished: bool,
}

impl Run {
    pub fn new(
        now: Timestamp,
        program: Arc<Program>,
        schema: &Schema,
        start_at: StartAt,
        stopped_at: Vec<Position>,
    ) -> Self {
        let readers = stopped_at
            .iter()
            .filter(|_| start_at == StartAt::LastStoppedPoint)
            .map(|it| Reader::at(it.shard, it.place))
            .collect();
        // An application that has read nothing yet has no point to go on from.
        let start_at = match start_at {
            StartAt::LastStoppedPoint if stopped_at.is_empty() => StartAt::Now,
            other => other,
        };
        let mut run = Self {
            started_at: now,
            start_at,
            engine: None,
            frozen: None,
            mapper: None,
            readers,
            stream_created_at: None,
            next_poll: now,
            restarts: VecDeque::new(),
            batches: Vec::new(),
            table_loaded: program.tables.is_empty(),
            tally: Tally::new(program.streams.len()),
            millis_behind: 0,
            records_read: 0,
            rows_mapped: 0,
            records_refused: 0,
        };
        run.rebuild(program, schema);
        run
    }

    /// Makes the compiled parts, from the checkpoint's state where there is one.
    pub(super) fn rebuild(&mut self, program: Arc<Program>, schema: &Schema) {
        let options = Options::default();
        self.mapper = Some(Mapper::new(schema, &program));
        self.batches = vec![Batch::default(); program.sources().count()];
        self.engine = Some(match self.frozen.take() {
            Some(state) => Engine::restore(program, options, state),
            None => Engine::new(program, options, self.started_at),
        });
    }

    pub(super) fn prepare_checkpoint(&mut self) {
        self.frozen = self.engine.as_ref().map(Engine::state);
    }

    pub fn engine(&self) -> Option<&Engine> {
        self.engine.as_ref()
    }

    pub(super) fn next_due(&self) -> Timestamp {
        let window = self.engine.as_ref().and_then(Engine::next_due);
        window.map_or(self.next_poll, |it| it.min(self.next_poll))
    }

    /// Whether the reference table must be loaded before anything is read.
    pub(super) fn awaits_table(&self) -> bool {
        !self.table_loaded
    }

    /// Takes the reference table's rows, and those that are none.
    pub(super) fn load_table(
        &mut self,
        now: Timestamp,
        rows: Batch,
        misfits: &[RowError],
        outputs: &mut [Output],
    ) {
        self.table_loaded = true;
        if let Some(engine) = &mut self.engine {
            engine.load(TableId(0), rows);
            let mut sink = Outlet { now, tally: &mut self.tally, outputs, program: engine.program().clone() };
            engine.report(misfits, &mut sink);
        }
    }

    /// Nothing can be done before the next poll.
    pub(super) fn rest(&mut self, now: Timestamp) {
        self.next_poll = now + POLL_EVERY;
    }

    /// Does what is due; answers with what keeps the application from going on, if anything does.
    pub(super) fn wake(
        &mut self,
        now: Timestamp,
        role: &Principal,
        stream: &str,
        app: &str,
        outputs: &mut [Output],
        cloud: &mut Cloud,
    ) -> Option<CloudError> {
        let mut trouble = send_waiting(now, role, app, outputs, cloud);
        let polls = self.next_poll <= now;
        if polls {
            self.next_poll = now + POLL_EVERY;
        }
        if polls && trouble.is_none() {
            trouble = self.poll(now, role, stream, outputs, cloud).err();
            record_metrics(now, app, self, self.batches.iter().map(Batch::len).sum(), cloud);
        }
        if let Some(engine) = &mut self.engine {
            let mut sink = Outlet { now, tally: &mut self.tally, outputs, program: engine.program().clone() };
            engine.advance(now, &mut sink);
        }
        send_waiting(now, role, app, outputs, cloud).or(trouble)
    }

    /// Reads every shard once and pushes what came as one batch of rows.
    fn poll(
        &mut self,
        now: Timestamp,
        role: &Principal,
        stream: &str,
        outputs: &mut [Output],
        cloud: &mut Cloud,
    ) -> Result<(), CloudError> {
        self.find_shards(role, stream, cloud)?;
        self.remember_restart(now);
        let (Some(engine), Some(mapper)) = (&mut self.engine, &mut self.mapper) else { return Ok(()) };
        let mut errors: Vec<RowError> = Vec::new();
        let mut failure = None;
        self.batches.iter_mut().for_each(|it| mapper.clear(it));
        self.millis_behind = 0;
        for reader in self.readers.iter_mut().filter(|it| !it.finished) {
            let answer = match reader.records(now, role, stream, cloud) {
                Ok(answer) => answer,
                Err(error) => {
                    failure = Some(error);
                    continue;
                }
            };
            self.millis_behind = self.millis_behind.max(answer.millis_behind_latest);
            // The shards are dealt evenly over the in-application streams (sql.md 6.1).
            let dealt = reader.shard.0 as usize % self.batches.len().max(1);
            let Some(batch) = self.batches.get_mut(dealt) else { continue };
            for record in answer.records() {
                self.records_read += 1;
                let meta = RecordMeta {
                    arrival: record.arrived_at,
                    partition_key: record.partition_key,
                    sequence_number: record.sequence_number,
                    shard_id: reader.shard,
                };
                match mapper.map(record.data, &meta, now, batch) {
                    Ok(rows) => self.rows_mapped += rows as u64,
                    Err(error) => {
                        self.records_refused += 1;
                        errors.push(error);
                    }
                }
                reader.place = Place::After(record.sequence_number);
            }
            reader.finished = answer.next.is_none();
            reader.iterator = answer.next;
        }
        let mut sink = Outlet { now, tally: &mut self.tally, outputs, program: engine.program().clone() };
        for (source, batch) in self.batches.iter().enumerate().filter(|(_, it)| !it.is_empty()) {
            engine.push(StreamId(source), batch, &mut sink);
        }
        engine.report(&errors, &mut sink);
        failure.map_or(Ok(()), Err)
    }

    /// Learns of shards that are not read yet. Those there are at the first poll are read from where the
    /// run was told to start; those that come later, with a new stream of the name, from their beginning.
    fn find_shards(&mut self, role: &Principal, stream: &str, cloud: &Cloud) -> Result<(), CloudError> {
        let found = cloud.describe_stream(role, stream)?;
        let first = self.stream_created_at.is_none();
        let known = self.stream_created_at.replace(found.created_at) == Some(found.created_at);
        if !first && !known {
            self.readers.clear();
        }
        let place = match self.start_at {
            StartAt::Now if first => Place::Since(self.started_at),
            _ => Place::Horizon,
        };
        for shard in found.shard_ids() {
            if !self.readers.iter().any(|it| it.shard == shard) {
                self.readers.push(Reader::at(shard, place));
            }
        }
        Ok(())
    }

    fn remember_restart(&mut self, now: Timestamp) {
        self.restarts.push_back((now, self.positions()));
        if self.restarts.len() > RESTARTS_MAX {
            self.restarts.pop_front();
        }
    }

    /// Where the next run must begin so that rows of windows that are still open are read again: at or
    /// before the point this run stopped (sql.md 4.3).
    pub(super) fn restart_positions(&self) -> Vec<Position> {
        let open = self.engine.as_ref().and_then(Engine::oldest_open_row);
        let before = open.and_then(|open| self.restarts.iter().find(|(polled, _)| open <= *polled));
        match before {
            Some((_, positions)) => positions.clone(),
            None => self.positions(),
        }
    }

    fn positions(&self) -> Vec<Position> {
        self.readers.iter().map(|it| Position { shard: it.shard, place: it.place }).collect()
    }
}

impl Reader {
    fn at(shard: ShardId, place: Place) -> Self {
        Self { shard, iterator: None, place, finished: false }
    }

    /// One GetRecords call; makes an iterator where there is none, or where the old one has expired.
    fn records(
        &mut self,
        now: Timestamp,
        role: &Principal,
        stream: &str,
        cloud: &mut Cloud,
    ) -> Result<crate::cloud::kinesis::GetAnswer, CloudError> {
        let iterator = match self.iterator.take() {
            Some(iterator) if !iterator.expired(now) => iterator,
            _ => {
                let kind = match self.place {
                    Place::After(read) => IteratorType::AfterSequenceNumber(read),
                    Place::Since(moment) => IteratorType::AtTimestamp(moment),
                    Place::Horizon => IteratorType::TrimHorizon,
                };
                cloud.shard_iterator(now, role, stream, self.shard, kind)?
            }
        };
        let answer = cloud.get_records(now, role, &iterator, READ_MAX);
        if answer.is_err() {
            self.iterator = Some(iterator);
        }
        answer
    }
}

/// Counts the rows of every stream and formats those that an output names.
struct Outlet<'a> {
    now: Timestamp,
    tally: &'a mut Tally,
    outputs: &'a mut [Output],
    program: Arc<Program>,
}

impl Sink for Outlet<'_> {
    fn rows(&mut self, stream: StreamId, batch: &Batch) {
        self.tally.rows(self.now, stream, batch);
        let Some(def) = self.program.streams.get(stream.0) else { return };
        for output in self.outputs.iter_mut().filter(|it| it.stream == def.name) {
            output.entered += batch.len() as u64;
            for row in 0..batch.len() {
                output.format.write(batch, row, &def.columns[..def.visible], &mut output.waiting);
                output.ends.push(output.waiting.len() as u32);
            }
        }
    }
}

/// Sends what the outputs hold, in calls of at most 500 rows; keeps what was refused.
fn send_waiting(
    now: Timestamp,
    role: &Principal,
    app: &str,
    outputs: &mut [Output],
    cloud: &mut Cloud,
) -> Option<CloudError> {
    let mut trouble = None;
    for (at, output) in outputs.iter_mut().enumerate() {
        let mut sent_rows = 0;
        let mut sent_bytes = 0;
        while sent_rows < output.ends.len() && trouble.is_none() {
            let first = sent_rows;
            let mut last = first;
            while last < output.ends.len()
                && last - first < BATCH_ROWS_MAX
                && output.ends[last] as usize - sent_bytes <= BATCH_BYTES_MAX
            {
                last += 1;
            }
            let last = last.max(first + 1);
            let end = output.ends[last - 1] as usize;
            let lines = &output.waiting[sent_bytes..end];
            let ends: Vec<u32> = output.ends[first..last].iter().map(|it| it - sent_bytes as u32).collect();
            let answer = cloud.put_record_batch(now, role, &output.delivery, lines, &ends);
            let accepted = match answer {
                Ok(answer) => {
                    trouble = answer.first_error();
                    answer.accepted
                }
                Err(error) => {
                    trouble = Some(error);
                    0
                }
            };
            record_output(now, app, at, accepted, trouble.is_none(), cloud);
            output.rows.add(now, accepted as u64);
            sent_rows += accepted;
            if accepted > 0 {
                sent_bytes = output.ends[sent_rows - 1] as usize;
            }
        }
        if sent_rows > 0 {
            output.waiting.drain(..sent_bytes);
            output.ends.drain(..sent_rows);
            output.ends.iter_mut().for_each(|it| *it -= sent_bytes as u32);
        }
    }
    trouble
}

/// The application's lag and what it read (cloudwatch.md section 5).
fn record_metrics(now: Timestamp, app: &str, run: &Run, rows: usize, cloud: &mut Cloud) {
    let input = [("Application", app), ("Flow", "Input"), ("Id", "1.1")];
    let behind = metric("MillisBehindLatest", &input[..1], "Milliseconds");
    cloud.watch.record(now, &behind, run.millis_behind);
    if rows > 0 {
        cloud.watch.record(now, &metric("Records", &input, "Count"), rows as i64);
    }
}

/// What one call to a destination came to (cloudwatch.md section 5).
fn record_output(now: Timestamp, app: &str, at: usize, rows: usize, fine: bool, cloud: &mut Cloud) {
    let id = format!("{}.1", at + 2);
    let output = [("Application", app), ("Flow", "Output"), ("Id", id.as_str())];
    cloud.watch.record(now, &metric("Success", &output, "None"), i64::from(fine));
    if rows > 0 {
        cloud.watch.record(now, &metric("Records", &output, "Count"), rows as i64);
    }
}

fn metric(name: &str, dimensions: &[(&str, &str)], unit: &str) -> watch::Metric {
    watch::Metric::new("AWS/KinesisAnalytics", name, dimensions, unit)
}
