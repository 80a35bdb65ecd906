//! Sliding windows: `f(x) OVER w`, the WINDOW clause, and how far a window reaches (sql.md 1.12, 4.7, 5.3).
//!
//! A call over a window is bound where it stands and leaves a placeholder; when the select list is bound, one
//! operator computes all calls of the query beside its input, and every placeholder becomes its column.

use std::ops::Range;
use std::sync::Arc;

use sqlparser::ast::{
    self, Expr as Written, NamedWindowDefinition, NamedWindowExpr, NullTreatment, WindowFrame,
    WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType,
};

use crate::sql::ast::{Name, bytes, shown};
use crate::sql::bind::call::Arguments;
use crate::sql::bind::expr::{Binder, Bound, Clause, coerce};
use crate::sql::bind::query::Item;
use crate::sql::bind::{Session, mismatch};
use crate::sql::cast;
use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::dialect::NTH_VALUE_FROM_LAST;
use crate::sql::func::catalog::{Kind, of_kind};
use crate::sql::monotonic::Growth;
use crate::sql::plan::{AggregateFunc, Expr, ExprKind, Extent, Frame, Rel, WindowCall, WindowFunc};
use crate::sql::value::{SqlType, Value};

/// Calls over windows are numbered from here until the plan is put together; above all aggregates.
const CALLS_FROM: usize = 1 << 25;

/// The windows of one query, and the calls over them.
#[derive(Default)]
pub struct Over {
    named: Vec<NamedWindowDefinition>,
    frames: Vec<Frame>,
    calls: Vec<WindowCall>,
    /// Where the first call stands.
    first: Option<Range<usize>>,
}

/// A window while it is put together; each part may come from the window it refines.
#[derive(Default)]
struct Draft {
    partition: Option<Vec<Expr>>,
    extent: Option<Extent>,
}

/// Whether a call only looks back over a window.
pub fn looks_back(name: &str) -> bool {
    name == NTH_VALUE_FROM_LAST || of_kind(Kind::Window).any(|it| it.name == name)
}

impl Session<'_> {
    /// Begins the select list of a query; what it hands out is that of the query around.
    pub fn open_windows(&mut self, named: &[NamedWindowDefinition]) -> Over {
        for (at, window) in named.iter().enumerate() {
            let name = Name::new(&window.0);
            if named[..at].iter().any(|it| Name::new(&it.0).stored == name.stored) {
                self.said.push(
                    Diagnostic::error(
                        name.span.clone(),
                        format!("window {} is made twice", shown(&name.stored)),
                    )
                    .detail("Two windows of one query cannot have the same name.")
                    .hint("Give one another name."),
                );
            }
        }
        std::mem::replace(&mut self.over, Over { named: named.to_vec(), ..Over::default() })
    }
}

impl Over {
    /// Why the query cannot have calls over windows, if it has any.
    pub fn misfit(&self, aggregates: bool, finite: bool) -> Option<Diagnostic> {
        let first = self.first.clone()?;
        if aggregates {
            return Some(mixed(first));
        }
        finite.then(|| timeless(first))
    }

    /// Puts the windows over a query's input of so many columns, and the results where they are named.
    pub fn slide(self, input: Rel, width: usize, items: &mut [Item]) -> Rel {
        if self.calls.is_empty() {
            return input;
        }
        for item in items {
            settle(&mut item.bound.expr, width);
        }
        Rel::Slide { input: Arc::new(input), frames: self.frames, calls: self.calls }
    }
}

/// Aggregates of groups and calls over windows in one query (sql.md 1.8).
fn mixed(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(span, "aggregates and OVER cannot be mixed in one query")
        .detail("An aggregate speaks once per group, and OVER once per row.")
        .hint("Compute the groups in one stream and look over them with OVER in a second pump.")
}

/// A window over rows that have no time.
fn timeless(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(span, "OVER cannot look over a reference table")
        .detail("A window slides with ROWTIME, and the rows of a table have none.")
        .hint("Take OVER away, or join the table with a stream.")
}

