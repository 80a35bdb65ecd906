//! Where an expression stands: sqlparser's spans are short for calls and casts; tokens complete them.

use std::ops::Range;

use sqlparser::ast::{Expr, Spanned};

use crate::sql::ast::bytes;
use crate::sql::bind::literal::unit_of;
use crate::sql::parse::{Token, TokenKind};

/// A text and its tokens, comments left out.
pub struct Places<'t> {
    text: &'t str,
    tokens: Vec<Range<usize>>,
}

impl<'t> Places<'t> {
    pub fn new(text: &'t str, tokens: &[Token]) -> Self {
        let words = tokens.iter().filter(|it| it.kind != TokenKind::Comment).map(|it| it.span.clone());
        Self { text, tokens: words.collect() }
    }

    /// The bytes of an expression, from its first to its last token.
    pub fn of(&self, expr: &Expr) -> Range<usize> {
        let inner = bytes(expr.span());
        match expr {
            Expr::Function(function) => self.call(bytes(function.name.span())),
            Expr::Floor { expr, .. } => self.around(self.of(expr), &["FLOOR"]),
            Expr::Ceil { expr, .. } => self.around(self.of(expr), &["CEIL", "CEILING"]),
            Expr::Cast { expr, .. } => self.around(self.of(expr), &["CAST"]),
            Expr::Extract { expr, .. } => self.around(self.of(expr), &["EXTRACT"]),
            Expr::Position { expr, .. } => self.around(self.of(expr), &["POSITION"]),
            Expr::Substring { expr, .. } => self.around(self.of(expr), &["SUBSTRING", "SUBSTR"]),
            Expr::Overlay { expr, .. } => self.around(self.of(expr), &["OVERLAY"]),
            Expr::Trim { expr, .. } => self.around(self.of(expr), &["TRIM"]),
            Expr::Nested(expr) => self.parentheses(self.of(expr)),
            Expr::Interval(it) => self.interval(self.of(&it.value)),
            Expr::TypedString(_) | Expr::Prefixed { .. } | Expr::UnaryOp { .. } => {
                self.before(inner.start).map_or(inner.clone(), |it| self.tokens[it].start..inner.end)
            }
            Expr::In { .. } => match self.next(inner.end) {
                Some(token) if self.is(&token, ")") => inner.start..token.end,
                _ => inner,
            },
            Expr::BinaryOp { left, right, .. } => self.of(left).start..self.of(right).end,
            _ => inner,
        }
    }

    /// The words of an expression for a message.
    pub fn text(&self, span: Range<usize>) -> String {
        super::scope::excerpt(self.text, span)
    }

    /// The first token at or behind a byte that is this word.
    pub fn word(&self, from: usize, word: &str) -> Option<Range<usize>> {
        self.tokens.get(self.at(from)..)?.iter().find(|it| self.is(it, word)).cloned()
    }

    /// The token behind a byte.
    pub fn next(&self, byte: usize) -> Option<Range<usize>> {
        self.tokens.get(self.at(byte)).cloned()
    }

    /// Whether the token is this word.
    pub fn is(&self, token: &Range<usize>, word: &str) -> bool {
        self.text.get(token.clone()).is_some_and(|it| it.eq_ignore_ascii_case(word))
    }

    /// The first token that begins at or behind a byte.
    fn at(&self, byte: usize) -> usize {
        self.tokens.partition_point(|it| it.start < byte)
    }

    fn before(&self, byte: usize) -> Option<usize> {
        self.at(byte).checked_sub(1)
    }

    /// A call whose name is known: to its closing parenthesis.
    fn call(&self, name: Range<usize>) -> Range<usize> {
        let open = self.at(name.end);
        match self.tokens.get(open) {
            Some(token) if self.is(token, "(") => name.start..self.closing(open).unwrap_or(name.end),
            _ => name,
        }
    }

    /// The call of one of these names around a piece.
    fn around(&self, inner: Range<usize>, names: &[&str]) -> Range<usize> {
        let mut at = self.at(inner.start);
        while 0 < at {
            at -= 1;
            let named = names.iter().any(|it| self.is(&self.tokens[at], it));
            if named && let Some(end) = self.closing(at + 1).filter(|&end| inner.end <= end) {
                return self.tokens[at].start..end;
            }
        }
        inner
    }

    fn parentheses(&self, inner: Range<usize>) -> Range<usize> {
        match self.before(inner.start) {
            Some(open) if self.is(&self.tokens[open], "(") => {
                self.closing(open).map_or(inner, |end| self.tokens[open].start..end)
            }
            _ => inner,
        }
    }

    /// An interval: INTERVAL and a sign before, the words of the qualifier behind.
    fn interval(&self, value: Range<usize>) -> Range<usize> {
        let mut start = value.start;
        while let Some(at) = self.before(start) {
            let token = &self.tokens[at];
            if !["INTERVAL", "+", "-"].iter().any(|it| self.is(token, it)) {
                break;
            }
            start = token.start;
            if self.is(token, "INTERVAL") {
                break;
            }
        }
        let mut end = value.end;
        let mut at = self.at(value.end);
        while let Some(token) = self.tokens.get(at) {
            let word = self.text.get(token.clone()).unwrap_or("");
            let unit = |it: &str| unit_of(it).is_some() || unit_of(it.trim_end_matches(['s', 'S'])).is_some();
            if unit(word) {
                end = token.end;
            } else if word == "(" && end != value.end {
                let Some(close) = self.closing(at) else { break };
                (end, at) = (close, self.at(close));
                continue;
            } else {
                let more = word.eq_ignore_ascii_case("TO") && end != value.end;
                let next = self.tokens.get(at + 1).and_then(|it| self.text.get(it.clone())).and_then(unit_of);
                if !more || next.is_none() || self.closes_floor(at + 1) {
                    break;
                }
            }
            at += 1;
        }
        start..end
    }

    /// Whether a unit is the last word of a FLOOR: `… / 10 TO SECOND)` belongs to the call.
    fn closes_floor(&self, unit: usize) -> bool {
        self.tokens.get(unit + 1).is_some_and(|it| self.is(it, ")"))
    }

    /// The parentheses that open at or behind a byte, from one to the other.
    pub fn parenthesis(&self, from: usize) -> Range<usize> {
        let open = self.at(from);
        match (self.tokens.get(open), self.closing(open)) {
            (Some(token), Some(end)) => token.start..end,
            _ => from..from,
        }
    }

    /// The end of the parenthesis that opens at this token.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        for token in self.tokens.get(open..)? {
            match self.text.get(token.clone())? {
                "(" => depth += 1,
                ")" => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(token.end);
                    }
                }
                _ if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }
}
