//! FROM: one stream or one query in parentheses, and the names it goes by (sql.md 1.6).

use std::sync::Arc;

use sqlparser::ast::{self, Spanned, TableFactor};

use crate::sql::ast::{Name, bytes};
use crate::sql::bind::scope::{Relation, ScopeColumn};
use crate::sql::bind::{Session, not_yet};
use crate::sql::diag::Diagnostic;
use crate::sql::dialect::reserved;
use crate::sql::parse::{reserved_word, single_name};

impl Session<'_> {
    pub fn from(&mut self, select: &ast::Select) -> Option<Relation> {
        let Some(first) = select.from.first() else {
            return self.refuse(
                Diagnostic::error(bytes(select.select_token.0.span), "this query reads from nothing")
                    .detail("Rows come from a stream.")
                    .hint("Write FROM and the name of a stream."),
            );
        };
        let second = first.joins.first().map(|it| &it.relation).or(select.from.get(1).map(|it| &it.relation));
        if let Some(second) = second {
            let start = bytes(first.relation.span()).start;
            return self.refuse(not_yet(start..bytes(second.span()).end.max(start), "joins"));
        }
        self.factor(&first.relation)
    }

    fn factor(&mut self, factor: &TableFactor) -> Option<Relation> {
        match factor {
            TableFactor::Table { sample: Some(_), .. } | TableFactor::Derived { sample: Some(_), .. } => self
                .refuse(
                    Diagnostic::error(bytes(factor.span()), "TABLESAMPLE is not part of this language")
                        .detail("A pump reads every row of its stream.")
                        .hint("Keep fewer rows with WHERE, for example WHERE MOD(n, 10) = 0."),
                ),
            TableFactor::Table { name, alias, args: None, version: None, .. } => {
                let name = match single_name(name) {
                    Ok(name) => name,
                    Err(error) => return self.refuse(error),
                };
                let relation = self.stream_relation(&name)?;
                self.rename(relation, alias.as_ref())
            }
            TableFactor::Table { name, version: Some(_), .. } => {
                self.refuse(not_yet(bytes(name.span()), "windows over a stream in FROM"))
            }
            TableFactor::Derived { subquery, alias, lateral: false, .. } => {
                let output = self.query(subquery, false)?;
                let columns = output
                    .columns
                    .into_iter()
                    .map(|it| ScopeColumn {
                        name: it.name,
                        ty: it.ty,
                        visible: true,
                        of_rowtime: it.of_rowtime,
                    })
                    .collect();
                let relation = Relation { name: None, stream: None, columns, rel: Arc::new(output.rel) };
                self.rename(relation, alias.as_ref())
            }
            TableFactor::TableFunction { expr, alias } => {
                let relation = self.table_function(expr)?;
                self.rename(relation, alias.as_ref())
            }
            TableFactor::Table { name, .. } | TableFactor::Function { name, .. } => {
                self.bare_table_function(name, bytes(name.span()))
            }
            TableFactor::NestedJoin { table_with_joins, alias: None }
                if table_with_joins.joins.is_empty() =>
            {
                self.factor(&table_with_joins.relation)
            }
            _ => self.refuse(not_yet(bytes(factor.span()), "joins")),
        }
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
        relation.name = Some(name.stored);
        Some(relation)
    }

    /// A name given with AS: a reserved word can be one only in quotes.
    pub fn alias(&mut self, name: &Name) -> Option<Name> {
        if !name.quoted && reserved(&name.stored) {
            return self.refuse(reserved_word(name.span.clone(), &name.written));
        }
        Some(name.clone())
    }
}
