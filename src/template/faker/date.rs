//! `date` and `current`: the moment of the record and moments around it, in virtual time.

use serde_json::Value;

use super::Build::With;
use super::{Entry, Origin};
use crate::base::time::{Span, Timestamp};
use crate::template::args::{Args, Fault, shown};
use crate::template::decimal::Decimal;
use crate::template::make::{Draw, Maker};
use crate::template::moment::{self, Format};
use crate::template::words::{MONTHS, WEEKDAYS};

#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    Entry::new("current.timestamp", "", "The moment of the record, as date.now prints it: 25 characters.", "{{current.timestamp}}", With(now)).from(Origin::Workshop),
    Entry::new("date.now", "format", "The moment of the record; the format is that of moment.js.", r#"{{date.now("YYYY-MM-DD HH:mm:ss.SSS")}}"#, With(now)),
    Entry::new("date.utc", "format", "The moment of the record, with Z for the zone where no format is given.", "{{date.utc}}", With(utc)),
    Entry::new("date.simTime", "format", "The moment of a simulation; every moment here is one, so as date.now.", "{{date.simTime}}", With(sim_time)),
    Entry::new("date.past", "years", "A moment of the last year, or years, as a browser prints dates.", "{{date.past(2)}}", With(past)),
    Entry::new("date.future", "years", "A moment of the next year, or years, as a browser prints dates.", "{{date.future}}", With(future)),
    Entry::new("date.recent", "days", "A moment of the last day, or days, as a browser prints dates.", "{{date.recent(3)}}", With(recent)),
    Entry::new("date.between", "from, to", "A moment between two, as a browser prints dates.", r#"{{date.between("2016-01-01", "2016-10-26")}}"#, With(between)),
    Entry::new("date.month", "{abbr}", "The name of a month.", "{{date.month}}", With(month)),
    Entry::new("date.weekday", "{abbr}", "The name of a day of the week.", r#"{{date.weekday({"abbr":true})}}"#, With(weekday)),
];

fn now(args: &Args) -> Result<Maker, Fault> {
    Ok(match pattern(args)? {
        None => Maker::Now,
        Some(pattern) => Maker::Moment(Format::read(&pattern)),
    })
}

fn utc(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Moment(Format::read(pattern(args)?.as_deref().unwrap_or(moment::UTC))))
}

fn sim_time(args: &Args) -> Result<Maker, Fault> {
    if args.strict {
        return Err(Fault::new("TypeError: cannot read a property of undefined")
            .detail("On the real page date.simTime fails until a periodic simulation has run.")
            .hint("Write {{date.now}}."));
    }
    now(args)
}

/// The format, if one is given; an empty one means the default.
fn pattern(args: &Args) -> Result<Option<String>, Fault> {
    match args.first() {
        Some(Value::Number(_)) if args.strict => Err(Fault::new("TypeError: format.match is not a function")
            .detail("A number is no format to moment.js.")
            .hint("Write the format in quotes.")),
        Some(value @ (Value::Object(_) | Value::Array(_))) => {
            Err(Fault::new(format!("a format was expected, not {}", shown(value)))
                .hint("Write (\"YYYY-MM-DD HH:mm:ss\")."))
        }
        Some(Value::Null | Value::Bool(_)) => Ok(None),
        _ => Ok(args.text().filter(|it| !it.is_empty())),
    }
}

const DAY: i64 = 86_400_000;

fn past(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(|draw, reach| around(draw, reach, -1), reach(args, 365 * DAY)?))
}

fn future(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(|draw, reach| around(draw, reach, 1), reach(args, 365 * DAY)?))
}

fn recent(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(|draw, reach| around(draw, reach, -1), reach(args, DAY)?))
}

pub(super) fn soon(args: &Args) -> Result<Maker, Fault> {
    Ok(Maker::Sized(|draw, reach| around(draw, reach, 1), reach(args, DAY)?))
}

/// How far to reach, in milliseconds: the argument times `unit`, at least the one second that is kept
/// between the record's moment and the other.
fn reach(args: &Args, unit: i64) -> Result<i64, Fault> {
    let count = if args.strict {
        args.decimal(0, Decimal::whole(1)).unwrap_or(Decimal::whole(1))
    } else {
        args.decimal(0, Decimal::whole(1))?
    };
    let millis = count.units.saturating_mul(i128::from(unit)) / 10_i128.pow(count.scale);
    // A thousand years are further than any calendar of the workshop.
    if !(0..=365_000 * i128::from(DAY)).contains(&millis) {
        return Err(Fault::new("the range is too long").hint("Write a number from 0 to 1000."));
    }
    Ok((millis as i64).max(1000))
}

fn around(draw: &mut Draw, reach: i64, sign: i64) {
    let away = draw.between(1000, reach);
    moment::write_date(draw.now + Span::from_millis(sign * away), draw.out);
}

fn between(args: &Args) -> Result<Maker, Fault> {
    if args.strict {
        return Ok(Maker::Text("Invalid Date".into()));
    }
    let read = |index| match args.values.get(index) {
        Some(Value::String(text)) => Timestamp::parse(text),
        _ => None,
    };
    let (Some(from), Some(to)) = (read(0), read(1)) else {
        return Err(
            Fault::new("date.between takes two moments").hint("Write (\"2016-01-01\", \"2016-10-26\").")
        );
    };
    Ok(Maker::Shaped(
        |draw, text| {
            let mut bounds = text.split(' ').filter_map(|it| it.parse::<i64>().ok());
            if let (Some(from), Some(to)) = (bounds.next(), bounds.next()) {
                let at = draw.between(from.min(to), from.max(to));
                moment::write_date(Timestamp::from_millis(at), draw.out);
            }
        },
        format!("{} {}", from.as_millis(), to.as_millis()).into(),
    ))
}

fn abbreviated(args: &Args) -> bool {
    args.first().and_then(|it| it.get("abbr")).is_some_and(|it| it.as_bool() == Some(true))
}

fn month(args: &Args) -> Result<Maker, Fault> {
    Ok(named(MONTHS, abbreviated(args)))
}

fn weekday(args: &Args) -> Result<Maker, Fault> {
    Ok(named(WEEKDAYS, abbreviated(args)))
}

fn named(names: &'static [&'static str], short: bool) -> Maker {
    if short {
        Maker::Choice(names.iter().map(|it| it.chars().take(3).collect::<String>().into()).collect())
    } else {
        Maker::Word(names)
    }
}
