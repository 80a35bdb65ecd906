//! Changing a value's type: what is allowed, and what comes out (sql.md 3.4 and 3.6).
//!
//! Text is cut in silence, everything else that does not fit is an error of its row.

use std::borrow::Cow;

use crate::base::time::{Timestamp, civil_from_days, days_from_civil, days_in_month};
use crate::sql::decimal;
use crate::sql::eval::{ErrorName, Faults};
use crate::sql::plan::CastRule;
use crate::sql::value::{ByteColumn, Column, ColumnData, Qualifier, SqlType, Storage, Unit};

pub const MILLIS_PER_DAY: i64 = 86_400_000;

/// Whether `CAST(from AS to)` exists.
pub fn castable(from: SqlType, to: SqlType) -> bool {
    use SqlType::{Boolean, Date, Interval, Null, Time, Timestamp};
    match (from, to) {
        (Null, _) => true,
        (Interval(q), to) if to.is_exact() => q.first == q.last && !q.is_year_month(),
        (Interval(_), Interval(_)) => same_family(from, to),
        (Interval(_), to) => to.is_character(),
        (from, to) if from.is_numeric() => to.is_numeric() || to.is_character(),
        (from, to) if from.is_character() => {
            let year_month = matches!(to, Interval(q) if q.is_year_month());
            !to.is_binary() && !year_month && to != Null
        }
        (Boolean, to) => to.is_character() || to == Boolean,
        (Date, to) => to.is_character() || matches!(to, Date | Timestamp),
        (Time, to) => to.is_character() || matches!(to, Time | Timestamp),
        (Timestamp, to) => to.is_character() || matches!(to, Date | Time | Timestamp),
        (from, to) => from.is_binary() && to.is_binary(),
    }
}

/// Whether an INSERT may put a value of one type into a column of another.
pub fn assignable(from: SqlType, to: SqlType) -> bool {
    from == SqlType::Null
        || from.is_numeric() && to.is_numeric()
        || from.is_character() && to.is_character()
        || from.is_binary() && to.is_binary()
        || from == to
}

/// Types whose values can be compared with each other.
pub fn same_family(a: SqlType, b: SqlType) -> bool {
    match (a, b) {
        (SqlType::Interval(a), SqlType::Interval(b)) => a.is_year_month() == b.is_year_month(),
        _ => {
            a == b
                || a.is_numeric() && b.is_numeric()
                || a.is_character() && b.is_character()
                || a.is_binary() && b.is_binary()
        }
    }
}

/// The column in another type; rows that cannot follow are faults and hold anything.
pub fn convert<'a>(
    column: Cow<'a, Column>,
    from: SqlType,
    to: SqlType,
    _rule: CastRule,
    today: Timestamp,
    faults: &mut Faults,
) -> Cow<'a, Column> {
    if from == to || keeps_bytes(from, to) {
        return column;
    }
    let rows = column.len();
    if from == SqlType::Null {
        return Cow::Owned(Column::of_nulls(to, rows));
    }
    let data = match (&column.data, to.storage()) {
        (ColumnData::Int(values), Storage::Int) if from.is_exact() && to.is_exact() => {
            ColumnData::Int(exact(values, &column, from, to, faults))
        }
        (ColumnData::Bytes(values), Storage::Bytes) => ColumnData::Bytes(cut(values, from, to)),
        (ColumnData::Double(values), Storage::Double) if to == SqlType::Double => {
            ColumnData::Double(values.clone())
        }
        (_, storage) => one_by_one(&column, from, to, storage, today, faults),
    };
    Cow::Owned(Column { data, nulls: column.nulls.clone() })
}

/// Text that cannot be too long, and bytes of the same kind, stay as they are.
fn keeps_bytes(from: SqlType, to: SqlType) -> bool {
    match (from, to) {
        (SqlType::Varchar(a) | SqlType::Char(a), SqlType::Varchar(b)) => a <= b,
        (SqlType::Binary(a) | SqlType::Varbinary(a), SqlType::Varbinary(b)) => a <= b,
        (SqlType::Interval(a), SqlType::Interval(b)) => a.is_year_month() == b.is_year_month(),
        (SqlType::Real, SqlType::Double) => true,
        _ => false,
    }
}

