//! The token pass: what sqlparser's grammar cannot see becomes something it can.
//!
//! Spans are never touched, so an error still points into the text the learner wrote. A stack with one
//! entry per open parenthesis knows whether a SELECT is open there and whether FROM has been reached.

use std::collections::BTreeSet;

use sqlparser::tokenizer::{Token as Lexeme, TokenWithSpan};

use crate::sql::ast::bytes;
use crate::sql::dialect::{NTH_VALUE_FROM_LAST, is_one_of, is_word};
use crate::sql::parse::statement::NESTING_MAX;

/// What lies inside one open parenthesis.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    NoSelect,
    Select,
    From,
}

/// The tokens of one statement made readable.
pub struct Rewritten {
    pub tokens: Vec<TokenWithSpan>,
    /// The places of the SELECTs that say SELECT STREAM.
    pub streaming: Vec<usize>,
    /// Windows behind a query in FROM: the place of the query, and the tokens from OVER on. The grammar
    /// beneath has no room for them.
    pub windows: Vec<(usize, Vec<TokenWithSpan>)>,
}

/// Makes the tokens of one statement readable.
pub fn rewrite(text: &str, piece: Vec<TokenWithSpan>) -> Rewritten {
    let out = Vec::with_capacity(piece.len() + 8);
    let mut pass = Pass { text, out, streaming: Vec::new(), directions: BTreeSet::new() };
    let mut windows = Vec::new();
    // Open parentheses, and the one that closed last.
    let (mut opens, mut closed) = (Vec::new(), None);
    let mut stack = vec![Inside::NoSelect];
    let mut before: Option<TokenWithSpan> = None;
    let mut at = 0;
    while at < piece.len() {
        let token = &piece[at];
        if matches!(token.token, Lexeme::Whitespace(_)) {
            pass.out.push(token.clone());
            at += 1;
            continue;
        }
        if pass.directions.contains(&at) {
            at += 1;
            continue;
        }
        let next = following(&piece, at);
        track(&mut stack, &token.token);
        match token.token {
            Lexeme::LParen => opens.push(at),
            Lexeme::RParen => closed = opens.pop(),
            _ => {}
        }
        let in_from = stack.last() == Some(&Inside::From);
        let behind_query = in_from && before.as_ref().is_some_and(|it| it.token == Lexeme::RParen);
        if behind_query
            && is_word(&token.token, "OVER")
            && let Some(query) = closed.and_then(|it| following(&piece, it))
            && is_word(&piece[query].token, "SELECT")
            && let Some(end) = window_end(&piece, at)
        {
            windows.push((bytes(piece[query].span).start, piece[at..end].to_vec()));
            at = end;
            continue;
        }
        at = pass.take(&piece, at, before.as_ref(), next, in_from);
        before = Some(token.clone());
    }
    Rewritten { tokens: pass.out, streaming: pass.streaming, windows }
}

