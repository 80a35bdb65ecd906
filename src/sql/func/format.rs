//! Formats of moments as Java's SimpleDateFormat writes them (sql.md 5.4.1).

use crate::base::time::{Civil, Timestamp, days_from_civil};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A piece of a format.
enum Piece {
    /// A letter and how often it stands there.
    Field(char, usize),
    Literal(char),
}

/// Takes a format apart; `None` where a quote is not closed.
fn pieces(pattern: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(one) = chars.next() {
        if one == '\'' {
            if chars.next_if_eq(&'\'').is_some() {
                pieces.push(Piece::Literal('\''));
                continue;
            }
            loop {
                match chars.next()? {
                    '\'' if chars.next_if_eq(&'\'').is_some() => pieces.push(Piece::Literal('\'')),
                    '\'' => break,
                    it => pieces.push(Piece::Literal(it)),
                }
            }
        } else if one.is_ascii_alphabetic() {
            let mut count = 1;
            while chars.next_if_eq(&one).is_some() {
                count += 1;
            }
            pieces.push(Piece::Field(one, count));
        } else {
            pieces.push(Piece::Literal(one));
        }
    }
    Some(pieces)
}

/// Appends a moment in a format; the error is a sentence.
pub fn write(pattern: &str, moment: Timestamp, out: &mut String) -> Result<(), String> {
    let pieces =
        pieces(pattern).ok_or_else(|| format!("A quote is not closed in the format '{pattern}'."))?;
    let it = moment.civil();
    let day = days_from_civil(it.year, it.month, it.day);
    let weekday = (day + 3).rem_euclid(7);
    let day_of_year = day - days_from_civil(it.year, 1, 1) + 1;
    for piece in pieces {
        let (letter, count) = match piece {
            Piece::Literal(one) => {
                out.push(one);
                continue;
            }
            Piece::Field(letter, count) => (letter, count),
        };
        let hour = i64::from(it.hour);
        let number = match letter {
            'y' | 'Y' if count == 2 => it.year.rem_euclid(100),
            'y' | 'Y' => it.year,
            'M' if count > 2 => {
                let name = MONTHS[it.month as usize - 1];
                out.push_str(if count > 3 { name } else { &name[..3] });
                continue;
            }
            'M' => i64::from(it.month),
            'E' => {
                let name = DAYS[weekday as usize];
                out.push_str(if count > 3 { name } else { &name[..3] });
                continue;
            }
            'G' => {
                out.push_str("AD");
                continue;
            }
            'a' => {
                out.push_str(if it.hour < 12 { "AM" } else { "PM" });
                continue;
            }
            'z' => {
                out.push_str("UTC");
                continue;
            }
            'Z' => {
                out.push_str("+0000");
                continue;
            }
            'X' => {
                out.push('Z');
                continue;
            }
            'd' => i64::from(it.day),
            'D' => day_of_year,
            'F' => i64::from(it.day - 1) / 7 + 1,
            'u' => weekday + 1,
            // Weeks begin on Sunday; the week of January 1st is the first.
            'w' => (day_of_year - 1 + weekday_of_first(it.year, 1)) / 7 + 1,
            'W' => (i64::from(it.day) - 1 + weekday_of_first(it.year, it.month)) / 7 + 1,
            'H' => hour,
            'k' => (hour + 23) % 24 + 1,
            'K' => hour % 12,
            'h' => (hour + 11) % 12 + 1,
            'm' => i64::from(it.minute),
            's' => i64::from(it.second),
            'S' => i64::from(it.milli),
            other => return Err(format!("'{other}' is no letter of a format.")),
        };
        out.push_str(&format!("{number:0count$}"));
    }
    Ok(())
}

/// Days from Sunday to the first of a month.
fn weekday_of_first(year: i64, month: u32) -> i64 {
    (days_from_civil(year, month, 1) + 4).rem_euclid(7)
}

