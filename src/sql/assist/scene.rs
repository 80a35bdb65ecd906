//! What surrounds a place in a text: the streams that exist, the statement, the queries around the place
//! and what they read.
//!
//! Everything is read off tokens, so it is there while a statement is half written, and an error in another
//! one does not matter. Where the language allows more than is recognised here, less is known, never wrong.

use std::ops::Range;

use crate::sql::bind::{Catalog, ERROR_STREAM};
use crate::sql::parse::{self, Token, TokenKind};
use crate::sql::plan::ColumnDef;

mod query;

pub use query::{Relation, Select, find};

/// A column as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// As stored.
    pub name: String,
    /// As written in a definition; `None` where it would have to be computed.
    pub ty: Option<String>,
    /// The stream it comes from.
    pub of: Option<String>,
    /// Where it is made.
    pub span: Option<Range<usize>>,
    /// `*` leaves it out.
    pub hidden: bool,
}

/// Where a stream comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Source,
    Reference,
    Error,
    Code,
}

#[derive(Clone, Debug)]
pub struct Stream {
    pub name: String,
    pub origin: Origin,
    pub columns: Vec<Column>,
    /// Its name in CREATE STREAM; `None` for what the configuration brings.
    pub span: Option<Range<usize>>,
}

/// A pump or a function of the text.
#[derive(Clone, Debug)]
pub struct Made {
    pub name: String,
    pub span: Range<usize>,
    /// The whole head of a function: `f (c DOUBLE) RETURNS DOUBLE`.
    pub head: String,
}

/// A text with what it makes.
pub struct Scene<'t> {
    pub text: &'t str,
    /// Without comments.
    pub tokens: Vec<Token>,
    pub streams: Vec<Stream>,
    pub pumps: Vec<Made>,
    pub functions: Vec<Made>,
    /// The tokens of each statement, without its semicolon.
    pub statements: Vec<Range<usize>>,
}

impl<'t> Scene<'t> {
    pub fn new(text: &'t str, catalog: &Catalog) -> Self {
        let mut tokens = parse::tokens(text);
        tokens.retain(|it| it.kind != TokenKind::Comment);
        let mut scene = Scene {
            text,
            tokens,
            streams: configured(catalog),
            pumps: Vec::new(),
            functions: Vec::new(),
            statements: Vec::new(),
        };
        scene.cut();
        for at in 0..scene.statements.len() {
            scene.makes(scene.statements[at].clone());
        }
        scene
    }