/// Turns placeholders into the columns behind the input's.
fn settle(expr: &mut Expr, width: usize) {
    match &mut expr.kind {
        ExprKind::Column(at) if CALLS_FROM <= *at => *at = *at - CALLS_FROM + width,
        ExprKind::Column(_) | ExprKind::RowTime | ExprKind::Literal(_) => {}
        ExprKind::Call(_, args) => args.iter_mut().for_each(|it| settle(it, width)),
        ExprKind::Cast(inner, _)
        | ExprKind::Not(inner)
        | ExprKind::IsNull(inner)
        | ExprKind::Is(inner, _) => settle(inner, width),
        ExprKind::And(a, b) | ExprKind::Or(a, b) => {
            settle(a, width);
            settle(b, width);
        }
        ExprKind::Case { branches, otherwise } => {
            for (test, result) in branches {
                settle(test, width);
                settle(result, width);
            }
            otherwise.iter_mut().for_each(|it| settle(it, width));
        }
    }
}

impl Binder<'_, '_> {
    /// An aggregate over a window; its arguments are bound.
    pub fn aggregate_over(
        &mut self,
        func: AggregateFunc,
        arguments: &Arguments,
        window: &WindowType,
        args: Vec<Expr>,
        ty: SqlType,
        span: Range<usize>,
    ) -> Option<Bound> {
        if arguments.nulls == Some(NullTreatment::RespectNulls) {
            self.said.push(
                Diagnostic::warning(span.clone(), "an aggregate leaves NULLs out in any case")
                    .detail(
                        "RESPECT NULLS is for functions that pick a row: FIRST_VALUE, LAG and their like.",
                    )
                    .hint("Take RESPECT NULLS away."),
            );
        }
        let call = WindowCall {
            func: WindowFunc::Aggregate(func),
            args,
            distinct: arguments.distinct,
            ignore_nulls: false,
            ty,
            frame: 0,
        };
        self.over_call(call, window, span)
    }

    /// Whether a call over a window can stand here.
    pub fn welcome(&mut self, span: Range<usize>) -> Option<()> {
        let clause = match self.clause {
            Clause::Select => return Some(()),
            Clause::SelectGroups => return self.refuse(mixed(span)),
            Clause::Argument => {
                return self.refuse(
                    Diagnostic::error(span, "calls over windows cannot be nested")
                        .detail("This one stands inside the parentheses of another call.")
                        .hint("Compute the inner one in one stream and the outer one in a second."),
                );
            }
            Clause::Where => "WHERE",
            Clause::On => "ON",
            Clause::GroupBy => "GROUP BY",
            Clause::Having => "HAVING",
            Clause::Partition => "PARTITION BY",
        };
        let filter = matches!(self.clause, Clause::Where | Clause::Having);
        let after = if filter { "WHERE n > 3" } else { "…" };
        self.refuse(
            Diagnostic::error(span, format!("OVER cannot stand in {clause}"))
                .detail(format!("Windows are looked over when the select list is made, after {clause}."))
                .hint(format!(
                    "Name the result in a query in parentheses, and use it outside: FROM (SELECT STREAM … AS n) AS t {after}."
                )),
        )
    }

    /// FIRST_VALUE, LAST_VALUE, NTH_VALUE, LAG and EXP_AVG.
    pub fn look_back(
        &mut self,
        name: &str,
        arguments: &Arguments,
        window: Option<&WindowType>,
        span: Range<usize>,
    ) -> Option<Bound> {
        let title = if name == NTH_VALUE_FROM_LAST { "NTH_VALUE" } else { name };
        let Some(window) = window else {
            let error = Diagnostic::error(span, format!("{title} looks back over a window"));
            return self.refuse(
                error
                    .detail("It must know over which rows.")
                    .hint("Add OVER (…) behind it, for example OVER (ROWS 10 PRECEDING)."),
            );
        };
        self.welcome(span.clone())?;
        if arguments.star || arguments.distinct {
            return self.refuse(
                Diagnostic::error(span, format!("{title} takes neither * nor DISTINCT"))
                    .detail("It picks the value of one row.")
                    .hint(format!("Write {title}(column).")),
            );
        }
        let outer = std::mem::replace(&mut self.clause, Clause::Argument);
        let bound: Vec<Option<Bound>> = arguments.list.iter().map(|it| self.bind(it)).collect();
        self.clause = outer;
        let bound = bound.into_iter().collect::<Option<Vec<_>>>()?;
        let (least, most) = match name {
            "FIRST_VALUE" | "LAST_VALUE" => (1, 1),
            "LAG" => (1, 3),
            _ => (2, 2),
        };
        if !(least..=most).contains(&bound.len()) {
            let takes = if least == most { least.to_string() } else { format!("{least} to {most}") };
            return self.refuse(
                Diagnostic::error(span, format!("wrong number of arguments for {title}"))
                    .detail(format!("It was given {}, and takes {takes}.", bound.len())),
            );
        }
        let (func, args) = self.look_back_parts(name, bound, arguments, span.clone())?;
        let ty = args.first().map_or(SqlType::Null, |it| it.ty);
        let ignore_nulls = arguments.nulls == Some(NullTreatment::IgnoreNulls);
        let call = WindowCall { func, args, distinct: false, ignore_nulls, ty, frame: 0 };
        self.over_call(call, window, span)
    }

