//! The function table: how each function and operator types its arguments and computes.
//!
//! What people read about them, examples included, stands in the [`catalog`]. Operators are entries like
//! any other (`+`, `LIKE`, `NEG`), and so is each unit of FLOOR, CEIL and EXTRACT (`FLOOR TO SECOND`). A new
//! function is a new entry of [`TABLE`] and a kernel: a function from whole columns to a column. A postfix
//! difference `(a - b) SECOND` is `MINUS`; who resolves it puts the qualifier into the type of the call.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::sql::cast::same_family;
pub use crate::sql::cast::{assignable, castable};
use crate::sql::decimal;
use crate::sql::eval::{Clock, ErrorName, Faults};
use crate::sql::plan::AggregateFunc;
use crate::sql::value::{Column, ColumnData, Qualifier, SqlType, Unit};

mod arith;
pub mod catalog;
mod compare;
pub mod constant;
mod datetime;
pub use datetime::{calendar_floor, calendar_next};
pub mod format;
mod pattern;
pub(crate) mod regex;
mod rows;
mod text;

/// An entry of the function table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FuncId(pub u16);

/// A function found for argument types.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    pub func: FuncId,
    /// What the arguments are cast to first.
    pub args: Vec<SqlType>,
    pub ty: SqlType,
}

/// Why no function fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// No function has the name.
    Unknown,
    /// The number of arguments; `expected` as in "2 or 3".
    Count { expected: String },
    /// The types of the arguments; `supported` lists the forms: `'ABS(<NUMERIC>)'`.
    Types { supported: String },
}

/// What a kernel works on.
pub struct Call<'a> {
    pub args: &'a [Cow<'a, Column>],
    pub types: &'a [SqlType],
    pub ty: SqlType,
    pub rows: usize,
    pub unit: Option<Unit>,
    pub clock: Clock,
    pub faults: &'a mut Faults,
}

/// A family of types and what a bare NULL becomes in it.
type Family = (fn(SqlType) -> bool, SqlType);

/// The types a call is made with, and the type of its result.
type Typed = Result<(Vec<SqlType>, SqlType), ()>;

