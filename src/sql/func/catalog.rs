//! The catalogue: every routine of the dialect as people know it, in one place.
//!
//! Operators, functions, aggregates, what looks over a window, what stands in FROM TABLE(…), log parsers
//! and the forms with words of their own: each with its signature, its result, one line of documentation
//! and an example that a test runs. Completion, hover and COMPAT.md read it. How a scalar function
//! computes stands in [`TABLE`](super::TABLE); a test checks that neither knows a name the other does not.

use crate::sql::plan::AggregateFunc;

mod groups;
mod operators;
mod scalars;
mod tables;

/// What kind of thing a routine is, hence where it can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Between or around its operands: `a + b`, `x IS NULL`.
    Operator,
    /// A call with words or rules of its own: CASE, CAST, COALESCE.
    Form,
    /// A call that looks at one row.
    Scalar,
    /// A call that looks at the rows of a group or of a window.
    Aggregate(AggregateFunc),
    /// A call that only looks back over a window: `LAG(x) OVER w`.
    Window,
    /// A call in FROM TABLE(…), over the rows of a CURSOR.
    Table,
    /// Takes a line of a log apart and gives a row value.
    Parser,
}

/// How near a routine is to the service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As far as it can be known, the same.
    Exact,
    /// The same idea; the sentence says what differs or what was chosen.
    Simplified(&'static str),
    /// Not here; the sentence says why.
    Absent(&'static str),
}

/// Something to try, and what comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// An expression without columns, and its value as a row of a CSV file shows it; `NULL` for NULL.
    Value { sql: &'static str, gives: &'static str },
    /// An aggregate over a group of four rows, whose column `v` DOUBLE holds 1, NULL, 4 and 4.
    Group { sql: &'static str, gives: &'static str },
    /// A query over the stream S (K VARCHAR(8), V INTEGER, X DOUBLE, LINE VARCHAR(256)) into a stream with
    /// the columns of `target`. `rows` and `gives` are `ROWTIME | value | value`, with times of one day.
    Program {
        sql: &'static str,
        target: &'static str,
        rows: &'static [&'static str],
        gives: &'static [&'static str],
    },
}

impl Example {
    /// The text to try.
    pub fn sql(&self) -> &'static str {
        match self {
            Example::Value { sql, .. } | Example::Group { sql, .. } | Example::Program { sql, .. } => sql,
        }
    }

    /// The one value that comes out, where it is one.
    pub fn gives(&self) -> Option<&'static str> {
        match self {
            Example::Value { gives, .. } | Example::Group { gives, .. } => Some(gives),
            Example::Program { .. } => None,
        }
    }
}

/// One routine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routine {
    /// In upper case; an operator's sign or words.
    pub name: &'static str,
    pub kind: Kind,
    /// How it is written, with the families it takes; [`ways`](Self::ways) takes several apart.
    pub signature: &'static str,
    /// The type of the result, or the columns it adds, in words.
    pub result: &'static str,
    /// One line of documentation.
    pub doc: &'static str,
    /// When the service learned it; 2016 means it was there at the workshop.
    pub year: u16,
    pub standing: Standing,
    pub example: Example,
}

impl Routine {
    const fn new(
        kind: Kind,
        name: &'static str,
        signature: &'static str,
        result: &'static str,
        doc: &'static str,
        example: Example,
    ) -> Self {
        Self { name, kind, signature, result, doc, year: 2016, standing: Standing::Exact, example }
    }

    const fn since(mut self, year: u16) -> Self {
        self.year = year;
        self
    }

    const fn but(mut self, sentence: &'static str) -> Self {
        self.standing = Standing::Simplified(sentence);
        self
    }

    /// Each way to write it.
    pub fn ways(&self) -> Vec<&'static str> {
        let mut depth = 0_i32;
        let outside = |it: char| {
            depth += i32::from(matches!(it, '(' | '[')) - i32::from(matches!(it, ')' | ']'));
            it == ',' && depth == 0
        };
        self.signature.split(outside).map(str::trim).collect()
    }

    /// Whether it is written as a name, and so may be completed as one.
    pub fn named(&self) -> bool {
        self.name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
            && !matches!(self.kind, Kind::Operator)
    }
}

/// `name(…)` over one row, with an example.
const fn scalar(
    name: &'static str,
    signature: &'static str,
    result: &'static str,
    doc: &'static str,
    sql: &'static str,
    gives: &'static str,
) -> Routine {
    Routine::new(Kind::Scalar, name, signature, result, doc, Example::Value { sql, gives })
}

/// Every routine: operators first, then forms, functions, aggregates, and what works on whole streams.
pub fn catalog() -> impl Iterator<Item = &'static Routine> {
    [operators::OPERATORS, operators::FORMS, scalars::NUMBERS, scalars::TEXTS, scalars::TIMES]
        .into_iter()
        .chain([groups::AGGREGATES, groups::WINDOWS, tables::TABLES, tables::PARSERS])
        .flatten()
}

/// The routine of a name, in any case.
pub fn routine(name: &str) -> Option<&'static Routine> {
    catalog().find(|it| it.name.eq_ignore_ascii_case(name))
}

/// The routines of a kind that has no further data.
pub fn of_kind(kind: Kind) -> impl Iterator<Item = &'static Routine> {
    catalog().filter(move |it| it.kind == kind)
}

/// The aggregate of a name in upper case.
pub fn aggregate_of(name: &str) -> Option<AggregateFunc> {
    groups::AGGREGATES.iter().find_map(|it| match it.kind {
        Kind::Aggregate(func) if it.name == name => Some(func),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::func::TABLE;

    /// The name people know an entry by: without its unit, side or comma.
    fn known_as(name: &'static str) -> &'static str {
        match name {
            "NEG" => "-",
            "MINUS" => "( - )",
            "ROW OF LINE" | "FIELD OF ROW" => "W3C_LOG_PARSE",
            "IS NOT DISTINCT FROM" => "IS DISTINCT FROM",
            _ if routine(name).is_some() => name,
            _ => name.split(' ').next().unwrap_or(name),
        }
    }

    #[test]
    fn every_entry_of_the_table_is_in_the_catalogue() {
        for entry in TABLE {
            assert!(routine(known_as(entry.name)).is_some(), "{} is not in the catalogue", entry.name);
        }
    }

    #[test]
    fn every_scalar_of_the_catalogue_has_an_entry() {
        for it in of_kind(Kind::Scalar) {
            let found = TABLE.iter().any(|entry| known_as(entry.name) == it.name);
            assert!(found, "{} has no entry in the table", it.name);
        }
    }

    #[test]
    fn names_are_there_once() {
        let mut names: Vec<&str> = catalog().map(|it| it.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn signatures_have_ways() {
        let ways = |name: &str| routine(name).map(|it| it.ways().len());
        assert_eq!((ways("FLOOR"), ways("COUNT"), ways("CASE")), (Some(3), Some(2), Some(2)));
    }

    /// A line of documentation is a sentence that fits beside a name.
    #[test]
    fn lines_of_documentation_are_short_sentences() {
        for it in catalog() {
            assert!(it.doc.ends_with('.') && it.doc.chars().count() <= 100, "{}: {}", it.name, it.doc);
            assert!(it.name == it.name.to_uppercase() && !it.signature.is_empty() && !it.result.is_empty());
            if let Standing::Simplified(why) | Standing::Absent(why) = it.standing {
                assert!(why.ends_with('.'), "{}: {why}", it.name);
            }
        }
    }
}
