//! Predicates: IS, BETWEEN, IN, LIKE and SIMILAR TO (sql.md 5.7).

use sqlparser::ast::{self, InTarget};

use crate::sql::bind::exists;
use crate::sql::bind::expr::{Binder, Bound};
use crate::sql::diag::Diagnostic;
use crate::sql::monotonic::Growth;
use crate::sql::plan::{Expr, ExprKind};
use crate::sql::value::SqlType;

impl Binder<'_, '_> {
    /// An operator of other databases.
    fn elsewhere(&mut self, expr: &ast::Expr, word: &str, hint: &str) -> Option<Bound> {
        let span = self.places.of(expr);
        let span = self.places.word(span.start, word).unwrap_or(span);
        self.refuse(
            Diagnostic::error(span, format!("{word} is not part of this language"))
                .detail("Other databases have it; this language does not.")
                .hint(hint),
        )
    }

    pub fn predicate(&mut self, expr: &ast::Expr) -> Option<Bound> {
        match expr {
            ast::Expr::IsNull(inner) => self.is_null(inner, false),
            ast::Expr::IsNotNull(inner) => self.is_null(inner, true),
            ast::Expr::IsTrue(inner) => self.is(inner, Some(true), false),
            ast::Expr::IsNotTrue(inner) => self.is(inner, Some(true), true),
            ast::Expr::IsFalse(inner) => self.is(inner, Some(false), false),
            ast::Expr::IsNotFalse(inner) => self.is(inner, Some(false), true),
            ast::Expr::IsUnknown(inner) => self.is(inner, None, false),
            ast::Expr::IsNotUnknown(inner) => self.is(inner, None, true),
            ast::Expr::IsDistinctFrom(a, b) => self.infix("IS DISTINCT FROM", &[&**a, &**b], false, expr),
            ast::Expr::IsNotDistinctFrom(a, b) => self.infix("IS DISTINCT FROM", &[&**a, &**b], true, expr),
            ast::Expr::Between { expr: inner, negated, low, high } => {
                self.between(inner, low, high, *negated, expr)
            }
            ast::Expr::In { expr: inner, target: InTarget::List(list), negated, .. } => {
                self.in_list(inner, list, *negated, expr)
            }
            ast::Expr::In { .. } => self.refuse(exists::misplaced(self.places.of(expr), expr)),
            ast::Expr::Like { negated, any: false, expr: inner, pattern, escape_char } => {
                self.like("LIKE", inner, pattern, escape_char.as_deref(), *negated, expr)
            }
            ast::Expr::SimilarTo { negated, expr: inner, pattern, escape_char } => {
                self.like("SIMILAR TO", inner, pattern, escape_char.as_deref(), *negated, expr)
            }
            ast::Expr::ILike { .. } => {
                self.elsewhere(expr, "ILIKE", "Write UPPER(text) LIKE with a pattern in capitals.")
            }
            ast::Expr::RLike { regexp, .. } => {
                let word = if *regexp { "REGEXP" } else { "RLIKE" };
                self.elsewhere(expr, word, "Write SIMILAR TO, or SUBSTRING(text FROM pattern) IS NOT NULL.")
            }
            _ => {
                let span = self.places.of(expr);
                let text = self.places.text(span.clone());
                self.refuse(
                    Diagnostic::error(span, format!("{text} is not part of this language"))
                        .detail("Other databases know this form; here it has no meaning."),
                )
            }
        }
    }

    /// A two-sided predicate by name.
    pub fn infix(
        &mut self,
        name: &str,
        sides: &[&ast::Expr],
        negated: bool,
        whole: &ast::Expr,
    ) -> Option<Bound> {
        let bound: Vec<Option<Bound>> = sides.iter().map(|it| self.bind(it)).collect();
        let args: Vec<Bound> = bound.into_iter().collect::<Option<_>>()?;
        let call = self.call(name, args, sides, self.places.of(whole))?;
        Some(negate(call, negated))
    }

    fn like(
        &mut self,
        name: &str,
        inner: &ast::Expr,
        pattern: &ast::Expr,
        escape: Option<&ast::Expr>,
        negated: bool,
        whole: &ast::Expr,
    ) -> Option<Bound> {
        let sides: Vec<&ast::Expr> = [inner, pattern].into_iter().chain(escape).collect();
        self.infix(name, &sides, negated, whole)
    }

    fn is_null(&mut self, inner: &ast::Expr, negated: bool) -> Option<Bound> {
        let bound = self.bind(inner)?;
        let growth = bound.growth;
        let is = Bound::of(ExprKind::IsNull(Box::new(bound.expr)), SqlType::Boolean, &[growth]);
        Some(negate(is, negated))
    }

    fn is(&mut self, inner: &ast::Expr, wanted: Option<bool>, negated: bool) -> Option<Bound> {
        let bound = self.condition(inner, "IS")?;
        let growth = bound.growth;
        let is = Bound::of(ExprKind::Is(Box::new(bound.expr), wanted), SqlType::Boolean, &[growth]);
        Some(negate(is, negated))
    }

    fn between(
        &mut self,
        inner: &ast::Expr,
        low: &ast::Expr,
        high: &ast::Expr,
        negated: bool,
        whole: &ast::Expr,
    ) -> Option<Bound> {
        let (x, low_bound, high_bound) = (self.bind(inner), self.bind(low), self.bind(high));
        let (x, low_bound, high_bound) = (x?, low_bound?, high_bound?);
        let span = self.places.of(whole);
        let at_least = self.call(">=", vec![x.clone(), low_bound], &[inner, low], span.clone());
        let at_most = self.call("<=", vec![x, high_bound], &[inner, high], span);
        let (at_least, at_most) = (at_least?, at_most?);
        let growth = [at_least.growth, at_most.growth];
        let kind = ExprKind::And(Box::new(at_least.expr), Box::new(at_most.expr));
        Some(negate(Bound::of(kind, SqlType::Boolean, &growth), negated))
    }

    fn in_list(
        &mut self,
        inner: &ast::Expr,
        list: &[ast::Expr],
        negated: bool,
        whole: &ast::Expr,
    ) -> Option<Bound> {
        let x = self.bind(inner);
        let items: Vec<Option<Bound>> = list.iter().map(|it| self.bind(it)).collect();
        let (x, items) = (x?, items.into_iter().collect::<Option<Vec<_>>>()?);
        let mut tests = Vec::with_capacity(items.len());
        for (item, written) in items.into_iter().zip(list) {
            let span = self.places.of(whole);
            tests.push(self.call("=", vec![x.clone(), item], &[inner, written], span)?.expr);
        }
        let any = any_of(tests)?;
        Some(negate(Bound { expr: any, growth: Growth::Other }, negated))
    }
}

/// Whether any of the tests holds: a balanced tree, so that a long list is not a deep one.
fn any_of(mut tests: Vec<Expr>) -> Option<Expr> {
    while 1 < tests.len() {
        let mut half = Vec::with_capacity(tests.len().div_ceil(2));
        let mut rest = tests.into_iter();
        while let Some(one) = rest.next() {
            half.push(match rest.next() {
                Some(two) => Expr { kind: ExprKind::Or(Box::new(one), Box::new(two)), ty: SqlType::Boolean },
                None => one,
            });
        }
        tests = half;
    }
    tests.pop()
}

fn negate(bound: Bound, negated: bool) -> Bound {
    if !negated {
        return bound;
    }
    Bound::new(ExprKind::Not(Box::new(bound.expr)), SqlType::Boolean, bound.growth)
}