/// One function.
pub struct Entry {
    pub name: &'static str,
    /// How it is written, with the families it takes.
    pub signature: &'static str,
    pub unit: Option<Unit>,
    /// The numbers of arguments that resolution takes.
    counts: std::ops::RangeInclusive<usize>,
    typing: fn(&[SqlType]) -> Typed,
    pub kernel: fn(Call<'_>) -> Column,
}

const fn entry_of(
    name: &'static str,
    signature: &'static str,
    counts: std::ops::RangeInclusive<usize>,
    typing: fn(&[SqlType]) -> Typed,
    kernel: fn(Call<'_>) -> Column,
) -> Entry {
    Entry { name, signature, unit: None, counts, typing, kernel }
}

impl Entry {
    const fn of(mut self, unit: Unit) -> Self {
        self.unit = Some(unit);
        self
    }
}

/// `FLOOR TO u`, `CEIL TO u` and `EXTRACT u` for one unit.
macro_rules! per_unit {
    ($kind:ident, $name:literal, $unit:ident, $word:literal) => {
        per_unit!(@$kind, concat!($name, " ", $word), Unit::$unit)
    };
    (@floor, $name:expr, $unit:expr) => {
        entry_of($name, "FLOOR(<DATETIME> TO unit)", 1..=1, datetime::rounded, datetime::floor_to).of($unit)
    };
    (@ceil, $name:expr, $unit:expr) => {
        entry_of($name, "CEIL(<DATETIME> TO unit)", 1..=1, datetime::rounded, datetime::ceil_to).of($unit)
    };
    (@seconds, $name:expr, $unit:expr) => {
        entry_of($name, "EXTRACT(SECOND FROM <DATETIME>)", 1..=1, datetime::extracted_seconds, datetime::extract).of($unit)
    };
    (@extract, $name:expr, $unit:expr) => {
        entry_of($name, "EXTRACT(unit FROM <DATETIME>)", 1..=1, datetime::extracted, datetime::extract).of($unit)
    };
}

/// Every function, in no particular order; the place is the [`FuncId`].
#[rustfmt::skip]
pub static TABLE: &[Entry] = &[
    entry_of("+", "<NUMERIC> + <NUMERIC>, <DATETIME> + <INTERVAL>", 2..=2, arith::plus_typing, arith::plus),
    entry_of("-", "<NUMERIC> - <NUMERIC>, <DATETIME> - <INTERVAL>", 2..=2, arith::minus_typing, arith::minus),
    entry_of("MINUS", "(<DATETIME> - <DATETIME>) qualifier", 2..=2, arith::difference_typing, arith::difference),
    entry_of("*", "<NUMERIC> * <NUMERIC>, <INTERVAL> * <NUMERIC>", 2..=2, arith::times_typing, arith::times),
    entry_of("/", "<NUMERIC> / <NUMERIC>, <INTERVAL> / <NUMERIC>", 2..=2, arith::over_typing, arith::over),
    entry_of("NEG", "- <NUMERIC>", 1..=1, arith::same_number, arith::negate),
    entry_of("=", "<COMPARABLE> = <COMPARABLE>", 2..=2, compare::typing, compare::equal),
    entry_of("<>", "<COMPARABLE> <> <COMPARABLE>", 2..=2, compare::typing, compare::not_equal),
    entry_of("<", "<COMPARABLE> < <COMPARABLE>", 2..=2, compare::typing, compare::less),
    entry_of("<=", "<COMPARABLE> <= <COMPARABLE>", 2..=2, compare::typing, compare::at_most),
    entry_of(">", "<COMPARABLE> > <COMPARABLE>", 2..=2, compare::typing, compare::greater),
    entry_of(">=", "<COMPARABLE> >= <COMPARABLE>", 2..=2, compare::typing, compare::at_least),
    entry_of("IS DISTINCT FROM", "<COMPARABLE> IS DISTINCT FROM <COMPARABLE>", 2..=2, compare::typing,
        compare::distinct),
    entry_of("IS NOT DISTINCT FROM", "<COMPARABLE> IS NOT DISTINCT FROM <COMPARABLE>", 2..=2, compare::typing,
        compare::not_distinct),
    entry_of("LIKE", "<CHARACTER> LIKE <CHARACTER> [ESCAPE <CHARACTER>]", 2..=3, text::pattern_typing, text::like),
    entry_of("SIMILAR TO", "<CHARACTER> SIMILAR TO <CHARACTER> [ESCAPE <CHARACTER>]", 2..=3, text::pattern_typing,
        text::similar),
    entry_of("||", "<STRING> || <STRING>", 2..=2, text::joined, text::concat),

    entry_of("ABS", "ABS(<NUMERIC>)", 1..=1, arith::same_number, arith::abs),
    entry_of("FLOOR", "FLOOR(<NUMERIC>)", 1..=1, arith::whole, arith::floor),
    entry_of("CEIL", "CEIL(<NUMERIC>)", 1..=1, arith::whole, arith::ceil),
    entry_of("CEILING", "CEILING(<NUMERIC>)", 1..=1, arith::whole, arith::ceil),
    entry_of("EXP", "EXP(<NUMERIC>)", 1..=1, arith::double, arith::exp),
    entry_of("LN", "LN(<NUMERIC>)", 1..=1, arith::double, arith::ln),
    entry_of("LOG10", "LOG10(<NUMERIC>)", 1..=1, arith::double, arith::log10),
    entry_of("SQRT", "SQRT(<NUMERIC>)", 1..=1, arith::double, arith::sqrt),
    entry_of("POWER", "POWER(<NUMERIC>, <NUMERIC>)", 2..=2, arith::double, arith::power),
    entry_of("MOD", "MOD(<EXACT_NUMERIC>, <EXACT_NUMERIC>)", 2..=2, arith::remainder, arith::modulo),
    entry_of("STEP", "STEP(<TIMESTAMP> BY <INTERVAL>), STEP(<NUMERIC> BY <NUMERIC>)", 2..=2, datetime::stepped,
        datetime::step),

    entry_of("CHAR_LENGTH", "CHAR_LENGTH(<CHARACTER>)", 1..=1, text::counted, text::length),
    entry_of("CHARACTER_LENGTH", "CHARACTER_LENGTH(<CHARACTER>)", 1..=1, text::counted, text::length),
    entry_of("LOWER", "LOWER(<CHARACTER>)", 1..=1, text::same, text::lower),
    entry_of("UPPER", "UPPER(<CHARACTER>)", 1..=1, text::same, text::upper),
    entry_of("INITCAP", "INITCAP(<CHARACTER>)", 1..=1, text::same, text::initcap),
    entry_of("POSITION", "POSITION(<CHARACTER> IN <CHARACTER>)", 2..=2, text::placed, text::position),
    entry_of("OVERLAY", "OVERLAY(<CHARACTER> PLACING <CHARACTER> FROM <INTEGER> [FOR <INTEGER>])", 3..=4,
        text::overlaid, text::overlay),
    entry_of("SUBSTRING", "SUBSTRING(<CHARACTER> FROM <INTEGER> [FOR <INTEGER>])", 2..=3, text::part, text::substring),
    entry_of("SUBSTRING ,", "SUBSTRING(<CHARACTER>, <INTEGER> [, <INTEGER>])", 2..=3, text::part,
        text::substring_comma),
    entry_of("SUBSTRING REGEX", "SUBSTRING(<CHARACTER> FROM <regex>)", 2..=2, regex::found, regex::substring),
    entry_of(
        "SUBSTRING SIMILAR", "SUBSTRING(<CHARACTER> SIMILAR <CHARACTER> ESCAPE <CHARACTER>)", 3..=3, regex::found,
        regex::substring_similar,
    ),
    entry_of(
        "REGEX_REPLACE",
        "REGEX_REPLACE(<CHARACTER>, <CHARACTER>, <CHARACTER>, <INTEGER>, <INTEGER>)",
        5..=5,
        regex::replaced,
        regex::replace,
    ),
    entry_of("TRIM", "TRIM([BOTH] <CHARACTER> FROM <CHARACTER>)", 1..=2, text::trimmed, text::trim),
    entry_of("TRIM LEADING", "TRIM(LEADING <CHARACTER> FROM <CHARACTER>)", 1..=2, text::trimmed, text::trim_leading),
    entry_of("TRIM TRAILING", "TRIM(TRAILING <CHARACTER> FROM <CHARACTER>)", 1..=2, text::trimmed, text::trim_trailing),

    per_unit!(floor, "FLOOR TO", Year, "YEAR"), per_unit!(floor, "FLOOR TO", Month, "MONTH"),
    per_unit!(floor, "FLOOR TO", Day, "DAY"), per_unit!(floor, "FLOOR TO", Hour, "HOUR"),
    per_unit!(floor, "FLOOR TO", Minute, "MINUTE"), per_unit!(floor, "FLOOR TO", Second, "SECOND"),
    per_unit!(ceil, "CEIL TO", Year, "YEAR"), per_unit!(ceil, "CEIL TO", Month, "MONTH"),
    per_unit!(ceil, "CEIL TO", Day, "DAY"), per_unit!(ceil, "CEIL TO", Hour, "HOUR"),
    per_unit!(ceil, "CEIL TO", Minute, "MINUTE"), per_unit!(ceil, "CEIL TO", Second, "SECOND"),
    per_unit!(extract, "EXTRACT", Year, "YEAR"), per_unit!(extract, "EXTRACT", Month, "MONTH"),
    per_unit!(extract, "EXTRACT", Day, "DAY"), per_unit!(extract, "EXTRACT", Hour, "HOUR"),
    per_unit!(extract, "EXTRACT", Minute, "MINUTE"), per_unit!(seconds, "EXTRACT", Second, "SECOND"),

    entry_of("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", 0..=0, datetime::moment, datetime::start_moment),
    entry_of("LOCALTIMESTAMP", "LOCALTIMESTAMP", 0..=0, datetime::moment, datetime::start_moment),
    entry_of("CURRENT_ROW_TIMESTAMP", "CURRENT_ROW_TIMESTAMP", 0..=0, datetime::moment, datetime::row_moment),
    entry_of("CURRENT_DATE", "CURRENT_DATE", 0..=0, datetime::date, datetime::start_date),
    entry_of("CURRENT_TIME", "CURRENT_TIME", 0..=0, datetime::time, datetime::start_time),
    entry_of("LOCALTIME", "LOCALTIME", 0..=0, datetime::time, datetime::start_time),
    entry_of("MONOTONIC", "MONOTONIC(<ANY>)", 1..=1, datetime::asserted, datetime::monotonic),
    entry_of("TO_TIMESTAMP", "TO_TIMESTAMP(<BIGINT>)", 1..=1, datetime::from_epoch, datetime::reread),
    entry_of("UNIX_TIMESTAMP", "UNIX_TIMESTAMP(<TIMESTAMP>)", 1..=1, datetime::to_epoch, datetime::reread),
    entry_of("TSDIFF", "TSDIFF(<TIMESTAMP>, <TIMESTAMP>)", 2..=2, datetime::two_moments, datetime::tsdiff),
    entry_of("CHAR_TO_TIMESTAMP", "CHAR_TO_TIMESTAMP(<format>, <CHARACTER>)", 2..=2, datetime::read_moment,
        datetime::char_to_timestamp),
    entry_of("CHAR_TO_DATE", "CHAR_TO_DATE(<format>, <CHARACTER>)", 2..=2, datetime::read_day,
        datetime::char_to_date),
    entry_of("CHAR_TO_TIME", "CHAR_TO_TIME(<format>, <CHARACTER>)", 2..=2, datetime::read_clock,
        datetime::char_to_time),
    entry_of("TIMESTAMP_TO_CHAR", "TIMESTAMP_TO_CHAR(<format>, <TIMESTAMP>)", 2..=2, datetime::told_moment,
        datetime::told),
    entry_of("DATE_TO_CHAR", "DATE_TO_CHAR(<format>, <DATE>)", 2..=2, datetime::told_day, datetime::told),
    entry_of("TIME_TO_CHAR", "TIME_TO_CHAR(<format>, <TIME>)", 2..=2, datetime::told_clock, datetime::told),
    entry_of("ROW OF LINE", "a log parser (<CHARACTER>, ...)", 2..=2, rows::row, rows::row_of_line),
    entry_of("FIELD OF ROW", "row.field", 2..=2, rows::read, rows::field_of_row),
];

/// The entry of an id made by [`resolve`].
pub fn entry(id: FuncId) -> &'static Entry {
    &TABLE[id.0 as usize]
}

/// Finds the function of a name (upper case) for argument types, of which [`SqlType::Null`] fits any.
pub fn resolve(name: &str, args: &[SqlType]) -> Result<Resolved, Mismatch> {
    let at = TABLE.iter().position(|it| it.name == name).ok_or(Mismatch::Unknown)?;
    let entry = &TABLE[at];
    if !entry.counts.contains(&args.len()) {
        let (least, most) = (entry.counts.start(), entry.counts.end());
        let expected = if least == most { least.to_string() } else { format!("{least} or {most}") };
        return Err(Mismatch::Count { expected });
    }
    match (entry.typing)(args) {
        Ok((args, ty)) => Ok(Resolved { func: FuncId(at as u16), args, ty }),
        Err(()) => Err(Mismatch::Types { supported: format!("'{}'", entry.signature) }),
    }
}

/// The type of an aggregate over an argument; `None` is COUNT(*).
pub fn aggregate(func: AggregateFunc, arg: Option<SqlType>) -> Result<SqlType, Mismatch> {
    use AggregateFunc::{Any, Avg, Count, Every, Max, Min, StddevPop, StddevSamp, Sum, VarPop, VarSamp};
    let (fits, supported) = match (func, arg) {
        (Count, _) => return Ok(SqlType::BigInt),
        (_, None) => return Err(Mismatch::Count { expected: "1".to_owned() }),
        (Sum | Avg | StddevPop | StddevSamp | VarPop | VarSamp, Some(ty)) => (ty.is_numeric(), "<NUMERIC>"),
        (Min | Max, Some(ty)) => (
            ty.is_numeric() || ty.is_character() || ty.is_datetime() || matches!(ty, SqlType::Interval(_)),
            "<COMPARABLE>",
        ),
        (Every | Any, Some(ty)) => (ty == SqlType::Boolean, "<BOOLEAN>"),
    };
    let name = match func {
        Count => "COUNT",
        Sum => "SUM",
        Avg => "AVG",
        Min => "MIN",
        Max => "MAX",
        StddevPop => "STDDEV_POP",
        StddevSamp => "STDDEV_SAMP",
        VarPop => "VAR_POP",
        VarSamp => "VAR_SAMP",
        Every => "EVERY",
        Any => "ANY",
    };
    match arg {
        Some(ty) if fits => Ok(ty),
        _ => Err(Mismatch::Types { supported: format!("'{name}({supported})'") }),
    }
}

/// The least restrictive type two values share in CASE, COALESCE, IN and set operations (sql.md 3.2).
/// CHARs of unlike lengths become VARCHAR, so that no blanks appear.
pub fn common_type(a: SqlType, b: SqlType) -> Option<SqlType> {
    use SqlType::{
        BigInt, Binary, Char, Double, Integer, Interval, Null, Real, SmallInt, Varbinary, Varchar,
    };
    if a == b || b == Null {
        return Some(a);
    }
    if a == Null {
        return Some(b);
    }
    Some(match (a, b) {
        (Varchar(m) | Char(m), Varchar(n) | Char(n)) => Varchar(m.max(n)),
        (Binary(m) | Varbinary(m), Binary(n) | Varbinary(n)) => Varbinary(m.max(n)),
        (Real, other) | (other, Real) if other.is_integer() => Real,
        (a, b) if (a.is_approximate() || b.is_approximate()) && a.is_numeric() && b.is_numeric() => Double,
        (a, b) if a.is_integer() && b.is_integer() => {
            [BigInt, Integer, SmallInt].into_iter().find(|it| a == *it || b == *it)?
        }
        (Interval(a), Interval(b)) if a.is_year_month() == b.is_year_month() => Interval(covering(a, b)),
        _ => {
            let ((p1, s1), (p2, s2)) = (a.as_decimal()?, b.as_decimal()?);
            decimal::capped((p1 - s1).max(p2 - s2), s1.max(s2))
        }
    })
}

/// The fields two intervals cover together.
fn covering(a: Qualifier, b: Qualifier) -> Qualifier {
    Qualifier { first: a.first.min(b.first), last: a.last.max(b.last) }
}

/// Bare NULLs take the type of the other arguments, or `default`.
fn filled(args: &[SqlType], default: SqlType) -> Vec<SqlType> {
    let known = args.iter().copied().find(|it| *it != SqlType::Null).unwrap_or(default);
    args.iter().map(|&it| if it == SqlType::Null { known } else { it }).collect()
}

/// Each argument must be of its family; a bare NULL becomes the given type.
fn each(args: &[SqlType], wanted: &[Family]) -> Result<Vec<SqlType>, ()> {
    let fit = |(&arg, &(fits, default)): (&SqlType, &Family)| match arg {
        SqlType::Null => Ok(default),
        arg if fits(arg) => Ok(arg),
        _ => Err(()),
    };
    args.iter().zip(wanted).map(fit).collect()
}

impl Call<'_> {
    /// A row where any argument is NULL.
    fn any_null(&self, row: usize) -> bool {
        self.args.iter().any(|it| it.is_null(row))
    }

