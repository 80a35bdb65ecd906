//! Text to tokens: every byte of a text lies in a token or is white space, however broken the text is.
//!
//! sqlparser's tokenizer does the reading; it stops at what it cannot read. Here the reading goes on
//! behind that place, lines and columns become bytes, and what no statement may contain is named.

use std::ops::Range;

use sqlparser::tokenizer::{Location, Span, Token as Lexeme, TokenWithSpan, Tokenizer, Whitespace};

use crate::sql::ast::{bytes, location};
use crate::sql::diag::Diagnostic;
use crate::sql::dialect::{self, PumpDialect};
use crate::sql::parse::{Token, TokenKind};

/// After so many unreadable places the rest of a text is one unreadable token: it is no SQL.
const UNREADABLE_MAX: usize = 20;

/// Stands in the parser's tokens for what could not be read.
const UNREADABLE: Lexeme = Lexeme::Char('\u{fffd}');

/// A text read as far as it can be.
#[derive(Default)]
pub struct Lexed {
    /// For the eye: no white space, comments included.
    pub tokens: Vec<Token>,
    /// For the parser: white space included, spans are bytes on one line (see [`location`]).
    pub lexemes: Vec<TokenWithSpan>,
    pub errors: Vec<Diagnostic>,
    /// A text without its end swallowed the rest: read on for the eye only.
    swallowed: bool,
}

/// Reads a text. Never fails: what cannot be read is a token of its own and an error.
pub fn lex(text: &str) -> Lexed {
    let readable = plain(text);
    let dialect = PumpDialect::default();
    let mut out = Lexed::default();
    let mut from = 0;
    while from < text.len() {
        let part = &readable[from..];
        let mut buffer = Vec::new();
        let read = Tokenizer::new(&dialect, part).tokenize_with_location_into_buf(&mut buffer);
        let mut cursor = Cursor { text: part, line: 1, column: 1, byte: 0 };
        let mut end = from;
        for lexeme in buffer {
            let span = from + cursor.reach(lexeme.span.start)..from + cursor.reach(lexeme.span.end);
            end = span.end;
            out.push(text, lexeme.token, span);
        }
        if read.is_ok() {
            break;
        }
        let hopeless = UNREADABLE_MAX <= out.errors.len();
        from = if hopeless { out.unreadable(text, end..text.len()) } else { out.skip(text, end) };
    }
    out
}

impl Lexed {
    fn push(&mut self, text: &str, lexeme: Lexeme, span: Range<usize>) {
        if let Some(kind) = kind(&lexeme) {
            if kind == TokenKind::Unknown && !self.swallowed {
                self.unwelcome(text, span.clone());
            }
            self.tokens.push(Token { kind, span: span.clone() });
        }
        if !self.swallowed {
            let place = Span::new(location(span.start), location(span.end));
            self.lexemes.push(TokenWithSpan::new(lexeme, place));
        }
    }

    /// Something that could be read and means nothing here: said once per run of such characters.
    fn unwelcome(&mut self, text: &str, span: Range<usize>) {
        let again =
            self.tokens.last().is_some_and(|it| it.kind == TokenKind::Unknown && it.span.end == span.start);
        if again || UNREADABLE_MAX <= self.errors.len() {
            return;
        }
        self.errors.push(unwelcome(&text[span.clone()], span));
    }

