//! What to say where types do not fit (sql.md 7.4): the cause, and what to write instead.

use std::ops::Range;

use sqlparser::ast::{Expr, Value, ValueWithSpan};

use crate::sql::ast::{Name, shown};
use crate::sql::bind::literal::{self, unit_of};
use crate::sql::bind::types::{self, datetime, numeric, text, word};
use crate::sql::cast;
use crate::sql::diag::Diagnostic;
use crate::sql::func::Mismatch;
use crate::sql::value::SqlType;

/// A call or an operator whose arguments do not fit. `written` are the arguments as in the text.
pub fn call(
    span: Range<usize>,
    name: &str,
    given: &[SqlType],
    written: &[String],
    wrong: Mismatch,
) -> Diagnostic {
    match wrong {
        Mismatch::Unknown => super::unknown::function(span, name),
        Mismatch::Count { expected } => {
            Diagnostic::error(span, format!("wrong number of arguments for {name}"))
                .detail(format!("It was given {}, and takes {expected}.", given.len()))
        }
        Mismatch::Types { supported } => types_do_not_fit(span, name, given, written, &supported),
    }
}

/// A constant argument with which every row would fail.
pub fn constant(span: Range<usize>, name: &str, why: String) -> Diagnostic {
    let error = Diagnostic::error(span, "every row would fail with this value").detail(why);
    match name {
        "LIKE" => error,
        "SIMILAR TO" => error.hint("Write a sign of patterns that means itself behind an ESCAPE character."),
        "SUBSTRING SIMILAR" => error.hint("Write it like SUBSTRING(text SIMILAR 'a#\"b#\"c' ESCAPE '#')."),
        _ => error.hint("Write a sign of patterns that means itself behind a backslash."),
    }
}

fn types_do_not_fit(
    span: Range<usize>,
    name: &str,
    given: &[SqlType],
    written: &[String],
    supported: &str,
) -> Diagnostic {
    let list = given.iter().map(ToString::to_string).collect::<Vec<_>>();
    let message = match list.as_slice() {
        [one] => format!("{name} cannot take {one}"),
        [one, two] => format!("{name} cannot take {one} and {two}"),
        _ => format!("{name} cannot take {}", list.join(", ")),
    };
    let error = Diagnostic::error(span, message);
    let pattern = matches!(name, "LIKE" | "SIMILAR TO");
    if let (&[a, b, ..], [left, right, ..], true) = (given, written, pattern)
        && !(text(a) && text(b))
    {
        let (other, ty) = if text(a) { (right, b) } else { (left, a) };
        return error
            .detail(format!("{name} looks at text, and {other} is {}.", word(ty)))
            .hint(format!("Write CAST({other} AS VARCHAR(16)), or compare with = and <."));
    }
    if let (&[a, b], [left, right], "||") = (given, written, name)
        && let Some((other, ty)) = [(left, a), (right, b)].into_iter().find(|it| !text(it.1))
    {
        return error
            .detail(format!("|| joins texts, and {other} is {}.", word(ty)))
            .hint(format!("Write CAST({other} AS VARCHAR(16))."));
    }
    if let (&[a, b], [left, right]) = (given, written)
        && (numeric(a) && text(b) || text(a) && numeric(b))
    {
        let (words, number) = if text(a) { (left, b) } else { (right, a) };
        if let Some(inner) = words.strip_prefix('\'').and_then(|it| it.strip_suffix('\'')) {
            let error = error.detail(format!(
                "{words} is text; text and numbers do not turn into each other by themselves."
            ));
            let digits = !inner.is_empty() && inner.bytes().all(|it| it.is_ascii_digit() || it == b'.');
            return if digits {
                error.hint(format!("Write {inner} without quotes."))
            } else {
                error.hint("Write a number, without quotes.")
            };
        }
        return error
            .detail(format!("{words} is text; text and numbers do not turn into each other by themselves."))
            .hint(format!("Change the column in the schema, or write CAST({words} AS {number})."));
    }
    if let (&[a, b], [left, right]) = (given, written)
        && (datetime(a) && text(b) || text(a) && datetime(b))
    {
        let (words, moment) = if text(a) { (left, b) } else { (right, a) };
        return text_and_time(error, name, words, moment, written);
    }
    let error = error.detail(format!("It takes {supported}."));
    match (given, written) {
        (&[one], [only]) if text(one) && supported.to_lowercase().contains("num") => {
            error.hint(format!("Change the column in the schema, or write CAST({only} AS INTEGER)."))
        }
        _ => error,
    }
}

