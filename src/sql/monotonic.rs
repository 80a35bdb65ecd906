//! What only grows with time, and so tells when a window is over (sql.md 4.4).
//!
//! Every bound expression carries its [`Growth`], computed from the growth of its parts. ROWTIME grows;
//! whatever is built from it and constants by the rules here grows too; everything else does not.

use crate::sql::plan::Window;

/// How an expression moves from row to row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// The same for every row. The sign matters when something that grows is multiplied by it.
    Constant(Sign),
    /// Never changes direction.
    Grows { rising: bool, shape: Shape },
    /// Nothing is known.
    Other,
}

/// What is known of a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Negative,
    Zero,
    Positive,
    /// Not a number, or not worth computing.
    Unknown,
}

/// Where the value of something that grows changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// With every millisecond.
    Each,
    /// At the first instant of a window, which begins there.
    Down,
    /// Just behind the last instant of a window, which ends there: the window contains its end.
    Up,
    /// With rows only: the clock says nothing about it.
    Rows,
}

impl Growth {
    /// ROWTIME itself.
    pub const ROWTIME: Growth = Growth::Grows { rising: true, shape: Shape::Each };
    /// `MONOTONIC(x)`, and what is known to rise without being a function of ROWTIME.
    pub const ASSERTED: Growth = Growth::Grows { rising: true, shape: Shape::Rows };
    /// A constant that is no number.
    pub const CONSTANT: Growth = Growth::Constant(Sign::Unknown);

    pub fn constant(self) -> bool {
        matches!(self, Growth::Constant(_))
    }

    /// Whether this is a function of ROWTIME and constants alone that only grows.
    pub fn of_rowtime(self) -> bool {
        matches!(self, Growth::Grows { shape, .. } if shape != Shape::Rows)
    }

    /// The window this closes, if it grows.
    pub fn window(self) -> Option<Window> {
        let Growth::Grows { shape, .. } = self else { return None };
        Some(match shape {
            Shape::Each => Window::Instant,
            Shape::Down => Window::Clock,
            Shape::Up => Window::ClockUp,
            Shape::Rows => Window::Rows,
        })
    }

    /// `-x`.
    pub fn negated(self) -> Self {
        match self {
            Growth::Constant(sign) => Growth::Constant(sign.negated()),
            Growth::Grows { rising, shape } => Growth::Grows { rising: !rising, shape },
            Growth::Other => Growth::Other,
        }
    }

    /// `x + y`.
    pub fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Growth::Constant(_), Growth::Constant(_)) => Growth::CONSTANT,
            (it @ Growth::Grows { .. }, Growth::Constant(_))
            | (Growth::Constant(_), it @ Growth::Grows { .. }) => it,
            (Growth::Grows { rising: a, shape: s }, Growth::Grows { rising: b, shape: t }) if a == b => {
                Growth::Grows { rising: a, shape: s.and(t) }
            }
            _ => Growth::Other,
        }
    }

    /// `x * y`: only a constant factor keeps the order.
    pub fn times(self, other: Self) -> Self {
        match (self, other) {
            (Growth::Constant(_), Growth::Constant(_)) => Growth::CONSTANT,
            (it @ Growth::Grows { .. }, Growth::Constant(sign))
            | (Growth::Constant(sign), it @ Growth::Grows { .. }) => it.scaled(sign),
            _ => Growth::Other,
        }
    }

    /// `x / y`: only a constant divisor keeps the order. The quotient is cut, so it moves in steps.
    pub fn over(self, other: Self) -> Self {
        match (self, other) {
            (Growth::Constant(_), Growth::Constant(_)) => Growth::CONSTANT,
            (Growth::Grows { .. }, Growth::Constant(Sign::Zero)) => Growth::Other,
            (it @ Growth::Grows { .. }, Growth::Constant(sign)) => it.floored().scaled(sign),
            _ => Growth::Other,
        }
    }

    fn scaled(self, sign: Sign) -> Self {
        match sign {
            Sign::Positive => self,
            Sign::Negative => self.negated(),
            Sign::Zero => Growth::CONSTANT,
            Sign::Unknown => Growth::Other,
        }
    }

    /// FLOOR, STEP and every other rounding down. The innermost rounding decides the shape: what is
    /// built on it changes only where it changes.
    pub fn floored(self) -> Self {
        self.rounded(true)
    }

    /// CEIL.
    pub fn ceiled(self) -> Self {
        self.rounded(false)
    }

    fn rounded(self, down: bool) -> Self {
        match self {
            Growth::Grows { rising, shape: Shape::Each } => {
                Growth::Grows { rising, shape: if rising == down { Shape::Down } else { Shape::Up } }
            }
            it => it,
        }
    }
}

impl Sign {
    fn negated(self) -> Self {
        match self {
            Sign::Negative => Sign::Positive,
            Sign::Positive => Sign::Negative,
            it => it,
        }
    }
}

impl Shape {
    /// Of two things that move together: rows decide if they decide anything, then the finer step.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Shape::Rows, _) | (_, Shape::Rows) => Shape::Rows,
            (Shape::Each, _) | (_, Shape::Each) => Shape::Each,
            (Shape::Up, Shape::Up) => Shape::Up,
            _ => Shape::Down,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Growth = Growth::Constant(Sign::Positive);
    const FALLING: Growth = Growth::Grows { rising: false, shape: Shape::Each };

    /// The table of sql.md 4.4, line by line.
    #[test]
    fn the_table_of_rules() {
        let m = Growth::ROWTIME;
        assert_eq!(m.negated(), FALLING);
        assert_eq!((m.plus(TEN), TEN.plus(m), m.plus(TEN.negated())), (m, m, m));
        assert_eq!(TEN.plus(m.negated()), FALLING, "c - m");
        assert_eq!((m.plus(m), m.plus(FALLING)), (m, Growth::Other));
        assert_eq!((m.times(TEN), m.times(TEN.negated())), (m, FALLING));
        assert!(m.times(Growth::Constant(Sign::Zero)).constant());
        assert_eq!(m.over(Growth::Constant(Sign::Zero)), Growth::Other);
        assert_eq!(TEN.over(m), Growth::Other, "nothing says that m keeps its sign");
        assert_eq!(Growth::Other.floored(), Growth::Other);
    }

    /// FLOOR makes windows that begin at the step, CEIL windows that end there; falling turns them round.
    #[test]
    fn windows_of_roundings() {
        assert_eq!(Growth::ROWTIME.window(), Some(Window::Instant));
        assert_eq!(Growth::ROWTIME.over(TEN).floored().window(), Some(Window::Clock), "the idiom");
        assert_eq!(Growth::ROWTIME.ceiled().window(), Some(Window::ClockUp));
        assert_eq!(FALLING.floored().window(), Some(Window::ClockUp));
        assert_eq!(Growth::ROWTIME.floored().ceiled().window(), Some(Window::Clock));
        assert_eq!(Growth::ASSERTED.floored().window(), Some(Window::Rows));
        assert_eq!((TEN.window(), Growth::Other.window()), (None, None));
    }
}
