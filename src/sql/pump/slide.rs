//! Sliding windows: every row speaks at once, with what the window behind it holds (sql.md 4.7 and 5.3).
//!
//! Rows of a RANGE window stand in one queue; a later row or a bound lets those go that are older than the
//! interval, so that the memory follows time and a partition without rows vanishes (4.15). A ROWS window lets
//! a row go when another comes; time alone never empties it, so the number of its partitions has a limit.
//! A row sees itself and what arrived before it, not later rows of its own moment.

use std::borrow::Cow;
use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::sql::eval::{ErrorName, Fault};
use crate::sql::plan::{Expr, Extent, Frame, WindowCall, WindowFunc};
use crate::sql::pump::compile::Header;
use crate::sql::pump::keeper::{Held, Keeper, Kept, Step};
use crate::sql::pump::run::without;
use crate::sql::pump::slide::fold::{Decay, Fold, Shape};
use crate::sql::pump::slide::parts::{Part, Parts, key};
use crate::sql::pump::slide::ring::{Keep, Ring};
use crate::sql::pump::{Bound, aggregate, group};
use crate::sql::value::{Batch, Column, SqlType, Value};

mod fold;
mod parts;
mod ring;

/// The most partitions of a window that time does not empty; a row that would begin another becomes an error.
pub const PARTITIONS_MAX: usize = 100_000;

/// What sliding windows remember: one part per window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Windows {
    windows: Vec<Rows>,
}

/// The rows in one window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Rows {
    parts: Parts,
    /// Of a RANGE window: ROWTIME and partition of every row in it, in order of arrival.
    queue: VecDeque<(i64, u32)>,
}

/// The operator.
#[derive(Debug)]
pub struct Slide {
    /// What is computed of each row, each expression once: keys and arguments.
    exprs: Vec<Expr>,
    windows: Vec<Window>,
    /// The types of the results, in the order of the calls.
    types: Vec<SqlType>,
}

#[derive(Debug)]
struct Window {
    extent: Extent,
    /// Places of the key in [`Slide::exprs`].
    keys: Vec<usize>,
    rings: Vec<Kind>,
    calls: Vec<Call>,
}

/// What a ring of a window's partitions holds.
#[derive(Debug, PartialEq)]
struct Kind {
    args: Vec<usize>,
    keep: Keep,
    most: usize,
    ty: SqlType,
}

/// One call, with what it needs at hand.
#[derive(Debug)]
struct Call {
    /// Its place among the results.
    place: usize,
    args: Vec<usize>,
    ring: Option<usize>,
    does: Does,
}

#[derive(Clone, Copy, Debug)]
enum Does {
    /// COUNT(*).
    Rows,
    Fold(Shape),
    /// A value by its place, from the oldest or from the newest.
    Oldest(u64),
    Newest(u64),
    /// The value so many rows before the current one; rows without a value may be left out.
    Before {
        offset: u64,
        present: bool,
    },
    Decay {
        half_life: i64,
        bounded: bool,
    },
}

impl Slide {
    pub fn new(frames: &[Frame], calls: &[WindowCall]) -> Self {
        let mut exprs: Vec<Expr> = Vec::new();
        let mut place = |expr: &Expr| {
            exprs.iter().position(|it| it == expr).unwrap_or_else(|| {
                exprs.push(expr.clone());
                exprs.len() - 1
            })
        };
        let mut windows = Vec::with_capacity(frames.len());
        for (at, frame) in frames.iter().enumerate() {
            let keys = frame.partition.iter().map(&mut place).collect();
            let mut window = Window { extent: frame.extent, keys, rings: Vec::new(), calls: Vec::new() };
            for (number, call) in calls.iter().enumerate().filter(|it| it.1.frame == at) {
                let args = call.args.iter().map(&mut place).collect();
                window.add(number, call, args);
            }
            windows.push(window);
        }
        Self { exprs, windows, types: calls.iter().map(|it| it.ty).collect() }
    }

    fn kept<'k>(&self, kept: &'k Kept) -> Option<&'k Windows> {
        if let Kept::Slide(windows) = kept { Some(windows) } else { None }
    }
}