/// A text beside a time: a format in the wrong place, or a literal without its word.
fn text_and_time(
    error: Diagnostic,
    name: &str,
    words: &str,
    moment: SqlType,
    written: &[String],
) -> Diagnostic {
    if name.ends_with("_TO_CHAR") {
        let swapped: Vec<&str> = written.iter().rev().map(String::as_str).collect();
        return error
            .detail("The format comes first, and the time behind it.")
            .hint(format!("Write {name}({}).", swapped.join(", ")));
    }
    let error =
        error.detail(format!("{words} is text; text and times do not turn into each other by themselves."));
    if !words.starts_with('\'') {
        return error.hint(format!("Write CHAR_TO_TIMESTAMP('yyyy-MM-dd''T''HH:mm:ss', {words})."));
    }
    match literal::moment(moment, words.trim_matches('\''), 0..0) {
        Ok(_) => error.hint(format!("Write {moment} {words}.")),
        Err(_) if moment == SqlType::Date => error.hint("Write a DATE in full: DATE 'yyyy-MM-dd'."),
        Err(_) if moment == SqlType::Time => error.hint("Write a TIME in full: TIME 'HH:mm:ss'."),
        Err(_) => error.hint("Write a TIMESTAMP in full: TIMESTAMP 'yyyy-MM-dd HH:mm:ss'."),
    }
}

/// `CAST` between types that have no way.
pub fn no_cast(span: Range<usize>, written: &str, from: SqlType, to: SqlType) -> Diagnostic {
    let error = Diagnostic::error(span, format!("{from} cannot be cast to {to}")).detail(format!(
        "There is no way from {} to {}.",
        word(from),
        word(to)
    ));
    match (from, to) {
        (SqlType::Timestamp, _) if numeric(to) => {
            error.hint(format!("Write UNIX_TIMESTAMP({written}), or (a - b) SECOND for a difference."))
        }
        (_, SqlType::Interval(qualifier)) if numeric(from) => {
            error.hint(format!("Write {written} * INTERVAL '1' {}.", qualifier.last))
        }
        (_, SqlType::Timestamp) if numeric(from) => error.hint(format!("Write TO_TIMESTAMP({written}).")),
        _ => error,
    }
}

/// CASE or COALESCE whose branches have nothing in common.
pub fn branches(span: Range<usize>, one: SqlType, other: SqlType) -> Diagnostic {
    Diagnostic::error(span, format!("the branches are {one} and {other}"))
        .detail("Every branch must have a type in common with the others.")
        .hint(format!("Write CAST(… AS {one}) around the branch that differs."))
}

/// `a - b` of two times without its unit.
pub fn no_unit(span: Range<usize>, written: &str) -> Diagnostic {
    Diagnostic::error(span, "a difference of two times needs a unit")
        .detail("The difference is an interval, and an interval says what it is counted in.")
        .hint(format!("Write ({written}) SECOND."))
}

/// `(a - b) SECOND` of unlike things.
pub fn difference(span: Range<usize>, a: SqlType, b: SqlType) -> Diagnostic {
    if datetime(a) && datetime(b) {
        let other = if a == SqlType::Timestamp { b } else { a };
        return Diagnostic::error(span, format!("the difference of {a} and {b} does not exist"))
            .detail("Both sides of a difference must be of one type.")
            .hint(format!("Write CAST(… AS TIMESTAMP) around the {other}."));
    }
    Diagnostic::error(span, format!("the difference of {a} and {b} has no unit of time"))
        .detail("Only the difference of two dates or times has one.")
        .hint("Take the unit behind the parentheses away.")
}

