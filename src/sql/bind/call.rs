//! Calls: aggregates, functions of the table, and the forms with words inside their parentheses.

use std::ops::Range;

use sqlparser::ast::{
    self, DuplicateTreatment, Expr as Written, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, NullTreatment, Spanned, TrimWhereField,
};

use crate::sql::ast::{Name, bytes};
use crate::sql::bind::exists;
use crate::sql::bind::expr::{AGGREGATES_FROM, Binder, Bound, Clause};
use crate::sql::bind::over::looks_back;
use crate::sql::bind::{literal, mismatch, unknown};
use crate::sql::diag::Diagnostic;
use crate::sql::dialect::{BETWEEN_SYMMETRIC, SUBSTRING_SIMILAR};
use crate::sql::func;
use crate::sql::func::catalog::{self, Kind, aggregate_of};
use crate::sql::monotonic::Growth;
use crate::sql::plan::{Aggregate, AggregateFunc, Expr, ExprKind};
use crate::sql::value::{SqlType, Value};

/// Words that are values by themselves and take no parentheses.
const CLOCK_WORDS: [&str; 6] = [
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "CURRENT_ROW_TIMESTAMP",
];

/// What stands between the parentheses of a call, and IGNORE NULLS in them or behind.
pub struct Arguments<'a> {
    /// `COUNT(*)`.
    pub star: bool,
    pub distinct: bool,
    pub list: Vec<&'a Written>,
    pub nulls: Option<NullTreatment>,
}

impl Binder<'_, '_> {
    pub fn function(&mut self, function: &ast::Function, whole: &Written) -> Option<Bound> {
        let span = self.places.of(whole);
        let Some(ident) = function.name.0.last().and_then(|it| it.as_ident()) else {
            return self.refuse(Diagnostic::error(span, "this call has no name"));
        };
        let name = ident.value.to_uppercase();
        if is(&name, Kind::Table) {
            return self.refuse(
                Diagnostic::error(span, format!("{name} stands in FROM TABLE( )"))
                    .detail("It takes the rows of a cursor and gives rows, not one value.")
                    .hint(format!("Write FROM TABLE({name}(CURSOR(SELECT STREAM … FROM …), …)).")),
            );
        }
        if let Some(bound) = self.period(&name, function, whole) {
            return bound;
        }
        if name == "PERIOD" {
            return self.refuse(
                Diagnostic::error(span, "a period stands beside a period predicate")
                    .detail("By itself it is no value.")
                    .hint("Write PERIOD (start, end) OVERLAPS PERIOD (start, end)."),
            );
        }
        if CLOCK_WORDS.contains(&name.as_str()) {
            return self.clock_word(&name, function, span);
        }
        let arguments = self.arguments(function, span.clone())?;
        if let Some(func) = aggregate_of(&name) {
            return self.aggregate(func, &name, &arguments, function, span);
        }
        if looks_back(&name) {
            return self.look_back(&name, &arguments, function.over.as_ref(), span);
        }
        if function.over.is_some() && catalog::routine(&name).is_some() {
            return self.refuse(
                Diagnostic::error(span, format!("OVER cannot stand behind {name}"))
                    .detail("A window belongs to an aggregate; this function looks at one row.")
                    .hint("Take OVER away."),
            );
        }
        if arguments.star || arguments.distinct {
            let message = format!("{name} is not an aggregate");
            return self.refuse(
                Diagnostic::error(span, message)
                    .detail("Only an aggregate takes * or DISTINCT in its parentheses."),
            );
        }
        let bound: Vec<Option<Bound>> = arguments.list.iter().map(|it| self.bind(it)).collect();
        let bound = bound.into_iter().collect::<Option<Vec<_>>>()?;
        if let Some(value) = self.own_function(&Name::new(ident), &bound, span) {
            return value;
        }
        if is(&name, Kind::Parser) {
            return self.parser(&name, bound, &arguments.list, whole);
        }
        self.scalar(&name, bound, &arguments.list, whole)
    }