impl Window {
    fn add(&mut self, place: usize, call: &WindowCall, args: Vec<usize>) {
        let arg = call.args.first().map_or(SqlType::BigInt, |it| it.ty);
        let bounded = self.extent != Extent::Unbounded;
        let present = call.ignore_nulls;
        let values = |present| if present { Keep::Present } else { Keep::Rows };
        let first = |most: u64| if bounded { (values(present), 0) } else { (Keep::Oldest { present }, most) };
        let (does, needs) = match call.func {
            WindowFunc::Aggregate(_) if args.is_empty() => (Does::Rows, None),
            WindowFunc::Aggregate(func) => {
                let shape = Shape { func, distinct: call.distinct, arg, ty: call.ty, bounded };
                let keep = match shape.fold() {
                    Fold::Extreme(_) => None,
                    Fold::Count(_) => Some((Keep::Marks, 0)),
                    _ => Some((Keep::Rows, 0)),
                };
                (Does::Fold(shape), keep.filter(|_| bounded))
            }
            WindowFunc::FirstValue => (Does::Oldest(1), Some(first(1))),
            WindowFunc::LastValue => (Does::Newest(1), Some((Keep::Newest { present }, 1))),
            WindowFunc::NthValue { n, from_last: false } => (Does::Oldest(n), Some(first(n))),
            WindowFunc::NthValue { n, from_last: true } => {
                (Does::Newest(n), Some((Keep::Newest { present }, n)))
            }
            WindowFunc::Lag { offset } => {
                let most = offset.saturating_add(1);
                (Does::Before { offset, present }, Some((Keep::Newest { present }, most)))
            }
            WindowFunc::ExpAvg { half_life } => (Does::Decay { half_life, bounded }, None),
        };
        let ring = needs.map(|(keep, most)| {
            let read = if keep == Keep::Marks { args.clone() } else { args[..1].to_vec() };
            self.ring(read, keep, usize::try_from(most).unwrap_or(usize::MAX), arg)
        });
        self.calls.push(Call { place, args, ring, does });
    }

    /// The place of a ring; calls over the same values share one.
    fn ring(&mut self, args: Vec<usize>, keep: Keep, most: usize, ty: SqlType) -> usize {
        let same = |it: &Kind| it.args == args && it.keep == keep;
        if let Some(at) = self.rings.iter().position(same) {
            self.rings[at].most = self.rings[at].most.max(most);
            return at;
        }
        self.rings.push(Kind { args, keep, most, ty });
        self.rings.len() - 1
    }

    fn fresh(&self) -> (Vec<Ring>, Vec<Fold>) {
        let fold = |it: &Call| match it.does {
            Does::Fold(shape) => shape.fold(),
            Does::Decay { .. } => Fold::Decay(Decay::default()),
            _ => Fold::Nothing,
        };
        let rings = self.rings.iter().map(|it| Ring::new(it.keep, it.ty)).collect();
        (rings, self.calls.iter().map(fold).collect())
    }

    /// Takes the oldest row out of a partition.
    fn pop(&self, part: &mut Part) {
        part.first += 1;
        for (call, fold) in self.calls.iter().zip(&mut part.folds) {
            match (call.does, fold) {
                (Does::Fold(shape), fold) => {
                    fold.pop(shape, call.ring.and_then(|it| part.rings.get(it)), part.first);
                }
                (Does::Decay { half_life, .. }, Fold::Decay(decay)) => decay.pop(half_life),
                _ => {}
            }
        }
        part.rings.iter_mut().for_each(|it| it.forget(part.first, part.next));
    }

    /// Takes a row into a partition.
    fn push(&self, part: &mut Part, columns: &[Column], rowtime: i64, row: usize) {
        let number = part.next;
        part.next += 1;
        for (kind, ring) in self.rings.iter().zip(&mut part.rings) {
            match kind.args[..] {
                [one] => ring.push(kind.keep, kind.most, &[&columns[one]], row, number, kind.ty),
                _ => {
                    let columns: Vec<&Column> = kind.args.iter().map(|&it| &columns[it]).collect();
                    ring.push(kind.keep, kind.most, &columns, row, number, kind.ty);
                }
            }
        }
        for (call, fold) in self.calls.iter().zip(&mut part.folds) {
            match (call.does, fold) {
                (Does::Fold(shape), fold) => match call.args[..] {
                    [one] => fold.push(shape, &[&columns[one]], row, number),
                    _ => {
                        let columns: Vec<&Column> = call.args.iter().map(|&it| &columns[it]).collect();
                        fold.push(shape, &columns, row, number);
                    }
                },
                (Does::Decay { half_life, bounded }, Fold::Decay(decay)) => {
                    let value = call.args.first().map(|&it| columns[it].value(row, SqlType::Double));
                    let value = if let Some(Value::Double(it)) = value { Some(it) } else { None };
                    decay.push(half_life, bounded, rowtime, value);
                }
                _ => {}
            }
        }
    }

