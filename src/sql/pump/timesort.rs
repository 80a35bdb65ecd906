//! ORDER BY … WITHIN: rows that come out of order by up to a slack, put in the order of a time of their own
//! (sql.md 1.15).
//!
//! The newest time seen, less the slack, is the line: what lies before it goes on, and a row that comes with
//! an earlier time is too late. Where no row comes the clock draws the line, as far behind itself as the
//! newest row's time was behind that row's ROWTIME; so old times that are read late are not all too late.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::time::Timestamp;
use crate::sql::eval::{ErrorName, Fault};
use crate::sql::plan::Expr;
use crate::sql::pump::Bound;
use crate::sql::pump::compile::Header;
use crate::sql::pump::keeper::{Held, Keeper, Kept, Step};
use crate::sql::value::Batch;

/// Rows that have left make room when there are at least so many of them.
const LEFT_MIN: usize = 1024;

/// ORDER BY … WITHIN.
#[derive(Debug)]
pub struct TimeSort {
    by: Expr,
    /// Milliseconds.
    slack: i64,
}

/// The rows that wait.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// As they came; some have left already.
    rows: Batch,
    /// The time and the place of each row that waits.
    order: BTreeSet<(i64, u32)>,
    newest: Option<Newest>,
    /// No earlier time goes on; `i64::MIN` before the first row.
    line: i64,
}

/// The newest time seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Newest {
    time: i64,
    /// How much later its row's ROWTIME was, in milliseconds.
    lag: i64,
}

impl TimeSort {
    pub fn new(by: &Expr, slack: i64) -> Self {
        Self { by: by.clone(), slack }
    }

    /// Moves the line to where the clock has it, and lets go what lies before.
    fn pass(&self, waiting: &mut Waiting, bound: Bound, gone: &mut Vec<(i64, u32)>) {
        let Some(newest) = waiting.newest else { return };
        let line = bound.at.saturating_sub(newest.lag).saturating_sub(self.slack);
        waiting.line = waiting.line.max(line);
        // The clock says that nothing more comes at its own moment; a row does not.
        let behind = i64::from(bound.inclusive && waiting.line == line);
        waiting.leave(waiting.line.saturating_add(behind), gone);
    }
}

impl Waiting {
    /// Takes out the rows with times before a moment, in their order.
    fn leave(&mut self, end: i64, gone: &mut Vec<(i64, u32)>) {
        while let Some(first) = self.order.first().copied().filter(|it| it.0 < end) {
            self.order.pop_first();
            gone.push(first);
        }
    }

    /// Gives rows that were taken out; their time becomes their ROWTIME.
    fn give(&mut self, gone: &[(i64, u32)], step: &mut Step<'_>) {
        if gone.is_empty() {
            return;
        }
        step.moved.waiting -= gone.len() as i64;
        let places: Vec<u32> = gone.iter().map(|it| it.1).collect();
        let mut rows = self.rows.pick(&places);
        rows.rowtimes = gone.iter().map(|it| it.0).collect();
        step.give(rows);
        let left = self.rows.len() - self.order.len();
        if LEFT_MIN.max(self.order.len()) < left {
            let mut kept: Vec<u32> = self.order.iter().map(|it| it.1).collect();
            kept.sort_unstable();
            self.rows = self.rows.pick(&kept);
            let place = |row: u32| kept.partition_point(|&it| it < row) as u32;
            self.order = self.order.iter().map(|&(time, row)| (time, place(row))).collect();
        }
    }
}

impl Keeper for TimeSort {
    fn fresh(&self) -> Kept {
        Kept::TimeSort(Waiting { line: i64::MIN, ..Waiting::default() })
    }

    fn header(&self, inputs: &[Header]) -> Header {
        inputs.first().cloned().unwrap_or_default()
    }

    fn passes_originals(&self) -> bool {
        true
    }

    fn rows(&self, kept: &mut Kept, side: usize, batch: Cow<'_, Batch>, step: &mut Step<'_>) {
        let Kept::TimeSort(waiting) = kept else { return };
        let Some((batch, columns)) = step.columns(side, batch, std::slice::from_ref(&self.by)) else {
            return;
        };
        let Some(times) = columns.first() else { return };
        let before = waiting.rows.len();
        let (mut taken, mut gone, mut late) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..batch.len() {
            let rowtime = batch.rowtimes[row];
            self.pass(waiting, Bound { at: rowtime, inclusive: false }, &mut gone);
            let Some(&time) = times.ints().get(row).filter(|_| !times.is_null(row)) else {
                step.moved.filtered += 1;
                continue;
            };
            if time < waiting.line {
                late.push(too_late(row, time, waiting.line));
                continue;
            }
            waiting.order.insert((time, (before + taken.len()) as u32));
            taken.push(row as u32);
            if waiting.newest.is_none_or(|it| it.time < time) {
                let lag = rowtime.saturating_sub(time).max(0);
                waiting.newest = Some(Newest { time, lag });
                waiting.line = waiting.line.max(time.saturating_sub(self.slack));
                waiting.leave(waiting.line, &mut gone);
            }
        }
        step.fail(side, &batch, &late);
        step.moved.waiting += taken.len() as i64;
        if waiting.rows.columns.is_empty() {
            waiting.rows = batch.pick(&[]);
        }
        waiting.rows.extend_rows(&batch, &taken);
        waiting.give(&gone, step);
    }

    fn bound(&self, kept: &mut Kept, _: usize, bound: Bound, step: &mut Step<'_>) -> Bound {
        let Kept::TimeSort(waiting) = kept else { return Bound::NONE };
        let mut gone = Vec::new();
        self.pass(waiting, bound, &mut gone);
        waiting.give(&gone, step);
        Bound { at: waiting.line, inclusive: false }
    }

    fn due(&self, kept: &Kept) -> Option<i64> {
        let Kept::TimeSort(waiting) = kept else { return None };
        let (time, lag) = (waiting.order.first()?.0, waiting.newest?.lag);
        Some(time.saturating_add(lag).saturating_add(self.slack))
    }

    fn oldest(&self, kept: &Kept) -> Option<i64> {
        let Kept::TimeSort(waiting) = kept else { return None };
        waiting.order.iter().map(|it| waiting.rows.rowtimes[it.1 as usize]).min()
    }

    fn delay(&self) -> i64 {
        self.slack
    }

    fn held(&self, kept: &Kept) -> Held {
        let Kept::TimeSort(waiting) = kept else { return Held::default() };
        let (rows, bytes) = (waiting.order.len() as u64, waiting.rows.bytes());
        Held { what: "ORDER BY … WITHIN", rows, groups: 0, bytes: bytes + rows * 16 }
    }
}

fn too_late(row: usize, time: i64, line: i64) -> Fault {
    let [time, line] = [time, line].map(|it| Timestamp::from_millis(it).to_sql());
    let message = format!("ROWTIME {time} comes too late: what is earlier than {line} has gone on already.");
    Fault { row: row as u32, name: ErrorName::OutOfOrder, message }
}
