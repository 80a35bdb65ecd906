//! Aggregate functions: one accumulator per call, one place in it per group (sql.md 3.5 and 5.1).

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::sql::cast;
use crate::sql::decimal;
use crate::sql::eval::{ErrorName, Faults};
use crate::sql::plan::{Aggregate, AggregateFunc};
use crate::sql::value::{Column, ColumnData, SqlType, Value};

/// What is remembered of the rows of each group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accumulator {
    state: State,
    /// For DISTINCT: the values each group has seen.
    seen: BTreeSet<(u32, Vec<u8>)>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    Count(Vec<i64>),
    /// Totals of unscaled digits, and how many values.
    Exact(Vec<(i128, i64)>),
    Double(Vec<(f64, i64)>),
    Extreme(Vec<Value>),
    Moments(Vec<Moments>),
    Truth(Vec<Option<bool>>),
}

/// How many values, their mean, and the sum of their squared distances from it: the documented formula
/// without the digits it loses where values are large and close together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    count: i64,
    mean: f64,
    distances: f64,
}

impl Moments {
    pub fn of(value: f64) -> Self {
        Self { count: 1, mean: value, distances: 0.0 }
    }

    /// Those of both.
    pub fn merge(&self, other: &Self) -> Self {
        if self.count == 0 {
            return *other;
        }
        if other.count == 0 {
            return *self;
        }
        let count = self.count + other.count;
        let apart = other.mean - self.mean;
        let mean = self.mean + apart * other.count as f64 / count as f64;
        let between = apart * (other.mean - mean) * other.count as f64;
        Self { count, mean, distances: self.distances + other.distances + between }
    }
}

impl Accumulator {
    pub fn new(call: &Aggregate) -> Self {
        use AggregateFunc::{Any, Avg, Count, Every, Max, Min, Sum};
        let state = match call.func {
            Count => State::Count(Vec::new()),
            Sum | Avg if call.ty.is_approximate() => State::Double(Vec::new()),
            Sum | Avg => State::Exact(Vec::new()),
            Min | Max => State::Extreme(Vec::new()),
            Every | Any => State::Truth(Vec::new()),
            _ => State::Moments(Vec::new()),
        };
        Self { state, seen: BTreeSet::new() }
    }

    /// Adds the rows from `first` on, each to its group; `groups` is how many there are now.
    pub fn add(&mut self, call: &Aggregate, args: &[&Column], first: usize, placed: &[u32], groups: usize) {
        let ty = call.args.first().map_or(SqlType::BigInt, |it| it.ty);
        let seen = &mut self.seen;
        let mut counts = |row: usize, group: u32| {
            !args.iter().any(|it| it.is_null(row))
                && (!call.distinct || seen.insert((group, bytes(args, row))))
        };
        let rows = placed.iter().enumerate().map(|(at, &group)| (first + at, group));
        match (&mut self.state, args.first().map(|it| &it.data)) {
            (State::Count(totals), _) => {
                totals.resize(groups, 0);
                rows.for_each(|(row, group)| totals[group as usize] += i64::from(counts(row, group)));
            }
            (State::Exact(totals), Some(ColumnData::Int(values))) => {
                totals.resize(groups, (0, 0));
                for (row, group) in rows.filter(|&(row, group)| counts(row, group)) {
                    let total = &mut totals[group as usize];
                    *total = (total.0 + i128::from(values[row]), total.1 + 1);
                }
            }
            (State::Double(totals), Some(ColumnData::Double(values))) => {
                totals.resize(groups, (0.0, 0));
                for (row, group) in rows.filter(|&(row, group)| counts(row, group)) {
                    let total = &mut totals[group as usize];
                    *total = (total.0 + values[row], total.1 + 1);
                }
            }
            (State::Extreme(best), Some(_)) => {
                best.resize(groups, Value::Null);
                let wanted = if call.func == AggregateFunc::Min { Ordering::Less } else { Ordering::Greater };
                for (row, group) in rows.filter(|&(row, group)| counts(row, group)) {
                    let value = args[0].value(row, ty);
                    let best = &mut best[group as usize];
                    if *best == Value::Null || order(&value, best) == wanted {
                        *best = value;
                    }
                }
            }
            (State::Moments(moments), Some(data)) => {
                moments.resize(groups, Moments::default());
                for (row, group) in rows.filter(|&(row, group)| counts(row, group)) {
                    let value = match data {
                        ColumnData::Int(values) => cast::to_double(values[row], ty.scale()),
                        ColumnData::Double(values) => values[row],
                        _ => 0.0,
                    };
                    moments[group as usize] = moments[group as usize].merge(&Moments::of(value));
                }
            }
            (State::Truth(truths), Some(ColumnData::Bool(values))) => {
                truths.resize(groups, None);
                let every = call.func == AggregateFunc::Every;
                for (row, group) in rows.filter(|&(row, group)| counts(row, group)) {
                    let truth = &mut truths[group as usize];
                    let before = truth.unwrap_or(every);
                    *truth = Some(if every { before && values[row] } else { before || values[row] });
                }
            }
            // An argument that is always NULL has no values of the kind.
            _ => {}
        }
    }

