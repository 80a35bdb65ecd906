//! Arithmetic: numbers, intervals, moments.

use crate::base::time::Timestamp;
use crate::sql::cast::{MILLIS_PER_DAY, millis};
use crate::sql::decimal;
use crate::sql::func::{Call, Typed, Wrong, covering, filled};
use crate::sql::value::{Column, ColumnData, Qualifier, SqlType, Unit};

/// `+` and `-` of numbers: approximate where one is, else the wider integer or a DECIMAL.
fn sum(args: &[SqlType]) -> Typed {
    numbers(args, decimal::sum_type)
}

fn numbers(args: &[SqlType], decimals: fn((u8, u8), (u8, u8)) -> SqlType) -> Typed {
    let (a, b) = (args[0], args[1]);
    if !a.is_numeric() || !b.is_numeric() {
        return Err(());
    }
    if a.is_approximate() || b.is_approximate() {
        let double = a == SqlType::Double || b == SqlType::Double;
        let with_decimal = [a, b].iter().any(|it| matches!(it, SqlType::Decimal { .. }));
        let ty = if double || with_decimal { SqlType::Double } else { SqlType::Real };
        return Ok((vec![ty, ty], ty));
    }
    if a.is_integer() && b.is_integer() {
        let order = [SqlType::BigInt, SqlType::Integer, SqlType::SmallInt, SqlType::TinyInt];
        let wider = order.into_iter().find(|it| a == *it || b == *it).ok_or(())?;
        return Ok((vec![a, b], wider));
    }
    match (a.as_decimal(), b.as_decimal()) {
        (Some(x), Some(y)) => Ok((vec![a, b], decimals(x, y))),
        _ => Err(()),
    }
}

/// A bare NULL beside a moment is an interval; beside anything else it is of that type.
pub fn plus_typing(args: &[SqlType]) -> Typed {
    let args = filled(args, SqlType::Integer);
    match (args[0], args[1]) {
        (SqlType::Interval(a), SqlType::Interval(b)) if a.is_year_month() == b.is_year_month() => {
            Ok((args, SqlType::Interval(covering(a, b))))
        }
        (moment, SqlType::Interval(_)) | (SqlType::Interval(_), moment) if moment.is_datetime() => {
            Ok((args, moment))
        }
        _ => sum(&args),
    }
}

pub fn minus_typing(args: &[SqlType]) -> Typed {
    match plus_typing(args)? {
        (args, _) if matches!(args[0], SqlType::Interval(_)) && args[1].is_datetime() => Err(()),
        typed => Ok(typed),
    }
}

/// `(a - b) qualifier`: two moments of one kind. The caller narrows the interval to its qualifier.
pub fn difference_typing(args: &[SqlType]) -> Typed {
    let operands = filled(args, SqlType::Timestamp);
    if operands[0] != operands[1] || !operands[0].is_datetime() {
        return Err(());
    }
    Ok((operands, SqlType::Interval(Qualifier { first: Unit::Day, last: Unit::Second })))
}

pub fn times_typing(args: &[SqlType]) -> Typed {
    let args = filled(args, SqlType::Integer);
    match (args[0], args[1]) {
        (interval @ SqlType::Interval(_), number) | (number, interval @ SqlType::Interval(_))
            if number.is_numeric() =>
        {
            Ok((args, interval))
        }
        _ => numbers(&args, decimal::product_type),
    }
}

pub fn over_typing(args: &[SqlType]) -> Typed {
    let args = filled(args, SqlType::Integer);
    match (args[0], args[1]) {
        (interval @ SqlType::Interval(_), number) if number.is_numeric() => Ok((args, interval)),
        _ => numbers(&args, decimal::quotient_type),
    }
}

pub fn same_number(args: &[SqlType]) -> Typed {
    match filled(args, SqlType::Integer)[0] {
        ty if ty.is_numeric() || matches!(ty, SqlType::Interval(_)) => Ok((vec![ty], ty)),
        _ => Err(()),
    }
}