    /// Names what begins at `start` and cannot be read, and says where reading goes on.
    fn skip(&mut self, text: &str, start: usize) -> usize {
        let rest = &text[start..];
        let line_end = start + rest.find('\n').unwrap_or(rest.len());
        let quote = rest.find(['\'', '"']).filter(|&at| at <= 2).map(|at| start + at);
        if rest.starts_with("/*") {
            let error = Diagnostic::error(start..start + 2, "this comment is never closed")
                .detail("A comment that begins with /* goes on to the next */.")
                .hint("Write */ where the comment ends.");
            self.errors.push(error);
            self.broken(TokenKind::Comment, start..text.len());
            return text.len();
        }
        let Some(quote) = quote else {
            let end = start + rest.chars().next().map_or(0, char::len_utf8);
            return self.unreadable(text, start..end);
        };
        let name = text[quote..].starts_with('"');
        let culprit = if name { None } else { self.run_away(text) };
        let place = culprit.unwrap_or(quote);
        let place = place..text[place..].find('\n').map_or(text.len(), |it| place + it);
        let error = match name {
            true => Diagnostic::error(place.start..trimmed(text, place), "this quoted name is never closed")
                .detail("A name that begins with a double quote goes on to the next double quote.")
                .hint("Close the name with a double quote."),
            false => Diagnostic::error(place.start..trimmed(text, place), "this text is never closed")
                .detail("A text that begins with a single quote goes on to the next single quote.")
                .hint("Close it with a single quote; a quote inside a text is written twice: 'it''s'."),
        };
        if !self.swallowed {
            self.errors.push(error);
        }
        self.broken(if name { TokenKind::QuotedName } else { TokenKind::Text }, start..line_end);
        if let Some(culprit) = culprit {
            self.errors.retain(|it| it.span.start <= culprit);
            let kept = self.lexemes.partition_point(|it| bytes(it.span).start < culprit);
            self.lexemes.truncate(kept);
            self.lexemes
                .push(TokenWithSpan::new(UNREADABLE, Span::new(location(culprit), location(culprit + 1))));
            self.swallowed = true;
        }
        line_end
    }

    /// Where one quote is missing, the texts behind it turn inside out and only the last is reported
    /// open. The culprit is rather the first text that runs over the end of its line.
    fn run_away(&self, text: &str) -> Option<usize> {
        self.tokens
            .iter()
            .find(|it| it.kind == TokenKind::Text && text[it.span.clone()].contains('\n'))
            .map(|it| it.span.start)
    }

    fn unreadable(&mut self, text: &str, span: Range<usize>) -> usize {
        let end = span.end;
        if self.errors.len() < UNREADABLE_MAX && !self.swallowed {
            self.errors.push(unwelcome(&text[span.clone()], span.clone()));
        }
        self.broken(TokenKind::Unknown, span);
        end
    }

    /// A token that breaks its statement: the parser gets a character it cannot take.
    fn broken(&mut self, kind: TokenKind, span: Range<usize>) {
        if span.is_empty() {
            return;
        }
        if !self.swallowed {
            let place = Span::new(location(span.start), location(span.end));
            self.lexemes.push(TokenWithSpan::new(UNREADABLE, place));
        }
        self.tokens.push(Token { kind, span });
    }
}

/// The end of a span without the blanks at its end, but never before its second byte.
fn trimmed(text: &str, span: Range<usize>) -> usize {
    span.start + text[span].trim_end().len().max(1)
}

/// What a character that no statement contains most likely was meant to be.
fn unwelcome(written: &str, span: Range<usize>) -> Diagnostic {
    let first = written.chars().next().unwrap_or(' ');
    let straight = match first {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' => Some("'"),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' => Some("\""),
        _ => None,
    };
    if let Some(straight) = straight {
        return Diagnostic::error(span, format!("{first} is a typographic quote"))
            .detail("Slides and word processors bend quotes; SQL knows the straight ones only.")
            .hint(format!("Type a straight quote: {straight}"));
    }
    let (message, hint) = match written {
        "`" => ("a backtick does not quote a name here", "Write the name in double quotes."),
        "==" => ("== is not an operator here", "Compare with a single =."),
        "%" => ("% is not an operator here", "Write MOD(a, b)."),
        "::" => (":: is not an operator here", "Write CAST(x AS type)."),
        "&&" => ("&& is not an operator here", "Write AND."),
        "!" => ("! is not an operator here", "Write NOT."),
        "=>" => ("=> is not an operator here", "Write >=."),
        "~" | "~*" | "!~" => ("this is not an operator here", "Write SIMILAR TO, or LIKE."),
        "->" | "->>" => ("JSON has no operators here", "Give the part a column of its own in the schema."),
        "#" => ("# begins no comment here", "Write -- before a comment."),
        "\u{2013}" | "\u{2014}" | "\u{2212}" => ("this dash is not a minus sign", "Type a plain -."),
        "[" | "]" => ("brackets mean nothing here", "Names are quoted with double quotes."),
        _ => {
            let shown: String = written.chars().filter(|it| !it.is_control()).take(20).collect();
            let what = if shown.is_empty() { "this character".to_owned() } else { shown };
            return Diagnostic::error(span, format!("{what} means nothing here"))
                .detail("No statement of this language contains it.")
                .hint("Take it away; a name with such a character is written in double quotes.");
        }
    };
    Diagnostic::error(span, message).detail("The language has no such sign.").hint(hint)
}