    /// The written text of a token; empty beyond the last one.
    pub fn written(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |it| &self.text[it.span.clone()])
    }

    /// Whether a token is this unquoted word or sign.
    pub fn is(&self, at: usize, word: &str) -> bool {
        self.written(at).eq_ignore_ascii_case(word)
    }

    pub fn is_one_of(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|it| self.is(at, it))
    }

    pub fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|it| it.kind)
    }

    /// Whether a token can be a name. Keywords can where the language lets them.
    pub fn nameable(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(TokenKind::Name | TokenKind::QuotedName) => true,
            Some(TokenKind::Keyword) => !crate::sql::dialect::reserved(self.written(at)),
            _ => false,
        }
    }

    /// A token as the name it stores.
    pub fn stored(&self, at: usize) -> String {
        stored(self.written(at))
    }

    /// The tokens of the statement a byte lies in, or behind which it lies.
    pub fn statement_at(&self, byte: usize) -> Range<usize> {
        let first = self.tokens.partition_point(|it| it.span.start < byte);
        let found = self.statements.iter().find(|it| {
            let closed = self.is(it.end, ";");
            let end = self.tokens.get(it.end).map_or(usize::MAX, |it| it.span.start + usize::from(!closed));
            it.start <= first && byte <= end
        });
        found.cloned().unwrap_or(first..first)
    }

    pub fn stream(&self, stored: &str) -> Option<&Stream> {
        self.streams.iter().rev().find(|it| it.name == stored)
    }

    /// The token behind the parenthesis that `open` opens, or `end` if it is never closed.
    pub fn behind(&self, open: usize, end: usize) -> usize {
        let mut depth = 0usize;
        for at in open..end {
            match self.written(at) {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => continue,
            }
            if depth == 0 {
                return at + 1;
            }
        }
        end
    }

    /// Cuts the tokens into statements.
    fn cut(&mut self) {
        let mut from = 0;
        for at in 0..=self.tokens.len() {
            let ends = at == self.tokens.len() || self.is(at, ";");
            let begins = from < at && self.begins(at);
            if ends || begins {
                if from < at {
                    self.statements.push(from..at);
                }
                from = at + usize::from(ends);
            }
        }
    }

    fn begins(&self, at: usize) -> bool {
        let kinds = ["STREAM", "PUMP", "FUNCTION"];
        match self.is(at, "CREATE") {
            true if self.is(at + 1, "OR") => self.is(at + 2, "REPLACE"),
            true => self.is_one_of(at + 1, &kinds),
            false => self.is_one_of(at, &["ALTER", "DROP"]) && self.is_one_of(at + 1, &kinds),
        }
    }

    /// Notes what a statement makes.
    fn makes(&mut self, tokens: Range<usize>) {
        if !self.is(tokens.start, "CREATE") {
            return;
        }
        let kind = tokens.start + if self.is(tokens.start + 1, "OR") { 3 } else { 1 };
        let name = kind + 1;
        if tokens.end <= name || !self.nameable(name) {
            return;
        }
        let span = self.tokens[name].span.clone();
        let stored = self.stored(name);
        let close = self.behind(name + 1, tokens.end);
        match self.written(kind).to_ascii_uppercase().as_str() {
            "STREAM" => {
                let columns = self.columns(name + 1, close, &stored);
                self.streams.push(Stream { name: stored, origin: Origin::Code, columns, span: Some(span) });
            }
            "PUMP" => self.pumps.push(Made { name: stored, span, head: String::new() }),
            "FUNCTION" => {
                let head = self.joined(name..(close + 2).min(tokens.end));
                self.functions.push(Made { name: stored, span, head });
            }
            _ => {}
        }
    }

    /// The columns of CREATE STREAM between its parentheses.
    fn columns(&self, open: usize, close: usize, stream: &str) -> Vec<Column> {
        let mut columns = Vec::new();
        let inside = open + 1..close.saturating_sub(1).max(open + 1);
        for item in self.items(inside) {
            let name = item.start;
            if item.is_empty()
                || !matches!(
                    self.kind(name),
                    Some(TokenKind::Name | TokenKind::QuotedName | TokenKind::Keyword)
                )
            {
                continue;
            }
            let ty_end =
                (name + 1..item.end).find(|&it| self.is_one_of(it, &["NOT", "NULL"])).unwrap_or(item.end);
            let ty = self.joined(name + 1..ty_end).to_uppercase();
            columns.push(Column {
                name: self.stored(name),
                ty: (!ty.is_empty()).then_some(ty),
                of: Some(stream.to_owned()),
                span: Some(self.tokens[name].span.clone()),
                hidden: false,
            });
        }
        columns
    }

    /// The ranges between the commas that stand outside of parentheses.
    pub fn items(&self, tokens: Range<usize>) -> Vec<Range<usize>> {
        let mut items = Vec::new();
        let (mut depth, mut from) = (0usize, tokens.start);
        for at in tokens.clone() {
            match self.written(at) {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                "," if depth == 0 => {
                    items.push(from..at);
                    from = at + 1;
                }
                _ => {}
            }
        }
        items.push(from..tokens.end.max(from));
        items
    }

    /// Tokens as a person writes them on one line.
    pub fn joined(&self, tokens: Range<usize>) -> String {
        let mut out = String::new();
        for at in tokens {
            let word = self.written(at);
            let close = matches!(word, "(" | ")" | "," | ".") || out.ends_with(['(', '.']) || out.is_empty();
            if !close || out.ends_with(',') && out.contains(' ') {
                out.push(' ');
            }
            out.push_str(word);
        }
        out
    }
}

/// A written name as it is stored.
pub fn stored(written: &str) -> String {
    match written.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').unwrap_or(rest).replace("\"\"", "\""),
        None => written.to_uppercase(),
    }
}

/// What exists before any code.
fn configured(catalog: &Catalog) -> Vec<Stream> {
    let columns = |defs: &[ColumnDef], of: &str| -> Vec<Column> {
        let column = |it: &ColumnDef| column(&it.name, &it.ty.to_string(), of, false);
        defs.iter().map(column).collect()
    };
    let mut streams = Vec::new();
    for source in &catalog.sources {
        let mut all = columns(&source.columns, &source.name);
        for (name, ty) in [
            ("APPROXIMATE_ARRIVAL_TIME", "TIMESTAMP"),
            ("PARTITION_KEY", "VARCHAR(256)"),
            ("SEQUENCE_NUMBER", "VARCHAR(128)"),
            ("SHARD_ID", "VARCHAR(128)"),
        ] {
            all.push(column(name, ty, &source.name, true));
        }
        streams.push(Stream { name: source.name.clone(), origin: Origin::Source, columns: all, span: None });
    }
    for table in &catalog.tables {
        let columns = columns(&table.columns, &table.name);
        streams.push(Stream { name: table.name.clone(), origin: Origin::Reference, columns, span: None });
    }
    let name = ERROR_STREAM.to_owned();
    streams.push(Stream { name, origin: Origin::Error, columns: Vec::new(), span: None });
    streams
}

pub fn column(name: &str, ty: &str, of: &str, hidden: bool) -> Column {
    Column { name: name.to_owned(), ty: Some(ty.to_owned()), of: Some(of.to_owned()), span: None, hidden }
}
