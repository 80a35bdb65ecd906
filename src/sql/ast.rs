//! The statements of the dialect; expressions and queries inside are sqlparser's.
//!
//! Every name keeps how it was written, how it is stored and where it stands. Places inside sqlparser's
//! tree are bytes of the learner's text, put on one long line: [`bytes`] turns a span of the tree back.

use std::ops::Range;

use sqlparser::ast::{DataType, Expr, Ident, Query};
use sqlparser::tokenizer::{Location, Span};

/// One statement of a script.
#[derive(Clone, Debug)]
pub struct Statement {
    /// From the first to the last token, without the semicolon.
    pub span: Range<usize>,
    pub kind: StatementKind,
    /// Where the SELECTs stand that say `SELECT STREAM`, ascending.
    pub streaming: Vec<usize>,
    /// Windows behind queries in FROM, by where the query begins.
    pub windows: Vec<(usize, Expr)>,
}

#[derive(Clone, Debug)]
pub enum StatementKind {
    CreateStream {
        or_replace: bool,
        name: Name,
        columns: Vec<ColumnSpec>,
        description: Option<String>,
    },
    CreatePump {
        or_replace: bool,
        name: Name,
        /// `false` for STOPPED.
        started: bool,
        description: Option<String>,
        insert: Insert,
    },
    CreateFunction {
        name: Name,
        params: Vec<(Name, DataType)>,
        returns: DataType,
        /// RETURNS NULL ON NULL INPUT; otherwise it is called on NULL.
        strict: bool,
        body: Box<Expr>,
    },
    AlterPump {
        /// Empty for `schema.*`: every pump.
        names: Vec<Name>,
        start: bool,
    },
    Drop {
        kind: ObjectKind,
        name: Name,
        if_exists: bool,
        cascade: bool,
    },
    /// At the top level; the dialect wants it inside a pump.
    Insert(Insert),
    /// At the top level; its rows have nowhere to go.
    Query(Box<Query>),
    /// Could not be read; its errors are in the script. What it would have made is assumed to exist.
    Broken {
        makes: Option<(ObjectKind, Name)>,
    },
}

/// What CREATE makes and DROP drops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    Stream,
    Pump,
    Function,
}

impl ObjectKind {
    /// The word a message uses.
    pub fn word(self) -> &'static str {
        match self {
            ObjectKind::Stream => "stream",
            ObjectKind::Pump => "pump",
            ObjectKind::Function => "function",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Insert {
    /// Where the word INSERT stands.
    pub span: Range<usize>,
    pub expedited: bool,
    pub into: Name,
    /// Empty without a column list.
    pub columns: Vec<Name>,
    pub query: Box<Query>,
}

/// One column of CREATE STREAM.
#[derive(Clone, Debug)]
pub struct ColumnSpec {
    pub name: Name,
    pub ty: DataType,
    /// The type as written.
    pub ty_span: Range<usize>,
    pub not_null: bool,
}

/// A name: as written, as stored, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Without quotes, in the letters of the text.
    pub written: String,
    /// Folded to upper case unless it was quoted (sql.md 2.1).
    pub stored: String,
    pub quoted: bool,
    pub span: Range<usize>,
}

impl Name {
    pub fn new(ident: &Ident) -> Self {
        let quoted = ident.quote_style.is_some();
        let stored = if quoted { ident.value.clone() } else { ident.value.to_uppercase() };
        Self { written: ident.value.clone(), stored, quoted, span: bytes(ident.span) }
    }

    /// As the learner wrote it, quotes included.
    pub fn as_written(&self) -> String {
        if self.quoted { quoted(&self.written) } else { self.written.clone() }
    }
}

/// A name in double quotes, inner quotes doubled.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A stored name as one would write it: bare where that means the same, in quotes where it must be.
pub fn shown(stored: &str) -> String {
    let head = stored.starts_with(|it: char| it.is_alphabetic() || it == '_');
    let plain = stored.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '$'));
    let bare = head && plain && stored == stored.to_uppercase() && !super::dialect::reserved(stored);
    if bare { stored.to_owned() } else { quoted(stored) }
}

/// What a name in double quotes may be written as without them, if it means the same then.
pub fn stored_bare(written: &str) -> Option<String> {
    let stored = written.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\"");
    let bare = shown(&stored);
    (!bare.starts_with('"')).then_some(bare)
}

/// A byte of the text as a place in sqlparser's tree.
pub fn location(byte: usize) -> Location {
    Location::new(1, byte as u64 + 1)
}

/// The bytes of a span of sqlparser's tree; empty at 0 where the tree has no span.
pub fn bytes(span: Span) -> Range<usize> {
    let at = |it: Location| (it.column as usize).saturating_sub(1);
    let (start, end) = (at(span.start), at(span.end));
    start..end.max(start)
}
