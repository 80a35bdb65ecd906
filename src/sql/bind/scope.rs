//! What names mean inside one query: the items of FROM, their columns, and what to say when a name means
//! nothing or too much (sql.md 2.1 and 7.3).

use std::ops::Range;
use std::sync::Arc;

use crate::sql::ast::{Name, quoted, shown};
use crate::sql::bind::query::OutputColumn;
use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::monotonic::Growth;
use crate::sql::plan::{Expr, Rel, StreamKind};
use crate::sql::value::SqlType;

/// The columns of a source that `*` leaves out.
const METADATA: [&str; 4] = ["APPROXIMATE_ARRIVAL_TIME", "PARTITION_KEY", "SEQUENCE_NUMBER", "SHARD_ID"];

/// What FROM gives: one item or several joined ones, with their columns.
#[derive(Clone)]
pub struct Relation {
    /// The items, in the order of the text.
    pub parts: Vec<Part>,
    /// The columns of `rel`, in its order.
    pub columns: Vec<ScopeColumn>,
    pub rel: Arc<Rel>,
}

/// One item of FROM.
#[derive(Clone)]
pub struct Part {
    /// The name its columns may be qualified with: the alias, or the stream's own.
    pub name: Option<String>,
    pub origin: Origin,
    pub time: PartTime,
    /// An item of the query around a query in parentheses; the inner items hide it.
    pub outer: bool,
}

/// What stands behind an item of FROM.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    Stream(String, StreamKind),
    Table(String),
    /// A query in parentheses, or a table function.
    Query,
}

/// What the ROWTIME of an item is, once its row has been joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartTime {
    /// The joined row's ROWTIME.
    Row,
    /// It rides along in this column.
    Column(usize),
    /// A reference table has none.
    Never,
}

/// One column of a relation.
#[derive(Clone)]
pub struct ScopeColumn {
    /// The item it belongs to.
    pub part: usize,
    pub name: String,
    pub ty: SqlType,
    /// `false` for what `*` leaves out: the metadata columns of a source.
    pub visible: bool,
    /// What USING made of it.
    pub using: Using,
    /// For a column of a sub-query that is a function of ROWTIME alone: that function. ROWTIME passes
    /// through a projection unchanged, so the function means the same outside.
    pub of_rowtime: Option<(Expr, Growth)>,
}

/// What USING or NATURAL made of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Using {
    /// Nothing.
    No,
    /// It stands for both: `*` names it first and once.
    Both,
    /// Another column stands for it; only its qualified name means this one.
    Hidden,
}

/// The columns a name can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Nothing,
    One(usize),
    /// The first two of several.
    Many(usize, usize),
}

impl ScopeColumn {
    /// A column of the first and only item.
    pub fn new(name: String, ty: SqlType, visible: bool) -> Self {
        Self { part: 0, name, ty, visible, using: Using::No, of_rowtime: None }
    }

    /// Whether it only carries the ROWTIME of its item.
    fn rides(&self) -> bool {
        self.name == "ROWTIME"
    }
}

impl Part {
    /// How messages call it.
    pub fn title(&self) -> String {
        match (&self.origin, &self.name) {
            (Origin::Stream(name, _) | Origin::Table(name), _) | (Origin::Query, Some(name)) => shown(name),
            (Origin::Query, None) => "the query in parentheses".to_owned(),
        }
    }

    /// How one qualifies its columns.
    pub fn qualifier(&self) -> String {
        self.name.as_deref().map_or_else(|| self.title(), shown)
    }
}

impl Relation {
    /// A relation of one item.
    pub fn new(name: Option<String>, origin: Origin, columns: Vec<ScopeColumn>, rel: Arc<Rel>) -> Self {
        let time = if matches!(origin, Origin::Table(_)) { PartTime::Never } else { PartTime::Row };
        Self { parts: vec![Part { name, origin, time, outer: false }], columns, rel }
    }

    /// What comes out of a query, as something to read from.
    pub fn of_output(rel: Rel, columns: Vec<OutputColumn>, name: Option<String>) -> Self {
        let column = |it: OutputColumn| ScopeColumn {
            of_rowtime: it.of_rowtime,
            ..ScopeColumn::new(it.name, it.ty, true)
        };
        let columns = columns.into_iter().map(column).collect();
        let finite = rel.scans().is_empty();
        let mut relation = Self::new(name, Origin::Query, columns, Arc::new(rel));
        if finite {
            relation.parts[0].time = PartTime::Never;
        }
        relation
    }

    /// The columns an unqualified name can mean.
    pub fn find(&self, stored: &str) -> Found {
        // Items of the query around stand first, and those of this query hide them.
        let inner = self.parts.iter().position(|it| !it.outer).unwrap_or(0);
        match self.find_among(stored, inner..self.parts.len()) {
            Found::Nothing => self.find_among(stored, 0..inner),
            found => found,
        }
    }

