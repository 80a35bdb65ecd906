//! Queries: FROM, WHERE, GROUP BY, the select list and DISTINCT become a tree of operators.

use std::ops::Range;
use std::sync::Arc;

use sqlparser::ast::{
    self, Distinct, GroupByExpr, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, Spanned,
};

use crate::sql::ast::{Name, bytes, shown};
use crate::sql::bind::expr::{
    AGGREGATES_FROM, Binder, Bound, Clause, OUTPUT_ROWTIME, coerce, text_like_a_name,
};
use crate::sql::bind::order::{self, Ordered};
use crate::sql::bind::scope::Relation;
use crate::sql::bind::{Session, group, mismatch, set, stagger};
use crate::sql::diag::Diagnostic;
use crate::sql::monotonic::Growth;
use crate::sql::parse::single_name;
use crate::sql::plan::{Aggregate, Expr, ExprKind, Rel, Window};
use crate::sql::value::{SqlType, Value};

/// A bound query and what comes out of it.
pub struct Output {
    pub rel: Rel,
    pub columns: Vec<OutputColumn>,
    /// The select list.
    pub span: Range<usize>,
}

/// A column that comes out of a query.
#[derive(Clone)]
pub struct OutputColumn {
    pub name: String,
    pub ty: SqlType,
    pub span: Range<usize>,
    /// For a function of ROWTIME alone in a query that keeps ROWTIME: that function.
    pub of_rowtime: Option<(Expr, Growth)>,
}

/// One item of a select list, bound.
pub struct Item {
    pub name: String,
    pub bound: Bound,
    pub span: Range<usize>,
    /// `expr AS ROWTIME`: the time of the row, not a column of it.
    pub rowtime: bool,
    /// ROWTIME by itself: the time of the row that comes out.
    pub output_rowtime: bool,
    /// Columns of the input it names, and where.
    pub seen: group::Seen,
}

