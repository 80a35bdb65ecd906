//! What kind of thing can stand at a place, judged by the words before it.

use crate::sql::assist::scene::{Scene, Select};
use crate::sql::parse::TokenKind;

/// What may be written at a place.
pub enum Place {
    Nothing,
    /// A new statement.
    Statement,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A stream to read from.
    Readable,
    /// A stream to write into.
    Writable,
    Pumps,
    /// A unit of time, or one of these words.
    Units(&'static [&'static str]),
    Types,
    /// A column of the target of INSERT.
    TargetColumns {
        stream: String,
        used: Vec<String>,
    },
    /// Behind a point.
    ColumnsOf {
        qualifier: String,
        select: Option<Select>,
    },
    /// Behind OVER.
    Windows(Select),
    /// A value of a query, or one of these words.
    Value {
        select: Option<Select>,
        words: &'static [&'static str],
    },
}

/// Words that begin a value.
const VALUES: &[&str] =
    &["CASE", "CAST(", "NULL", "TRUE", "FALSE", "NOT", "INTERVAL", "TIMESTAMP", "DATE", "TIME"];
/// Words that stand between values and behind them.
const BEHIND_ITEM: &[&str] =
    &["AS", "FROM", "OVER", "AND", "OR", "IS NULL", "IS NOT NULL", "BETWEEN", "IN (", "LIKE", "SIMILAR TO"];
const BEHIND_CONDITION: &[&str] = &[
    "AND",
    "OR",
    "IS NULL",
    "IS NOT NULL",
    "IS DISTINCT FROM",
    "BETWEEN",
    "IN (",
    "LIKE",
    "NOT",
    "SIMILAR TO",
    "GROUP BY",
    "WINDOWED BY STAGGER (PARTITION BY",
    "HAVING",
    "WINDOW",
    "ORDER BY",
    "UNION ALL",
];
const BEHIND_GROUP: &[&str] =
    &["HAVING", "WINDOW", "ORDER BY", "UNION ALL", "ASC", "DESC", "WITHIN INTERVAL"];
const BEHIND_FROM: &[&str] = &[
    "AS",
    "WHERE",
    "GROUP BY",
    "JOIN",
    "LEFT JOIN",
    "RIGHT JOIN",
    "FULL JOIN",
    "ON",
    "OVER (RANGE INTERVAL",
    "HAVING",
    "WINDOW",
    "WINDOWED BY STAGGER (PARTITION BY",
    "ORDER BY",
    "UNION ALL",
];
const CLAUSES: &[&str] = &[
    "SELECT", "FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "WINDOWED", "ORDER", "ON", "USING", "JOIN",
    "VALUES",
];

impl Place {
    /// Whether a name in quotes can stand here.
    pub fn takes_names(&self) -> bool {
        !matches!(self, Place::Nothing | Place::Statement | Place::Words(_) | Place::Units(_) | Place::Types)
    }
}