    /// The NULL marks of a result that is NULL where any argument is.
    fn nulls(&self) -> Vec<bool> {
        if self.args.iter().all(|it| it.nulls.is_empty()) {
            return Vec::new();
        }
        (0..self.rows).map(|row| self.any_null(row)).collect()
    }

    /// One 64-bit integer from each row of one column of integers. Rows with NULL are not asked.
    fn ints1(self, compute: impl Fn(i64) -> Result<i64, Wrong>) -> Column {
        let nulls = self.nulls();
        let mut out = Vec::with_capacity(self.rows);
        for (row, &a) in self.args[0].ints().iter().enumerate() {
            out.push(settle(compute(a), row, &nulls, self.faults, 0));
        }
        Column { data: ColumnData::Int(out), nulls }
    }

    fn ints2(self, compute: impl Fn(i64, i64) -> Result<i64, Wrong>) -> Column {
        let nulls = self.nulls();
        let (a, b) = (&self.args[0].ints()[..self.rows], &self.args[1].ints()[..self.rows]);
        let mut out = Vec::with_capacity(self.rows);
        for row in 0..self.rows {
            out.push(settle(compute(a[row], b[row]), row, &nulls, self.faults, 0));
        }
        Column { data: ColumnData::Int(out), nulls }
    }

    /// A double from each row of one or two columns of doubles (the second is 0 where there is one).
    fn doubles(self, compute: impl Fn(f64, f64) -> Result<f64, Wrong>) -> Column {
        let nulls = self.nulls();
        let values = |at: usize| match self.args.get(at).map(|it| &it.data) {
            Some(ColumnData::Double(values)) => Cow::Borrowed(values.as_slice()),
            _ => Cow::Owned(vec![0.0; self.rows]),
        };
        let (a, b) = (values(0), values(1));
        let narrow = self.ty == SqlType::Real;
        let mut out = Vec::with_capacity(self.rows);
        for row in 0..self.rows {
            let value = compute(a[row], b[row])
                .map(|it| if narrow { f64::from(it as f32) } else { it })
                .and_then(|it| if it.is_finite() { Ok(it) } else { Err(Wrong::Range) });
            let value = settle(value, row, &nulls, self.faults, 0.0);
            out.push(value);
        }
        Column { data: ColumnData::Double(out), nulls }
    }