impl Session<'_> {
    /// Binds a query. `None` when something in it is wrong; what is wrong is said.
    pub fn query(&mut self, query: &ast::Query, outermost: bool) -> Option<Output> {
        let span = bytes(query.span());
        if let Some(with) = &query.with {
            return self.refuse(
                Diagnostic::error(bytes(with.with_token.0.span), "WITH is not part of this language")
                    .detail("A named step of a query is a stream of its own here.")
                    .hint("Create a stream and a pump for it, and read from that stream."),
            );
        }
        if query.limit_clause.is_some() || query.fetch.is_some() {
            let body = bytes(query.body.span()).end;
            let words = ["LIMIT", "OFFSET", "FETCH"];
            let found = words.iter().filter_map(|it| Some((self.places.word(body, it)?, *it)));
            let (place, word) = found.min_by_key(|it| it.0.start).unwrap_or((span, "LIMIT"));
            return self.refuse(
                Diagnostic::error(place, format!("{word} is not part of this language"))
                    .detail("A stream has no end, so there are no first rows of it.")
                    .hint(format!("Take {word} away; to keep fewer rows filter them with WHERE.")),
            );
        }
        if !query.locks.is_empty() {
            let place = self.places.word(bytes(query.body.span()).end, "FOR").unwrap_or(span);
            return self.refuse(
                Diagnostic::error(place, "FOR UPDATE is not part of this language")
                    .detail("Rows of a stream cannot be locked or changed.")
                    .hint("Take it away."),
            );
        }
        let order = query.order_by.as_ref();
        if let (Some(order), false) = (order, matches!(&*query.body, SetExpr::Select(_))) {
            let output = self.body(&query.body, None, outermost)?;
            return self.ordered(output, order, set::name(&query.body));
        }
        self.body(&query.body, order, outermost)
    }

    /// ORDER BY over a whole query: its columns have the names that come out of it.
    fn ordered(&mut self, output: Output, order: &ast::OrderBy, name: Option<String>) -> Option<Output> {
        let Output { rel, columns, span } = output;
        let relation = Relation::of_output(rel, columns, name);
        let mut none = Vec::new();
        let mut items = self.star(&relation, None, Clause::Select, span.clone(), &mut none);
        let around = self.open_windows(&[]);
        let order = self.order(order, &relation, Clause::Select, &items, &mut none);
        let over = std::mem::replace(&mut self.over, around);
        let arranged = self.arrange(order?, &mut items, Ordered::Rows, &relation)?;
        let input = over.slide((*relation.rel).clone(), relation.columns.len(), &mut items);
        Some(arranged.over(project(input, items, span)))
    }

    pub fn select(
        &mut self,
        select: &ast::Select,
        order: Option<&ast::OrderBy>,
        outermost: bool,
    ) -> Option<Output> {
        let relation = self.read(select, outermost)?;
        let around = self.open_windows(&select.named_window);
        let output = self.select_from(select, order, relation);
        self.over = around;
        output
    }

    /// The query behind its FROM.
    fn select_from(
        &mut self,
        select: &ast::Select,
        order: Option<&ast::OrderBy>,
        relation: Relation,
    ) -> Option<Output> {
        let aliases = aliases(&select.projection);
        let written = self.written_keys(select)?;
        let stagger = stagger::of(written);
        let keys = stagger.as_ref().map_or(written, |it| it.keys);
        let mut aggregates = Vec::new();
        let chosen = self.chosen(select.selection.as_ref(), &relation, &aliases, &mut aggregates);
        let clause = if keys.is_empty() { Clause::Select } else { Clause::SelectGroups };
        let items = self.items(select, &relation, clause, &mut aggregates);
        let groups = self.groups(keys, &relation, &aliases);
        let having = select.having.as_ref().map(|it| {
            let mut binder = self.binder(&relation, Clause::Having, &[], &mut aggregates);
            let bound = binder.condition(it, "HAVING");
            let seen = std::mem::take(&mut binder.seen);
            bound.map(|it| (it, seen))
        });
        let order = match (order, &items) {
            (Some(order), Some(items)) => Some(self.order(order, &relation, clause, items, &mut aggregates)),
            _ => None,
        };
        let length = stagger.as_ref().map(|it| self.stagger_length(it, written, &relation));
        let span = self.list_span(select);
        let mut chosen = chosen?;
        let (mut items, groups, having) = (items?, groups?, flatten(having)?);
        let (order, stagger) = (flatten(order)?, flatten(length)?);
        let mut input = (*relation.rel).clone();
        if let Some(condition) = chosen.condition.take().and_then(|it| self.absorb(&mut input, it)) {
            input = Rel::Filter { input: Arc::new(input), condition };
        }
        let input = chosen.over(input);
        let lone = keys.is_empty();
        let distinct = self.distinguishes(select, span.clone())?;
        if lone && let Some(error) = self.ungrouped(select, &relation, &aggregates, span.clone()) {
            return self.refuse(error);
        }
        let ordered = Ordered::of(distinct, lone);
        let arranged = flatten(order.map(|it| self.arrange(it, &mut items, ordered, &relation)))?;
        let input = std::mem::take(&mut self.over).slide(input, relation.columns.len(), &mut items);
        let output = if !lone {
            let relation = &relation;
            let request =
                group::Request { relation, input, keys, stagger, groups, aggregates, items, having, span };
            let output = self.aggregate(request)?;
            if distinct { distinct_results(output) } else { output }
        } else if distinct {
            self.distinct(&relation, input, items, span)?
        } else {
            project(input, items, span)
        };
        Some(match arranged {
            Some(arranged) => arranged.over(output),
            None => output,
        })
    }

    /// GROUP BY as it is written.
    fn written_keys<'s>(&mut self, select: &'s ast::Select) -> Option<&'s [ast::Expr]> {
        match &select.group_by {
            GroupByExpr::Expressions(keys, modifiers) if modifiers.is_empty() => Some(keys),
            other => self.refuse(Diagnostic::error(bytes(other.span()), "GROUP BY takes expressions")),
        }
    }

    /// What FROM names. A query that does not say STREAM is told so.
    fn read(&mut self, select: &ast::Select, outermost: bool) -> Option<Relation> {
        if outermost && !self.streaming.contains(&bytes(select.select_token.0.span).start) {
            self.said.push(
                Diagnostic::note(
                    bytes(select.select_token.0.span),
                    "a query over a stream says SELECT STREAM",
                )
                .detail("Inside a pump it is read as if STREAM stood there.")
                .hint("Write SELECT STREAM."),
            );
        }
        if let Some(error) = self.foreign_clause(select) {
            return self.refuse(error);
        }
        let relation = self.from(select)?;
        if relation.finite()
            && let Some(error) = self.no_stream_in(select, &relation, outermost)
        {
            return self.refuse(error);
        }
        Some(relation)
    }

    /// Whether a query says DISTINCT.
    fn distinguishes(&mut self, select: &ast::Select, span: Range<usize>) -> Option<bool> {
        match &select.distinct {
            Some(Distinct::On(_)) => self.refuse(
                Diagnostic::error(span, "DISTINCT ON is not part of this language")
                    .hint("Write SELECT STREAM DISTINCT."),
            ),
            distinct => Some(*distinct == Some(Distinct::Distinct)),
        }
    }

    /// What a query without GROUP BY cannot have.
    fn ungrouped(
        &self,
        select: &ast::Select,
        relation: &Relation,
        aggregates: &[Aggregate],
        span: Range<usize>,
    ) -> Option<Diagnostic> {
        if let Some(having) = &select.having {
            return Some(having_alone(self.places.of(having)));
        }
        if let Some(error) = self.over.misfit(!aggregates.is_empty(), relation.finite()) {
            return Some(error);
        }
        (!aggregates.is_empty()).then(|| self.endless(relation, span))
    }

    pub fn binder<'s>(
        &'s mut self,
        relation: &'s Relation,
        clause: Clause,
        aliases: &'s [String],
        aggregates: &'s mut Vec<Aggregate>,
    ) -> Binder<'s, 's> {
        Binder {
            places: &self.places,
            relation,
            clause,
            aliases,
            said: &mut self.said,
            aggregates,
            seen: Vec::new(),
            names: None,
            over: &mut self.over,
            functions: &self.functions,
            user: &self.pump,
        }
    }

    /// Clauses that other databases have.
    fn foreign_clause(&self, select: &ast::Select) -> Option<Diagnostic> {
        let (name, hint) = match select {
            it if it.top.is_some() => ("TOP", "A stream has no first rows; filter them with WHERE."),
            it if it.into.is_some() => ("SELECT INTO", "Write INSERT INTO stream before SELECT STREAM."),
            it if it.qualify.is_some() => ("QUALIFY", "Filter in a second pump."),
            it if it.prewhere.is_some() => ("PREWHERE", "Write WHERE."),
            it if !it.lateral_views.is_empty() => {
                ("LATERAL VIEW", "A path such as $.list[0:].x in the schema gives a row per element.")
            }
            it if !it.connect_by.is_empty() => ("CONNECT BY", "Take it away."),
            it if !it.cluster_by.is_empty() || !it.distribute_by.is_empty() || !it.sort_by.is_empty() => {
                ("SORT BY", "Rows of a stream are in the order of ROWTIME.")
            }
            _ => return None,
        };
        let span = bytes(select.select_token.0.span);
        Some(
            Diagnostic::error(span, format!("{name} is not part of this language"))
                .detail("Other databases have it; this language does not.")
                .hint(hint),
        )
    }

    /// The select list, from its first to its last token.
    fn list_span(&self, select: &ast::Select) -> Range<usize> {
        let place = |it: &SelectItem| match it {
            SelectItem::UnnamedExpr(expr) => self.places.of(expr),
            SelectItem::ExprWithAlias { expr, alias } => self.places.of(expr).start..bytes(alias.span).end,
            other => bytes(other.span()),
        };
        let start = select.projection.first().map_or(0, |it| place(it).start);
        start..select.projection.last().map_or(start, |it| place(it).end).max(start)
    }

    /// Binds every item; `None` if one of them is wrong.
    fn items(
        &mut self,
        select: &ast::Select,
        relation: &Relation,
        clause: Clause,
        aggregates: &mut Vec<Aggregate>,
    ) -> Option<Vec<Item>> {
        let mut items = Vec::new();
        let mut whole = true;
        for written in &select.projection {
            match self.item(written, relation, clause, items.len(), aggregates) {
                Some(more) => items.extend(more),
                None => whole = false,
            }
        }
        whole.then_some(items)
    }

    fn item(
        &mut self,
        written: &SelectItem,
        relation: &Relation,
        clause: Clause,
        position: usize,
        aggregates: &mut Vec<Aggregate>,
    ) -> Option<Vec<Item>> {
        match written {
            SelectItem::UnnamedExpr(expr) => self.named(expr, None, relation, clause, position, aggregates),
            SelectItem::ExprWithAlias { expr, alias } => {
                self.named(expr, Some(Name::new(alias)), relation, clause, position, aggregates)
            }
            SelectItem::Wildcard(options) => {
                let span = bytes(options.wildcard_token.0.span);
                Some(self.star(relation, None, clause, span, aggregates))
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                let name = match single_name(name) {
                    Ok(name) => name,
                    Err(error) => return self.refuse(error),
                };
                let Some(part) = relation.part(&name.stored) else {
                    return self.refuse(relation.unknown_qualifier(&name));
                };
                Some(self.star(relation, Some(part), clause, name.span, aggregates))
            }
            other => {
                self.refuse(Diagnostic::error(bytes(other.span()), "this item is not part of this language"))
            }
        }
    }

    /// `*` and `t.*`: every declared column, without ROWTIME.
    fn star(
        &mut self,
        relation: &Relation,
        part: Option<usize>,
        clause: Clause,
        span: Range<usize>,
        aggregates: &mut Vec<Aggregate>,
    ) -> Vec<Item> {
        let mut binder = self.binder(relation, clause, &[], aggregates);
        let item = |at: usize| Item {
            name: relation.columns[at].name.clone(),
            bound: binder.column(at, span.clone()),
            span: span.clone(),
            rowtime: false,
            output_rowtime: false,
            seen: vec![(at, span.clone())],
        };
        relation.star(part).into_iter().map(item).collect()
    }

    fn named(
        &mut self,
        expr: &ast::Expr,
        alias: Option<Name>,
        relation: &Relation,
        clause: Clause,
        position: usize,
        aggregates: &mut Vec<Aggregate>,
    ) -> Option<Vec<Item>> {
        let mut binder = self.binder(relation, clause, &[], aggregates);
        let bound = binder.bind(expr);
        let seen = std::mem::take(&mut binder.seen);
        let span = self.places.of(expr);
        let rowtime = alias.as_ref().is_some_and(|it| it.stored == "ROWTIME");
        if let Some(name) = &alias
            && !rowtime
        {
            self.alias(name)?;
        }
        let bound = bound?;
        if let ExprKind::Literal(Value::Null) = bound.expr.kind
            && bound.expr.ty == SqlType::Null
        {
            return self.refuse(mismatch::bare_null(span, None));
        }
        if rowtime && bound.expr.ty != SqlType::Timestamp {
            return self.refuse(
                Diagnostic::error(span, format!("ROWTIME is a TIMESTAMP, not {}", bound.expr.ty))
                    .detail("AS ROWTIME sets the time of the row that comes out.")
                    .hint("Give it a TIMESTAMP, or another name."),
            );
        }
        self.spells_a_column(&bound, relation, span.clone());
        let output_rowtime = matches!(expr, ast::Expr::Identifier(it)
            if it.quote_style.is_none() && it.value.eq_ignore_ascii_case("ROWTIME"));
        let name = alias.map(|it| it.stored).unwrap_or_else(|| default_name(expr, position));
        Some(vec![Item { name, bound, span, rowtime, output_rowtime: output_rowtime && !rowtime, seen }])
    }

    /// `'sensorId'` where `"sensorId"` was meant.
    fn spells_a_column(&mut self, bound: &Bound, relation: &Relation, span: Range<usize>) {
        let ExprKind::Literal(Value::Text(text)) = &bound.expr.kind else { return };
        let upper = text.to_uppercase();
        if let Some(column) = relation.columns.iter().find(|it| it.name.to_uppercase() == upper) {
            self.said.push(text_like_a_name(text, &column.name, span));
        }
    }

    /// SELECT DISTINCT: each combination once per value of the item that grows with time.
    fn distinct(
        &mut self,
        relation: &Relation,
        input: Rel,
        items: Vec<Item>,
        span: Range<usize>,
    ) -> Option<Output> {
        let bare = |it: &Item| matches!(it.bound.expr.kind, ExprKind::RowTime);
        let grows = |it: &Item| it.bound.growth.window().is_some() && !it.rowtime;
        let found = items
            .iter()
            .position(|it| it.bound.growth.of_rowtime() && !bare(it) && !it.rowtime)
            .or_else(|| items.iter().position(|it| grows(it) && !bare(it)))
            .or_else(|| items.iter().position(grows));
        let Some(monotonic) = found else {
            return self.refuse(no_floor(relation, span));
        };
        let window = items[monotonic].bound.growth.window()?;
        // ROWTIME by itself is the time of the row that comes out, unless it is what closes the window.
        let inner: Vec<usize> =
            (0..items.len()).filter(|&at| !items[at].output_rowtime || at == monotonic).collect();
        let place = |at: usize| inner.iter().position(|&it| it == at);
        let compared =
            (0..inner.len()).filter(|&at| !bare(&items[inner[at]]) || inner[at] == monotonic).collect();
        let rel = Rel::Distinct {
            input: Arc::new(input),
            items: inner.iter().map(|&at| items[at].bound.expr.clone()).collect(),
            compared,
            monotonic: place(monotonic)?,
            window,
        };
        let plain = inner.len() == items.len() && !items.iter().any(|it| it.rowtime);
        if plain {
            return Some(Output { rel, columns: items.into_iter().map(plain_column).collect(), span });
        }
        let mut items = items;
        for (at, item) in items.iter_mut().enumerate() {
            let kind = place(at).map_or(ExprKind::RowTime, ExprKind::Column);
            item.bound = Bound::new(kind, item.bound.expr.ty, Growth::Other);
        }
        Some(project(rel, items, span))
    }

    /// An aggregate without GROUP BY.
    fn endless(&self, relation: &Relation, span: Range<usize>) -> Diagnostic {
        Diagnostic::error(span, "this aggregate would never end: the query has no GROUP BY")
            .detail("A stream has no last row, so an aggregate needs a window of time.")
            .hint(format!("Write GROUP BY FLOOR({}.ROWTIME TO MINUTE).", group::qualifier(relation)))
    }
}

