//! Joins: two relations become one, a condition becomes keys and a rest (sql.md 1.14 and 4.9).
//!
//! A stream's rows wait for partners as long as the window behind it says; a reference table is looked up.
//! The ROWTIME of a joined row is the later of both; where it is not that of an item, the item's own rides
//! along in a column that only its qualified name shows.

use std::ops::Range;
use std::sync::Arc;

use sqlparser::ast;

use crate::sql::ast::Name;
use crate::sql::bind::Session;
use crate::sql::bind::equal::{all_of, conjuncts, split};
use crate::sql::bind::expr::{Bound, Clause, coerce};
use crate::sql::bind::scope::{Found, PartTime, Relation, ScopeColumn, Using};
use crate::sql::diag::Diagnostic;
use crate::sql::func;
use crate::sql::monotonic::Growth;
use crate::sql::plan::{Expr, ExprKind, Extent, JoinKind, LookupKind, Rel};
use crate::sql::value::{Qualifier, SqlType, Unit, Value};

/// An item of FROM, or several joined ones, on the way into a join.
pub struct Side {
    pub relation: Relation,
    pub window: Option<Reach>,
    /// Columns with the ROWTIME of a joined item, and how many milliseconds it waits in all.
    pub limits: Vec<(usize, i64)>,
    pub span: Range<usize>,
}

/// How long the rows of a side wait.
#[derive(Clone, Debug)]
pub struct Reach {
    pub extent: Extent,
    /// A window of FOLLOWING rows: the other side's rows wait instead.
    pub ahead: bool,
    /// Where it is written; `None` for what joined windows have in common.
    pub span: Option<Range<usize>>,
}

/// Columns of the left side and what stands for them and their partners after FULL.
type Merged = Vec<(usize, Expr)>;

/// What joins two rows.
pub enum Joining<'a> {
    /// Nothing: every pair.
    All,
    On(&'a ast::Expr),
    Using(Vec<Name>),
    Natural,
}

