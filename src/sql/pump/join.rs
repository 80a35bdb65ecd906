//! Two streams joined in time (sql.md 4.9).
//!
//! Rows of both sides are taken in the order of ROWTIME, of one moment those of the right side first. A row
//! meets the rows of the other side that still wait, and then waits itself as long as its window says; a row
//! without a window waits for the rest of its millisecond. A row of a preserved side that met nobody comes
//! out when its wait is over. So the order of results depends on the rows alone, not on how they came.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::sql::eval::{Eval, truths};
use crate::sql::plan::{Expr, Extent, JoinKind};
use crate::sql::pump::Bound;
use crate::sql::pump::compile::Header;
use crate::sql::pump::keeper::{Held, Keeper, Kept, Step};
use crate::sql::pump::merge::Lanes;
use crate::sql::pump::waiting::{NOBODY, Waiting, as_key};
use crate::sql::value::{Batch, Column, SqlType};

/// The sides, as the plan counts them.
const LEFT: usize = 0;
const RIGHT: usize = 1;

/// Pairs that are judged together.
const PAIRS: usize = 8192;

/// A join of two streams.
#[derive(Debug)]
pub struct Join {
    sides: [Side; 2],
    condition: Option<Expr>,
    /// The columns of a pair.
    header: Header,
}

#[derive(Debug)]
struct Side {
    window: Option<Extent>,
    /// Whether a row that met nobody comes out by itself.
    preserved: bool,
    keys: Vec<Expr>,
    types: Vec<SqlType>,
}

/// What a join remembers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Rows that are not in order yet; the right side is the first lane.
    lanes: Lanes,
    sides: [Waiting; 2],
}

/// What happens, in order: rows meet, or a row's wait is over.
#[derive(Clone, Copy)]
enum Event {
    /// Places of a left and a right row.
    Pair(u32, u32),
    Over(usize, u32),
}

/// Events and when they happen, not judged yet.
#[derive(Default)]
struct Events {
    list: Vec<(Event, i64)>,
    pairs: usize,
}

impl Join {
    pub fn new(
        kind: JoinKind,
        windows: [Option<Extent>; 2],
        keys: &[(Expr, Expr)],
        condition: Option<Expr>,
        inputs: &[Header],
    ) -> Self {
        let types = |at: usize| inputs.get(at).map_or_else(Vec::new, |it| it.types.clone());
        let side = |at: usize, preserved, keys: Vec<Expr>| Side {
            window: windows[at],
            preserved,
            keys,
            types: types(at),
        };
        let keeps_left = matches!(kind, JoinKind::Left | JoinKind::Full);
        let keeps_right = matches!(kind, JoinKind::Right | JoinKind::Full);
        Self {
            sides: [
                side(LEFT, keeps_left, keys.iter().map(|it| it.0.clone()).collect()),
                side(RIGHT, keeps_right, keys.iter().map(|it| it.1.clone()).collect()),
            ],
            condition,
            header: joined(inputs),
        }
    }

    /// Takes all rows whose order is certain.
    fn settle(&self, state: &mut State, step: &mut Step<'_>) {
        let mut events = Events::default();
        while let Some((lane, batch)) = state.lanes.pull() {
            let side = RIGHT - lane;
            let came = batch.len();
            let keys = &self.sides[side].keys;
            let taken = step.columns(side, Cow::Owned(batch), keys);
            let failed = came - taken.as_ref().map_or(0, |it| it.0.len());
            step.moved.waiting -= failed as i64;
            if let Some((batch, keys)) = taken {
                let exprs = &self.sides[side].keys;
                let keys: Vec<Column> =
                    keys.into_iter().zip(exprs).map(|(it, expr)| as_key(it, expr.ty)).collect();
                self.meet(state, side, &batch, &keys, &mut events, step);
            }
        }
        let bound = state.lanes.bound();
        let until = if bound.inclusive { bound.at.saturating_add(1) } else { bound.at };
        self.expire(state, until, &mut events);
        self.judge(state, &mut events, step);
        for waiting in &mut state.sides {
            let left = waiting.sweep();
            step.moved.waiting -= left as i64;
            step.moved.grouped += left;
        }
    }

