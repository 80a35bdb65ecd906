//! The date formats of moment.js 2.17.1 in English, as `date.now("…")` and `date.utc("…")` take them.
//!
//! A pattern is read once into pieces. Letters that are no token print as themselves, text in square
//! brackets is literal, a backslash keeps the next token from being one. `L`, `LT` and their relatives
//! are short for longer patterns and are opened first. Virtual time is UTC, so an offset is `+00:00`.

use crate::base::time::{Civil, Timestamp, days_from_civil};
use crate::template::words::{MONTHS, WEEKDAYS};

/// What `date.now` prints without a pattern: 25 characters, with the offset.
pub const NOW: &str = "YYYY-MM-DDTHH:mm:ssZ";
/// What `date.utc` prints without a pattern: 20 characters, with a `Z`.
pub const UTC: &str = "YYYY-MM-DDTHH:mm:ss[Z]";

/// Longest first, so that the first that fits is the one moment.js takes.
const TOKENS: &[&str] = &[
    "Hmmss",
    "hmmss",
    "Hmm",
    "hmm",
    "Mo",
    "MMMM",
    "MMM",
    "MM",
    "M",
    "Do",
    "DDDo",
    "DDDD",
    "DDD",
    "DD",
    "D",
    "dddd",
    "ddd",
    "do",
    "dd",
    "d",
    "wo",
    "ww",
    "w",
    "Wo",
    "WW",
    "W",
    "Qo",
    "Q",
    "YYYYYY",
    "YYYYY",
    "YYYY",
    "YY",
    "Y",
    "ggggg",
    "gggg",
    "gg",
    "GGGGG",
    "GGGG",
    "GG",
    "e",
    "E",
    "a",
    "A",
    "hh",
    "h",
    "HH",
    "H",
    "kk",
    "k",
    "mm",
    "m",
    "ss",
    "s",
    "SSSSSSSSS",
    "SSSSSSSS",
    "SSSSSSS",
    "SSSSSS",
    "SSSSS",
    "SSSS",
    "SSS",
    "SS",
    "S",
    "x",
    "X",
    "zz",
    "z",
    "ZZ",
    "Z",
];

/// The short patterns and what they stand for.
const SHORT: &[(&str, &str)] = &[
    ("LTS", "h:mm:ss A"),
    ("LT", "h:mm A"),
    ("LLLL", "dddd, MMMM D, YYYY h:mm A"),
    ("LLL", "MMMM D, YYYY h:mm A"),
    ("LL", "MMMM D, YYYY"),
    ("L", "MM/DD/YYYY"),
    ("llll", "ddd, MMM D, YYYY h:mm A"),
    ("lll", "MMM D, YYYY h:mm A"),
    ("ll", "MMM D, YYYY"),
    ("l", "M/D/YYYY"),
];

/// A pattern, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Token(&'static str),
}

impl Format {
    /// Reads a pattern; every text is one.
    pub fn read(pattern: &str) -> Self {
        let pattern = open_short_forms(pattern);
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = pattern.as_str();
        while let Some(first) = rest.chars().next() {
            if let Some((literal, after)) = bracketed(rest) {
                text.push_str(literal);
                rest = after;
                continue;
            }
            let escaped = if first == '\\' { token_at(&rest[1..]) } else { None };
            if let Some(token) = escaped {
                text.push_str(token);
                rest = &rest[1 + token.len()..];
            } else if let Some(token) = token_at(rest) {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Token(token));
                rest = &rest[token.len()..];
            } else if first == '\\' {
                // A backslash keeps any following character from meaning something, and vanishes.
                let kept = rest[1..].chars().next();
                text.extend(kept);
                rest = &rest[1 + kept.map_or(0, char::len_utf8)..];
            } else {
                text.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Self { pieces }
    }

    /// Appends a moment in this form.
    pub fn write(&self, at: Timestamp, out: &mut Vec<u8>) {
        let civil = at.civil();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Token(token) => write_token(token, at, &civil, out),
            }
        }
    }
}

/// `[text]` at the start: its inside, and what follows.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let (inside, after) = text.strip_prefix('[')?.split_once(']')?;
    (!inside.contains('[')).then_some((inside, after))
}

fn token_at(text: &str) -> Option<&'static str> {
    TOKENS.iter().find(|it| text.starts_with(**it)).copied()
}