    /// The result of a call for the newest row of a partition.
    fn result(&self, at: usize, part: &Part, columns: &[Column], row: usize) -> Result<Value, String> {
        let call = &self.calls[at];
        let ring = call.ring.and_then(|it| part.rings.get(it));
        let (ring, length) = (ring, ring.map_or(0, |it| it.len() as u64));
        let value = |at: Option<u64>| {
            let at = at.filter(|&it| it < length).and_then(|it| usize::try_from(it).ok());
            at.and_then(|at| Some(ring?.value(at)))
        };
        Ok(match (call.does, &part.folds[at]) {
            (Does::Rows, _) => Value::Int(i64::try_from(part.rows()).unwrap_or(i64::MAX)),
            (Does::Fold(shape), fold) => fold.result(shape)?,
            (Does::Decay { half_life, .. }, Fold::Decay(decay)) => decay.result(half_life)?,
            (Does::Oldest(n), _) => value(n.checked_sub(1)).unwrap_or(Value::Null),
            (Does::Newest(n), _) => value(length.checked_sub(n)).unwrap_or(Value::Null),
            (Does::Before { offset, present }, _) => {
                let arg = call.args.first().map(|&it| &columns[it]);
                // Where rows without a value are left out, the current row is in the ring only with one.
                let own = u64::from(!present || arg.is_some_and(|it| !it.is_null(row)));
                let before = length.checked_sub(own).and_then(|it| it.checked_sub(offset));
                let before = if offset == 0 { length.checked_sub(own) } else { before };
                match value(before) {
                    Some(value) => value,
                    None => call.args.get(1).map_or(Value::Null, |&it| {
                        columns[it].value(row, self.rings[call.ring.unwrap_or(0)].ty)
                    }),
                }
            }
            (Does::Decay { .. }, _) => Value::Null,
        })
    }
}

impl Rows {
    /// Lets the rows before a moment go; partitions without rows vanish.
    fn forget(&mut self, window: &Window, before: i64) {
        while self.queue.front().is_some_and(|it| it.0 < before) {
            let Some((_, place)) = self.queue.pop_front() else { return };
            let part = self.parts.get_mut(place);
            window.pop(part);
            if part.rows() == 0 {
                self.parts.remove(place);
            }
        }
    }

    /// The partition of a row; `None` where it would be one too many.
    fn place(&mut self, window: &Window, hash: u64, key: &[u8]) -> Option<u32> {
        if let Some(place) = self.parts.find(hash, key) {
            return Some(place);
        }
        if !matches!(window.extent, Extent::Range(_)) && PARTITIONS_MAX <= self.parts.len() {
            return None;
        }
        let (rings, folds) = window.fresh();
        Some(self.parts.insert(hash, key, rings, folds))
    }

    /// Takes the rows of a batch one by one, and the results of each.
    fn take(
        &mut self,
        window: &Window,
        rowtimes: &[i64],
        columns: &[Column],
        results: &mut [Column],
        faults: &mut Vec<Fault>,
    ) {
        let keys: Vec<&Column> = window.keys.iter().map(|&it| &columns[it]).collect();
        let lent: Vec<Cow<'_, Column>> = keys.iter().map(|&it| Cow::Borrowed(it)).collect();
        let compared: Vec<usize> = (0..lent.len()).collect();
        let hashes = group::hashes(&lent, &compared, rowtimes.len());
        let mut bytes = Vec::new();
        for (row, &rowtime) in rowtimes.iter().enumerate() {
            if let Extent::Range(length) = window.extent {
                self.forget(window, rowtime.saturating_sub(length));
            }
            key(&keys, row, &mut bytes);
            let Some(place) = self.place(window, hashes[row], &bytes) else {
                window.calls.iter().for_each(|it| results[it.place].push_null());
                let message =
                    format!("The window has {PARTITIONS_MAX} partitions, and this row begins another.");
                faults.push(Fault { row: row as u32, name: ErrorName::TooManyPartitions, message });
                continue;
            };
            let part = self.parts.get_mut(place);
            window.push(part, columns, rowtime, row);
            match window.extent {
                Extent::Range(_) => self.queue.push_back((rowtime, place)),
                Extent::Rows(before) if before < part.rows() - 1 => window.pop(part),
                Extent::Rows(_) | Extent::Unbounded => {}
            }
            for (at, call) in window.calls.iter().enumerate() {
                match window.result(at, part, columns, row) {
                    Ok(value) => results[call.place].push(&value),
                    Err(total) => {
                        results[call.place].push_null();
                        faults.push(window.fault(at, row, &total));
                    }
                }
            }
        }
    }