    /// The results of all groups, in their order; the accumulator is empty afterwards.
    pub fn take(&mut self, call: &Aggregate, groups: usize, faults: &mut Faults) -> Column {
        self.seen.clear();
        let column = self.results(call, 0..groups, faults);
        match &mut self.state {
            State::Count(it) => it.clear(),
            State::Exact(it) => it.clear(),
            State::Double(it) => it.clear(),
            State::Extreme(it) => it.clear(),
            State::Moments(it) => it.clear(),
            State::Truth(it) => it.clear(),
        }
        column
    }

    /// The results of some groups, in their order; faults count from the first of them.
    pub fn results(&self, call: &Aggregate, groups: Range<usize>, faults: &mut Faults) -> Column {
        let mut column = Column::new(call.ty);
        let first = groups.start;
        for group in groups {
            match self.result(call, group) {
                Ok(value) => column.push(&value),
                Err(total) => {
                    let message = || too_large(call.func, call.ty, &total);
                    faults.add(group - first, ErrorName::OutOfRange, message);
                    column.push_null();
                }
            }
        }
        column
    }

    /// Forgets the first groups; the others move up.
    pub fn forget(&mut self, groups: usize) {
        fn front<T>(of: &mut Vec<T>, groups: usize) {
            of.drain(..groups.min(of.len()));
        }
        match &mut self.state {
            State::Count(it) => front(it, groups),
            State::Exact(it) => front(it, groups),
            State::Double(it) => front(it, groups),
            State::Extreme(it) => front(it, groups),
            State::Moments(it) => front(it, groups),
            State::Truth(it) => front(it, groups),
        }
        if !self.seen.is_empty() {
            let seen = std::mem::take(&mut self.seen).into_iter();
            let moved = |(group, it): (u32, Vec<u8>)| Some((group.checked_sub(groups as u32)?, it));
            self.seen = seen.filter_map(moved).collect();
        }
    }

    /// Bytes of memory it takes, about.
    pub fn bytes(&self) -> u64 {
        let groups = match &self.state {
            State::Count(it) => it.len() * 8,
            State::Exact(it) => it.len() * 32,
            State::Double(it) => it.len() * 16,
            State::Extreme(it) => it.len() * 24,
            State::Moments(it) => it.len() * 24,
            State::Truth(it) => it.len(),
        };
        (groups + self.seen.iter().map(|it| it.1.len() + 28).sum::<usize>()) as u64
    }