fn exact(values: &[i64], column: &Column, from: SqlType, to: SqlType, faults: &mut Faults) -> Vec<i64> {
    let (from_scale, to_scale) = (from.scale(), to.scale());
    let up =
        if to_scale >= from_scale { i64::try_from(decimal::power(to_scale - from_scale)).ok() } else { None };
    if let Some(up) = up {
        // Where no value of the source type can be too large there is nothing to check.
        let (whole, _) = from.as_decimal().unwrap_or((19, 0));
        let room = match to {
            SqlType::Decimal { precision, scale } => precision - scale,
            SqlType::BigInt => 18,
            SqlType::Integer => 9,
            SqlType::SmallInt => 4,
            _ => 2,
        };
        if whole - from_scale <= room {
            return values.iter().map(|it| it.wrapping_mul(up)).collect();
        }
    }
    let convert = |(row, &value): (usize, &i64)| {
        let fitting =
            decimal::rescale(i128::from(value), from_scale, to_scale).and_then(|it| decimal::fit(it, to));
        fitting.unwrap_or_else(|| {
            if !column.is_null(row) {
                let mut text = Vec::new();
                decimal::write(value, from_scale, &mut text);
                faults.add(row, ErrorName::OutOfRange, || {
                    format!("Value {} does not fit {to}.", String::from_utf8_lossy(&text))
                });
            }
            0
        })
    };
    values.iter().enumerate().map(convert).collect()
}

/// Text cut to the target's length, padded with blanks for CHAR.
fn cut(values: &ByteColumn, from: SqlType, to: SqlType) -> ByteColumn {
    let (limit, pads) = match to {
        SqlType::Char(length) | SqlType::Binary(length) => (length as usize, true),
        SqlType::Varchar(length) | SqlType::Varbinary(length) => (length as usize, false),
        _ => (usize::MAX, false),
    };
    let filler = if from.is_binary() { 0 } else { b' ' };
    let mut out =
        ByteColumn { ends: Vec::with_capacity(values.len()), bytes: Vec::with_capacity(values.bytes.len()) };
    for row in 0..values.len() {
        let value = values.get(row);
        let kept =
            if from.is_binary() { &value[..value.len().min(limit)] } else { first_chars(value, limit) };
        out.bytes.extend_from_slice(kept);
        if pads {
            let length = if from.is_binary() { kept.len() } else { char_count(kept) };
            out.bytes.extend(std::iter::repeat_n(filler, limit.saturating_sub(length)));
        }
        out.finish();
    }
    out
}

/// The first `limit` characters of UTF-8 text.
pub fn first_chars(text: &[u8], limit: usize) -> &[u8] {
    if text.len() <= limit {
        return text;
    }
    if text[..limit].is_ascii() && text[limit] & 0xC0 != 0x80 {
        return &text[..limit];
    }
    let starts = text.iter().enumerate().filter(|(_, byte)| **byte & 0xC0 != 0x80);
    starts.map(|(at, _)| at).nth(limit).map_or(text, |at| &text[..at])
}