impl Session<'_> {
    /// Joins two sides.
    pub fn join(&mut self, left: Side, right: Side, kind: JoinKind, joining: Joining) -> Option<Side> {
        for part in &right.relation.parts {
            let Some(name) = &part.name else { continue };
            if left.relation.parts.iter().any(|it| it.name.as_ref() == Some(name)) {
                let error = self.twice(name, right.span.clone());
                return self.refuse(error);
            }
        }
        match (left.relation.finite(), right.relation.finite()) {
            (false, false) => self.join_streams(left, right, kind, joining),
            (false, true) => self.join_table(left, right, kind, joining, false),
            (true, false) => self.join_table(right, left, kind, joining, true),
            (true, true) => self.refuse(
                Diagnostic::error(right.span, "two reference tables are joined before any stream")
                    .detail("Rows of a table do not flow; a stream brings the rows that look them up.")
                    .hint("Begin FROM with the stream, and join the tables to it one by one."),
            ),
        }
    }

    /// Two streams, joined in time.
    fn join_streams(&mut self, left: Side, right: Side, kind: JoinKind, joining: Joining) -> Option<Side> {
        let windows = self.reaches(&left, &right)?;
        let keeps_left = matches!(kind, JoinKind::Left | JoinKind::Full);
        let keeps_right = matches!(kind, JoinKind::Right | JoinKind::Full);
        // The row of a side that does not wait is the later one of each pair.
        let left_now = windows[0].is_none() && !keeps_right;
        let right_now = windows[1].is_none() && !keeps_left;
        let (a, a_time) = ride(left.relation, left_now);
        let (b, b_time) = ride(right.relation, right_now);
        let (width, parts) = (a.columns.len(), a.parts.len());
        let mut relation = beside(&a, &b, parts, 0);
        let (condition, merged) = self.condition_of(&mut relation, joining, kind, parts, &right.span)?;
        let mut limits: Vec<(usize, i64)> = left.limits;
        limits.extend(right.limits.iter().map(|(at, length)| (at + width, *length)));
        let (keys, mut rest) = split(conjuncts(condition), width);
        for &(column, length) in &limits {
            rest.push(self.in_time(&relation, column, length, right.span.clone())?);
        }
        let rel = Rel::Join {
            left: a.rel.clone(),
            right: b.rel.clone(),
            kind,
            windows,
            keys,
            condition: all_of(rest),
        };
        relation.rel = Arc::new(rel);
        merge_full(&mut relation, merged);
        let window = match windows {
            [Some(Extent::Range(a)), Some(Extent::Range(b))] => {
                limits.extend(a_time.map(|it| (it, a)));
                limits.extend(b_time.map(|it| (it + width, b)));
                Some(Reach { extent: Extent::Range(a.min(b)), ahead: false, span: None })
            }
            _ => None,
        };
        let span = left.span.start..right.span.end;
        if window.is_none() {
            limits.clear();
        }
        Some(Side { relation, window, limits, span })
    }

    /// How long each side waits. A window of FOLLOWING rows on one side is one of PRECEDING rows on the
    /// other: the same pairs, and the joined row has the ROWTIME of the later one (sql.md 4.9).
    fn reaches(&mut self, left: &Side, right: &Side) -> Option<[Option<Extent>; 2]> {
        let mut extents = [&left.window, &right.window].map(|it| it.as_ref().map(|it| it.extent));
        for (at, side) in [(0, left), (1, right)] {
            let Some(window) = side.window.as_ref().filter(|it| it.ahead) else { continue };
            let span = window.span.clone().unwrap_or(side.span.clone());
            if extents[1 - at].is_some() {
                return self.refuse(
                    Diagnostic::error(span, "only one side of a join can have a window when it is FOLLOWING")
                        .detail("FOLLOWING makes the rows of the other side wait, and that side has a window too.")
                        .hint("Give both sides a window of PRECEDING rows."),
                );
            }
            extents.swap(0, 1);
            self.said.push(
                Diagnostic::note(span, "FOLLOWING is read as PRECEDING of the other stream")
                    .detail("The pairs are the same, and each has the ROWTIME of its later row.")
                    .hint("Write the window behind the other stream, with PRECEDING."),
            );
            return Some(extents);
        }
        if extents == [None, None] {
            let name = |it: &Side| it.relation.parts.first().map_or("s".to_owned(), |it| it.qualifier());
            let (title, alias) = (left.relation.parts.first().map(|it| it.title()), name(left));
            let title = title.filter(|_| left.relation.parts.len() == 1).unwrap_or_else(|| "s".to_owned());
            let hint = if left.relation.parts.len() == 1 {
                format!("Write {title} OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS {alias}.")
            } else {
                format!(
                    "Write a window such as OVER (RANGE INTERVAL '1' MINUTE PRECEDING) behind {} too.",
                    name(right)
                )
            };
            return self.refuse(
                Diagnostic::error(right.span.clone(), "two streams are joined, and neither has a window")
                    .detail(
                        "A window says how long a row waits for its partner; without one it is gone at once.",
                    )
                    .hint(hint),
            );
        }
        Some(extents)
    }

    /// `ROWTIME <= column + length`, where there is a column: whether a row joined before still waits.
    fn in_time(
        &mut self,
        relation: &Relation,
        column: usize,
        length: i64,
        span: Range<usize>,
    ) -> Option<Expr> {
        let mut none = Vec::new();
        let mut binder = self.binder(relation, Clause::On, &[], &mut none);
        let time = |kind| Bound::new(kind, SqlType::Timestamp, Growth::Other);
        let qualifier = Qualifier { first: Unit::Day, last: Unit::Second };
        let length = Bound::constant(Value::Int(length), SqlType::Interval(qualifier));
        let end = binder.call("+", vec![time(ExprKind::Column(column)), length], &[], span.clone())?;
        let over = binder.call(">", vec![time(ExprKind::RowTime), end], &[], span)?;
        let is = Expr { kind: ExprKind::Is(Box::new(over.expr), Some(true)), ty: SqlType::Boolean };
        Some(Expr { kind: ExprKind::Not(Box::new(is)), ty: SqlType::Boolean })
    }

    /// A stream with a reference table. `swapped` where the table stands first.
    fn join_table(
        &mut self,
        stream: Side,
        table: Side,
        kind: JoinKind,
        joining: Joining,
        swapped: bool,
    ) -> Option<Side> {
        let lookup = match (kind, swapped) {
            (JoinKind::Inner, _) => LookupKind::Inner,
            (JoinKind::Left, false) | (JoinKind::Right, true) => LookupKind::Left,
            _ => {
                let error = no_end(&stream, &table, kind);
                return self.refuse(error);
            }
        };
        let (s, t) = (&stream.relation, &table.relation);
        let width = s.columns.len();
        let mut relation = if swapped {
            let mut both = beside(s, t, 0, t.parts.len());
            both.parts.rotate_left(s.parts.len());
            both
        } else {
            beside(s, t, s.parts.len(), 0)
        };
        let span = stream.span.start.min(table.span.start)..stream.span.end.max(table.span.end);
        let last = if swapped { &stream.span } else { &table.span };
        // USING shows the column of the side whose rows are all there: the stream.
        let shown = if swapped { JoinKind::Right } else { JoinKind::Left };
        let left = if swapped { t.parts.len() } else { s.parts.len() };
        let (condition, _) = self.condition_of(&mut relation, joining, shown, left, last)?;
        let (keys, rest) = split(conjuncts(condition), width);
        relation.rel = Arc::new(Rel::Lookup {
            input: s.rel.clone(),
            table: t.rel.clone(),
            kind: lookup,
            keys,
            condition: all_of(rest),
        });
        Some(Side { relation, window: stream.window, limits: stream.limits, span })
    }

    /// What ON, USING or NATURAL ask for. The first `left` items are those before JOIN; `kind` says whose
    /// columns USING shows. With the condition come the columns that FULL makes of two.
    fn condition_of(
        &mut self,
        relation: &mut Relation,
        joining: Joining,
        kind: JoinKind,
        left: usize,
        right: &Range<usize>,
    ) -> Option<(Option<Expr>, Merged)> {
        let names = match joining {
            Joining::All => return Some((None, Vec::new())),
            Joining::On(condition) => {
                let mut none = Vec::new();
                let mut binder = self.binder(relation, Clause::On, &[], &mut none);
                return binder.condition(condition, "ON").map(|it| (Some(it.expr), Vec::new()));
            }
            Joining::Using(names) => names,
            Joining::Natural => {
                let names = common(relation, left, right);
                if names.is_empty() {
                    return self.refuse(
                        Diagnostic::error(right.clone(), "NATURAL JOIN finds no column that both sides have")
                            .detail("It joins on the columns of equal names.")
                            .hint("Write JOIN and ON with the columns that belong together."),
                    );
                }
                names
            }
        };
        let (mut tests, mut merged) = (Vec::with_capacity(names.len()), Vec::new());
        for name in &names {
            let a = self.using(relation, name, 0..left)?;
            let b = self.using(relation, name, left..relation.parts.len())?;
            let mut none = Vec::new();
            let mut binder = self.binder(relation, Clause::On, &[], &mut none);
            let sides = [a, b].map(|it| binder.column(it, name.span.clone()));
            tests.push(binder.call("=", sides.to_vec(), &[], name.span.clone())?.expr);
            let (shown, hidden) = if kind == JoinKind::Right { (b, a) } else { (a, b) };
            relation.columns[shown].using = Using::Both;
            relation.columns[hidden].using = Using::Hidden;
            if kind == JoinKind::Full {
                let ty = func::common_type(relation.columns[a].ty, relation.columns[b].ty)?;
                let column = |at: usize| Expr { kind: ExprKind::Column(at), ty: relation.columns[at].ty };
                let absent = Expr { kind: ExprKind::IsNull(Box::new(column(a))), ty: SqlType::Boolean };
                let otherwise = Some(Box::new(coerce(column(a), ty)));
                let kind = ExprKind::Case { branches: vec![(absent, coerce(column(b), ty))], otherwise };
                merged.push((a, Expr { kind, ty }));
            }
        }
        Some((all_of(tests), merged))
    }

    /// The column of one side that USING names.
    fn using(&mut self, relation: &Relation, name: &Name, side: Range<usize>) -> Option<usize> {
        match relation.find_among(&name.stored, side.clone()) {
            Found::One(at) => Some(at),
            Found::Many(first, second) => self.refuse(relation.ambiguous(name, first, second)),
            Found::Nothing => {
                let only = if side.len() == 1 { Some(side.start) } else { None };
                self.refuse(relation.missing(name, only))
            }
        }
    }
}

