//! A value of a record in the type of its column: the table of sql.md 6.4.

use crate::base::time::Timestamp;
use crate::cloud::mapping::scan::{Cell, Kind, unescape};
use crate::sql::cast::{MILLIS_PER_DAY, first_chars, read_date, read_time};
use crate::sql::decimal;
use crate::sql::value::{Column, ColumnData, SqlType};

/// Appends a JSON value. The error is the message of its row in `error_stream`.
pub fn put(
    text: &str,
    cell: Cell,
    column: &mut Column,
    ty: SqlType,
    scratch: &mut Vec<u8>,
) -> Result<(), String> {
    let written = &text[cell.start as usize..cell.end as usize];
    match cell.kind {
        Kind::Missing | Kind::Null => {
            column.push_null();
            Ok(())
        }
        Kind::Number => number(written, column, ty),
        Kind::Plain => string(written, column, ty),
        Kind::Escaped => {
            scratch.clear();
            unescape(written, scratch)?;
            string(std::str::from_utf8(scratch).unwrap_or_default(), column, ty)
        }
        Kind::True | Kind::False => truth(cell.kind == Kind::True, column, ty),
        Kind::Nested if ty.is_character() => {
            put_text(written, column, ty);
            Ok(())
        }
        Kind::Nested => Err(format!("An object or array does not fit {ty}.")),
    }
}

fn put_text(text: &str, column: &mut Column, ty: SqlType) {
    let length = match ty {
        SqlType::Char(length) | SqlType::Varchar(length) => length as usize,
        _ => usize::MAX,
    };
    if let ColumnData::Bytes(values) = &mut column.data {
        let kept = first_chars(text.as_bytes(), length);
        values.bytes.extend_from_slice(kept);
        if matches!(ty, SqlType::Char(_)) {
            let count = crate::sql::cast::char_count(kept);
            values.bytes.extend(std::iter::repeat_n(b' ', length.saturating_sub(count)));
        }
        values.finish();
    }
    column.mark_present();
}

fn put_int(value: i64, column: &mut Column) {
    if let ColumnData::Int(values) = &mut column.data {
        values.push(value);
    }
    column.mark_present();
}

fn put_bool(value: bool, column: &mut Column) {
    if let ColumnData::Bool(values) = &mut column.data {
        values.push(value);
    }
    column.mark_present();
}

fn truth(value: bool, column: &mut Column, ty: SqlType) -> Result<(), String> {
    match ty {
        SqlType::Boolean => put_bool(value, column),
        SqlType::Real | SqlType::Double => put_double(f64::from(u8::from(value)), column, ty),
        ty if ty.is_exact() => {
            let digits =
                decimal::rescale(i128::from(value), 0, ty.scale()).and_then(|it| decimal::fit(it, ty));
            put_int(digits.ok_or_else(|| format!("Value {value} does not fit {ty}."))?, column);
        }
        ty if ty.is_character() => put_text(if value { "true" } else { "false" }, column, ty),
        ty if ty.is_binary() => put_bytes(&[u8::from(value)], column, ty),
        _ => return Err(format!("Value {value} is not a value of {ty}.")),
    }
    Ok(())
}

fn put_double(value: f64, column: &mut Column, ty: SqlType) {
    if let ColumnData::Double(values) = &mut column.data {
        values.push(if ty == SqlType::Real { f64::from(value as f32) } else { value });
    }
    column.mark_present();
}

fn put_bytes(bytes: &[u8], column: &mut Column, ty: SqlType) {
    if let ColumnData::Bytes(values) = &mut column.data {
        let (length, pads) = match ty {
            SqlType::Binary(length) => (length as usize, true),
            SqlType::Varbinary(length) => (length as usize, false),
            _ => (usize::MAX, false),
        };
        let kept = &bytes[..bytes.len().min(length)];
        values.bytes.extend_from_slice(kept);
        if pads {
            values.bytes.extend(std::iter::repeat_n(0, length - kept.len()));
        }
        values.finish();
    }
    column.mark_present();
}