/// FLOOR and CEIL: a DECIMAL loses its decimals in the type too.
pub fn whole(args: &[SqlType]) -> Typed {
    match filled(args, SqlType::Integer)[0] {
        ty @ SqlType::Decimal { precision, .. } => Ok((vec![ty], SqlType::Decimal { precision, scale: 0 })),
        ty if ty.is_numeric() || matches!(ty, SqlType::Interval(_)) => Ok((vec![ty], ty)),
        _ => Err(()),
    }
}

pub fn double(args: &[SqlType]) -> Typed {
    let fits = filled(args, SqlType::Double).iter().all(|it| it.is_numeric());
    if fits { Ok((vec![SqlType::Double; args.len()], SqlType::Double)) } else { Err(()) }
}

/// MOD: integers and DECIMALs without decimals; the type of the second.
pub fn remainder(args: &[SqlType]) -> Typed {
    let args = filled(args, SqlType::Integer);
    if !args.iter().all(|it| it.is_exact() && it.scale() == 0) {
        return Err(());
    }
    let ty = args[1];
    Ok((args, ty))
}

fn approximate(call: &Call<'_>) -> bool {
    matches!(call.args[0].data, ColumnData::Double(_))
}

pub fn plus(call: Call<'_>) -> Column {
    add(call, 1)
}

pub fn minus(call: Call<'_>) -> Column {
    add(call, -1)
}

fn add(call: Call<'_>, sign: i64) -> Column {
    let ty = call.ty;
    match (call.types[0], call.types[1]) {
        (moment, SqlType::Interval(q)) if moment.is_datetime() => {
            call.ints2(|a, b| moved(a, moment, b.checked_mul(sign).ok_or(Wrong::Range)?, q.is_year_month()))
        }
        (SqlType::Interval(q), moment) if moment.is_datetime() => {
            call.ints2(|a, b| moved(b, moment, a, q.is_year_month()))
        }
        (SqlType::Interval(_), _) => {
            call.ints2(|a, b| b.checked_mul(sign).and_then(|b| a.checked_add(b)).ok_or(Wrong::Range))
        }
        _ if approximate(&call) => call.doubles(|a, b| Ok(if sign < 0 { a - b } else { a + b })),
        (x, y) if x.scale() == y.scale() && x.scale() == ty.scale() => {
            let limit = limit(ty);
            call.ints2(|a, b| {
                let value = if sign < 0 { a.checked_sub(b) } else { a.checked_add(b) };
                value.filter(|it| limit.contains(it)).ok_or(Wrong::Range)
            })
        }
        (x, y) => {
            let scale = x.scale().max(y.scale());
            call.ints2(|a, b| {
                let a = decimal::rescale(i128::from(a), x.scale(), scale);
                let b = decimal::rescale(i128::from(b) * i128::from(sign), y.scale(), scale);
                let total = a.zip(b).and_then(|(a, b)| a.checked_add(b));
                exact(total.and_then(|it| decimal::rescale(it, scale, ty.scale())), ty)
            })
        }
    }
}

/// The values an exact type holds.
fn limit(ty: SqlType) -> std::ops::RangeInclusive<i64> {
    match ty {
        SqlType::TinyInt => i64::from(i8::MIN)..=i64::from(i8::MAX),
        SqlType::SmallInt => i64::from(i16::MIN)..=i64::from(i16::MAX),
        SqlType::Integer => i64::from(i32::MIN)..=i64::from(i32::MAX),
        SqlType::Decimal { precision, .. } => {
            let most = i64::try_from(decimal::power(precision) - 1).unwrap_or(i64::MAX);
            -most..=most
        }
        _ => i64::MIN..=i64::MAX,
    }
}

fn exact(digits: Option<i128>, ty: SqlType) -> Result<i64, Wrong> {
    digits.and_then(|it| decimal::fit(it, ty)).ok_or(Wrong::Range)
}

