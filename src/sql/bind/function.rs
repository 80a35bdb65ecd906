//! Functions of one's own: CREATE FUNCTION, its calls, and DROP FUNCTION (sql.md 1.4 and 1.5).
//!
//! A function is an expression over its parameters. It is bound once, where it is made, with the functions
//! that stand above it, so that none can call itself; a call puts the arguments in the place of the
//! parameters, and nothing of the function is left in the plan.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use sqlparser::ast::{DataType, Expr as Written};

use crate::sql::ast::{Name, shown};
use crate::sql::bind::expr::{Binder, Bound, Clause, coerce};
use crate::sql::bind::scope::{Origin, Relation, ScopeColumn};
use crate::sql::bind::types::word;
use crate::sql::bind::{Session, types, unknown_name};
use crate::sql::cast;
use crate::sql::diag::Diagnostic;
use crate::sql::func::catalog::routine;
use crate::sql::monotonic::Growth;
use crate::sql::plan::{Expr, ExprKind, Rel, StreamId};
use crate::sql::value::{SqlType, Value};

/// Parts an expression may have once its functions are written out.
const PARTS_MAX: usize = 20_000;
/// Parts of it that may stand one inside the other.
const DEPTH_MAX: usize = 300;

/// A function of one's own.
pub struct Function {
    name: String,
    params: Vec<SqlType>,
    returns: SqlType,
    /// Over the parameters as columns; `None` where its text is wrong, so that calls say nothing more.
    body: Option<Expr>,
    /// RETURNS NULL ON NULL INPUT.
    strict: bool,
    /// Pumps and functions that call it.
    users: RefCell<Vec<String>>,
}

impl Function {
    /// One of a broken statement: its name exists and nothing else is known of it.
    pub fn unknown(name: &str) -> Self {
        let (params, returns) = (Vec::new(), SqlType::Null);
        Self { name: name.to_owned(), params, returns, body: None, strict: false, users: RefCell::default() }
    }

    /// `F(INTEGER, DOUBLE)`.
    fn title(&self) -> String {
        let types: Vec<String> = self.params.iter().map(ToString::to_string).collect();
        format!("{}({})", shown(&self.name), types.join(", "))
    }

    /// Whether arguments of these types fit: exactly, but for the length of texts.
    fn takes(&self, given: &[SqlType]) -> bool {
        given.len() == self.params.len() && given.iter().zip(&self.params).all(|(a, b)| fits(*a, *b))
    }
}

fn fits(given: SqlType, wanted: SqlType) -> bool {
    use SqlType::{Binary, Char, Null, Varbinary, Varchar};
    match (given, wanted) {
        (Null, _) | (Char(_), Char(_)) | (Varchar(_), Varchar(_)) => true,
        (Binary(_), Binary(_)) | (Varbinary(_), Varbinary(_)) => true,
        _ => given == wanted,
    }
}

/// What stands in CREATE FUNCTION.
pub struct Making<'a> {
    pub name: &'a Name,
    pub params: &'a [(Name, DataType)],
    pub returns: &'a DataType,
    pub body: &'a Written,
    pub strict: bool,
}

