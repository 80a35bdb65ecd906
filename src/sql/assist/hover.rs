//! What a word means where it stands, and where that is made.

use std::ops::Range;

use crate::sql::assist::complete::{boundary, column_line};
use crate::sql::assist::help;
use crate::sql::assist::scene::{Column, Relation, Scene, Stream, find};
use crate::sql::ast::shown;
use crate::sql::bind::Catalog;
use crate::sql::dialect;
use crate::sql::func::catalog::{self, Routine, Standing};
use crate::sql::parse::TokenKind;
use crate::sql::value::SqlType;

/// What is shown about a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The bytes of the word.
    pub span: Range<usize>,
    /// One line: a name with its type or signature.
    pub title: String,
    /// Sentences, a line each.
    pub body: String,
}

/// What a word of a program stands for.
enum Meaning<'s> {
    Stream(&'s Stream),
    Pump(Range<usize>),
    Alias(Relation),
    Column(Column),
    Window(Range<usize>),
    Function(&'static Routine),
    OwnFunction(&'s crate::sql::assist::scene::Made),
}

/// What the word at a byte means; `None` in white space, comments and punctuation.
pub fn hover(text: &str, byte: usize, catalog: &Catalog) -> Option<Hover> {
    let scene = Scene::new(text, catalog);
    let at = token_at(&scene, boundary(text, byte))?;
    let span = scene.tokens[at].span.clone();
    let written = scene.written(at);
    let (title, body) = match scene.kind(at)? {
        TokenKind::Text | TokenKind::Number => (literal(&scene, at)?, "A literal.".to_owned()),
        TokenKind::Operator => routine(catalog::routine(written)?),
        TokenKind::Name | TokenKind::QuotedName | TokenKind::Keyword => match meaning(&scene, at) {
            Some(meaning) => told(meaning),
            None => word(written)?,
        },
        _ => return None,
    };
    Some(Hover { span, title, body })
}

/// Where what the word at a byte stands for is made: the bytes of its name there.
pub fn definition(text: &str, byte: usize, catalog: &Catalog) -> Option<Range<usize>> {
    let scene = Scene::new(text, catalog);
    made_at(&scene, token_at(&scene, boundary(text, byte))?)
}

/// Every place that stands for the same as the word at a byte, where it is made included, in text order.
pub fn references(text: &str, byte: usize, catalog: &Catalog) -> Vec<Range<usize>> {
    let scene = Scene::new(text, catalog);
    let Some(made) = token_at(&scene, boundary(text, byte)).and_then(|it| made_at(&scene, it)) else {
        return Vec::new();
    };
    let same = |it: &usize| scene.tokens[*it].span == made || made_at(&scene, *it).as_ref() == Some(&made);
    (0..scene.tokens.len()).filter(same).map(|it| scene.tokens[it].span.clone()).collect()
}

/// The token a byte lies in, or behind which it lies.
fn token_at(scene: &Scene<'_>, byte: usize) -> Option<usize> {
    let inside = scene.tokens.iter().position(|it| it.span.contains(&byte));
    let wordlike =
        |it: &usize| !matches!(scene.kind(*it), Some(TokenKind::Punctuation | TokenKind::Operator));
    inside.filter(wordlike).or_else(|| scene.tokens.iter().position(|it| it.span.end == byte)).or(inside)
}

fn made_at(scene: &Scene<'_>, at: usize) -> Option<Range<usize>> {
    match meaning(scene, at)? {
        Meaning::Stream(stream) => stream.span.clone(),
        Meaning::Pump(span) | Meaning::Window(span) => Some(span),
        Meaning::Alias(relation) => relation.alias,
        Meaning::Column(column) => column.span,
        Meaning::OwnFunction(made) => Some(made.span.clone()),
        Meaning::Function(_) => None,
    }
}

/// What a name stands for. Which names can stand where decides between equal ones.
fn meaning<'s>(scene: &'s Scene<'_>, at: usize) -> Option<Meaning<'s>> {
    if !matches!(scene.kind(at), Some(TokenKind::Name | TokenKind::QuotedName | TokenKind::Keyword)) {
        return None;
    }
    let (name, before) = (scene.stored(at), at.wrapping_sub(1));
    let byte = scene.tokens[at].span.start;
    let statement = scene.statement_at(byte + 1);
    let called = scene.is(at + 1, "(");
    if scene.is_one_of(before, &["PUMP"]) {
        return scene.pumps.iter().find(|it| it.name == name).map(|it| Meaning::Pump(it.span.clone()));
    }
    if scene.is_one_of(before, &["INTO", "STREAM"])
        && !scene.is(before.wrapping_sub(1), "SELECT")
        && let Some(stream) = scene.stream(&name)
    {
        return Some(Meaning::Stream(stream));
    }
    if let Some(own) = scene.functions.iter().find(|it| it.name == name && called) {
        return Some(Meaning::OwnFunction(own));
    }
    if let Some(column) = declared(scene, at, &statement) {
        return Some(Meaning::Column(column));
    }
    let quoted = scene.kind(at) == Some(TokenKind::QuotedName);
    if let Some(found) = in_query(scene, at, &name, &statement) {
        return Some(found);
    }
    if !quoted
        && let Some(routine) =
            catalog::routine(&name).filter(|it| it.named() && (called || !it.signature.contains('(')))
    {
        return Some(Meaning::Function(routine));
    }
    let stream = scene.stream(&name).map(Meaning::Stream);
    stream.or_else(|| scene.pumps.iter().find(|it| it.name == name).map(|it| Meaning::Pump(it.span.clone())))
}

/// A name of CREATE STREAM's own list, or of the column list of INSERT.
fn declared(scene: &Scene<'_>, at: usize, statement: &Range<usize>) -> Option<Column> {
    let span = &scene.tokens[at].span;
    let own = scene.streams.iter().flat_map(|it| &it.columns).find(|it| it.span.as_ref() == Some(span));
    if let Some(column) = own {
        return Some(column.clone());
    }
    let into = (statement.start..at).find(|&it| scene.is(it, "INTO"))?;
    let listed = scene.is(into + 2, "(") && at < scene.behind(into + 2, statement.end) && into + 2 < at;
    let target = scene.stream(&scene.stored(into + 1)).filter(|_| listed)?;
    target.columns.iter().find(|it| it.name == scene.stored(at)).cloned()
}

/// A name inside a query: a stream or alias of FROM, a window, a column.
fn in_query<'s>(
    scene: &'s Scene<'_>,
    at: usize,
    name: &str,
    statement: &Range<usize>,
) -> Option<Meaning<'s>> {
    let span = &scene.tokens[at].span;
    let select = scene.select_at(statement.clone(), span.start)?;
    let relations = scene.relations(&select);
    if let Some(relation) = relations.iter().find(|it| it.alias.as_ref() == Some(span)) {
        return Some(Meaning::Alias(relation.clone()));
    }
    if scene.is(at.wrapping_sub(1), ".") {
        let qualifier = scene.stored(at.wrapping_sub(2));
        return find(&relations, Some(&qualifier), name).map(Meaning::Column);
    }
    let reads = scene.is_one_of(at.wrapping_sub(1), &["FROM", "JOIN", ","]) && select.from.contains(&at);
    if reads && let Some(stream) = scene.stream(name) {
        return Some(Meaning::Stream(stream));
    }
    if scene.is(at + 1, ".")
        && let Some(relation) = relations.iter().find(|it| it.name.as_deref() == Some(name))
    {
        let stream = relation.stream.as_ref().filter(|_| relation.alias.is_none());
        return Some(match stream.and_then(|it| scene.stream(it)) {
            Some(stream) => Meaning::Stream(stream),
            None => Meaning::Alias(relation.clone()),
        });
    }
    let window = select
        .windows
        .iter()
        .find(|it| it.0 == name && (scene.is(at.wrapping_sub(1), "OVER") || it.1 == *span));
    if let Some((_, span)) = window {
        return Some(Meaning::Window(span.clone()));
    }
    if scene.is(at + 1, "(") {
        return None;
    }
    find(&relations, None, name).map(Meaning::Column)
}