/// Puts the items over a relation.
pub fn project(input: Rel, items: Vec<Item>, span: Range<usize>) -> Output {
    let rowtime = items.iter().find(|it| it.rowtime).map(|it| it.bound.expr.clone());
    let kept: Vec<Item> = items.into_iter().filter(|it| !it.rowtime).collect();
    let exprs = kept
        .iter()
        .map(|it| match (&rowtime, it.output_rowtime) {
            (Some(rowtime), true) => rowtime.clone(),
            _ => it.bound.expr.clone(),
        })
        .collect();
    let keeps_time = rowtime.is_none();
    let columns = kept
        .into_iter()
        .map(|it| {
            let function = keeps_time && it.bound.growth.of_rowtime();
            let of_rowtime = function.then(|| (it.bound.expr.clone(), it.bound.growth));
            OutputColumn { of_rowtime, ..plain_column(it) }
        })
        .collect();
    Output { rel: Rel::Project { input: Arc::new(input), items: exprs, rowtime }, columns, span }
}

fn plain_column(item: Item) -> OutputColumn {
    OutputColumn { name: item.name, ty: item.bound.expr.ty, span: item.span, of_rowtime: None }
}

/// A column's own name, or EXPR$ and its position.
fn default_name(expr: &ast::Expr, position: usize) -> String {
    match expr {
        ast::Expr::Identifier(ident) => Name::new(ident).stored,
        ast::Expr::CompoundIdentifier(parts) => {
            parts.last().map_or_else(|| format!("EXPR${position}"), |it| Name::new(it).stored)
        }
        _ => format!("EXPR${position}"),
    }
}