    /// Rows of one side, one after the other.
    fn meet(
        &self,
        state: &mut State,
        side: usize,
        batch: &Batch,
        keys: &[Column],
        events: &mut Events,
        step: &mut Step<'_>,
    ) {
        let first = state.sides[side].append(batch, keys);
        for row in 0..batch.len() {
            let place = first + row as u32;
            let time = batch.rowtimes[row];
            self.expire(state, time, events);
            let [left, right] = &mut state.sides;
            let (own, other) = if side == LEFT { (left, right) } else { (right, left) };
            let mut met = std::mem::take(&mut own.found);
            other.matches(own, place, &mut met);
            for &partner in &met {
                let pair =
                    if side == LEFT { Event::Pair(place, partner) } else { Event::Pair(partner, place) };
                events.list.push((pair, time));
            }
            events.pairs += met.len();
            own.found = met;
            own.enter(place);
            if let Some(Extent::Rows(count)) = self.sides[side].window {
                while let Some(over) = own.leave_by_count(count) {
                    events.list.push((Event::Over(side, over), time));
                }
            }
            if PAIRS <= events.pairs {
                self.judge(state, events, step);
            }
        }
    }

    /// Ends the wait of rows that can meet nobody at or behind a moment.
    fn expire(&self, state: &mut State, until: i64, events: &mut Events) {
        loop {
            let end = |at: usize| Some((state.sides[at].first_time()?.saturating_add(self.wait(at)?), at));
            let (right, left) = (end(RIGHT), end(LEFT));
            let next = match (right, left) {
                (Some(right), Some(left)) => Some(if left.0 < right.0 { left } else { right }),
                (one, other) => one.or(other),
            };
            let Some((time, side)) = next.filter(|it| it.0 < until) else { return };
            if let Some(over) = state.sides[side].leave() {
                events.list.push((Event::Over(side, over), time));
            }
        }
    }

    /// How long a row of a side waits, where time tells.
    fn wait(&self, side: usize) -> Option<i64> {
        match self.sides[side].window {
            None => Some(0),
            Some(Extent::Range(length)) => Some(length),
            Some(Extent::Rows(_) | Extent::Unbounded) => None,
        }
    }

    /// Judges pairs by the condition and gives what comes out, in the order of the events.
    fn judge(&self, state: &mut State, events: &mut Events, step: &mut Step<'_>) {
        let list = std::mem::take(&mut events.list);
        events.pairs = 0;
        if list.is_empty() {
            return;
        }
        let pairs: Vec<([u32; 2], i64)> = list
            .iter()
            .filter_map(|(event, time)| match event {
                Event::Pair(left, right) => Some(([*left, *right], *time)),
                Event::Over(..) => None,
            })
            .collect();
        let fits = self.fits(state, &pairs, step);
        let mut fits = fits.into_iter();
        let mut out: Vec<([u32; 2], i64)> = Vec::new();
        for (event, time) in list {
            match event {
                Event::Pair(left, right) => {
                    if fits.next().unwrap_or(false) {
                        state.sides[LEFT].mark(left);
                        state.sides[RIGHT].mark(right);
                        out.push(([left, right], time));
                    }
                }
                Event::Over(side, place) => {
                    if self.sides[side].preserved && !state.sides[side].met(place) {
                        let mut pair = [NOBODY; 2];
                        pair[side] = place;
                        out.push((pair, time));
                    }
                }
            }
        }
        step.give(self.rows_of(state, &out));
    }

