//! ORDER BY: which rows are gathered, and in what order they go on (sql.md 1.15).
//!
//! The keys are bound over the input of the query and travel with the rows as columns behind the select
//! list, until the rows are in order. The first key must grow with time, for only then is there a moment at
//! which no row can come that belongs before the others.

use std::ops::Range;
use std::sync::Arc;

use sqlparser::ast::{self, OrderBySort, Spanned};

use crate::sql::ast::{Name, bytes};
use crate::sql::bind::Session;
use crate::sql::bind::expr::{Bound, Clause, Names};
use crate::sql::bind::group::{Seen, qualifier};
use crate::sql::bind::query::{Item, Output, OutputColumn};
use crate::sql::bind::scope::Relation;
use crate::sql::diag::Diagnostic;
use crate::sql::monotonic::Growth;
use crate::sql::plan::{Aggregate, Expr, ExprKind, Rel, SortKey, Window};
use crate::sql::value::{SqlType, Value};

/// ORDER BY, bound over the input of its query.
pub enum Order {
    Keys(Vec<Key>),
    /// `ORDER BY ts WITHIN INTERVAL …`; the slack in milliseconds.
    Within {
        by: Key,
        slack: i64,
    },
}

/// One key.
pub struct Key {
    bound: Bound,
    span: Range<usize>,
    seen: Seen,
    descending: bool,
    /// ROWTIME by itself: the time of the row that comes out.
    output_rowtime: bool,
}

/// What kind of query is ordered: it says what becomes of ROWTIME on the way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ordered {
    /// A row for a row, each with its own ROWTIME.
    Rows,
    /// Results of windows, each with the end of its window.
    Results,
    /// SELECT DISTINCT: as `Results`, and the keys are items of the list.
    Distinct,
}

impl Ordered {
    /// Of a query that says DISTINCT or not, and is without GROUP BY or not.
    pub fn of(distinct: bool, lone: bool) -> Self {
        match (distinct, lone) {
            (true, _) => Ordered::Distinct,
            (false, true) => Ordered::Rows,
            (false, false) => Ordered::Results,
        }
    }
}

/// What lies over the query when it is bound.
pub enum Above {
    Sort { leading: Expr, window: Window, keys: Vec<SortKey>, keeps_time: bool },
    TimeSort { by: Expr, slack: i64 },
}

/// The operators over a query, and how many columns of it go on.
pub struct Arranged {
    above: Above,
    visible: usize,
}