    fn scalar(
        &mut self,
        name: &str,
        args: Vec<Bound>,
        written: &[&Written],
        whole: &Written,
    ) -> Option<Bound> {
        let span = self.places.of(whole);
        let literal = |it: &Bound| matches!(it.expr.kind, ExprKind::Literal(_));
        if let ("CHAR_TO_TIMESTAMP" | "CHAR_TO_DATE" | "CHAR_TO_TIME", [text, format]) =
            (name, args.as_slice())
            && !literal(text)
            && literal(format)
        {
            let [text, format] = [0, 1].map(|it| self.places.text(self.places.of(written[it])));
            self.said.push(
                Diagnostic::warning(span.clone(), format!("{name} reads {format} in the format {text}"))
                    .detail("The format comes first, and the text behind it.")
                    .hint(format!("Write {name}({format}, {text}).")),
            );
        }
        match (name, args.as_slice()) {
            ("COALESCE", [_, ..]) => self.coalesce(args, whole),
            ("NULLIF", [_, _]) => self.nullif(args, written, whole),
            ("MONOTONIC", [one]) => {
                let growth = if one.growth.of_rowtime() { one.growth } else { Growth::ASSERTED };
                args.into_iter().next().map(|it| Bound { growth, ..it })
            }
            ("CEILING", [_]) => {
                let growth = args[0].growth.ceiled();
                Some(Bound { growth, ..self.call("CEIL", args, written, span)? })
            }
            ("STEP", [step, _]) => {
                let growth = step.growth.floored();
                Some(Bound { growth, ..self.call("STEP", args, written, span)? })
            }
            (symmetric, [_, _, _]) if BETWEEN_SYMMETRIC.contains(&symmetric) => {
                let [x, a, b] = [0, 1, 2].map(|it| self.places.text(self.places.of(written[it])));
                let either = format!("{x} BETWEEN {a} AND {b} OR {x} BETWEEN {b} AND {a}");
                let equal = if symmetric.starts_with("NOT") { format!("NOT ({either})") } else { either };
                self.refuse(
                    Diagnostic::error(span, "BETWEEN SYMMETRIC is not part of this language")
                        .detail("BETWEEN wants the lesser value first; otherwise it is never true.")
                        .hint(format!("Write {equal}.")),
                )
            }
            _ => self.call(name, args, written, span),
        }
    }

    fn clock_word(&mut self, name: &str, function: &ast::Function, span: Range<usize>) -> Option<Bound> {
        if function.args != FunctionArguments::None {
            return self.refuse(
                Diagnostic::error(span, format!("{name} takes no parentheses"))
                    .detail("It is a value, not a call.")
                    .hint(format!("Write {name} alone.")),
            );
        }
        let bound = self.call(name, Vec::new(), &[], span)?;
        // The others are fixed when the query starts (sql.md 4.14).
        let growth = if name == "CURRENT_ROW_TIMESTAMP" { Growth::ASSERTED } else { Growth::CONSTANT };
        Some(Bound { growth, ..bound })
    }

