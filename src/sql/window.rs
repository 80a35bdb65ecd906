//! Where a window ends: the first moment at which its expression has another value (sql.md 4.5).
//!
//! FLOOR, CEIL, STEP and the epoch idiom have a period and a phase, found from the expression; months
//! and years follow the calendar; for everything else the end is searched with the evaluator itself.

use crate::base::time::{Span, Timestamp};
use crate::sql::cast::millis;
use crate::sql::eval::{Clock, Eval};
use crate::sql::func::{self, calendar_floor, calendar_next};
use crate::sql::plan::{Expr, ExprKind};
use crate::sql::value::{Batch, SqlType, Unit, Value};

/// A search gives up after so long, and the window ends there.
const SEARCH_MAX: i64 = 400 * 86_400_000;

/// The windows of an expression over ROWTIME and constants.
#[derive(Clone, Debug)]
pub enum Shape {
    /// The value changes at `phase` and every `period` from there, in milliseconds; so it is known only
    /// from `from` on.
    Periodic {
        period: i64,
        phase: i64,
        from: i64,
    },
    /// It changes with the month or the year.
    Calendar(Unit),
    Unknown,
}

/// A function of ROWTIME `t` while it is taken apart.
enum Part {
    /// `(t - from) / divisor` in milliseconds.
    Line {
        from: i64,
        divisor: i64,
    },
    Steps(Shape),
}

impl Shape {
    pub fn of(expr: &Expr) -> Shape {
        match part(expr) {
            Some(Part::Steps(shape)) => shape,
            Some(Part::Line { from, divisor }) => Shape::Periodic { period: divisor, phase: from, from },
            None => Shape::Unknown,
        }
    }

    /// The first moment after `at` at which `expr`, the expression of this shape, has another value.
    pub fn change_after(&self, expr: &Expr, at: i64) -> i64 {
        match self {
            Shape::Periodic { period, phase, from } if at >= *from => {
                at - (at - phase).rem_euclid(*period) + period
            }
            Shape::Calendar(unit) => calendar_next(at, *unit),
            _ => search(expr, at),
        }
    }

    /// When the value that holds at `at` began, where that is known.
    pub fn start_before(&self, at: i64) -> Option<i64> {
        match self {
            Shape::Periodic { period, phase, from } if at >= *from => {
                Some(at - (at - phase).rem_euclid(*period))
            }
            Shape::Calendar(unit) => Some(calendar_floor(at, *unit)),
            _ => None,
        }
    }

    /// How long a window is, where all are of one length.
    pub fn period(&self) -> Option<Span> {
        if let Shape::Periodic { period, .. } = self { Some(Span::from_millis(*period)) } else { None }
    }
}

/// The length of the windows of an expression, where all are of one length.
pub fn period(expr: &Expr) -> Option<Span> {
    Shape::of(expr).period()
}

fn part(expr: &Expr) -> Option<Part> {
    let (id, args) = match &expr.kind {
        ExprKind::RowTime => return Some(Part::Line { from: 0, divisor: 1 }),
        ExprKind::Call(id, args) => (*id, args),
        ExprKind::Cast(inner, _) if inner.ty == expr.ty => return part(inner),
        _ => return None,
    };
    let entry = func::entry(id);
    let name = entry.name.split(' ').next().unwrap_or_default();
    match (name, args.as_slice()) {
        ("FLOOR" | "CEIL", [inner]) => rounded(part(inner)?, entry.unit?, name == "CEIL", inner.ty),
        ("STEP", [inner, by]) => match (part(inner)?, by.ty, constant(by)?) {
            (Part::Line { from: 0, divisor: 1 }, SqlType::Interval(q), by)
                if !q.is_year_month() && by > 0 =>
            {
                Some(Part::Steps(Shape::Periodic { period: by, phase: 0, from: i64::MIN / 2 }))
            }
            _ => None,
        },
        ("MONOTONIC", [inner]) => part(inner),
        ("NEG", [inner]) => steps(part(inner)?),
        ("MINUS" | "-", [inner, by]) => {
            let months =
                [expr.ty, by.ty].iter().any(|it| matches!(it, SqlType::Interval(q) if q.is_year_month()));
            let by_value = constant(by)?;
            match part(inner)? {
                _ if months => None,
                Part::Line { from, divisor: 1 } if inner.ty == SqlType::Timestamp => {
                    Some(Part::Line { from: from.checked_add(by_value)?, divisor: 1 })
                }
                other => steps(other),
            }
        }
        ("+", [a, b]) => match (constant(a), constant(b)) {
            (None, Some(_)) => steps(part(a)?),
            (Some(_), None) => steps(part(b)?),
            _ => None,
        },
        ("*", [a, b]) => match (constant(a), constant(b)) {
            (None, Some(by)) if by != 0 && b.ty.scale() == 0 => steps(part(a)?),
            (Some(by), None) if by != 0 && a.ty.scale() == 0 => steps(part(b)?),
            _ => None,
        },
        ("/", [inner, by]) if by.ty.is_integer() => match (part(inner)?, constant(by)?) {
            (Part::Line { from, divisor }, by) if by > 0 => {
                Some(Part::Line { from, divisor: divisor.checked_mul(by)? })
            }
            _ => None,
        },
        _ => None,
    }
}