    fn held(&self, extent: Extent) -> (u64, u64) {
        let each = |it: &Part| match extent {
            Extent::Unbounded => it.rings.iter().map(Ring::len).max().unwrap_or(0) as u64,
            _ => it.rows(),
        };
        let bytes = self.parts.iter().map(Part::bytes).sum::<u64>() + self.queue.len() as u64 * 16;
        (self.parts.iter().map(each).sum(), bytes)
    }
}

impl Window {
    fn fault(&self, at: usize, row: usize, total: &str) -> Fault {
        let message = match self.calls[at].does {
            Does::Fold(shape) => aggregate::too_large(shape.func, shape.ty, total),
            _ => format!("EXP_AVG is {total}, which does not fit {}.", SqlType::Double),
        };
        Fault { row: row as u32, name: ErrorName::OutOfRange, message }
    }
}

impl Keeper for Slide {
    fn fresh(&self) -> Kept {
        Kept::Slide(Windows { windows: vec![Rows::default(); self.windows.len()] })
    }

    fn header(&self, inputs: &[Header]) -> Header {
        inputs.first().cloned().unwrap_or_default().with(self.types.iter().copied())
    }

    fn passes_originals(&self) -> bool {
        true
    }

    fn rows(&self, kept: &mut Kept, side: usize, batch: Cow<'_, Batch>, step: &mut Step<'_>) {
        let Kept::Slide(kept) = kept else { return };
        let Some((batch, columns)) = step.columns(side, batch, &self.exprs) else { return };
        let mut results: Vec<Column> = self.types.iter().map(|&it| Column::new(it)).collect();
        let mut faults = Vec::new();
        for (rows, window) in kept.windows.iter_mut().zip(&self.windows) {
            rows.take(window, &batch.rowtimes, &columns, &mut results, &mut faults);
        }
        let failed = if faults.is_empty() {
            None
        } else {
            faults.sort_by_key(|it: &Fault| it.row);
            faults.dedup_by_key(|it| it.row);
            step.fail(side, &batch, &faults);
            Some(faults)
        };
        let mut batch = batch.into_owned();
        batch.columns.extend(results);
        step.give(match failed {
            Some(faults) => without(&batch, &faults),
            None => batch,
        });
    }

    fn bound(&self, kept: &mut Kept, _: usize, bound: Bound, _: &mut Step<'_>) -> Bound {
        if let Kept::Slide(kept) = kept {
            for (rows, window) in kept.windows.iter_mut().zip(&self.windows) {
                if let Extent::Range(length) = window.extent {
                    rows.forget(window, bound.at.saturating_sub(length));
                }
            }
        }
        bound
    }

    fn due(&self, _: &Kept) -> Option<i64> {
        None
    }

    fn oldest(&self, kept: &Kept) -> Option<i64> {
        self.kept(kept)?.windows.iter().filter_map(|it| it.queue.front()).map(|it| it.0).min()
    }

    fn held(&self, kept: &Kept) -> Held {
        let mut held = Held { what: "OVER", ..Held::default() };
        let Some(kept) = self.kept(kept) else { return held };
        for (rows, window) in kept.windows.iter().zip(&self.windows) {
            // The windows of one operator hold the same rows.
            let (count, bytes) = rows.held(window.extent);
            held.rows = held.rows.max(count);
            held.groups += rows.parts.len() as u64;
            held.bytes += bytes;
        }
        held
    }
}
