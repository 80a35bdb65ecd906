//! Expressions: names become columns, every part gets a type, every conversion is written out.
//!
//! A part that cannot be bound says why and yields nothing; the parts beside it are bound all the same,
//! so that one save shows every error. [`Growth`] is computed on the way up.

use std::ops::Range;

use sqlparser::ast::{self, CaseWhen, Value as Literal};

use crate::sql::ast::{Name, bytes, quoted, shown};
use crate::sql::bind::exists;
use crate::sql::bind::function::Function;
use crate::sql::bind::group::Seen;
use crate::sql::bind::literal;
use crate::sql::bind::mismatch;
use crate::sql::bind::order;
use crate::sql::bind::over::Over;
use crate::sql::bind::place::Places;
use crate::sql::bind::query::Item;
use crate::sql::bind::row;
use crate::sql::bind::scope::{Found, PartTime, Relation};
use crate::sql::bind::types;
use crate::sql::bind::unknown;
use crate::sql::cast;
use crate::sql::diag::Diagnostic;
use crate::sql::dialect::reserved;
use crate::sql::func;
use crate::sql::logline::ROW;
use crate::sql::monotonic::{Growth, Sign};
use crate::sql::parse::reserved_word;
use crate::sql::plan::{Aggregate, CastRule, Expr, ExprKind};
use crate::sql::value::{SqlType, Value};

/// Stands for the output row's ROWTIME in an aggregating select list until the plan is put together.
pub const OUTPUT_ROWTIME: usize = usize::MAX;
/// Aggregates are numbered from here until the plan is put together; no stream has so many columns.
pub const AGGREGATES_FROM: usize = 1 << 24;

/// An expression with its growth.
#[derive(Clone, Debug)]
pub struct Bound {
    pub expr: Expr,
    pub growth: Growth,
}

/// The clause an expression stands in: what ROWTIME means and whether aggregates are welcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clause {
    Where,
    /// The condition of a join.
    On,
    GroupBy,
    /// The select list of a query that gives a row per row.
    Select,
    /// The select list of an aggregating query.
    SelectGroups,
    Having,
    /// Inside an aggregate's parentheses.
    Argument,
    /// Inside a window's parentheses.
    Partition,
}

/// Binds the expressions of one clause.
pub struct Binder<'b, 't> {
    pub places: &'b Places<'t>,
    pub relation: &'b Relation,
    pub clause: Clause,
    /// The aliases of the select list, which WHERE and GROUP BY do not see.
    pub aliases: &'b [String],
    pub said: &'b mut Vec<Diagnostic>,
    pub aggregates: &'b mut Vec<Aggregate>,
    /// Columns of the input that were named, and where.
    pub seen: Seen,
    /// In ORDER BY: the select list, whose names come first.
    pub names: Option<Names<'b>>,
    /// The windows of the query and the calls over them.
    pub over: &'b mut Over,
    /// Functions of one's own that stand above.
    pub functions: &'b [Function],
    /// The pump or function that is made, by its stored name.
    pub user: &'b str,
}

/// What ORDER BY knows of the select list.
#[derive(Clone, Copy)]
pub struct Names<'b> {
    pub items: &'b [Item],
    /// Whether ROWTIME may stand inside an expression without the name of a stream.
    pub bare_rowtime: bool,
}

impl Bound {
    pub fn constant(value: Value, ty: SqlType) -> Self {
        Self { expr: Expr { kind: ExprKind::Literal(value), ty }, growth: Growth::CONSTANT }
    }

    pub fn new(kind: ExprKind, ty: SqlType, growth: Growth) -> Self {
        Self { expr: Expr { kind, ty }, growth }
    }

    /// Nothing is known of how it moves, unless it does not move at all.
    pub fn of(kind: ExprKind, ty: SqlType, parts: &[Growth]) -> Self {
        let still = parts.iter().all(|it| it.constant());
        Self::new(kind, ty, if still { Growth::CONSTANT } else { Growth::Other })
    }
}