/// How many characters UTF-8 text has.
pub fn char_count(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// Conversions between storages, and of times: value by value.
fn one_by_one(
    column: &Column,
    from: SqlType,
    to: SqlType,
    storage: Storage,
    today: Timestamp,
    faults: &mut Faults,
) -> ColumnData {
    let mut out = ColumnData::new(storage);
    let mut text = Vec::new();
    for row in 0..column.len() {
        let outcome = if column.is_null(row) {
            Err(None)
        } else {
            one(column, row, from, to, today, &mut text, &mut out)
        };
        if let Err(problem) = outcome {
            if let Some((name, message)) = problem {
                faults.add(row, name, || message);
            }
            match &mut out {
                ColumnData::Bool(values) => values.push(false),
                ColumnData::Int(values) => values.push(0),
                ColumnData::Double(values) => values.push(0.0),
                ColumnData::Bytes(values) => values.push(&[]),
            }
        }
    }
    out
}

type Problem = Option<(ErrorName, String)>;

fn one(
    column: &Column,
    row: usize,
    from: SqlType,
    to: SqlType,
    today: Timestamp,
    text: &mut Vec<u8>,
    out: &mut ColumnData,
) -> Result<(), Problem> {
    match out {
        ColumnData::Bytes(values) => {
            text.clear();
            write_text(column, row, from, text);
            if let SqlType::Char(length) | SqlType::Varchar(length) = to {
                let length = length as usize;
                let kept = first_chars(text, length);
                if kept.len() < text.len() && !matches!(from, SqlType::Interval(_)) {
                    let shown = String::from_utf8_lossy(text).into_owned();
                    return Err(Some((ErrorName::OutOfRange, format!("'{shown}' does not fit {to}."))));
                }
                values.bytes.extend_from_slice(kept);
                if matches!(to, SqlType::Char(_)) {
                    values.bytes.extend(std::iter::repeat_n(b' ', length.saturating_sub(char_count(kept))));
                }
                values.finish();
            }
            Ok(())
        }
        ColumnData::Bool(values) => {
            let ColumnData::Bytes(source) = &column.data else { return Err(None) };
            let written = trimmed(source.get(row));
            let value = match written.to_ascii_uppercase().as_str() {
                "TRUE" => true,
                "FALSE" => false,
                _ => return Err(refused(written, to)),
            };
            values.push(value);
            Ok(())
        }
        ColumnData::Double(values) => {
            let value = match &column.data {
                ColumnData::Int(source) => to_double(source[row], from.scale()),
                ColumnData::Double(source) => source[row],
                ColumnData::Bytes(source) => read_double(source.get(row), to)?,
                ColumnData::Bool(_) => return Err(None),
            };
            let narrow = if to == SqlType::Real { f64::from(value as f32) } else { value };
            if !narrow.is_finite() {
                return Err(out_of_range(&value.to_string(), to));
            }
            values.push(narrow);
            Ok(())
        }
        ColumnData::Int(values) => {
            let value = match &column.data {
                ColumnData::Int(source) => int_to_int(source[row], from, to, today)?,
                ColumnData::Double(source) => double_to_exact(source[row], from, to)?,
                ColumnData::Bytes(source) => read_int(source.get(row), to)?,
                ColumnData::Bool(_) => return Err(None),
            };
            values.push(value);
            Ok(())
        }
    }
}

fn trimmed(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default().trim()
}

fn refused(written: &str, to: SqlType) -> Problem {
    if to.is_numeric() {
        return Some((ErrorName::Coercion, format!("For input string: \"{written}\"")));
    }
    Some((ErrorName::Coercion, format!("'{written}' is not a value of {to}.")))
}

fn out_of_range(written: &str, to: SqlType) -> Problem {
    Some((ErrorName::OutOfRange, format!("Value {written} does not fit {to}.")))
}

/// An exact number as the nearest double: through its text where its digits are many.
pub fn to_double(digits: i64, scale: u8) -> f64 {
    if digits.unsigned_abs() < 1 << 53 && scale <= 22 {
        return digits as f64 / 10_f64.powi(i32::from(scale));
    }
    let mut text = Vec::new();
    decimal::write(digits, scale, &mut text);
    trimmed(&text).parse().unwrap_or(digits as f64)
}

fn read_double(text: &[u8], to: SqlType) -> Result<f64, Problem> {
    let written = trimmed(text);
    let plain = written.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it));
    match written.parse::<f64>() {
        Ok(value) if plain && value.is_finite() => Ok(value),
        Ok(_) if plain => Err(out_of_range(written, to)),
        _ => Err(refused(written, to)),
    }
}

/// An approximate number as an exact one: its shortest decimal text, which for a REAL has about seven
/// digits, rounded half away from zero (sql.md 3.6).
pub fn double_to_exact(value: f64, from: SqlType, to: SqlType) -> Result<i64, Problem> {
    let text = if from == SqlType::Real { format!("{}", value as f32) } else { format!("{value}") };
    decimal::read(text.as_bytes(), to.scale())
        .and_then(|(digits, _)| decimal::fit(digits, to))
        .ok_or_else(|| out_of_range(&text, to))
}

fn int_to_int(value: i64, from: SqlType, to: SqlType, today: Timestamp) -> Result<i64, Problem> {
    use SqlType::{Date, Interval, Time, Timestamp};
    Ok(match (from, to) {
        (Timestamp, Date) => value.div_euclid(MILLIS_PER_DAY),
        (Timestamp, Time) => value.rem_euclid(MILLIS_PER_DAY),
        (Date, Timestamp) => value.saturating_mul(MILLIS_PER_DAY),
        (Time, Timestamp) => today.as_millis() - today.as_millis().rem_euclid(MILLIS_PER_DAY) + value,
        (Interval(q), to) => {
            let keeps_fraction = q.first == Unit::Second && to.scale() > 0;
            let (digits, scale) = if keeps_fraction { (value, 3) } else { (value / millis(q.last), 0) };
            decimal::rescale(i128::from(digits), scale, to.scale())
                .and_then(|it| decimal::fit(it, to))
                .ok_or_else(|| out_of_range(&digits.to_string(), to))?
        }
        _ => value,
    })
}