/// What can stand at a byte, whose own word is blank in the scene's text.
pub fn of(scene: &Scene<'_>, byte: usize) -> Place {
    let statement = scene.statement_at(byte);
    // The first token behind the place.
    let at = scene
        .tokens
        .partition_point(|it| it.span.start < byte)
        .clamp(statement.start, statement.end.max(statement.start));
    if at == statement.start {
        return Place::Statement;
    }
    let select = || scene.select_at(statement.clone(), byte);
    let before = at - 1;
    let back = |words: &[&str]| {
        words.len() <= at - statement.start
            && words.iter().rev().enumerate().all(|(n, it)| scene.is(before - n, it))
    };
    let word = scene.written(before).to_ascii_uppercase();
    match word.as_str() {
        "." if statement.start < before => {
            Place::ColumnsOf { qualifier: scene.stored(before - 1), select: select() }
        }
        "CREATE" => Place::Words(&["OR REPLACE STREAM", "OR REPLACE PUMP", "STREAM", "PUMP", "FUNCTION"]),
        "OR" if back(&["CREATE", "OR"]) => Place::Words(&["REPLACE STREAM", "REPLACE PUMP"]),
        "REPLACE" if back(&["OR", "REPLACE"]) => Place::Words(&["STREAM", "PUMP", "FUNCTION"]),
        "ALTER" => Place::Words(&["PUMP"]),
        "DROP" if before == statement.start => Place::Words(&["STREAM", "PUMP", "FUNCTION"]),
        "STREAM" if back(&["DROP", "STREAM"]) => Place::Writable,
        "PUMP" if back(&["DROP", "PUMP"]) || back(&["ALTER", "PUMP"]) => Place::Pumps,
        "STREAM" | "PUMP" | "FUNCTION" if !back(&["SELECT", "STREAM"]) => Place::Nothing,
        "INSERT" => Place::Words(&["INTO"]),
        "INTO" => Place::Writable,
        "RETURNS" => Place::Types,
        "OVER" => select().map_or(Place::Nothing, Place::Windows),
        "TO" => Place::Units(&[]),
        "GROUP" | "ORDER" | "PARTITION" => Place::Words(&["BY"]),
        "WINDOWED" => Place::Words(&["BY STAGGER (PARTITION BY"]),
        "UNION" => Place::Words(&["ALL"]),
        "ALL" if back(&["UNION", "ALL"]) => Place::Words(&["SELECT STREAM"]),
        "LEFT" | "RIGHT" | "FULL" | "INNER" | "CROSS" | "OUTER" => Place::Words(&["JOIN", "OUTER JOIN"]),
        "INTERVAL" => Place::Words(&["'1' MINUTE", "'10' SECOND"]),
        "IS" => Place::Words(&["NULL", "NOT NULL", "TRUE", "FALSE", "DISTINCT FROM"]),
        _ => within(scene, statement, at, byte),
    }
}

/// What no single word before the place decides.
fn within(scene: &Scene<'_>, statement: std::ops::Range<usize>, at: usize, byte: usize) -> Place {
    let before = at - 1;
    let open = enclosing(scene, statement.start, at);
    let called = open.filter(|it| statement.start < *it).map(|it| scene.written(it - 1).to_ascii_uppercase());
    if scene.kind(before) == Some(TokenKind::Text) && scene.is(before.saturating_sub(1), "INTERVAL") {
        return Place::Units(&[]);
    }
    match called.as_deref() {
        Some("EXTRACT") if scene.is(before, "(") => return Place::Units(&[]),
        Some("CAST") if scene.is(before, "AS") => return Place::Types,
        Some("CURSOR") if scene.is(before, "(") => return Place::Words(&["SELECT STREAM"]),
        _ => {}
    }
    let query = (statement.start..at).any(|it| scene.is(it, "SELECT"));
    if !query && scene.is(statement.start, "CREATE") {
        return definition(scene, &statement, open, at);
    }
    if !query {
        return listed(scene, &statement, open, at);
    }
    let select = scene.select_at(statement.clone(), byte);
    clause(scene, &statement, select, at)
}

