//! Period predicates: `(s, e) OVERLAPS (s, e)` and their like (sql.md 1.19). A period begins with its first
//! moment and ends before its second; each predicate becomes comparisons of the moments.

use std::ops::Range;

use sqlparser::ast::{Expr as Written, Function, FunctionArg, FunctionArgExpr, FunctionArguments};

use crate::sql::bind::expr::{Binder, Bound};
use crate::sql::bind::types::datetime;
use crate::sql::diag::Diagnostic;
use crate::sql::dialect::PERIOD_PREDICATES;
use crate::sql::monotonic::Growth;
use crate::sql::plan::ExprKind;
use crate::sql::value::SqlType;

/// How a predicate is meant.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Plain,
    Strictly,
    Immediately,
}

/// A side of a predicate: the moments of a period, or one moment.
struct Side<'a> {
    bound: Vec<Bound>,
    written: Vec<&'a Written>,
}

impl<'a> Side<'a> {
    /// The moment it begins with.
    fn start(&self) -> (Bound, &'a Written) {
        (self.bound[0].clone(), self.written[0])
    }

    /// The moment it ends before.
    fn end(&self) -> (Bound, &'a Written) {
        let last = self.bound.len() - 1;
        (self.bound[last].clone(), self.written[last])
    }
}

/// The predicate a call stands for: its mode and its word.
fn predicate(name: &str) -> Option<(Mode, &str)> {
    let (mode, word) = match name.split_once(' ') {
        Some(("STRICTLY", word)) => (Mode::Strictly, word),
        Some(("IMMEDIATELY", word)) => (Mode::Immediately, word),
        _ => (Mode::Plain, name),
    };
    if PERIOD_PREDICATES.contains(&word) { Some((mode, word)) } else { None }
}

/// The two moments of `(s, e)` and of `PERIOD (s, e)`.
fn moments(side: &Written) -> Option<Vec<&Written>> {
    match side {
        Written::Tuple(parts) if parts.len() == 2 => Some(parts.iter().collect()),
        Written::Function(it) if it.name.to_string().eq_ignore_ascii_case("PERIOD") => {
            let FunctionArguments::List(list) = &it.args else { return None };
            let parts = list.args.iter().map(|it| match it {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
                _ => None,
            });
            parts.collect::<Option<Vec<_>>>().filter(|it| it.len() == 2)
        }
        _ => None,
    }
}

impl Binder<'_, '_> {
    /// Whether a call is a period predicate, and then what becomes of it.
    pub fn period(&mut self, name: &str, call: &Function, whole: &Written) -> Option<Option<Bound>> {
        let (mode, word) = predicate(name)?;
        let FunctionArguments::List(list) = &call.args else { return None };
        let [
            FunctionArg::Unnamed(FunctionArgExpr::Expr(left)),
            FunctionArg::Unnamed(FunctionArgExpr::Expr(right)),
        ] = list.args.as_slice()
        else {
            return None;
        };
        let first = moments(left)?;
        let span = self.places.of(left).start..self.places.of(whole).end.max(self.places.of(right).end);
        Some(self.period_of(mode, word, first, right, span))
    }

