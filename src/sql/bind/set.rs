//! UNION ALL: several queries, one stream of rows (sql.md 1.16).
//!
//! The sides are merged by ROWTIME. Their columns meet by position: the names are those of the first side,
//! the types those that all sides can become.

use std::ops::Range;
use std::sync::Arc;

use sqlparser::ast::{self, SetExpr, SetOperator, SetQuantifier, Spanned, TableFactor};

use crate::sql::ast::{Name, bytes, shown};
use crate::sql::bind::expr::coerce;
use crate::sql::bind::query::{Output, OutputColumn, item_text};
use crate::sql::bind::types::word;
use crate::sql::bind::{Session, mismatch};
use crate::sql::diag::Diagnostic;
use crate::sql::func;
use crate::sql::parse::single_name;
use crate::sql::plan::{Expr, ExprKind, Rel};
use crate::sql::value::{SqlType, Value};

impl Session<'_> {
    /// What stands in the place of a query's body.
    pub fn body(&mut self, body: &SetExpr, order: Option<&ast::OrderBy>, outermost: bool) -> Option<Output> {
        match body {
            SetExpr::Select(select) => self.select(select, order, outermost),
            SetExpr::Query(inner) => self.query(inner, outermost),
            SetExpr::SetOperation { .. } => self.union(body, outermost),
            SetExpr::Values(_) => self.refuse(
                Diagnostic::error(bytes(body.span()), "VALUES cannot feed a stream")
                    .detail("A pump runs for ever, and VALUES has a few rows only.")
                    .hint("Write SELECT STREAM … FROM a stream."),
            ),
            _ => self.refuse(
                Diagnostic::error(bytes(body.span()), "a query begins with SELECT STREAM")
                    .detail("Only a query can stand here."),
            ),
        }
    }

    fn union(&mut self, body: &SetExpr, outermost: bool) -> Option<Output> {
        let mut written = Vec::new();
        self.sides(body, &mut written)?;
        let sides: Vec<Option<Output>> = written.iter().map(|it| self.body(it, None, outermost)).collect();
        let sides: Vec<Output> = sides.into_iter().collect::<Option<_>>()?;
        let places: Vec<Range<usize>> = written.iter().map(|it| bytes(it.span())).collect();
        let finite: Vec<bool> = sides.iter().map(|it| it.rel.scans().is_empty()).collect();
        if let Some(at) = finite.iter().position(|it| *it != finite[0]) {
            return self.refuse(
                Diagnostic::error(places[at].clone(), "UNION ALL cannot put a stream and a table together")
                    .detail("The rows of a stream have a time and never end; those of a table do neither.")
                    .hint("Join the stream with the table, or take this side away."),
            );
        }
        if finite.first() == Some(&true) {
            return self.refuse(
                Diagnostic::error(places[0].clone(), "UNION ALL cannot put reference tables end to end")
                    .detail("A query over a reference table alone chooses rows and columns, nothing else.")
                    .hint("Load one table with the rows of both."),
            );
        }
        let types = self.common(&sides)?;
        let first = sides.first()?;
        let span = first.span.start..sides.last()?.span.end.max(first.span.start);
        let columns = first.columns.iter().enumerate().map(|(at, it)| {
            let alike = sides.iter().all(|side| side.columns[at].of_rowtime == it.of_rowtime);
            let of_rowtime = it.of_rowtime.clone().filter(|_| alike);
            OutputColumn { name: it.name.clone(), ty: types[at], span: it.span.clone(), of_rowtime }
        });
        let columns = columns.collect();
        let inputs = sides.into_iter().map(|it| widened(it, &types)).collect();
        Some(Output { rel: Rel::Union { inputs }, columns, span })
    }

    /// The sides of UNION ALL upon UNION ALL, in text order; other operators are refused.
    fn sides<'a>(&mut self, body: &'a SetExpr, sides: &mut Vec<&'a SetExpr>) -> Option<()> {
        // The left side is the deep one.
        let mut rights = Vec::new();
        let mut left = body;
        while let SetExpr::SetOperation { op, set_quantifier, left: inner, right } = left {
            if *op != SetOperator::Union || *set_quantifier != SetQuantifier::All {
                return self.refuse(other_operator(bytes(left.span()), *op, *set_quantifier));
            }
            rights.push(&**right);
            left = inner;
        }
        sides.push(left);
        for right in rights.into_iter().rev() {
            match right {
                SetExpr::SetOperation { .. } => self.sides(right, sides)?,
                _ => sides.push(right),
            }
        }
        Some(())
    }

    /// The types of the columns, which every side becomes.
    fn common(&mut self, sides: &[Output]) -> Option<Vec<SqlType>> {
        let first = sides.first()?;
        let mut types: Vec<SqlType> = first.columns.iter().map(|it| it.ty).collect();
        let mut whole = true;
        for side in &sides[1..] {
            if side.columns.len() != types.len() {
                whole = false;
                let message = format!(
                    "this side of UNION ALL has {} columns, the first {}",
                    side.columns.len(),
                    types.len()
                );
                self.said.push(
                    Diagnostic::error(side.span.clone(), message)
                        .detail("The columns of the sides meet by position.")
                        .hint(format!("The first side has {}.", listing(&first.columns))),
                );
                continue;
            }
            for (at, column) in side.columns.iter().enumerate() {
                match func::common_type(types[at], column.ty) {
                    Some(ty) => types[at] = ty,
                    None => {
                        whole = false;
                        let refused = self.unlike(at, &first.columns[at], column);
                        self.said.push(refused);
                    }
                }
            }
        }
        if let Some(at) = types.iter().position(|it| *it == SqlType::Null).filter(|_| whole) {
            return self.refuse(mismatch::bare_null(first.columns[at].span.clone(), None));
        }
        whole.then_some(types)
    }

    fn unlike(&self, at: usize, first: &OutputColumn, column: &OutputColumn) -> Diagnostic {
        let text = item_text(column, self.text);
        Diagnostic::error(
            column.span.clone(),
            format!("UNION ALL cannot put {} under {}", column.ty, first.ty),
        )
        .detail(format!(
            "Item {} of the first side, {}, is {}; {text} is {}.",
            at + 1,
            item_text(first, self.text),
            word(first.ty),
            word(column.ty)
        ))
        .hint(format!("Change the order of the items, or write CAST({text} AS {}).", first.ty))
    }
}

