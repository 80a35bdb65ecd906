//! Values of the rows in a window, oldest first: what leaves a window must still be known.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::sql::value::{Column, ColumnData, SqlType, Storage, Value};

/// Which values of its rows a partition keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Of every row in the window whether it has a value.
    Marks,
    /// Of every row in the window.
    Rows,
    /// Of every row in the window that has one.
    Present,
    /// Of the newest rows in the window, or of those that have a value.
    Newest { present: bool },
    /// Of the first rows of a window that nothing leaves, or of those that have a value.
    Oldest { present: bool },
}

impl Keep {
    /// Whether NULLs are left out.
    pub fn present(self) -> bool {
        matches!(self, Keep::Present | Keep::Newest { present: true } | Keep::Oldest { present: true })
    }
}

/// The values of one expression in the rows of one partition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ring {
    values: Values,
    /// Where NULLs stand; empty where they are left out.
    nulls: VecDeque<bool>,
    /// The number of each value's row where rows are left out.
    numbers: VecDeque<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Values {
    Marks,
    Ints(VecDeque<i64>),
    Doubles(VecDeque<f64>),
    Others(VecDeque<Value>),
}

impl Ring {
    pub fn new(keep: Keep, ty: SqlType) -> Self {
        let values = match ty.storage() {
            _ if keep == Keep::Marks => Values::Marks,
            Storage::Int => Values::Ints(VecDeque::new()),
            Storage::Double => Values::Doubles(VecDeque::new()),
            Storage::Bool | Storage::Bytes => Values::Others(VecDeque::new()),
        };
        Self { values, nulls: VecDeque::new(), numbers: VecDeque::new() }
    }

    pub fn len(&self) -> usize {
        self.nulls.len() + self.numbers.len()
    }

    /// Takes the value of the newest row, the `number`th of its partition. `most` values are kept.
    pub fn push(
        &mut self,
        keep: Keep,
        most: usize,
        columns: &[&Column],
        row: usize,
        number: u64,
        ty: SqlType,
    ) {
        let null = columns.iter().any(|it| it.is_null(row));
        if keep.present() {
            if null {
                return;
            }
            if matches!(keep, Keep::Oldest { .. }) && most <= self.len() {
                return;
            }
            self.numbers.push_back(number);
        } else {
            if matches!(keep, Keep::Oldest { .. }) && most <= self.len() {
                return;
            }
            self.nulls.push_back(null);
        }
        let column = columns.first().copied();
        match (&mut self.values, column.map(|it| &it.data)) {
            (Values::Marks, _) => {}
            (Values::Ints(to), Some(ColumnData::Int(from))) => to.push_back(from[row]),
            (Values::Doubles(to), Some(ColumnData::Double(from))) => to.push_back(from[row]),
            (Values::Ints(to), _) => to.push_back(0),
            (Values::Doubles(to), _) => to.push_back(0.0),
            (Values::Others(to), _) => to.push_back(column.map_or(Value::Null, |it| it.value(row, ty))),
        }
        if matches!(keep, Keep::Newest { .. }) && most < self.len() {
            self.pop();
        }
    }

    /// Forgets what belongs to rows before the `first`; `next` is the number of the row to come.
    pub fn forget(&mut self, first: u64, next: u64) {
        while match self.numbers.front() {
            Some(&number) => number < first,
            None => next - (self.nulls.len() as u64) < first && !self.nulls.is_empty(),
        } {
            self.pop();
        }
    }

    fn pop(&mut self) {
        self.nulls.pop_front();
        self.numbers.pop_front();
        match &mut self.values {
            Values::Marks => {}
            Values::Ints(values) => drop(values.pop_front()),
            Values::Doubles(values) => drop(values.pop_front()),
            Values::Others(values) => drop(values.pop_front()),
        }
    }

    /// A value by its place, counted from the oldest; NULL where there is none.
    pub fn value(&self, at: usize) -> Value {
        if self.nulls.get(at).copied().unwrap_or(false) {
            return Value::Null;
        }
        let value = match &self.values {
            Values::Marks => None,
            Values::Ints(values) => values.get(at).map(|&it| Value::Int(it)),
            Values::Doubles(values) => values.get(at).map(|&it| Value::Double(it)),
            Values::Others(values) => values.get(at).cloned(),
        };
        value.unwrap_or(Value::Null)
    }

    /// Whether the value of the oldest row is NULL.
    pub fn oldest_null(&self) -> bool {
        self.nulls.front().copied().unwrap_or(false)
    }

    /// The integer of the oldest row, unless it is NULL.
    pub fn oldest_int(&self) -> Option<i64> {
        match &self.values {
            Values::Ints(values) if !self.oldest_null() => values.front().copied(),
            _ => None,
        }
    }

    /// The truth of the oldest row, unless it is NULL.
    pub fn oldest_truth(&self) -> Option<bool> {
        match (&self.values, self.oldest_null()) {
            (Values::Others(values), false) => match values.front() {
                Some(Value::Bool(it)) => Some(*it),
                _ => None,
            },
            _ => None,
        }
    }

    /// The numbers of the rows as doubles, the newest first; `None` for NULLs. `double` turns integers.
    pub fn doubles_back<'a>(
        &'a self,
        double: impl Fn(i64) -> f64 + 'a,
    ) -> impl Iterator<Item = Option<f64>> + 'a {
        (0..self.len()).rev().map(move |at| match &self.values {
            _ if self.nulls.get(at).copied().unwrap_or(false) => None,
            Values::Ints(values) => values.get(at).map(|&it| double(it)),
            Values::Doubles(values) => values.get(at).copied(),
            _ => None,
        })
    }

    /// Bytes of memory its values take.
    pub fn bytes(&self) -> u64 {
        let values = match &self.values {
            Values::Marks => 0,
            Values::Ints(values) => values.len() * 8,
            Values::Doubles(values) => values.len() * 8,
            Values::Others(values) => values
                .iter()
                .map(|it| {
                    size_of::<Value>()
                        + match it {
                            Value::Text(it) => it.len(),
                            Value::Bytes(it) => it.len(),
                            _ => 0,
                        }
                })
                .sum(),
        };
        (values + self.nulls.len() + self.numbers.len() * 8) as u64
    }
}
