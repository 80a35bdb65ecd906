//! INSERT: which item of a query goes into which column of which stream (sql.md 1.3 and 3.6).

use crate::sql::ast::{Insert, Name, shown};
use crate::sql::bind::query::{self, OutputColumn};
use crate::sql::bind::{Session, mismatch};
use crate::sql::diag::Diagnostic;
use crate::sql::plan::{Expr, Rel, StreamId, StreamKind};
use crate::sql::value::SqlType;

impl Session<'_> {
    /// The target, the query and the assignments of an insert.
    pub fn insert(&mut self, insert: &Insert) -> Option<(StreamId, Rel, Vec<Expr>)> {
        let target = self.target(&insert.into);
        let output = self.query(&insert.query, true);
        let target = target?;
        if self.streams[target].assumed {
            return None;
        }
        let def = &self.streams[target].def;
        let columns: Vec<(String, SqlType)> =
            def.columns[..def.visible].iter().map(|it| (it.name.clone(), it.ty)).collect();
        let title = shown(&def.name);
        let required: Vec<bool> = def.columns[..def.visible].iter().map(|it| it.not_null).collect();
        let listed = self.listed(insert, &title, &columns, &required);
        let (output, listed) = (output?, listed?);
        self.no_rows_into_streams(&output.columns)?;
        let wanted: Vec<(String, SqlType)> = listed.iter().map(|&at| columns[at].clone()).collect();
        if wanted.len() != output.columns.len() {
            let text = self.text;
            let items: Vec<(String, SqlType)> =
                output.columns.iter().map(|it| (query::item_text(it, text), it.ty)).collect();
            return self.refuse(mismatch::count(output.span, &title, &wanted, &items));
        }
        if !self.assignable(&output.columns, &wanted) {
            return None;
        }
        let targets: Vec<(SqlType, Option<usize>)> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| (column.1, listed.iter().position(|&it| it == at)))
            .collect();
        Some((StreamId(target), output.rel, query::assign(&output.columns, &targets)))
    }

    fn target(&mut self, name: &Name) -> Option<usize> {
        let Some(at) = self.find(&name.stored) else {
            let error = self.no_stream(name, false);
            return self.refuse(error);
        };
        match self.streams[at].def.kind {
            StreamKind::Created => Some(at),
            StreamKind::Error => self.refuse(
                Diagnostic::error(name.span.clone(), "error_stream cannot be written by code")
                    .detail("Rows that fail go there by themselves.")
                    .hint("Insert into a stream of your own."),
            ),
            StreamKind::Source => {
                let message = format!("{} cannot be written by code", shown(&self.streams[at].def.name));
                self.refuse(
                    Diagnostic::error(name.span.clone(), message)
                        .detail("The source of the application fills it.")
                        .hint("Insert into a stream of your own."),
                )
            }
        }
    }

    /// Which columns an insert fills, in the order of its items.
    fn listed(
        &mut self,
        insert: &Insert,
        title: &str,
        columns: &[(String, SqlType)],
        required: &[bool],
    ) -> Option<Vec<usize>> {
        if insert.columns.is_empty() {
            return Some((0..columns.len()).collect());
        }
        let mut listed: Vec<usize> = Vec::new();
        let mut whole = true;
        for name in &insert.columns {
            let found = columns.iter().position(|it| it.0 == name.stored);
            match found {
                Some(at) if listed.contains(&at) => {
                    let message = format!("column {} is filled twice", shown(&name.stored));
                    self.said.push(
                        Diagnostic::error(name.span.clone(), message)
                            .detail("The list names each column once."),
                    );
                    whole = false;
                }
                Some(at) => listed.push(at),
                None => {
                    self.said.push(mismatch::unknown_target(name, title, columns));
                    whole = false;
                }
            }
        }
        let missing = (0..columns.len()).find(|at| required[*at] && !listed.contains(at));
        if let (Some(at), true) = (missing, whole) {
            let name = shown(&columns[at].0);
            return self.refuse(
                Diagnostic::error(insert.into.span.clone(), format!("column {name} needs a value"))
                    .detail("It is NOT NULL, and a column left out of the list becomes NULL.")
                    .hint(format!("Add {name} to the list, and an item for it.")),
            );
        }
        whole.then_some(listed)
    }

    /// Whether every item fits its column; says each that does not.
    fn assignable(&mut self, items: &[OutputColumn], columns: &[(String, SqlType)]) -> bool {
        let mut whole = true;
        for (at, (item, (column, ty))) in items.iter().zip(columns).enumerate() {
            if crate::sql::cast::assignable(item.ty, *ty) {
                continue;
            }
            let text = query::item_text(item, self.text);
            let refused = mismatch::Assignment {
                span: item.span.clone(),
                position: at + 1,
                item: &text,
                from: item.ty,
                column,
                to: *ty,
            }
            .refused();
            self.said.push(refused);
            whole = false;
        }
        whole
    }
}
