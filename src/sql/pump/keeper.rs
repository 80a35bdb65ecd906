//! Operators that keep rows: sliding windows, joins, sorts and their like.
//!
//! A keeper takes rows on its sides, each side in the order of ROWTIME, and bounds that lie behind them. What
//! it remembers is a value of its own kind in [`Kept`]; the keeper itself never changes. It gives rows,
//! errors and counts through a [`Step`], and answers each bound with the bound of its own output.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::sql::eval::{Clock, Eval, Fault};
use crate::sql::plan::{Expr, Program, Rel};
use crate::sql::pump::Bound;
use crate::sql::pump::compile::Header;
use crate::sql::pump::merge::{Lanes, Union};
use crate::sql::pump::run::{error_of, without};
use crate::sql::pump::slide::{self, Slide};
use crate::sql::pump::{Options, RowError};
use crate::sql::pump::{join, lookup, sort, stagger, table, timesort};
use crate::sql::value::{Batch, Column};

/// What a keeper remembers between batches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kept {
    /// It only holds things that never change.
    Nothing,
    Union(Lanes),
    Table(table::Memory),
    Sort(sort::Bucket),
    TimeSort(timesort::Waiting),
    Stagger(stagger::Windows),
    Join(Box<join::State>),
    Lookup(lookup::Cache),
    Slide(slide::Windows),
}

/// An operator that keeps rows.
pub trait Keeper: fmt::Debug + Send + Sync {
    /// What it remembers before the first row.
    fn fresh(&self) -> Kept;

    /// The columns of its output, for error rows; `inputs` are those of its sides.
    fn header(&self, inputs: &[Header]) -> Header;

    /// Whether the rows it gives are rows it took, one for one or not at all. A row it took is then counted
    /// in `filtered` or `duplicates` when it is dropped, and in `waiting` while it is held back. An operator
    /// that gives results of its own counts each row it took in `waiting` or `grouped`.
    fn passes_originals(&self) -> bool;

    /// Takes rows of a side.
    fn rows(&self, kept: &mut Kept, side: usize, batch: Cow<'_, Batch>, step: &mut Step<'_>);

    /// Takes the bound of a side, and tells the bound of its output: nothing earlier will come out of it.
    fn bound(&self, kept: &mut Kept, side: usize, bound: Bound, step: &mut Step<'_>) -> Bound;

    /// The earliest moment at which the clock makes it speak, if no row does before.
    fn due(&self, kept: &Kept) -> Option<i64>;

    /// The ROWTIME of the oldest row that a result to come depends on.
    fn oldest(&self, kept: &Kept) -> Option<i64>;

    /// How much older than a row it gives a row it took can be, in milliseconds.
    fn delay(&self) -> i64 {
        0
    }

    /// What it holds at the moment.
    fn held(&self, kept: &Kept) -> Held;
}

/// What an operator holds: its state, to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The operator in the words of the language.
    pub what: &'static str,
    pub rows: u64,
    /// Groups, partitions or keys.
    pub groups: u64,
    /// Bytes of memory, about.
    pub bytes: u64,
}

/// Counts of rows that change places; of an operator whose rows are no longer the pump's they count nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moved {
    pub filtered: u64,
    pub duplicates: u64,
    /// Rows that began to wait, less those that stopped.
    pub waiting: i64,
    pub grouped: u64,
}

/// One step of one keeper: what it may look at, and what it gives.
pub struct Step<'a> {
    pub clock: Clock,
    pub options: Options,
    /// The rows of the reference tables.
    pub tables: &'a [Arc<Batch>],
    /// The columns of its sides, for error rows.
    pub headers: &'a [Header],
    /// The rows it gives, in order of ROWTIME.
    pub out: Vec<Batch>,
    pub moved: Moved,
    /// Rows it took that could not be computed; they are counted by themselves.
    pub errors: Vec<RowError>,
    /// Results that could not be computed; the rows in them are counted elsewhere.
    pub lost: Vec<RowError>,
}

impl Step<'_> {
    pub fn give(&mut self, batch: Batch) {
        if !batch.is_empty() {
            self.out.push(batch);
        }
    }

    /// The values of expressions over a batch of a side, and the batch without the rows that have none,
    /// which are reported.
    pub fn columns<'b>(
        &mut self,
        side: usize,
        batch: Cow<'b, Batch>,
        exprs: &[Expr],
    ) -> Option<(Cow<'b, Batch>, Vec<Column>)> {
        let (batch, columns, faults) = columns(batch, exprs, self.clock);
        if let Some((whole, faults)) = faults {
            self.fail(side, &whole, &faults);
        }
        if batch.is_empty() { None } else { Some((batch, columns)) }
    }

    /// Reports rows of a side.
    pub fn fail(&mut self, side: usize, batch: &Batch, faults: &[Fault]) {
        let Some(header) = self.headers.get(side) else { return };
        self.errors.extend(faults.iter().map(|it| error_of(it, batch, header)));
    }

    /// Reports results that could not be computed; `header` names their columns.
    pub fn lose(&mut self, results: &Batch, faults: &[Fault], header: &Header) {
        self.lost.extend(faults.iter().map(|it| error_of(it, results, header)));
    }
}

/// The values of expressions over a batch; rows that have none leave it, and come back with their faults.
#[expect(clippy::type_complexity, reason = "the whole batch and its faults belong together")]
pub fn columns<'b>(
    batch: Cow<'b, Batch>,
    exprs: &[Expr],
    clock: Clock,
) -> (Cow<'b, Batch>, Vec<Column>, Option<(Cow<'b, Batch>, Vec<Fault>)>) {
    let compute = |batch: &Batch| {
        let mut eval = Eval::new(batch, clock);
        let columns: Vec<Column> = exprs.iter().map(|it| eval.column(it).into_owned()).collect();
        (columns, eval.faults)
    };
    let (columns, faults) = compute(&batch);
    if faults.is_empty() {
        return (batch, columns, None);
    }
    let faults = faults.into_rows();
    let kept = without(&batch, &faults);
    let (columns, again) = compute(&kept);
    debug_assert!(again.is_empty(), "rows without faults have none the second time");
    (Cow::Owned(kept), columns, Some((batch, faults)))
}

/// The keeper of an operator. `inputs` are the columns of its sides.
pub fn of(rel: &Rel, inputs: &[Header], program: &Program) -> Box<dyn Keeper> {
    match rel {
        Rel::Union { .. } => Box::new(Union { sides: inputs.len() }),
        Rel::Table { func, .. } => {
            let input = inputs.first().cloned().unwrap_or_default();
            Box::new(table::Table { func: func.clone(), input })
        }
        Rel::Sort { leading, window, keys, .. } => Box::new(sort::Sort::new(leading, *window, keys)),
        Rel::TimeSort { by, slack, .. } => Box::new(timesort::TimeSort::new(by, *slack)),
        Rel::Stagger { keys, length, aggregates, .. } => {
            let input = inputs.first().cloned().unwrap_or_default();
            Box::new(stagger::Stagger::new(&input, keys, *length, aggregates))
        }
        Rel::Join { kind, windows, keys, condition, .. } => {
            Box::new(join::Join::new(*kind, *windows, keys, condition.clone(), inputs))
        }
        Rel::Lookup { table, kind, keys, condition, .. } => {
            Box::new(lookup::Lookup::new(table.clone(), *kind, keys, condition.clone(), inputs, program))
        }
        Rel::Slide { frames, calls, .. } => Box::new(Slide::new(frames, calls)),
        other => unreachable!("no operator that keeps rows: {other:?}"),
    }
}
