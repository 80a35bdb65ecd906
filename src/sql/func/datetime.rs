//! Functions over moments (sql.md 5.4). Everything is UTC.

use crate::base::time::{Timestamp, days_from_civil};
use crate::sql::cast::{MILLIS_PER_DAY, millis};
use crate::sql::decimal;
use crate::sql::func::arith::to_multiple;
use crate::sql::func::{Call, Typed, Wrong, each, filled, format, relabelled};
use crate::sql::value::{Column, ColumnData, SqlType, Unit};

const CHARACTER: (fn(SqlType) -> bool, SqlType) = (SqlType::is_character, SqlType::Varchar(1));
/// As long as any format makes it.
const TOLD: SqlType = SqlType::Varchar(1024);

fn is_moment(ty: SqlType) -> bool {
    ty == SqlType::Timestamp
}

pub fn rounded(args: &[SqlType]) -> Typed {
    match filled(args, SqlType::Timestamp)[0] {
        ty if ty.is_datetime() || matches!(ty, SqlType::Interval(_)) => Ok((vec![ty], ty)),
        _ => Err(()),
    }
}

pub fn extracted(args: &[SqlType]) -> Typed {
    rounded(args).map(|(args, _)| (args, SqlType::BigInt))
}

/// Seconds carry their milliseconds: DECIMAL(5,3); of an interval that only counts seconds, more digits.
pub fn extracted_seconds(args: &[SqlType]) -> Typed {
    let (args, _) = rounded(args)?;
    let counts = matches!(args[0], SqlType::Interval(q) if q.first == Unit::Second);
    Ok((args, SqlType::Decimal { precision: if counts { 18 } else { 5 }, scale: 3 }))
}

pub fn stepped(args: &[SqlType]) -> Typed {
    let args = filled(args, SqlType::Integer);
    match (args[0], args[1]) {
        (moment, SqlType::Interval(_)) if moment.is_datetime() => Ok((args, moment)),
        (a, b) if a.is_exact() && b.is_exact() => Ok((args, a)),
        (a, b) if a.is_numeric() && b.is_numeric() => Ok((vec![SqlType::Double; 2], SqlType::Double)),
        _ => Err(()),
    }
}

pub fn moment(_: &[SqlType]) -> Typed {
    Ok((Vec::new(), SqlType::Timestamp))
}

pub fn date(_: &[SqlType]) -> Typed {
    Ok((Vec::new(), SqlType::Date))
}

pub fn time(_: &[SqlType]) -> Typed {
    Ok((Vec::new(), SqlType::Time))
}

pub fn asserted(args: &[SqlType]) -> Typed {
    Ok((args.to_vec(), args[0]))
}

pub fn from_epoch(args: &[SqlType]) -> Typed {
    each(args, &[(SqlType::is_integer, SqlType::BigInt)])?;
    Ok((vec![SqlType::BigInt], SqlType::Timestamp))
}

pub fn to_epoch(args: &[SqlType]) -> Typed {
    Ok((each(args, &[(is_moment, SqlType::Timestamp)])?, SqlType::BigInt))
}

pub fn two_moments(args: &[SqlType]) -> Typed {
    Ok((each(args, &[(is_moment, SqlType::Timestamp), (is_moment, SqlType::Timestamp)])?, SqlType::BigInt))
}

pub fn read_moment(args: &[SqlType]) -> Typed {
    Ok((each(args, &[CHARACTER; 2])?, SqlType::Timestamp))
}

pub fn read_day(args: &[SqlType]) -> Typed {
    Ok((each(args, &[CHARACTER; 2])?, SqlType::Date))
}

pub fn read_clock(args: &[SqlType]) -> Typed {
    Ok((each(args, &[CHARACTER; 2])?, SqlType::Time))
}

pub fn told_moment(args: &[SqlType]) -> Typed {
    Ok((each(args, &[CHARACTER, (is_moment, SqlType::Timestamp)])?, TOLD))
}

pub fn told_day(args: &[SqlType]) -> Typed {
    Ok((each(args, &[CHARACTER, (|it| it == SqlType::Date, SqlType::Date)])?, TOLD))
}

pub fn told_clock(args: &[SqlType]) -> Typed {
    Ok((each(args, &[CHARACTER, (|it| it == SqlType::Time, SqlType::Time)])?, TOLD))
}

pub fn floor_to(call: Call<'_>) -> Column {
    round_to(call, false)
}