    /// The text of an argument in a row.
    fn text(&self, at: usize, row: usize) -> &str {
        match self.args.get(at).map(|it| &it.data) {
            Some(ColumnData::Bytes(values)) => std::str::from_utf8(values.get(row)).unwrap_or_default(),
            _ => "",
        }
    }

    fn int(&self, at: usize, row: usize) -> i64 {
        self.args.get(at).map_or(0, |it| it.ints().get(row).copied().unwrap_or(0))
    }

    /// A text from each row without NULLs; `Ok(None)` is NULL.
    fn texts(self, mut compute: impl FnMut(&Self, usize, &mut String) -> Result<bool, Wrong>) -> Column {
        let mut column = Column::new(SqlType::Varchar(1));
        let mut buffer = String::new();
        for row in 0..self.rows {
            buffer.clear();
            let outcome = if self.any_null(row) { Ok(false) } else { compute(&self, row, &mut buffer) };
            match outcome {
                Ok(true) => {
                    if let ColumnData::Bytes(values) = &mut column.data {
                        values.push(buffer.as_bytes());
                    }
                    column.mark_present();
                }
                Ok(false) => column.push_null(),
                Err(wrong) => {
                    wrong.report(row, self.faults);
                    column.push_null();
                }
            }
        }
        column
    }