/// Milliseconds since the epoch of the moment a text tells; what stands behind the format is ignored.
/// Two-digit years lie within 80 years before and 20 after `now`.
pub fn parse(pattern: &str, text: &str, now: Timestamp) -> Option<i64> {
    let pieces = pieces(pattern)?;
    let mut told = Told { year: 1970, month: 1, day: 1, ..Told::default() };
    let mut rest = text;
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Literal(one) => rest = rest.strip_prefix(*one)?,
            Piece::Field(letter, count) => {
                let adjacent = matches!(pieces.get(at + 1), Some(Piece::Field(next, _)) if is_number(*next));
                rest = told.read(*letter, *count, adjacent, rest, now)?;
            }
        }
    }
    told.moment()
}

fn is_number(letter: char) -> bool {
    !matches!(letter, 'G' | 'E' | 'a' | 'z' | 'Z' | 'X')
}

#[derive(Default)]
struct Told {
    year: i64,
    month: u32,
    day: u32,
    day_of_year: Option<i64>,
    hour: u32,
    afternoon: bool,
    minute: u32,
    second: u32,
    milli: u32,
    offset: i64,
}

impl Told {
    /// Reads one field; answers with what follows it.
    fn read<'t>(
        &mut self,
        letter: char,
        count: usize,
        adjacent: bool,
        text: &'t str,
        now: Timestamp,
    ) -> Option<&'t str> {
        match letter {
            'M' if count > 2 => {
                let (at, rest) = named(&MONTHS, text)?;
                self.month = at as u32 + 1;
                return Some(rest);
            }
            'E' => return named(&DAYS, text).map(|(_, rest)| rest),
            'G' => return strip(text, "AD"),
            'a' => {
                let rest = strip(text, "AM").or_else(|| strip(text, "PM"))?;
                self.afternoon = text[..1].eq_ignore_ascii_case("p");
                return Some(rest);
            }
            'z' | 'Z' | 'X' => return self.zone(text),
            _ => {}
        }
        let blanks = text.len() - text.trim_start_matches(' ').len();
        let digits = &text[blanks..];
        let most = if adjacent { count } else { 9 };
        let length = digits.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (number, rest) = (digits[..length].parse::<i64>().ok()?, &digits[length..]);
        let within =
            |low: i64, high: i64| if (low..=high).contains(&number) { Some(number as u32) } else { None };
        match letter {
            'y' | 'Y' => self.year = if count <= 2 && length == 2 { near(number, now) } else { number },
            'M' => self.month = within(1, 12)?,
            'd' => self.day = within(1, 31)?,
            'D' => self.day_of_year = Some(i64::from(within(1, 366)?)),
            'H' => self.hour = within(0, 23)?,
            'k' => self.hour = within(1, 24)? % 24,
            'K' => self.hour = within(0, 11)?,
            'h' => self.hour = within(1, 12)? % 12,
            'm' => self.minute = within(0, 59)?,
            's' => self.second = within(0, 59)?,
            'S' => self.milli = within(0, 999)?,
            'w' | 'W' | 'F' | 'u' => {}
            _ => return None,
        }
        Some(rest)
    }

    fn zone<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        for name in ["UTC", "GMT", "Z"] {
            if let Some(rest) = strip(text, name) {
                return Some(rest);
            }
        }
        let sign = if text.starts_with('-') { -1 } else { 1 };
        let rest = text.strip_prefix(['+', '-'])?;
        let hours: i64 = rest.get(..2)?.parse().ok()?;
        let rest = &rest[2..];
        let behind = rest.strip_prefix(':').unwrap_or(rest);
        let (minutes, rest) = match behind.get(..2).and_then(|it| it.parse::<i64>().ok()) {
            Some(minutes) => (minutes, &behind[2..]),
            None => (0, rest),
        };
        self.offset = sign * (hours * 60 + minutes) * 60_000;
        Some(rest)
    }

    fn moment(self) -> Option<i64> {
        let hour = if self.afternoon && self.hour < 12 { self.hour + 12 } else { self.hour };
        if !(1..=9999).contains(&self.year) {
            return None;
        }
        let civil = Civil {
            year: self.year,
            month: self.month,
            day: self.day,
            hour,
            minute: self.minute,
            second: self.second,
            milli: self.milli,
        };
        let moment = match self.day_of_year {
            Some(day) => {
                Timestamp::from_civil(Civil { month: 1, day: 1, ..civil })?.as_millis()
                    + (day - 1) * 86_400_000
            }
            None => Timestamp::from_civil(civil)?.as_millis(),
        };
        Some(moment - self.offset)
    }
}

