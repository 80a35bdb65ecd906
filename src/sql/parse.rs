//! Text to statements: a tree for every statement that can be read, and an error for every other.
//!
//! The way: [`lex`] reads tokens, [`rewrite`] turns the forms that sqlparser's grammar cannot see into
//! forms it can, the text is cut at its semicolons, and each piece is read as one of our statements with
//! sqlparser's parser for expressions and queries. [`fault`] says what went wrong in a learner's words.
//! A broken statement hides nothing behind it.

mod fault;
mod lex;
mod rewrite;
mod statement;

use std::ops::Range;

use sqlparser::tokenizer::{Token as Lexeme, TokenWithSpan};

use crate::sql::ast::{Name, ObjectKind, Statement, StatementKind, bytes};
use crate::sql::diag::Diagnostic;
use crate::sql::dialect::{is_one_of, is_word};

use rewrite::Rewritten;

pub use fault::reserved_word;
pub use statement::single as single_name;

/// The longest code of an application, in characters (sql.md 0.2: 100 KB).
pub const TEXT_MAX: usize = 102_400;

/// A text as far as it could be read.
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub statements: Vec<Statement>,
    pub errors: Vec<Diagnostic>,
    /// Every byte of the text lies in a token or is white space.
    pub tokens: Vec<Token>,
}

/// A piece of text with one meaning to the eye.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub span: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A word of the language.
    Keyword,
    /// An unquoted name.
    Name,
    /// A name in double quotes.
    QuotedName,
    /// Text in single quotes.
    Text,
    Number,
    Operator,
    Punctuation,
    Comment,
    /// What no statement contains.
    Unknown,
}

/// Reads a text. Never fails: what cannot be read is an error with a place.
pub fn parse(text: &str) -> Script {
    if let Some((end, _)) = text.char_indices().nth(TEXT_MAX) {
        return too_long(text, end);
    }
    let lexed = lex::lex(text);
    let mut script = Script { errors: lexed.errors, tokens: lexed.tokens, ..Script::default() };
    for piece in split(text, lexed.lexemes, &mut script.errors) {
        script.read(text, piece);
    }
    script.errors.sort_by_key(|it| (it.span.start, it.span.end));
    script
}

/// The tokens of a text alone, for what reads no statements.
pub fn tokens(text: &str) -> Vec<Token> {
    lex::lex(text).tokens
}

fn too_long(text: &str, end: usize) -> Script {
    let count = text.chars().count();
    let error = Diagnostic::error(end..text.len(), "the code of an application is too long")
        .detail(format!("It has {count} characters; an application holds {TEXT_MAX}."))
        .hint("Take away what is not needed, for example long comments.");
    let whole = Token { kind: TokenKind::Unknown, span: 0..text.len() };
    Script { errors: vec![error], tokens: vec![whole], statements: Vec::new() }
}

impl Script {
    fn read(&mut self, text: &str, piece: Vec<TokenWithSpan>) {
        let mut words = piece.iter().filter(|it| !matches!(it.token, Lexeme::Whitespace(_)));
        let Some(first) = words.next() else { return };
        let span = bytes(first.span).start..bytes(words.next_back().unwrap_or(first).span).end;
        let unreadable = lex::unreadable(&piece);
        let broken = StatementKind::Broken { makes: makes(&piece) };
        let Rewritten { tokens, streaming, windows } = rewrite::rewrite(text, piece);
        let kind = match fault::preflight(&tokens) {
            _ if unreadable => broken,
            Some(error) => {
                self.errors.push(error);
                broken
            }
            None => match statement::read(&tokens) {
                Ok(kind) => kind,
                Err(error) => {
                    self.errors.push(*error);
                    broken
                }
            },
        };
        let mut read = Vec::new();
        for (query, tokens) in windows {
            match fault::preflight(&tokens).map_or_else(|| statement::window(&tokens), |it| Err(Box::new(it)))
            {
                Ok(window) => read.push((query, window)),
                Err(error) => self.errors.push(*error),
            }
        }
        self.statements.push(Statement { span, kind, streaming, windows: read });
    }
}

/// Cuts the text into statements: at semicolons, and before a CREATE, ALTER or DROP whose predecessor
/// forgot its semicolon.
fn split(text: &str, lexemes: Vec<TokenWithSpan>, errors: &mut Vec<Diagnostic>) -> Vec<Vec<TokenWithSpan>> {
    let mut pieces = vec![Vec::new()];
    let (mut depth, mut empty) = (0usize, true);
    for at in 0..lexemes.len() {
        let lexeme = &lexemes[at];
        match lexeme.token {
            Lexeme::SemiColon => {
                pieces.push(Vec::new());
                (depth, empty) = (0, true);
                continue;
            }
            Lexeme::LParen => depth += 1,
            Lexeme::RParen => depth = depth.saturating_sub(1),
            Lexeme::Whitespace(_) => {}
            _ if !empty && begins_statement(&lexemes[at..]) => {
                if depth == 0 {
                    errors.push(missing_semicolon(text, bytes(lexeme.span)));
                }
                pieces.push(Vec::new());
                depth = 0;
            }
            _ => {}
        }
        empty = empty && matches!(lexeme.token, Lexeme::Whitespace(_));
        if let Some(piece) = pieces.last_mut() {
            piece.push(lexeme.clone());
        }
    }
    pieces
}

fn missing_semicolon(text: &str, span: Range<usize>) -> Diagnostic {
    let word = text[span.clone()].to_uppercase();
    Diagnostic::error(span, "a statement ends here?")
        .detail(format!("{word} begins a new statement, and the one before it has no semicolon at its end."))
        .hint(format!("Write ; before {word}."))
}

/// Whether these tokens begin a statement wherever they stand: `CREATE [OR REPLACE] STREAM` and such.
fn begins_statement(lexemes: &[TokenWithSpan]) -> bool {
    let mut words = lexemes.iter().map(|it| &it.token).filter(|it| !matches!(it, Lexeme::Whitespace(_)));
    let mut next = || words.next().unwrap_or(&Lexeme::EOF);
    let kinds = ["STREAM", "PUMP", "FUNCTION"];
    let verb = next();
    if is_word(verb, "CREATE") {
        let second = next();
        if is_word(second, "OR") {
            return is_word(next(), "REPLACE") && is_one_of(next(), &kinds);
        }
        return is_one_of(second, &kinds);
    }
    is_one_of(verb, &["ALTER", "DROP"]) && is_one_of(next(), &kinds)
}

/// What a statement would make, as far as its first words tell.
fn makes(piece: &[TokenWithSpan]) -> Option<(ObjectKind, Name)> {
    let words: Vec<&TokenWithSpan> =
        piece.iter().filter(|it| !matches!(it.token, Lexeme::Whitespace(_))).take(5).collect();
    if !is_word(&words.first()?.token, "CREATE") {
        return None;
    }
    let kind = if is_word(&words.get(1)?.token, "OR") { 3 } else { 1 };
    let object = match &words.get(kind)?.token {
        it if is_word(it, "STREAM") => ObjectKind::Stream,
        it if is_word(it, "PUMP") => ObjectKind::Pump,
        it if is_word(it, "FUNCTION") => ObjectKind::Function,
        _ => return None,
    };
    let name = words.get(kind + 1)?;
    let Lexeme::Word(word) = &name.token else { return None };
    Some((object, Name::new(&word.clone().into_ident(name.span))))
}