/// A unit FLOOR does not know.
pub fn unit(span: Range<usize>, written: &str) -> Diagnostic {
    let written = written.to_uppercase();
    let error = Diagnostic::error(span, format!("{written} is not a unit of time"))
        .detail("The units are SECOND, MINUTE, HOUR, DAY, MONTH and YEAR.");
    match singular(&written) {
        Some(unit) => error.hint(format!("Write {unit}.")),
        None => error,
    }
}

fn singular(written: &str) -> Option<String> {
    let unit = unit_of(written.trim_end_matches(['S', 's'])).map(|it| it.to_string());
    let names = ["SECOND", "MINUTE", "HOUR", "DAY", "MONTH", "YEAR"];
    unit.or_else(|| crate::sql::diag::nearest(written, names).map(str::to_owned))
}

/// An INTERVAL without a unit, with an unknown one, or with a number outside quotes.
pub fn interval_unit(span: Range<usize>, unit: Option<&str>, value: &Expr) -> Diagnostic {
    let text = match value {
        Expr::Value(ValueWithSpan {
            value: Value::SingleQuotedString(it) | Value::Number(it, _), ..
        }) => it.as_str(),
        _ => "10",
    };
    let mut words = text.split_whitespace();
    let number = words.next().unwrap_or("10");
    let inner = words.next().map(str::to_owned);
    let unit = unit.map(str::to_owned).or(inner).map_or("SECOND".to_owned(), |it| {
        singular(&it.to_uppercase()).unwrap_or_else(|| "SECOND".to_owned())
    });
    Diagnostic::error(span, "this is not an interval")
        .detail("An interval is the word INTERVAL, a number in quotes, and a unit outside of them.")
        .hint(format!("Write INTERVAL '{number}' {unit}."))
}

/// A comparison with NULL.
pub fn never_true(span: Range<usize>, operator: &str) -> Diagnostic {
    let hint = if operator == "<>" { "Write IS NOT NULL." } else { "Write IS NULL." };
    Diagnostic::warning(span, "a comparison with NULL is never true")
        .detail("NULL is not equal to anything, not even to NULL.")
        .hint(hint)
}

/// A select item that cannot go into its column. `position` counts from 1.
pub struct Assignment<'a> {
    pub span: Range<usize>,
    pub position: usize,
    pub item: &'a str,
    pub from: SqlType,
    pub column: &'a str,
    pub to: SqlType,
}

impl Assignment<'_> {
    pub fn refused(&self) -> Diagnostic {
        let Assignment { item, from, to, position, .. } = self;
        let column = shown(self.column);
        let error = Diagnostic::error(self.span.clone(), format!("column {column} of type {to} cannot take {from}"))
            .detail(format!(
                "Item {position} of the select list goes to {column} by position; {item} is {}, the column holds {}.",
                word(*from),
                word(*to)
            ));
        match (from, to) {
            (_, SqlType::Timestamp) if text(*from) => {
                error.hint(format!("Write CHAR_TO_TIMESTAMP('yyyy-MM-dd''T''HH:mm:ss', {item})."))
            }
            (SqlType::Timestamp, _) if numeric(*to) => error.hint(format!("Write UNIX_TIMESTAMP({item}).")),
            _ if cast::castable(*from, *to) => {
                error.hint(format!("Change the order of the items, or write CAST({item} AS {to})."))
            }
            _ => error.hint("Change the order of the items, or the type of the column."),
        }
    }
}