    fn result(&self, call: &Aggregate, group: usize) -> Result<Value, String> {
        let (func, ty) = (call.func, call.ty);
        Ok(match &self.state {
            State::Count(totals) => Value::Int(totals.get(group).copied().unwrap_or(0)),
            State::Exact(totals) => {
                let (total, count) = totals.get(group).copied().unwrap_or_default();
                exact(func, ty, total, count)?
            }
            State::Double(totals) => {
                let (total, count) = totals.get(group).copied().unwrap_or_default();
                approximate(func, ty, total, count)?
            }
            State::Extreme(best) => best.get(group).cloned().unwrap_or(Value::Null),
            State::Truth(truths) => truths.get(group).copied().flatten().map_or(Value::Null, Value::Bool),
            State::Moments(moments) => deviation(func, ty, moments.get(group).copied().unwrap_or_default())?,
        })
    }
}

/// SUM or AVG of exact values, from their total of unscaled digits; the digits where they do not fit.
pub fn exact(func: AggregateFunc, ty: SqlType, total: i128, count: i64) -> Result<Value, String> {
    if count == 0 {
        return Ok(Value::Null);
    }
    // Integers are cut, decimals round half away from zero (sql.md 3.5).
    let value = match (func, ty.is_integer()) {
        (AggregateFunc::Sum, _) => total,
        (_, true) => total / i128::from(count),
        (_, false) => decimal::divide_rounded(total, i128::from(count)),
    };
    decimal::fit(value, ty).map(Value::Int).ok_or_else(|| value.to_string())
}

/// SUM or AVG of doubles, from their total.
pub fn approximate(func: AggregateFunc, ty: SqlType, total: f64, count: i64) -> Result<Value, String> {
    match (func, count) {
        (_, 0) => Ok(Value::Null),
        (AggregateFunc::Sum, _) => double(total, ty),
        _ => double(total / count as f64, ty),
    }
}

/// Variance or deviation; NULL for too few values.
pub fn deviation(func: AggregateFunc, ty: SqlType, moments: Moments) -> Result<Value, String> {
    use AggregateFunc::{StddevPop, StddevSamp, VarSamp};
    let sample = matches!(func, StddevSamp | VarSamp);
    let by = if sample { moments.count - 1 } else { moments.count };
    if by < 1 {
        return Ok(Value::Null);
    }
    let variance = (moments.distances / by as f64).max(0.0);
    double(if matches!(func, StddevPop | StddevSamp) { variance.sqrt() } else { variance }, ty)
}

/// The message of a result that does not fit its type.
pub fn too_large(func: AggregateFunc, ty: SqlType, total: &str) -> String {
    format!("{} is {total}, which does not fit {ty}.", format!("{func:?}").to_uppercase())
}

/// A double in the type of the aggregate: an integer loses its fraction, a DECIMAL is rounded.
fn double(value: f64, ty: SqlType) -> Result<Value, String> {
    if !value.is_finite() {
        return Err(value.to_string());
    }
    Ok(match ty {
        SqlType::Real => Value::Double(f64::from(value as f32)),
        SqlType::Double => Value::Double(value),
        _ => {
            let cut = if ty.is_integer() { value.trunc() } else { value };
            Value::Int(cast::double_to_exact(cut, SqlType::Double, ty).map_err(|_| value.to_string())?)
        }
    })
}

/// The order of MIN and MAX.
pub fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Double(a), Value::Double(b)) => a.total_cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

/// The arguments of a row as bytes, for DISTINCT.
fn bytes(args: &[&Column], row: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for column in args {
        match &column.data {
            ColumnData::Bool(values) => out.push(u8::from(values[row])),
            ColumnData::Int(values) => out.extend_from_slice(&values[row].to_le_bytes()),
            ColumnData::Double(values) => out.extend_from_slice(&(values[row] + 0.0).to_bits().to_le_bytes()),
            ColumnData::Bytes(values) => {
                out.extend_from_slice(&(values.get(row).len() as u32).to_le_bytes());
                out.extend_from_slice(values.get(row));
            }
        }
    }
    out
}