fn told(meaning: Meaning<'_>) -> (String, String) {
    match meaning {
        Meaning::Stream(stream) => (
            format!("{}: {}", shown(&stream.name), help::origin(stream.origin)),
            stream.columns.iter().filter(|it| !it.hidden).map(column_line).collect::<Vec<_>>().join("\n"),
        ),
        Meaning::Pump(_) => ("pump".to_owned(), "A query that never ends, written into a stream.".to_owned()),
        Meaning::Alias(relation) => {
            let name = relation.name.as_deref().map(shown).unwrap_or_default();
            let of = relation.stream.as_deref().map_or("a sub-query".to_owned(), shown);
            let lines = relation.columns.iter().filter(|it| !it.hidden).map(column_line).collect::<Vec<_>>();
            (format!("{name}: stands for {of}"), lines.join("\n"))
        }
        Meaning::Column(column) => {
            let ty = column.ty.as_deref().unwrap_or("computed");
            let name = if column.hidden { column.name.clone() } else { shown(&column.name) };
            let about =
                if column.name == "ROWTIME" { Some(help::ROWTIME) } else { help::metadata(&column.name) };
            let mut body: Vec<String> = about.map(str::to_owned).into_iter().collect();
            body.push(match &column.of {
                Some(stream) => format!("A column of {}.", shown(stream)),
                None => "A column of this query.".to_owned(),
            });
            (format!("{name} {ty}"), body.join("\n"))
        }
        Meaning::Window(_) => ("window".to_owned(), "A window of the WINDOW clause.".to_owned()),
        Meaning::Function(it) => routine(it),
        Meaning::OwnFunction(made) => (made.head.clone(), "A function of this program.".to_owned()),
    }
}

