//! What may be written at a place: names that exist there, words that can follow, whole statements.
//!
//! The word being written is taken out of the text first, so that a half-written name is never mistaken for
//! one that exists. What stands before the place says what may follow; the query around it says which
//! columns are in scope. The word then ranks the offers: those it begins, before those that merely contain
//! its letters in order.

use std::ops::Range;

use crate::sql::assist::help;
use crate::sql::assist::scene::{Column, Origin, Scene, Select, find};
use crate::sql::assist::snippet;
use crate::sql::ast::{quoted, shown};
use crate::sql::bind::Catalog;
use crate::sql::func::catalog::{self, Kind as Routine, Standing};
use crate::sql::parse::{self, TokenKind};

mod place;

use place::Place;

/// What an offer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompletionKind {
    Column,
    /// An alias of the query, or a window of its WINDOW clause.
    Alias,
    Stream,
    Pump,
    Function,
    Type,
    Unit,
    Keyword,
    Snippet,
}

/// One thing that may be written at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is shown.
    pub label: String,
    /// What is written in place of `replace`.
    pub insert: String,
    pub kind: CompletionKind,
    /// A type, a signature, the stream a column comes from.
    pub detail: String,
    /// A sentence, or the text of a template.
    pub doc: String,
    /// The bytes of the text it takes the place of: the word as far as it is written.
    pub replace: Range<usize>,
}

/// Types of columns, with one sentence each.
const TYPES: &[(&str, &str)] = &[
    ("VARCHAR(16)", "Text of up to so many characters; longer text is cut."),
    ("CHAR(4)", "Text of exactly so many characters, filled with blanks."),
    ("INTEGER", "A whole number of 32 bits."),
    ("BIGINT", "A whole number of 64 bits."),
    ("SMALLINT", "A whole number of 16 bits."),
    ("TINYINT", "A whole number of 8 bits."),
    ("DECIMAL(16,2)", "An exact number: digits in all, and digits behind the point."),
    ("DOUBLE", "An approximate number of 64 bits."),
    ("REAL", "An approximate number of 32 bits."),
    ("BOOLEAN", "TRUE, FALSE or NULL."),
    ("TIMESTAMP", "A date and a time of day, in milliseconds, UTC."),
    ("DATE", "A day."),
    ("TIME", "A time of day."),
    ("VARBINARY(16)", "Bytes, up to so many."),
    ("BINARY(4)", "Bytes, exactly so many."),
];

const UNITS: &[&str] = &["SECOND", "MINUTE", "HOUR", "DAY", "MONTH", "YEAR"];

/// Everything that may be written at a byte of the text, best first. Nothing within a comment, a number or a
/// text in single quotes.
pub fn complete(text: &str, cursor: usize, catalog: &Catalog) -> Vec<Completion> {
    let cursor = boundary(text, cursor);
    let Some(word) = Word::at(text, cursor) else { return Vec::new() };
    // Blanks in place of the word keep every other place where it is.
    let mut without = text.to_owned();
    without.replace_range(word.span.clone(), &" ".repeat(word.span.len()));
    let scene = Scene::new(&without, catalog);
    let mut offers = Offers { scene: &scene, catalog, word: &word, found: Vec::new() };
    offers.collect();
    offers.ranked()
}

/// The nearest end of a character at or before a byte.
pub fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The word being written.
struct Word {
    span: Range<usize>,
    /// Without quotes.
    letters: String,
    quoted: bool,
}

impl Word {
    /// The word that ends at the cursor, which may be empty; `None` where no name can stand.
    fn at(text: &str, cursor: usize) -> Option<Word> {
        let before = &text[..cursor];
        let letters = |it: char| it.is_alphanumeric() || matches!(it, '_' | '$');
        let start = before
            .rfind(|it: char| !letters(it))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let tokens = parse::tokens(text);
        let around = tokens.iter().find(|it| it.span.start < cursor && cursor <= it.span.end);
        match around {
            Some(it) if it.kind == TokenKind::QuotedName => {
                let closed =
                    cursor == it.span.end && 1 < it.span.len() && text[it.span.clone()].ends_with('"');
                // A quote without its partner swallows the line; the word is what stands before the cursor.
                let end = if text[cursor..].starts_with('"') && !closed { cursor + 1 } else { cursor };
                let letters = text[it.span.start..cursor].trim_matches('"').replace("\"\"", "\"");
                return (!closed).then_some(Word { span: it.span.start..end, letters, quoted: true });
            }
            Some(it) if matches!(it.kind, TokenKind::Text | TokenKind::Number) => return None,
            Some(it) if it.kind == TokenKind::Comment => {
                let written = &text[it.span.clone()];
                let behind = written.starts_with("/*") && written.ends_with("*/") && cursor == it.span.end;
                if !behind {
                    return None;
                }
            }
            _ => {}
        }
        Some(Word { span: start..cursor, letters: before[start..].to_owned(), quoted: false })
    }

