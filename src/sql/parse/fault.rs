//! What went wrong with a statement, in a learner's words and at its true place.
//!
//! sqlparser says `Expected: X, found: Y`. It backtracks out of sub-queries, so its place can be far
//! before the slip; the furthest token it looked at leads to the innermost sub-query, which is then read
//! by itself (stack.md section 8).

use sqlparser::parser::ParserError;
use sqlparser::tokenizer::{Token as Lexeme, TokenWithSpan};

use crate::sql::ast::{bytes, quoted};
use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::dialect::{PumpDialect, is_one_of, is_word, keyword, reserved};
use crate::sql::parse::statement;

/// How many operators one expression may hold, counted with those it is nested in: more than a person
/// writes, and few enough that walking the tree cannot exhaust the stack.
const OPERATORS_MAX: usize = 200;

/// What can stand behind TO in FLOOR.
const UNITS: &str = "SECOND, MINUTE, HOUR, DAY, MONTH or YEAR";

/// Words that weigh like operators in a tree.
const OPERATOR_WORDS: [&str; 20] = [
    "AND", "OR", "NOT", "IS", "LIKE", "SIMILAR", "BETWEEN", "IN", "YEAR", "MONTH", "DAY", "HOUR", "MINUTE",
    "SECOND", "AT", "COLLATE", "ELSE", "CASE", "DATE", "TIME",
];

/// Words that begin a clause, for slips that read as an alias.
const CLAUSE_WORDS: [&str; 4] = ["FROM", "WHERE", "GROUP", "HAVING"];

/// Clauses of other databases: the word, what follows it there, and what to write here.
const ELSEWHERE: [(&str, &[&str], &str); 7] = [
    (
        "EMIT",
        &["CHANGES", "FINAL", "AFTER", "ON"],
        "Every result comes out when its window is over; take it away.",
    ),
    ("PIVOT", &[], "Write one aggregate for each column: SUM(CASE WHEN k = 'a' THEN v END)."),
    ("UNPIVOT", &[], "Write one pump for each column, all into one stream."),
    ("MATCH_RECOGNIZE", &[], "Compare a row with the ones before it: LAG(x, 1) OVER (ROWS 1 PRECEDING)."),
    ("GROUPING", &["SETS"], "Group by one list of columns; another list is the work of another pump."),
    ("LATERAL", &[], "A path such as $.list[0:].x in the schema gives a row per element."),
    ("QUALIFY", &[], "Filter in a second pump."),
];

/// Words that join queries.
const SET_WORDS: [&str; 4] = ["UNION", "EXCEPT", "INTERSECT", "MINUS"];

/// Looks at the shape of a statement before it is read: parentheses that do not pair, expressions that
/// are too long.
pub fn preflight(tokens: &[TokenWithSpan]) -> Option<Diagnostic> {
    /// Operators so far on the way down, and the most that any finished part had.
    #[derive(Default)]
    struct Level {
        open: Option<usize>,
        /// Since the last comma.
        current: usize,
        /// The most that a part between commas had.
        most: usize,
        /// UNION and its like: they nest across commas.
        sets: usize,
    }
    let mut levels = vec![Level::default()];
    // The operators on the way down to here: the sum of `current` and `sets` over the levels.
    let mut weight = 0;
    for (at, token) in tokens.iter().enumerate() {
        let Some(level) = levels.last_mut() else { break };
        match &token.token {
            Lexeme::Whitespace(_) => {}
            Lexeme::LParen => levels.push(Level { open: Some(at), ..Level::default() }),
            Lexeme::RParen => {
                let inner = level.current.max(level.most) + level.sets;
                if level.open.is_none() {
                    return Some(
                        Diagnostic::error(bytes(token.span), "this parenthesis closes nothing")
                            .detail("No opening parenthesis before it is still open.")
                            .hint("Take it away, or write the opening one."),
                    );
                }
                weight -= level.current + level.sets;
                levels.pop();
                if let Some(outer) = levels.last_mut() {
                    outer.current += inner + 1;
                    weight += inner + 1;
                }
            }
            Lexeme::Comma => {
                weight -= level.current;
                (level.most, level.current) = (level.most.max(level.current), 0);
            }
            Lexeme::Word(_) if is_one_of(&token.token, &SET_WORDS) => {
                (level.sets, weight) = (level.sets + 1, weight + 1);
            }
            Lexeme::Word(_) if !is_one_of(&token.token, &OPERATOR_WORDS) => {}
            Lexeme::Number(..) | Lexeme::SingleQuotedString(_) | Lexeme::Period => {}
            _ => (level.current, weight) = (level.current + 1, weight + 1),
        }
        if OPERATORS_MAX < weight {
            return Some(too_deep(token));
        }
    }
    let open = levels.last().and_then(|it| it.open)?;
    Some(
        Diagnostic::error(bytes(tokens[open].span), "this parenthesis is never closed")
            .detail("The statement ends before its closing parenthesis.")
            .hint("Write ) where the part in parentheses ends."),
    )
}