/// Whether a statement contains something unreadable; the error about it is already said.
pub fn unreadable(piece: &[TokenWithSpan]) -> bool {
    piece.iter().any(|it| kind(&it.token) == Some(TokenKind::Unknown))
}

/// What a token is to the eye; `None` for white space.
fn kind(lexeme: &Lexeme) -> Option<TokenKind> {
    Some(match lexeme {
        Lexeme::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => {
            TokenKind::Comment
        }
        Lexeme::Whitespace(_) | Lexeme::EOF => return None,
        Lexeme::Word(word) if word.quote_style.is_some() => TokenKind::QuotedName,
        Lexeme::Word(word) if dialect::keyword(&word.value) => TokenKind::Keyword,
        Lexeme::Word(_) => TokenKind::Name,
        Lexeme::Number(..) => TokenKind::Number,
        Lexeme::SingleQuotedString(_)
        | Lexeme::NationalStringLiteral(_)
        | Lexeme::HexStringLiteral(_)
        | Lexeme::UnicodeStringLiteral(_) => TokenKind::Text,
        Lexeme::Eq
        | Lexeme::Neq
        | Lexeme::Lt
        | Lexeme::Gt
        | Lexeme::LtEq
        | Lexeme::GtEq
        | Lexeme::Plus
        | Lexeme::Minus
        | Lexeme::Mul
        | Lexeme::Div
        | Lexeme::StringConcat => TokenKind::Operator,
        Lexeme::Comma
        | Lexeme::LParen
        | Lexeme::RParen
        | Lexeme::Period
        | Lexeme::SemiColon
        | Lexeme::LBrace
        | Lexeme::RBrace => TokenKind::Punctuation,
        _ => TokenKind::Unknown,
    })
}

/// Turns the tokenizer's lines and columns into bytes; asked in ascending order, it walks the text once.
struct Cursor<'a> {
    text: &'a str,
    line: u64,
    column: u64,
    byte: usize,
}

impl Cursor<'_> {
    fn reach(&mut self, place: Location) -> usize {
        while (self.line, self.column) < (place.line, place.column) {
            let Some(next) = self.text[self.byte..].chars().next() else { break };
            self.byte += next.len_utf8();
            if next == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.byte
    }
}

/// `// comment` becomes `-- comment`, outside of texts, quoted names and comments; a line that ends with a
/// bare carriage return ends with a line feed, and a byte order mark is blank. The same length, so places
/// stay.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mark = if text.starts_with('\u{feff}') { "   " } else { "" };
    out.push_str(mark);
    let mut rest = text[mark.len()..].chars().peekable();
    let mut inside = ' ';
    while let Some(mut one) = rest.next() {
        if one == '\r' && matches!(inside, ' ' | '-' | '*') && rest.peek() != Some(&'\n') {
            one = '\n';
        }
        let pair = (one, rest.peek().copied());
        let replacement = match (inside, pair) {
            (' ', ('/', Some('/'))) => Some(("--", '-')),
            (' ', ('-', Some('-'))) => Some(("--", '-')),
            (' ', ('/', Some('*'))) => Some(("/*", '*')),
            ('*', ('*', Some('/'))) => Some(("*/", ' ')),
            _ => None,
        };
        if let Some((two, state)) = replacement {
            rest.next();
            out.push_str(two);
            inside = state;
            continue;
        }
        inside = match (inside, one) {
            (' ', '\'' | '"') => one,
            ('\'', '\'') | ('"', '"') | ('-', '\n') => ' ',
            _ => inside,
        };
        out.push(one);
    }
    out
}
