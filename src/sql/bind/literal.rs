//! Literals: numbers, dates, times and intervals as they are written (sql.md 2.3 and 2.4).

use std::ops::Range;

use crate::base::time::{Civil, Timestamp, days_from_civil, days_in_month};
use crate::sql::diag::Diagnostic;
use crate::sql::value::{Qualifier, SqlType, Unit, Value};

/// Digits of an interval's leading field, unless the qualifier says more.
const LEADING_DEFAULT: u64 = 2;
/// The most digits a qualifier may ask for.
const LEADING_MAX: u64 = 10;

const MILLIS_PER_DAY: i64 = 86_400_000;

/// A number: INTEGER or BIGINT, with a point DECIMAL, with an exponent DOUBLE.
pub fn number(written: &str, span: Range<usize>) -> Result<(Value, SqlType), Diagnostic> {
    let out_of_range = || {
        Diagnostic::error(span.clone(), format!("the number {written} is out of range"))
            .detail("Exact numbers have up to 19 digits and fit 64 bits.")
            .hint(format!("With an exponent it is a DOUBLE: {written}E0."))
    };
    if written.contains(['e', 'E']) {
        let value: f64 = written.parse().map_err(|_| out_of_range())?;
        return if value.is_finite() {
            Ok((Value::Double(value), SqlType::Double))
        } else {
            Err(out_of_range())
        };
    }
    let Some((whole, fraction)) = written.split_once('.') else {
        let value: i64 = written.parse().map_err(|_| out_of_range())?;
        let ty = if i32::try_from(value).is_ok() { SqlType::Integer } else { SqlType::BigInt };
        return Ok((Value::Int(value), ty));
    };
    let digits = format!("{whole}{fraction}");
    let value: i64 = digits.parse().map_err(|_| out_of_range())?;
    if 19 < digits.len() {
        return Err(out_of_range());
    }
    let ty = SqlType::Decimal { precision: digits.len() as u8, scale: fraction.len() as u8 };
    Ok((Value::Int(value), ty))
}

/// `DATE '…'`, `TIME '…'` or `TIMESTAMP '…'`: the value behind the word.
pub fn moment(ty: SqlType, text: &str, span: Range<usize>) -> Result<Value, Diagnostic> {
    let (word, form, example) = match ty {
        SqlType::Date => ("DATE", "yyyy-MM-dd", "DATE '2016-10-26'"),
        SqlType::Time => ("TIME", "HH:mm:ss", "TIME '19:00:00'"),
        _ => ("TIMESTAMP", "yyyy-MM-dd HH:mm:ss", "TIMESTAMP '2016-10-26 19:00:00'"),
    };
    let value = match ty {
        SqlType::Date => date(text).map(|(year, month, day)| days_from_civil(year, month, day)),
        SqlType::Time => clock(text),
        _ => text.split_once(' ').and_then(|(day, time)| {
            let ((year, month, day), millis) = (date(day)?, clock(time)?);
            let civil = Civil { year, month, day, hour: 0, minute: 0, second: 0, milli: 0 };
            Timestamp::from_civil(civil).map(|it| it.as_millis() + millis)
        }),
    };
    value.map(Value::Int).ok_or_else(|| {
        let error = Diagnostic::error(span, format!("'{text}' is not a {word}"))
            .detail(format!("A {word} is written in full: {form}."));
        match (ty, date(text)) {
            (SqlType::Timestamp, Some(_)) => error.hint(format!("Write TIMESTAMP '{text} 00:00:00'.")),
            _ => error.hint(format!("Write it like {example}.")),
        }
    })
}

/// `yyyy-m-d`, a day of the calendar.
fn date(text: &str) -> Option<(i64, u32, u32)> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let shaped = year.len() == 4 && month.len() <= 2 && day.len() <= 2 && parts.next().is_none();
    let (year, month, day) = (digits(year)?, digits(month)? as u32, digits(day)? as u32);
    let exists = shaped && 1 <= year && (1..=days_in_month(year, month)).contains(&day);
    exists.then_some((year, month, day))
}

/// `h:mm:ss[.fff]` as milliseconds of the day.
fn clock(text: &str) -> Option<i64> {
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let shaped = [hour, minute, second].iter().all(|it| it.len() <= 2) && parts.next().is_none();
    let (hour, minute, second) = (digits(hour)?, digits(minute)?, digits(second)?);
    let exists = shaped && hour < 24 && minute < 60 && second < 60;
    let millis = millis(fraction)?;
    exists.then_some(((hour * 60 + minute) * 60 + second) * 1000 + millis)
}