fn aliases(items: &[SelectItem]) -> Vec<String> {
    let alias = |it: &SelectItem| match it {
        SelectItem::ExprWithAlias { alias, .. } => Some(Name::new(alias).stored),
        _ => None,
    };
    items.iter().filter_map(alias).collect()
}

/// An optional clause: absent is fine, wrong is not.
fn flatten<T>(clause: Option<Option<T>>) -> Option<Option<T>> {
    match clause {
        None => Some(None),
        Some(bound) => bound.map(Some),
    }
}

fn having_alone(span: Range<usize>) -> Diagnostic {
    Diagnostic::error(span, "HAVING needs GROUP BY")
        .detail("HAVING filters groups, and this query has none.")
        .hint("Filter rows with WHERE.")
}

fn no_floor(relation: &Relation, span: Range<usize>) -> Diagnostic {
    Diagnostic::error(span, "SELECT STREAM DISTINCT needs an expression that only grows with time")
        .detail("It remembers the rows it has seen, and forgets them when that expression changes.")
        .hint(format!("Add FLOOR({}.ROWTIME TO SECOND) to the list.", group::qualifier(relation)))
}

/// SELECT DISTINCT over the results of windows: each combination once per window, which gives all its results
/// one ROWTIME.
fn distinct_results(output: Output) -> Output {
    let Output { rel, columns, span } = output;
    let mut items: Vec<Expr> =
        columns.iter().enumerate().map(|(at, it)| Expr { kind: ExprKind::Column(at), ty: it.ty }).collect();
    items.push(Expr { kind: ExprKind::RowTime, ty: SqlType::Timestamp });
    let (compared, monotonic) = ((0..items.len()).collect(), columns.len());
    let window = Window::Instant;
    let distinct = Rel::Distinct { input: Arc::new(rel), items, compared, monotonic, window };
    Output { rel: order::narrowed(distinct, &columns), columns, span }
}