pub fn ceil_to(call: Call<'_>) -> Column {
    round_to(call, true)
}

fn round_to(call: Call<'_>, up: bool) -> Column {
    let unit = call.unit.unwrap_or(Unit::Second);
    let size = millis(unit);
    match call.types[0] {
        SqlType::Interval(q) if q.is_year_month() => {
            let size = if unit > Unit::Month { 1 } else { size };
            call.ints1(|it| to_multiple(it, size, up))
        }
        // A day-time interval has no months to round to.
        SqlType::Interval(_) if unit < Unit::Day => call.ints1(Ok),
        SqlType::Date if unit >= Unit::Day => call.ints1(Ok),
        SqlType::Date => call.ints1(|it| {
            let at = it.checked_mul(MILLIS_PER_DAY).ok_or(Wrong::Range)?;
            calendar(at, unit, up).map(|it| it.div_euclid(MILLIS_PER_DAY))
        }),
        SqlType::Time if unit < Unit::Hour => call.ints1(|_| Ok(0)),
        _ if unit < Unit::Day => call.ints1(|it| calendar(it, unit, up)),
        _ => call.ints1(|it| to_multiple(it, size, up)),
    }
}

/// The first moment of the month or year of a moment, or of the next.
pub fn calendar_floor(moment: i64, unit: Unit) -> i64 {
    let it = Timestamp::from_millis(moment).civil();
    days_from_civil(it.year, if unit == Unit::Year { 1 } else { it.month }, 1) * MILLIS_PER_DAY
}

/// The first moment of the month or year after a moment's.
pub fn calendar_next(moment: i64, unit: Unit) -> i64 {
    let it = Timestamp::from_millis(moment).civil();
    let (year, month) = match (unit, it.month) {
        (Unit::Month, month) if month < 12 => (it.year, month + 1),
        _ => (it.year + 1, 1),
    };
    days_from_civil(year, month, 1) * MILLIS_PER_DAY
}

fn calendar(moment: i64, unit: Unit, up: bool) -> Result<i64, Wrong> {
    let below = calendar_floor(moment, unit);
    Ok(if up && below != moment { calendar_next(moment, unit) } else { below })
}

/// Fields of a moment or interval; SECOND in milliseconds where the result has decimals.
pub fn extract(call: Call<'_>) -> Column {
    let unit = call.unit.unwrap_or(Unit::Second);
    let decimals = call.ty.scale();
    let from = call.types[0];
    let seconds = move |ms: i64| {
        let digits = decimal::rescale(i128::from(ms), 3, decimals).unwrap_or_default();
        if decimals == 0 { ms / 1000 } else { digits as i64 }
    };
    if let SqlType::Interval(q) = from {
        return call.ints1(|it| {
            let within = if unit == q.first { i64::MAX } else { 1 };
            Ok(match unit {
                Unit::Year => it / 12,
                Unit::Month => it % 12_i64.max(within),
                Unit::Day => it / MILLIS_PER_DAY,
                Unit::Hour => it / 3_600_000 % 24_i64.max(within),
                Unit::Minute => it / 60_000 % 60_i64.max(within),
                Unit::Second => seconds(it % 60_000_i64.max(within)),
            })
        });
    }
    let scale = if from == SqlType::Date { MILLIS_PER_DAY } else { 1 };
    call.ints1(|it| {
        let at = it.checked_mul(scale).ok_or(Wrong::Range)?;
        let civil = Timestamp::from_millis(at).civil();
        Ok(match unit {
            Unit::Year => civil.year,
            Unit::Month => i64::from(civil.month),
            Unit::Day => i64::from(civil.day),
            Unit::Hour => i64::from(civil.hour),
            Unit::Minute => i64::from(civil.minute),
            Unit::Second => seconds(at.rem_euclid(60_000)),
        })
    })
}

