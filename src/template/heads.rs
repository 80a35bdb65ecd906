//! The heads of blocks: `{{#if …}}`, `{{else}}`, `{{/each}}`.
//!
//! Blocks are Handlebars' business. Here it is only seen to that they open and close in order, since the
//! sentences of a grammar do not help a learner, and that a block which asks a placeholder asks a call
//! site instead.

use std::ops::Range;

use crate::sql::diag::{Diagnostic, nearest};
use crate::template::scan::{Scan, close, name_end, word};

/// Blocks nested deeper than this, and chains of questions longer than this, are refused.
const DEPTH_MAX: usize = 30;
const BLOCKS: &[&str] = &["if", "unless", "each", "with"];

/// A block that was opened.
pub struct Open {
    pub name: String,
    pub span: Range<usize>,
    has_else: bool,
    /// How many `{{else if …}}` it has.
    chained: usize,
}

impl Scan<'_> {
    /// `{{#name …}}`, `{{else}}`, `{{else if …}}`, `{{^}}` and `{{/name}}`.
    pub fn block(&mut self, open: usize) {
        let body = &self.text[open + 2..self.end];
        let Some(length) = close(body) else {
            self.refuse(open, "the {{ is never closed", "Write }} at the end of the block's head.");
            return;
        };
        let (inner, end) = (body[..length].trim_matches('~').trim(), open + 2 + length + 2);
        let span = open..end;
        if let Some(name) = inner.strip_prefix('/') {
            self.close_block(name.trim(), span);
        } else if inner == "^" || word(inner) == "else" {
            self.otherwise(inner, span);
        } else if let Some(head) = inner.strip_prefix('#') {
            self.open_block(head, span);
        } else {
            self.refuse(
                open,
                "this block has no meaning here",
                "Blocks are {{#if}}, {{#unless}}, {{#each}} and {{#with}}.",
            );
        }
        self.at = end;
    }

    fn open_block(&mut self, head: &str, span: Range<usize>) {
        let name = word(head);
        if !BLOCKS.contains(&name) {
            let near = nearest(name, BLOCKS.iter().copied()).unwrap_or("each");
            let error = Diagnostic::error(span.clone(), format!("block \"{name}\" does not exist"));
            self.errors.push(error.hint(format!("Perhaps you meant {{{{#{near}}}}}.")));
        } else if DEPTH_MAX <= self.open.len() {
            self.errors.push(Diagnostic::error(span.clone(), "blocks are nested too deeply"));
        }
        if let Some((_, names)) = head.split_once('|') {
            self.names
                .extend(names.split('|').next().unwrap_or_default().split_whitespace().map(str::to_owned));
        }
        self.head(head[name.len()..].trim(), matches!(name, "if" | "unless"), span.clone());
        self.open.push(Open { name: name.to_owned(), span, has_else: false, chained: 0 });
    }

    fn otherwise(&mut self, inner: &str, span: Range<usize>) {
        let rest = if inner == "^" { "" } else { inner.strip_prefix("else").unwrap_or_default().trim() };
        let chained = !rest.is_empty();
        match self.open.last_mut() {
            Some(block) if !block.has_else => {
                block.has_else = !chained;
                block.chained += 1;
                if DEPTH_MAX < block.chained {
                    self.errors.push(Diagnostic::error(span, "the chain of questions is too long"));
                    return;
                }
            }
            _ => {
                let error = Diagnostic::error(span, "an else stands alone");
                self.errors.push(error.hint("It belongs between {{#if …}} and {{/if}}, once."));
                return;
            }
        }
        if chained && !matches!(word(rest), "if" | "unless") {
            self.errors.push(Diagnostic::error(span, "after else there can only be if or unless"));
            return;
        }
        if chained {
            self.head(rest[word(rest).len()..].trim(), true, span);
        } else {
            self.keep(span.start, span.end);
        }
    }

    fn close_block(&mut self, name: &str, span: Range<usize>) {
        match self.open.pop() {
            Some(block) if block.name == name => {}
            Some(block) => {
                let error = Diagnostic::error(
                    span.clone(),
                    format!("block \"{}\" is closed by \"{name}\"", block.name),
                );
                self.errors.push(error.hint(format!("Write {{{{/{}}}}}.", block.name)));
            }
            None => {
                let error = Diagnostic::error(
                    span.clone(),
                    format!("block \"{name}\" is closed and was never opened"),
                );
                self.errors.push(error.hint(format!("Write {{{{#{name} …}}}} before it.")));
            }
        }
        self.keep(span.start, span.end);
    }

    /// What a block asks: a placeholder, or something Handlebars knows.
    fn head(&mut self, asked: &str, may_ask: bool, span: Range<usize>) {
        if asked.is_empty() {
            let error = Diagnostic::error(span, "the block does not say what it asks");
            self.errors.push(error.hint("For example {{#if random.boolean}} or {{#each [1,2,3]}}."));
            return;
        }
        let bare = asked.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(asked).trim();
        let name = &bare[..name_end(bare)];
        let module = name.split('.').next().unwrap_or_default();
        let ours = name.contains('.') && module != "this" && !self.names.iter().any(|it| it == module);
        if !ours || !name.starts_with(|it: char| it.is_ascii_alphabetic()) {
            self.keep(span.start, span.end);
            return;
        }
        if !may_ask {
            let error = Diagnostic::error(span, "only {{#if}} and {{#unless}} can ask a placeholder");
            self.errors.push(error.hint("Write a list: {{#each [1,2,3]}}."));
            return;
        }
        let start = span.start + self.text[span.clone()].find(bare).unwrap_or_default();
        if let Some(site) = self.site(bare, start, start..start + bare.len()) {
            let (from, to) = if asked.len() == bare.len() {
                (start, start + bare.len())
            } else {
                let asked_at = span.start + self.text[span.clone()].find(asked).unwrap_or_default();
                (asked_at, asked_at + asked.len())
            };
            let call = format!("(${})", self.sites.len());
            self.translated.push_str(&self.text[span.start..from]);
            self.translated.push_str(&call);
            for character in self.text[from..to].chars().skip(call.len()) {
                self.translated.push(if character == '\n' { '\n' } else { ' ' });
            }
            self.translated.push_str(&self.text[to..span.end]);
            self.sites.push(site);
        }
    }
}