/// The parenthesis that is open at a token.
fn enclosing(scene: &Scene<'_>, start: usize, at: usize) -> Option<usize> {
    let mut depth = 0usize;
    for it in (start..at).rev() {
        match scene.written(it) {
            ")" => depth += 1,
            "(" if depth == 0 => return Some(it),
            "(" => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Within CREATE STREAM, CREATE FUNCTION, or the head of a pump.
fn definition(
    scene: &Scene<'_>,
    statement: &std::ops::Range<usize>,
    open: Option<usize>,
    at: usize,
) -> Place {
    let before = at - 1;
    let kind = statement.start + if scene.is(statement.start + 1, "OR") { 3 } else { 1 };
    if scene.is(kind, "PUMP") {
        if scene.is(before, "AS") {
            return Place::Words(&["INSERT INTO"]);
        }
        let inserts = (statement.start..at).any(|it| scene.is(it, "INTO"));
        return if inserts {
            listed(scene, statement, open, at)
        } else {
            Place::Words(&["AS INSERT INTO", "STARTED", "STOPPED", "DESCRIPTION"])
        };
    }
    let Some(open) = open else {
        return Place::Words(if scene.is(kind, "FUNCTION") {
            &["RETURNS", "CONTAINS SQL", "RETURN"]
        } else {
            &["DESCRIPTION"]
        });
    };
    if scene.is(before, "(") || scene.is(before, ",") {
        return Place::Nothing;
    }
    let item = (open + 1..at).rev().find(|&it| scene.is(it, ",")).map_or(open + 1, |it| it + 1);
    match at - item {
        1 => Place::Types,
        _ if scene.is(before, "NOT") => Place::Words(&["NULL"]),
        _ => Place::Words(&["NOT NULL"]),
    }
}

/// The column list of INSERT, and what follows it.
fn listed(scene: &Scene<'_>, statement: &std::ops::Range<usize>, open: Option<usize>, at: usize) -> Place {
    let Some(into) = (statement.start..at).find(|&it| scene.is(it, "INTO")) else {
        let alter = scene.is(statement.start, "ALTER");
        return Place::Words(if alter { &["START", "STOP"] } else { &["CASCADE", "RESTRICT"] });
    };
    match open {
        Some(open) => {
            let used = (open + 1..at).filter(|&it| scene.nameable(it)).map(|it| scene.stored(it)).collect();
            let free = scene.is(at - 1, "(") || scene.is(at - 1, ",");
            if free { Place::TargetColumns { stream: scene.stored(into + 1), used } } else { Place::Nothing }
        }
        None => Place::Words(&["SELECT STREAM", "SELECT STREAM DISTINCT"]),
    }
}

/// Within a query: by the clause the place lies in, and whether a value has just ended.
fn clause(scene: &Scene<'_>, statement: &std::ops::Range<usize>, select: Option<Select>, at: usize) -> Place {
    let before = at - 1;
    let start = select.as_ref().map_or(statement.start, |it| it.tokens.start);
    let mut depth = 0isize;
    let mut found = None;
    // The nearest clause word that is not inside parentheses closed before the place.
    for it in (start..at).rev() {
        match scene.written(it) {
            ")" => depth += 1,
            "(" => depth -= 1,
            _ if depth <= 0
                && scene.is_one_of(it, CLAUSES)
                && !scene.is(it - usize::from(0 < it), "DISTINCT") =>
            {
                found = Some(it);
                break;
            }
            _ => {}
        }
    }
    let ended = ends_value(scene, before);
    let word = found.map(|it| scene.written(it).to_ascii_uppercase()).unwrap_or_default();
    let value = |words: &'static [&'static str]| Place::Value { select: select.clone(), words };
    match word.as_str() {
        "SELECT" if scene.is(before, "SELECT") => Place::Words(&["STREAM"]),
        "SELECT" if scene.is(before, "STREAM") => value(&["DISTINCT", "CASE", "CAST("]),
        "SELECT" if ended => Place::Words(BEHIND_ITEM),
        "FROM" | "JOIN" if scene.is_one_of(before, &["FROM", "JOIN", ","]) => Place::Readable,
        "FROM" | "JOIN" if depth < 0 => value(&["PARTITION BY", "RANGE INTERVAL", "ROWS", "SELECT STREAM"]),
        "FROM" | "JOIN" if scene.is(before, "AS") => Place::Nothing,
        "FROM" | "JOIN" => Place::Words(BEHIND_FROM),
        "WINDOW" | "WINDOWED" if ended => {
            Place::Words(&["PARTITION BY", "RANGE INTERVAL", "ROWS", "PRECEDING", "AS"])
        }
        "WINDOW" => value(&["PARTITION BY", "RANGE INTERVAL", "ROWS"]),
        "WHERE" | "HAVING" | "ON" if ended => Place::Words(BEHIND_CONDITION),
        "GROUP" | "ORDER" if ended => Place::Words(BEHIND_GROUP),
        _ if ended => Place::Words(BEHIND_CONDITION),
        _ => value(VALUES),
    }
}

/// Whether a token ends a value.
fn ends_value(scene: &Scene<'_>, at: usize) -> bool {
    match scene.kind(at) {
        Some(TokenKind::Name | TokenKind::QuotedName | TokenKind::Text | TokenKind::Number) => true,
        Some(TokenKind::Keyword) => scene
            .is_one_of(at, &["END", "NULL", "TRUE", "FALSE", "ROWTIME", "SECOND", "MINUTE", "HOUR", "DAY"]),
        _ => scene.is(at, ")"),
    }
}