fn too_deep(token: &TokenWithSpan) -> Diagnostic {
    Diagnostic::error(bytes(token.span), "this expression is nested too deeply")
        .detail(format!("An expression may hold {OPERATORS_MAX} operators, one inside the other."))
        .hint("Split it: compute a part in one stream and the rest in a second one.")
}

/// Turns an error of the parser into a diagnostic. `at` is where the parser stands, `furthest` the last
/// token it looked at.
pub fn explain(error: ParserError, tokens: &[TokenWithSpan], at: usize, furthest: usize) -> Diagnostic {
    let text = match error {
        ParserError::ParserError(text) | ParserError::TokenizerError(text) => text,
        ParserError::RecursionLimitExceeded => {
            let place = significant(tokens, furthest).or_else(|| last(tokens));
            return place
                .map_or_else(|| Diagnostic::error(0..0, "nothing to read"), |it| too_deep(&tokens[it]));
        }
    };
    let (text, column) = match text.rsplit_once(" at Line: 1, Column: ") {
        Some((text, column)) => (text.to_owned(), column.trim().parse::<u64>().ok()),
        None => (text, None),
    };
    let found = match column {
        Some(column) => tokens.iter().position(|it| it.span.start.column == column && shows(it)),
        None if text.contains("found: EOF") => None,
        None => significant(tokens, at),
    };
    let deep = significant(tokens, furthest);
    if let (Some(found), Some(deep)) = (found, deep)
        && found < deep
        && let Some(inner) = inside(tokens, deep)
        && bytes(tokens[found].span).start <= inner.span.start
    {
        return inner;
    }
    let expected = text.strip_prefix("Expected: ").and_then(|it| it.split_once(", found: "));
    match expected {
        Some((expected, _)) => say(expected, tokens, found),
        None => {
            let span = place(tokens, found);
            Diagnostic::error(span, "this cannot be read")
                .detail(format!("The reader says: {}.", text.trim_end_matches('.')))
        }
    }
}

/// The error of the innermost sub-query before the token `deep`, read by itself.
fn inside(tokens: &[TokenWithSpan], deep: usize) -> Option<Diagnostic> {
    let opens = |it: &usize| {
        let select = significant(tokens, it + 1).map(|next| &tokens[next].token);
        tokens[*it].token == Lexeme::LParen && select.is_some_and(|next| is_word(next, "SELECT"))
    };
    let open = (0..deep).rev().find(opens)?;
    let part = &tokens[open + 1..];
    let dialect = PumpDialect::default();
    let mut parser = statement::parser(&dialect, part);
    let result = parser.parse_query().and_then(|_| parser.expect_token(&Lexeme::RParen));
    result.err().map(|error| explain(error, part, parser.index(), dialect.furthest.get()))
}

/// A clause of other streaming databases, at the word found or the one before it.
fn elsewhere(tokens: &[TokenWithSpan], found: usize) -> Option<Diagnostic> {
    let before = (0..found).rev().find(|&it| shows(&tokens[it]));
    [Some(found), before].into_iter().flatten().find_map(|at| {
        let (word, _, hint) = ELSEWHERE.iter().find(|(word, next, _)| {
            let follows = significant(tokens, at + 1).is_some_and(|it| is_one_of(&tokens[it].token, next));
            is_word(&tokens[at].token, word) && (next.is_empty() || follows)
        })?;
        let error = Diagnostic::error(bytes(tokens[at].span), format!("{word} is not part of this language"));
        Some(error.detail("Other databases have it; this language does not.").hint(*hint))
    })
}