    fn period_of<'a>(
        &mut self,
        mode: Mode,
        word: &str,
        first: Vec<&'a Written>,
        right: &'a Written,
        span: Range<usize>,
    ) -> Option<Bound> {
        let second = match moments(right) {
            Some(second) => second,
            None if word == "CONTAINS" => vec![right],
            None => {
                return self.refuse(
                    Diagnostic::error(span, format!("{word} needs a period on both sides"))
                        .detail("A period is two moments: its beginning and its end.")
                        .hint(format!("Write (start, end) {word} (start, end).")),
                );
            }
        };
        let (p, q) = (self.side(first), self.side(second));
        let (p, q) = (p?, q?);
        let odd =
            p.bound.iter().chain(&q.bound).find(|it| !datetime(it.expr.ty) && it.expr.ty != SqlType::Null);
        if let Some(odd) = odd {
            return self.refuse(
                Diagnostic::error(span, "a period runs between two times")
                    .detail(format!("One of these is {}.", odd.expr.ty))
                    .hint("Give it dates, times or timestamps, all of one type."),
            );
        }
        let moment = q.bound.len() == 1;
        match comparisons(mode, word, moment) {
            Some(list) => self.all_of(&p, &q, list, span),
            None => {
                let mode = if mode == Mode::Strictly { "STRICTLY" } else { "IMMEDIATELY" };
                self.refuse(
                    Diagnostic::error(span, format!("there is no {mode} {word}"))
                        .detail(
                            "STRICTLY stands before all but EQUALS, and IMMEDIATELY before PRECEDES, \
                                 SUCCEEDS, LEADS and LAGS.",
                        )
                        .hint(format!("Write {word} alone.")),
                )
            }
        }
    }

    fn side<'a>(&mut self, written: Vec<&'a Written>) -> Option<Side<'a>> {
        let bound: Vec<Option<Bound>> = written.iter().map(|it| self.bind(it)).collect();
        Some(Side { bound: bound.into_iter().collect::<Option<_>>()?, written })
    }

    fn all_of(&mut self, p: &Side, q: &Side, list: &[Comparison], span: Range<usize>) -> Option<Bound> {
        let mut all: Option<Bound> = None;
        for (left, operator, right) in list {
            let ((a, a_written), (b, b_written)) = (left.of(p, q), right.of(p, q));
            let test = self.call(operator, vec![a, b], &[a_written, b_written], span.clone())?;
            all = Some(match all {
                None => test,
                Some(before) => {
                    let kind = ExprKind::And(Box::new(before.expr), Box::new(test.expr));
                    Bound::new(kind, SqlType::Boolean, Growth::Other)
                }
            });
        }
        all
    }
}

/// A moment of P, the period on the left, or of Q on the right.
#[derive(Clone, Copy)]
enum Moment {
    PStart,
    PEnd,
    QStart,
    QEnd,
}

use Moment::{PEnd, PStart, QEnd, QStart};

type Comparison = (Moment, &'static str, Moment);

impl Moment {
    fn of<'a>(self, p: &Side<'a>, q: &Side<'a>) -> (Bound, &'a Written) {
        match self {
            PStart => p.start(),
            PEnd => p.end(),
            QStart => q.start(),
            QEnd => q.end(),
        }
    }
}

/// What a predicate compares; all of it must hold. `None` where the mode does not go with the word.
fn comparisons(mode: Mode, word: &str, moment: bool) -> Option<&'static [Comparison]> {
    use Mode::{Immediately, Plain, Strictly};
    Some(match (word, mode) {
        ("EQUALS", Plain) => &[(PStart, "=", QStart), (PEnd, "=", QEnd)],
        // Of one moment, start and end are the same; the period ends before its end.
        ("CONTAINS", Plain) if moment => &[(PStart, "<=", QStart), (QEnd, "<", PEnd)],
        ("CONTAINS", Plain) => &[(PStart, "<=", QStart), (QEnd, "<=", PEnd)],
        ("CONTAINS", Strictly) => &[(PStart, "<", QStart), (QEnd, "<", PEnd)],
        ("OVERLAPS", Plain) => &[(PStart, "<", QEnd), (QStart, "<", PEnd)],
        ("OVERLAPS", Strictly) => {
            &[(PStart, "<", QEnd), (QStart, "<", PEnd), (PStart, "<", QStart), (PEnd, "<", QEnd)]
        }
        ("PRECEDES", Plain) => &[(PEnd, "<=", QStart)],
        ("PRECEDES", Strictly) => &[(PEnd, "<", QStart)],
        ("PRECEDES", Immediately) => &[(PEnd, "=", QStart)],
        ("SUCCEEDS", Plain) => &[(QEnd, "<=", PStart)],
        ("SUCCEEDS", Strictly) => &[(QEnd, "<", PStart)],
        ("SUCCEEDS", Immediately) => &[(QEnd, "=", PStart)],
        ("LEADS", Plain) => &[(PStart, "<", QStart), (QStart, "<", PEnd), (PEnd, "<=", QEnd)],
        ("LEADS", Strictly) => &[(PStart, "<", QStart), (QStart, "<", PEnd), (PEnd, "<", QEnd)],
        ("LEADS", Immediately) => &[(PStart, "<", QStart), (QStart, "<", PEnd), (PEnd, "=", QEnd)],
        ("LAGS", Plain) => &[(QStart, "<", PStart), (PStart, "<", QEnd), (QEnd, "<=", PEnd)],
        ("LAGS", Strictly) => &[(QStart, "<", PStart), (PStart, "<", QEnd), (QEnd, "<", PEnd)],
        ("LAGS", Immediately) => &[(QStart, "<", PStart), (PStart, "<", QEnd), (QEnd, "=", PEnd)],
        _ => return None,
    })
}
