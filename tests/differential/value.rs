//! The values of the slow evaluator: its own types, exact numbers as digits and a scale, its own rounding.
//!
//! Written after the text of sql.md section 3, sharing nothing with the engine.

/// A type, by its name in SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    /// An integer of so many bits.
    Int(u32),
    /// Digits in all, and behind the point.
    Dec(u32, u32),
    Real,
    Double,
    Char(u32),
    Var(u32),
    Bool,
    Time,
    Date,
    /// A bare NULL.
    Nothing,
}

/// A value; what its digits mean says its type.
#[derive(Clone, Debug, PartialEq)]
pub enum V {
    Null,
    Bool(bool),
    /// The unscaled digits of an exact number.
    Exact(i128),
    Approx(f64),
    Text(String),
    /// Milliseconds since 1970, or days.
    Moment(i64),
}

/// Why a row cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oops {
    DividedByZero,
    OutOfRange,
    Unreadable,
    Argument,
}

pub type Out = Result<V, Oops>;

const DAY: i64 = 86_400_000;

impl Ty {
    pub fn sql(self) -> String {
        match self {
            Ty::Int(8) => "TINYINT".into(),
            Ty::Int(16) => "SMALLINT".into(),
            Ty::Int(32) => "INTEGER".into(),
            Ty::Int(_) => "BIGINT".into(),
            Ty::Dec(p, s) => format!("DECIMAL({p},{s})"),
            Ty::Real => "REAL".into(),
            Ty::Double => "DOUBLE".into(),
            Ty::Char(n) => format!("CHAR({n})"),
            Ty::Var(n) => format!("VARCHAR({n})"),
            Ty::Bool => "BOOLEAN".into(),
            Ty::Time => "TIMESTAMP".into(),
            Ty::Date => "DATE".into(),
            Ty::Nothing => "INTEGER".into(),
        }
    }

    pub fn exact(self) -> bool {
        matches!(self, Ty::Int(_) | Ty::Dec(..))
    }

    pub fn approx(self) -> bool {
        matches!(self, Ty::Real | Ty::Double)
    }

    pub fn text(self) -> Option<u32> {
        match self {
            Ty::Char(n) | Ty::Var(n) => Some(n),
            _ => None,
        }
    }

    /// The DECIMAL an exact number counts as: TINYINT 3 digits, SMALLINT 5, INTEGER 10, BIGINT 19.
    pub fn digits(self) -> (u32, u32) {
        match self {
            Ty::Int(8) => (3, 0),
            Ty::Int(16) => (5, 0),
            Ty::Int(32) => (10, 0),
            Ty::Int(_) => (19, 0),
            Ty::Dec(p, s) => (p, s),
            _ => (1, 0),
        }
    }

    pub fn scale(self) -> u32 {
        self.digits().1
    }

    /// Whether unscaled digits fit: the bits of an integer, the precision of a DECIMAL.
    pub fn holds(self, digits: i128) -> bool {
        match self {
            Ty::Int(bits) => {
                let limit = 1_i128 << (bits - 1);
                (-limit..limit).contains(&digits)
            }
            Ty::Dec(p, _) => digits.abs() < ten(p) && i64::try_from(digits).is_ok(),
            _ => false,
        }
    }
}

pub fn ten(power: u32) -> i128 {
    10_i128.pow(power)
}

/// A quotient rounded half away from zero.
pub fn rounded(number: i128, by: i128) -> i128 {
    let (size, by_size) = (number.abs(), by.abs());
    let up = size / by_size + i128::from(size % by_size * 2 >= by_size);
    if (number < 0) == (by < 0) { up } else { -up }
}

/// Too many digits: 18 are kept, the whole ones first (3.3).
pub fn capped(whole: u32, scale: u32) -> Ty {
    let scale = if whole + scale <= 18 { scale } else { 18_u32.saturating_sub(whole) };
    Ty::Dec((whole + scale).clamp(1, 18), scale)
}