    fn arguments<'a>(&mut self, function: &'a ast::Function, span: Range<usize>) -> Option<Arguments<'a>> {
        if function.filter.is_some() || !function.within_group.is_empty() {
            return self.refuse(
                Diagnostic::error(span, "FILTER and WITHIN GROUP are not part of this language")
                    .detail("An aggregate counts every row of its group.")
                    .hint("Count what you want with SUM(CASE WHEN condition THEN 1 ELSE 0 END)."),
            );
        }
        let nulls = function.null_treatment;
        let mut arguments = Arguments { star: false, distinct: false, list: Vec::new(), nulls };
        let list = match &function.args {
            FunctionArguments::None => return Some(arguments),
            FunctionArguments::Subquery(_) => return self.refuse(exists::no_value(span)),
            FunctionArguments::List(list) => list,
        };
        arguments.distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
        for clause in &list.clauses {
            if let FunctionArgumentClause::IgnoreOrRespectNulls(nulls) = clause {
                arguments.nulls = Some(*nulls);
            }
        }
        for arg in &list.args {
            match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => arguments.list.push(expr),
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => arguments.star = true,
                _ => {
                    let message = "arguments go by position here";
                    return self.refuse(Diagnostic::error(bytes(arg.span()), message));
                }
            }
        }
        Some(arguments)
    }

    fn aggregate(
        &mut self,
        func: AggregateFunc,
        name: &str,
        arguments: &Arguments,
        function: &ast::Function,
        span: Range<usize>,
    ) -> Option<Bound> {
        if function.over.is_some() {
            self.welcome(span.clone())?;
        } else if let Some(error) = misplaced(self.clause, name, span.clone()) {
            return self.refuse(error);
        }
        if func == AggregateFunc::Count && arguments.distinct {
            return self.refuse(count_distinct(span));
        }
        if arguments.star && func != AggregateFunc::Count {
            let message = format!("{name} needs a column");
            return self.refuse(
                Diagnostic::error(span, message)
                    .detail("Only COUNT counts rows, so only COUNT takes *.")
                    .hint(format!("Write {name}(column).")),
            );
        }
        let outer = std::mem::replace(&mut self.clause, Clause::Argument);
        let seen = self.seen.len();
        let bound: Vec<Option<Bound>> = arguments.list.iter().map(|it| self.bind(it)).collect();
        self.clause = outer;
        // What an aggregate reads need not be grouped.
        self.seen.truncate(seen);
        let args = bound.into_iter().collect::<Option<Vec<_>>>()?;
        let counts = func == AggregateFunc::Count;
        let well_formed = if counts { arguments.star || !args.is_empty() } else { args.len() == 1 };
        if !well_formed {
            let takes = if counts { "* or a column" } else { "one column" };
            let message = format!("wrong number of arguments for {name}");
            return self.refuse(
                Diagnostic::error(span, message)
                    .detail(format!("It was given {}, and takes {takes}.", args.len())),
            );
        }
        let given = args.first().map(|it| it.expr.ty);
        let ty = match func::aggregate(func, given) {
            Ok(ty) => ty,
            Err(wrong) => {
                let written = arguments.list.first().map(|it| self.places.text(self.places.of(it)));
                let (given, written) = (given.unwrap_or(SqlType::Null), written.unwrap_or_default());
                return self.refuse(mismatch::aggregate(span, name, given, &written, wrong));
            }
        };
        let args: Vec<Expr> = args.into_iter().map(|it| it.expr).collect();
        if let Some(window) = &function.over {
            return self.aggregate_over(func, arguments, window, args, ty, span);
        }
        self.aggregates.push(Aggregate { func, args, distinct: arguments.distinct, ty });
        let place = AGGREGATES_FROM + self.aggregates.len() - 1;
        Some(Bound::new(ExprKind::Column(place), ty, Growth::Other))
    }

    /// The first that is not NULL.
    fn coalesce(&mut self, mut args: Vec<Bound>, whole: &Written) -> Option<Bound> {
        let last = args.pop()?;
        let tests = args
            .iter()
            .map(|it| {
                let null = Expr { kind: ExprKind::IsNull(Box::new(it.expr.clone())), ty: SqlType::Boolean };
                Bound::new(ExprKind::Not(Box::new(null)), SqlType::Boolean, it.growth)
            })
            .collect();
        args.push(last);
        self.branches(tests, args, true, whole)
    }

    fn nullif(&mut self, args: Vec<Bound>, written: &[&Written], whole: &Written) -> Option<Bound> {
        let same = self.call("=", args.clone(), written, self.places.of(whole))?;
        let null = Bound::constant(Value::Null, SqlType::Null);
        let first = args.into_iter().next()?;
        self.branches(vec![same], vec![null, first], true, whole)
    }

    /// EXTRACT, POSITION, SUBSTRING, TRIM and OVERLAY: words instead of commas.
    pub fn special(&mut self, whole: &Written) -> Option<Bound> {
        let span = self.places.of(whole);
        let (name, written): (String, Vec<&Written>) = match whole {
            Written::Extract { field, expr, .. } => match literal::unit_of(&field.to_string()) {
                Some(unit) => (format!("EXTRACT {unit}"), vec![&**expr]),
                None => return self.refuse(mismatch::unit(span, &field.to_string())),
            },
            Written::Position { expr, r#in } => ("POSITION".to_owned(), vec![&**expr, &**r#in]),
            Written::Substring { shorthand: true, .. } => {
                return self.refuse(unknown::function(span, "SUBSTR"));
            }
            Written::Substring { expr, substring_from: None, .. } => {
                if matches!(&**expr, Written::Function(it) if it.name.to_string().contains(SUBSTRING_SIMILAR))
                {
                    return self.bind(expr);
                }
                return self.refuse(
                    Diagnostic::error(span, "SUBSTRING needs a start")
                        .hint("Write SUBSTRING(text FROM 1 FOR n)."),
                );
            }
            Written::Substring { expr, substring_from, substring_for, special, .. } => {
                let name = if *special { "SUBSTRING ," } else { "SUBSTRING" };
                let parts = [Some(&**expr), substring_from.as_deref(), substring_for.as_deref()];
                (name.to_owned(), parts.into_iter().flatten().collect())
            }
            Written::Trim { expr, trim_where, trim_what, .. } => {
                let name = match trim_where {
                    Some(TrimWhereField::Leading) => "TRIM LEADING",
                    Some(TrimWhereField::Trailing) => "TRIM TRAILING",
                    _ => "TRIM",
                };
                (name.to_owned(), trim_what.as_deref().into_iter().chain([&**expr]).collect())
            }
            Written::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                let parts =
                    [Some(&**expr), Some(&**overlay_what), Some(&**overlay_from), overlay_for.as_deref()];
                ("OVERLAY".to_owned(), parts.into_iter().flatten().collect())
            }
            _ => return None,
        };
        let bound: Vec<Option<Bound>> = written.iter().map(|it| self.bind(it)).collect();
        let args = bound.into_iter().collect::<Option<Vec<_>>>()?;
        // SUBSTRING(text FROM 'pattern') takes a regular expression (sql.md 5.6).
        if let ("SUBSTRING", [_, pattern]) = (name.as_str(), args.as_slice())
            && pattern.expr.ty.is_character()
        {
            return self.call("SUBSTRING REGEX", args, &written, span);
        }
        self.call(&name, args, &written, span)
    }
}