/// A stepwise value stays stepwise, with the same steps, under what keeps different values different.
fn steps(part: Part) -> Option<Part> {
    if let Part::Steps(Shape::Calendar(_)) = part {
        return None;
    }
    if let Part::Steps(shape) = part { Some(Part::Steps(shape)) } else { None }
}

fn rounded(inner: Part, unit: Unit, up: bool, ty: SqlType) -> Option<Part> {
    let Part::Line { from, divisor } = inner else { return None };
    if unit < Unit::Day {
        let plain = from == 0 && divisor == 1 && !up && ty == SqlType::Timestamp;
        return if plain { Some(Part::Steps(Shape::Calendar(unit))) } else { None };
    }
    // Rounding up, the value changes one step behind the multiple.
    let phase = if up { from.checked_add(divisor)? } else { from };
    let period = millis(unit).checked_mul(divisor)?;
    let from = if divisor == 1 { i64::MIN / 2 } else { from.checked_add(divisor)? };
    Some(Part::Steps(Shape::Periodic { period, phase, from }))
}

/// The value of an expression without columns and ROWTIME, if it is an exact number or a time.
fn constant(expr: &Expr) -> Option<i64> {
    if !fixed(expr) {
        return None;
    }
    if let Value::Int(value) = at(expr, 0)? { Some(value) } else { None }
}

fn fixed(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Cast(inner, _) => fixed(inner),
        ExprKind::Call(_, args) => !args.is_empty() && args.iter().all(fixed),
        _ => false,
    }
}

/// The value of an expression in a row of no columns with this ROWTIME; `None` where it cannot be computed.
fn at(expr: &Expr, rowtime: i64) -> Option<Value> {
    let row = Batch { rowtimes: vec![rowtime], columns: Vec::new() };
    let now = Timestamp::from_millis(rowtime);
    let mut eval = Eval::new(&row, Clock { started: now, now });
    let value = eval.column(expr).value(0, expr.ty);
    if eval.faults.is_empty() { Some(value) } else { None }
}

/// The moment a function of ROWTIME gives for this ROWTIME.
pub fn moment(expr: &Expr, rowtime: i64) -> Option<i64> {
    if rowtime == i64::MIN {
        return None;
    }
    if let Value::Int(moment) = at(expr, rowtime)? { Some(moment) } else { None }
}

fn search(expr: &Expr, from: i64) -> i64 {
    let value = at(expr, from);
    let (mut same, mut step) = (0, 1);
    while at(expr, from + step) == value {
        same = step;
        if step >= SEARCH_MAX {
            return from + SEARCH_MAX;
        }
        step = (step * 2).min(SEARCH_MAX);
    }
    while step - same > 1 {
        let middle = same + (step - same) / 2;
        if at(expr, from + middle) == value {
            same = middle;
        } else {
            step = middle;
        }
    }
    from + step
}