/// Turns an expression into a type by the rules of assignment; a NULL just takes the type.
pub fn coerce(expr: Expr, ty: SqlType) -> Expr {
    if expr.ty == ty {
        return expr;
    }
    if let ExprKind::Literal(Value::Null) = expr.kind {
        return Expr { kind: expr.kind, ty };
    }
    Expr { kind: ExprKind::Cast(Box::new(expr), CastRule::Assign), ty }
}

impl Binder<'_, '_> {
    /// Says why something cannot be bound.
    pub fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.said.push(diagnostic);
        None
    }

    pub fn bind(&mut self, expr: &ast::Expr) -> Option<Bound> {
        match expr {
            ast::Expr::Identifier(ident) => self.identifier(&Name::new(ident)),
            ast::Expr::CompoundIdentifier(parts) => self.compound(parts),
            ast::Expr::Nested(inner) => self.bind(inner),
            ast::Expr::Prefixed { value, .. } => self.bind(value),
            ast::Expr::Value(value) => self.value(&value.value, bytes(value.span)),
            ast::Expr::TypedString(it) => self.moment(it, self.places.of(expr)),
            ast::Expr::Interval(it) => self.interval(it, expr),
            ast::Expr::UnaryOp { op, expr: inner } => self.unary(*op, inner, expr),
            ast::Expr::BinaryOp { left, op, right } => self.binary(left, op, right, expr),
            ast::Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref(), expr)
            }
            ast::Expr::Cast { .. } => self.cast(expr),
            ast::Expr::Function(function) => self.function(function, expr),
            ast::Expr::Floor { expr: inner, field } => self.round("FLOOR", inner, field, expr),
            ast::Expr::Ceil { expr: inner, field } => self.round("CEIL", inner, field, expr),
            ast::Expr::Extract { .. }
            | ast::Expr::Position { .. }
            | ast::Expr::Substring { .. }
            | ast::Expr::Trim { .. }
            | ast::Expr::Overlay { .. } => self.special(expr),
            ast::Expr::Exists { .. } | ast::Expr::Subquery(_) => {
                self.refuse(exists::misplaced(self.places.of(expr), expr))
            }
            _ => self.predicate(expr),
        }
    }

    /// Binds something that must be true or false.
    pub fn condition(&mut self, expr: &ast::Expr, clause: &str) -> Option<Bound> {
        let bound = self.bind(expr)?;
        if matches!(bound.expr.ty, SqlType::Boolean | SqlType::Null) {
            return Some(Bound { expr: coerce(bound.expr, SqlType::Boolean), growth: bound.growth });
        }
        let span = self.places.of(expr);
        let text = self.places.text(span.clone());
        self.refuse(
            Diagnostic::error(span, format!("{clause} needs a condition"))
                .detail(format!("{text} is {}, and a condition is true or false.", bound.expr.ty))
                .hint(format!("Compare it with something, for example {text} > 20.")),
        )
    }

    fn identifier(&mut self, name: &Name) -> Option<Bound> {
        if !name.quoted && name.stored == "ROWTIME" {
            if self.names.is_some_and(|it| !it.bare_rowtime) {
                return self.refuse(order::unqualified(name.span.clone(), self.relation));
            }
            return self.rowtime(name.span.clone());
        }
        if let Some(item) = self.names.and_then(|it| it.items.iter().find(|it| it.name == name.stored)) {
            self.seen.extend(item.seen.iter().cloned());
            return Some(item.bound.clone());
        }
        if !name.quoted && name.stored == "UNKNOWN" {
            return Some(Bound::constant(Value::Null, SqlType::Boolean));
        }
        match self.relation.find(&name.stored) {
            Found::One(at) => return Some(self.column(at, name.span.clone())),
            Found::Many(first, second) => return self.refuse(self.relation.ambiguous(name, first, second)),
            Found::Nothing => {}
        }
        if !name.quoted && name.stored == "CURRENT_ROW_TIMESTAMP" {
            let bound = self.call("CURRENT_ROW_TIMESTAMP", Vec::new(), &[], name.span.clone())?;
            return Some(Bound { growth: Growth::ASSERTED, ..bound });
        }
        if !name.quoted
            && let Some(error) = unknown::value(name.span.clone(), &name.stored)
        {
            return self.refuse(error);
        }
        let metadata = ["APPROXIMATE_ARRIVAL_TIME", "PARTITION_KEY", "SEQUENCE_NUMBER", "SHARD_ID"];
        if !name.quoted && reserved(&name.stored) && !metadata.contains(&name.stored.as_str()) {
            return self.refuse(reserved_word(name.span.clone(), &name.written));
        }
        let mut missing = self.relation.missing(name, None);
        if self.aliases.contains(&name.stored) && self.clause != Clause::Having {
            missing = missing
                .detail(format!("{} is a name of the select list, which is made later.", shown(&name.stored)))
                .hint("Repeat the expression here.");
        }
        self.refuse(missing)
    }

    /// ROWTIME by itself: the input's, except in the select list of an aggregating query, where it is
    /// the time of the row that comes out (sql.md 1.8).
    fn rowtime(&mut self, span: Range<usize>) -> Option<Bound> {
        if matches!(self.clause, Clause::SelectGroups | Clause::Having) {
            return Some(Bound::new(ExprKind::Column(OUTPUT_ROWTIME), SqlType::Timestamp, Growth::Other));
        }
        match self.relation.timed().count() {
            0 => self.refuse(self.relation.no_rowtime(None, span)),
            1 => Some(Bound::new(ExprKind::RowTime, SqlType::Timestamp, Growth::ROWTIME)),
            _ if self.clause == Clause::Select => {
                Some(Bound::new(ExprKind::RowTime, SqlType::Timestamp, Growth::ROWTIME))
            }
            _ => self.refuse(self.relation.whose_rowtime(span)),
        }
    }

    /// The ROWTIME of one item of FROM.
    fn rowtime_of(&mut self, part: usize, span: Range<usize>) -> Option<Bound> {
        match self.relation.parts[part].time {
            PartTime::Row => Some(Bound::new(ExprKind::RowTime, SqlType::Timestamp, Growth::ROWTIME)),
            PartTime::Column(at) => Some(self.column(at, span)),
            PartTime::Never => self.refuse(self.relation.no_rowtime(Some(part), span)),
        }
    }

    /// A column of the input.
    pub fn column(&mut self, at: usize, span: Range<usize>) -> Bound {
        self.seen.push((at, span));
        let column = &self.relation.columns[at];
        match &column.of_rowtime {
            Some((expr, growth)) => Bound { expr: expr.clone(), growth: *growth },
            None => Bound::new(ExprKind::Column(at), column.ty, Growth::Other),
        }
    }

    fn compound(&mut self, parts: &[ast::Ident]) -> Option<Bound> {
        let names: Vec<Name> = parts.iter().map(Name::new).collect();
        if let Some(field) = self.row_field(&names) {
            return field;
        }
        let [qualifier, column] = names.as_slice() else {
            return self.too_many_names(&names);
        };
        let Some(part) = self.relation.part(&qualifier.stored) else {
            return self.refuse(self.relation.unknown_qualifier(qualifier));
        };
        if column.stored == "ROWTIME" {
            return self.rowtime_of(part, qualifier.span.start..column.span.end);
        }
        match self.relation.find_in(part, &column.stored) {
            Some(at) => Some(self.column(at, column.span.clone())),
            None => self.refuse(self.relation.missing(column, Some(part))),
        }
    }

    fn value(&mut self, value: &Literal, span: Range<usize>) -> Option<Bound> {
        let text = |text: &str| {
            let length = text.chars().count().max(1) as u32;
            Some(Bound::constant(Value::Text(text.into()), SqlType::Char(length)))
        };
        match value {
            Literal::Number(written, _) => match literal::number(written, span) {
                Ok((value, ty)) => {
                    let sign = if is_zero(&value) { Sign::Zero } else { Sign::Positive };
                    Some(Bound::new(ExprKind::Literal(value), ty, Growth::Constant(sign)))
                }
                Err(error) => self.refuse(error),
            },
            Literal::SingleQuotedString(it)
            | Literal::NationalStringLiteral(it)
            | Literal::UnicodeStringLiteral(it) => text(it),
            Literal::HexStringLiteral(digits) => match hex(digits) {
                Some(data) => {
                    let length = (data.len() as u32).max(1);
                    Some(Bound::constant(Value::Bytes(data.into()), SqlType::Binary(length)))
                }
                None => self.refuse(
                    Diagnostic::error(span, "a binary literal has pairs of hexadecimal digits")
                        .detail("Each byte is two digits of 0-9 and A-F.")
                        .hint("Write it like x'0AFF'."),
                ),
            },
            Literal::Boolean(it) => Some(Bound::constant(Value::Bool(*it), SqlType::Boolean)),
            Literal::Null => Some(Bound::constant(Value::Null, SqlType::Null)),
            _ => self.refuse(Diagnostic::error(span, "this literal is not part of this language")),
        }
    }

    fn moment(&mut self, it: &ast::TypedString, span: Range<usize>) -> Option<Bound> {
        let ty = match it.data_type {
            ast::DataType::Date => SqlType::Date,
            ast::DataType::Time(..) => SqlType::Time,
            ast::DataType::Timestamp(..) => SqlType::Timestamp,
            _ => {
                return self.refuse(
                    Diagnostic::error(span, "this literal is not part of this language")
                        .detail("A word before a text makes a DATE, a TIME, a TIMESTAMP or an INTERVAL."),
                );
            }
        };
        let text = it.value.clone().value.into_string().unwrap_or_default();
        match literal::moment(ty, &text, span) {
            Ok(value) => Some(Bound::constant(value, ty)),
            Err(error) => self.refuse(error),
        }
    }

    /// A call of the function table: arguments get the types its entry asks for.
    pub fn call(
        &mut self,
        name: &str,
        args: Vec<Bound>,
        written: &[&ast::Expr],
        span: Range<usize>,
    ) -> Option<Bound> {
        let given: Vec<SqlType> = args.iter().map(|it| it.expr.ty).collect();
        if given.contains(&ROW) {
            return self.refuse(row::misplaced(span));
        }
        let growth: Vec<Growth> = args.iter().map(|it| it.growth).collect();
        let resolved = match func::resolve(name, &given) {
            Ok(resolved) => resolved,
            Err(wrong) => {
                let texts: Vec<String> =
                    written.iter().map(|it| self.places.text(self.places.of(it))).collect();
                return self.refuse(mismatch::call(span, name, &given, &texts, wrong));
            }
        };
        let args: Vec<Expr> =
            args.into_iter().zip(&resolved.args).map(|(it, &ty)| coerce(it.expr, ty)).collect();
        if let Some((at, why)) = func::constant::wrong(name, &args) {
            let place = written.get(at).map_or(span, |it| self.places.of(it));
            return self.refuse(mismatch::constant(place, name, why));
        }
        Some(Bound::of(ExprKind::Call(resolved.func, args), resolved.ty, &growth))
    }

    fn case(
        &mut self,
        operand: Option<&ast::Expr>,
        conditions: &[CaseWhen],
        otherwise: Option<&ast::Expr>,
        whole: &ast::Expr,
    ) -> Option<Bound> {
        let mut tests = Vec::with_capacity(conditions.len());
        let mut results = Vec::with_capacity(conditions.len() + 1);
        for CaseWhen { condition, result } in conditions {
            tests.push(match operand {
                Some(operand) => self.infix("=", &[operand, condition], false, whole),
                None => self.condition(condition, "CASE WHEN"),
            });
            results.push(self.bind(result));
        }
        let last = otherwise.map(|it| self.bind(it));
        let tests = tests.into_iter().collect::<Option<Vec<_>>>()?;
        let mut results = results.into_iter().collect::<Option<Vec<_>>>()?;
        let has_else = last.is_some();
        if let Some(last) = last {
            results.push(last?);
        }
        self.branches(tests, results, has_else, whole)
    }

    /// CASE over tests and results of one common type; the last result is the ELSE if there is one.
    pub fn branches(
        &mut self,
        tests: Vec<Bound>,
        results: Vec<Bound>,
        has_else: bool,
        whole: &ast::Expr,
    ) -> Option<Bound> {
        let span = self.places.of(whole);
        let mut ty = SqlType::Null;
        if results.iter().any(|it| it.expr.ty == ROW) {
            return self.refuse(row::misplaced(span));
        }
        for result in &results {
            match func::common_type(ty, result.expr.ty) {
                Some(common) => ty = common,
                None => return self.refuse(mismatch::branches(span, ty, result.expr.ty)),
            }
        }
        if ty == SqlType::Null {
            return self.refuse(
                Diagnostic::error(span, "at least one branch must have a type")
                    .detail("NULL alone says nothing about the type of the result.")
                    .hint("Write CAST(NULL AS VARCHAR(16)) in one branch."),
            );
        }
        let growth: Vec<Growth> = tests.iter().chain(&results).map(|it| it.growth).collect();
        let mut results: Vec<Expr> = results.into_iter().map(|it| coerce(it.expr, ty)).collect();
        let otherwise = if has_else { results.pop().map(Box::new) } else { None };
        let branches = tests.into_iter().map(|it| it.expr).zip(results).collect();
        Some(Bound::of(ExprKind::Case { branches, otherwise }, ty, &growth))
    }

    fn cast(&mut self, whole: &ast::Expr) -> Option<Bound> {
        let ast::Expr::Cast { kind: ast::CastKind::Cast, expr: inner, data_type, .. } = whole else {
            let span = self.places.of(whole);
            return self.refuse(
                Diagnostic::error(span, "this cast is not part of this language")
                    .hint("Write CAST(x AS type)."),
            );
        };
        let span = self.places.of(whole);
        let ty_span = self.cast_type(inner, span.end);
        let written = self.places.text(ty_span.clone());
        let ty = types::bind(data_type, &written, ty_span);
        let bound = self.bind(inner);
        let ty = match ty {
            Ok(ty) => ty,
            Err(error) => return self.refuse(error),
        };
        let bound = bound?;
        let from = bound.expr.ty;
        if from == ROW {
            return self.refuse(row::misplaced(span));
        }
        if from != SqlType::Null && !cast::castable(from, ty) {
            let text = self.places.text(self.places.of(inner));
            return self.refuse(mismatch::no_cast(span, &text, from, ty));
        }
        let growth = cast_growth(bound.growth, from, ty);
        if from == SqlType::Null {
            return Some(Bound::new(bound.expr.kind, ty, growth));
        }
        Some(Bound::new(ExprKind::Cast(Box::new(bound.expr), CastRule::Explicit), ty, growth))
    }

    /// Where the type stands in `CAST(x AS type)`.
    fn cast_type(&self, inner: &ast::Expr, end: usize) -> Range<usize> {
        let mut at = self.places.of(inner).end;
        while let Some(token) = self.places.next(at) {
            if end <= token.start {
                break;
            }
            at = token.end;
            if self.places.is(&token, "AS") {
                let start = self.places.next(at).map_or(at, |it| it.start);
                return start..end.saturating_sub(1).max(start);
            }
        }
        self.places.of(inner)
    }
}