/// Whether a name is a routine of this kind.
fn is(name: &str, kind: Kind) -> bool {
    catalog::of_kind(kind).any(|it| it.name == name)
}

/// An aggregate where none can stand.
fn misplaced(clause: Clause, name: &str, span: Range<usize>) -> Option<Diagnostic> {
    let error = |message: &str| Diagnostic::error(span.clone(), message.to_owned());
    match clause {
        Clause::Where => Some(
            error("an aggregate cannot stand in WHERE")
                .detail(format!("WHERE looks at one row at a time, and {name} at a whole group."))
                .hint("Filter the finished groups with HAVING, behind GROUP BY."),
        ),
        Clause::On => Some(
            error("an aggregate cannot stand in ON")
                .detail(format!("ON looks at one pair of rows at a time, and {name} at a whole group."))
                .hint("Join in one stream and aggregate in a second one."),
        ),
        Clause::GroupBy => Some(
            error("an aggregate cannot stand in GROUP BY")
                .detail(format!("The groups must be known before {name} can look at one."))
                .hint("Compute it in one stream and group by it in a second one."),
        ),
        Clause::Argument => Some(
            error("aggregates cannot be nested")
                .detail(format!("{name} stands inside the parentheses of another aggregate."))
                .hint("Compute the inner one in one stream and the outer one in a second."),
        ),
        Clause::Partition => Some(
            error("an aggregate cannot stand in a window")
                .detail(format!("The window must be known before {name} can look over it."))
                .hint("Compute it in one stream and use it in a second one."),
        ),
        Clause::Select | Clause::SelectGroups | Clause::Having => None,
    }
}

fn count_distinct(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(span, "COUNT(DISTINCT …) is not possible over a stream")
        .detail("It would have to remember every value of the window.")
        .hint("Write SELECT STREAM DISTINCT into one stream and COUNT(*) over that one in a second pump.")
}
