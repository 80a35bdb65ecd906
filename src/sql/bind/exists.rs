//! `x IN (SELECT …)` and `EXISTS (SELECT …)`: rows of a stream chosen by a reference table (sql.md 1.18).
//!
//! They stand in WHERE, alone or joined with AND, and each becomes a lookup that lets rows pass or not. Over
//! a stream they have no meaning: nobody knows what it will hold.

use std::ops::Range;
use std::sync::Arc;

use sqlparser::ast::{self, BinaryOperator, GroupByExpr, InTarget, SetExpr, UnaryOperator};

use crate::sql::bind::Session;
use crate::sql::bind::equal::{all_of, conjuncts, split};
use crate::sql::bind::expr::{Bound, Clause};
use crate::sql::bind::join::beside;
use crate::sql::bind::scope::Relation;
use crate::sql::diag::Diagnostic;
use crate::sql::monotonic::Growth;
use crate::sql::plan::{Aggregate, Expr, ExprKind, LookupKind, Rel};
use crate::sql::value::{SqlType, Value};

/// WHERE, bound: what every row must fulfil, then what is looked up.
#[derive(Default)]
pub struct Chosen {
    pub condition: Option<Expr>,
    lookups: Vec<Lookup>,
}

/// Rows of a table that let a row pass, or stop it.
struct Lookup {
    table: Arc<Rel>,
    kind: LookupKind,
    keys: Vec<(Expr, Expr)>,
    condition: Option<Expr>,
}

impl Chosen {
    /// The lookups over the rows that fulfil the condition.
    pub fn over(self, input: Rel) -> Rel {
        self.lookups.into_iter().fold(input, |input, it| Rel::Lookup {
            input: Arc::new(input),
            table: it.table,
            kind: it.kind,
            keys: it.keys,
            condition: it.condition,
        })
    }
}

impl Session<'_> {
    /// Binds WHERE.
    pub fn chosen(
        &mut self,
        condition: Option<&ast::Expr>,
        relation: &Relation,
        aliases: &[String],
        aggregates: &mut Vec<Aggregate>,
    ) -> Option<Chosen> {
        let Some(whole) = condition else { return Some(Chosen::default()) };
        let mut parts = Vec::new();
        and_parts(whole, &mut parts);
        if !parts.iter().any(|it| query_in(it).is_some()) {
            parts = vec![whole];
        }
        let mut plain = Vec::new();
        let mut lookups = Vec::new();
        let mut good = true;
        for part in parts {
            match query_in(part) {
                Some((negated, inner)) => match self.lookup(inner, negated, relation) {
                    Some(found) => lookups.extend(found),
                    None => good = false,
                },
                None => {
                    let mut binder = self.binder(relation, Clause::Where, aliases, aggregates);
                    match binder.condition(part, "WHERE") {
                        Some(bound) => plain.push(bound.expr),
                        None => good = false,
                    }
                }
            }
        }
        good.then(|| Chosen { condition: all_of(plain), lookups })
    }

    fn lookup(&mut self, inner: &ast::Expr, negated: bool, relation: &Relation) -> Option<Vec<Lookup>> {
        let span = self.places.of(inner);
        if relation.finite() {
            return self.refuse(
                Diagnostic::error(span, "a query over a reference table alone takes no other query")
                    .detail("It chooses rows and columns by their own values.")
                    .hint("Write IN or EXISTS in the WHERE of the query that reads the stream."),
            );
        }
        match inner {
            ast::Expr::In { expr, target: InTarget::Subquery(query), .. } => {
                self.in_query(expr, query, negated, relation, span)
            }
            ast::Expr::Exists { subquery, .. } => self.exists(subquery, negated, relation, span),
            _ => None,
        }
    }

    /// `x [NOT] IN (SELECT c FROM table …)`.
    fn in_query(
        &mut self,
        expr: &ast::Expr,
        query: &ast::Query,
        negated: bool,
        relation: &Relation,
        span: Range<usize>,
    ) -> Option<Vec<Lookup>> {
        let mut none = Vec::new();
        let x = self.binder(relation, Clause::Where, &[], &mut none).bind(expr);
        let output = self.query(query, false)?;
        let x = x?;
        if !output.rel.scans().is_empty() {
            return self.refuse(of_a_stream(span, "IN"));
        }
        let [column] = output.columns.as_slice() else {
            return self.refuse(
                Diagnostic::error(
                    output.span,
                    format!("IN compares with one column, not {}", output.columns.len()),
                )
                .detail("Every row of the query in parentheses is one value.")
                .hint("Select the one column, or write EXISTS with a condition."),
            );
        };
        let width = relation.columns.len();
        let c = Bound::new(ExprKind::Column(width), column.ty, Growth::Other);
        let mut binder = self.binder(relation, Clause::Where, &[], &mut none);
        let equal = binder.call("=", vec![x.clone(), c], &[], span)?;
        let table = Arc::new(output.rel);
        let (keys, rest) = split(vec![equal.expr], width);
        let kind = if negated { LookupKind::Anti } else { LookupKind::Semi };
        let found = Lookup { table: table.clone(), kind, keys, condition: all_of(rest) };
        if !negated {
            return Some(vec![found]);
        }
        // What is compared with NULL is unknown, and NOT IN lets only those pass that are surely not there:
        // none if the table has a NULL, and no NULL unless the table is empty.
        let null = |expr: Expr| Expr { kind: ExprKind::IsNull(Box::new(expr)), ty: SqlType::Boolean };
        let number = |it| Expr { kind: ExprKind::Literal(Value::Int(it)), ty: SqlType::Integer };
        let unknown = null(Expr { kind: ExprKind::Column(0), ty: column.ty });
        let nulls = Rel::Filter { input: table.clone(), condition: unknown };
        let branches = vec![(null(x.expr), number(1))];
        let kind = ExprKind::Case { branches, otherwise: Some(Box::new(number(0))) };
        let is_null = Expr { kind, ty: SqlType::Integer };
        let anti = |table: Arc<Rel>, keys| Lookup { table, kind: LookupKind::Anti, keys, condition: None };
        Some(vec![anti(Arc::new(nulls), Vec::new()), anti(table, vec![(is_null, number(1))]), found])
    }

    /// `[NOT] EXISTS (SELECT … FROM table WHERE …)`; its WHERE may name the stream's columns.
    fn exists(
        &mut self,
        query: &ast::Query,
        negated: bool,
        relation: &Relation,
        span: Range<usize>,
    ) -> Option<Vec<Lookup>> {
        let plain = query.with.is_none() && query.order_by.is_none() && query.limit_clause.is_none();
        let select = match &*query.body {
            SetExpr::Select(select) if plain => select,
            _ => return self.refuse(not_plain(span)),
        };
        let groups = matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty());
        if !groups || select.having.is_some() || select.distinct.is_some() {
            return self.refuse(not_plain(span));
        }
        let inner = self.from(select)?;
        if !inner.finite() {
            return self.refuse(of_a_stream(span, "EXISTS"));
        }
        if let Some(error) = self.no_stream_in(select, &inner, false) {
            return self.refuse(error);
        }
        let mut both = beside(relation, &inner, relation.parts.len(), 0);
        both.parts[..relation.parts.len()].iter_mut().for_each(|it| it.outer = true);
        let mut none = Vec::new();
        let condition = match &select.selection {
            Some(it) => Some(self.binder(&both, Clause::Where, &[], &mut none).condition(it, "WHERE")?.expr),
            None => None,
        };
        let (keys, rest) = split(conjuncts(condition), relation.columns.len());
        let kind = if negated { LookupKind::Anti } else { LookupKind::Semi };
        Some(vec![Lookup { table: inner.rel, kind, keys, condition: all_of(rest) }])
    }
}

