//! The engine: a program at work. Rows with a ROWTIME go in, rows come out, a bound closes windows.
//!
//! One step takes rows of a source, or the clock's bound, and moves what follows from it through all
//! pumps in topological order until nothing moves (sql.md 4.15). A stream with several writers holds rows
//! back until every writer has promised nothing earlier; a stream with one writer passes them on at once.
//! Two engines with the same program and the same calls are in the same state.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::time::Timestamp;
use crate::sql::cast::first_chars;
use crate::sql::eval::Clock;
pub use crate::sql::eval::ErrorName;
use crate::sql::plan::{Program, StreamId, StreamKind, TableDef, TableId, Window};
use crate::sql::pump::compile::{Compiled, Header, Scan};
use crate::sql::pump::merge::{Lane, merge_until};
use crate::sql::pump::run::{Output, PumpState, Run};
use crate::sql::value::{Batch, Column, Value};
use crate::sql::write;

pub mod aggregate;
pub mod compile;
pub mod group;
pub mod join;
pub mod keeper;
pub mod lookup;
pub mod merge;
pub mod run;
pub mod slide;
pub mod sort;
pub mod stagger;
pub mod table;
pub mod timesort;
mod waiting;

pub use keeper::Held;

/// When SELECT DISTINCT speaks (sql.md 4.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DistinctMode {
    /// Everything at the end of the window, stamped with it.
    #[default]
    AtWindowEnd,
    /// The first of its kind at once, with its own ROWTIME.
    Immediate,
}

/// What closes windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClockMode {
    /// A later row or the clock, whichever is first.
    #[default]
    ClockAndRows,
    /// Later rows only; [`Engine::advance`] does nothing to windows.
    RowsOnly,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    pub distinct: DistinctMode,
    pub clock: ClockMode,
}

/// Takes every row of every in-application stream in order of emission, sources and `error_stream`
/// included.
pub trait Sink {
    fn rows(&mut self, stream: StreamId, batch: &Batch);
}

/// A row or record that could not go on; it becomes a row of `error_stream` (sql.md 6.5).
#[derive(Clone, Debug, PartialEq)]
pub struct RowError {
    pub name: ErrorName,
    /// A sentence, or Java's words for a bad number.
    pub message: String,
    /// ROWTIME of the row that failed.
    pub rowtime: Timestamp,
    /// The original record, or the row as JSON.
    pub row: Vec<u8>,
}

/// What became of the rows a pump has read:
/// `rows_in = passed + filtered + duplicates + waiting + grouped + errors`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    pub rows_in: u64,
    /// Rows written to the target: those that passed, and results of groups.
    pub rows_out: u64,
    /// Rows that came out one for one: of pumps without GROUP BY.
    pub passed: u64,
    /// Rows a WHERE did not keep. HAVING judges results, not rows, and does not count here.
    pub filtered: u64,
    /// Rows SELECT DISTINCT had seen already.
    pub duplicates: u64,
    /// Rows in windows that are open.
    pub waiting: u64,
    /// Rows in results of windows that have closed.
    pub grouped: u64,
    pub errors: u64,
    /// Results of groups that could not be written; their rows are in `grouped`.
    pub lost_results: u64,
}

impl Flow {
    /// The places rows can be in, added up: equal to [`Flow::rows_in`] at any time.
    pub fn accounted(&self) -> u64 {
        self.passed + self.filtered + self.duplicates + self.waiting + self.grouped + self.errors
    }
}

/// A window of a pump.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowSpan {
    pub start: Timestamp,
    /// The ROWTIME of its results.
    pub end: Timestamp,
    /// Rows counted in it.
    pub rows: u64,
    /// Distinct combinations: the results it has or will have.
    pub groups: u64,
}

/// A promise: nothing earlier than `at` will come; with `inclusive`, nothing at `at` either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    pub at: i64,
    pub inclusive: bool,
}

impl Bound {
    /// No promise yet.
    pub const NONE: Bound = Bound { at: i64::MIN, inclusive: false };

    /// Whether a window that lasts until before `change` is over. One that contains its end is over when
    /// the clock reaches that end, but not when a row does.
    pub fn passes(self, change: i64, window: Window) -> bool {
        let reaches_end = self.inclusive && matches!(window, Window::ClockUp | Window::Instant);
        change != i64::MAX && self.at.saturating_add(i64::from(reaches_end)) >= change
    }