impl Session<'_> {
    pub fn create_function(&mut self, making: &Making<'_>) {
        let name = making.name;
        self.check_name(name);
        if routine(&name.stored).is_some() {
            self.said.push(
                Diagnostic::error(
                    name.span.clone(),
                    format!("the language has {} already", shown(&name.stored)),
                )
                .detail("A function of that name is there without being made.")
                .hint("Give yours another name."),
            );
        }
        self.pump.clone_from(&name.stored);
        let made = self.function_of(making);
        if let Some(made) = &made
            && self.functions.iter().any(|it| it.name == made.name && it.params == made.params)
        {
            self.said.push(
                Diagnostic::error(name.span.clone(), format!("function {} exists already", made.title()))
                    .detail("Functions of one name differ in the types of their parameters.")
                    .hint("Take one of the two away, or give one another name."),
            );
        }
        self.functions.push(made.unwrap_or_else(|| Function::unknown(&name.stored)));
    }

    fn function_of(&mut self, making: &Making<'_>) -> Option<Function> {
        let mut params: Vec<(&Name, SqlType)> = Vec::with_capacity(making.params.len());
        let mut whole = true;
        for (name, ty) in making.params {
            whole &= self.check_name(name);
            if params.iter().any(|it| it.0.stored == name.stored) {
                self.said.push(
                    Diagnostic::error(
                        name.span.clone(),
                        format!("parameter {} is there twice", shown(&name.stored)),
                    )
                    .detail("The expression could not tell the two apart.")
                    .hint("Give one of them another name."),
                );
                whole = false;
            }
            match self.type_of(ty, name.span.end) {
                Some(ty) => params.push((name, ty)),
                None => whole = false,
            }
        }
        let last = making.params.last().map_or(making.name.span.end, |it| it.0.span.end);
        let returns =
            self.type_of(making.returns, self.places.word(last, "RETURNS").map_or(last, |it| it.end));
        let returns = returns?;
        if !whole {
            return None;
        }
        let columns =
            params.iter().map(|(name, ty)| ScopeColumn::new(name.stored.clone(), *ty, true)).collect();
        let rel = Arc::new(Rel::Scan { stream: StreamId(0) });
        let relation = Relation::new(Some(making.name.stored.clone()), Origin::Query, columns, rel);
        let body = self.function_body(making, &relation, returns)?;
        Some(Function {
            name: making.name.stored.clone(),
            params: params.into_iter().map(|it| it.1).collect(),
            returns,
            body: Some(body),
            strict: making.strict,
            users: RefCell::default(),
        })
    }

    /// The type that stands behind a byte.
    fn type_of(&mut self, ty: &DataType, from: usize) -> Option<SqlType> {
        let span = self.places.next(from).unwrap_or(from..from);
        let written = self.places.text(span.clone());
        match types::bind(ty, &written, span) {
            Ok(ty) => Some(ty),
            Err(error) => self.refuse(error),
        }
    }

    fn function_body(&mut self, making: &Making<'_>, relation: &Relation, returns: SqlType) -> Option<Expr> {
        let span = self.places.of(making.body);
        let mut aggregates = Vec::new();
        let bound = self.binder(relation, Clause::Select, &[], &mut aggregates).bind(making.body)?;
        if !aggregates.is_empty() || uses_rowtime(&bound.expr) {
            return self.refuse(
                Diagnostic::error(span, "a function knows its parameters only")
                    .detail("It has no rows: no aggregates, no columns and no ROWTIME.")
                    .hint("Give it what it needs as a parameter."),
            );
        }
        let from = bound.expr.ty;
        if !cast::assignable(from, returns) {
            return self.refuse(
                Diagnostic::error(span, format!("the function gives {from}, and returns {returns}"))
                    .detail(format!("{} does not turn into {} by itself.", word(from), word(returns)))
                    .hint(format!("Write RETURN CAST(… AS {returns}), or RETURNS {from}.")),
            );
        }
        Some(coerce(bound.expr, returns))
    }

    pub fn drop_function(&mut self, name: &Name, if_exists: bool, cascade: bool) {
        if !self.functions.iter().any(|it| it.name == name.stored) {
            if !if_exists {
                let message = format!("function {} does not exist", shown(&name.stored));
                let known = self.functions.iter().map(|it| it.name.as_str()).collect();
                let error = Diagnostic::error(name.span.clone(), message);
                self.said.push(unknown_name(error, name, known, "functions"));
            }
            return;
        }
        if let (Some(user), false) = (self.users(&name.stored).first(), cascade) {
            let message = format!("function {} is still used", shown(&name.stored));
            let error = Diagnostic::error(name.span.clone(), message)
                .detail(format!("{} calls it.", shown(user)))
                .hint("Write CASCADE behind the name to drop what uses it too.");
            self.said.push(error);
            return;
        }
        let mut dropped = vec![name.stored.clone()];
        while let Some(name) = dropped.pop() {
            dropped.extend(self.users(&name));
            self.functions.retain(|it| it.name != name);
            self.pumps.retain(|it| it.name != name);
        }
    }

    /// The pumps and functions that call a function, as far as they are still there.
    fn users(&self, name: &str) -> Vec<String> {
        let there = |it: &String| {
            it != name
                && (self.pumps.iter().any(|pump| pump.name == *it)
                    || self.functions.iter().any(|function| function.name == *it))
        };
        let calls = self.functions.iter().filter(|it| it.name == name);
        calls.flat_map(|it| it.users.borrow().clone()).filter(there).collect()
    }
}

