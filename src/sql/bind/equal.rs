//! Conditions taken apart: the equalities by which rows of two sides find each other, and the rest.

use crate::sql::bind::Session;
use crate::sql::func;
use crate::sql::plan::{CastRule, Expr, ExprKind, JoinKind, LookupKind, Rel};
use crate::sql::value::SqlType;

/// An expression over the left row and one over the right row that must be equal.
pub type Key = (Expr, Expr);

/// The parts of a condition that all must hold.
pub fn conjuncts(condition: Option<Expr>) -> Vec<Expr> {
    let mut all = Vec::new();
    let mut rest: Vec<Expr> = condition.into_iter().collect();
    while let Some(expr) = rest.pop() {
        match expr.kind {
            ExprKind::And(a, b) => rest.extend([*b, *a]),
            _ => all.push(expr),
        }
    }
    all
}

/// One condition of several.
pub fn all_of(parts: Vec<Expr>) -> Option<Expr> {
    let and = |a, b| Expr { kind: ExprKind::And(Box::new(a), Box::new(b)), ty: SqlType::Boolean };
    parts.into_iter().reduce(and)
}

/// Equalities between both sides, and the other conditions in their order. Columns from `width` on are of
/// the right side; its expressions count them from 0.
pub fn split(conditions: Vec<Expr>, width: usize) -> (Vec<Key>, Vec<Expr>) {
    let (mut keys, mut rest) = (Vec::new(), Vec::new());
    for condition in conditions {
        // What stands behind another condition is computed only where that holds.
        let found = equality(&condition, width).filter(|it| rest.is_empty() || total(&it.0) && total(&it.1));
        match found {
            Some((a, b)) => keys.push((a, shifted(b, width))),
            None => rest.push(condition),
        }
    }
    (keys, rest)
}

/// The left and the right part of an equality whose values can be looked up.
fn equality(condition: &Expr, width: usize) -> Option<Key> {
    let (a, b) = equal_parts(condition)?;
    match (side(a, width)?, side(b, width)?) {
        (false, true) => Some((a.clone(), b.clone())),
        (true, false) => Some((b.clone(), a.clone())),
        _ => None,
    }
}

/// The parts of `a = b`, if equal values of both are held alike.
fn equal_parts(condition: &Expr) -> Option<(&Expr, &Expr)> {
    let ExprKind::Call(id, args) = &condition.kind else { return None };
    let [a, b] = args.as_slice() else { return None };
    (func::entry(*id).name == "=" && alike(a.ty, b.ty)).then_some((a, b))
}

/// Whether an expression names columns of the right side only (`true`) or of the left side only.
fn side(expr: &Expr, width: usize) -> Option<bool> {
    let (mut left, mut right, mut time) = (false, false, false);
    each(expr, &mut |it| match &it.kind {
        ExprKind::Column(at) if *at < width => left = true,
        ExprKind::Column(_) => right = true,
        ExprKind::RowTime => time = true,
        _ => {}
    });
    (left != right && !time).then_some(right)
}

/// Whether equal values of two types are held alike.
fn alike(a: SqlType, b: SqlType) -> bool {
    a == b
        || a.is_exact() && b.is_exact() && a.scale() == b.scale()
        || a.is_character() && b.is_character()
        || a.is_binary() && b.is_binary()
        || a.is_approximate() && b.is_approximate()
}

/// Whether an expression has a value in every row.
fn total(expr: &Expr) -> bool {
    let mut total = true;
    each(expr, &mut |it| match &it.kind {
        ExprKind::Column(_) | ExprKind::RowTime | ExprKind::Literal(_) => {}
        ExprKind::Cast(inner, CastRule::Assign) => {
            let texts = inner.ty.is_character() && it.ty.is_character();
            total &= texts || inner.ty.is_integer() && it.ty.is_approximate();
        }
        _ => total = false,
    });
    total
}

/// Shows every part of an expression, the whole first.
fn each(expr: &Expr, show: &mut impl FnMut(&Expr)) {
    show(expr);
    parts(expr).into_iter().for_each(|it| each(it, show));
}

fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Column(_) | ExprKind::RowTime | ExprKind::Literal(_) => Vec::new(),
        ExprKind::Call(_, args) => args.iter().collect(),
        ExprKind::Cast(inner, _)
        | ExprKind::Not(inner)
        | ExprKind::IsNull(inner)
        | ExprKind::Is(inner, _) => vec![inner],
        ExprKind::And(a, b) | ExprKind::Or(a, b) => vec![a, b],
        ExprKind::Case { branches, otherwise } => {
            branches.iter().flat_map(|(test, result)| [test, result]).chain(otherwise.as_deref()).collect()
        }
    }
}