impl Session<'_> {
    /// Binds ORDER BY over the input of a query, whose items it may name.
    pub fn order(
        &mut self,
        order: &ast::OrderBy,
        relation: &Relation,
        clause: Clause,
        items: &[Item],
        aggregates: &mut Vec<Aggregate>,
    ) -> Option<Order> {
        let ast::OrderByKind::Expressions(keys) = &order.kind else {
            return self.refuse(
                Diagnostic::error(bytes(order.span()), "ORDER BY takes expressions")
                    .hint(format!("Begin with FLOOR({}.ROWTIME TO SECOND).", qualifier(relation))),
            );
        };
        if let Some(timed) = keys.iter().find(|it| within(&it.expr).is_some()) {
            let [key] = keys.as_slice() else {
                return self.refuse(
                    Diagnostic::error(self.places.of(&timed.expr), "ORDER BY … WITHIN takes one key")
                        .detail("It puts rows into the order of their time, and of nothing else.")
                        .hint("Sort by further keys in a second pump, behind FLOOR(s.ROWTIME TO SECOND)."),
                );
            };
            return self.within(key, relation, clause, items, aggregates);
        }
        let bound: Vec<Option<Key>> =
            keys.iter().map(|it| self.key(it, relation, clause, items, aggregates)).collect();
        Some(Order::Keys(bound.into_iter().collect::<Option<_>>()?))
    }

    fn key(
        &mut self,
        written: &ast::OrderByExpr,
        relation: &Relation,
        clause: Clause,
        items: &[Item],
        aggregates: &mut Vec<Aggregate>,
    ) -> Option<Key> {
        let descending = self.direction(written)?;
        self.key_of(&written.expr, descending, relation, clause, items, aggregates)
    }

    /// Whether a key is descending; NULLs are greater than every value.
    fn direction(&mut self, written: &ast::OrderByExpr) -> Option<bool> {
        let descending = match &written.options.sort {
            None | Some(OrderBySort::Asc) => false,
            Some(OrderBySort::Desc) => true,
            Some(OrderBySort::Using(_)) => {
                return self.refuse(
                    Diagnostic::error(self.places.of(&written.expr), "USING cannot stand in ORDER BY")
                        .hint("Write ASC or DESC."),
                );
            }
        };
        if let Some(first) = written.options.nulls_first.filter(|it| *it != descending) {
            let (place, place_here) = if first { ("first", "last") } else { ("last", "first") };
            return self.refuse(
                Diagnostic::error(self.places.of(&written.expr), "the place of NULLs cannot be chosen")
                    .detail(format!(
                        "NULL is greater than every value, so it comes {place_here} here, not {place}."
                    ))
                    .hint("Put a key before this one: CASE WHEN x IS NULL THEN 0 ELSE 1 END."),
            );
        }
        Some(descending)
    }

    fn key_of(
        &mut self,
        expr: &ast::Expr,
        descending: bool,
        relation: &Relation,
        clause: Clause,
        items: &[Item],
        aggregates: &mut Vec<Aggregate>,
    ) -> Option<Key> {
        let span = self.places.of(expr);
        if let Some(place) = ordinal(expr) {
            let Some(item) = place.checked_sub(1).and_then(|it| items.get(it)) else {
                return self.refuse(
                    Diagnostic::error(span, format!("the select list has no item {place}"))
                        .detail(format!("It has {}; a number in ORDER BY counts them from 1.", items.len()))
                        .hint("Write the number of an item, or its name."),
                );
            };
            return Some(Key::of_item(item, span, descending));
        }
        if is_rowtime(expr) {
            let bound = Bound::new(ExprKind::RowTime, SqlType::Timestamp, Growth::ROWTIME);
            return Some(Key { bound, span, seen: Vec::new(), descending, output_rowtime: true });
        }
        if let ast::Expr::Identifier(ident) = expr
            && let Some(item) = items.iter().find(|it| it.name == Name::new(ident).stored)
        {
            return Some(Key::of_item(item, span, descending));
        }
        let mut binder = self.binder(relation, clause, &[], aggregates);
        binder.names = Some(Names { items, bare_rowtime: relation.of_query() });
        let bound = binder.bind(expr);
        let seen = std::mem::take(&mut binder.seen);
        Some(Key { bound: bound?, span, seen, descending, output_rowtime: false })
    }

    fn within(
        &mut self,
        written: &ast::OrderByExpr,
        relation: &Relation,
        clause: Clause,
        items: &[Item],
        aggregates: &mut Vec<Aggregate>,
    ) -> Option<Order> {
        let (expr, slack) = within(&written.expr)?;
        let (place, slack_place) = (self.places.of(expr), self.places.of(slack));
        let by = self.key_of(expr, false, relation, clause, items, aggregates);
        let mut nothing = Vec::new();
        let slack = self.binder(relation, clause, &[], &mut nothing).bind(slack);
        if self.direction(written)? {
            return self.refuse(
                Diagnostic::error(place, "ORDER BY … WITHIN cannot be DESC")
                    .detail("Rows of a stream go on in the order of ROWTIME, and that only rises.")
                    .hint("Take DESC away."),
            );
        }
        let (by, slack) = (by?, slack?);
        let length = match (&slack.expr.kind, slack.expr.ty) {
            (ExprKind::Literal(Value::Int(length)), SqlType::Interval(it)) if !it.is_year_month() => *length,
            _ => -1,
        };
        if length < 0 {
            return self.refuse(
                Diagnostic::error(slack_place, "WITHIN needs an interval")
                    .detail("It says how late a row may come, in seconds, minutes, hours or days.")
                    .hint("Write WITHIN INTERVAL '10' SECOND."),
            );
        }
        let by_item = items.iter().find(|it| it.rowtime);
        let same = by_item.is_some_and(|it| by.output_rowtime || it.bound.expr == by.bound.expr);
        if !same {
            let text = self.places.text(place.clone());
            return self.refuse(
                Diagnostic::error(place, "ORDER BY … WITHIN needs its key in the select list, AS ROWTIME")
                    .detail("The rows come out in the order of this time, so it becomes their ROWTIME.")
                    .hint(format!("Begin the list with {text} AS ROWTIME.")),
            );
        }
        Some(Order::Within { by, slack: length })
    }

    /// Puts what ORDER BY needs behind the items of a select list, and says what lies over the query.
    pub fn arrange(
        &mut self,
        order: Order,
        items: &mut Vec<Item>,
        ordered: Ordered,
        relation: &Relation,
    ) -> Option<Arranged> {
        let visible = items.iter().filter(|it| !it.rowtime).count();
        let rowtime = items.iter().position(|it| it.rowtime);
        let keys = match order {
            Order::Keys(keys) => keys,
            Order::Within { by, slack } => {
                if ordered == Ordered::Distinct {
                    return self.refuse(
                        Diagnostic::error(by.span, "ORDER BY … WITHIN cannot follow SELECT DISTINCT")
                            .detail("A row that comes late would belong to a set that is forgotten.")
                            .hint("Sort into one stream, and take SELECT DISTINCT of that one in a second pump."),
                    );
                }
                let item = items.remove(rowtime?);
                let expr = column(visible, SqlType::Timestamp);
                for it in items.iter_mut().filter(|it| it.output_rowtime) {
                    (it.bound, it.seen, it.output_rowtime) = (item.bound.clone(), item.seen.clone(), false);
                }
                items.push(Item { rowtime: false, ..item });
                return Some(Arranged { above: Above::TimeSort { by: expr, slack }, visible });
            }
        };
        let first = keys.first()?;
        let Some(window) = first.bound.growth.window() else {
            return self.refuse(no_time(first, relation));
        };
        if let Growth::Grows { rising, .. } = first.bound.growth
            && rising == first.descending
        {
            return self.refuse(backwards(first));
        }
        let set = rowtime.map(|it| items[it].bound.expr.clone());
        let by_rowtime = first.output_rowtime || set.as_ref() == Some(&first.bound.expr);
        let rowtime = Expr { kind: ExprKind::RowTime, ty: SqlType::Timestamp };
        let lead = match (&set, ordered) {
            _ if by_rowtime => Some((rowtime, Window::Instant)),
            // Results of one window have one ROWTIME.
            (None, Ordered::Results | Ordered::Distinct) => Some((rowtime, Window::Instant)),
            (None, Ordered::Rows) if window != Window::Rows => Some((first.bound.expr.clone(), window)),
            _ => None,
        };
        // Where the bucket says all that the first key says, only the others put rows in order.
        let said = by_rowtime || lead.is_some() && ordered == Ordered::Rows;
        let mut sort = Vec::with_capacity(keys.len());
        for key in keys.into_iter().skip(usize::from(said)) {
            sort.extend(self.sort_key(key, items, ordered, set.as_ref())?);
        }
        let (leading, window) = match lead {
            Some(lead) => lead,
            None => (sort.first()?.expr.clone(), Window::Rows),
        };
        let keeps_time = window == Window::Instant;
        Some(Arranged { above: Above::Sort { leading, window, keys: sort, keeps_time }, visible })
    }

    /// The column of a key: an item of the list, or one behind it. `None` inside for a key that is the same
    /// in all rows of a bucket.
    fn sort_key(
        &mut self,
        key: Key,
        items: &mut Vec<Item>,
        ordered: Ordered,
        set: Option<&Expr>,
    ) -> Option<Option<SortKey>> {
        if key.output_rowtime && ordered != Ordered::Rows {
            return Some(None);
        }
        let Key { mut bound, span, seen, descending, output_rowtime } = key;
        if let Some(set) = set.filter(|_| output_rowtime) {
            bound.expr = set.clone();
        }
        let ty = bound.expr.ty;
        let mut plain = items.iter().filter(|it| !it.rowtime);
        if let Some(place) = plain.position(|it| it.bound.expr == bound.expr && !it.output_rowtime) {
            return Some(Some(SortKey { expr: column(place, ty), descending }));
        }
        if ordered == Ordered::Distinct {
            let text = self.places.text(span.clone());
            return self.refuse(not_an_item(span, &text));
        }
        let place = items.iter().filter(|it| !it.rowtime).count();
        let name = format!("EXPR${place}");
        items.push(Item { name, bound, span, rowtime: false, output_rowtime: false, seen });
        Some(Some(SortKey { expr: column(place, ty), descending }))
    }
}