impl Binder<'_, '_> {
    /// A call of a function of one's own; `None` if there is none of that name.
    pub fn own_function(&mut self, name: &Name, args: &[Bound], span: Range<usize>) -> Option<Option<Bound>> {
        let all = self.functions;
        let named = || all.iter().filter(|it| it.name == name.stored);
        named().next()?;
        let given: Vec<SqlType> = args.iter().map(|it| it.expr.ty).collect();
        let growth: Vec<Growth> = args.iter().map(|it| it.growth).collect();
        let Some(function) = named().find(|it| it.takes(&given)) else {
            if named().any(|it| it.body.is_none()) {
                return Some(None);
            }
            return Some(self.refuse(no_form(named(), &given, span)));
        };
        function.users.borrow_mut().push(self.user.to_owned());
        let Some(body) = &function.body else { return Some(None) };
        let args: Vec<Expr> =
            args.iter().zip(&function.params).map(|(it, ty)| coerce(it.expr.clone(), *ty)).collect();
        let sizes: Vec<usize> = args.iter().map(size).collect();
        let deepest = args.iter().map(depth).max().unwrap_or(0);
        let large = size_with(body, &sizes) + sizes.iter().sum::<usize>() > PARTS_MAX;
        if large || depth(body) + deepest > DEPTH_MAX {
            return Some(self.refuse(
                Diagnostic::error(span, "this call becomes too large")
                    .detail(format!(
                        "Written out, an expression may have {PARTS_MAX} parts, {DEPTH_MAX} one inside the other."
                    ))
                    .hint("Compute a part in one stream and the rest in a second one."),
            ));
        }
        let mut value = put_in(body, &args);
        if function.strict && !args.is_empty() {
            value = null_on_null(args, value);
        }
        debug_assert_eq!(value.ty, function.returns, "a function returns what it says");
        Some(Some(Bound::of(value.kind, value.ty, &growth)))
    }
}

/// No function of the name takes these types.
fn no_form<'f>(
    forms: impl Iterator<Item = &'f Function>,
    given: &[SqlType],
    span: Range<usize>,
) -> Diagnostic {
    let forms: Vec<&Function> = forms.collect();
    let list: Vec<String> = given.iter().map(ToString::to_string).collect();
    let name = forms.first().map_or(String::new(), |it| shown(&it.name));
    let error = Diagnostic::error(span, format!("{name} does not take ({})", list.join(", ")));
    let titles: Vec<String> = forms.iter().map(|it| it.title()).collect();
    let error = error.detail(format!(
        "Types are not converted for a function of your own; there is {}.",
        titles.join(" and ")
    ));
    let odd = forms.iter().filter(|it| it.params.len() == given.len()).find_map(|it| {
        given.iter().zip(&it.params).find(|(a, b)| !fits(**a, **b)).map(|(_, wanted)| *wanted)
    });
    match odd {
        Some(wanted) => error.hint(format!("Write CAST(… AS {wanted}) around the argument.")),
        None => error.hint("Give it as many arguments as it has parameters."),
    }
}

