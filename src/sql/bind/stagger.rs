//! WINDOWED BY STAGGER: a window per key, opened by its first row (sql.md 1.13).
//!
//! The clause stands where GROUP BY does, and the parser carries it as a call in GROUP BY's place.

use sqlparser::ast;

use crate::sql::bind::Session;
use crate::sql::bind::expr::Clause;
use crate::sql::bind::scope::Relation;
use crate::sql::diag::Diagnostic;
use crate::sql::plan::ExprKind;
use crate::sql::value::{SqlType, Value};

/// The clause, taken apart.
pub struct Stagger<'a> {
    /// PARTITION BY.
    pub keys: &'a [ast::Expr],
    range: &'a ast::Expr,
    whole: &'a ast::Expr,
}

/// The clause among the keys of GROUP BY, if it is there.
pub fn of(keys: &[ast::Expr]) -> Option<Stagger<'_>> {
    keys.iter().find_map(|whole| {
        let ast::Expr::Function(function) = whole else { return None };
        let named = function.name.to_string().eq_ignore_ascii_case("STAGGER");
        let (Some(ast::WindowType::WindowSpec(spec)), ast::FunctionArguments::List(list)) =
            (&function.over, &function.args)
        else {
            return None;
        };
        let [ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(range))] = list.args.as_slice() else {
            return None;
        };
        named.then_some(Stagger { keys: &spec.partition_by, range, whole })
    })
}

impl Session<'_> {
    /// The length of the windows, in milliseconds.
    pub fn stagger_length(
        &mut self,
        stagger: &Stagger<'_>,
        beside: &[ast::Expr],
        relation: &Relation,
    ) -> Option<i64> {
        if 1 < beside.len() {
            return self.refuse(
                Diagnostic::error(self.places.of(stagger.whole), "STAGGER stands alone behind WINDOWED BY")
                    .detail("Its windows belong to the keys of PARTITION BY.")
                    .hint("Write the other keys behind PARTITION BY."),
            );
        }
        let mut nothing = Vec::new();
        let range = self.binder(relation, Clause::GroupBy, &[], &mut nothing).bind(stagger.range)?;
        match (&range.expr.kind, range.expr.ty) {
            (ExprKind::Literal(Value::Int(length)), SqlType::Interval(it))
                if !it.is_year_month() && 0 < *length =>
            {
                Some(*length)
            }
            _ => self.refuse(
                Diagnostic::error(
                    self.places.of(stagger.range),
                    "RANGE of a stagger window needs an interval",
                )
                .detail("It says how long a window stays open after its first row.")
                .hint("Write RANGE INTERVAL '1' MINUTE."),
            ),
        }
    }
}
