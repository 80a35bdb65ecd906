//! Tumbling windows: GROUP BY with an expression that only grows with time (sql.md 1.11 and 4.5).
//!
//! The select list and HAVING are bound over the input, with placeholders for aggregates and for the
//! output's ROWTIME. Then every part that equals a key becomes that key's column, every placeholder
//! becomes its column, and an input column that is left over was not grouped.

use std::ops::Range;
use std::sync::Arc;

use sqlparser::ast;

use crate::sql::ast::shown;
use crate::sql::bind::Session;
use crate::sql::bind::expr::{AGGREGATES_FROM, Bound, Clause, OUTPUT_ROWTIME};
use crate::sql::bind::query::{Item, Output, is_placeholder, project};
use crate::sql::bind::scope::Relation;
use crate::sql::diag::Diagnostic;
use crate::sql::monotonic::Growth;
use crate::sql::plan::{Aggregate, Expr, ExprKind, Rel, Window};

/// Columns of the input that an expression names, and where.
pub type Seen = Vec<(usize, Range<usize>)>;

/// The parts of an aggregating query, bound over its input.
pub struct Request<'a> {
    pub relation: &'a Relation,
    pub input: Rel,
    pub keys: &'a [ast::Expr],
    /// The length of the windows of WINDOWED BY STAGGER, in milliseconds.
    pub stagger: Option<i64>,
    pub groups: Vec<Bound>,
    pub aggregates: Vec<Aggregate>,
    pub items: Vec<Item>,
    pub having: Option<(Bound, Seen)>,
    /// The select list.
    pub span: Range<usize>,
}

/// The name to write before `.ROWTIME` in a hint.
pub fn qualifier(relation: &Relation) -> String {
    relation.clock()
}

impl Session<'_> {
    /// Binds the expressions of GROUP BY.
    pub fn groups(
        &mut self,
        keys: &[ast::Expr],
        relation: &Relation,
        aliases: &[String],
    ) -> Option<Vec<Bound>> {
        let mut none = Vec::new();
        let mut groups = Vec::new();
        let mut whole = true;
        for key in keys {
            let bound = self.binder(relation, Clause::GroupBy, aliases, &mut none).bind(key);
            match bound {
                Some(bound) => groups.push(bound),
                None => whole = false,
            }
        }
        whole.then_some(groups)
    }

    pub fn aggregate(&mut self, request: Request) -> Option<Output> {
        let Request { relation, input, keys, stagger, groups, aggregates, items, having, span } = request;
        let window = match stagger {
            None => Some(self.window(relation, keys, &groups)?),
            Some(_) => None,
        };
        let merge = Merge { keys: groups.iter().map(|it| &it.expr).collect() };
        let mut whole = true;
        let mut grouped = Vec::with_capacity(items.len());
        for item in items {
            match self.regroup(&merge, item.bound.expr, &item.seen, item.span.clone(), relation) {
                Some(expr) => {
                    grouped.push(Item { bound: Bound { expr, growth: Growth::Other }, ..item });
                }
                None => whole = false,
            }
        }
        let having = match having {
            Some((bound, seen)) => Some(self.regroup(&merge, bound.expr, &seen, span.clone(), relation)?),
            None => None,
        };
        if !whole {
            return None;
        }
        let keys = groups.into_iter().map(|it| it.expr).collect();
        let input = Arc::new(input);
        let mut rel = match (window, stagger) {
            (Some((monotonic, window)), _) => Rel::Aggregate { input, keys, monotonic, window, aggregates },
            (None, length) => Rel::Stagger { input, keys, length: length.unwrap_or(1), aggregates },
        };
        if let Some(condition) = having {
            rel = Rel::Filter { input: Arc::new(rel), condition };
        }
        Some(project(rel, grouped, span))
    }

    /// Which key closes the window, and how.
    fn window(
        &mut self,
        relation: &Relation,
        keys: &[ast::Expr],
        groups: &[Bound],
    ) -> Option<(usize, Window)> {
        let timed: Vec<usize> = (0..groups.len()).filter(|&it| groups[it].growth.of_rowtime()).collect();
        if let [_, second, ..] = timed.as_slice() {
            return self.refuse(
                Diagnostic::error(self.places.of(&keys[*second]), "GROUP BY uses ROWTIME twice")
                    .detail("GROUP BY may use ROWTIME once; the shorter window already lies inside the longer one.")
                    .hint("Take one of the two away."),
            );
        }
        let monotonic =
            timed.first().copied().or_else(|| groups.iter().position(|it| it.growth.window().is_some()));
        let found = monotonic.and_then(|at| Some((at, groups[at].growth.window()?)));
        if found.is_none() {
            let start = keys.first().map_or(0, |it| self.places.of(it).start);
            let span = start..keys.last().map_or(start, |it| self.places.of(it).end);
            let error =
                Diagnostic::error(span, "this group would never end: nothing in GROUP BY grows with time")
                    .detail("A result comes out when its window is over, and only time says when.");
            return self.refuse(match relation.has_row_time() {
                true => {
                    error.hint(format!("Add FLOOR({}.ROWTIME TO MINUTE) to GROUP BY.", qualifier(relation)))
                }
                false => error.hint(
                    "Join in a query in parentheses, FROM (SELECT STREAM … JOIN …) AS j, and add FLOOR(j.ROWTIME \
                     TO MINUTE) to GROUP BY.",
                ),
            });
        }
        found
    }

    /// An expression over the input as one over the keys and aggregates.
    fn regroup(
        &mut self,
        merge: &Merge,
        expr: Expr,
        seen: &Seen,
        span: Range<usize>,
        relation: &Relation,
    ) -> Option<Expr> {
        let left = match merge.merge(expr) {
            Ok(expr) => return Some(expr),
            Err(left) => left,
        };
        let Left::Column(column) = left else {
            return self.refuse(
                Diagnostic::error(span, "ROWTIME of a single row is not being grouped")
                    .detail("A result stands for many rows, and each has a ROWTIME of its own.")
                    .hint(format!(
                        "ROWTIME alone is the end of the window; MIN({}.ROWTIME) is its first row's.",
                        qualifier(relation)
                    )),
            );
        };
        let place = seen.iter().find(|it| it.0 == column).map_or(span, |it| it.1.clone());
        let name = shown(&relation.columns[column].name);
        self.refuse(
            Diagnostic::error(place, format!("column {name} is not being grouped"))
                .detail("A result stands for many rows, and this column may differ between them.")
                .hint(format!("Add {name} to GROUP BY or wrap it in an aggregate, for example MIN({name}).")),
        )
    }
}