/// The parts of a condition between its ANDs.
fn and_parts<'a>(expr: &'a ast::Expr, parts: &mut Vec<&'a ast::Expr>) {
    match expr {
        ast::Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            and_parts(left, parts);
            and_parts(right, parts);
        }
        ast::Expr::Nested(inner)
            if matches!(**inner, ast::Expr::BinaryOp { op: BinaryOperator::And, .. }) =>
        {
            and_parts(inner, parts);
        }
        _ => parts.push(expr),
    }
}

/// Whether a condition is IN or EXISTS of a query, and whether it is denied.
fn query_in(expr: &ast::Expr) -> Option<(bool, &ast::Expr)> {
    match expr {
        ast::Expr::In { target: InTarget::Subquery(_), negated, .. } | ast::Expr::Exists { negated, .. } => {
            Some((*negated, expr))
        }
        ast::Expr::Nested(inner) => query_in(inner),
        ast::Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
            query_in(expr).map(|(negated, inner)| (!negated, inner))
        }
        _ => None,
    }
}

fn of_a_stream(span: Range<usize>, word: &str) -> Diagnostic {
    Diagnostic::error(span, format!("{word} cannot look into a stream"))
        .detail("A stream has no end, so nobody knows yet what it will hold; a reference table is all there.")
        .hint("Join the streams: FROM a OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS a JOIN b ON ….")
}

fn not_plain(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(span, "EXISTS takes a plain query over a reference table")
        .detail("It asks whether some row of the table fits.")
        .hint("Write EXISTS (SELECT * FROM table AS t WHERE t.id = s.id).")
}

/// A query inside an expression where it cannot stand.
pub fn misplaced(span: Range<usize>, expr: &ast::Expr) -> Diagnostic {
    if let ast::Expr::Subquery(_) = expr {
        return no_value(span);
    }
    Diagnostic::error(span, "IN and EXISTS of a query stand in WHERE, joined with AND")
        .detail("They let a row of the stream pass or not; they are no part of another expression.")
        .hint("Write it as a condition of its own: WHERE … AND x IN (SELECT …).")
}

/// A query where a value should stand.
pub fn no_value(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(span, "a query cannot be a value")
        .detail("What it gives would change while the stream flows.")
        .hint("Join with what it reads, and take the column from there.")
}