fn digits(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// The digits behind the point of a second, as milliseconds; more than three are cut.
fn millis(fraction: &str) -> Option<i64> {
    digits(fraction)?;
    let three: String = fraction.chars().chain("00".chars()).take(3).collect();
    digits(&three)
}

/// An interval literal taken apart by the parser.
pub struct Written<'a> {
    /// The text between the quotes.
    pub text: &'a str,
    pub qualifier: Qualifier,
    /// `SECOND(3)`: how many digits the first field may have.
    pub precision: Option<u64>,
    /// From INTERVAL to the unit.
    pub span: Range<usize>,
}

impl Written<'_> {
    /// Milliseconds, or months for years and months.
    pub fn value(&self) -> Result<Value, Diagnostic> {
        let (negative, text) = match self.text.trim_start_matches('+').strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, self.text.trim_start_matches('+')),
        };
        let fields = self.fields(text).ok_or_else(|| self.misshapen())?;
        let leading_max = self.precision.unwrap_or(LEADING_DEFAULT);
        if LEADING_MAX < leading_max {
            return Err(Diagnostic::error(self.span.clone(), "an interval field has at most 10 digits")
                .detail("The number in parentheses is how many digits the first field may have.")
                .hint(format!("Write {}({LEADING_MAX}).", self.qualifier.first)));
        }
        let first = fields.first().map_or(0, |it| it.0);
        if leading_max < first.to_string().len() as u64 && first != 0 {
            return Err(self.too_many_digits(first, leading_max));
        }
        let mut total: i64 = 0;
        for (value, weight) in fields {
            let part = value.checked_mul(weight).ok_or_else(|| self.misshapen())?;
            total = total.checked_add(part).ok_or_else(|| self.misshapen())?;
        }
        Ok(Value::Int(if negative { -total } else { total }))
    }

    /// Each field's number and its weight, or `None` where the text has another shape.
    fn fields(&self, text: &str) -> Option<Vec<(i64, i64)>> {
        let Qualifier { first, last } = self.qualifier;
        let units: Vec<Unit> = UNITS.into_iter().filter(|it| (first..=last).contains(it)).collect();
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) if last == Unit::Second => (whole, millis(fraction)?),
            Some(_) => return None,
            None => (text, 0),
        };
        let mut rest = whole;
        let mut fields = Vec::with_capacity(units.len() + 1);
        for (at, &unit) in units.iter().enumerate() {
            let separator = match unit {
                Unit::Year => '-',
                Unit::Day => ' ',
                _ => ':',
            };
            let part = if at + 1 == units.len() {
                rest
            } else {
                let (part, behind) = rest.split_once(separator)?;
                rest = behind;
                part
            };
            let value = digits(part)?;
            if 0 < at && range(unit) <= value {
                return None;
            }
            fields.push((value, weight(unit)));
        }
        fields.push((fraction, 1));
        Some(fields)
    }

    fn misshapen(&self) -> Diagnostic {
        let qualifier = self.qualifier;
        let error =
            Diagnostic::error(self.span.clone(), format!("'{}' is not an INTERVAL {qualifier}", self.text));
        let number = digits(self.text.split_whitespace().next().unwrap_or(""));
        if let (Some(number), true) = (number, self.text.contains(char::is_alphabetic)) {
            return error
                .detail("The number stands in the quotes, the unit outside.")
                .hint(format!("Write INTERVAL '{number}' {qualifier}."));
        }
        let example = match (qualifier.first, qualifier.last) {
            (Unit::Day, Unit::Hour) => "3 07",
            (Unit::Day, Unit::Minute) => "3 07:30",
            (Unit::Day, Unit::Second) => "3 07:30:05",
            (Unit::Hour, Unit::Minute) => "07:30",
            (Unit::Hour, Unit::Second) => "07:30:05",
            (Unit::Minute, Unit::Second) => "59:30",
            (Unit::Year, Unit::Month) => "1-06",
            _ => "10",
        };
        error
            .detail("The text in the quotes has one number for each field of the qualifier.")
            .hint(format!("Write it like INTERVAL '{example}' {qualifier}."))
    }

    fn too_many_digits(&self, value: i64, allowed: u64) -> Diagnostic {
        let Qualifier { first, last } = self.qualifier;
        let longer = match first {
            Unit::Second if value % 60 == 0 => Some((value / 60, Unit::Minute)),
            Unit::Minute if value % 60 == 0 => Some((value / 60, Unit::Hour)),
            Unit::Hour if value % 24 == 0 => Some((value / 24, Unit::Day)),
            _ => None,
        };
        let wide = value.to_string().len();
        let wider =
            if first == last { format!("{first}({wide})") } else { format!("{first}({wide}) TO {last}") };
        let hint = match longer {
            Some((value, unit)) if first == last => {
                format!("Write INTERVAL '{value}' {unit}, or {wider} for {wide} digits.")
            }
            _ => format!("Write {wider} for {wide} digits."),
        };
        Diagnostic::error(self.span.clone(), format!("{value} has too many digits for {first}"))
            .detail(format!("The first field of an interval has {allowed} digits unless it says more."))
            .hint(hint)
    }
}

