//! Operators: signs, arithmetic, comparisons, intervals, FLOOR and CEIL, and what they leave of growing.

use std::ops::Range;

use sqlparser::ast::{self, BinaryOperator, CeilFloorKind, DateTimeField, UnaryOperator, Value as Literal};

use crate::sql::bind::expr::{Binder, Bound, is_zero};
use crate::sql::bind::literal::{self, Written};
use crate::sql::bind::{mismatch, types};
use crate::sql::diag::Diagnostic;
use crate::sql::func;
use crate::sql::monotonic::{Growth, Sign};
use crate::sql::plan::ExprKind;
use crate::sql::value::{Qualifier, SqlType, Unit, Value};

impl Binder<'_, '_> {
    /// An interval literal, or the difference of two times with its unit behind.
    pub fn interval(&mut self, it: &ast::Interval, whole: &ast::Expr) -> Option<Bound> {
        let span = self.places.of(whole);
        let Some(qualifier) = qualifier(it) else {
            let unit = it.leading_field.as_ref().map(|it| it.to_string());
            return self.refuse(mismatch::interval_unit(span, unit.as_deref(), &it.value));
        };
        let (negative, value) = match &*it.value {
            ast::Expr::UnaryOp { op: UnaryOperator::Minus, expr } => (true, &**expr),
            ast::Expr::UnaryOp { op: UnaryOperator::Plus, expr } => (false, &**expr),
            other => (false, other),
        };
        if let ast::Expr::Value(ast::ValueWithSpan { value: Literal::SingleQuotedString(text), .. }) = value {
            let written = Written { text, qualifier, precision: it.leading_precision, span };
            return match written.value() {
                Ok(Value::Int(value)) => {
                    let value = if negative { -value } else { value };
                    Some(Bound::constant(Value::Int(value), SqlType::Interval(qualifier)))
                }
                Ok(_) => None,
                Err(error) => self.refuse(error),
            };
        }
        if let ast::Expr::Nested(inner) = value {
            return self.difference(inner, qualifier, span);
        }
        self.refuse(mismatch::interval_unit(
            span,
            it.leading_field.as_ref().map(|it| it.to_string()).as_deref(),
            value,
        ))
    }

    /// `(a - b) SECOND`.
    fn difference(&mut self, inner: &ast::Expr, qualifier: Qualifier, span: Range<usize>) -> Option<Bound> {
        let ast::Expr::BinaryOp { left, op: BinaryOperator::Minus, right } = inner else {
            return self.refuse(
                Diagnostic::error(span, "a unit stands behind a difference of two times")
                    .detail("The parentheses before it hold no subtraction.")
                    .hint(format!("Write (a - b) {qualifier}.")),
            );
        };
        let (a, b) = (self.bind(left), self.bind(right));
        let (a, b) = (a?, b?);
        if a.expr.ty != b.expr.ty || !types::datetime(a.expr.ty) {
            return self.refuse(mismatch::difference(span, a.expr.ty, b.expr.ty));
        }
        let growth = a.growth.plus(b.growth.negated());
        let growth = if qualifier.last == Unit::Second { growth } else { growth.floored() };
        let ty = SqlType::Interval(qualifier);
        match func::resolve("MINUS", &[a.expr.ty, b.expr.ty]) {
            Ok(resolved) => {
                let kind = ExprKind::Call(resolved.func, vec![a.expr, b.expr]);
                Some(Bound::new(kind, ty, growth))
            }
            Err(_) => self.refuse(mismatch::difference(span, a.expr.ty, b.expr.ty)),
        }
    }

    pub fn unary(&mut self, op: UnaryOperator, inner: &ast::Expr, whole: &ast::Expr) -> Option<Bound> {
        match op {
            UnaryOperator::Not => {
                let bound = self.condition(inner, "NOT")?;
                let growth = bound.growth;
                Some(Bound::of(ExprKind::Not(Box::new(bound.expr)), SqlType::Boolean, &[growth]))
            }
            UnaryOperator::Plus => self.bind(inner),
            UnaryOperator::Minus => {
                // The smallest BIGINT has no positive twin: a sign belongs to its number.
                if let ast::Expr::Value(ast::ValueWithSpan { value: Literal::Number(digits, _), .. }) = inner
                {
                    return match literal::number(&format!("-{digits}"), self.places.of(whole)) {
                        Ok((value, ty)) => {
                            let sign = if is_zero(&value) { Sign::Zero } else { Sign::Negative };
                            let ty = unsigned(ty);
                            Some(Bound::new(ExprKind::Literal(value), ty, Growth::Constant(sign)))
                        }
                        Err(error) => self.refuse(error),
                    };
                }
                let bound = self.bind(inner)?;
                let growth = bound.growth.negated();
                let call = self.call("NEG", vec![bound], &[inner], self.places.of(whole))?;
                Some(Bound { growth, ..call })
            }
            _ => self.refuse(Diagnostic::error(
                self.places.of(whole),
                "this operator is not part of this language",
            )),
        }
    }

