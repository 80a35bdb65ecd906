//! Rows of several writers in one order: by ROWTIME, then by writer (sql.md 1.16 and 4.3).
//!
//! A stream with several pumps behind it, UNION ALL and a join all wait in the same way: a row goes on when
//! no other writer can still bring an earlier one.

use std::borrow::Cow;
use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::sql::pump::Bound;
use crate::sql::pump::compile::Header;
use crate::sql::pump::keeper::{Held, Keeper, Kept, Step};
use crate::sql::value::Batch;

/// Rows that one writer has written and that are not merged yet, and its promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    pub waiting: VecDeque<Batch>,
    pub bound: Bound,
}

impl Default for Lane {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), bound: Bound::NONE }
    }
}

impl Lane {
    /// Takes a promise, unless an earlier one reaches further.
    pub fn promise(&mut self, bound: Bound) {
        if self.bound.order() < bound.order() {
            self.bound = bound;
        }
    }

    pub fn rows(&self) -> u64 {
        self.waiting.iter().map(|it| it.len() as u64).sum()
    }

    fn first(&self) -> Option<i64> {
        self.waiting.front()?.rowtimes.first().copied()
    }

    /// Takes the rows up to a moment, at least one, of the first batch.
    fn take(&mut self, until: i64) -> Option<Batch> {
        let batch = self.waiting.pop_front()?;
        let end = batch.rowtimes.iter().position(|it| *it > until).unwrap_or(batch.len()).max(1);
        if end < batch.len() {
            self.waiting.push_front(batch.slice(end..batch.len()));
            return Some(batch.slice(0..end));
        }
        Some(batch)
    }
}

/// Takes the rows up to a bound from all lanes, by ROWTIME, then by lane.
pub fn merge_until(lanes: &mut [&mut Lane], bound: i64, mut write: impl FnMut(usize, Batch)) {
    loop {
        let first = |(at, it): (usize, &&mut Lane)| Some((it.first()?, at));
        let Some((time, at)) = lanes.iter().enumerate().filter_map(first).min() else { return };
        if bound < time {
            return;
        }
        // As many rows of this writer as come before the next row of any other.
        let others = lanes.iter().enumerate().filter(|(other, _)| *other != at).filter_map(first).min();
        let limit = match others {
            Some((other, writer)) if writer < at => other.saturating_sub(1).max(time),
            Some((other, _)) => other,
            None => i64::MAX,
        };
        let Some(batch) = lanes[at].take(limit.min(bound)) else { return };
        write(at, batch);
    }
}

/// The sides of one operator, merged by their own bounds: a row goes on when no side can bring one before
/// it, so that the order does not depend on how time was cut into steps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lanes {
    pub lanes: Vec<Lane>,
}

impl Lanes {
    pub fn new(count: usize) -> Self {
        Self { lanes: vec![Lane::default(); count] }
    }

    pub fn push(&mut self, side: usize, batch: Batch) {
        if let Some(lane) = self.lanes.get_mut(side) {
            lane.waiting.push_back(batch);
        }
    }

    pub fn rows(&self) -> u64 {
        self.lanes.iter().map(Lane::rows).sum()
    }

    pub fn bytes(&self) -> u64 {
        self.lanes.iter().flat_map(|it| &it.waiting).map(Batch::bytes).sum()
    }

    /// The ROWTIME of the first row that waits.
    pub fn oldest(&self) -> Option<i64> {
        self.lanes.iter().filter_map(Lane::first).min()
    }

    /// What can be promised of the merged rows.
    pub fn bound(&self) -> Bound {
        let first = |it: &Lane| it.first().map(|at| Bound { at, inclusive: false });
        let bounds = self.lanes.iter().map(|it| first(it).unwrap_or(it.bound));
        bounds.min_by_key(|it| it.order()).unwrap_or(Bound::NONE)
    }

    /// The next rows in order with their side, if no side can bring one before them.
    pub fn pull(&mut self) -> Option<(usize, Batch)> {
        let (time, at) =
            self.lanes.iter().enumerate().filter_map(|(at, it)| Some((it.first()?, at))).min()?;
        // The last moment up to which each other side has nothing that comes before.
        let mut until = i64::MAX;
        for (other, lane) in self.lanes.iter().enumerate().filter(|it| it.0 != at) {
            // A row of an earlier side comes first at the same moment.
            let before = i64::from(other < at);
            let free = match lane.first() {
                Some(first) => first - before,
                None if lane.bound.inclusive => lane.bound.at,
                None => lane.bound.at.saturating_sub(before),
            };
            until = until.min(free);
        }
        if until < time {
            return None;
        }
        Some((at, self.lanes[at].take(until)?))
    }
}

/// UNION ALL.
#[derive(Debug)]
pub struct Union {
    pub sides: usize,
}

impl Keeper for Union {
    fn fresh(&self) -> Kept {
        Kept::Union(Lanes::new(self.sides))
    }

    fn header(&self, inputs: &[Header]) -> Header {
        inputs.first().cloned().unwrap_or_default()
    }

    fn passes_originals(&self) -> bool {
        true
    }

    fn rows(&self, kept: &mut Kept, side: usize, batch: Cow<'_, Batch>, step: &mut Step<'_>) {
        let Kept::Union(lanes) = kept else { return };
        step.moved.waiting += batch.len() as i64;
        lanes.push(side, batch.into_owned());
    }

    fn bound(&self, kept: &mut Kept, side: usize, bound: Bound, step: &mut Step<'_>) -> Bound {
        let Kept::Union(lanes) = kept else { return Bound::NONE };
        if let Some(lane) = lanes.lanes.get_mut(side) {
            lane.promise(bound);
        }
        while let Some((_, batch)) = lanes.pull() {
            step.moved.waiting -= batch.len() as i64;
            step.give(batch);
        }
        lanes.bound()
    }

    fn due(&self, _: &Kept) -> Option<i64> {
        None
    }

    fn oldest(&self, kept: &Kept) -> Option<i64> {
        if let Kept::Union(lanes) = kept { lanes.oldest() } else { None }
    }

    fn held(&self, kept: &Kept) -> Held {
        let (rows, bytes) =
            if let Kept::Union(lanes) = kept { (lanes.rows(), lanes.bytes()) } else { (0, 0) };
        Held { what: "UNION ALL", rows, groups: 0, bytes }
    }
}
