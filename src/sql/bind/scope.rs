//! What names mean inside one query: its relation, the relation's columns, and what to say when a name
//! means nothing (sql.md 2.1 and 7.3).

use std::ops::Range;
use std::sync::Arc;

use crate::sql::ast::{Name, quoted, shown};
use crate::sql::bind::query::OutputColumn;
use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::monotonic::Growth;
use crate::sql::plan::{Expr, Rel, StreamKind};
use crate::sql::value::SqlType;

/// The one thing FROM names, with its columns.
#[derive(Clone)]
pub struct Relation {
    /// The name its columns may be qualified with: the alias, or the stream's own.
    pub name: Option<String>,
    /// The stream behind it, if it is one.
    pub stream: Option<(String, StreamKind)>,
    pub columns: Vec<ScopeColumn>,
    pub rel: Arc<Rel>,
}

/// One column of a relation.
#[derive(Clone)]
pub struct ScopeColumn {
    pub name: String,
    pub ty: SqlType,
    /// `false` for the metadata columns of a source, which `*` leaves out.
    pub visible: bool,
    /// For a column of a sub-query that is a function of ROWTIME alone: that function. ROWTIME passes
    /// through a projection unchanged, so the function means the same outside.
    pub of_rowtime: Option<(Expr, Growth)>,
}

impl Relation {
    /// What comes out of a query, as something to read from.
    pub fn of_output(rel: Rel, columns: Vec<OutputColumn>, name: Option<String>) -> Self {
        let column = |it: OutputColumn| ScopeColumn {
            name: it.name,
            ty: it.ty,
            visible: true,
            of_rowtime: it.of_rowtime,
        };
        let columns = columns.into_iter().map(column).collect();
        Self { name, stream: None, columns, rel: Arc::new(rel) }
    }

    /// The place of a column.
    pub fn find(&self, stored: &str) -> Option<usize> {
        self.columns.iter().position(|it| it.name == stored)
    }

    /// How messages call it.
    pub fn title(&self) -> String {
        match (&self.stream, &self.name) {
            (Some((name, _)), _) | (None, Some(name)) => shown(name),
            (None, None) => "the query in parentheses".to_owned(),
        }
    }

    /// Its columns as one would write them, for hints.
    pub fn listing(&self) -> String {
        let names: Vec<String> =
            self.columns.iter().filter(|it| it.visible).take(12).map(|it| shown(&it.name)).collect();
        names.join(", ")
    }

    /// A column that does not exist, most often because of its letters' case.
    pub fn missing(&self, name: &Name) -> Diagnostic {
        let message = format!("column {} does not exist", quoted(&name.stored));
        let error = Diagnostic::error(name.span.clone(), message);
        let other_case = self.columns.iter().find(|it| it.name.to_uppercase() == name.stored.to_uppercase());
        if let Some(column) = other_case {
            return self.other_case(error, name, &column.name);
        }
        let metadata = ["APPROXIMATE_ARRIVAL_TIME", "PARTITION_KEY", "SEQUENCE_NUMBER", "SHARD_ID"];
        if metadata.contains(&name.stored.as_str()) {
            return error
                .detail(format!(
                    "{} belongs to the source stream; it goes on only where it is selected.",
                    name.stored
                ))
                .hint(format!(
                    "Select it into a column of {}, or read from the source stream.",
                    self.title()
                ));
        }
        let near = nearest(&name.written, self.columns.iter().map(|it| it.name.as_str()));
        match near {
            Some(near) => error
                .detail(format!("You wrote {}; {} has no such column.", name.as_written(), self.title()))
                .hint(format!("The nearest is {}.", shown(near))),
            None if name.quoted => error
                .detail(format!("{} has {}.", self.title(), self.listing()))
                .hint(format!("Double quotes make a name; a text is written '{}'.", name.stored)),
            None => error
                .detail(format!("You wrote {}; {} has no such column.", name.as_written(), self.title()))
                .hint(format!("{} has {}.", self.title(), self.listing())),
        }
    }

    fn other_case(&self, error: Diagnostic, name: &Name, column: &str) -> Diagnostic {
        if !name.quoted {
            return error
                .detail(format!("You wrote {}. Without quotes a name is read in upper case.", name.written))
                .hint(format!("Write {} with double quotes.", quoted(column)));
        }
        let error = error
            .detail(format!("You wrote {}. In double quotes a name keeps its letters.", name.as_written()));
        match &self.stream {
            Some((stream, StreamKind::Created)) if shown(column) == column => error.hint(format!(
                "{} was made without quotes, so its columns are {column} and so on.",
                shown(stream)
            )),
            _ => error.hint(format!("Write {}.", shown(column))),
        }
    }

    /// A qualifier that names nothing in FROM.
    pub fn unknown_qualifier(&self, name: &Name) -> Diagnostic {
        let error = Diagnostic::error(name.span.clone(), format!("{} is not in FROM", name.as_written()));
        let Some(known) = &self.name else {
            return error
                .detail("The query in parentheses has no name.")
                .hint("Give it one: FROM (SELECT …) AS t.");
        };
        let stream = self.stream.as_ref().map(|it| it.0.as_str());
        if stream == Some(name.stored.as_str()) {
            return error
                .detail(format!("FROM calls it {}, and then its own name is not known.", shown(known)))
                .hint(format!("Write {} before the point.", shown(known)));
        }
        if known.to_uppercase() == name.stored.to_uppercase() {
            let sentence = case_sentence(name);
            return error.detail(sentence).hint(format!("Write {}.", shown(known)));
        }
        error
            .detail(format!("This query reads {}.", shown(known)))
            .hint(format!("Write {} before the point.", shown(known)))
    }
}

/// Why a name differs from the one that exists in the case of its letters.
pub fn case_sentence(name: &Name) -> String {
    if name.quoted {
        format!("You wrote {}. In double quotes a name keeps its letters.", name.as_written())
    } else {
        format!("You wrote {}. Without quotes a name is read in upper case.", name.written)
    }
}

/// A piece of text for a message: on one line, and not too long.
pub fn excerpt(text: &str, span: Range<usize>) -> String {
    let line = text.get(span).unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 48 {
        return line;
    }
    line.chars().take(47).chain(['…']).collect()
}