/// The pattern with `L`, `LT`, `ll` and the like written out.
fn open_short_forms(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if let Some((_, after)) = bracketed(rest) {
            out.push_str(&rest[..rest.len() - after.len()]);
            rest = after;
        } else if let Some((short, long)) = SHORT.iter().find(|it| rest.starts_with(it.0)) {
            out.push_str(long);
            rest = &rest[short.len()..];
        } else {
            let kept = first.len_utf8()
                + if first == '\\' { rest[1..].chars().next().map_or(0, char::len_utf8) } else { 0 };
            out.push_str(&rest[..kept]);
            rest = &rest[kept..];
        }
    }
    out
}

fn write_token(token: &'static str, at: Timestamp, civil: &Civil, out: &mut Vec<u8>) {
    let hour12 = if civil.hour.is_multiple_of(12) { 12 } else { civil.hour % 12 };
    let hour24 = if civil.hour == 0 { 24 } else { civil.hour };
    let weekday = weekday(at);
    let iso_weekday = if weekday == 0 { 7 } else { weekday };
    match token {
        "YYYYYY" => {
            out.push(if civil.year < 0 { b'-' } else { b'+' });
            padded(civil.year.abs(), 6, out);
        }
        "YYYYY" => padded(civil.year, 5, out),
        "YYYY" => padded(civil.year, 4, out),
        "Y" => padded(civil.year, 1, out),
        "YY" => padded(civil.year.rem_euclid(100), 2, out),
        "gggg" | "ggggg" | "GGGG" | "GGGGG" => padded(week(at, civil, token).0, token.len(), out),
        "gg" | "GG" => padded(week(at, civil, token).0.rem_euclid(100), 2, out),
        "w" | "ww" | "W" | "WW" => padded(week(at, civil, token).1, token.len(), out),
        "wo" | "Wo" => ordinal(week(at, civil, token).1, out),
        "Q" => padded(quarter(civil), 1, out),
        "Qo" => ordinal(quarter(civil), out),
        "M" | "MM" => padded(i64::from(civil.month), token.len(), out),
        "MMM" => out.extend_from_slice(&month_name(civil).as_bytes()[..3]),
        "MMMM" => out.extend_from_slice(month_name(civil).as_bytes()),
        "Mo" => ordinal(i64::from(civil.month), out),
        "D" | "DD" => padded(i64::from(civil.day), token.len(), out),
        "Do" => ordinal(i64::from(civil.day), out),
        "DDD" => padded(day_of_year(at, civil), 1, out),
        "DDDD" => padded(day_of_year(at, civil), 3, out),
        "DDDo" => ordinal(day_of_year(at, civil), out),
        "d" | "e" => padded(weekday, 1, out),
        "E" => padded(iso_weekday, 1, out),
        "do" => ordinal(weekday, out),
        "dd" | "ddd" => out.extend_from_slice(&weekday_name(weekday).as_bytes()[..token.len()]),
        "dddd" => out.extend_from_slice(weekday_name(weekday).as_bytes()),
        "H" | "HH" => padded(i64::from(civil.hour), token.len(), out),
        "h" | "hh" => padded(i64::from(hour12), token.len(), out),
        "k" | "kk" => padded(i64::from(hour24), token.len(), out),
        "m" | "mm" => padded(i64::from(civil.minute), token.len(), out),
        "s" | "ss" => padded(i64::from(civil.second), token.len(), out),
        "Hmm" | "Hmmss" | "hmm" | "hmmss" => {
            padded(i64::from(if token.starts_with('H') { civil.hour } else { hour12 }), 1, out);
            padded(i64::from(civil.minute), 2, out);
            if token.len() == 5 {
                padded(i64::from(civil.second), 2, out);
            }
        }
        "A" => out.extend_from_slice(if civil.hour < 12 { b"AM" } else { b"PM" }),
        "a" => out.extend_from_slice(if civil.hour < 12 { b"am" } else { b"pm" }),
        "X" => padded(at.as_secs(), 1, out),
        "x" => padded(at.as_millis(), 1, out),
        "Z" => out.extend_from_slice(b"+00:00"),
        "ZZ" => out.extend_from_slice(b"+0000"),
        "z" => out.extend_from_slice(b"UTC"),
        "zz" => out.extend_from_slice(b"Coordinated Universal Time"),
        fraction => {
            // S to SSSSSSSSS: as many decimals of the second; milliseconds are known, then come zeros.
            let mut digits = Vec::with_capacity(9);
            padded(i64::from(civil.milli), 3, &mut digits);
            digits.resize(9, b'0');
            out.extend_from_slice(&digits[..fraction.len().min(9)]);
        }
    }
}

