//! Columns and batches: how rows travel.
//!
//! Every exact type is a 64-bit integer inside (a DECIMAL its unscaled digits, a TIMESTAMP its
//! milliseconds), so that an expression over a thousand rows is a loop over a slice. What the integer means
//! is said by the [`SqlType`], which the plan knows.

use serde::{Deserialize, Serialize};

use crate::sql::value::{SqlType, Storage, Value};

/// The values of one column of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub data: ColumnData,
    /// `true` where the value is NULL; empty when no value of the column is.
    pub nulls: Vec<bool>,
}

/// The values without their NULLs; a NULL keeps a place with an unspecified value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ColumnData {
    Bool(Vec<bool>),
    /// As [`Value::Int`].
    Int(Vec<i64>),
    Double(Vec<f64>),
    /// CHAR, VARCHAR (UTF-8), BINARY and VARBINARY.
    Bytes(ByteColumn),
}

/// Variable-length values end to end in one buffer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ByteColumn {
    /// Where each value ends in `bytes`; it starts where the one before ends.
    pub ends: Vec<u32>,
    pub bytes: Vec<u8>,
}

/// Rows of one stream: their ROWTIMEs, and column beside column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Milliseconds since the epoch, never decreasing within a stream.
    pub rowtimes: Vec<i64>,
    pub columns: Vec<Column>,
}

impl Batch {
    pub fn len(&self) -> usize {
        self.rowtimes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rowtimes.is_empty()
    }

    /// An empty batch of columns of these types.
    pub fn new(types: impl IntoIterator<Item = SqlType>) -> Self {
        Self { rowtimes: Vec::new(), columns: types.into_iter().map(Column::new).collect() }
    }

    pub fn clear(&mut self) {
        self.truncate(0);
    }

    pub fn truncate(&mut self, rows: usize) {
        self.rowtimes.truncate(rows);
        self.columns.iter_mut().for_each(|it| it.truncate(rows));
    }

    /// The given rows, in the given order.
    pub fn pick(&self, rows: &[u32]) -> Batch {
        Batch {
            rowtimes: rows.iter().map(|&it| self.rowtimes[it as usize]).collect(),
            columns: self.columns.iter().map(|it| it.pick(rows)).collect(),
        }
    }

    /// Neighbouring rows.
    pub fn slice(&self, rows: std::ops::Range<usize>) -> Batch {
        self.pick(&(rows.start as u32..rows.end as u32).collect::<Vec<_>>())
    }

    /// Appends rows of a batch with the same columns.
    /// Bytes of memory its rows take.
    pub fn bytes(&self) -> u64 {
        self.columns.iter().map(Column::bytes).sum::<u64>() + self.rowtimes.len() as u64 * 8
    }

    pub fn extend_rows(&mut self, from: &Batch, rows: &[u32]) {
        self.rowtimes.extend(rows.iter().map(|&it| from.rowtimes[it as usize]));
        for (to, from) in self.columns.iter_mut().zip(&from.columns) {
            to.extend_rows(from, rows);
        }
    }
}

impl Column {
    /// Bytes of memory its values take.
    pub fn bytes(&self) -> u64 {
        let values = match &self.data {
            ColumnData::Bool(values) => values.len(),
            ColumnData::Int(values) => values.len() * 8,
            ColumnData::Double(values) => values.len() * 8,
            ColumnData::Bytes(values) => (0..values.len()).map(|row| values.get(row).len() + 4).sum(),
        };
        (values + self.nulls.len()) as u64
    }
}

impl ByteColumn {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn get(&self, row: usize) -> &[u8] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.bytes[start..self.ends[row] as usize]
    }

    pub fn push(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.ends.push(self.bytes.len() as u32);
    }

    pub fn clear(&mut self) {
        self.ends.clear();
        self.bytes.clear();
    }

    pub fn repeat(value: &[u8], rows: usize) -> Self {
        Self { ends: (1..=rows).map(|it| (it * value.len()) as u32).collect(), bytes: value.repeat(rows) }
    }

    pub fn truncate(&mut self, rows: usize) {
        self.ends.truncate(rows);
        self.bytes.truncate(self.ends.last().map_or(0, |&it| it as usize));
    }

    /// Ends the value whose bytes were appended to `bytes` by hand.
    pub fn finish(&mut self) {
        self.ends.push(self.bytes.len() as u32);
    }
}