    fn look_back_parts(
        &mut self,
        name: &str,
        bound: Vec<Bound>,
        arguments: &Arguments,
        span: Range<usize>,
    ) -> Option<(WindowFunc, Vec<Expr>)> {
        let places: Vec<Range<usize>> = arguments.list.iter().map(|it| self.places.of(it)).collect();
        let mut parts = bound.into_iter().map(|it| it.expr);
        let value = parts.next()?;
        if value.ty == SqlType::Null {
            return self.refuse(mismatch::bare_null(places.first().cloned().unwrap_or(span), None));
        }
        match name {
            "FIRST_VALUE" => Some((WindowFunc::FirstValue, vec![value])),
            "LAST_VALUE" => Some((WindowFunc::LastValue, vec![value])),
            "EXP_AVG" => {
                if !value.ty.is_numeric() {
                    return self.refuse(
                        Diagnostic::error(places[0].clone(), format!("EXP_AVG cannot take {}", value.ty))
                            .detail("It is an average, so it wants numbers.")
                            .hint("Change the column in the schema, or CAST it."),
                    );
                }
                let half_life = parts.next().and_then(|it| duration(&it)).filter(|it| 0 < *it);
                let Some(half_life) = half_life else {
                    return self.refuse(
                        Diagnostic::error(places[1].clone(), "EXP_AVG needs an INTERVAL of days or less")
                            .detail("A value weighs half as much when it is that much older.")
                            .hint("Write it like EXP_AVG(v, INTERVAL '10' SECOND) OVER w."),
                    );
                };
                Some((WindowFunc::ExpAvg { half_life }, vec![coerce(value, SqlType::Double)]))
            }
            "LAG" => {
                let offset = match parts.next() {
                    Some(n) => self.row_number(&n, 0, "LAG", &places[1])?,
                    None => 1,
                };
                let mut args = vec![value];
                if let Some(default) = parts.next() {
                    let ty = args[0].ty;
                    if default.ty != SqlType::Null && !cast::assignable(default.ty, ty) {
                        return self.refuse(
                            Diagnostic::error(places[2].clone(), format!("the default of LAG must be {ty}"))
                                .detail(format!(
                                    "It stands where there is no row, and here it is {}.",
                                    default.ty
                                ))
                                .hint(format!("CAST it to {ty}.")),
                        );
                    }
                    args.push(coerce(default, ty));
                }
                Some((WindowFunc::Lag { offset }, args))
            }
            _ => {
                let n = parts.next()?;
                let n = self.row_number(&n, 1, "NTH_VALUE", &places[1])?;
                Some((WindowFunc::NthValue { n, from_last: name == NTH_VALUE_FROM_LAST }, vec![value]))
            }
        }
    }

    /// A whole number written out.
    fn row_number(&mut self, expr: &Expr, least: i64, name: &str, span: &Range<usize>) -> Option<u64> {
        let number = match (&expr.kind, expr.ty.is_integer()) {
            (ExprKind::Literal(Value::Int(it)), true) if least <= *it => u64::try_from(*it).ok(),
            _ => None,
        };
        if number.is_none() {
            return self.refuse(
                Diagnostic::error(
                    span.clone(),
                    format!("{name} needs a number from {least} on, written out"),
                )
                .detail("Which row it is must be known before rows flow.")
                .hint(format!("Write it like {name}(v, 1).")),
            );
        }
        number
    }