/// Adds the columns that FULL makes of two: the one that is there.
fn merge_full(relation: &mut Relation, merged: Merged) {
    if merged.is_empty() {
        return;
    }
    let whole = relation.columns.iter().enumerate();
    let mut items: Vec<Expr> = whole.map(|(at, it)| Expr { kind: ExprKind::Column(at), ty: it.ty }).collect();
    for (at, expr) in merged {
        let part = relation.columns[at].part;
        let name = relation.columns[at].name.clone();
        relation.columns[at].using = Using::Hidden;
        let column = ScopeColumn { part, using: Using::Both, ..ScopeColumn::new(name, expr.ty, true) };
        relation.columns.push(column);
        items.push(expr);
    }
    let input = relation.rel.clone();
    relation.rel = Arc::new(Rel::Project { input, items, rowtime: None });
}

/// The columns that both sides have, in the order of the left one.
fn common(relation: &Relation, left: usize, span: &Range<usize>) -> Vec<Name> {
    let right = left..relation.parts.len();
    let both = relation.star(None).into_iter().filter(|&at| {
        let it = &relation.columns[at];
        it.part < left && relation.find_among(&it.name, right.clone()) != Found::Nothing
    });
    let name = |at: usize| {
        let stored = relation.columns[at].name.clone();
        Name { written: stored.clone(), stored, quoted: true, span: span.clone() }
    };
    both.map(name).collect()
}

