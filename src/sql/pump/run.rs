//! One pump at work: its operators fed with batches and bounds, and what they remember in between.
//!
//! A batch goes through all operators before the next one comes. An operator first takes rows, then the
//! bound that lies behind them. Windows keep rows; what closes them is a later row or a bound.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::time::Timestamp;
use crate::sql::eval::{Clock, ErrorName, Fault};
use crate::sql::plan::{Aggregate, Expr, Window};
use crate::sql::pump::aggregate::Accumulator;
use crate::sql::pump::compile::{Compiled, Header, Op, OpKind, Port, Windowed};
use crate::sql::pump::group::{self, Groups, Placement};
use crate::sql::pump::keeper::{self, Held, Kept, Moved, Step};
use crate::sql::pump::{Bound, DistinctMode, Flow, Options, RowError, WindowSpan};
use crate::sql::value::{Batch, Column, SqlType};
use crate::sql::window;

/// Closed windows a pump remembers.
const CLOSED_MAX: usize = 20;

/// What an operator remembers between batches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum OpState {
    Nothing,
    /// The last ROWTIME that passed a Project that replaces it.
    Last(i64),
    Window(Box<WindowState>),
    Kept(Box<Kept>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowState {
    pub open: Option<Open>,
    pub groups: Groups,
    pub accumulators: Vec<Accumulator>,
}

/// The window that is open.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Open {
    pub start: i64,
    /// The first moment that is not in it; `i64::MAX` where only a row can tell.
    pub change: i64,
    /// The ROWTIME of its first row.
    pub first: i64,
    pub rows: u64,
}

/// What a pump remembers: windows, counts, and whether it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PumpState {
    pub started: bool,
    pub flow: Flow,
    pub closed: VecDeque<WindowSpan>,
    pub ops: Vec<OpState>,
}

/// What comes out of a pump in one step.
#[derive(Debug)]
pub struct Output {
    pub batches: Vec<Batch>,
    pub errors: Vec<RowError>,
    /// Nothing earlier will come out of the pump.
    pub bound: Bound,
}

/// One step of one pump.
pub struct Run<'a> {
    pub pump: &'a Compiled,
    pub state: &'a mut PumpState,
    pub clock: Clock,
    pub options: Options,
    /// The rows of the reference tables.
    pub tables: &'a [Arc<Batch>],
    pub out: &'a mut Output,
}

impl PumpState {
    /// The window that is open, of the pump's first operator that has windows.
    pub fn open_window(&self, pump: &Compiled) -> Option<WindowSpan> {
        let both = self.ops.iter().zip(&pump.ops);
        let (state, windowed) =
            both.filter_map(|(state, op)| Some((state.window()?, op.windowed()?))).next()?;
        let open = state.open?;
        let end = if open.change == i64::MAX { open.first } else { windowed.stamp(open.change) };
        Some(WindowSpan {
            start: Timestamp::from_millis(open.start),
            end: Timestamp::from_millis(end),
            rows: open.rows,
            groups: state.groups.len() as u64,
        })
    }

    /// The earliest end of an open window that the clock can close, after what it has told already.
    pub fn next_due(&self, pump: &Compiled, told: i64) -> Option<i64> {
        let due = |(state, op): (&OpState, &Op)| {
            if let (OpState::Kept(kept), OpKind::Keep(keeper)) = (state, &op.kind) {
                return keeper.due(kept);
            }
            let (open, windowed) = (state.window()?.open?, op.windowed()?);
            if open.change == i64::MAX { None } else { Some(windowed.stamp(open.change)) }
        };
        self.ops.iter().zip(&pump.ops).filter_map(due).filter(|it| *it > told).min()
    }

    /// The ROWTIME of the oldest row in an open window.
    pub fn oldest_open(&self, pump: &Compiled) -> Option<i64> {
        let oldest = |(state, op): (&OpState, &Op)| match (state, &op.kind) {
            (OpState::Kept(kept), OpKind::Keep(keeper)) => keeper.oldest(kept),
            _ => Some(state.window()?.open?.first),
        };
        self.ops.iter().zip(&pump.ops).filter_map(oldest).min()
    }