fn padded(value: i64, width: usize, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value.unsigned_abs()).as_bytes();
    if value < 0 {
        out.push(b'-');
    }
    for _ in digits.len()..width {
        out.push(b'0');
    }
    out.extend_from_slice(digits);
}

/// `1st`, `2nd`, `3rd`, `4th`, `11th`.
fn ordinal(value: i64, out: &mut Vec<u8>) {
    padded(value, 1, out);
    let ending: &[u8] = match (value % 10, value % 100) {
        (_, 11..=13) => b"th",
        (1, _) => b"st",
        (2, _) => b"nd",
        (3, _) => b"rd",
        _ => b"th",
    };
    out.extend_from_slice(ending);
}

fn month_name(civil: &Civil) -> &'static str {
    MONTHS[(civil.month as usize + 11) % 12]
}

fn weekday_name(weekday: i64) -> &'static str {
    WEEKDAYS[weekday.rem_euclid(7) as usize]
}

/// 0 for Sunday. The epoch was a Thursday.
fn weekday(at: Timestamp) -> i64 {
    (days(at) + 4).rem_euclid(7)
}

fn days(at: Timestamp) -> i64 {
    at.as_secs().div_euclid(86_400)
}

fn quarter(civil: &Civil) -> i64 {
    i64::from(civil.month + 2) / 3
}

fn day_of_year(at: Timestamp, civil: &Civil) -> i64 {
    days(at) - days_from_civil(civil.year, 1, 1) + 1
}

/// Year and number of the week: small letters for weeks that start on Sunday, of which the first holds
/// January 1; capitals for ISO weeks, which start on Monday and of which the first holds January 4.
fn week(at: Timestamp, civil: &Civil, token: &str) -> (i64, i64) {
    let iso = token.starts_with(['G', 'W']);
    let (starts, holds) = if iso { (1, 4) } else { (0, 1) };
    let first_day = |year: i64| {
        let anchor = days_from_civil(year, 1, holds);
        anchor - (anchor + 4 - starts).rem_euclid(7)
    };
    let today = days(at);
    let year = if today < first_day(civil.year) {
        civil.year - 1
    } else if first_day(civil.year + 1) <= today {
        civil.year + 1
    } else {
        civil.year
    };
    (year, (today - first_day(year)) / 7 + 1)
}

/// Appends a moment as `date.now` prints it: `2016-10-26T19:00:00+00:00`. The workshop's template
/// does this for every record, so it has a path of its own.
pub fn write_now(at: Timestamp, out: &mut Vec<u8>) {
    let civil = at.civil();
    if !(0..10_000).contains(&civil.year) {
        Format::read(NOW).write(at, out);
        return;
    }
    let mut text = *b"0000-00-00T00:00:00+00:00";
    let year = civil.year as u32;
    for (place, value) in [
        (0, year / 100),
        (2, year % 100),
        (5, civil.month),
        (8, civil.day),
        (11, civil.hour),
        (14, civil.minute),
        (17, civil.second),
    ] {
        text[place] = b'0' + (value / 10) as u8;
        text[place + 1] = b'0' + (value % 10) as u8;
    }
    out.extend_from_slice(&text);
}

/// Appends a moment as a browser in UTC prints a Date: `Wed Oct 26 2016 19:00:00 GMT+0000 (UTC)`.
pub fn write_date(at: Timestamp, out: &mut Vec<u8>) {
    let civil = at.civil();
    out.extend_from_slice(&weekday_name(weekday(at)).as_bytes()[..3]);
    out.push(b' ');
    out.extend_from_slice(&month_name(&civil).as_bytes()[..3]);
    for (before, value, width) in [
        (b' ', i64::from(civil.day), 2),
        (b' ', civil.year, 4),
        (b' ', i64::from(civil.hour), 2),
        (b':', i64::from(civil.minute), 2),
        (b':', i64::from(civil.second), 2),
    ] {
        out.push(before);
        padded(value, width, out);
    }
    out.extend_from_slice(b" GMT+0000 (UTC)");
}
