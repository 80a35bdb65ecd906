//! What a call over a window remembers of one partition's rows, so that a row costs the same however long the
//! window is.
//!
//! Counts and exact totals add the row that comes and subtract the row that goes. Sums of doubles, variances
//! and EXP_AVG must not subtract, because what is lost in rounding would stay for ever: they are kept as two
//! parts, the newer rows as one partial result that grows, the older ones as a stack of partial results
//! that shrinks. When the stack is used up, the newer rows become a stack. Every result is so a plain sum of
//! the rows in the window. MIN and MAX keep the values that can still become the extreme one.

use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::sql::cast;
use crate::sql::plan::AggregateFunc;
use crate::sql::pump::aggregate::{self, Moments};
use crate::sql::pump::slide::ring::Ring;
use crate::sql::value::{Column, ColumnData, SqlType, Value};

/// The memory of one call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fold {
    /// The rows of the partition and their values are enough.
    Nothing,
    /// Rows where every argument has a value.
    Count(i64),
    /// A total of unscaled digits, and of how many values.
    Exact(i128, i64),
    Sum(Halves<(f64, i64)>),
    Moments(Halves<Moments>),
    /// The values that no later one has surpassed, with the numbers of their rows.
    Extreme(VecDeque<(u64, Value)>),
    /// How many TRUE, how many FALSE.
    Truth(i64, i64),
    /// For DISTINCT: how often each value is in the window, and the total of the values. Doubles are held by
    /// their bits and added up when they are asked for.
    Distinct(BTreeMap<i64, u64>, i128),
    Decay(Decay),
}

/// The memory of EXP_AVG.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Decay {
    /// ROWTIME and value of the rows that can leave.
    rows: VecDeque<(i64, Option<f64>)>,
    halves: Halves<Weighed>,
}

/// Values with the weights they have at the moment of the newest one, which weighs 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Weighed {
    total: f64,
    weights: f64,
    at: i64,
}

/// Two parts of a window: partial results of its older rows, each from one row to the end of the part, the
/// oldest row's last; and one partial result of its newer rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Halves<T> {
    older: Vec<T>,
    newer: T,
}

impl<T: Clone + Default> Halves<T> {
    fn push(&mut self, one: &T, merge: impl Fn(&T, &T) -> T) {
        self.newer = merge(&self.newer, one);
    }

    /// Takes the oldest row away; `rows` are all rows, the newest first.
    fn pop(&mut self, rows: impl Iterator<Item = T>, merge: impl Fn(&T, &T) -> T) {
        if self.older.is_empty() {
            let mut partial = T::default();
            for row in rows {
                partial = merge(&row, &partial);
                self.older.push(partial.clone());
            }
            self.newer = T::default();
        }
        self.older.pop();
    }

    fn result(&self, merge: impl Fn(&T, &T) -> T) -> T {
        match self.older.last() {
            Some(older) => merge(older, &self.newer),
            None => self.newer.clone(),
        }
    }
}

/// What a fold must know of its call.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub func: AggregateFunc,
    pub distinct: bool,
    /// The type of the first argument, and of the result.
    pub arg: SqlType,
    pub ty: SqlType,
    /// Whether rows leave the window.
    pub bounded: bool,
}

fn sum(a: &(f64, i64), b: &(f64, i64)) -> (f64, i64) {
    (a.0 + b.0, a.1 + b.1)
}

impl Shape {
    pub fn fold(self) -> Fold {
        use AggregateFunc::{Any, Avg, Count, Every, Max, Min, Sum};
        match self.func {
            Count => Fold::Count(0),
            Every | Any => Fold::Truth(0, 0),
            Min | Max => Fold::Extreme(VecDeque::new()),
            _ if self.distinct => Fold::Distinct(BTreeMap::new(), 0),
            Sum | Avg if self.ty.is_approximate() => Fold::Sum(Halves::default()),
            Sum | Avg => Fold::Exact(0, 0),
            _ => Fold::Moments(Halves::default()),
        }
    }

    fn double(self, digits: i64) -> f64 {
        cast::to_double(digits, self.arg.scale())
    }