    fn over_call(&mut self, call: WindowCall, window: &WindowType, span: Range<usize>) -> Option<Bound> {
        let frame = self.frame(window, span.end)?;
        if let (WindowFunc::Lag { offset }, Extent::Rows(before)) = (call.func, frame.extent)
            && before < offset
        {
            self.said.push(
                Diagnostic::warning(span.clone(), "LAG looks further back than its window")
                    .detail(format!(
                        "The window has {before} rows before the current one, so row {offset} is never there."
                    ))
                    .hint(format!("Write ROWS {offset} PRECEDING.")),
            );
        }
        let over = &mut *self.over;
        let at = over.frames.iter().position(|it| *it == frame).unwrap_or_else(|| {
            over.frames.push(frame);
            over.frames.len() - 1
        });
        over.first.get_or_insert(span);
        let ty = call.ty;
        let call = WindowCall { frame: at, ..call };
        let place = over.calls.iter().position(|it| same(it, &call)).unwrap_or_else(|| {
            over.calls.push(call);
            over.calls.len() - 1
        });
        Some(Bound::new(ExprKind::Column(CALLS_FROM + place), ty, Growth::Other))
    }

    /// The window of a call that ends at a byte.
    fn frame(&mut self, window: &WindowType, call_end: usize) -> Option<Frame> {
        let draft = match window {
            WindowType::NamedWindow(name) => self.named_window(&Name::new(name), usize::MAX)?,
            WindowType::WindowSpec(spec) => {
                let start = self.places.word(call_end, "OVER").map_or(call_end, |it| it.end);
                let span = self.places.parenthesis(start);
                self.window_spec(spec, span, usize::MAX)?
            }
        };
        let extent = draft.extent.unwrap_or(Extent::Unbounded);
        Some(Frame { partition: draft.partition.unwrap_or_default(), extent })
    }

    /// A window by its name, of those made before the `before`th.
    fn named_window(&mut self, name: &Name, before: usize) -> Option<Draft> {
        let known = &self.over.named[..before.min(self.over.named.len())];
        let found = known.iter().position(|it| Name::new(&it.0).stored == name.stored);
        let Some(at) = found else {
            let names: Vec<String> = known.iter().map(|it| Name::new(&it.0).stored).collect();
            return self.refuse(no_window(name, &names));
        };
        let NamedWindowDefinition(ident, window) = known[at].clone();
        match window {
            NamedWindowExpr::NamedWindow(other) => self.named_window(&Name::new(&other), at),
            NamedWindowExpr::WindowSpec(spec) => {
                let start = bytes(ident.span).end;
                let start = self.places.word(start, "AS").map_or(start, |it| it.end);
                self.window_spec(&spec, self.places.parenthesis(start), at)
            }
        }
    }

    /// What stands in the parentheses of a window.
    fn window_spec(&mut self, spec: &WindowSpec, span: Range<usize>, before: usize) -> Option<Draft> {
        let base = spec.window_name.as_ref().map(Name::new);
        let mut draft = match &base {
            Some(name) => self.named_window(name, before)?,
            None => Draft::default(),
        };
        let again = |what: &str, name: &Name| {
            Diagnostic::error(span.clone(), format!("window {} already has {what}", shown(&name.stored)))
                .detail("A window that begins with the name of another adds to it and changes nothing.")
                .hint("Take it away here, or write the whole window.")
        };
        if !spec.partition_by.is_empty() {
            if let (Some(name), Some(_)) = (&base, &draft.partition) {
                return self.refuse(again("PARTITION BY", name));
            }
            let outer = std::mem::replace(&mut self.clause, Clause::Partition);
            let keys: Vec<Option<Bound>> = spec.partition_by.iter().map(|it| self.bind(it)).collect();
            self.clause = outer;
            let keys = keys.into_iter().collect::<Option<Vec<_>>>()?;
            draft.partition = Some(keys.into_iter().map(|it| it.expr).collect());
        }
        for order in &spec.order_by {
            self.window_order(order)?;
        }
        if let Some(frame) = &spec.window_frame {
            if let (Some(name), Some(_)) = (&base, &draft.extent) {
                return self.refuse(again("a size", name));
            }
            draft.extent = Some(self.extent(frame, span)?);
        }
        Some(draft)
    }