/// Milliseconds of a day-time unit; months are counted apart, and count 1 here.
pub fn millis(unit: Unit) -> i64 {
    match unit {
        Unit::Day => MILLIS_PER_DAY,
        Unit::Hour => 3_600_000,
        Unit::Minute => 60_000,
        Unit::Second => 1000,
        Unit::Year => 12,
        Unit::Month => 1,
    }
}

fn read_int(text: &[u8], to: SqlType) -> Result<i64, Problem> {
    let written = trimmed(text);
    let read = match to {
        SqlType::Date => read_date(written),
        SqlType::Time => read_time(written),
        SqlType::Timestamp => read_timestamp(written),
        SqlType::Interval(qualifier) => read_interval(written, qualifier),
        _ => {
            let (digits, _) =
                decimal::read(written.as_bytes(), to.scale()).ok_or_else(|| refused(written, to))?;
            return decimal::fit(digits, to).ok_or_else(|| out_of_range(written, to));
        }
    };
    read.ok_or_else(|| refused(written, to))
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let plain = length.contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// `yyyy-mm-dd` as days since the epoch.
pub fn read_date(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let (year, month, day) =
        (digits(parts.next()?, 4..=4)?, digits(parts.next()?, 1..=2)?, digits(parts.next()?, 1..=2)?);
    let (month, day) = (month as u32, day as u32);
    let valid = parts.next().is_none() && year >= 1 && (1..=days_in_month(year, month)).contains(&day);
    if valid { Some(days_from_civil(year, month, day)) } else { None }
}

/// `hh:mm:ss[.f]` as milliseconds of the day.
pub fn read_time(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').map_or((text, None), |(clock, rest)| (clock, Some(rest)));
    let mut parts = clock.split(':').map(|it| digits(it, 1..=2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let millis = match fraction {
        Some(fraction) => {
            digits(fraction, 1..=9)?;
            format!("{fraction:0<3}").get(..3)?.parse::<i64>().ok()?
        }
        None => 0,
    };
    Some((hour * 60 + minute) * 60_000 + second * 1000 + millis)
}

/// `yyyy-mm-dd hh:mm:ss[.f]` as milliseconds since the epoch.
pub fn read_timestamp(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(' ')?;
    Some(read_date(date)? * MILLIS_PER_DAY + read_time(time.trim_start())?)
}

/// The value of an interval as it is written between quotes (sql.md 2.4): `-2 3:10` for DAY TO MINUTE.
/// Milliseconds, or months for YEAR and MONTH; `None` where the shape is wrong.
pub fn read_interval(text: &str, qualifier: Qualifier) -> Option<i64> {
    let text = text.trim();
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let units = [Unit::Year, Unit::Month, Unit::Day, Unit::Hour, Unit::Minute, Unit::Second];
    let units = units.iter().filter(|it| (qualifier.first..=qualifier.last).contains(it));
    let (mut rest, mut total) = (text.trim(), 0_i64);
    for &unit in units {
        let end = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
        let number = digits(&rest[..end], 1..=18)?;
        let limit = match unit {
            Unit::Month => 11,
            Unit::Hour => 23,
            Unit::Minute | Unit::Second => 59,
            _ => i64::MAX,
        };
        if unit != qualifier.first && number > limit {
            return None;
        }
        total = total.checked_add(number.checked_mul(millis(unit))?)?;
        rest = &rest[end..];
        if unit == Unit::Second
            && let Some(fraction) = rest.strip_prefix('.')
        {
            digits(fraction, 1..=9)?;
            total += format!("{fraction:0<3}").get(..3)?.parse::<i64>().ok()?;
            rest = "";
        }
        if unit != qualifier.last {
            let between = match unit {
                Unit::Year => '-',
                Unit::Day => ' ',
                _ => ':',
            };
            rest = rest.strip_prefix(between)?.trim_start();
        }
    }
    if rest.is_empty() { Some(sign * total) } else { None }
}

/// Appends the text of CAST to VARCHAR (sql.md 3.4).
pub fn write_text(column: &Column, row: usize, ty: SqlType, out: &mut Vec<u8>) {
    match &column.data {
        ColumnData::Bool(values) => out.extend_from_slice(if values[row] { b"TRUE" } else { b"FALSE" }),
        ColumnData::Double(values) => out.extend_from_slice(scientific(values[row], ty).as_bytes()),
        ColumnData::Bytes(values) => out.extend_from_slice(values.get(row)),
        ColumnData::Int(values) => write_int(values[row], ty, out),
    }
}

fn write_int(value: i64, ty: SqlType, out: &mut Vec<u8>) {
    match ty {
        SqlType::Date => write_date(value, out),
        SqlType::Time => write_clock(value, out),
        SqlType::Timestamp => {
            write_date(value.div_euclid(MILLIS_PER_DAY), out);
            out.push(b' ');
            write_clock(value.rem_euclid(MILLIS_PER_DAY), out);
        }
        SqlType::Interval(qualifier) => out.extend_from_slice(interval_text(value, qualifier).as_bytes()),
        _ => decimal::write(value, ty.scale(), out),
    }
}

/// `2016-10-26`.
pub fn write_date(days: i64, out: &mut Vec<u8>) {
    let (year, month, day) = civil_from_days(days);
    out.extend_from_slice(format!("{year:04}-{month:02}-{day:02}").as_bytes());
}

/// `17:05:03`, of milliseconds of a day.
pub fn write_clock(millis: i64, out: &mut Vec<u8>) {
    let seconds = millis / 1000;
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    out.extend_from_slice(text.as_bytes());
}

/// `4.5E30`: the shortest digits that read back, one before the point.
fn scientific(value: f64, ty: SqlType) -> String {
    let text = if ty == SqlType::Real { format!("{:E}", value as f32) } else { format!("{value:E}") };
    if text == "-0E0" { "0E0".to_owned() } else { text }
}

/// `+8:25`, `+2 00:08:25`, `+505.250`, `+4-07`.
pub fn interval_text(value: i64, qualifier: Qualifier) -> String {
    let sign = if value < 0 { '-' } else { '+' };
    let mut rest = value.unsigned_abs();
    let mut text = String::from(sign);
    let units = [Unit::Year, Unit::Month, Unit::Day, Unit::Hour, Unit::Minute, Unit::Second];
    for unit in units.into_iter().filter(|it| (qualifier.first..=qualifier.last).contains(it)) {
        let size = millis(unit).unsigned_abs();
        let count = rest / size;
        rest %= size;
        let leading = unit == qualifier.first;
        text.push_str(match unit {
            _ if leading => "",
            Unit::Month => "-",
            Unit::Hour => " ",
            _ => ":",
        });
        text.push_str(&if leading { format!("{count}") } else { format!("{count:02}") });
        if unit == Unit::Second && rest > 0 {
            text.push_str(&format!(".{rest:03}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read_and_written() {
        let day_to_minute = Qualifier { first: Unit::Day, last: Unit::Minute };
        assert_eq!(read_interval("-2 3:10", day_to_minute), Some(-(51 * 60 + 10) * 60_000));
        let day_to_second = Qualifier { first: Unit::Day, last: Unit::Second };
        assert_eq!(read_interval("1 6:7:8.250", day_to_second), Some(108_428_250));
        assert_eq!(interval_text(172_800_000 + 505_000, day_to_second), "+2 00:08:25");
        assert_eq!(interval_text(-505_000, Qualifier { first: Unit::Minute, last: Unit::Second }), "-8:25");
        assert_eq!(interval_text(505_000, Qualifier::single(Unit::Minute)), "+8");
    }

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(first_chars("äöü".as_bytes(), 2), "äö".as_bytes());
        assert_eq!(first_chars(b"WXYZ", 2), b"WX");
        assert_eq!(first_chars("aä".as_bytes(), 2), "aä".as_bytes());
    }

    #[test]
    fn times_need_every_field() {
        assert_eq!(read_timestamp("2016-10-26 17:05:03"), Some(1_477_501_503_000));
        assert_eq!(read_timestamp("2016-10-26"), None);
        assert_eq!(read_date("2016-02-30"), None);
    }
}
