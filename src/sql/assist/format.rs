//! A program in the house layout: one clause a line, keywords in capitals, names as they are.
//!
//! The formatter works on tokens, so that every comment survives, and knows the language only as far as
//! clauses and parentheses go. A statement that cannot be read is left exactly as it is written. What was
//! laid out is read once more: a statement whose tokens came out different is given back as it was.

use std::ops::Range;

use crate::sql::assist::layout;
use crate::sql::ast::StatementKind;
use crate::sql::diag::Diagnostic;
use crate::sql::parse::{self, Token, TokenKind};

mod clause;
mod tree;

/// A text in the house layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formatted {
    pub text: String,
    /// What could not be read, and so was left as it is; places are those of the text given in.
    pub left: Vec<Diagnostic>,
}

/// Lays out a program. Statements that cannot be read stay as they are written; where none can, the
/// errors are the answer.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    format_with(text).map(|it| it.text)
}

/// As [`format()`], and says what was left as it is.
pub fn format_with(text: &str) -> Result<Formatted, Vec<Diagnostic>> {
    let script = parse::parse(text);
    let broken =
        |it: &parse::Script| it.statements.iter().all(|it| matches!(it.kind, StatementKind::Broken { .. }));
    if !script.errors.is_empty() && broken(&script) {
        return Err(script.errors);
    }
    let mut page = Page { text, out: String::with_capacity(text.len()), from: 0 };
    let mut tokens = script.tokens.as_slice();
    for (at, statement) in script.statements.iter().enumerate() {
        let begin = tokens.partition_point(|it| it.span.start < statement.span.start);
        let end = tokens.partition_point(|it| it.span.start < statement.span.end);
        page.between(&tokens[..begin]);
        let written = &text[statement.span.clone()];
        let readable = !matches!(statement.kind, StatementKind::Broken { .. });
        let body = if readable { laid_out(text, &tokens[begin..end]) } else { None };
        page.statement(body.unwrap_or_else(|| unix(written)), statement.span.clone());
        tokens = &tokens[end..];
        let closed = tokens
            .iter()
            .find(|it| it.kind != TokenKind::Comment)
            .is_some_and(|it| &text[it.span.clone()] == ";");
        if closed || readable && at + 1 == script.statements.len() {
            page.out.push(';');
        }
        if closed {
            tokens = page.behind(tokens);
        }
    }
    page.between(tokens);
    Ok(Formatted { text: page.finish(), left: script.errors })
}

/// The tokens of one statement in the house layout, if they mean the same there.
fn laid_out(text: &str, tokens: &[Token]) -> Option<String> {
    let printed = layout::print(&clause::statement(&tree::read(text, tokens)));
    same(text, tokens, &printed).then_some(printed)
}

/// Whether a text consists of these tokens, but for the case of keywords and unquoted names and for the
/// places of comments.
fn same(text: &str, tokens: &[Token], printed: &str) -> bool {
    let again = parse::parse(printed);
    let key = |text: &str, it: &Token| match it.kind {
        TokenKind::Keyword | TokenKind::Name => text[it.span.clone()].to_uppercase(),
        _ => unix(&text[it.span.clone()]),
    };
    let words = |text: &str, all: &[Token]| -> Vec<String> {
        all.iter().filter(|it| it.kind != TokenKind::Comment).map(|it| key(text, it)).collect()
    };
    let comments = |text: &str, all: &[Token]| -> Vec<String> {
        let mut all: Vec<String> = all
            .iter()
            .filter(|it| it.kind == TokenKind::Comment)
            .map(|it| unix(&text[it.span.clone()]).trim_end().to_owned())
            .collect();
        all.sort();
        all
    };
    words(text, tokens) == words(printed, &again.tokens)
        && comments(text, tokens) == comments(printed, &again.tokens)
}

/// The whole text as it is put together.
struct Page<'t> {
    text: &'t str,
    out: String,
    /// The end of what is already there, in the text given in.
    from: usize,
}

impl<'t> Page<'t> {
    /// A statement, one empty line below what stands above it; directly below its own comments.
    fn statement(&mut self, body: String, span: Range<usize>) {
        let above = self.out.lines().last().unwrap_or("");
        let lines = self.lines_before(span.start);
        let commented = is_comment(above) && lines < 2;
        self.open_line(if commented { 1 } else { 2 });
        self.out.push_str(&body);
        self.from = span.end;
    }

    /// Comments and lone semicolons between statements.
    fn between(&mut self, tokens: &[Token]) {
        for token in tokens {
            let written = unix(&self.text[token.span.clone()]);
            let lines = self.lines_before(token.span.start);
            let first = self.out.is_empty();
            if written == ";" || lines == 0 && !first {
                self.out.push_str(if written == ";" || first { "" } else { " " });
            } else {
                let above = self.out.lines().last().unwrap_or("");
                self.open_line(if is_comment(above) || first { lines.clamp(1, 2) } else { 2 });
            }
            self.out.push_str(written.trim_end());
            self.from = token.span.end;
        }
    }

    /// The semicolon of a statement, the comments before it and the one behind it on its line; what is left
    /// is the answer.
    fn behind<'a>(&mut self, tokens: &'a [Token]) -> &'a [Token] {
        let at = tokens.iter().position(|it| it.kind != TokenKind::Comment).unwrap_or(0);
        self.between(&tokens[..at]);
        self.from = tokens.get(at).map_or(self.from, |it| it.span.end);
        let rest = tokens.get(at + 1..).unwrap_or(&[]);
        let line =
            rest.iter().take_while(|it| it.kind == TokenKind::Comment && self.on_line(it.span.start)).count();
        self.between(&rest[..line.min(1)]);
        &rest[line.min(1)..]
    }

    fn on_line(&self, at: usize) -> bool {
        self.lines_before(at) == 0
    }

    /// Line ends between what is there and a byte of the text.
    fn lines_before(&self, at: usize) -> usize {
        let gap = self.text.get(self.from..at).unwrap_or("");
        unix(gap).matches('\n').count()
    }

    /// Begins a new line, `lines` below the last one.
    fn open_line(&mut self, lines: usize) {
        if !self.out.is_empty() {
            self.out.push_str(&"\n".repeat(lines));
        }
    }

    fn finish(mut self) -> String {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["--", "//", "/*"].iter().any(|it| line.starts_with(it)) || line.ends_with("*/")
}

/// Line ends of any kind as line feeds.
fn unix(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