/// A join that would keep rows of the table that no row of the stream fits.
fn no_end(stream: &Side, table: &Side, kind: JoinKind) -> Diagnostic {
    let name = |it: &Side| it.relation.parts.first().map_or_else(String::new, |it| it.qualifier());
    let (stream, title) = (name(stream), name(table));
    let word = match kind {
        JoinKind::Left => "LEFT",
        JoinKind::Right => "RIGHT",
        _ => "FULL",
    };
    Diagnostic::error(table.span.clone(), format!("{word} JOIN would keep the rows of {title}"))
        .detail("A row of a table that fits no row of the stream never knows it: the stream has no end.")
        .hint(format!("Keep the stream's rows: FROM {stream} LEFT JOIN {title} ON …."))
}

/// A side whose ROWTIME is not that of the joined row takes it along in a column; the place of the column.
fn ride(mut relation: Relation, now: bool) -> (Relation, Option<usize>) {
    let Some(part) = relation.parts.iter().position(|it| it.time == PartTime::Row).filter(|_| !now) else {
        return (relation, None);
    };
    let at = relation.columns.len();
    let whole = relation.columns.iter().enumerate();
    let mut items: Vec<Expr> = whole.map(|(at, it)| Expr { kind: ExprKind::Column(at), ty: it.ty }).collect();
    items.push(Expr { kind: ExprKind::RowTime, ty: SqlType::Timestamp });
    relation.rel = Arc::new(Rel::Project { input: relation.rel, items, rowtime: None });
    relation
        .columns
        .push(ScopeColumn { part, ..ScopeColumn::new("ROWTIME".into(), SqlType::Timestamp, false) });
    for part in relation.parts.iter_mut().filter(|it| it.time == PartTime::Row) {
        part.time = PartTime::Column(at);
    }
    relation.columns.iter_mut().for_each(|it| it.of_rowtime = None);
    (relation, Some(at))
}

/// The columns of `a`, then those of `b`. Their items are counted from `a_from` and `b_from`.
pub fn beside(a: &Relation, b: &Relation, b_from: usize, a_from: usize) -> Relation {
    let width = a.columns.len();
    let mut parts = a.parts.clone();
    parts.extend(b.parts.iter().cloned().map(|mut it| {
        if let PartTime::Column(at) = &mut it.time {
            *at += width;
        }
        it
    }));
    let mut columns = a.columns.clone();
    columns.iter_mut().for_each(|it| it.part += a_from);
    columns.extend(b.columns.iter().cloned().map(|mut it| {
        it.part += b_from;
        it
    }));
    Relation { parts, columns, rel: a.rel.clone() }
}