    /// How well an offer fits: 0 is best, `None` does not fit.
    fn fit(&self, label: &str) -> Option<u8> {
        if self.letters.is_empty() {
            return Some(0);
        }
        if label.starts_with(&self.letters) {
            return Some(0);
        }
        let (label, letters) = (label.to_lowercase(), self.letters.to_lowercase());
        if label.starts_with(&letters) {
            return Some(1);
        }
        let begins_part = label.split(['_', ' ', '.']).any(|it| it.starts_with(&letters));
        if begins_part {
            return Some(2);
        }
        let mut rest = label.chars();
        (1 < letters.chars().count() && letters.chars().all(|it| rest.any(|other| other == it))).then_some(3)
    }
}

/// Offers being gathered.
struct Offers<'a> {
    scene: &'a Scene<'a>,
    catalog: &'a Catalog,
    word: &'a Word,
    found: Vec<Completion>,
}

impl Offers<'_> {
    fn collect(&mut self) {
        let place = place::of(self.scene, self.word.span.start);
        if self.word.quoted && !place.takes_names() {
            return;
        }
        match place {
            Place::Nothing => {}
            Place::Statement => self.statements(),
            Place::Words(words) => self.words(words),
            Place::Readable => self.streams(|it| it != Origin::Error, true),
            Place::Writable => self.streams(|it| it == Origin::Code, false),
            Place::Pumps => self.pumps(),
            Place::Units(words) => {
                for unit in UNITS {
                    self.offer(
                        unit,
                        unit,
                        CompletionKind::Unit,
                        "unit of time",
                        help::word(unit).unwrap_or(""),
                    );
                }
                self.words(words);
            }
            Place::Types => self.types(),
            Place::TargetColumns { stream, used } => self.target(&stream, &used),
            Place::ColumnsOf { qualifier, select } => self.columns_of(&qualifier, select.as_ref()),
            Place::Windows(select) => self.windows(&select),
            Place::Value { select, words } => {
                self.columns(select.as_ref());
                self.functions();
                self.words(words);
            }
        }
    }

    fn offer(&mut self, label: &str, insert: &str, kind: CompletionKind, detail: &str, doc: &str) {
        if self.word.fit(label).is_none() {
            return;
        }
        let known = self.found.iter().any(|it| it.label == label && it.kind == kind && it.insert == insert);
        if !known {
            self.found.push(Completion {
                label: label.to_owned(),
                insert: insert.to_owned(),
                kind,
                detail: detail.to_owned(),
                doc: doc.to_owned(),
                replace: self.word.span.clone(),
            });
        }
    }

    /// A name as it must be written here.
    fn name(&self, stored: &str) -> String {
        if self.word.quoted { quoted(stored) } else { shown(stored) }
    }

    fn statements(&mut self) {
        for it in snippet::snippets(self.catalog) {
            self.offer(it.label, &it.text, CompletionKind::Snippet, it.detail, &it.text);
        }
        self.words(&[
            "CREATE OR REPLACE STREAM",
            "CREATE OR REPLACE PUMP",
            "CREATE FUNCTION",
            "ALTER PUMP",
            "DROP STREAM",
            "DROP PUMP",
        ]);
    }

    fn words(&mut self, words: &[&str]) {
        if self.word.quoted {
            return;
        }
        for word in words {
            let first = word.split(' ').next().unwrap_or(word);
            let doc = help::word(word).or_else(|| help::word(first)).unwrap_or("");
            self.offer(word, word, CompletionKind::Keyword, "keyword", doc);
        }
    }

    fn streams(&mut self, wanted: fn(Origin) -> bool, read: bool) {
        for stream in &self.scene.streams {
            if wanted(stream.origin) {
                let columns: Vec<String> =
                    stream.columns.iter().filter(|it| !it.hidden).map(column_line).collect();
                let detail = help::origin(stream.origin);
                self.offer(
                    &stream.name,
                    &self.name(&stream.name),
                    CompletionKind::Stream,
                    detail,
                    &columns.join("\n"),
                );
            }
        }
        if read {
            self.words(&["TABLE(", "(SELECT STREAM"]);
        }
    }

    fn pumps(&mut self) {
        for pump in &self.scene.pumps {
            self.offer(&pump.name, &self.name(&pump.name), CompletionKind::Pump, "pump", "");
        }
    }

    fn types(&mut self) {
        for (ty, doc) in TYPES {
            self.offer(ty, ty, CompletionKind::Type, "type", doc);
        }
    }

    fn column(&mut self, column: &Column) {
        let ty = column.ty.as_deref().unwrap_or("computed");
        let doc = match (&column.of, column.name.as_str()) {
            (_, "ROWTIME") => help::ROWTIME.to_owned(),
            (_, name) if help::metadata(name).is_some() => help::metadata(name).unwrap_or("").to_owned(),
            (Some(stream), _) => format!("A column of {}.", shown(stream)),
            (None, _) => "A column of this query.".to_owned(),
        };
        // These words are reserved and yet columns: never in quotes.
        let bare = column.hidden && !self.word.quoted;
        let insert = if bare { column.name.clone() } else { self.name(&column.name) };
        self.offer(&column.name, &insert, CompletionKind::Column, ty, &doc);
    }

    fn columns(&mut self, select: Option<&Select>) {
        let Some(select) = select else { return };
        let relations = self.scene.relations(select);
        for relation in &relations {
            for column in &relation.columns {
                self.column(column);
            }
        }
        for relation in &relations {
            let name = relation.name.as_deref().unwrap_or("");
            if !name.is_empty() {
                let stream = relation.stream.as_deref().unwrap_or("sub-query");
                self.offer(
                    name,
                    &self.name(name),
                    CompletionKind::Alias,
                    stream,
                    "Qualifies a column: a name, a point, the column.",
                );
            }
        }
        if let [only] = &relations[..]
            && let Some(rowtime) = find(&relations, only.name.as_deref(), "ROWTIME")
        {
            let qualified = only.name.as_ref().map(|it| format!("{}.ROWTIME", shown(it)));
            let insert = qualified.unwrap_or(rowtime.name);
            self.offer("ROWTIME", &insert, CompletionKind::Column, "TIMESTAMP", help::ROWTIME);
        }
    }

    fn columns_of(&mut self, qualifier: &str, select: Option<&Select>) {
        let relations = select.map(|it| self.scene.relations(it)).unwrap_or_default();
        let columns = match relations.iter().find(|it| it.name.as_deref() == Some(qualifier)) {
            Some(relation) => relation.columns.clone(),
            None => self.scene.stream(qualifier).map(|it| it.columns.clone()).unwrap_or_default(),
        };
        if columns.is_empty() && relations.iter().all(|it| it.name.as_deref() != Some(qualifier)) {
            return;
        }
        for column in &columns {
            self.column(column);
        }
        self.offer("ROWTIME", "ROWTIME", CompletionKind::Column, "TIMESTAMP", help::ROWTIME);
    }

    fn target(&mut self, stream: &str, used: &[String]) {
        let Some(stream) = self.scene.stream(stream) else { return };
        for column in stream.columns.iter().filter(|it| !it.hidden && !used.contains(&it.name)) {
            self.column(column);
        }
    }

    fn windows(&mut self, select: &Select) {
        for (name, _) in &select.windows {
            self.offer(
                name,
                &self.name(name),
                CompletionKind::Alias,
                "window",
                "A window of the WINDOW clause.",
            );
        }
        self.words(&["(PARTITION BY", "(RANGE INTERVAL", "(ROWS"]);
    }

    fn functions(&mut self) {
        if self.word.quoted {
            return;
        }
        for it in catalog::catalog().filter(|it| it.named() && it.kind != Routine::Operator) {
            let bare = !it.signature.contains('(');
            let insert = if bare { it.name.to_owned() } else { format!("{}(", it.name) };
            let mut doc = format!("{}\nExample: {}", it.doc, it.example.sql());
            if 2016 < it.year {
                doc.push_str(&format!("\nYounger than the workshop: since {}.", it.year));
            }
            if let Standing::Absent(why) = it.standing {
                doc.push_str(&format!("\nNot here: {why}"));
            }
            self.offer(it.name, &insert, CompletionKind::Function, it.signature, &doc);
        }
        for made in &self.scene.functions {
            self.offer(
                &made.name,
                &format!("{}(", self.name(&made.name)),
                CompletionKind::Function,
                &made.head,
                "A function of this program.",
            );
        }
    }

    /// Best first: by fit, by kind, in the order they were found.
    fn ranked(mut self) -> Vec<Completion> {
        let word = self.word;
        self.found.sort_by_key(|it| (word.fit(&it.label), it.kind));
        self.found
    }
}

/// `sensorId VARCHAR(16)`
pub fn column_line(column: &Column) -> String {
    match &column.ty {
        Some(ty) => format!("{} {ty}", shown(&column.name)),
        None => shown(&column.name),
    }
}