    /// The columns an unqualified name can mean among some of the items.
    pub fn find_among(&self, stored: &str, parts: Range<usize>) -> Found {
        let named = |it: &ScopeColumn| {
            it.name == stored && it.using != Using::Hidden && !it.rides() && parts.contains(&it.part)
        };
        let mut found = (0..self.columns.len()).filter(|&at| named(&self.columns[at]));
        match (found.next(), found.next()) {
            (Some(first), Some(second)) => Found::Many(first, second),
            (Some(only), None) => Found::One(only),
            _ => Found::Nothing,
        }
    }

    /// The place of a column of one item.
    pub fn find_in(&self, part: usize, stored: &str) -> Option<usize> {
        self.columns.iter().position(|it| it.part == part && it.name == stored && !it.rides())
    }

    /// The item of a name.
    pub fn part(&self, stored: &str) -> Option<usize> {
        let named = |it: &Part| it.name.as_deref() == Some(stored);
        let inner = self.parts.iter().position(|it| named(it) && !it.outer);
        inner.or_else(|| self.parts.iter().position(named))
    }

    /// The items that have a ROWTIME.
    pub fn timed(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|it| it.time != PartTime::Never)
    }

    /// Whether it only names reference tables, which have rows but no time.
    pub fn finite(&self) -> bool {
        self.timed().next().is_none()
    }

    /// Whether it is one query in parentheses.
    pub fn of_query(&self) -> bool {
        matches!(self.parts.as_slice(), [Part { origin: Origin::Query, .. }])
    }

    /// Whether it can be said whose ROWTIME the row's is.
    pub fn has_row_time(&self) -> bool {
        self.parts.iter().any(|it| it.time == PartTime::Row)
    }

    /// The name to write before `.ROWTIME` in a hint.
    pub fn clock(&self) -> String {
        let part = self.parts.iter().find(|it| it.time == PartTime::Row).or_else(|| self.timed().next());
        part.and_then(|it| it.name.as_deref()).map_or("s".to_owned(), shown)
    }

    /// The columns of `*`, or of `t.*`, in the order of the text.
    pub fn star(&self, part: Option<usize>) -> Vec<usize> {
        let listed = |(at, it): (usize, &ScopeColumn)| {
            let named = match part {
                Some(part) => it.part == part,
                None => it.using != Using::Hidden && !self.parts[it.part].outer,
            };
            let merged = part.is_none() && it.using == Using::Both;
            (it.visible && named && !it.rides()).then_some((!merged, it.part, at))
        };
        let mut all: Vec<_> = self.columns.iter().enumerate().filter_map(listed).collect();
        all.sort_unstable();
        all.into_iter().map(|it| it.2).collect()
    }

    /// How messages call it.
    pub fn title(&self) -> String {
        let mut titles = self.parts.iter().filter(|it| !it.outer).map(Part::title);
        let first = titles.next().unwrap_or_default();
        let rest: Vec<String> = titles.collect();
        match rest.split_last() {
            None => first,
            Some((last, [])) => format!("{first} and {last}"),
            Some((last, more)) => format!("{first}, {} and {last}", more.join(", ")),
        }
    }

    /// Its columns as one would write them, for hints.
    pub fn listing(&self) -> String {
        self.names(None)
    }

    fn names(&self, part: Option<usize>) -> String {
        let star = self.star(part);
        let names: Vec<String> = star.iter().take(12).map(|&it| shown(&self.columns[it].name)).collect();
        names.join(", ")
    }

    /// A name that several items have.
    pub fn ambiguous(&self, name: &Name, first: usize, second: usize) -> Diagnostic {
        let [a, b] = [first, second].map(|it| self.parts[self.columns[it].part].qualifier());
        let column = shown(&name.stored);
        Diagnostic::error(name.span.clone(), format!("column {column} is in both {a} and {b}"))
            .detail("Without the name of its stream it can mean either.")
            .hint(format!("Write {a}.{column} or {b}.{column}."))
    }

    /// ROWTIME by itself where several streams have one.
    pub fn whose_rowtime(&self, span: Range<usize>) -> Diagnostic {
        let names: Vec<String> = self.timed().take(2).map(Part::qualifier).collect();
        let choices: Vec<String> = names.iter().map(|it| format!("{it}.ROWTIME")).collect();
        Diagnostic::error(span, format!("ROWTIME is in both {}", names.join(" and ")))
            .detail("Only in the select list it means one thing: the time of the row that comes out.")
            .hint(format!("Write {}.", choices.join(" or ")))
    }

    /// ROWTIME of a reference table, or of a query over nothing else.
    pub fn no_rowtime(&self, part: Option<usize>, span: Range<usize>) -> Diagnostic {
        let title = part.map_or_else(|| self.title(), |it| self.parts[it].title());
        let error = Diagnostic::error(span, format!("{title} has no ROWTIME"))
            .detail("The rows of a reference table do not come and go; only rows of a stream have a time.");
        match self.timed().next() {
            Some(stream) => error.hint(format!("Write {}.ROWTIME.", stream.qualifier())),
            None => error.hint("Join the table with a stream, and take the stream's ROWTIME."),
        }
    }

    /// A column that does not exist, most often because of its letters' case; `part` is the item it was
    /// looked for in.
    pub fn missing(&self, name: &Name, part: Option<usize>) -> Diagnostic {
        let message = format!("column {} does not exist", quoted(&name.stored));
        let error = Diagnostic::error(name.span.clone(), message);
        let part = part.or(if self.parts.len() == 1 { Some(0) } else { None });
        let title = part.map_or_else(|| self.title(), |it| self.parts[it].title());
        let known =
            || self.columns.iter().filter(|it| part.is_none_or(|part| it.part == part) && !it.rides());
        let upper = name.stored.to_uppercase();
        if let Some(column) = known().find(|it| it.name.to_uppercase() == upper) {
            return self.other_case(error, name, column);
        }
        if METADATA.contains(&name.stored.as_str()) {
            return error
                .detail(format!(
                    "{} belongs to the source stream; it goes on only where it is selected.",
                    name.stored
                ))
                .hint(format!("Select it into a column of {title}, or read from the source stream."));
        }
        let several = part.is_none();
        let has = if several { "have" } else { "has" };
        let wrote = match several {
            true => format!("You wrote {}; neither has such a column.", name.as_written()),
            false => format!("You wrote {}; {title} has no such column.", name.as_written()),
        };
        let wrote =
            if self.parts.len() > 2 { wrote.replace("neither has", "none of them has") } else { wrote };
        match nearest(&name.written, known().map(|it| it.name.as_str())) {
            Some(near) => error.detail(wrote).hint(format!("The nearest is {}.", shown(near))),
            None if name.quoted => error
                .detail(format!("{title} {has} {}.", self.names(part)))
                .hint(format!("Double quotes make a name; a text is written '{}'.", name.stored)),
            None => error.detail(wrote).hint(format!("{title} {has} {}.", self.names(part))),
        }
    }

    fn other_case(&self, error: Diagnostic, name: &Name, column: &ScopeColumn) -> Diagnostic {
        let meant = &column.name;
        if !name.quoted {
            return error
                .detail(format!("You wrote {}. Without quotes a name is read in upper case.", name.written))
                .hint(format!("Write {} with double quotes.", quoted(meant)));
        }
        let error = error
            .detail(format!("You wrote {}. In double quotes a name keeps its letters.", name.as_written()));
        match &self.parts[column.part].origin {
            Origin::Stream(stream, StreamKind::Created) if shown(meant) == *meant => error.hint(format!(
                "{} was made without quotes, so its columns are {meant} and so on.",
                shown(stream)
            )),
            _ => error.hint(format!("Write {}.", shown(meant))),
        }
    }

    /// A qualifier that names nothing in FROM.
    pub fn unknown_qualifier(&self, name: &Name) -> Diagnostic {
        let error = Diagnostic::error(name.span.clone(), format!("{} is not in FROM", name.as_written()));
        let known: Vec<&str> = self.parts.iter().filter_map(|it| it.name.as_deref()).collect();
        if known.is_empty() {
            return error
                .detail("The query in parentheses has no name.")
                .hint("Give it one: FROM (SELECT …) AS t.");
        }
        let own = |it: &&Part| match &it.origin {
            Origin::Stream(own, _) | Origin::Table(own) => *own == name.stored,
            Origin::Query => false,
        };
        if let Some(alias) = self.parts.iter().find(own).and_then(|it| it.name.as_deref()) {
            return error
                .detail(format!("FROM calls it {}, and then its own name is not known.", shown(alias)))
                .hint(format!("Write {} before the point.", shown(alias)));
        }
        let upper = name.stored.to_uppercase();
        if let Some(other) = known.iter().find(|it| it.to_uppercase() == upper) {
            let sentence = case_sentence(name);
            return error.detail(sentence).hint(format!("Write {}.", shown(other)));
        }
        let shown: Vec<String> = known.iter().map(|it| shown(it)).collect();
        error
            .detail(format!("This query reads {}.", shown.join(" and ")))
            .hint(format!("Write {} before the point.", shown.join(" or ")))
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