/// Where the window that begins with OVER ends: behind a name, or behind its parentheses.
fn window_end(piece: &[TokenWithSpan], over: usize) -> Option<usize> {
    let first = following(piece, over)?;
    if matches!(piece[first].token, Lexeme::Word(_)) {
        return Some(first + 1);
    }
    let mut depth = 0;
    for (at, token) in piece.iter().enumerate().skip(first) {
        match token.token {
            Lexeme::LParen => depth += 1,
            Lexeme::RParen if depth == 1 => return Some(at + 1),
            Lexeme::RParen => depth -= 1,
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The place of the next token behind `at` that is no white space.
fn following(piece: &[TokenWithSpan], at: usize) -> Option<usize> {
    (at + 1..piece.len()).find(|&it| !matches!(piece[it].token, Lexeme::Whitespace(_)))
}

fn track(stack: &mut Vec<Inside>, token: &Lexeme) {
    match token {
        Lexeme::LParen => stack.push(Inside::NoSelect),
        Lexeme::RParen if 1 < stack.len() => {
            stack.pop();
        }
        _ => {
            let Some(top) = stack.last_mut() else { return };
            if is_word(token, "SELECT") {
                *top = Inside::Select;
            } else if *top != Inside::NoSelect && is_one_of(token, &["FROM", "JOIN"]) {
                *top = Inside::From;
            } else if *top != Inside::NoSelect
                && is_one_of(
                    token,
                    &["WHERE", "GROUP", "HAVING", "WINDOW", "WINDOWED", "ORDER", "UNION", "ON", "USING"],
                )
            {
                *top = Inside::Select;
            }
        }
    }
}

struct Pass<'a> {
    text: &'a str,
    out: Vec<TokenWithSpan>,
    streaming: Vec<usize>,
    /// Places of `FROM FIRST` and `FROM LAST` behind NTH_VALUE, whose name has taken them in.
    directions: BTreeSet<usize>,
}

impl Pass<'_> {
    /// Writes the token at `at` in the form the parser can read; returns where to go on.
    fn take(
        &mut self,
        piece: &[TokenWithSpan],
        at: usize,
        before: Option<&TokenWithSpan>,
        next: Option<usize>,
        in_from: bool,
    ) -> usize {
        let token = &piece[at];
        let previous = before.map_or(&Lexeme::EOF, |it| &it.token);
        let following = next.map_or(&Lexeme::EOF, |it| &piece[it].token);
        if is_word(&token.token, "STREAM") && is_word(previous, "SELECT") && !names_a_column(following) {
            self.streaming.extend(before.map(|it| bytes(it.span).start));
            return at + 1;
        }
        if let (Lexeme::UnicodeStringLiteral(_), Some(next)) = (&token.token, next)
            && is_word(&piece[next].token, "UESCAPE")
            && let Some(behind) = self.unescape(piece, at, next)
        {
            return behind;
        }
        if let Some(next) = next
            && is_word(&token.token, "BINARY")
            && is_word(following, "VARYING")
        {
            let span = token.span.union(&piece[next].span);
            self.out.push(TokenWithSpan::new(Lexeme::make_keyword("VARBINARY"), span));
            return next + 1;
        }
        if let Some(next) = next
            && is_word(&token.token, "NTH_VALUE")
            && let Some((from, side)) = direction(piece, next)
        {
            self.directions.extend([from, side]);
            if is_word(&piece[side].token, "LAST") {
                self.out.push(TokenWithSpan::new(Lexeme::make_word(NTH_VALUE_FROM_LAST, None), token.span));
                return at + 1;
            }
        }
        if is_word(&token.token, "WINDOWED") && is_word(following, "BY") {
            self.out.push(TokenWithSpan::new(Lexeme::make_keyword("GROUP"), token.span));
            return at + 1;
        }
        let behind_table = matches!(previous, Lexeme::Word(_)) && !is_word(previous, "NULLS");
        if in_from && is_word(&token.token, "OVER") && behind_table {
            for word in ["FOR", "SYSTEM_TIME", "AS", "OF"] {
                self.out.push(TokenWithSpan::new(Lexeme::make_keyword(word), token.span));
            }
        }
        self.out.push(token.clone());
        at + 1
    }

    /// `U&'!0041' UESCAPE '!'` becomes the text it stands for. `None` where it stands for none.
    fn unescape(&mut self, piece: &[TokenWithSpan], at: usize, uescape: usize) -> Option<usize> {
        let behind =
            (uescape + 1..piece.len()).find(|&it| !matches!(piece[it].token, Lexeme::Whitespace(_)))?;
        let Lexeme::SingleQuotedString(escape) = &piece[behind].token else { return None };
        let escape = escape.chars().next()?;
        let written = self.text.get(bytes(piece[at].span))?;
        let inner = written.get(3..)?.strip_suffix('\'')?.replace("''", "'");
        let mut value = String::new();
        let mut rest = inner.chars().peekable();
        while let Some(one) = rest.next() {
            if one != escape {
                value.push(one);
            } else if rest.next_if_eq(&escape).is_some() {
                value.push(escape);
            } else {
                let length = if rest.next_if_eq(&'+').is_some() { 6 } else { 4 };
                let digits: String = rest.by_ref().take(length).collect();
                value.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
            }
        }
        let span = piece[at].span.union(&piece[behind].span);
        self.out.push(TokenWithSpan::new(Lexeme::SingleQuotedString(value), span));
        Some(behind + 1)
    }
}

/// The places of `FROM` and `FIRST` or `LAST` behind the call whose parenthesis opens at `open`.
fn direction(piece: &[TokenWithSpan], open: usize) -> Option<(usize, usize)> {
    if piece[open].token != Lexeme::LParen {
        return None;
    }
    let mut depth = 0usize;
    let close = (open..piece.len()).find(|&it| {
        match piece[it].token {
            Lexeme::LParen => depth += 1,
            Lexeme::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 || NESTING_MAX < depth
    })?;
    let from = following(piece, close)?;
    let side = following(piece, from)?;
    let behind = following(piece, side).map(|it| &piece[it].token)?;
    let sided = is_word(&piece[from].token, "FROM") && is_one_of(&piece[side].token, &["FIRST", "LAST"]);
    (sided && is_one_of(behind, &["OVER", "IGNORE", "RESPECT"])).then_some((from, side))
}

/// Whether STREAM behind SELECT is a column of that name: what follows tells.
fn names_a_column(following: &Lexeme) -> bool {
    matches!(following, Lexeme::EOF | Lexeme::Comma | Lexeme::Period | Lexeme::SemiColon | Lexeme::RParen)
        || is_one_of(following, &["FROM", "AS"])
}