/// What is left of growing after a cast: types that keep the order keep it (sql.md 4.4).
fn cast_growth(growth: Growth, from: SqlType, to: SqlType) -> Growth {
    if growth.constant() {
        return growth;
    }
    let number = |it: SqlType| types::numeric(it) || matches!(it, SqlType::Interval(_));
    match (from, to) {
        _ if from == to => growth,
        (SqlType::Date, SqlType::Timestamp) => growth,
        (SqlType::Timestamp, SqlType::Date) => growth.floored(),
        _ if number(from) && number(to) => growth.floored(),
        _ => Growth::Other,
    }
}

/// Whether a number is zero.
pub fn is_zero(value: &Value) -> bool {
    match value {
        Value::Int(it) => *it == 0,
        Value::Double(it) => *it == 0.0,
        _ => false,
    }
}

fn hex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.len().is_multiple_of(2) && digits.is_ascii();
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    if pairs { (0..digits.len()).step_by(2).map(byte).collect() } else { None }
}

/// The warning for a text that spells a column's name.
pub fn text_like_a_name(text: &str, column: &str, span: Range<usize>) -> Diagnostic {
    Diagnostic::warning(span, format!("'{text}' is text, not a column"))
        .detail(format!(
            "Every row now says the word {text}. Single quotes make text, double quotes make a name."
        ))
        .hint(format!("Write {} with double quotes.", quoted(column)))
}