/// A moment moved by milliseconds or by months; a day that the month lacks becomes its last.
fn moved(moment: i64, ty: SqlType, by: i64, months: bool) -> Result<i64, Wrong> {
    if months {
        let at = if ty == SqlType::Date { moment.checked_mul(MILLIS_PER_DAY) } else { Some(moment) };
        let shifted = shift_months(at.ok_or(Wrong::Range)?, by)?;
        return Ok(if ty == SqlType::Date { shifted.div_euclid(MILLIS_PER_DAY) } else { shifted });
    }
    match ty {
        SqlType::Date => moment.checked_add(by / MILLIS_PER_DAY).ok_or(Wrong::Range),
        SqlType::Time => Ok((moment + by % MILLIS_PER_DAY).rem_euclid(MILLIS_PER_DAY)),
        _ => moment.checked_add(by).ok_or(Wrong::Range),
    }
}

fn shift_months(moment: i64, by: i64) -> Result<i64, Wrong> {
    let mut civil = Timestamp::from_millis(moment).civil();
    let months = (civil.year * 12 + i64::from(civil.month) - 1).checked_add(by).ok_or(Wrong::Range)?;
    (civil.year, civil.month) = (months.div_euclid(12), months.rem_euclid(12) as u32 + 1);
    if !(1..=9999).contains(&civil.year) {
        return Err(Wrong::Range);
    }
    civil.day = civil.day.min(crate::base::time::days_in_month(civil.year, civil.month));
    Timestamp::from_civil(civil).map(Timestamp::as_millis).ok_or(Wrong::Range)
}

/// Milliseconds between two moments, kept whole whatever the qualifier; months for YEAR and MONTH.
pub fn difference(call: Call<'_>) -> Column {
    let days = call.types[0] == SqlType::Date;
    let months = matches!(call.ty, SqlType::Interval(q) if q.is_year_month());
    call.ints2(|a, b| {
        let size = if days { MILLIS_PER_DAY } else { 1 };
        let (a, b) = (a.checked_mul(size).ok_or(Wrong::Range)?, b.checked_mul(size).ok_or(Wrong::Range)?);
        if !months {
            return a.checked_sub(b).ok_or(Wrong::Range);
        }
        let (x, y) = (Timestamp::from_millis(a).civil(), Timestamp::from_millis(b).civil());
        let whole = (x.year - y.year) * 12 + i64::from(x.month) - i64::from(y.month);
        let (low, high) = ((x.day, a.rem_euclid(MILLIS_PER_DAY)), (y.day, b.rem_euclid(MILLIS_PER_DAY)));
        Ok(match whole.signum() {
            1 if low < high => whole - 1,
            -1 if low > high => whole + 1,
            _ => whole,
        })
    })
}

pub fn times(call: Call<'_>) -> Column {
    let ty = call.ty;
    if let SqlType::Interval(_) = ty {
        let turned = !matches!(call.types[0], SqlType::Interval(_));
        let number = call.types[usize::from(!turned)];
        let args = if turned {
            [call.args[1].clone(), call.args[0].clone()]
        } else {
            [call.args[0].clone(), call.args[1].clone()]
        };
        return scaled(Call { args: &args, ..call }, number, false);
    }
    if approximate(&call) {
        return call.doubles(|a, b| Ok(a * b));
    }
    let scale = call.types[0].scale() + call.types[1].scale();
    call.ints2(|a, b| exact(decimal::rescale(i128::from(a) * i128::from(b), scale, ty.scale()), ty))
}

pub fn over(call: Call<'_>) -> Column {
    let (x, y, ty) = (call.types[0], call.types[1], call.ty);
    match ty {
        SqlType::Interval(_) => scaled(call, y, true),
        _ if approximate(&call) => call.doubles(|a, b| if b == 0.0 { Err(Wrong::Zero) } else { Ok(a / b) }),
        _ if ty.is_integer() => call.ints2(|a, b| match b {
            0 => Err(Wrong::Zero),
            _ => exact(Some(i128::from(a) / i128::from(b)), ty),
        }),
        _ => call.ints2(|a, b| match b {
            0 => Err(Wrong::Zero),
            _ => exact(decimal::divide(a, x.scale(), b, y.scale(), ty.scale()), ty),
        }),
    }
}