    pub fn binary(
        &mut self,
        left: &ast::Expr,
        op: &BinaryOperator,
        right: &ast::Expr,
        whole: &ast::Expr,
    ) -> Option<Bound> {
        let name = match op {
            BinaryOperator::And | BinaryOperator::Or => return self.logic(left, op, right),
            BinaryOperator::Plus => "+",
            BinaryOperator::Minus => "-",
            BinaryOperator::Multiply => "*",
            BinaryOperator::Divide => "/",
            BinaryOperator::StringConcat => "||",
            BinaryOperator::Eq => "=",
            BinaryOperator::NotEq => "<>",
            BinaryOperator::Lt => "<",
            BinaryOperator::LtEq => "<=",
            BinaryOperator::Gt => ">",
            BinaryOperator::GtEq => ">=",
            BinaryOperator::Overlaps => {
                return self.refuse(
                    Diagnostic::error(self.places.of(whole), "OVERLAPS stands between two periods")
                        .detail("A period is a beginning and an end in parentheses.")
                        .hint("Write (s1, e1) OVERLAPS (s2, e2)."),
                );
            }
            other => {
                let message = format!("{other} is not an operator here");
                return self.refuse(Diagnostic::error(self.places.of(whole), message));
            }
        };
        let (a, b) = (self.bind(left), self.bind(right));
        let (a, b) = (a?, b?);
        if name == "-" && types::datetime(a.expr.ty) && types::datetime(b.expr.ty) {
            let text = self.places.text(self.places.of(whole));
            return self.refuse(mismatch::no_unit(self.places.of(whole), &text));
        }
        let compares = matches!(name, "=" | "<>" | "<" | "<=" | ">" | ">=");
        if compares && [&a, &b].iter().any(|it| matches!(it.expr.kind, ExprKind::Literal(Value::Null))) {
            self.said.push(mismatch::never_true(self.places.of(whole), name));
        }
        let growth = match name {
            "+" => a.growth.plus(b.growth),
            "-" => a.growth.plus(b.growth.negated()),
            "*" => a.growth.times(b.growth),
            "/" => a.growth.over(b.growth),
            _ if a.growth.constant() && b.growth.constant() => Growth::CONSTANT,
            _ => Growth::Other,
        };
        let call = self.call(name, vec![a, b], &[left, right], self.places.of(whole))?;
        Some(Bound { growth, ..call })
    }

    fn logic(&mut self, left: &ast::Expr, op: &BinaryOperator, right: &ast::Expr) -> Option<Bound> {
        let word = if *op == BinaryOperator::And { "AND" } else { "OR" };
        let (a, b) = (self.condition(left, word), self.condition(right, word));
        let (a, b) = (a?, b?);
        let growth = [a.growth, b.growth];
        let (a, b) = (Box::new(a.expr), Box::new(b.expr));
        let kind = if word == "AND" { ExprKind::And(a, b) } else { ExprKind::Or(a, b) };
        Some(Bound::of(kind, SqlType::Boolean, &growth))
    }

    /// FLOOR and CEIL, of a number or to a unit of time.
    pub fn round(
        &mut self,
        name: &str,
        inner: &ast::Expr,
        field: &CeilFloorKind,
        whole: &ast::Expr,
    ) -> Option<Bound> {
        let span = self.places.of(whole);
        let bound = self.bind(inner);
        let name_in_table = match field {
            CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) => name.to_owned(),
            CeilFloorKind::DateTimeField(unit) => match literal::unit_of(&unit.to_string()) {
                Some(unit) => format!("{name} TO {unit}"),
                None => return self.refuse(mismatch::unit(span, &unit.to_string())),
            },
            CeilFloorKind::Scale(_) => {
                return self.refuse(
                    Diagnostic::error(span, format!("{name} takes one argument"))
                        .detail("It rounds to a whole number, or with TO to a unit of time.")
                        .hint("To keep digits behind the point write CAST(x AS DECIMAL(10,2))."),
                );
            }
        };
        let bound = bound?;
        let growth = if name == "FLOOR" { bound.growth.floored() } else { bound.growth.ceiled() };
        let call = self.call(&name_in_table, vec![bound], &[inner], span)?;
        Some(Bound { growth, ..call })
    }
}

/// The type of a negative literal: a sign is no digit.
fn unsigned(ty: SqlType) -> SqlType {
    match ty {
        SqlType::Decimal { precision, scale } => {
            SqlType::Decimal { precision: precision.saturating_sub(1), scale }
        }
        ty => ty,
    }
}

/// The fields an interval runs over; `None` for a unit the language does not have.
fn qualifier(it: &ast::Interval) -> Option<Qualifier> {
    let first = literal::unit_of(&it.leading_field.as_ref()?.to_string())?;
    let last = match &it.last_field {
        Some(last) => literal::unit_of(&last.to_string())?,
        None => first,
    };
    let one_family = types::monthly(first) == types::monthly(last);
    (first <= last && one_family).then_some(Qualifier { first, last })
}
