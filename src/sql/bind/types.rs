//! Types as they are written, and what to write for the types of other databases (sql.md 3.1 and 7.4).

use std::ops::Range;

use sqlparser::ast::{BinaryLength, CharacterLength, DataType, ExactNumberInfo, IntervalFields};

use crate::sql::bind::literal;
use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::value::{Qualifier, SqlType, Unit};

/// The longest CHAR, VARCHAR, BINARY and VARBINARY that is declared: less than 65,535.
const LENGTH_MAX: u64 = 65_534;
/// The most digits of a DECIMAL that is declared; derived ones stop at 18.
const PRECISION_MAX: u64 = 19;
/// DECIMAL without digits.
const PRECISION_DEFAULT: u8 = 18;

/// The names a learner may have meant.
const NAMES: &[&str] = &[
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "INT",
    "BIGINT",
    "DECIMAL",
    "NUMERIC",
    "REAL",
    "FLOAT",
    "DOUBLE",
    "CHAR",
    "VARCHAR",
    "BINARY",
    "VARBINARY",
    "DATE",
    "TIME",
    "TIMESTAMP",
];

/// The type a text writes. `written` and `span` are for the error.
pub fn bind(ty: &DataType, written: &str, span: Range<usize>) -> Result<SqlType, Diagnostic> {
    Ok(match ty {
        DataType::Boolean | DataType::Bool => SqlType::Boolean,
        DataType::TinyInt(None) => SqlType::TinyInt,
        DataType::SmallInt(None) => SqlType::SmallInt,
        DataType::Int(None) | DataType::Integer(None) => SqlType::Integer,
        DataType::BigInt(None) => SqlType::BigInt,
        DataType::Decimal(info) | DataType::Numeric(info) | DataType::Dec(info) => decimal(info, span)?,
        DataType::Real => SqlType::Real,
        DataType::Float(_) | DataType::Double(_) | DataType::DoublePrecision => SqlType::Double,
        DataType::Char(length) | DataType::Character(length) => {
            SqlType::Char(characters(length.as_ref(), written, span)?.unwrap_or(1))
        }
        DataType::Varchar(length) | DataType::CharVarying(length) | DataType::CharacterVarying(length) => {
            let length = characters(length.as_ref(), written, span.clone())?;
            SqlType::Varchar(length.ok_or_else(|| no_length(written, span))?)
        }
        DataType::Binary(length) => SqlType::Binary(length_in_range(length.unwrap_or(1), written, span)?),
        DataType::Varbinary(Some(BinaryLength::IntegerLength { length })) => {
            SqlType::Varbinary(length_in_range(*length, written, span)?)
        }
        DataType::Varbinary(None) => return Err(no_length(written, span)),
        DataType::Date => SqlType::Date,
        DataType::Time(_, zone) | DataType::Timestamp(_, zone) if !zone.to_string().is_empty() => {
            return Err(Diagnostic::error(span, "times have no zone here")
                .detail("Every time of an application is UTC.")
                .hint("Write TIMESTAMP alone."));
        }
        DataType::Time(..) => SqlType::Time,
        DataType::Timestamp(..) => SqlType::Timestamp,
        DataType::Interval { fields: Some(fields), .. } => {
            SqlType::Interval(interval(fields).ok_or_else(|| unknown(written, span))?)
        }
        _ => return Err(unknown(written, span)),
    })
}

fn decimal(info: &ExactNumberInfo, span: Range<usize>) -> Result<SqlType, Diagnostic> {
    let (precision, scale) = match *info {
        ExactNumberInfo::None => (u64::from(PRECISION_DEFAULT), 0),
        ExactNumberInfo::Precision(precision) => (precision, 0),
        ExactNumberInfo::PrecisionAndScale(precision, scale) => (precision, scale),
    };
    let in_range =
        (1..=PRECISION_MAX).contains(&precision) && 0 <= scale && scale.unsigned_abs() <= precision;
    if !in_range {
        return Err(Diagnostic::error(span, format!("DECIMAL({precision},{scale}) is out of range"))
            .detail(format!(
                "A DECIMAL has 1 to {PRECISION_MAX} digits, and no more of them behind the point."
            ))
            .hint("DECIMAL(16,2) has 14 digits before the point and 2 behind it."));
    }
    Ok(SqlType::Decimal { precision: precision as u8, scale: scale as u8 })
}

fn characters(
    length: Option<&CharacterLength>,
    written: &str,
    span: Range<usize>,
) -> Result<Option<u32>, Diagnostic> {
    match length {
        None => Ok(None),
        Some(CharacterLength::Max) => Err(no_length(written, span)),
        Some(CharacterLength::IntegerLength { length, .. }) => {
            length_in_range(*length, written, span).map(Some)
        }
    }
}