    /// An integer or truth from each row without NULLs.
    fn each_int(self, compute: impl Fn(&Self, usize) -> Result<i64, Wrong>) -> Column {
        let nulls = self.nulls();
        let mut out = Vec::with_capacity(self.rows);
        for row in 0..self.rows {
            let value = if !nulls.is_empty() && nulls[row] { Ok(0) } else { compute(&self, row) };
            out.push(settle(value, row, &nulls, self.faults, 0));
        }
        Column { data: ColumnData::Int(out), nulls }
    }
}

/// What can be wrong with the arguments of one row.
enum Wrong {
    Zero,
    Range,
    Argument(String),
}

impl Wrong {
    #[cold]
    fn report(self, row: usize, faults: &mut Faults) {
        match self {
            Wrong::Zero => faults.add(row, ErrorName::DivisionByZero, || "Division by zero.".to_owned()),
            Wrong::Range => {
                faults.add(row, ErrorName::OutOfRange, || "The value is out of range.".to_owned())
            }
            Wrong::Argument(message) => faults.add(row, ErrorName::InvalidArgument, || message),
        }
    }
}

/// The value, or a fault of its row unless the row is NULL anyway.
fn settle<T>(value: Result<T, Wrong>, row: usize, nulls: &[bool], faults: &mut Faults, instead: T) -> T {
    value.unwrap_or_else(|wrong| {
        if nulls.is_empty() || !nulls[row] {
            wrong.report(row, faults);
        }
        instead
    })
}

/// Whether types can be compared, counting a bare NULL as comparable with all.
fn comparable(a: SqlType, b: SqlType) -> bool {
    a == SqlType::Null || b == SqlType::Null || same_family(a, b)
}

/// The integers as they are, read as another type.
fn relabelled(call: Call<'_>) -> Column {
    call.args[0].clone().into_owned()
}