/// `Expected` and `found` as a sentence.
fn say(expected: &str, tokens: &[TokenWithSpan], found: Option<usize>) -> Diagnostic {
    let span = place(tokens, found);
    let expected = plain(expected);
    let Some(found) = found else {
        return Diagnostic::error(span, "the statement ends too early")
            .detail(format!("Behind this the text should go on with {expected}."));
    };
    let token = &tokens[found].token;
    let written = match token {
        Lexeme::Word(word) if word.quote_style.is_some() => quoted(&word.value),
        _ => token.to_string(),
    };
    let before = (0..found).rev().find(|&it| shows(&tokens[it])).map(|it| &tokens[it].token);
    let wants_name = expected == "an expression" || expected == "a name";
    let by = significant(tokens, found + 1).is_some_and(|it| is_word(&tokens[it].token, "BY"));
    let ends_list = is_one_of(token, &["FROM", "WHERE", "HAVING"])
        || by && is_one_of(token, &["GROUP", "ORDER"])
        || *token == Lexeme::RParen;
    if wants_name && ends_list && before == Some(&Lexeme::Comma) {
        return Diagnostic::error(span, format!("{written} is not expected here"))
            .detail("A comma says that the list goes on, and here it does not.")
            .hint(format!("Take away the comma before {written}."));
    }
    if let Lexeme::Word(word) = token
        && wants_name
        && word.quote_style.is_none()
        && reserved(&word.value)
        && !ends_list
    {
        return reserved_word(span, &word.value);
    }
    if let Some(error) = elsewhere(tokens, found) {
        return error;
    }
    let error = Diagnostic::error(span, format!("{written} is not expected here"))
        .detail(format!("Here the text should go on with {expected}."));
    if expected == UNITS
        && let Some(unit) = nearest(&written, ["SECOND", "MINUTE", "HOUR", "DAY", "MONTH", "YEAR"])
    {
        return error.hint(format!("The nearest is {unit}."));
    }
    if is_one_of(token, &["GROUP", "ORDER"]) && !by {
        return error.hint(format!("Write {} BY.", written.to_uppercase()));
    }
    if expected == "the end of the statement"
        && let Some(Lexeme::Word(word)) = before
        && word.quote_style.is_none()
        && !keyword(&word.value)
        && let Some(meant) = nearest(&word.value, CLAUSE_WORDS)
    {
        return error.hint(format!("Perhaps {} should be {meant}.", word.value));
    }
    let one_word = !expected.is_empty() && expected.bytes().all(|it| it.is_ascii_uppercase());
    match token {
        Lexeme::Comma if one_word => error.hint(format!("Write {expected} instead of the comma.")),
        _ if one_word => error.hint(format!("Write {expected} before {written}.")),
        _ => error,
    }
}

/// A word of the language where a name should stand (sql.md 2.6 and 7.2).
pub fn reserved_word(span: std::ops::Range<usize>, written: &str) -> Diagnostic {
    Diagnostic::error(span, format!("{} is a word of the language", written.to_uppercase()))
        .detail("A reserved word can be a name only in double quotes.")
        .hint(format!("As a name write {} in double quotes.", quoted(written)))
}

/// The parser's word for what it wanted, as a person says it.
fn plain(expected: &str) -> String {
    match expected {
        "an expression" | "an expression:" => "an expression",
        "identifier" => "a name",
        ")" => "a closing parenthesis",
        "(" => "an opening parenthesis",
        "end of statement" => "the end of the statement",
        "joined table" | "table name" => "the name of a stream",
        "SELECT, VALUES, or a subquery in the query body" => "SELECT",
        "a data type name" => "a type, such as VARCHAR(16)",
        "date/time field" => UNITS,
        other => other,
    }
    .to_owned()
}

fn shows(token: &TokenWithSpan) -> bool {
    !matches!(token.token, Lexeme::Whitespace(_))
}

fn significant(tokens: &[TokenWithSpan], from: usize) -> Option<usize> {
    (from..tokens.len()).find(|&it| shows(&tokens[it]))
}

fn last(tokens: &[TokenWithSpan]) -> Option<usize> {
    tokens.iter().rposition(shows)
}

/// The place of a token, or of the last one where the text ended.
fn place(tokens: &[TokenWithSpan], found: Option<usize>) -> std::ops::Range<usize> {
    found.or_else(|| last(tokens)).map_or(0..0, |it| bytes(tokens[it].span))
}
