//! FROM: streams, reference tables and queries in parentheses, the names they go by, and how several of
//! them become one relation (sql.md 1.6 and 1.14).

use std::ops::Range;
use std::sync::Arc;

use sqlparser::ast::{
    self, JoinConstraint, JoinOperator, NamedWindowDefinition, Spanned, TableFactor, TableVersion,
    TableWithJoins,
};

use crate::sql::ast::{Name, bytes, shown};
use crate::sql::bind::Session;
use crate::sql::bind::join::{Joining, Side};
use crate::sql::bind::row;
use crate::sql::bind::scope::{Origin, Relation, ScopeColumn};
use crate::sql::diag::Diagnostic;
use crate::sql::dialect::reserved;
use crate::sql::parse::{reserved_word, single_name};
use crate::sql::plan::{JoinKind, Rel, TableId};

/// The windows a query names behind WINDOW.
pub type Windows<'a> = &'a [NamedWindowDefinition];

impl Session<'_> {
    pub fn from(&mut self, select: &ast::Select) -> Option<Relation> {
        if select.from.is_empty() {
            return self.refuse(
                Diagnostic::error(bytes(select.select_token.0.span), "this query reads from nothing")
                    .detail("Rows come from a stream.")
                    .hint("Write FROM and the name of a stream."),
            );
        }
        let sides: Vec<Option<Side>> =
            select.from.iter().map(|it| self.joined(it, &select.named_window)).collect();
        let mut sides = sides.into_iter().collect::<Option<Vec<_>>>()?.into_iter();
        let mut all = sides.next()?;
        for side in sides {
            all = self.join(all, side, JoinKind::Inner, Joining::All)?;
        }
        self.finish_from(all)
    }

    /// What a window is good for is known at the end.
    fn finish_from(&mut self, side: Side) -> Option<Relation> {
        let window = side.window.and_then(|it| it.span);
        if let (Some(span), [_]) = (window.clone(), side.relation.parts.as_slice()) {
            return self.refuse(
                Diagnostic::error(span, "a window behind a stream belongs to a join")
                    .detail("It says how long a row waits for a partner, and here is no other stream.")
                    .hint(
                        "Write JOIN and the other stream; for sliding results write OVER behind a function.",
                    ),
            );
        }
        if let Some(span) = window {
            self.said.push(
                Diagnostic::note(span, "a join with a reference table needs no window")
                    .detail("Its rows are always there, so no row of the stream waits.")
                    .hint("Take OVER away."),
            );
        }
        Some(side.relation)
    }

    /// One item between commas: a stream, and what is joined to it from left to right.
    fn joined(&mut self, item: &TableWithJoins, windows: Windows) -> Option<Side> {
        let mut all = self.factor(&item.relation, windows);
        for join in &item.joins {
            let side = self.factor(&join.relation, windows);
            let Some((kind, joining)) = self.joining(&join.join_operator, &join.relation) else {
                all = None;
                continue;
            };
            all = match (all, side) {
                (Some(left), Some(right)) => self.join(left, right, kind, joining),
                _ => None,
            };
        }
        all
    }

    /// How JOIN joins.
    fn joining<'a>(
        &mut self,
        operator: &'a JoinOperator,
        right: &TableFactor,
    ) -> Option<(JoinKind, Joining<'a>)> {
        let (kind, constraint) = match operator {
            JoinOperator::Join(it) | JoinOperator::Inner(it) => (JoinKind::Inner, it),
            JoinOperator::Left(it) | JoinOperator::LeftOuter(it) => (JoinKind::Left, it),
            JoinOperator::Right(it) | JoinOperator::RightOuter(it) => (JoinKind::Right, it),
            JoinOperator::FullOuter(it) => (JoinKind::Full, it),
            JoinOperator::CrossJoin(JoinConstraint::None) => return Some((JoinKind::Inner, Joining::All)),
            JoinOperator::CrossJoin(_) => {
                let end = bytes(right.span()).end;
                let place = ["ON", "USING"].iter().filter_map(|it| self.places.word(end, it));
                let place = place.min_by_key(|it| it.start).unwrap_or(bytes(right.span()));
                return self.refuse(
                    Diagnostic::error(place, "CROSS JOIN takes no condition")
                        .detail("It gives every pair of rows.")
                        .hint("Write JOIN instead of CROSS JOIN, or move the condition to WHERE."),
                );
            }
            _ => {
                return self.refuse(
                    Diagnostic::error(bytes(right.span()), "this kind of join is not part of this language")
                        .detail("There are JOIN, LEFT JOIN, RIGHT JOIN, FULL JOIN and CROSS JOIN."),
                );
            }
        };
        let joining = match constraint {
            JoinConstraint::On(condition) => Joining::On(condition),
            JoinConstraint::Using(names) | JoinConstraint::UsingAlias(names, _) => {
                let mut columns = Vec::with_capacity(names.len());
                for name in names {
                    match single_name(name) {
                        Ok(name) => columns.push(name),
                        Err(error) => return self.refuse(error),
                    }
                }
                Joining::Using(columns)
            }
            JoinConstraint::Natural => Joining::Natural,
            JoinConstraint::None => {
                return self.refuse(
                    Diagnostic::error(bytes(right.span()), "this join needs a condition")
                        .detail("Behind the second stream ON says which rows belong together.")
                        .hint("Write ON a.id = b.id behind it, or CROSS JOIN for every pair."),
                );
            }
        };
        Some((kind, joining))
    }

    fn factor(&mut self, factor: &TableFactor, windows: Windows) -> Option<Side> {
        let span = bytes(factor.span());
        match factor {
            TableFactor::Table { sample: Some(_), .. } | TableFactor::Derived { sample: Some(_), .. } => self
                .refuse(
                    Diagnostic::error(bytes(factor.span()), "TABLESAMPLE is not part of this language")
                        .detail("A pump reads every row of its stream.")
                        .hint("Keep fewer rows with WHERE, for example WHERE MOD(n, 10) = 0."),
                ),
            TableFactor::Table { name, alias, args: None, version, .. } => {
                let name = match single_name(name) {
                    Ok(name) => name,
                    Err(error) => return self.refuse(error),
                };
                let relation = self.named_relation(&name);
                let window = match version {
                    Some(TableVersion::ForSystemTimeAsOf(over)) => Some(self.reach(over, windows)?),
                    _ => None,
                };
                let relation = self.rename(relation?, alias.as_ref())?;
                let span = name.span.start..alias.as_ref().map_or(name.span.end, |it| bytes(it.span()).end);
                if let (Some(window), true) = (&window, relation.finite()) {
                    let place = window.span.clone().unwrap_or(span);
                    return self.refuse(no_window(place));
                }
                Some(Side { relation, window, limits: Vec::new(), span })
            }
            TableFactor::Derived { subquery, alias, lateral: false, .. } => {
                let output = self.query(subquery, false)?;
                let relation = Relation::of_output(row::readable(output.rel), output.columns, None);
                let relation = self.rename(relation, alias.as_ref())?;
                let begins = bytes(subquery.span()).start;
                let over = self.behind_queries.iter().find(|it| it.0 == begins).map(|it| it.1.clone());
                let window = match over {
                    Some(over) if relation.finite() => {
                        return self.refuse(no_window(self.places.of(&over)));
                    }
                    Some(over) => Some(self.reach(&over, windows)?),
                    None => None,
                };
                Some(Side { relation, window, limits: Vec::new(), span })
            }
            TableFactor::TableFunction { expr, alias } => {
                let relation = self.table_function(expr)?;
                let relation = self.rename(relation, alias.as_ref())?;
                Some(Side { relation, window: None, limits: Vec::new(), span })
            }
            TableFactor::Table { name, .. } | TableFactor::Function { name, .. } => {
                self.bare_table_function(name, bytes(name.span()))?;
                None
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => {
                self.joined(table_with_joins, windows)
            }
            _ => {
                self.refuse(Diagnostic::error(span, "this cannot stand in FROM").detail(
                    "FROM takes streams, reference tables, queries in parentheses and table functions.",
                ))
            }
        }
    }

    /// The stream or reference table of a name.
    fn named_relation(&mut self, name: &Name) -> Option<Relation> {
        let table = self.tables.iter().position(|it| it.name == name.stored);
        let (Some(at), None) = (table, self.find(&name.stored)) else { return self.stream_relation(name) };
        let table = &self.tables[at];
        let column = |it: &crate::sql::plan::ColumnDef| ScopeColumn::new(it.name.clone(), it.ty, true);
        let columns = table.columns.iter().map(column).collect();
        let (name, rel) = (table.name.clone(), Rel::Reference { table: TableId(at) });
        Some(Relation::new(Some(name.clone()), Origin::Table(name), columns, Arc::new(rel)))
    }

    /// `AS t` and `AS t(a, b)`.
    fn rename(&mut self, mut relation: Relation, alias: Option<&ast::TableAlias>) -> Option<Relation> {
        let Some(alias) = alias else { return Some(relation) };
        let name = self.alias(&Name::new(&alias.name))?;
        if !alias.columns.is_empty() {
            let visible = relation.columns.iter().filter(|it| it.visible).count();
            let names: Vec<Name> = alias.columns.iter().map(|it| Name::new(&it.name)).collect();
            if names.len() != visible {
                let span = name.span.start..names.last().map_or(name.span.end, |it| it.span.end);
                let message = format!("{} names for {visible} columns", names.len());
                return self.refuse(
                    Diagnostic::error(span, message)
                        .detail("The list behind an alias names every column; ROWTIME does not count.")
                        .hint(format!("The columns are {}.", relation.listing())),
                );
            }
            for name in &names {
                self.alias(name)?;
            }
            for (column, name) in relation.columns.iter_mut().filter(|it| it.visible).zip(&names) {
                column.name.clone_from(&name.stored);
            }
        }
        relation.parts[0].name = Some(name.stored);
        Some(relation)
    }

    /// A name given with AS: a reserved word can be one only in quotes.
    pub fn alias(&mut self, name: &Name) -> Option<Name> {
        if !name.quoted && reserved(&name.stored) {
            return self.refuse(reserved_word(name.span.clone(), &name.written));
        }
        Some(name.clone())
    }

    /// Why a query over reference tables alone cannot stand here (sql.md 1.7 and 6.6).
    pub fn no_stream_in(
        &self,
        select: &ast::Select,
        relation: &Relation,
        outermost: bool,
    ) -> Option<Diagnostic> {
        let at = bytes(select.select_token.0.span);
        let title = relation.title();
        if outermost || self.streaming.contains(&at.start) {
            let place = self.places.next(at.end).filter(|it| self.places.is(it, "STREAM")).unwrap_or(at);
            return Some(
                Diagnostic::error(place, format!("reference table {title} is not a stream"))
                    .detail("Its rows are loaded once and do not flow, so a query over it alone gives none.")
                    .hint(format!("Join it with a stream: FROM s JOIN {title} AS t ON s.id = t.id.")),
            );
        }
        let groups = matches!(&select.group_by, ast::GroupByExpr::Expressions(keys, _) if keys.is_empty());
        if !groups || select.distinct.is_some() || select.having.is_some() {
            return Some(
                Diagnostic::error(at, format!("rows of reference table {title} cannot be grouped"))
                    .detail("A query over a reference table alone chooses rows and columns, nothing else.")
                    .hint("Join it with a stream and group there, or load the table as you need it."),
            );
        }
        None
    }

    /// Why a name stands in FROM twice (sql.md 7.3).
    pub fn twice(&self, name: &str, span: Range<usize>) -> Diagnostic {
        let name = shown(name);
        Diagnostic::error(span, format!("{name} is in FROM twice"))
            .detail(format!("{name} before a column's name could then mean either of the two."))
            .hint(format!("Give each a name of its own: FROM {name} AS a JOIN {name} AS b."))
    }
}

fn no_window(place: Range<usize>) -> Diagnostic {
    Diagnostic::error(place, "a reference table takes no window")
        .detail("A window says how long a row waits, and the rows of a table are always there.")
        .hint("Take OVER away.")
}
