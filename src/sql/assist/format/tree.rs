//! Tokens to a tree: what stands in parentheses and between CASE and END hangs together.

use crate::sql::assist::words::Around;
use crate::sql::parse::{Token, TokenKind};

/// A word of a statement with what its surroundings said.
#[derive(Clone, Debug)]
pub struct Word {
    pub kind: TokenKind,
    /// As it is printed.
    pub text: String,
    /// Nothing stood between it and the word before.
    pub glued: bool,
    /// A comment that begins its line.
    pub alone: bool,
}

#[derive(Clone, Debug)]
pub enum Node {
    Word(Word),
    /// `( … )` or `{ … }`.
    Paren(Word, Vec<Node>, Word),
    /// `CASE … END`; the words CASE and END are the first and last of the list.
    Case(Vec<Node>),
}

impl Node {
    pub fn word(&self) -> Option<&Word> {
        match self {
            Node::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether it is this unquoted word, in capitals.
    pub fn is(&self, wanted: &str) -> bool {
        self.word().is_some_and(|it| it.is(wanted))
    }

    pub fn is_one_of(&self, wanted: &[&str]) -> bool {
        wanted.iter().any(|it| self.is(it))
    }

    pub fn comment(&self) -> Option<&Word> {
        self.word().filter(|it| it.kind == TokenKind::Comment)
    }

    /// The first word in it, and the last.
    pub fn first(&self) -> Option<&Word> {
        match self {
            Node::Word(word) => Some(word),
            Node::Paren(open, ..) => Some(open),
            Node::Case(nodes) => nodes.first().and_then(Node::first),
        }
    }

    pub fn last(&self) -> Option<&Word> {
        match self {
            Node::Word(word) => Some(word),
            Node::Paren(_, _, close) => Some(close),
            Node::Case(nodes) => nodes.last().and_then(Node::last),
        }
    }
}

impl Word {
    pub fn is(&self, wanted: &str) -> bool {
        matches!(
            self.kind,
            TokenKind::Keyword | TokenKind::Name | TokenKind::Punctuation | TokenKind::Operator
        ) && self.text.eq_ignore_ascii_case(wanted)
    }

    /// What a value can end with.
    pub fn ends_operand(&self) -> bool {
        match self.kind {
            TokenKind::Name | TokenKind::QuotedName | TokenKind::Text | TokenKind::Number => true,
            TokenKind::Punctuation => matches!(self.text.as_str(), ")" | "}"),
            TokenKind::Keyword => {
                [
                    "END", "ROWTIME", "NULL", "TRUE", "FALSE", "UNKNOWN", "DAY", "HOUR", "MINUTE", "SECOND",
                    "MONTH", "YEAR",
                ]
                .iter()
                .any(|it| self.is(it))
                    || self.text.starts_with("CURRENT_")
                    || self.text.starts_with("LOCALTIME")
            }
            _ => false,
        }
    }
}

/// The tree of one statement.
pub fn read(text: &str, tokens: &[Token]) -> Vec<Node> {
    let mut open: Vec<(Option<Word>, Vec<Node>)> = vec![(None, Vec::new())];
    for at in 0..tokens.len() {
        let word = word(text, tokens, at);
        let level = open.len();
        let case_open = open.last().is_some_and(|it| it.0.as_ref().is_some_and(|it| it.is("CASE")));
        match word.text.as_str() {
            "(" | "{" if word.kind == TokenKind::Punctuation => open.push((Some(word), Vec::new())),
            "CASE" if word.kind == TokenKind::Keyword => open.push((Some(word), Vec::new())),
            "END" if case_open && word.kind == TokenKind::Keyword => {
                if let Some((Some(first), inner)) = open.pop() {
                    let mut nodes = vec![Node::Word(first)];
                    nodes.extend(inner);
                    nodes.push(Node::Word(word));
                    push(&mut open, Node::Case(nodes));
                }
            }
            ")" | "}" if word.kind == TokenKind::Punctuation && 1 < level && !case_open => {
                if let Some((Some(first), inner)) = open.pop() {
                    push(&mut open, Node::Paren(first, inner, word));
                }
            }
            _ => push(&mut open, Node::Word(word)),
        }
    }
    // A statement that could be read has closed whatever it opened; anything else stays flat.
    while 1 < open.len() {
        let Some((first, inner)) = open.pop() else { break };
        if let Some((_, nodes)) = open.last_mut() {
            nodes.extend(first.map(Node::Word));
            nodes.extend(inner);
        }
    }
    open.pop().map(|it| it.1).unwrap_or_default()
}

fn push(open: &mut [(Option<Word>, Vec<Node>)], node: Node) {
    if let Some((_, nodes)) = open.last_mut() {
        nodes.push(node);
    }
}

fn word(text: &str, tokens: &[Token], at: usize) -> Word {
    let token = &tokens[at];
    let written = &text[token.span.clone()];
    let gap = match at {
        0 => "\n",
        _ => &text[tokens[at - 1].span.end..token.span.start],
    };
    let side =
        |mut all: Box<dyn Iterator<Item = &Token> + '_>| match all.find(|it| it.kind != TokenKind::Comment) {
            Some(it) => (Some(it.kind), &text[it.span.clone()]),
            None => (None, ""),
        };
    let wordlike = matches!(token.kind, TokenKind::Keyword | TokenKind::Name);
    let around = || Around {
        before: side(Box::new(tokens[..at].iter().rev())),
        word: written,
        after: side(Box::new(tokens[at + 1..].iter())),
    };
    let printed = match token.kind {
        TokenKind::Comment => written.replace("\r\n", "\n").replace('\r', "\n").trim_end().to_owned(),
        _ if wordlike && around().capital() => written.to_uppercase(),
        _ => written.to_owned(),
    };
    Word {
        kind: token.kind,
        text: printed,
        glued: gap.is_empty(),
        alone: token.kind == TokenKind::Comment && gap.contains(['\n', '\r']),
    }
}