    /// Which pairs fulfil the condition.
    fn fits(&self, state: &State, pairs: &[([u32; 2], i64)], step: &mut Step<'_>) -> Vec<bool> {
        let Some(condition) = &self.condition else { return vec![true; pairs.len()] };
        if pairs.is_empty() {
            return Vec::new();
        }
        let batch = self.rows_of(state, pairs);
        let mut eval = Eval::new(&batch, step.clock);
        let column = eval.column(condition);
        let mut fits: Vec<bool> = truths(&column).to_vec();
        fits.iter_mut().enumerate().for_each(|(row, it)| *it &= !column.is_null(row));
        let faults = eval.faults.into_rows();
        faults.iter().for_each(|it| fits[it.row as usize] = false);
        step.lose(&batch, &faults, &self.header);
        fits
    }

    /// The rows of pairs; a side without a row is NULL.
    fn rows_of(&self, state: &State, pairs: &[([u32; 2], i64)]) -> Batch {
        let mut columns = Vec::new();
        for (at, side) in state.sides.iter().enumerate() {
            let places: Vec<u32> = pairs.iter().map(|it| it.0[at]).collect();
            columns.extend(side.pick(&places));
        }
        Batch { rowtimes: pairs.iter().map(|it| it.1).collect(), columns }
    }
}

/// The columns of a pair.
fn joined(inputs: &[Header]) -> Header {
    let mut sides = inputs.iter().cloned();
    let first = sides.next().unwrap_or_default();
    sides.fold(first, |all, it| all.beside(&it))
}

impl Keeper for Join {
    fn fresh(&self) -> Kept {
        let side = |at: usize| Waiting::new(&self.sides[at].types, &self.sides[at].keys);
        Kept::Join(Box::new(State { lanes: Lanes::new(2), sides: [side(LEFT), side(RIGHT)] }))
    }

    fn header(&self, inputs: &[Header]) -> Header {
        joined(inputs)
    }

    fn passes_originals(&self) -> bool {
        false
    }

    fn rows(&self, kept: &mut Kept, side: usize, batch: Cow<'_, Batch>, step: &mut Step<'_>) {
        let Kept::Join(state) = kept else { return };
        step.moved.waiting += batch.len() as i64;
        state.lanes.push(RIGHT - side, batch.into_owned());
    }

    fn bound(&self, kept: &mut Kept, side: usize, bound: Bound, step: &mut Step<'_>) -> Bound {
        let Kept::Join(state) = kept else { return Bound::NONE };
        if let Some(lane) = state.lanes.lanes.get_mut(RIGHT - side) {
            lane.promise(bound);
        }
        self.settle(state, step);
        state.lanes.bound()
    }

    fn due(&self, kept: &Kept) -> Option<i64> {
        let Kept::Join(state) = kept else { return None };
        let end = |at: usize| {
            let alone = state.sides[at].first_alone().filter(|_| self.sides[at].preserved)?;
            Some(alone.saturating_add(self.wait(at)?))
        };
        [end(LEFT), end(RIGHT)].into_iter().flatten().min()
    }

    fn oldest(&self, kept: &Kept) -> Option<i64> {
        let Kept::Join(state) = kept else { return None };
        let first = |at: usize| state.sides[at].first_time();
        [first(LEFT), first(RIGHT), state.lanes.oldest()].into_iter().flatten().min()
    }

    /// What ROWS and UNBOUNDED windows keep may be older; the operator itself tells its oldest row.
    fn delay(&self) -> i64 {
        (0..2).filter_map(|at| self.wait(at)).max().unwrap_or(0)
    }

    fn held(&self, kept: &Kept) -> Held {
        let Kept::Join(state) = kept else { return Held { what: "JOIN", ..Held::default() } };
        Held {
            what: "JOIN",
            rows: state.sides.iter().map(Waiting::len).sum::<u64>() + state.lanes.rows(),
            groups: 0,
            bytes: state.sides.iter().map(Waiting::bytes).sum::<u64>() + state.lanes.bytes(),
        }
    }
}
