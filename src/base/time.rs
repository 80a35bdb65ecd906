//! Virtual time: moments and lengths of time in whole milliseconds, always UTC.
//!
//! The core never asks a clock. Who needs the time is given a [`Timestamp`]; who waits is given a
//! [`Span`]. Milliseconds are the finest step of every service of the workshop, so integers are
//! exact. Printing and reading are here because three services write the same moment in three ways:
//! SQL (`2016-10-26 19:00:00.000`), ISO (`2016-10-26T19:00:00.000Z`) and object keys.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01 00:00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(i64);

/// A length of time in milliseconds; may be negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span(i64);

/// A moment taken apart on the calendar, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    pub milli: u32,
}

const MILLIS_PER_DAY: i64 = 86_400_000;

impl Timestamp {
    /// 1970-01-01 00:00:00 UTC.
    pub const EPOCH: Timestamp = Timestamp(0);
    /// The moment the world opens unless told otherwise: noon in Oregon on the day of the workshop.
    pub const OPENING: Timestamp = Timestamp(1_477_508_400_000);

    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1000)
    }

    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The latest multiple of `step` since the epoch that is not after this moment.
    pub const fn floor(self, step: Span) -> Self {
        Self(self.0 - self.0.rem_euclid(step.0))
    }

    /// The moment on the calendar.
    pub const fn civil(self) -> Civil {
        let (days, in_day) = (self.0.div_euclid(MILLIS_PER_DAY), self.0.rem_euclid(MILLIS_PER_DAY));
        let (year, month, day) = civil_from_days(days);
        Civil {
            year,
            month,
            day,
            hour: (in_day / 3_600_000) as u32,
            minute: (in_day / 60_000 % 60) as u32,
            second: (in_day / 1000 % 60) as u32,
            milli: (in_day % 1000) as u32,
        }
    }

    /// The moment of a date and time of day, or `None` where the calendar has no such moment.
    pub fn from_civil(civil: Civil) -> Option<Self> {
        let Civil { year, month, day, hour, minute, second, milli } = civil;
        let in_range = hour < 24 && minute < 60 && second < 60 && milli < 1000;
        if !in_range || !(1..=days_in_month(year, month)).contains(&day) {
            return None;
        }
        let secs = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        let days = days_from_civil(year, month, day);
        Some(Self(days * MILLIS_PER_DAY + secs * 1000 + i64::from(milli)))
    }

    /// Appends `2016-10-26 19:00:00.000`, the form of SQL rows and CSV files.
    pub fn write_sql(self, out: &mut Vec<u8>) {
        self.write_with(out, b' ');
    }

    /// Appends date and time with `between` in the middle; the fast path of every CSV line.
    fn write_with(self, out: &mut Vec<u8>, between: u8) {
        let it = self.civil();
        let mut text = *b"0000-00-00 00:00:00.000";
        text[10] = between;
        put_digits(&mut text[0..4], it.year.unsigned_abs() as u32 % 10_000);
        put_digits(&mut text[5..7], it.month);
        put_digits(&mut text[8..10], it.day);
        put_digits(&mut text[11..13], it.hour);
        put_digits(&mut text[14..16], it.minute);
        put_digits(&mut text[17..19], it.second);
        put_digits(&mut text[20..23], it.milli);
        out.extend_from_slice(&text);
    }

    /// `2016-10-26 19:00:00.000`.
    pub fn to_sql(self) -> String {
        self.to_text(b' ')
    }

    /// `19:00:00`, for clocks on the screen.
    pub fn to_clock(self) -> String {
        self.to_text(b' ')[11..19].to_owned()
    }

    fn to_text(self, between: u8) -> String {
        let mut out = Vec::with_capacity(23);
        self.write_with(&mut out, between);
        out.iter().map(|&byte| char::from(byte)).collect()
    }

    /// Reads `2016-10-26T19:00:00.000Z`, with a blank for the `T`, without the fraction, without the
    /// zone (then UTC), with an offset such as `-07:00`, or a date alone. `None` if it is not a moment.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date, rest) = text.split_at_checked(10)?;
        let (year, month, day) =
            (number(date.get(0..4)?)?, number(date.get(5..7)?)?, number(date.get(8..10)?)?);
        if date.as_bytes()[4] != b'-' || date.as_bytes()[7] != b'-' {
            return None;
        }
        let mut civil =
            Civil { year, month: month as u32, day: day as u32, hour: 0, minute: 0, second: 0, milli: 0 };
        if rest.is_empty() {
            return Self::from_civil(civil);
        }
        let rest = rest.strip_prefix(['T', ' '])?;
        let (clock, offset) = split_offset(rest)?;
        let (whole, fraction) = clock.split_once('.').unwrap_or((clock, ""));
        let mut parts = whole.split(':');
        civil.hour = field(parts.next()?)?;
        civil.minute = field(parts.next()?)?;
        civil.second = parts.next().map_or(Some(0), field)?;
        if parts.next().is_some() {
            return None;
        }
        if !fraction.is_empty() {
            let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
            number(fraction)?;
            civil.milli = number(&digits)? as u32;
        }
        Some(Self::from_civil(civil)? - offset)
    }
}

