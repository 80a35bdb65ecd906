//! Row values: what a log parser gives, and the fields read from it (sql.md 5.8).
//!
//! A parser stands in the select list of a query in parentheses; outside, `t.r.COLUMN1` reads a field. What
//! the fields are is read off the plan: a column is a row value where its item calls a parser.

use std::sync::Arc;

use sqlparser::ast::Expr as Written;

use crate::sql::ast::{Name, shown};
use crate::sql::bind::Session;
use crate::sql::bind::expr::{Binder, Bound};
use crate::sql::bind::query::OutputColumn;
use crate::sql::bind::scope::Found;
use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::func;
use crate::sql::logline::{self, FIELD, Field, Parser, ROW};
use crate::sql::monotonic::Growth;
use crate::sql::plan::{CastRule, Expr, ExprKind, Rel};
use crate::sql::value::{SqlType, Value};

/// The parser behind a column of an operator, as its specification.
fn parser_of(rel: &Rel, at: usize) -> Option<&str> {
    match rel {
        Rel::Filter { input, .. } | Rel::Sort { input, .. } | Rel::TimeSort { input, .. } => {
            parser_of(input, at)
        }
        Rel::Project { input, items, .. } | Rel::Distinct { input, items, .. } => {
            match &items.get(at)?.kind {
                ExprKind::Column(inner) => parser_of(input, *inner),
                ExprKind::Call(id, args) if func::entry(*id).name == logline::ROW_OF_LINE => {
                    match args.get(1).map(|it| &it.kind) {
                        Some(ExprKind::Literal(Value::Text(specification))) => Some(specification),
                        _ => None,
                    }
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// A query in parentheses without the rows that a parser could not read, where the parser drops them.
pub fn readable(rel: Rel) -> Rel {
    let Rel::Project { items, .. } = &rel else { return rel };
    let drops = |at: &usize| parser_of(&rel, *at).is_some_and(logline::drops);
    let dropping: Vec<usize> = (0..items.len()).filter(|at| items[*at].ty == ROW && drops(at)).collect();
    dropping.into_iter().fold(rel, |rel, at| {
        let row = Expr { kind: ExprKind::Column(at), ty: ROW };
        let lost = Expr { kind: ExprKind::IsNull(Box::new(row)), ty: SqlType::Boolean };
        let condition = Expr { kind: ExprKind::Not(Box::new(lost)), ty: SqlType::Boolean };
        Rel::Filter { input: Arc::new(rel), condition }
    })
}

/// A row value where one value belongs.
pub fn misplaced(span: std::ops::Range<usize>) -> Diagnostic {
    Diagnostic::error(span, "a row value is several values")
        .detail("A log parser gives a row value; its fields are read outside of the query that makes it.")
        .hint("Write SELECT STREAM t.r.COLUMN1 FROM (SELECT STREAM parser(…) FROM …) AS t(r).")
}

impl Session<'_> {
    /// Refuses row values that would go into a stream.
    pub fn no_rows_into_streams(&mut self, columns: &[OutputColumn]) -> Option<()> {
        match columns.iter().find(|it| it.ty == ROW) {
            Some(column) => self.refuse(misplaced(column.span.clone())),
            None => Some(()),
        }
    }
}

impl Binder<'_, '_> {
    /// A call of a log parser: text, then constant arguments.
    pub fn parser(
        &mut self,
        name: &str,
        args: Vec<Bound>,
        written: &[&Written],
        whole: &Written,
    ) -> Option<Bound> {
        let span = self.places.of(whole);
        let mut args = args.into_iter();
        let Some(line) = args.next() else {
            return self.refuse(
                Diagnostic::error(span, format!("{name} needs a text"))
                    .detail("It takes a line of a log apart.")
                    .hint(format!("Write {name}(column, …).")),
            );
        };
        if !line.expr.ty.is_character() {
            let message = format!("{name} cannot take {}", line.expr.ty);
            return self.refuse(Diagnostic::error(span, message).detail("It takes a text, a line of a log."));
        }
        let mut constants = Vec::with_capacity(args.len());
        for (at, arg) in args.enumerate() {
            match arg.expr.kind {
                ExprKind::Literal(value) => constants.push(value),
                _ => {
                    let place = written.get(at + 1).map_or(span, |it| self.places.of(it));
                    return self.refuse(
                        Diagnostic::error(place, format!("{name} needs a constant here"))
                            .detail("What it makes of a line must be known before there is a line.")
                            .hint("Write a text or a number."),
                    );
                }
            }
        }
        if let Err(refusal) = Parser::new(name, &constants) {
            let place = written.get(refusal.place).map_or(span, |it| self.places.of(it));
            let signature = func::catalog::routine(name).map_or("", |it| it.signature);
            return self.refuse(
                Diagnostic::error(place, "every row would fail with this value")
                    .detail(refusal.why)
                    .hint(format!("It is written {signature}.")),
            );
        }
        let specification = logline::specification(name, &constants);
        let text = Bound::constant(Value::Text(specification.into()), SqlType::Char(1));
        self.call(logline::ROW_OF_LINE, vec![line, text], &[], span)
    }

    /// `t.r.COLUMN1` and `r.COLUMN1`: a field of a row value. `None` where the names mean something else.
    pub fn row_field(&mut self, names: &[Name]) -> Option<Option<Bound>> {
        let (row, name, at) = match names {
            [table, row, name] => {
                let part = self.relation.part(&table.stored)?;
                (row, name, self.relation.find_in(part, &row.stored)?)
            }
            [row, name] if self.relation.part(&row.stored).is_none() => {
                let Found::One(at) = self.relation.find(&row.stored) else { return None };
                (row, name, at)
            }
            _ => return None,
        };
        if self.relation.columns[at].ty != ROW {
            return None;
        }
        let parser = parser_of(&self.relation.rel, at).and_then(logline::parser);
        let Some(parser) = parser else {
            return Some(self.refuse(misplaced(row.span.clone())));
        };
        let Some(place) = parser.fields().iter().position(|it| it.name == name.stored) else {
            let names: Vec<&str> = parser.fields().iter().map(|it| it.name.as_str()).collect();
            return Some(self.refuse(no_field(row, name, &names)));
        };
        self.seen.push((at, name.span.clone()));
        Some(field(at, place, &parser.fields()[place]))
    }

    /// Three names where the middle one is no row value.
    pub fn too_many_names(&mut self, names: &[Name]) -> Option<Bound> {
        let span = names.first().map_or(0, |it| it.span.start)..names.last().map_or(0, |it| it.span.end);
        self.refuse(
            Diagnostic::error(span, "a column has two names at most")
                .detail("Before the point stands a stream or an alias; only row values of log parsers have fields.")
                .hint("Write stream.column."),
        )
    }
}

fn no_field(row: &Name, name: &Name, names: &[&str]) -> Diagnostic {
    let error = Diagnostic::error(
        name.span.clone(),
        format!("{} has no field {}", shown(&row.stored), shown(&name.stored)),
    );
    let listed: Vec<String> = names.iter().take(12).map(|it| shown(it)).collect();
    let error = error.detail(format!("Its fields are {}.", listed.join(", ")));
    match nearest(&name.written, names.iter().copied()) {
        Some(near) => error.hint(format!("The nearest is {}.", shown(near))),
        None => error,
    }
}

/// The value of a field: its text, cast to its type, or read in its format.
fn field(at: usize, place: usize, field: &Field) -> Option<Bound> {
    let call = |name: &str, args: Vec<Expr>| {
        let types: Vec<SqlType> = args.iter().map(|it| it.ty).collect();
        let resolved = func::resolve(name, &types).ok()?;
        Some(Expr { kind: ExprKind::Call(resolved.func, args), ty: resolved.ty })
    };
    let row = Expr { kind: ExprKind::Column(at), ty: ROW };
    let number = Expr { kind: ExprKind::Literal(Value::Int(place as i64)), ty: SqlType::Integer };
    let text = call(logline::FIELD_OF_ROW, vec![row, number])?;
    let value = match (&field.format, field.ty) {
        (Some(format), ty) => {
            let reads = match ty {
                SqlType::Date => "CHAR_TO_DATE",
                SqlType::Time => "CHAR_TO_TIME",
                _ => "CHAR_TO_TIMESTAMP",
            };
            let format =
                Expr { kind: ExprKind::Literal(Value::Text(format.as_str().into())), ty: SqlType::Char(1) };
            call(reads, vec![format, text])?
        }
        (None, FIELD) if text.ty == FIELD => text,
        (None, ty) => Expr { kind: ExprKind::Cast(Box::new(text), CastRule::Explicit), ty },
    };
    Some(Bound { expr: value, growth: Growth::Other })
}
