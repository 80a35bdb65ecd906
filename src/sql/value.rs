//! Types and values: what a column may hold, and how a batch of rows holds it.
//!
//! Rows travel in [`Batch`]es of columns. Every exact type is a 64-bit integer inside (a DECIMAL its
//! unscaled digits, a TIMESTAMP its milliseconds), so that an expression over a thousand rows is a loop
//! over a slice. What the integer means is said by the [`SqlType`], which the plan knows.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A field of a date, a time or an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Unit {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// The fields an interval runs over: `SECOND`, `DAY TO SECOND`, `YEAR TO MONTH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Qualifier {
    pub first: Unit,
    /// Equal to `first` for a single field.
    pub last: Unit,
}

/// A type of the dialect (sql.md section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SqlType {
    /// The type of a bare NULL before its context gives it one.
    Null,
    Boolean,
    TinyInt,
    SmallInt,
    Integer,
    BigInt,
    Decimal {
        precision: u8,
        scale: u8,
    },
    Real,
    /// DOUBLE and FLOAT.
    Double,
    Char(u32),
    Varchar(u32),
    Binary(u32),
    Varbinary(u32),
    Date,
    Time,
    Timestamp,
    /// Expressions only, never a column.
    Interval(Qualifier),
}

/// One value by itself: a literal, a group key, a cell on the screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    Null,
    Bool(bool),
    /// Integers, unscaled DECIMAL digits, DATE in days, TIME, TIMESTAMP and day-time INTERVAL in
    /// milliseconds, year-month INTERVAL in months.
    Int(i64),
    /// REAL (rounded to 32 bits) and DOUBLE.
    Double(f64),
    /// CHAR and VARCHAR, UTF-8; lengths count Unicode scalar values.
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
}

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
}

impl fmt::Display for Unit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Unit::Year => "YEAR",
            Unit::Month => "MONTH",
            Unit::Day => "DAY",
            Unit::Hour => "HOUR",
            Unit::Minute => "MINUTE",
            Unit::Second => "SECOND",
        })
    }
}

impl fmt::Display for Qualifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            return write!(out, "{}", self.first);
        }
        write!(out, "{} TO {}", self.first, self.last)
    }
}

/// As it is written in a column definition: `DECIMAL(16,2)`, `VARCHAR(16)`.
impl fmt::Display for SqlType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SqlType::Null => out.write_str("NULL"),
            SqlType::Boolean => out.write_str("BOOLEAN"),
            SqlType::TinyInt => out.write_str("TINYINT"),
            SqlType::SmallInt => out.write_str("SMALLINT"),
            SqlType::Integer => out.write_str("INTEGER"),
            SqlType::BigInt => out.write_str("BIGINT"),
            SqlType::Decimal { precision, scale } => write!(out, "DECIMAL({precision},{scale})"),
            SqlType::Real => out.write_str("REAL"),
            SqlType::Double => out.write_str("DOUBLE"),
            SqlType::Char(length) => write!(out, "CHAR({length})"),
            SqlType::Varchar(length) => write!(out, "VARCHAR({length})"),
            SqlType::Binary(length) => write!(out, "BINARY({length})"),
            SqlType::Varbinary(length) => write!(out, "VARBINARY({length})"),
            SqlType::Date => out.write_str("DATE"),
            SqlType::Time => out.write_str("TIME"),
            SqlType::Timestamp => out.write_str("TIMESTAMP"),
            SqlType::Interval(qualifier) => write!(out, "INTERVAL {qualifier}"),
        }
    }
}