impl ColumnData {
    pub fn new(storage: Storage) -> Self {
        match storage {
            Storage::Bool => ColumnData::Bool(Vec::new()),
            Storage::Int => ColumnData::Int(Vec::new()),
            Storage::Double => ColumnData::Double(Vec::new()),
            Storage::Bytes => ColumnData::Bytes(ByteColumn::default()),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            ColumnData::Bool(values) => values.len(),
            ColumnData::Int(values) => values.len(),
            ColumnData::Double(values) => values.len(),
            ColumnData::Bytes(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Column {
    pub fn new(ty: SqlType) -> Self {
        Self { data: ColumnData::new(ty.storage()), nulls: Vec::new() }
    }

    /// `rows` NULLs of a type.
    pub fn of_nulls(ty: SqlType, rows: usize) -> Self {
        let mut column = Self::new(ty);
        for _ in 0..rows {
            column.push_null();
        }
        column
    }

    /// The same value in every row.
    pub fn repeat(value: &Value, ty: SqlType, rows: usize) -> Self {
        let data = match value {
            Value::Null => return Self::of_nulls(ty, rows),
            Value::Bool(it) => ColumnData::Bool(vec![*it; rows]),
            Value::Int(it) => ColumnData::Int(vec![*it; rows]),
            Value::Double(it) => ColumnData::Double(vec![*it; rows]),
            Value::Text(it) => ColumnData::Bytes(ByteColumn::repeat(it.as_bytes(), rows)),
            Value::Bytes(it) => ColumnData::Bytes(ByteColumn::repeat(it, rows)),
        };
        Self { data, nulls: Vec::new() }
    }

    pub fn len(&self) -> usize {
        self.data.len()
    }

    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    pub fn is_null(&self, row: usize) -> bool {
        !self.nulls.is_empty() && self.nulls[row]
    }

    /// Call after a value was pushed to `data` by hand.
    pub fn mark_present(&mut self) {
        if !self.nulls.is_empty() {
            self.nulls.push(false);
        }
    }

    pub fn push_null(&mut self) {
        let before = self.len();
        match &mut self.data {
            ColumnData::Bool(values) => values.push(false),
            ColumnData::Int(values) => values.push(0),
            ColumnData::Double(values) => values.push(0.0),
            ColumnData::Bytes(values) => values.push(&[]),
        }
        if self.nulls.is_empty() {
            self.nulls.resize(before, false);
        }
        self.nulls.push(true);
    }

    /// Appends a value of the column's own storage; anything else is a bug of the caller and becomes NULL.
    pub fn push(&mut self, value: &Value) {
        match (&mut self.data, value) {
            (ColumnData::Bool(values), Value::Bool(it)) => values.push(*it),
            (ColumnData::Int(values), Value::Int(it)) => values.push(*it),
            (ColumnData::Double(values), Value::Double(it)) => values.push(*it),
            (ColumnData::Bytes(values), Value::Text(it)) => values.push(it.as_bytes()),
            (ColumnData::Bytes(values), Value::Bytes(it)) => values.push(it),
            (_, other) => {
                debug_assert!(*other == Value::Null, "a value goes into a column of its own kind");
                return self.push_null();
            }
        }
        self.mark_present();
    }

    /// The value of a row; `ty` says whether bytes are text.
    pub fn value(&self, row: usize, ty: SqlType) -> Value {
        if self.is_null(row) {
            return Value::Null;
        }
        match &self.data {
            ColumnData::Bool(values) => Value::Bool(values[row]),
            ColumnData::Int(values) => Value::Int(values[row]),
            ColumnData::Double(values) => Value::Double(values[row]),
            ColumnData::Bytes(values) if ty.is_binary() => Value::Bytes(values.get(row).into()),
            ColumnData::Bytes(values) => Value::Text(String::from_utf8_lossy(values.get(row)).into()),
        }
    }

    /// The integers of the column; empty for other storages.
    pub fn ints(&self) -> &[i64] {
        if let ColumnData::Int(values) = &self.data { values } else { &[] }
    }

    pub fn clear(&mut self) {
        self.truncate(0);
    }

    pub fn truncate(&mut self, rows: usize) {
        match &mut self.data {
            ColumnData::Bool(values) => values.truncate(rows),
            ColumnData::Int(values) => values.truncate(rows),
            ColumnData::Double(values) => values.truncate(rows),
            ColumnData::Bytes(values) => values.truncate(rows),
        }
        if rows == 0 {
            self.nulls.clear();
        } else {
            self.nulls.truncate(rows);
        }
    }

    /// Appends the given rows of another column of the same storage.
    pub fn extend_rows(&mut self, from: &Column, rows: &[u32]) {
        let before = self.len();
        match (&mut self.data, &from.data) {
            (ColumnData::Bool(to), ColumnData::Bool(from)) => {
                to.extend(rows.iter().map(|&it| from[it as usize]))
            }
            (ColumnData::Int(to), ColumnData::Int(from)) => {
                to.extend(rows.iter().map(|&it| from[it as usize]))
            }
            (ColumnData::Double(to), ColumnData::Double(from)) => {
                to.extend(rows.iter().map(|&it| from[it as usize]));
            }
            (ColumnData::Bytes(to), ColumnData::Bytes(from)) => {
                rows.iter().for_each(|&it| to.push(from.get(it as usize)));
            }
            _ => {
                debug_assert!(false, "rows move between columns of one storage");
                return (0..rows.len()).for_each(|_| self.push_null());
            }
        }
        if !from.nulls.is_empty() || !self.nulls.is_empty() {
            self.nulls.resize(before, false);
            self.nulls.extend(rows.iter().map(|&it| from.is_null(it as usize)));
        }
    }

    /// A column of the given rows.
    pub fn pick(&self, rows: &[u32]) -> Column {
        let storage = match self.data {
            ColumnData::Bool(_) => Storage::Bool,
            ColumnData::Int(_) => Storage::Int,
            ColumnData::Double(_) => Storage::Double,
            ColumnData::Bytes(_) => Storage::Bytes,
        };
        let mut picked = Column { data: ColumnData::new(storage), nulls: Vec::new() };
        picked.extend_rows(self, rows);
        picked
    }

    /// Whether two rows of columns of one storage are alike; NULLs are.
    pub fn alike(&self, row: usize, other: &Column, other_row: usize) -> bool {
        let (null, other_null) = (self.is_null(row), other.is_null(other_row));
        if null || other_null {
            return null == other_null;
        }
        match (&self.data, &other.data) {
            (ColumnData::Bool(a), ColumnData::Bool(b)) => a[row] == b[other_row],
            (ColumnData::Int(a), ColumnData::Int(b)) => a[row] == b[other_row],
            (ColumnData::Double(a), ColumnData::Double(b)) => a[row] == b[other_row],
            (ColumnData::Bytes(a), ColumnData::Bytes(b)) => a.get(row) == b.get(other_row),
            _ => false,
        }
    }

    /// Mixes the column's values into one hash per row; a fixed function, the same on every platform.
    pub fn hash_into(&self, hashes: &mut [u64]) {
        for (row, hash) in hashes.iter_mut().enumerate() {
            if self.is_null(row) {
                *hash = mix(*hash, u64::MAX);
                continue;
            }
            *hash = match &self.data {
                ColumnData::Bool(values) => mix(*hash, u64::from(values[row])),
                ColumnData::Int(values) => mix(*hash, values[row] as u64),
                // 0.0 and -0.0 are equal, so they hash alike.
                ColumnData::Double(values) => mix(*hash, (values[row] + 0.0).to_bits()),
                ColumnData::Bytes(values) => mix_bytes(*hash, values.get(row)),
            };
        }
    }
}

fn mix(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93_u128;
    (product as u64) ^ ((product >> 64) as u64)
}

fn mix_bytes(mut hash: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        hash = mix(hash, u64::from_le_bytes(*word));
    }
    let mut tail = [0; 8];
    tail[..rest.len()].copy_from_slice(rest);
    mix(hash, u64::from_le_bytes(tail) ^ (bytes.len() as u64).rotate_left(56))
}