    /// Later promises are greater.
    pub fn order(self) -> (i64, bool) {
        (self.at, self.inclusive)
    }
}

/// Everything an engine remembers; serialisable for checkpoints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngineState {
    started_at: Timestamp,
    now: Timestamp,
    streams: Vec<StreamState>,
    pumps: Vec<PumpState>,
    flows: Vec<Flow>,
    /// The rows of the reference tables, in the order of the program.
    tables: Vec<Arc<Batch>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct StreamState {
    /// The last ROWTIME written.
    last: i64,
    bound: Bound,
    /// What each writer has written that is not merged yet, and its bound.
    writers: Vec<Writer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Writer {
    pump: usize,
    lane: Lane,
}

/// A program at work.
#[derive(Clone, Debug)]
pub struct Engine {
    program: Arc<Program>,
    compiled: Arc<Plan>,
    options: Options,
    state: EngineState,
}

#[derive(Debug)]
struct Plan {
    pumps: Vec<Compiled>,
    /// Streams, writers before readers.
    order: Vec<usize>,
    /// The pumps that read each stream.
    readers: Vec<Vec<usize>>,
    errors: Option<StreamId>,
    /// How much older than a row of the stream the source's row can be.
    delays: Vec<i64>,
}

impl Plan {
    fn new(program: &Program) -> Self {
        let pumps: Vec<Compiled> = program.pumps.iter().map(|it| Compiled::new(program, it)).collect();
        let count = program.streams.len();
        let mut readers = vec![Vec::new(); count];
        for (at, pump) in pumps.iter().enumerate() {
            for scan in &pump.scans {
                if let Some(readers) = readers.get_mut(scan.stream.0)
                    && readers.last() != Some(&at)
                {
                    readers.push(at);
                }
            }
        }
        let (order, delays) = topological(&pumps, count);
        let errors = program.streams.iter().position(|it| it.kind == StreamKind::Error).map(StreamId);
        Self { pumps, order, readers, errors, delays }
    }
}

/// Streams with all their writers' sources before them, and what windows on the way delay. Streams in a
/// circle, which the binder refuses, come last.
fn topological(pumps: &[Compiled], count: usize) -> (Vec<usize>, Vec<i64>) {
    let mut order: Vec<usize> = Vec::with_capacity(count);
    let mut delays = vec![0; count];
    loop {
        let ready = |it: &usize| {
            let mut writers = pumps.iter().filter(|pump| pump.target.0 == *it);
            !order.contains(it)
                && writers.all(|pump| pump.scans.iter().all(|it| order.contains(&it.stream.0)))
        };
        let rest = (0..count).find(|it| !order.contains(it));
        let Some(next) = (0..count).find(ready).or(rest) else { return (order, delays) };
        let writers = pumps.iter().filter(|pump| pump.target.0 == next);
        delays[next] = writers.map(|it| it.delay + it.delay_before(&delays)).max().unwrap_or(0);
        order.push(next);
    }
}

impl Engine {
    /// A program that has read nothing; "now" functions tell `started_at`.
    pub fn new(program: Arc<Program>, options: Options, started_at: Timestamp) -> Engine {
        let compiled = Plan::new(&program);
        let pumps: Vec<PumpState> =
            compiled.pumps.iter().zip(&program.pumps).map(|(it, pump)| it.state(pump.started)).collect();
        let writer = |(pump, _): (usize, &Compiled)| Writer { pump, lane: Lane::default() };
        let stream = |at: usize| StreamState {
            last: i64::MIN,
            bound: Bound::NONE,
            writers: compiled
                .pumps
                .iter()
                .enumerate()
                .filter(|(_, it)| it.target.0 == at)
                .map(writer)
                .collect(),
        };
        let state = EngineState {
            started_at,
            now: started_at,
            streams: (0..program.streams.len()).map(stream).collect(),
            flows: vec![Flow::default(); pumps.len()],
            pumps,
            tables: program.tables.iter().map(table).collect(),
        };
        Engine { program, compiled: Arc::new(compiled), options, state }
    }

    /// The engine a checkpoint was made of; a state of another program starts anew.
    pub fn restore(program: Arc<Program>, options: Options, state: EngineState) -> Engine {
        let mut engine = Engine::new(program, options, state.started_at);
        let same = engine.state.pumps.len() == state.pumps.len()
            && engine.state.streams.len() == state.streams.len();
        if same {
            engine.state = state;
        }
        engine
    }

    pub fn state(&self) -> EngineState {
        self.state.clone()
    }

    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// Puts rows into a reference table in place of those it had; their ROWTIMEs mean nothing. Rows flow past
    /// what is there at their moment.
    pub fn load(&mut self, table: TableId, rows: Batch) {
        if let Some(loaded) = self.state.tables.get_mut(table.0) {
            *loaded = Arc::new(rows);
        }
    }

    /// What each operator of a pump with a memory holds, in the order of its plan.
    pub fn held(&self, pump: usize) -> Vec<Held> {
        let both = self.state.pumps.get(pump).zip(self.compiled.pumps.get(pump));
        both.map_or_else(Vec::new, |(state, pump)| state.held(pump))
    }

    /// Takes rows of a source, hidden columns included, ROWTIMEs not decreasing. Late rows go to
    /// `error_stream`.
    pub fn push(&mut self, stream: StreamId, batch: &Batch, sink: &mut dyn Sink) {
        let Some(state) = self.state.streams.get(stream.0) else { return };
        let (Some(&last), false) = (batch.rowtimes.last(), batch.is_empty()) else { return };
        let floor = state.last.max(state.bound.at);
        let sorted = batch.rowtimes[0] >= floor && batch.rowtimes.is_sorted();
        if sorted {
            self.deliver_source(stream, batch, last, sink);
        } else {
            let (kept, late) = split_late(&batch.rowtimes, floor);
            let errors: Vec<RowError> =
                late.iter().map(|&row| self.late(stream, batch, row as usize)).collect();
            let kept = batch.pick(&kept);
            if let Some(&last) = kept.rowtimes.last() {
                self.deliver_source(stream, &kept, last, sink);
            }
            self.write_errors(&errors, None, sink);
        }
    }

    fn deliver_source(&mut self, stream: StreamId, batch: &Batch, last: i64, sink: &mut dyn Sink) {
        self.state.now = self.state.now.max(Timestamp::from_millis(last));
        let state = &mut self.state.streams[stream.0];
        state.last = last;
        let bound = Bound { at: last, inclusive: false };
        state.bound = if state.bound.order() < bound.order() { bound } else { state.bound };
        sink.rows(stream, batch);
        self.run_readers(stream.0, std::slice::from_ref(batch), sink);
        self.settle(sink);
    }

    /// Mapping errors become rows of `error_stream`.
    pub fn report(&mut self, errors: &[RowError], sink: &mut dyn Sink) {
        if let Some(latest) = errors.iter().map(|it| it.rowtime).max() {
            self.state.now = self.state.now.max(latest);
        }
        self.write_errors(errors, None, sink);
    }

    /// The clock's bound: every row up to `now` has been pushed. Closes what ends by then.
    pub fn advance(&mut self, now: Timestamp, sink: &mut dyn Sink) {
        self.state.now = self.state.now.max(now);
        if self.options.clock == ClockMode::RowsOnly {
            return;
        }
        let bound = Bound { at: now.as_millis(), inclusive: true };
        for at in 0..self.state.streams.len() {
            let source = self.program.streams[at].kind == StreamKind::Source;
            let state = &mut self.state.streams[at];
            if source && state.bound.order() < bound.order() {
                state.bound = bound;
                self.run_readers(at, &[], sink);
            }
        }
        self.settle(sink);
    }

    /// The end of the earliest open window that the clock closes. A window that is open although the clock
    /// has passed its end waits for a slower pump before it, and is not due.
    pub fn next_due(&self) -> Option<Timestamp> {
        if self.options.clock == ClockMode::RowsOnly {
            return None;
        }
        let told = self.state.streams.iter().map(|it| it.bound).filter(|it| it.inclusive);
        let told = told.map(|it| it.at).max().unwrap_or(i64::MIN);
        let both = self.state.pumps.iter().zip(&self.compiled.pumps).filter(|(state, _)| state.started);
        both.filter_map(|(state, pump)| state.next_due(pump, told)).min().map(Timestamp::from_millis)
    }

    /// A moment at or before the source's oldest row that is counted in an open window.
    pub fn oldest_open_row(&self) -> Option<Timestamp> {
        let both = self.state.pumps.iter().zip(&self.compiled.pumps);
        let oldest = |(state, pump): (&PumpState, &Compiled)| {
            Some(state.oldest_open(pump)? - pump.delay_before(&self.compiled.delays))
        };
        both.filter_map(oldest).min().map(Timestamp::from_millis)
    }

    /// What became of each pump's rows, in the order of the program.
    pub fn flows(&self) -> &[Flow] {
        &self.state.flows
    }

    /// The open window of a pump, and its last closed ones (at most 20), oldest first.
    pub fn windows(&self, pump: usize) -> (Option<WindowSpan>, impl Iterator<Item = &WindowSpan>) {
        let state = self.state.pumps.get(pump);
        let open = state.zip(self.compiled.pumps.get(pump)).and_then(|(state, pump)| state.open_window(pump));
        (open, state.into_iter().flat_map(|it| &it.closed))
    }

    /// `ALTER PUMP … START` and `STOP`: a stopped pump reads nothing, and its open windows stay as they are.
    pub fn set_started(&mut self, pump: usize, started: bool) {
        if let Some(state) = self.state.pumps.get_mut(pump) {
            state.started = started;
        }
    }

    /// Merges and hands on what pumps have written, until nothing moves.
    fn settle(&mut self, sink: &mut dyn Sink) {
        let compiled = self.compiled.clone();
        for &at in &compiled.order {
            if self.state.streams[at].writers.is_empty() {
                continue;
            }
            let before = self.state.streams[at].bound;
            let batches = self.merge(at, sink);
            for batch in &batches {
                sink.rows(StreamId(at), batch);
            }
            if !batches.is_empty() || self.state.streams[at].bound != before {
                self.run_readers(at, &batches, sink);
            }
        }
    }

    /// Feeds the readers of a stream with new rows and its bound.
    fn run_readers(&mut self, stream: usize, batches: &[Batch], sink: &mut dyn Sink) {
        let compiled = self.compiled.clone();
        for &at in &compiled.readers[stream] {
            if !self.state.pumps[at].started {
                continue;
            }
            let mut out = Output { batches: Vec::new(), errors: Vec::new(), bound: Bound::NONE };
            let clock = Clock { started: self.state.started_at, now: self.state.now };
            let pump = &compiled.pumps[at];
            let streams = &self.state.streams;
            let mut run = Run {
                pump,
                state: &mut self.state.pumps[at],
                clock,
                options: self.options,
                tables: &self.state.tables,
                out: &mut out,
            };
            for scan in pump.scans.iter().filter(|it| it.stream.0 == stream) {
                batches.iter().for_each(|it| run.feed(scan.to, it));
            }
            let bound = |it: &Scan| streams.get(it.stream.0).map_or(Bound::NONE, |it| it.bound);
            run.bounds(pump.scans.iter().map(|it| (it.to, bound(it))));
            self.state.flows[at] = self.state.pumps[at].flow;
            if let Some(target) = self.state.streams.get_mut(compiled.pumps[at].target.0)
                && let Some(writer) = target.writers.iter_mut().find(|it| it.pump == at)
            {
                writer.lane.waiting.extend(out.batches);
                writer.lane.promise(out.bound);
            }
            self.write_errors(&out.errors, Some(at), sink);
        }
    }

    /// The rows of a stream's writers that may go on, in ROWTIME order; its bound moves with them.
    fn merge(&mut self, at: usize, sink: &mut dyn Sink) -> Vec<Batch> {
        let state = &mut self.state.streams[at];
        let pumps = &self.state.pumps;
        let running = |it: &&Writer| pumps[it.pump].started;
        let bound = state.writers.iter().filter(running).map(|it| it.lane.bound).min_by_key(|it| it.order());
        let bound = bound.unwrap_or(state.bound);
        let mut written: Vec<(usize, Batch)> = Vec::new();
        if let [writer] = &mut state.writers[..] {
            let pump = writer.pump;
            written.extend(writer.lane.waiting.drain(..).map(|it| (pump, it)));
        } else {
            let pumps: Vec<usize> = state.writers.iter().map(|it| it.pump).collect();
            let mut lanes: Vec<&mut Lane> = state.writers.iter_mut().map(|it| &mut it.lane).collect();
            merge_until(&mut lanes, bound.at, |lane, batch| written.push((pumps[lane], batch)));
        }
        if state.bound.order() < bound.order() {
            state.bound = bound;
        }
        let mut batches = Vec::with_capacity(written.len());
        for (pump, batch) in written {
            let state = &mut self.state.streams[at];
            let sorted =
                batch.rowtimes.first().is_some_and(|it| *it >= state.last) && batch.rowtimes.is_sorted();
            let batch = if sorted {
                batch
            } else {
                let (kept, late) = split_late(&batch.rowtimes, state.last);
                let errors: Vec<RowError> =
                    late.iter().map(|&row| self.late(StreamId(at), &batch, row as usize)).collect();
                let flow = &mut self.state.pumps[pump].flow;
                if self.compiled.pumps[pump].passes_originals() {
                    flow.passed -= late.len() as u64;
                    flow.errors += late.len() as u64;
                } else {
                    flow.lost_results += late.len() as u64;
                }
                self.write_errors(&errors, Some(pump), sink);
                batch.pick(&kept)
            };
            let flow = &mut self.state.pumps[pump].flow;
            flow.rows_out += batch.len() as u64;
            self.state.flows[pump] = *flow;
            if let Some(&last) = batch.rowtimes.last() {
                let state = &mut self.state.streams[at];
                state.last = last;
                // A row is a bound too, unless its writer still may go back.
                let row_bound = Bound { at: last.min(bound.at), inclusive: false };
                if state.bound.order() < row_bound.order() {
                    state.bound = row_bound;
                }
                batches.push(batch);
            }
        }
        batches
    }

    fn late(&self, stream: StreamId, batch: &Batch, row: usize) -> RowError {
        let def = &self.program.streams[stream.0];
        let header = Header::of(def);
        let rowtime = Timestamp::from_millis(batch.rowtimes[row]);
        let (time, name) = (rowtime.to_sql(), &def.name);
        RowError {
            name: ErrorName::OutOfOrder,
            message: format!("ROWTIME {time} is earlier than what {name} has passed on already."),
            rowtime,
            row: header.row(batch, row),
        }
    }

    /// Writes rows of `error_stream`; `pump` is `None` for errors of the input.
    fn write_errors(&mut self, errors: &[RowError], pump: Option<usize>, sink: &mut dyn Sink) {
        let Some(stream) = self.compiled.errors.filter(|_| !errors.is_empty()) else { return };
        let pump = pump.and_then(|it| self.program.pumps.get(it)).map_or("null", |it| it.name.as_str());
        let now = self.state.now.as_millis();
        let types = self.program.streams[stream.0].columns.iter().map(|it| it.ty);
        let mut batch = Batch::new(types);
        for error in errors {
            batch.rowtimes.push(now);
            let mut row = Vec::new();
            write::hex(&error.row, &mut row);
            let text = |bytes: &[u8], length: usize| {
                Value::Text(String::from_utf8_lossy(first_chars(bytes, length)).into())
            };
            let values = [
                Value::Int(now),
                text(b"WARNING", 10),
                text(error.name.text().as_bytes(), 32),
                text(error.message.as_bytes(), 4096),
                Value::Int(error.rowtime.as_millis()),
                text(&row, 49_152),
                text(pump.as_bytes(), 128),
            ];
            batch
                .columns
                .iter_mut()
                .zip(&values)
                .for_each(|(column, value): (&mut Column, _)| column.push(value));
        }
        self.state.streams[stream.0].last = now;
        sink.rows(stream, &batch);
    }
}

/// An empty reference table.
fn table(def: &TableDef) -> Arc<Batch> {
    Arc::new(Batch::new(def.columns.iter().map(|it| it.ty)))
}

/// Rows in order, and rows earlier than what was before them.
fn split_late(rowtimes: &[i64], floor: i64) -> (Vec<u32>, Vec<u32>) {
    let mut last = floor;
    (0..rowtimes.len() as u32).partition(|&row| {
        let time = rowtimes[row as usize];
        let kept = time >= last;
        last = last.max(time);
        kept
    })
}