const UNITS: [Unit; 6] = [Unit::Year, Unit::Month, Unit::Day, Unit::Hour, Unit::Minute, Unit::Second];

/// The unit a word names, singular only.
pub fn unit_of(word: &str) -> Option<Unit> {
    UNITS.into_iter().find(|it| it.to_string().eq_ignore_ascii_case(word))
}

/// What one of the unit weighs: milliseconds, or months.
fn weight(unit: Unit) -> i64 {
    match unit {
        Unit::Year => 12,
        Unit::Month => 1,
        Unit::Day => MILLIS_PER_DAY,
        Unit::Hour => 3_600_000,
        Unit::Minute => 60_000,
        Unit::Second => 1000,
    }
}

/// How many of the unit make the next larger one.
fn range(unit: Unit) -> i64 {
    match unit {
        Unit::Year | Unit::Day => i64::MAX,
        Unit::Month => 12,
        Unit::Hour => 24,
        Unit::Minute | Unit::Second => 60,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(text: &str, first: Unit, last: Unit) -> Option<Value> {
        let qualifier = Qualifier { first, last };
        Written { text, qualifier, precision: Some(10), span: 0..0 }.value().ok()
    }

    /// One example per qualifier, from the table of sql.md 2.4.
    #[test]
    fn intervals() {
        let day = 86_400_000;
        for (text, first, last, millis) in [
            ("45", Unit::Minute, Unit::Minute, 45 * 60_000),
            ("59.999", Unit::Second, Unit::Second, 59_999),
            ("3 07", Unit::Day, Unit::Hour, 3 * day + 7 * 3_600_000),
            ("3 07:30:05.250", Unit::Day, Unit::Second, 3 * day + (7 * 60 + 30) * 60_000 + 5250),
            ("59:59.999", Unit::Minute, Unit::Second, 59 * 60_000 + 59_999),
            ("-3", Unit::Day, Unit::Day, -3 * day),
            ("4-07", Unit::Year, Unit::Month, 55),
        ] {
            assert_eq!(interval(text, first, last), Some(Value::Int(millis)), "{text}");
        }
        for (text, first, last) in [
            ("10 SECOND", Unit::Second, Unit::Second),
            ("1.5", Unit::Minute, Unit::Minute),
            ("1:60", Unit::Hour, Unit::Minute),
            ("", Unit::Day, Unit::Day),
            ("1 2", Unit::Hour, Unit::Minute),
        ] {
            assert_eq!(interval(text, first, last), None, "{text}");
        }
    }

    /// Types come from the digits written (sql.md 3.2 and 3.3).
    #[test]
    fn numbers() {
        for (text, value, ty) in [
            ("1", 1, SqlType::Integer),
            ("3000000000", 3_000_000_000, SqlType::BigInt),
            ("1.25", 125, SqlType::Decimal { precision: 3, scale: 2 }),
            (".5", 5, SqlType::Decimal { precision: 1, scale: 1 }),
            ("0.0002", 2, SqlType::Decimal { precision: 5, scale: 4 }),
        ] {
            assert_eq!(number(text, 0..0), Ok((Value::Int(value), ty)), "{text}");
        }
        assert_eq!(number("1e0", 0..0), Ok((Value::Double(1.0), SqlType::Double)));
        assert!(number("99999999999999999999", 0..0).is_err());
    }

    /// One-digit months and days are read; a short or impossible moment is not.
    #[test]
    fn moments() {
        assert_eq!(moment(SqlType::Date, "2016-1-5", 0..0), Ok(Value::Int(16_805)));
        assert_eq!(moment(SqlType::Timestamp, "1970-01-01 00:00:01.5", 0..0), Ok(Value::Int(1500)));
        for text in ["1970-01-01", "1970-01-01 00:00:00 ", "2015-02-29 00:00:00", "1970-01-01T00:00:00"] {
            assert!(moment(SqlType::Timestamp, text, 0..0).is_err(), "{text}");
        }
    }
}