/// The type CASE, COALESCE and IN give to values of two types (3.2).
pub fn common(a: Ty, b: Ty) -> Option<Ty> {
    Some(match (a, b) {
        (Ty::Nothing, other) | (other, Ty::Nothing) => other,
        (a, b) if a == b => a,
        (Ty::Int(x), Ty::Int(y)) => Ty::Int(x.max(y)),
        (a, b) if a.exact() && b.exact() => {
            let ((p1, s1), (p2, s2)) = (a.digits(), b.digits());
            capped((p1 - s1).max(p2 - s2), s1.max(s2))
        }
        (Ty::Real, Ty::Int(_)) | (Ty::Int(_), Ty::Real) => Ty::Real,
        (a, b) if (a.exact() || a.approx()) && (b.exact() || b.approx()) => Ty::Double,
        (a, b) => Ty::Var(a.text()?.max(b.text()?)),
    })
}

/// An exact number as text: `-0.58`, `7`.
pub fn plain(digits: i128, scale: u32) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let all = format!("{:0>width$}", digits.abs(), width = scale as usize + 1);
    let (whole, rest) = all.split_at(all.len() - scale as usize);
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// Text of a number, with or without an exponent, as digits of a scale; rounded half away from zero.
fn digits_of(text: &str, scale: u32) -> Option<i128> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{part}");
    if all.is_empty() || !all.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let shift = scale as i32 - part.len() as i32 + exponent;
    let all = all.trim_start_matches('0');
    let size = if all.is_empty() || (all.len() as i32 + shift) < 0 {
        0
    } else if 0 <= shift {
        if 36 < all.len() as i32 + shift {
            return Some(i128::MAX);
        }
        format!("{all}{}", "0".repeat(shift as usize)).parse().ok()?
    } else {
        let cut = all.len() - shift.unsigned_abs() as usize;
        let kept: i128 = if cut == 0 { 0 } else { all[..cut].parse().unwrap_or(i128::MAX / 2) };
        kept + i128::from(b'5' <= all.as_bytes()[cut])
    };
    Some(if negative { -size } else { size })
}

/// The shortest text of an approximate number.
fn shortest(number: f64, ty: Ty) -> String {
    // There is one zero.
    let number = number + 0.0;
    if ty == Ty::Real { format!("{:E}", number as f32) } else { format!("{number:E}") }
}

fn fits(digits: i128, ty: Ty) -> Out {
    if ty.holds(digits) { Ok(V::Exact(digits)) } else { Err(Oops::OutOfRange) }
}

fn finite(number: f64, ty: Ty) -> Out {
    let number = if ty == Ty::Real { f64::from(number as f32) } else { number };
    if number.is_finite() { Ok(V::Approx(number)) } else { Err(Oops::OutOfRange) }
}

/// The nearest approximate number of an exact one: read from its text.
pub fn approximate(value: &V, ty: Ty) -> f64 {
    match value {
        V::Exact(digits) => plain(*digits, ty.scale()).parse().expect("digits are a number"),
        V::Approx(number) => *number,
        other => panic!("{other:?} is no number"),
    }
}