impl Arranged {
    /// Puts the operators over the bound query.
    pub fn over(self, output: Output) -> Output {
        let Output { rel, mut columns, span } = output;
        let input = Arc::new(rel);
        let (rel, keeps_time) = match self.above {
            Above::Sort { leading, window, keys, keeps_time } => {
                (Rel::Sort { input, leading, window, keys }, keeps_time)
            }
            Above::TimeSort { by, slack } => (Rel::TimeSort { input, by, slack }, false),
        };
        let hidden = self.visible < columns.len();
        columns.truncate(self.visible);
        if !keeps_time {
            columns.iter_mut().for_each(|it| it.of_rowtime = None);
        }
        let rel = if hidden { narrowed(rel, &columns) } else { rel };
        Output { rel, columns, span }
    }
}

impl Key {
    fn of_item(item: &Item, span: Range<usize>, descending: bool) -> Self {
        let output_rowtime = item.output_rowtime || item.rowtime;
        let bound = match output_rowtime {
            true => Bound::new(ExprKind::RowTime, SqlType::Timestamp, Growth::ROWTIME),
            false => item.bound.clone(),
        };
        Key { bound, span, seen: item.seen.clone(), descending, output_rowtime }
    }
}

/// The first columns of a relation.
pub fn narrowed(rel: Rel, columns: &[OutputColumn]) -> Rel {
    let items = columns.iter().enumerate().map(|(at, it)| column(at, it.ty)).collect();
    Rel::Project { input: Arc::new(rel), items, rowtime: None }
}