pub fn step(call: Call<'_>) -> Column {
    if let ColumnData::Double(_) = call.args[0].data {
        return call.doubles(|a, b| if b == 0.0 { Err(Wrong::Zero) } else { Ok((a / b).floor() * b) });
    }
    let (x, y) = (call.types[0], call.types[1]);
    match y {
        SqlType::Interval(q) if q.is_year_month() => call.ints2(move |at, months| {
            let size = if x == SqlType::Date { MILLIS_PER_DAY } else { 1 };
            step_months(at.checked_mul(size).ok_or(Wrong::Range)?, months).map(|it| it.div_euclid(size))
        }),
        SqlType::Interval(_) if x == SqlType::Date => call.ints2(|at, by| step_by(at, by / MILLIS_PER_DAY)),
        _ => {
            let scale = x.scale().max(y.scale());
            call.ints2(move |a, b| {
                if x.scale() == y.scale() {
                    return step_by(a, b);
                }
                let a = decimal::rescale(i128::from(a), x.scale(), scale).ok_or(Wrong::Range)?;
                let b = decimal::rescale(i128::from(b), y.scale(), scale).ok_or(Wrong::Range)?;
                if b == 0 {
                    return Err(Wrong::Zero);
                }
                let stepped = decimal::rescale(a - a.rem_euclid(b), scale, x.scale());
                stepped.and_then(|it| i64::try_from(it).ok()).ok_or(Wrong::Range)
            })
        }
    }
}

fn step_by(value: i64, by: i64) -> Result<i64, Wrong> {
    match by.checked_abs() {
        Some(0) => Err(Wrong::Zero),
        Some(by) => to_multiple(value, by, false),
        None => Err(Wrong::Range),
    }
}

/// The month at or before a moment whose number since 1970 is a multiple of `months`.
fn step_months(moment: i64, months: i64) -> Result<i64, Wrong> {
    let it = Timestamp::from_millis(moment).civil();
    let since = (it.year - 1970) * 12 + i64::from(it.month) - 1;
    let start = step_by(since, months)?;
    Ok(days_from_civil(1970 + start.div_euclid(12), start.rem_euclid(12) as u32 + 1, 1) * MILLIS_PER_DAY)
}

fn constant(call: &Call<'_>, value: i64) -> Column {
    Column { data: ColumnData::Int(vec![value; call.rows]), nulls: Vec::new() }
}

pub fn start_moment(call: Call<'_>) -> Column {
    constant(&call, call.clock.started.as_millis())
}

pub fn row_moment(call: Call<'_>) -> Column {
    constant(&call, call.clock.now.as_millis())
}

pub fn start_date(call: Call<'_>) -> Column {
    constant(&call, call.clock.started.as_millis().div_euclid(MILLIS_PER_DAY))
}

pub fn start_time(call: Call<'_>) -> Column {
    constant(&call, call.clock.started.as_millis().rem_euclid(MILLIS_PER_DAY))
}

pub fn monotonic(call: Call<'_>) -> Column {
    relabelled(call)
}

pub fn reread(call: Call<'_>) -> Column {
    relabelled(call)
}

pub fn tsdiff(call: Call<'_>) -> Column {
    call.ints2(|start, end| end.checked_sub(start).ok_or(Wrong::Range))
}

pub fn char_to_timestamp(call: Call<'_>) -> Column {
    read(call, |it| it)
}

pub fn char_to_date(call: Call<'_>) -> Column {
    read(call, |it| it.div_euclid(MILLIS_PER_DAY))
}

pub fn char_to_time(call: Call<'_>) -> Column {
    read(call, |it| it.rem_euclid(MILLIS_PER_DAY))
}

fn read(call: Call<'_>, part: fn(i64) -> i64) -> Column {
    call.each_int(|call, row| {
        let (pattern, text) = (call.text(0, row), call.text(1, row));
        format::parse(pattern, text, call.clock.started)
            .map(part)
            .ok_or_else(|| Wrong::Argument(format!("'{text}' does not fit the format '{pattern}'.")))
    })
}

/// The moment in a format; NULL is told as the text `null` (sql.md 5.4).
pub fn told(call: Call<'_>) -> Column {
    let size = if call.types[1] == SqlType::Date { MILLIS_PER_DAY } else { 1 };
    let mut column = Column::new(TOLD);
    let mut out = String::new();
    for row in 0..call.rows {
        if call.args[0].is_null(row) {
            column.push_null();
            continue;
        }
        out.clear();
        let at = call.int(1, row).saturating_mul(size);
        if call.args[1].is_null(row) {
            out.push_str("null");
        } else if let Err(message) = format::write(call.text(0, row), Timestamp::from_millis(at), &mut out) {
            Wrong::Argument(message).report(row, call.faults);
        }
        if let ColumnData::Bytes(values) = &mut column.data {
            values.push(out.as_bytes());
        }
        column.mark_present();
    }
    column
}