/// A number of few digits without point or exponent.
fn small_integer(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let mut value = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(digit - b'0');
    }
    Some(if negative { -value } else { value })
}

fn number(text: &str, column: &mut Column, ty: SqlType) -> Result<(), String> {
    match ty {
        SqlType::Boolean => put_bool(decimal_digits(text) != Some(0), column),
        ty if ty.is_character() => put_text(text, column, ty),
        ty if ty.is_numeric() => return numeric(text, column, ty),
        _ => return Err(format!("Number {text} is not a value of {ty}.")),
    }
    Ok(())
}

/// 0 for every spelling of zero.
fn decimal_digits(text: &str) -> Option<i64> {
    let significant = text.split(['e', 'E']).next().unwrap_or_default();
    if significant.bytes().any(|it| matches!(it, b'1'..=b'9')) { None } else { Some(0) }
}

/// Digits as a number: an integer takes no fraction, a DECIMAL rounds what it has no place for.
fn numeric(text: &str, column: &mut Column, ty: SqlType) -> Result<(), String> {
    let misfit = || format!("Value {text} does not fit {ty}.");
    if ty.is_approximate() {
        let value: f64 = text.parse().ok().filter(|it: &f64| it.is_finite()).ok_or_else(misfit)?;
        put_double(value, column, ty);
        return Ok(());
    }
    let read = match small_integer(text) {
        Some(value) => decimal::rescale(i128::from(value), 0, ty.scale()).map(|it| (it, false)),
        None => decimal::read(text.as_bytes(), ty.scale()),
    };
    let (digits, lost) = read.ok_or_else(misfit)?;
    if lost && ty.is_integer() {
        return Err(misfit());
    }
    put_int(decimal::fit(digits, ty).ok_or_else(misfit)?, column);
    Ok(())
}

/// Appends a text that stands for a value: a JSON string or a CSV field.
pub fn string(text: &str, column: &mut Column, ty: SqlType) -> Result<(), String> {
    let refused = || format!("'{text}' is not a value of {ty}.");
    let trimmed = text.trim();
    match ty {
        ty if ty.is_character() => put_text(text, column, ty),
        ty if ty.is_numeric() => {
            let plain = trimmed.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it));
            let known = plain && !trimmed.is_empty() && decimal::read(trimmed.as_bytes(), 0).is_some();
            if !(known || plain && ty.is_approximate() && trimmed.parse::<f64>().is_ok()) {
                return Err(format!("For input string: \"{text}\""));
            }
            return numeric(trimmed, column, ty);
        }
        SqlType::Boolean => put_bool(trimmed.eq_ignore_ascii_case("true"), column),
        SqlType::Date => put_int(read_date(trimmed).ok_or_else(refused)?, column),
        SqlType::Time => put_int(read_time(trimmed).ok_or_else(refused)?, column),
        SqlType::Timestamp => {
            let moment = Timestamp::parse(trimmed).ok_or_else(refused)?.as_millis();
            let within = (-62_135_596_800_000..253_402_300_800_000 + MILLIS_PER_DAY).contains(&moment);
            put_int(if within { moment } else { return Err(refused()) }, column);
        }
        ty if ty.is_binary() => put_bytes(&hexadecimal(trimmed).ok_or_else(refused)?, column, ty),
        _ => return Err(refused()),
    }
    Ok(())
}

/// The bytes of `X'0AFF'`.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix(['X', 'x'])?.strip_prefix('\'')?.strip_suffix('\'')?;
    let pair = |pair: &[u8]| match pair {
        [a, b] => Some((char::from(*a).to_digit(16)? * 16 + char::from(*b).to_digit(16)?) as u8),
        _ => None,
    };
    digits.as_bytes().chunks(2).map(pair).collect()
}