/// Replaces what stands for the output's ROWTIME and for aggregates; used by [`group`].
pub fn is_placeholder(kind: &ExprKind) -> Option<usize> {
    match kind {
        ExprKind::Column(OUTPUT_ROWTIME) => Some(OUTPUT_ROWTIME),
        ExprKind::Column(at) if AGGREGATES_FROM <= *at => Some(*at),
        _ => None,
    }
}

/// The assignments of an insert: each target column takes its item, or NULL.
pub fn assign(columns: &[OutputColumn], targets: &[(SqlType, Option<usize>)]) -> Vec<Expr> {
    targets
        .iter()
        .map(|&(ty, item)| match item.and_then(|at| Some((at, columns.get(at)?))) {
            Some((at, column)) => coerce(Expr { kind: ExprKind::Column(at), ty: column.ty }, ty),
            None => Expr { kind: ExprKind::Literal(Value::Null), ty },
        })
        .collect()
}

/// How an item reads in a message.
pub fn item_text(column: &OutputColumn, text: &str) -> String {
    let written = super::scope::excerpt(text, column.span.clone());
    if written == "*"
        || written.is_empty()
        || text.get(column.span.clone()).is_some_and(|it| it.ends_with('*'))
    {
        return shown(&column.name);
    }
    written
}