/// A two-digit year within 80 years before and 20 years after now.
fn near(two: i64, now: Timestamp) -> i64 {
    let this = now.civil().year;
    let first = this - 80;
    first + (two - first).rem_euclid(100)
}

fn strip<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    if text.get(..word.len())?.eq_ignore_ascii_case(word) { text.get(word.len()..) } else { None }
}

/// A full or short English name; answers with its place and what follows.
fn named<'t>(names: &[&str], text: &'t str) -> Option<(usize, &'t str)> {
    let full = names.iter().enumerate().find_map(|(at, name)| Some((at, strip(text, name)?)));
    full.or_else(|| names.iter().enumerate().find_map(|(at, name)| Some((at, strip(text, &name[..3])?))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pattern: &str, text: &str) -> String {
        let found = parse(pattern, text, Timestamp::OPENING);
        found.map_or("no row".to_owned(), |it| Timestamp::from_millis(it).to_sql()[..19].to_owned())
    }

    /// The documented figures of sql.md 5.4.1.
    #[test]
    fn texts_are_read_as_documented() {
        let figures = [
            ("yyyy-MM-dd hh:mm:ss", "2016-10-26 03:15:24", "2016-10-26 03:15:24"),
            ("yyyy-mm", "2016-02-08 07:23:19", "2016-01-01 00:02:00"),
            ("yyyy-ss-mm", "2016-02-08 07:23:19", "2016-01-01 00:08:02"),
            ("yyyy-hh-mm", "2016-09-16 03:15:24", "2016-01-01 09:16:00"),
            ("yyyy", "2016-09-16 03:15:24", "2016-01-01 00:00:00"),
            ("yyyy", "09-16 03:15", "0009-01-01 00:00:00"),
            ("yyyy hh", "2016-09-16 03:15:24", "no row"),
            ("MMM dd, yyyy", "October 7, 2016", "2016-10-07 00:00:00"),
            ("MMM dd,", "October 7, 2016", "1970-10-07 00:00:00"),
            ("M-d", "2-8-2016", "1970-02-08 00:00:00"),
            ("M-d", "2016-2-8", "no row"),
            // An old library's bug printed the year 10 here (sql.md 9, no. 22).
            ("MMM dd,y", "March 7, 10", "2010-03-07 00:00:00"),
            ("dd-MM-yy hh:mm:ss", "26-10-16 10:11:12", "2016-10-26 10:11:12"),
            ("MM-dd-yy ss:hh:mm", "10-26-16 12:10:11", "2016-10-26 10:11:12"),
            ("MM/dd/yy hh:mm:ss", "12/19/16 12:11:10", "2016-12-19 00:11:10"),
            ("MM/dd/yy HH:mm:ss", "12/19/16 21:08:07", "2016-12-19 21:08:07"),
            ("yyyy-MM-dd'T'HH:mm:ss", "2016-10-26T10:05:07-07:00", "2016-10-26 10:05:07"),
            ("yyyy-MM-dd'T'HH:mm:ssXXX", "2016-10-26T10:05:07-07:00", "2016-10-26 17:05:07"),
        ];
        for (pattern, text, expected) in figures {
            assert_eq!(told(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn moments_are_written() {
        let mut out = String::new();
        write("E, d MMM yyyy HH:mm:ss.SSS 'o''clock' a", Timestamp::OPENING, &mut out).unwrap();
        assert_eq!(out, "Wed, 26 Oct 2016 19:00:00.000 o'clock PM");
    }
}