/// The same expression with its columns counted from another place.
pub fn shifted(mut expr: Expr, back: usize) -> Expr {
    fn shift(expr: &mut Expr, back: usize) {
        match &mut expr.kind {
            ExprKind::Column(at) => *at = at.saturating_sub(back),
            ExprKind::RowTime | ExprKind::Literal(_) => {}
            ExprKind::Call(_, args) => args.iter_mut().for_each(|it| shift(it, back)),
            ExprKind::Cast(inner, _)
            | ExprKind::Not(inner)
            | ExprKind::IsNull(inner)
            | ExprKind::Is(inner, _) => shift(inner, back),
            ExprKind::And(a, b) | ExprKind::Or(a, b) => [a, b].into_iter().for_each(|it| shift(it, back)),
            ExprKind::Case { branches, otherwise } => {
                for (test, result) in branches {
                    shift(test, back);
                    shift(result, back);
                }
                otherwise.iter_mut().for_each(|it| shift(it, back));
            }
        }
    }
    shift(&mut expr, back);
    expr
}

impl Session<'_> {
    /// Gives the equalities of WHERE to the inner joins they belong to, so that rows find each other by
    /// them; what is left is a condition over the joined rows.
    pub fn absorb(&self, rel: &mut Rel, condition: Expr) -> Option<Expr> {
        let mut rest = Vec::new();
        for condition in conjuncts(Some(condition)) {
            let taken = equal_parts(&condition)
                .filter(|it| rest.is_empty() || total(it.0) && total(it.1))
                .is_some_and(|(a, b)| self.give(rel, a.clone(), b.clone()));
            if !taken {
                rest.push(condition);
            }
        }
        all_of(rest)
    }

    /// Gives an equality to the join where its parts meet. Says whether there is one.
    fn give(&self, rel: &mut Rel, a: Expr, b: Expr) -> bool {
        let (left, right, keys) = match rel {
            Rel::Join { left, right, kind: JoinKind::Inner, keys, .. } => (left, Some(right), keys),
            Rel::Lookup { input, kind: LookupKind::Inner, keys, .. } => (input, None, keys),
            // A column that only rides along changes no place.
            Rel::Project { input, items, rowtime: None } => {
                let plain = |(at, it): (usize, &Expr)| {
                    matches!(it.kind, ExprKind::RowTime) || it.kind == ExprKind::Column(at)
                };
                let rides = items.iter().any(|it| matches!(it.kind, ExprKind::RowTime));
                let width = items.iter().position(|it| matches!(it.kind, ExprKind::RowTime)).unwrap_or(0);
                let inside = side(&a, width) == Some(false) && side(&b, width) == Some(false);
                return rides
                    && inside
                    && items.iter().enumerate().all(plain)
                    && self.give(std::sync::Arc::make_mut(input), a, b);
            }
            _ => return false,
        };
        let Some(width) = self.width(left) else { return false };
        match (side(&a, width), side(&b, width)) {
            (Some(false), Some(true)) => keys.push((a, shifted(b, width))),
            (Some(true), Some(false)) => keys.push((b, shifted(a, width))),
            (Some(false), Some(false)) => return self.give(std::sync::Arc::make_mut(left), a, b),
            (Some(true), Some(true)) => {
                let Some(right) = right else { return false };
                let [a, b] = [a, b].map(|it| shifted(it, width));
                return self.give(std::sync::Arc::make_mut(right), a, b);
            }
            _ => return false,
        }
        true
    }

    /// How many columns come out of an operator.
    fn width(&self, rel: &Rel) -> Option<usize> {
        match rel {
            Rel::Scan { stream } => Some(self.streams.get(stream.0)?.def.columns.len()),
            Rel::Reference { table } => Some(self.tables.get(table.0)?.columns.len()),
            Rel::Filter { input, .. } => self.width(input),
            Rel::Project { items, .. } | Rel::Distinct { items, .. } => Some(items.len()),
            Rel::Aggregate { keys, aggregates, .. } | Rel::Stagger { keys, aggregates, .. } => {
                Some(keys.len() + aggregates.len())
            }
            Rel::Join { left, right, .. } => Some(self.width(left)? + self.width(right)?),
            Rel::Lookup { input, kind: LookupKind::Semi | LookupKind::Anti, .. } => self.width(input),
            Rel::Lookup { input, table, .. } => Some(self.width(input)? + self.width(table)?),
            _ => None,
        }
    }
}