    /// What each operator with a memory holds, in the order of the plan.
    pub fn held(&self, pump: &Compiled) -> Vec<Held> {
        let held = |(state, op): (&OpState, &Op)| match (state, &op.kind) {
            (OpState::Kept(kept), OpKind::Keep(keeper)) => Some(keeper.held(kept)),
            (OpState::Window(state), kind) => Some(Held {
                what: if matches!(kind, OpKind::Distinct(_)) { "DISTINCT" } else { "GROUP BY" },
                rows: state.open.map_or(0, |it| it.rows),
                groups: state.groups.len() as u64,
                bytes: state.groups.rows.bytes(),
            }),
            _ => None,
        };
        self.ops.iter().zip(&pump.ops).filter_map(held).collect()
    }
}

impl OpState {
    fn window(&self) -> Option<&WindowState> {
        if let OpState::Window(state) = self { Some(state) } else { None }
    }
}

impl Run<'_> {
    /// Takes rows of a stream the pump reads.
    pub fn feed(&mut self, to: Port, batch: &Batch) {
        self.state.flow.rows_in += batch.len() as u64;
        self.rows(to, Cow::Borrowed(batch));
    }

    /// Takes the bound of every scan: nothing earlier will come.
    pub fn bounds(&mut self, scans: impl Iterator<Item = (Port, Bound)>) {
        let mut ahead: Vec<(Port, Bound)> = scans.collect();
        for at in 0..self.pump.ops.len() {
            let mut out = None;
            // Operators lie behind what feeds them, so every bound of this one is known.
            for &(to, bound) in ahead.iter().filter(|it| it.0.op == at) {
                out = Some(self.bound(at, to.side, bound));
            }
            ahead.extend(out.map(|it| (self.pump.ops[at].next, it)));
        }
        let end = self.pump.ops.len();
        self.out.bound = ahead.iter().find(|it| it.0.op == end).map_or(Bound::NONE, |it| it.1);
    }

    /// Takes the bound of one side of an operator, and tells the bound of what it gives.
    fn bound(&mut self, at: usize, side: usize, bound: Bound) -> Bound {
        let pump = self.pump;
        match (&self.state.ops[at], &pump.ops[at].kind) {
            (OpState::Window(state), kind) => {
                let windowed = kind.windowed();
                let due =
                    state.open.filter(|open| windowed.is_some_and(|it| bound.passes(open.change, it.window)));
                if let Some(open) = due {
                    self.close(at, open.change);
                }
                bound
            }
            (OpState::Last(last), _) => {
                // A replaced ROWTIME may be as early as the last one written, and as its window allows.
                let floor = self.floor(at, bound.at).unwrap_or(i64::MIN);
                Bound { at: bound.at.min(floor.max(*last)), inclusive: false }
            }
            (OpState::Kept(_), OpKind::Keep(keeper)) => {
                let mut out = bound;
                self.keep(at, |kept, step| out = keeper.bound(kept, side, bound, step));
                out
            }
            _ => bound,
        }
    }

    /// Lets a keeper work, and takes what it gives.
    fn keep(&mut self, at: usize, work: impl FnOnce(&mut Kept, &mut Step<'_>)) {
        let op = &self.pump.ops[at];
        let mut step = Step {
            clock: self.clock,
            options: self.options,
            tables: self.tables,
            headers: &op.headers,
            out: Vec::new(),
            moved: Moved::default(),
            errors: Vec::new(),
            lost: Vec::new(),
        };
        let OpState::Kept(kept) = &mut self.state.ops[at] else { return };
        work(kept, &mut step);
        let Step { out, moved, errors, lost, .. } = step;
        let flow = &mut self.state.flow;
        flow.lost_results += lost.len() as u64;
        if op.original {
            flow.filtered += moved.filtered;
            flow.duplicates += moved.duplicates;
            flow.waiting = flow.waiting.saturating_add_signed(moved.waiting);
            flow.grouped += moved.grouped;
            flow.errors += errors.len() as u64;
        } else {
            flow.lost_results += errors.len() as u64;
        }
        self.out.errors.extend(errors);
        self.out.errors.extend(lost);
        for batch in out {
            self.rows(op.next, Cow::Owned(batch));
        }
    }

    /// The earliest ROWTIME that an operator replacing it can still give, where that is known.
    fn floor(&self, at: usize, bound: i64) -> Option<i64> {
        let OpKind::Project { floor: Some(floor), .. } = &self.pump.ops[at].kind else { return None };
        let open = floor.window.and_then(|it| self.state.ops[it].window()?.open);
        window::moment(&floor.expr, open.map_or(bound, |it| it.first.min(bound)))
    }

    fn rows(&mut self, to: Port, batch: Cow<'_, Batch>) {
        if batch.is_empty() {
            return;
        }
        let pump = self.pump;
        let at = to.op;
        let Some(op) = pump.ops.get(at) else { return self.assign(batch) };
        match &op.kind {
            OpKind::Filter(condition) => {
                let Some((batch, columns)) = self.columns(at, batch, std::slice::from_ref(condition)) else {
                    return;
                };
                let holds = crate::sql::eval::truths(&columns[0]);
                let kept: Vec<u32> = (0..batch.len() as u32)
                    .filter(|&row| holds[row as usize] && !columns[0].is_null(row as usize))
                    .collect();
                if op.original {
                    self.state.flow.filtered += (batch.len() - kept.len()) as u64;
                }
                if kept.len() == batch.len() {
                    return self.rows(self.pump.ops[at].next, batch);
                }
                let picked = batch.pick(&kept);
                self.rows(self.pump.ops[at].next, Cow::Owned(picked));
            }
            OpKind::Project { items, rowtime: None, .. } => {
                let Some((batch, columns)) = self.columns(at, batch, items) else { return };
                let projected = Batch { rowtimes: batch.rowtimes.clone(), columns };
                self.rows(self.pump.ops[at].next, Cow::Owned(projected));
            }
            OpKind::Project { items, rowtime: Some(rowtime), after_group, .. } => {
                let all: Vec<Expr> = items.iter().chain([rowtime]).cloned().collect();
                let Some((batch, mut columns)) = self.columns(at, batch, &all) else { return };
                let rowtimes =
                    columns.pop().unwrap_or_else(|| Column::of_nulls(SqlType::Timestamp, batch.len()));
                self.restamp(at, &batch, columns, &rowtimes, *after_group);
            }
            OpKind::Distinct(windowed) => self.group(at, batch, windowed, &[]),
            OpKind::Aggregate(windowed, calls) => self.group(at, batch, windowed, calls),
            OpKind::Keep(keeper) => {
                if op.mixed.contains(&to.side) {
                    self.state.flow.grouped += batch.len() as u64;
                }
                self.keep(at, |kept, step| keeper.rows(kept, to.side, batch, step));
            }
        }
    }

    /// The values of expressions over a batch, and the batch without the rows that have none.
    fn columns<'b>(
        &mut self,
        at: usize,
        batch: Cow<'b, Batch>,
        exprs: &[Expr],
    ) -> Option<(Cow<'b, Batch>, Vec<Column>)> {
        let (batch, columns, faults) = keeper::columns(batch, exprs, self.clock);
        if let Some((whole, faults)) = faults {
            self.report(at, &whole, &faults);
        }
        if batch.is_empty() { None } else { Some((batch, columns)) }
    }

    /// Gives rows the ROWTIMEs of an expression; they must not go back.
    fn restamp(&mut self, at: usize, batch: &Batch, columns: Vec<Column>, rowtimes: &Column, sorts: bool) {
        let OpState::Last(mut last) = self.state.ops[at] else { return };
        let mut order: Vec<u32> = (0..batch.len() as u32).collect();
        let times = rowtimes.ints();
        if sorts {
            order.sort_by_key(|&row| times[row as usize]);
        }
        let mut faults = Vec::new();
        order.retain(|&row| {
            let time = times[row as usize];
            let (name, message) = if rowtimes.is_null(row as usize) {
                (ErrorName::NullNotAllowed, "ROWTIME is never NULL.".to_owned())
            } else if time < last {
                let [time, last] = [time, last].map(|it| Timestamp::from_millis(it).to_sql());
                (
                    ErrorName::OutOfOrder,
                    format!("ROWTIME {time} is earlier than {last}, which is written already."),
                )
            } else {
                last = time;
                return true;
            };
            faults.push(Fault { row, name, message });
            false
        });
        if !faults.is_empty() {
            faults.sort_by_key(|it| it.row);
            self.report(at, batch, &faults);
        }
        self.state.ops[at] = OpState::Last(last);
        let all = Batch { rowtimes: times.to_vec(), columns };
        self.rows(self.pump.ops[at].next, Cow::Owned(all.pick(&order)));
    }

    fn group(&mut self, at: usize, batch: Cow<'_, Batch>, windowed: &Windowed, calls: &[Aggregate]) {
        let args = calls.iter().flat_map(|it| &it.args);
        let exprs: Vec<Expr> = windowed.keys.iter().chain(args).cloned().collect();
        let Some((batch, columns)) = self.columns(at, batch, &exprs) else { return };
        let columns: Vec<Cow<'_, Column>> = columns.into_iter().map(Cow::Owned).collect();
        let (keys, args) = columns.split_at(windowed.keys.len());
        let hashes = group::hashes(keys, &windowed.compared, batch.len());
        let mut placed = Placement::default();
        let mut from = 0;
        while from < batch.len() {
            let open = match &self.state.ops[at] {
                OpState::Window(state) => state.open,
                _ => None,
            };
            let to = match open {
                Some(open) => from + self.within(at, windowed, open, &batch, keys, from),
                None => from,
            };
            if to == from {
                if let Some(open) = open {
                    let change = if open.change == i64::MAX { batch.rowtimes[from] } else { open.change };
                    self.close(at, change);
                }
                let opened = windowed.open(batch.rowtimes[from]);
                if let OpState::Window(state) = &mut self.state.ops[at] {
                    state.open = Some(opened);
                }
                // The row that opens a window is in it, whatever its expression says.
                let rest = self.within(at, windowed, opened, &batch, keys, from).max(1);
                self.collect(
                    at,
                    &batch,
                    keys,
                    args,
                    windowed,
                    calls,
                    &hashes,
                    from..from + rest,
                    &mut placed,
                );
                from += rest;
                continue;
            }
            self.collect(at, &batch, keys, args, windowed, calls, &hashes, from..to, &mut placed);
            from = to;
        }
    }

    /// How many rows from `from` on lie in the open window.
    fn within(
        &self,
        at: usize,
        windowed: &Windowed,
        open: Open,
        batch: &Batch,
        keys: &[Cow<'_, Column>],
        from: usize,
    ) -> usize {
        if windowed.window != Window::Rows {
            return batch.rowtimes[from..].partition_point(|&it| it < open.change);
        }
        let key = &keys[windowed.monotonic];
        let like = |row: usize| match &self.state.ops[at] {
            OpState::Window(state) if !state.groups.is_empty() => {
                key.alike(row, &state.groups.rows.columns[windowed.monotonic], 0)
            }
            _ => key.alike(row, key, from),
        };
        (from..batch.len()).take_while(|&row| like(row)).count()
    }

    /// Puts rows of one window into their groups.
    #[expect(clippy::too_many_arguments, reason = "the parts of one batch, split once for all its windows")]
    fn collect(
        &mut self,
        at: usize,
        batch: &Batch,
        keys: &[Cow<'_, Column>],
        args: &[Cow<'_, Column>],
        windowed: &Windowed,
        calls: &[Aggregate],
        hashes: &[u64],
        run: std::ops::Range<usize>,
        placed: &mut Placement,
    ) {
        let OpState::Window(state) = &mut self.state.ops[at] else { return };
        let rows = run.len() as u64;
        state.groups.place(&batch.rowtimes, keys, &windowed.compared, hashes, run.clone(), placed);
        if let Some(open) = &mut state.open {
            open.rows += rows;
        }
        let groups = state.groups.len();
        let mut args = args.iter();
        for (accumulator, call) in state.accumulators.iter_mut().zip(calls) {
            let args: Vec<&Column> = args.by_ref().take(call.args.len()).map(|it| it.as_ref()).collect();
            accumulator.add(call, &args, run.start, &placed.groups, groups);
        }
        let original = self.pump.ops[at].original;
        if !matches!(self.pump.ops[at].kind, OpKind::Distinct(_)) {
            self.state.flow.waiting += if original { rows } else { 0 };
            return;
        }
        let new = placed.firsts.len() as u64;
        if original {
            self.state.flow.duplicates += rows - new;
        }
        if self.options.distinct == DistinctMode::Immediate {
            let picked = Batch {
                rowtimes: batch.rowtimes.clone(),
                columns: keys.iter().map(|it| it.as_ref().clone()).collect(),
            }
            .pick(&placed.firsts);
            self.rows(self.pump.ops[at].next, Cow::Owned(picked));
        } else if original {
            self.state.flow.waiting += new;
        }
    }

    /// Ends the open window: its results go on, stamped with its end.
    fn close(&mut self, at: usize, change: i64) {
        let pump = self.pump;
        let op = &pump.ops[at];
        let (Some(windowed), OpState::Window(state)) = (op.windowed(), &mut self.state.ops[at]) else {
            return;
        };
        let Some(open) = state.open.take() else { return };
        let stamp = windowed.stamp(change);
        let groups = state.groups.len();
        let mut results = state.groups.take();
        let mut faults = crate::sql::eval::Faults::default();
        if let OpKind::Aggregate(_, calls) = &op.kind {
            let taken = state.accumulators.iter_mut().zip(calls);
            results.columns.extend(taken.map(|(it, call)| it.take(call, groups, &mut faults)));
        }
        if pump.ops.iter().position(|it| it.windowed().is_some()) == Some(at) {
            self.state.closed.push_back(WindowSpan {
                start: Timestamp::from_millis(open.start),
                end: Timestamp::from_millis(stamp),
                rows: open.rows,
                groups: groups as u64,
            });
            if self.state.closed.len() > CLOSED_MAX {
                self.state.closed.pop_front();
            }
        }
        results.rowtimes = vec![stamp; groups];
        if matches!(op.kind, OpKind::Distinct(_)) {
            if self.options.distinct == DistinctMode::AtWindowEnd {
                if op.original {
                    self.state.flow.waiting -= groups as u64;
                }
                self.rows(self.pump.ops[at].next, Cow::Owned(results));
            }
            return;
        }
        if op.original {
            self.state.flow.waiting -= open.rows;
            self.state.flow.grouped += open.rows;
        }
        if !faults.is_empty() {
            let faults = faults.into_rows();
            let header = pump.header_behind(at);
            self.state.flow.lost_results += faults.len() as u64;
            for fault in &faults {
                self.out.errors.push(error_of(fault, &results, header));
            }
            results = without(&results, &faults);
        }
        self.rows(self.pump.ops[at].next, Cow::Owned(results));
    }

    /// Turns rows of the query into rows of the target.
    fn assign(&mut self, batch: Cow<'_, Batch>) {
        let pump = self.pump;
        let end = pump.ops.len();
        let Some((batch, mut columns)) = self.columns(end, batch, &pump.assignments) else { return };
        let mut rowtimes = batch.rowtimes.clone();
        let mut faults = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            if pump.not_null.get(at) == Some(&true) && !column.nulls.is_empty() {
                let name = &pump.target_names[at];
                let empty = (0..batch.len()).filter(|&row| column.is_null(row));
                faults.extend(empty.map(|row| Fault {
                    row: row as u32,
                    name: ErrorName::NullNotAllowed,
                    message: format!("Column {name} takes no NULL."),
                }));
            }
        }
        if !faults.is_empty() {
            faults.sort_by_key(|it| it.row);
            faults.dedup_by_key(|it| it.row);
            self.report(end, &batch, &faults);
            let kept = kept_rows(batch.len(), &faults);
            columns.iter_mut().for_each(|it| *it = it.pick(&kept));
            rowtimes = kept.iter().map(|&it| batch.rowtimes[it as usize]).collect();
        }
        if self.passes_originals() {
            self.state.flow.passed += rowtimes.len() as u64;
        }
        if !rowtimes.is_empty() {
            self.out.batches.push(Batch { rowtimes, columns });
        }
    }

    /// Whether what comes out are the rows that went in, one for one.
    fn passes_originals(&self) -> bool {
        self.pump.passes_originals()
    }

    /// Reports rows of the input of an operator.
    fn report(&mut self, at: usize, batch: &Batch, faults: &[Fault]) {
        let (header, original) = match self.pump.ops.get(at) {
            Some(op) => (op.headers.first().unwrap_or(&self.pump.header), op.original),
            None => (&self.pump.header, self.passes_originals()),
        };
        if original {
            self.state.flow.errors += faults.len() as u64;
        } else {
            self.state.flow.lost_results += faults.len() as u64;
        }
        self.out.errors.extend(faults.iter().map(|it| error_of(it, batch, header)));
    }
}

fn kept_rows(rows: usize, faults: &[Fault]) -> Vec<u32> {
    let mut faults = faults.iter().map(|it| it.row).peekable();
    (0..rows as u32).filter(|row| faults.next_if_eq(row).is_none()).collect()
}

pub fn without(batch: &Batch, faults: &[Fault]) -> Batch {
    batch.pick(&kept_rows(batch.len(), faults))
}

pub fn error_of(fault: &Fault, batch: &Batch, header: &Header) -> RowError {
    let row = fault.row as usize;
    RowError {
        name: fault.name,
        message: fault.message.clone(),
        rowtime: Timestamp::from_millis(batch.rowtimes.get(row).copied().unwrap_or(0)),
        row: header.row(batch, row),
    }
}