/// The clock part and the offset east of UTC.
fn split_offset(text: &str) -> Option<(&str, Span)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock, Span(0)));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, Span(0))) };
    let (clock, offset) = text.split_at(at);
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let digits = offset[1..].replace(':', "");
    if digits.len() != 4 {
        return None;
    }
    let (hours, minutes) = (number(digits.get(..2)?)?, number(digits.get(2..)?)?);
    Some((clock, Span(sign * (hours * 60 + minutes) * 60_000)))
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// A field of a time of day; too large a number is no hour, whatever its last bits say.
fn field(text: &str) -> Option<u32> {
    u32::try_from(number(text)?).ok()
}

fn put_digits(out: &mut [u8], mut value: u32) {
    for place in out.iter_mut().rev() {
        *place = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

/// Days since the epoch of a date of the Gregorian calendar (proleptic).
pub const fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = (month as i64 + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day as i64 - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a number of days since the epoch.
pub const fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = (if shifted < 10 { shifted + 3 } else { shifted - 9 }) as u32;
    let year = year_of_era + era * 400;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

/// How many days a month has; 0 for a month that does not exist.
pub const fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

impl Span {
    pub const ZERO: Span = Span(0);
    pub const SECOND: Span = Span(1000);
    pub const MINUTE: Span = Span(60_000);
    pub const HOUR: Span = Span(3_600_000);
    pub const DAY: Span = Span(MILLIS_PER_DAY);

    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1000)
    }

    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Seconds, rounded up: what a countdown shows.
    pub const fn secs_ceil(self) -> i64 {
        -(-self.0).div_euclid(1000)
    }

    /// Reads `90s`, `5m`, `2h`, `1d`, `250ms`, or several of them in a row (`1m30s`).
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        let mut total: i64 = 0;
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let digits = rest.find(|it: char| !it.is_ascii_digit())?;
            let count: i64 = rest[..digits].parse().ok()?;
            rest = &rest[digits..];
            let letters = rest.find(|it: char| it.is_ascii_digit()).unwrap_or(rest.len());
            let unit = match &rest[..letters] {
                "ms" => 1,
                "s" => 1000,
                "m" => 60_000,
                "h" => 3_600_000,
                "d" => MILLIS_PER_DAY,
                _ => return None,
            };
            total = total.checked_add(count.checked_mul(unit)?)?;
            rest = &rest[letters..];
        }
        Some(Self(total))
    }
}

/// `1m30s`, `250ms`, `5m`: the shortest form that [`Span::parse`] reads back.
impl fmt::Display for Span {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return out.write_str("0s");
        }
        if self.0 < 0 {
            out.write_str("-")?;
        }
        let mut rest = self.0.unsigned_abs();
        for (unit, name) in [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")] {
            if rest >= unit {
                write!(out, "{}{name}", rest / unit)?;
                rest %= unit;
            }
        }
        Ok(())
    }
}

/// `2016-10-26T19:00:00.000Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}Z", self.to_text(b'T'))
    }
}

impl Add<Span> for Timestamp {
    type Output = Timestamp;

    fn add(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Timestamp {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for Timestamp {
    type Output = Timestamp;

    fn sub(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_sub(span.0))
    }
}

impl Sub for Timestamp {
    type Output = Span;

    fn sub(self, other: Timestamp) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl Add for Span {
    type Output = Span;

    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The opening moment prints in both forms and reads back.
    #[test]
    fn opening_moment() {
        assert_eq!(Timestamp::OPENING.to_string(), "2016-10-26T19:00:00.000Z");
        assert_eq!(Timestamp::OPENING.to_sql(), "2016-10-26 19:00:00.000");
        assert_eq!(Timestamp::parse("2016-10-26T19:00:00.000Z"), Some(Timestamp::OPENING));
        assert_eq!(Timestamp::parse("2016-10-26 12:00:00-07:00"), Some(Timestamp::OPENING));
    }

    /// Leap days, the epoch and days before it are where calendars go wrong.
    #[test]
    fn calendar_corners() {
        for text in [
            "1969-12-31T23:59:59.999Z",
            "1970-01-01T00:00:00.000Z",
            "2016-02-29T12:00:00.000Z",
            "2000-02-29T00:00:00.000Z",
        ] {
            assert_eq!(Timestamp::parse(text).map(|it| it.to_string()).as_deref(), Some(text));
        }
        for text in [
            "2015-02-29",
            "2016-13-01",
            "2016-10-26T25:00:00Z",
            "yesterday",
            "2016-1-1",
            // Characters of several bytes where digits should stand, and a number beyond 32 bits.
            "%\u{124b}12345678",
            "2016-10-26 10:00:00+\u{124b}1",
            "2016-10-26 4294967296:00:00",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn spans_read_back() {
        for (text, millis) in [("5m", 300_000), ("1m30s", 90_000), ("250ms", 250), ("2h", 7_200_000)] {
            let span = Span::parse(text).expect(text);
            assert_eq!((span.as_millis(), span.to_string().as_str()), (millis, text));
        }
        assert_eq!(Span::parse("5"), None);
        assert_eq!(Span::parse("m5"), None);
    }
}