fn routine(it: &Routine) -> (String, String) {
    let mut body = vec![it.doc.to_owned()];
    if !it.result.is_empty() {
        body.push(format!("Result: {}.", it.result.trim_end_matches('.')));
    }
    body.push(match it.example.gives() {
        Some(gives) => format!("Example: {} gives {gives}", it.example.sql()),
        None => format!("Example: {}", it.example.sql()),
    });
    if 2016 < it.year {
        body.push(format!("Younger than the workshop: the service has it since {}.", it.year));
    }
    match it.standing {
        Standing::Exact => {}
        Standing::Simplified(why) => body.push(format!("Simplified: {why}")),
        Standing::Absent(why) => body.push(format!("Not here: {why}")),
    }
    (it.signature.to_owned(), body.join("\n"))
}

/// A type, a keyword, a reserved word.
fn word(written: &str) -> Option<(String, String)> {
    let upper = written.to_uppercase();
    let about = help::word(&upper).map(str::to_owned);
    let ty = SqlType::parse(&upper).is_some().then(|| "A type.".to_owned());
    let reserved = dialect::reserved(&upper)
        .then(|| format!("A word of the language: as a name it is written in double quotes, \"{upper}\"."));
    let lines: Vec<String> = about.or(ty).into_iter().chain(reserved).collect();
    (!lines.is_empty()).then(|| (upper, lines.join("\n")))
}

/// The type of a literal (sql.md 2.3).
fn literal(scene: &Scene<'_>, at: usize) -> Option<String> {
    let written = scene.written(at);
    if scene.kind(at) == Some(TokenKind::Text) {
        let before = scene.written(at.wrapping_sub(1)).to_ascii_uppercase();
        if ["TIMESTAMP", "DATE", "TIME"].contains(&before.as_str()) {
            return Some(format!("{written}: {before}"));
        }
        if before == "INTERVAL" {
            return Some(format!("{written}: INTERVAL {}", scene.written(at + 1).to_uppercase()));
        }
        if written.starts_with(['x', 'X']) {
            return Some(format!("{written}: BINARY({})", written.len().saturating_sub(3) / 2));
        }
        let inner = written.trim_start_matches(|it| it != '\'').trim_matches('\'').replace("''", "'");
        return Some(format!("{written}: CHAR({})", inner.chars().count()));
    }
    if written.contains(['e', 'E']) {
        return Some(format!("{written}: DOUBLE"));
    }
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    Some(match written.split_once('.') {
        Some((_, fraction)) => format!("{written}: DECIMAL({},{})", digits(written), digits(fraction)),
        None if written.parse::<i32>().is_ok() => format!("{written}: INTEGER"),
        None => format!("{written}: BIGINT"),
    })
}