    /// ORDER BY in a window: ROWTIME is the order anyway (sql.md 1.12).
    fn window_order(&mut self, order: &ast::OrderByExpr) -> Option<()> {
        let span = self.places.of(&order.expr);
        let outer = std::mem::replace(&mut self.clause, Clause::Partition);
        let bound = self.bind(&order.expr);
        self.clause = outer;
        let falling = !matches!(order.options.sort, None | Some(ast::OrderBySort::Asc));
        if bound?.expr.kind == ExprKind::RowTime && !falling {
            self.said.push(
                Diagnostic::note(span, "the rows of a window are in the order of ROWTIME anyway")
                    .detail("The service wants no ORDER BY in the window of an aggregate.")
                    .hint("Take ORDER BY away."),
            );
            return Some(());
        }
        self.refuse(
            Diagnostic::error(span, "the rows of a window are in the order of ROWTIME")
                .detail("They are looked at as they arrive, and cannot be put into another order.")
                .hint("Take ORDER BY away."),
        )
    }

    /// How far back a window reaches.
    fn extent(&mut self, frame: &WindowFrame, span: Range<usize>) -> Option<Extent> {
        let rows = match frame.units {
            WindowFrameUnits::Rows => true,
            WindowFrameUnits::Range => false,
            WindowFrameUnits::Groups => {
                return self.refuse(
                    Diagnostic::error(span, "GROUPS is not part of this language")
                        .detail("A window counts rows or time.")
                        .hint("Write ROWS or RANGE."),
                );
            }
        };
        let start = self.reach(&frame.start_bound, rows, &span)?;
        let end = match &frame.end_bound {
            Some(end) => self.reach(end, rows, &span)?,
            None => Reach::Back(0),
        };
        match (start, end) {
            (_, Reach::Forever) | (Reach::Forever, _) => self.refuse(
                Diagnostic::error(span, "UNBOUNDED FOLLOWING is not possible over a stream")
                    .detail("A stream has no end, so a window ends at the current row.")
                    .hint("End the window with CURRENT ROW."),
            ),
            (Reach::Back(n), Reach::Back(0)) if 0 <= n && rows => Some(Extent::Rows(n.unsigned_abs())),
            (Reach::Back(n), Reach::Back(0)) if 0 <= n => Some(Extent::Range(n)),
            (Reach::Always, Reach::Back(0)) => Some(Extent::Unbounded),
            (Reach::Back(from), Reach::Back(to)) if from < to && frame.end_bound.is_some() => {
                self.refuse(negative_size(span))
            }
            (Reach::Back(_), Reach::Always) => self.refuse(negative_size(span)),
            _ => self.refuse(
                Diagnostic::error(span, "this window does not end at the current row")
                    .detail("A row speaks at once: it cannot wait for rows to come, nor leave itself out.")
                    .hint(
                        "End the window with CURRENT ROW, or write only where it begins: ROWS 10 PRECEDING.",
                    ),
            ),
        }
    }

    /// One end of a window.
    fn reach(&mut self, bound: &WindowFrameBound, rows: bool, window: &Range<usize>) -> Option<Reach> {
        let (written, ahead) = match bound {
            WindowFrameBound::CurrentRow => return Some(Reach::Back(0)),
            WindowFrameBound::Preceding(None) => return Some(Reach::Always),
            WindowFrameBound::Following(None) => return Some(Reach::Forever),
            WindowFrameBound::Preceding(Some(it)) => (&**it, false),
            WindowFrameBound::Following(Some(it)) => (&**it, true),
        };
        let span = self.places.of(written);
        let span = if span.is_empty() { window.clone() } else { span };
        let (minus, inner) = unsigned(written);
        let outer = std::mem::replace(&mut self.clause, Clause::Partition);
        let bound = self.bind(inner);
        self.clause = outer;
        let size = self.size(&bound?.expr, rows, span.clone())?;
        if minus || size < 0 {
            return self.refuse(negative_size(span));
        }
        if size == 0 {
            let word = if ahead { "FOLLOWING" } else { "PRECEDING" };
            return self.refuse(
                Diagnostic::error(span, format!("0 {word} is the current row"))
                    .detail("A window has a size, or ends at the current row.")
                    .hint("Write CURRENT ROW."),
            );
        }
        Some(Reach::Back(if ahead { -size } else { size }))
    }