/// A bare NULL in the select list.
pub fn bare_null(span: Range<usize>, target: Option<SqlType>) -> Diagnostic {
    let ty = target.map_or("VARCHAR(16)".to_owned(), |it| it.to_string());
    Diagnostic::error(span, "NULL alone has no type")
        .detail("A select list needs a type for every item.")
        .hint(format!("Write CAST(NULL AS {ty})."))
}

/// More or fewer items than columns.
pub fn count(
    span: Range<usize>,
    stream: &str,
    columns: &[(String, SqlType)],
    items: &[(String, SqlType)],
) -> Diagnostic {
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    let (wanted, given) = (columns.len(), items.len());
    let message = format!(
        "{stream} takes {wanted} column{}, the select list has {given} item{}",
        plural(wanted),
        plural(given)
    );
    let error = Diagnostic::error(span, message);
    let misfit = columns.iter().zip(items).position(|(column, item)| !cast::assignable(item.1, column.1));
    if let Some(at) = misfit {
        let ((column, to), (item, from)) = (&columns[at], &items[at]);
        return error
            .detail(format!(
                "The insert goes by position, and item {} no longer fits: {item} is {from}, {} is {to}.",
                at + 1,
                shown(column)
            ))
            .hint(if given < wanted {
                format!("Look for a missing item at {} or before it.", shown(column))
            } else {
                format!("Look for an item too many at {item} or before it.")
            });
    }
    if given < wanted {
        let left: Vec<String> = columns[given..].iter().map(|it| shown(&it.0)).collect();
        return error
            .detail(format!("The insert goes by position; nothing is left for {}.", left.join(", ")))
            .hint(
                "Add an item for each column, or name the columns you fill: INSERT INTO stream (column, …).",
            );
    }
    let extra = &items[wanted].0;
    error
        .detail(format!("The insert goes by position; {extra} has no column to go to."))
        .hint("Take the item away, or add a column to the stream.")
}

/// A column of the insert's list that the stream does not have.
pub fn unknown_target(name: &Name, stream: &str, columns: &[(String, SqlType)]) -> Diagnostic {
    let error = Diagnostic::error(
        name.span.clone(),
        format!("column {} does not exist", crate::sql::ast::quoted(&name.stored)),
    )
    .detail(format!("You wrote {}; {stream} has no such column.", name.as_written()));
    let upper = name.stored.to_uppercase();
    if let Some((other, _)) = columns.iter().find(|it| it.0.to_uppercase() == upper) {
        return error.detail(super::scope::case_sentence(name)).hint(format!("Write {}.", shown(other)));
    }
    match crate::sql::diag::nearest(&name.written, columns.iter().map(|it| it.0.as_str())) {
        Some(near) => error.hint(format!("The nearest is {}.", shown(near))),
        None => {
            let names: Vec<String> = columns.iter().map(|it| shown(&it.0)).collect();
            error.hint(format!("{stream} has {}.", names.join(", ")))
        }
    }
}

/// Whether a type can be a column's: everything but intervals.
pub fn column_type(ty: SqlType, span: Range<usize>) -> Option<Diagnostic> {
    matches!(ty, SqlType::Interval(_)).then(|| {
        Diagnostic::error(span, "an INTERVAL cannot be a column")
            .detail("Intervals exist in expressions only.")
            .hint("Keep it as a number: BIGINT, filled with CAST((a - b) SECOND AS BIGINT).")
    })
}

/// What an aggregate was given and what it takes.
pub fn aggregate(
    span: Range<usize>,
    name: &str,
    given: SqlType,
    written: &str,
    wrong: Mismatch,
) -> Diagnostic {
    if let (Mismatch::Types { .. }, true) = (&wrong, types::text(given)) {
        return Diagnostic::error(span, format!("{name} cannot take {given}"))
            .detail(format!("{written} is text, and {name} wants numbers."))
            .hint(format!("Change the column in the schema, or write {name}(CAST({written} AS INTEGER))."));
    }
    call(span, name, &[given], &[written.to_owned()], wrong)
}