fn listing(columns: &[OutputColumn]) -> String {
    let names: Vec<String> = columns.iter().take(12).map(|it| shown(&it.name)).collect();
    names.join(", ")
}

/// A side with the types of the union.
fn widened(side: Output, types: &[SqlType]) -> Rel {
    if side.columns.iter().zip(types).all(|(it, ty)| it.ty == *ty) {
        return side.rel;
    }
    let item = |(at, (it, ty)): (usize, (&OutputColumn, &SqlType))| match it.ty {
        SqlType::Null => Expr { kind: ExprKind::Literal(Value::Null), ty: *ty },
        from => coerce(Expr { kind: ExprKind::Column(at), ty: from }, *ty),
    };
    let items = side.columns.iter().zip(types).enumerate().map(item).collect();
    Rel::Project { input: Arc::new(side.rel), items, rowtime: None }
}

fn other_operator(span: Range<usize>, op: SetOperator, quantifier: SetQuantifier) -> Diagnostic {
    let name = match (op, quantifier) {
        (SetOperator::Union, SetQuantifier::None | SetQuantifier::Distinct) => "UNION without ALL".to_owned(),
        (op, _) => op.to_string(),
    };
    Diagnostic::error(span, format!("{name} is not possible over a stream"))
        .detail("It would have to remember every row that has ever passed.")
        .hint("Streams are joined end to end with UNION ALL.")
}

/// The name by which the rows of the first side can be called.
pub fn name(body: &SetExpr) -> Option<String> {
    match body {
        SetExpr::SetOperation { left, .. } => name(left),
        SetExpr::Query(inner) => name(&inner.body),
        SetExpr::Select(select) => match &select.from.first()?.relation {
            TableFactor::Table { alias: Some(alias), .. }
            | TableFactor::Derived { alias: Some(alias), .. } => Some(Name::new(&alias.name).stored),
            TableFactor::Table { name, .. } => single_name(name).ok().map(|it| it.stored),
            _ => None,
        },
        _ => None,
    }
}
