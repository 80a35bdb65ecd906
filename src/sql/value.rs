//! Types and values: what a column may hold. How a batch of rows holds it stands in
//! [`column`](crate::sql::column).

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use crate::sql::column::{Batch, ByteColumn, Column, ColumnData};

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

/// Which [`ColumnData`] holds the values of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    Bool,
    Int,
    Double,
    Bytes,
}

impl SqlType {
    /// How the values of this type are held; a bare NULL is held as an integer.
    pub fn storage(self) -> Storage {
        match self {
            SqlType::Boolean => Storage::Bool,
            SqlType::Real | SqlType::Double => Storage::Double,
            SqlType::Char(_) | SqlType::Varchar(_) | SqlType::Binary(_) | SqlType::Varbinary(_) => {
                Storage::Bytes
            }
            _ => Storage::Int,
        }
    }

    pub fn is_integer(self) -> bool {
        matches!(self, SqlType::TinyInt | SqlType::SmallInt | SqlType::Integer | SqlType::BigInt)
    }

    /// Integers and DECIMAL.
    pub fn is_exact(self) -> bool {
        self.is_integer() || matches!(self, SqlType::Decimal { .. })
    }

    pub fn is_approximate(self) -> bool {
        matches!(self, SqlType::Real | SqlType::Double)
    }

    pub fn is_numeric(self) -> bool {
        self.is_exact() || self.is_approximate()
    }

    pub fn is_character(self) -> bool {
        matches!(self, SqlType::Char(_) | SqlType::Varchar(_))
    }

    pub fn is_binary(self) -> bool {
        matches!(self, SqlType::Binary(_) | SqlType::Varbinary(_))
    }

    pub fn is_datetime(self) -> bool {
        matches!(self, SqlType::Date | SqlType::Time | SqlType::Timestamp)
    }

    /// Digits behind the point of an exact number; 0 for everything else.
    pub fn scale(self) -> u8 {
        match self {
            SqlType::Decimal { scale, .. } => scale,
            _ => 0,
        }
    }

    /// The DECIMAL an exact number counts as: INTEGER is (10,0), BIGINT (19,0) (sql.md 3.2).
    pub fn as_decimal(self) -> Option<(u8, u8)> {
        match self {
            SqlType::TinyInt => Some((3, 0)),
            SqlType::SmallInt => Some((5, 0)),
            SqlType::Integer => Some((10, 0)),
            SqlType::BigInt => Some((19, 0)),
            SqlType::Decimal { precision, scale } => Some((precision, scale)),
            _ => None,
        }
    }

    /// The type a column definition or a schema file writes: `VARCHAR(16)`, `decimal(16, 2)`, `INT`.
    /// `None` where it is no type of a column.
    pub fn parse(text: &str) -> Option<SqlType> {
        let upper = text.trim().to_ascii_uppercase();
        let (name, params) = match upper.split_once('(') {
            Some((name, rest)) => (name.trim(), Some(rest.trim_end().strip_suffix(')')?)),
            None => (upper.as_str(), None),
        };
        let params: Vec<u32> = match params {
            Some(list) => list.split(',').map(|it| it.trim().parse().ok()).collect::<Option<_>>()?,
            None => Vec::new(),
        };
        let length = |default: u32| match params[..] {
            [] => Some(default),
            [length] if (1..65_535).contains(&length) => Some(length),
            _ => None,
        };
        let plain = |ty: SqlType| if params.is_empty() { Some(ty) } else { None };
        match name.split_whitespace().collect::<Vec<_>>().join(" ").as_str() {
            "BOOLEAN" => plain(SqlType::Boolean),
            "TINYINT" => plain(SqlType::TinyInt),
            "SMALLINT" => plain(SqlType::SmallInt),
            "INTEGER" | "INT" => plain(SqlType::Integer),
            "BIGINT" => plain(SqlType::BigInt),
            "REAL" => plain(SqlType::Real),
            "DOUBLE" | "DOUBLE PRECISION" | "FLOAT" => plain(SqlType::Double),
            "DATE" => plain(SqlType::Date),
            "TIME" => Some(SqlType::Time),
            "TIMESTAMP" => Some(SqlType::Timestamp),
            "CHAR" | "CHARACTER" => length(1).map(SqlType::Char),
            "VARCHAR" | "CHARACTER VARYING" | "CHAR VARYING" => length(1).map(SqlType::Varchar),
            "BINARY" => length(1).map(SqlType::Binary),
            "VARBINARY" | "BINARY VARYING" => length(1).map(SqlType::Varbinary),
            "DECIMAL" | "DEC" | "NUMERIC" => match params[..] {
                [] => Some(SqlType::Decimal { precision: 18, scale: 0 }),
                [p] if (1..=19).contains(&p) => Some(SqlType::Decimal { precision: p as u8, scale: 0 }),
                [p, s] if (1..=19).contains(&p) && s <= p => {
                    Some(SqlType::Decimal { precision: p as u8, scale: s as u8 })
                }
                _ => None,
            },
            _ => None,
        }
    }
}

impl Qualifier {
    pub const fn single(unit: Unit) -> Self {
        Self { first: unit, last: unit }
    }

    /// Counted in months, not in milliseconds.
    pub fn is_year_month(self) -> bool {
        matches!(self.first, Unit::Year | Unit::Month)
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