/// An interval (first) times or divided by a number (second); what is smaller than its last digit is dropped.
fn scaled(call: Call<'_>, number: SqlType, divide: bool) -> Column {
    if let ColumnData::Double(numbers) = &call.args[1].data {
        let numbers = numbers.clone();
        return call.each_int(|call, row| {
            let interval = call.int(0, row) as f64;
            let value = match (divide, numbers[row]) {
                (true, 0.0) => return Err(Wrong::Zero),
                (true, by) => interval / by,
                (false, by) => interval * by,
            };
            if value.abs() < 9e18 { Ok(value as i64) } else { Err(Wrong::Range) }
        });
    }
    let unit = decimal::power(number.scale());
    call.ints2(|a, b| {
        let (a, b) = (i128::from(a), i128::from(b));
        let value = match (divide, b) {
            (true, 0) => return Err(Wrong::Zero),
            (true, b) => a.checked_mul(unit).map(|a| a / b),
            (false, b) => Some(a * b / unit),
        };
        value.and_then(|it| i64::try_from(it).ok()).ok_or(Wrong::Range)
    })
}

pub fn negate(call: Call<'_>) -> Column {
    let ty = call.ty;
    if approximate(&call) {
        return call.doubles(|a, _| Ok(-a));
    }
    call.ints1(|a| exact(Some(-i128::from(a)), ty))
}

pub fn abs(call: Call<'_>) -> Column {
    let ty = call.ty;
    if approximate(&call) {
        return call.doubles(|a, _| Ok(a.abs()));
    }
    if matches!(ty, SqlType::Decimal { .. }) {
        return call.ints1(|a| a.checked_abs().ok_or(Wrong::Range));
    }
    call.ints1(|a| exact(Some(i128::from(a).abs()), ty))
}

pub fn floor(call: Call<'_>) -> Column {
    round(call, false)
}

pub fn ceil(call: Call<'_>) -> Column {
    round(call, true)
}

fn round(call: Call<'_>, up: bool) -> Column {
    let from = call.types[0];
    if approximate(&call) {
        return call.doubles(|a, _| Ok(if up { a.ceil() } else { a.floor() }));
    }
    if let SqlType::Interval(q) = from {
        return call.ints1(|a| to_multiple(a, millis(q.first), up));
    }
    let unit = decimal::power(from.scale());
    let ty = call.ty;
    call.ints1(|a| {
        let a = i128::from(a);
        exact(Some(if up { -(-a).div_euclid(unit) } else { a.div_euclid(unit) }), ty)
    })
}

/// The multiple of `unit` (above 0) at or below, or at or above.
pub fn to_multiple(value: i64, unit: i64, up: bool) -> Result<i64, Wrong> {
    let below = value.checked_sub(value.rem_euclid(unit)).ok_or(Wrong::Range)?;
    if up && below != value { below.checked_add(unit).ok_or(Wrong::Range) } else { Ok(below) }
}

pub fn modulo(call: Call<'_>) -> Column {
    let ty = call.ty;
    call.ints2(|a, b| if b == 0 { Err(Wrong::Zero) } else { exact(Some(i128::from(a) % i128::from(b)), ty) })
}

pub fn exp(call: Call<'_>) -> Column {
    call.doubles(|a, _| Ok(a.exp()))
}

fn positive(a: f64, compute: fn(f64) -> f64) -> Result<f64, Wrong> {
    if a > 0.0 {
        Ok(compute(a))
    } else {
        Err(Wrong::Argument(format!("The logarithm of {a} does not exist.")))
    }
}

pub fn ln(call: Call<'_>) -> Column {
    call.doubles(|a, _| positive(a, f64::ln))
}

pub fn log10(call: Call<'_>) -> Column {
    call.doubles(|a, _| positive(a, f64::log10))
}

pub fn sqrt(call: Call<'_>) -> Column {
    call.doubles(|a, _| {
        if a >= 0.0 { Ok(a.sqrt()) } else { Err(Wrong::Argument(format!("{a} has no square root."))) }
    })
}

pub fn power(call: Call<'_>) -> Column {
    call.doubles(|a, b| {
        if a == 0.0 && b < 0.0 || a < 0.0 && b.fract() != 0.0 {
            return Err(Wrong::Argument(format!("{a} has no power {b}.")));
        }
        Ok(a.powf(b))
    })
}