    /// Rows, or milliseconds.
    fn size(&mut self, expr: &Expr, rows: bool, span: Range<usize>) -> Option<i64> {
        if rows {
            if let (ExprKind::Literal(Value::Int(n)), true) = (&expr.kind, expr.ty.is_integer()) {
                return Some(*n);
            }
            let error = Diagnostic::error(span, "ROWS needs a whole number, written out");
            return self.refuse(match expr.ty {
                SqlType::Interval(_) => {
                    error.detail("It counts rows; a time is a RANGE.").hint("Write RANGE instead of ROWS.")
                }
                _ => error
                    .detail("It says how many rows before the current one the window has.")
                    .hint("Write it like ROWS 10 PRECEDING."),
            });
        }
        match (duration(expr), expr.ty) {
            (Some(length), _) => Some(length),
            (None, SqlType::Interval(it)) if it.is_year_month() => self.refuse(
                Diagnostic::error(span, format!("RANGE cannot be counted in {}", it.first))
                    .detail("Months are not equally long.")
                    .hint("Count in SECOND, MINUTE, HOUR or DAY."),
            ),
            _ => self.refuse(
                Diagnostic::error(span, "RANGE needs an INTERVAL, written out")
                    .detail("It says how long ago the oldest row of the window may be.")
                    .hint("Write it like RANGE INTERVAL '10' SECOND PRECEDING; to count rows, write ROWS."),
            ),
        }
    }
}

/// Whether two calls give the same.
fn same(a: &WindowCall, b: &WindowCall) -> bool {
    (a.func, &a.args, a.distinct, a.ignore_nulls, a.frame)
        == (b.func, &b.args, b.distinct, b.ignore_nulls, b.frame)
}

/// One end of a window as a distance before the current row.
#[derive(Clone, Copy)]
enum Reach {
    /// Rows or milliseconds; below 0 they lie ahead.
    Back(i64),
    /// UNBOUNDED PRECEDING.
    Always,
    /// UNBOUNDED FOLLOWING.
    Forever,
}

/// An interval literal of days or less, in milliseconds.
fn duration(expr: &Expr) -> Option<i64> {
    match (&expr.kind, expr.ty) {
        (ExprKind::Literal(Value::Int(length)), SqlType::Interval(it)) if !it.is_year_month() => {
            Some(*length)
        }
        _ => None,
    }
}

/// An expression without the minus before it.
fn unsigned(expr: &Written) -> (bool, &Written) {
    match expr {
        Written::UnaryOp { op: ast::UnaryOperator::Minus, expr } => (true, expr),
        Written::UnaryOp { op: ast::UnaryOperator::Plus, expr } => (false, expr),
        Written::Nested(inner) => unsigned(inner),
        _ => (false, expr),
    }
}

fn negative_size(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(span, "this window has a negative size")
        .detail("It would begin behind its end.")
        .hint("Write how far it reaches back: ROWS 10 PRECEDING, or RANGE INTERVAL '10' SECOND PRECEDING.")
}

/// A name behind OVER that is no window of the query.
fn no_window(name: &Name, known: &[String]) -> Diagnostic {
    let error =
        Diagnostic::error(name.span.clone(), format!("window {} does not exist", shown(&name.stored)));
    if known.is_empty() {
        return error
            .detail("The query has no window before it.")
            .hint(format!("Add WINDOW {} AS (ROWS 10 PRECEDING) behind WHERE.", shown(&name.stored)));
    }
    let list: Vec<String> = known.iter().map(|it| shown(it)).collect();
    let error = error.detail(format!("You wrote {}; the query has {}.", name.as_written(), list.join(", ")));
    match nearest(&name.written, known.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("The nearest is {}.", shown(near))),
        None => error.hint("Make it in the WINDOW clause, above the windows that use it."),
    }
}