fn column(at: usize, ty: SqlType) -> Expr {
    Expr { kind: ExprKind::Column(at), ty }
}

/// The two sides of `key WITHIN interval`.
fn within(expr: &ast::Expr) -> Option<(&ast::Expr, &ast::Expr)> {
    let ast::Expr::Function(function) = expr else { return None };
    let ast::FunctionArguments::List(list) = &function.args else { return None };
    let named = function.name.to_string().eq_ignore_ascii_case("WITHIN");
    match list.args.as_slice() {
        [
            ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(key)),
            ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(slack)),
        ] if named => Some((key, slack)),
        _ => None,
    }
}

/// `ORDER BY 2`: the place of an item, from 1.
fn ordinal(expr: &ast::Expr) -> Option<usize> {
    let ast::Expr::Value(ast::ValueWithSpan { value: ast::Value::Number(written, _), .. }) = expr else {
        return None;
    };
    written.parse().ok()
}

fn is_rowtime(expr: &ast::Expr) -> bool {
    matches!(expr, ast::Expr::Identifier(it)
        if it.quote_style.is_none() && it.value.eq_ignore_ascii_case("ROWTIME"))
}

fn no_time(key: &Key, relation: &Relation) -> Diagnostic {
    Diagnostic::error(key.span.clone(), "ORDER BY over a stream begins with a key that grows with time")
        .detail("Rows are gathered until that key changes; by this one alone the sort would never end.")
        .hint(format!("Begin with FLOOR({}.ROWTIME TO SECOND), then write this key.", qualifier(relation)))
}

fn backwards(key: &Key) -> Diagnostic {
    Diagnostic::error(key.span.clone(), "the first key of ORDER BY cannot turn time round")
        .detail("Rows of a stream go on in the order of ROWTIME, and that only rises.")
        .hint("Take DESC away from the first key; later keys may have it.")
}

fn not_an_item(span: Range<usize>, text: &str) -> Diagnostic {
    Diagnostic::error(span, format!("{text} is not an item of SELECT DISTINCT"))
        .detail("One row stands for several, which may differ in what is not in the list.")
        .hint("Add it to the select list, or take it out of ORDER BY.")
}

/// ROWTIME inside an expression of ORDER BY, without the name of its stream.
pub fn unqualified(span: Range<usize>, relation: &Relation) -> Diagnostic {
    Diagnostic::error(span, "ROWTIME inside an expression of ORDER BY needs the name of its stream")
        .detail("By itself ROWTIME is the time of the row that comes out, which is not known yet.")
        .hint(format!("Write {}.ROWTIME.", relation.clock()))
}