    /// The number of a row as a double.
    fn number(self, column: &Column, row: usize) -> f64 {
        match &column.data {
            ColumnData::Int(values) => self.double(values[row]),
            ColumnData::Double(values) => values[row],
            _ => 0.0,
        }
    }

    /// The number of a row as a key of DISTINCT: its digits, or the bits of a double.
    fn key(self, column: &Column, row: usize) -> i64 {
        match &column.data {
            ColumnData::Int(values) => values[row],
            ColumnData::Double(values) => (values[row] + 0.0).to_bits() as i64,
            _ => 0,
        }
    }

    fn of_key(self, key: i64) -> f64 {
        if self.arg.is_approximate() { f64::from_bits(key as u64) } else { self.double(key) }
    }
}

impl Fold {
    /// Takes a row into the window; `number` is its place in the partition.
    pub fn push(&mut self, shape: Shape, args: &[&Column], row: usize, number: u64) {
        if args.iter().any(|it| it.is_null(row)) {
            return;
        }
        if let Fold::Count(count) = self {
            *count += 1;
            return;
        }
        let Some(column) = args.first() else { return };
        match (self, &column.data) {
            (Fold::Exact(total, count), ColumnData::Int(values)) => {
                *total += i128::from(values[row]);
                *count += 1;
            }
            (Fold::Sum(halves), ColumnData::Double(values)) => halves.push(&(values[row], 1), sum),
            (Fold::Moments(halves), _) => {
                halves.push(&Moments::of(shape.number(column, row)), Moments::merge);
            }
            (Fold::Extreme(best), _) => {
                let value = column.value(row, shape.arg);
                let wanted =
                    if shape.func == AggregateFunc::Min { Ordering::Less } else { Ordering::Greater };
                while best.back().is_some_and(|it| aggregate::order(&value, &it.1) == wanted) {
                    best.pop_back();
                }
                if shape.bounded || best.is_empty() {
                    best.push_back((number, value));
                }
            }
            (Fold::Truth(yes, no), ColumnData::Bool(values)) => {
                *(if values[row] { yes } else { no }) += 1;
            }
            (Fold::Distinct(seen, total), _) => {
                let key = shape.key(column, row);
                let times = seen.entry(key).or_insert(0);
                *times += 1;
                if *times == 1 {
                    *total += i128::from(key);
                }
            }
            _ => {}
        }
    }

    /// Takes the oldest row out of the window; `ring` still has it, `first` is the row behind it.
    pub fn pop(&mut self, shape: Shape, ring: Option<&Ring>, first: u64) {
        if let Fold::Extreme(best) = self {
            while best.front().is_some_and(|it| it.0 < first) {
                best.pop_front();
            }
            return;
        }
        let Some(ring) = ring else { return };
        match self {
            Fold::Count(count) => *count -= i64::from(!ring.oldest_null()),
            Fold::Exact(total, count) => {
                if let Some(value) = ring.oldest_int() {
                    *total -= i128::from(value);
                    *count -= 1;
                }
            }
            Fold::Sum(halves) => {
                let rows = ring.doubles_back(|_| 0.0).map(|it| it.map_or((0.0, 0), |it| (it, 1)));
                halves.pop(rows, sum);
            }
            Fold::Moments(halves) => {
                let rows = ring.doubles_back(|it| shape.double(it));
                halves.pop(rows.map(|it| it.map_or(Moments::default(), Moments::of)), Moments::merge);
            }
            Fold::Truth(yes, no) => {
                if let Some(truth) = ring.oldest_truth() {
                    *(if truth { yes } else { no }) -= 1;
                }
            }
            Fold::Distinct(seen, total) => {
                let key = match ring.value(0) {
                    Value::Int(it) => it,
                    Value::Double(it) => (it + 0.0).to_bits() as i64,
                    _ => return,
                };
                if let Some(times) = seen.get_mut(&key) {
                    *times -= 1;
                    if *times == 0 {
                        seen.remove(&key);
                        *total -= i128::from(key);
                    }
                }
            }
            Fold::Nothing | Fold::Extreme(_) | Fold::Decay(_) => {}
        }
    }