/// What of the input was left over.
enum Left {
    Column(usize),
    RowTime,
}

struct Merge<'a> {
    keys: Vec<&'a Expr>,
}

impl Merge<'_> {
    fn merge(&self, expr: Expr) -> Result<Expr, Left> {
        if let Some(key) = self.keys.iter().position(|it| **it == expr) {
            return Ok(Expr { kind: ExprKind::Column(key), ty: expr.ty });
        }
        if let Some(place) = is_placeholder(&expr.kind) {
            let kind = match place {
                OUTPUT_ROWTIME => ExprKind::RowTime,
                place => ExprKind::Column(self.keys.len() + place - AGGREGATES_FROM),
            };
            return Ok(Expr { kind, ty: expr.ty });
        }
        let ty = expr.ty;
        let kind = match expr.kind {
            ExprKind::Column(at) => return Err(Left::Column(at)),
            ExprKind::RowTime => return Err(Left::RowTime),
            ExprKind::Literal(value) => ExprKind::Literal(value),
            ExprKind::Call(func, args) => {
                ExprKind::Call(func, args.into_iter().map(|it| self.merge(it)).collect::<Result<_, _>>()?)
            }
            ExprKind::Cast(inner, rule) => ExprKind::Cast(self.boxed(*inner)?, rule),
            ExprKind::And(a, b) => ExprKind::And(self.boxed(*a)?, self.boxed(*b)?),
            ExprKind::Or(a, b) => ExprKind::Or(self.boxed(*a)?, self.boxed(*b)?),
            ExprKind::Not(inner) => ExprKind::Not(self.boxed(*inner)?),
            ExprKind::IsNull(inner) => ExprKind::IsNull(self.boxed(*inner)?),
            ExprKind::Is(inner, wanted) => ExprKind::Is(self.boxed(*inner)?, wanted),
            ExprKind::Case { branches, otherwise } => {
                let branches = branches
                    .into_iter()
                    .map(|(test, result)| Ok((self.merge(test)?, self.merge(result)?)))
                    .collect::<Result<_, Left>>()?;
                ExprKind::Case { branches, otherwise: otherwise.map(|it| self.boxed(*it)).transpose()? }
            }
        };
        Ok(Expr { kind, ty })
    }

    fn boxed(&self, expr: Expr) -> Result<Box<Expr>, Left> {
        self.merge(expr).map(Box::new)
    }
}