fn length_in_range(length: u64, written: &str, span: Range<usize>) -> Result<u32, Diagnostic> {
    if (1..LENGTH_MAX + 1).contains(&length) {
        return Ok(length as u32);
    }
    Err(Diagnostic::error(span, format!("{written} is out of range"))
        .detail(format!("A length lies between 1 and {LENGTH_MAX}."))
        .hint("Write the length of the longest value, for example VARCHAR(64)."))
}

fn no_length(written: &str, span: Range<usize>) -> Diagnostic {
    let name = written.split('(').next().unwrap_or(written).trim().to_uppercase();
    Diagnostic::error(span, format!("{name} needs a length"))
        .detail("A longer text is cut to it when a row is inserted.")
        .hint(format!("Write the length of the longest value, for example {name}(16)."))
}

fn interval(fields: &IntervalFields) -> Option<Qualifier> {
    let text = fields.to_string();
    let mut units = text.split(" TO ").map(literal::unit_of);
    let first = units.next()??;
    let last = units.next().unwrap_or(Some(first))?;
    Some(Qualifier { first, last })
}

/// The type of another database, or a slip.
fn unknown(written: &str, span: Range<usize>) -> Diagnostic {
    let name = written.split(['(', ' ']).next().unwrap_or(written).to_uppercase();
    let here = match name.as_str() {
        "STRING" | "TEXT" | "CLOB" | "NVARCHAR" | "VARCHAR2" | "TINYTEXT" | "LONGTEXT" | "MEDIUMTEXT"
        | "NCHAR" | "UUID" | "JSON" | "JSONB" => Some("VARCHAR(n)"),
        "DATETIME" | "TIMESTAMPTZ" | "TIMESTAMP_LTZ" | "TIMESTAMP_NTZ" | "DATETIME64" => Some("TIMESTAMP"),
        "LONG" | "INT8" | "INT64" | "HUGEINT" => Some("BIGINT"),
        "INT4" | "INT32" | "MEDIUMINT" | "SERIAL" => Some("INTEGER"),
        "INT2" | "INT16" | "SHORT" => Some("SMALLINT"),
        "BYTE" => Some("TINYINT"),
        "NUMBER" | "MONEY" | "BIGDECIMAL" => Some("DECIMAL(p,s)"),
        "FLOAT8" | "FLOAT64" => Some("DOUBLE"),
        "FLOAT4" | "FLOAT32" => Some("REAL"),
        "BLOB" | "BYTES" | "BYTEA" => Some("VARBINARY(n)"),
        _ => None,
    };
    let error = Diagnostic::error(span, format!("type {name} does not exist"));
    match (here, nearest(&name, NAMES.iter().copied())) {
        (Some(here), _) => {
            error.detail("Other databases have it; here it has another name.").hint(format!("Write {here}."))
        }
        (None, Some(near)) => error.hint(format!("The nearest is {near}.")),
        (None, None) => error.hint(
            "The types are VARCHAR(n), CHAR(n), INTEGER, BIGINT, SMALLINT, TINYINT, DECIMAL(p,s), DOUBLE, REAL, \
             BOOLEAN, TIMESTAMP, DATE, TIME, BINARY(n) and VARBINARY(n).",
        ),
    }
}

/// Whether a value of this type is a number.
pub fn numeric(ty: SqlType) -> bool {
    matches!(
        ty,
        SqlType::TinyInt
            | SqlType::SmallInt
            | SqlType::Integer
            | SqlType::BigInt
            | SqlType::Decimal { .. }
            | SqlType::Real
            | SqlType::Double
    )
}

/// Whether a value of this type is text.
pub fn text(ty: SqlType) -> bool {
    matches!(ty, SqlType::Char(_) | SqlType::Varchar(_))
}

/// Whether a value of this type is a date, a time or both.
pub fn datetime(ty: SqlType) -> bool {
    matches!(ty, SqlType::Date | SqlType::Time | SqlType::Timestamp)
}

/// What a person calls the values of a type.
pub fn word(ty: SqlType) -> &'static str {
    match ty {
        _ if numeric(ty) => "a number",
        _ if text(ty) => "text",
        SqlType::Timestamp => "a date and time",
        SqlType::Date => "a date",
        SqlType::Time => "a time of day",
        SqlType::Interval(_) => "a length of time",
        SqlType::Boolean => "true or false",
        SqlType::Null => "nothing",
        _ => "bytes",
    }
}

/// Whether the unit belongs to the calendar's months.
pub fn monthly(unit: Unit) -> bool {
    matches!(unit, Unit::Year | Unit::Month)
}