/// `CAST(value AS to)`. What the language converts by itself follows the same rules.
pub fn cast(value: V, from: Ty, to: Ty) -> Out {
    match (value, to) {
        (V::Null, _) => Ok(V::Null),
        (value, _) if from == to => Ok(value),
        (V::Exact(digits), to) if to.exact() => {
            let (have, want) = (from.scale(), to.scale());
            let digits = match have <= want {
                true => digits.checked_mul(ten(want - have)).ok_or(Oops::OutOfRange)?,
                false => rounded(digits, ten(have - want)),
            };
            fits(digits, to)
        }
        (V::Approx(number), to) if to.exact() => {
            fits(digits_of(&shortest(number, from), to.scale()).ok_or(Oops::OutOfRange)?, to)
        }
        (V::Text(text), to) if to.exact() => {
            fits(digits_of(text.trim(), to.scale()).ok_or(Oops::Unreadable)?, to)
        }
        (V::Text(text), to) if to.approx() => {
            let readable = digits_of(text.trim(), 0).ok_or(Oops::Unreadable).and(Ok(text.trim()))?;
            finite(readable.parse().map_err(|_| Oops::Unreadable)?, to)
        }
        (value @ (V::Exact(_) | V::Approx(_)), to) if to.approx() => finite(approximate(&value, from), to),
        (V::Text(text), Ty::Char(n)) => Ok(V::Text(format!("{:<n$}", cut(&text, n), n = n as usize))),
        (V::Text(text), Ty::Var(n)) => Ok(V::Text(cut(&text, n))),
        (value, Ty::Char(n) | Ty::Var(n)) => {
            let text = shown(&value, from);
            if (n as usize) < text.chars().count() {
                return Err(Oops::OutOfRange);
            }
            let width = if matches!(to, Ty::Char(_)) { n as usize } else { 0 };
            Ok(V::Text(format!("{text:<width$}")))
        }
        (V::Text(text), Ty::Bool) => match text.trim().to_uppercase().as_str() {
            "TRUE" => Ok(V::Bool(true)),
            "FALSE" => Ok(V::Bool(false)),
            _ => Err(Oops::Unreadable),
        },
        (V::Text(text), Ty::Time) => read_moment(text.trim()).map(V::Moment).ok_or(Oops::Unreadable),
        (V::Moment(at), Ty::Date) => Ok(V::Moment(at.div_euclid(DAY))),
        (V::Moment(day), Ty::Time) => Ok(V::Moment(day * DAY)),
        (value, to) => panic!("{value:?} of {from:?} cannot become {to:?}"),
    }
}

fn cut(text: &str, length: u32) -> String {
    text.chars().take(length as usize).collect()
}

/// The text CAST makes of a value that is no text (3.4).
fn shown(value: &V, ty: Ty) -> String {
    match (value, ty) {
        (V::Exact(digits), _) => plain(*digits, ty.scale()),
        (V::Approx(number), _) => shortest(*number, ty),
        (V::Bool(it), _) => if *it { "TRUE" } else { "FALSE" }.to_owned(),
        (V::Moment(day), Ty::Date) => {
            let (y, m, d) = civil(*day);
            format!("{y:04}-{m:02}-{d:02}")
        }
        (V::Moment(at), _) => {
            let (y, m, d) = civil(at.div_euclid(DAY));
            let second = at.rem_euclid(DAY) / 1000;
            let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
            format!("{y:04}-{m:02}-{d:02} {hour:02}:{minute:02}:{second:02}")
        }
        (other, _) => panic!("{other:?} has no text"),
    }
}

fn read_moment(text: &str) -> Option<i64> {
    let (text, part) = text.split_once('.').unwrap_or((text, "0"));
    let part: i64 = format!("{part:0<3}").parse().ok()?;
    let (day, time) = text.split_once(' ')?;
    let day: Vec<i64> = day.split('-').map(|it| it.parse().ok()).collect::<Option<_>>()?;
    let time: Vec<i64> = time.split(':').map(|it| it.parse().ok()).collect::<Option<_>>()?;
    let ([y, m, d], [hour, minute, second]) = (day[..].try_into().ok()?, time[..].try_into().ok()?);
    let days = days_of(y, m, d);
    let real = civil(days) == (y, m, d) && hour < 24 && minute < 60 && second < 60;
    real.then_some(days * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + part)
}

/// Days since 1970 of a date, counted year by year and month by month.
pub fn days_of(y: i64, m: i64, d: i64) -> i64 {
    let before = |year: i64| year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let months: i64 = (1..m).map(|it| days_in(y, it)).sum();
    before(y - 1) - before(1969) + months + d - 1
}

fn days_in(y: i64, m: i64) -> i64 {
    let leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    match m {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day.
pub fn civil(days: i64) -> (i64, i64, i64) {
    let mut y = if days < 0 { 1969 + days.div_euclid(365) } else { 1970 + days / 366 };
    while days_of(y + 1, 1, 1) <= days {
        y += 1;
    }
    let mut rest = days - days_of(y, 1, 1);
    let mut m = 1;
    while days_in(y, m) <= rest {
        rest -= days_in(y, m);
        m += 1;
    }
    (y, m, rest + 1)
}