/// NULL where an argument is NULL, otherwise the value.
fn null_on_null(args: Vec<Expr>, value: Expr) -> Expr {
    let null = |it: Expr| Expr { kind: ExprKind::IsNull(Box::new(it)), ty: SqlType::Boolean };
    let any = args
        .into_iter()
        .map(null)
        .reduce(|a, b| Expr { kind: ExprKind::Or(Box::new(a), Box::new(b)), ty: SqlType::Boolean });
    let Some(any) = any else { return value };
    let ty = value.ty;
    let nothing = Expr { kind: ExprKind::Literal(Value::Null), ty };
    Expr { kind: ExprKind::Case { branches: vec![(any, nothing)], otherwise: Some(Box::new(value)) }, ty }
}

/// Visits the parts an expression is made of.
fn each_child(expr: &Expr, visit: &mut dyn FnMut(&Expr)) {
    match &expr.kind {
        ExprKind::Column(_) | ExprKind::RowTime | ExprKind::Literal(_) => {}
        ExprKind::Call(_, args) => args.iter().for_each(visit),
        ExprKind::Cast(inner, _)
        | ExprKind::Not(inner)
        | ExprKind::IsNull(inner)
        | ExprKind::Is(inner, _) => {
            visit(inner);
        }
        ExprKind::And(left, right) | ExprKind::Or(left, right) => {
            [left, right].into_iter().for_each(|it| visit(it))
        }
        ExprKind::Case { branches, otherwise } => {
            branches.iter().for_each(|(test, result)| [test, result].into_iter().for_each(&mut *visit));
            otherwise.as_deref().into_iter().for_each(visit);
        }
    }
}

/// An expression with the arguments in the place of its parameters.
fn put_in(expr: &Expr, args: &[Expr]) -> Expr {
    let put = |it: &Expr| put_in(it, args);
    let boxed = |it: &Expr| Box::new(put_in(it, args));
    let kind = match &expr.kind {
        ExprKind::Column(at) => match args.get(*at) {
            Some(arg) => return arg.clone(),
            None => ExprKind::Column(*at),
        },
        ExprKind::RowTime => ExprKind::RowTime,
        ExprKind::Literal(value) => ExprKind::Literal(value.clone()),
        ExprKind::Call(id, args) => ExprKind::Call(*id, args.iter().map(put).collect()),
        ExprKind::Cast(inner, rule) => ExprKind::Cast(boxed(inner), *rule),
        ExprKind::And(left, right) => ExprKind::And(boxed(left), boxed(right)),
        ExprKind::Or(left, right) => ExprKind::Or(boxed(left), boxed(right)),
        ExprKind::Not(inner) => ExprKind::Not(boxed(inner)),
        ExprKind::IsNull(inner) => ExprKind::IsNull(boxed(inner)),
        ExprKind::Is(inner, wanted) => ExprKind::Is(boxed(inner), *wanted),
        ExprKind::Case { branches, otherwise } => ExprKind::Case {
            branches: branches.iter().map(|(test, result)| (put(test), put(result))).collect(),
            otherwise: otherwise.as_deref().map(boxed),
        },
    };
    Expr { kind, ty: expr.ty }
}

fn uses_rowtime(expr: &Expr) -> bool {
    let mut found = expr.kind == ExprKind::RowTime;
    each_child(expr, &mut |it| found |= uses_rowtime(it));
    found
}

/// How many parts an expression has.
fn size(expr: &Expr) -> usize {
    size_with(expr, &[])
}

/// How many parts an expression has with arguments of these sizes in the place of its parameters.
fn size_with(expr: &Expr, args: &[usize]) -> usize {
    if let ExprKind::Column(at) = expr.kind {
        return args.get(at).copied().unwrap_or(1);
    }
    let mut sum = 1_usize;
    each_child(expr, &mut |it| sum = sum.saturating_add(size_with(it, args)));
    sum
}

/// How deep an expression is.
fn depth(expr: &Expr) -> usize {
    let mut most = 0;
    each_child(expr, &mut |it| most = most.max(depth(it)));
    most + 1
}