    /// The result over the window, or what does not fit its type.
    pub fn result(&self, shape: Shape) -> Result<Value, String> {
        let Shape { func, ty, .. } = shape;
        Ok(match self {
            Fold::Count(count) => Value::Int(*count),
            Fold::Exact(total, count) => aggregate::exact(func, ty, *total, *count)?,
            Fold::Sum(halves) => {
                let (total, count) = halves.result(sum);
                aggregate::approximate(func, ty, total, count)?
            }
            Fold::Moments(halves) => aggregate::deviation(func, ty, halves.result(Moments::merge))?,
            Fold::Extreme(best) => best.front().map_or(Value::Null, |it| it.1.clone()),
            Fold::Truth(0, 0) => Value::Null,
            Fold::Truth(yes, no) => {
                Value::Bool(if func == AggregateFunc::Every { *no == 0 } else { 0 < *yes })
            }
            Fold::Distinct(seen, total) => {
                let count = seen.len() as i64;
                let numbers = seen.keys().map(|&it| shape.of_key(it));
                match func {
                    AggregateFunc::Sum | AggregateFunc::Avg if ty.is_approximate() => {
                        aggregate::approximate(func, ty, numbers.sum(), count)?
                    }
                    AggregateFunc::Sum | AggregateFunc::Avg => aggregate::exact(func, ty, *total, count)?,
                    _ => {
                        let each = numbers.map(Moments::of);
                        let all = each.fold(Moments::default(), |a, b| Moments::merge(&a, &b));
                        aggregate::deviation(func, ty, all)?
                    }
                }
            }
            Fold::Nothing | Fold::Decay(_) => Value::Null,
        })
    }

    /// Bytes of memory beside its own size, about.
    pub fn bytes(&self) -> u64 {
        let bytes = match self {
            Fold::Sum(halves) => halves.older.len() * 16,
            Fold::Moments(halves) => halves.older.len() * 24,
            Fold::Extreme(best) => best.len() * size_of::<(u64, Value)>(),
            Fold::Distinct(seen, _) => seen.len() * 16,
            Fold::Decay(decay) => decay.rows.len() * 24 + decay.halves.older.len() * 24,
            _ => 0,
        };
        bytes as u64
    }
}

impl Decay {
    /// Takes a row into the window; a row that can leave it is remembered.
    pub fn push(&mut self, half_life: i64, bounded: bool, at: i64, value: Option<f64>) {
        if bounded {
            self.rows.push_back((at, value));
        }
        self.halves.push(&weighed(at, value), |a, b| merge(half_life, a, b));
    }

    /// Takes the oldest row out of the window.
    pub fn pop(&mut self, half_life: i64) {
        let rows = self.rows.iter().rev().map(|&(at, value)| weighed(at, value));
        self.halves.pop(rows, |a, b| merge(half_life, a, b));
        self.rows.pop_front();
    }

    /// The average; the age of the newest value makes no difference to it.
    pub fn result(&self, half_life: i64) -> Result<Value, String> {
        let all = self.halves.result(|a, b| merge(half_life, a, b));
        if all.weights == 0.0 {
            return Ok(Value::Null);
        }
        let average = all.total / all.weights;
        if average.is_finite() { Ok(Value::Double(average)) } else { Err(average.to_string()) }
    }
}

fn weighed(at: i64, value: Option<f64>) -> Weighed {
    value.map_or(Weighed::default(), |total| Weighed { total, weights: 1.0, at })
}

/// Weighs older values at the moment of newer ones: every `half_life` milliseconds halve them.
fn merge(half_life: i64, older: &Weighed, newer: &Weighed) -> Weighed {
    if newer.weights == 0.0 {
        return *older;
    }
    let age = newer.at.saturating_sub(older.at) as f64;
    let factor = if older.weights == 0.0 { 0.0 } else { 0.5_f64.powf(age / half_life as f64) };
    Weighed {
        total: older.total * factor + newer.total,
        weights: older.weights * factor + newer.weights,
        at: newer.at,
    }
}
