//! Our statements over sqlparser's tokens: CREATE STREAM, CREATE PUMP and the few others (sql.md 1.1-1.5).

use sqlparser::ast::{Expr, ObjectName};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError, ParserOptions};
use sqlparser::tokenizer::{Token as Lexeme, TokenWithSpan};

use crate::sql::ast::{ColumnSpec, Insert, Name, ObjectKind, StatementKind, bytes};
use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::dialect::{PumpDialect, is_one_of, is_word};
use crate::sql::parse::fault;

/// How deep parentheses and sub-queries may nest; far beyond what a person writes, well within the stack.
pub const NESTING_MAX: usize = 40;

/// Why reading a statement stopped.
enum Stop {
    /// The parser's own words; [`fault`] translates them.
    Parser(ParserError),
    Said(Box<Diagnostic>),
}

impl From<ParserError> for Stop {
    fn from(error: ParserError) -> Self {
        Stop::Parser(error)
    }
}

impl From<Diagnostic> for Stop {
    fn from(diagnostic: Diagnostic) -> Self {
        Stop::Said(Box::new(diagnostic))
    }
}

/// Reads the tokens of one statement.
pub fn read(tokens: &[TokenWithSpan]) -> Result<StatementKind, Box<Diagnostic>> {
    whole(tokens, statement)
}

/// Reads a window behind a query in FROM, from OVER on.
pub fn window(tokens: &[TokenWithSpan]) -> Result<Expr, Box<Diagnostic>> {
    whole(tokens, |parser| Ok(parser.parse_expr()?))
}

/// Reads tokens to their end.
fn whole<T>(
    tokens: &[TokenWithSpan],
    part: impl FnOnce(&mut Parser) -> Result<T, Stop>,
) -> Result<T, Box<Diagnostic>> {
    let dialect = PumpDialect::default();
    let mut parser = parser(&dialect, tokens);
    let read = part(&mut parser).and_then(|it| {
        let next = parser.peek_token();
        if next.token == Lexeme::EOF {
            Ok(it)
        } else {
            Ok(parser.expected("the end of the statement", next)?)
        }
    });
    read.map_err(|stop| match stop {
        Stop::Said(diagnostic) => diagnostic,
        Stop::Parser(error) => {
            Box::new(fault::explain(error, tokens, parser.index(), dialect.furthest.get()))
        }
    })
}

/// sqlparser's parser over our tokens.
pub fn parser<'a>(dialect: &'a PumpDialect, tokens: &[TokenWithSpan]) -> Parser<'a> {
    Parser::new(dialect)
        .with_options(ParserOptions::new().with_unescape(true))
        .with_recursion_limit(NESTING_MAX)
        .with_tokens_with_locations(tokens.to_vec())
}

fn statement(parser: &mut Parser) -> Result<StatementKind, Stop> {
    let first = parser.peek_token();
    match &first.token {
        it if is_word(it, "CREATE") => create(parser),
        it if is_word(it, "ALTER") => alter(parser),
        it if is_word(it, "DROP") => drop_object(parser),
        it if is_word(it, "INSERT") => Ok(StatementKind::Insert(insert(parser)?)),
        it if is_one_of(it, &["SELECT", "VALUES", "WITH"]) || *it == Lexeme::LParen => {
            Ok(StatementKind::Query(parser.parse_query()?))
        }
        _ => Err(no_statement(&first).into()),
    }
}

fn no_statement(first: &TokenWithSpan) -> Diagnostic {
    let written = first.token.to_string();
    let verbs = ["CREATE", "ALTER", "DROP", "INSERT", "SELECT"];
    let hint = match (written.to_uppercase().as_str(), nearest(&written, verbs)) {
        ("UPDATE" | "DELETE" | "MERGE", _) => {
            "A row that has passed cannot be changed; filter it with WHERE, or compute it in a pump."
                .to_owned()
        }
        ("SET", _) => "There is one schema here, and nothing to set.".to_owned(),
        (_, Some(verb)) => format!("The nearest is {verb}."),
        (_, None) => "A script is a list of CREATE STREAM and CREATE PUMP statements.".to_owned(),
    };
    Diagnostic::error(bytes(first.span), format!("{written} begins no statement"))
        .detail("A statement begins with CREATE, ALTER, DROP, INSERT or SELECT.")
        .hint(hint)
}

fn create(parser: &mut Parser) -> Result<StatementKind, Stop> {
    parser.next_token();
    let or_replace = parser.parse_keywords(&[Keyword::OR, Keyword::REPLACE]);
    let kind = parser.next_token();
    match &kind.token {
        it if is_word(it, "STREAM") => create_stream(parser, or_replace),
        it if is_word(it, "PUMP") => create_pump(parser, or_replace),
        it if is_word(it, "FUNCTION") => create_function(parser),
        it if is_one_of(it, &["VIEW", "TABLE", "SCHEMA", "FOREIGN"]) => Err(foreign(&kind).into()),
        Lexeme::Word(_) => Err(unknown_kind(&kind).into()),
        _ => Ok(parser.expected("STREAM, PUMP or FUNCTION", kind)?),
    }
}

fn unknown_kind(kind: &TokenWithSpan) -> Diagnostic {
    let written = kind.token.to_string();
    let error = Diagnostic::error(bytes(kind.span), format!("{written} cannot be created"))
        .detail("CREATE makes a STREAM, a PUMP or a FUNCTION.");
    match nearest(&written, ["STREAM", "PUMP", "FUNCTION"]) {
        Some(near) => error.hint(format!("The nearest is {near}.")),
        None => error.hint("Write CREATE OR REPLACE STREAM or CREATE OR REPLACE PUMP."),
    }
}

/// What other databases create and this dialect does not.
fn foreign(kind: &TokenWithSpan) -> Diagnostic {
    let (message, hint) = match kind.token.to_string().to_uppercase().as_str() {
        "VIEW" => ("views are not part of this dialect", "Create a stream and a pump that fills it."),
        "TABLE" => ("tables are not part of this dialect", "Create a stream: CREATE OR REPLACE STREAM."),
        "SCHEMA" => ("schemas are not part of this dialect", "Name the stream alone."),
        _ => (
            "foreign streams are not part of this dialect",
            "Connect the application to a source or a destination instead.",
        ),
    };
    Diagnostic::error(bytes(kind.span), message)
        .detail("CREATE makes a STREAM, a PUMP or a FUNCTION.")
        .hint(hint)
}

fn create_stream(parser: &mut Parser, or_replace: bool) -> Result<StatementKind, Stop> {
    let name = object_name(parser)?;
    parser.expect_token(&Lexeme::LParen)?;
    let mut columns = Vec::new();
    loop {
        columns.push(column(parser)?);
        let next = parser.next_token();
        match next.token {
            Lexeme::Comma => {}
            Lexeme::RParen => break,
            Lexeme::Word(_) => return Err(missing_comma(&next).into()),
            _ => return Ok(parser.expected("a comma or a closing parenthesis", next)?),
        }
    }
    if is_word(&parser.peek_token_ref().token, "OPTIONS") {
        let error = Diagnostic::error(bytes(parser.peek_token_ref().span), "OPTIONS is not supported")
            .detail("The grammar of the service names OPTIONS without any option that exists.")
            .hint("Take the OPTIONS clause away.");
        return Err(error.into());
    }
    let description = description(parser)?;
    Ok(StatementKind::CreateStream { or_replace, name, columns, description })
}

fn missing_comma(next: &TokenWithSpan) -> Diagnostic {
    Diagnostic::error(bytes(next.span), format!("a comma is missing before {}", next.token))
        .detail("Each column is a name and a type, and columns are separated by commas.")
        .hint("Write a comma between the two columns.")
}

fn column(parser: &mut Parser) -> Result<ColumnSpec, Stop> {
    let name = Name::new(&parser.parse_identifier()?);
    if name.stored == "WATERMARK" && is_word(&parser.peek_token_ref().token, "FOR") {
        let error = Diagnostic::error(name.span, "WATERMARK is not part of this language")
            .detail("Other databases have it; this language does not.")
            .hint(
                "ROWTIME is the only clock of a stream; sort late rows in with ORDER BY … WITHIN INTERVAL.",
            );
        return Err(error.into());
    }
    let start = bytes(parser.peek_token_ref().span).start;
    let next = &parser.peek_token_ref().token;
    if matches!(next, Lexeme::Comma | Lexeme::RParen) {
        let error = Diagnostic::error(name.span.clone(), format!("column {} has no type", name.as_written()))
            .detail("Each column is a name and a type.")
            .hint(format!("Write a type behind it, for example {} VARCHAR(16).", name.as_written()));
        return Err(error.into());
    }
    let ty = parser.parse_data_type()?;
    let ty_span = start..bytes(parser.get_current_token().span).end;
    let not_null = parser.parse_keywords(&[Keyword::NOT, Keyword::NULL]);
    if !not_null {
        word(parser, "NULL");
    }
    Ok(ColumnSpec { name, ty, ty_span, not_null })
}

fn create_pump(parser: &mut Parser, or_replace: bool) -> Result<StatementKind, Stop> {
    let name = object_name(parser)?;
    let stopped = word(parser, "STOPPED");
    if !stopped {
        word(parser, "STARTED");
    }
    let description = description(parser)?;
    parser.expect_keyword_is(Keyword::AS)?;
    let insert = insert(parser)?;
    Ok(StatementKind::CreatePump { or_replace, name, started: !stopped, description, insert })
}

fn create_function(parser: &mut Parser) -> Result<StatementKind, Stop> {
    let name = object_name(parser)?;
    parser.expect_token(&Lexeme::LParen)?;
    let params = parser.parse_comma_separated0(
        |it| Ok((Name::new(&it.parse_identifier()?), it.parse_data_type()?)),
        Lexeme::RParen,
    )?;
    parser.expect_token(&Lexeme::RParen)?;
    expect_word(parser, "RETURNS")?;
    let returns = parser.parse_data_type()?;
    let mut strict = false;
    while function_clause(parser, &mut strict)? {}
    expect_word(parser, "RETURN")?;
    let body = Box::new(parser.parse_expr()?);
    Ok(StatementKind::CreateFunction { name, params, returns, strict, body })
}

/// One of the clauses between RETURNS and RETURN, in any order.
fn function_clause(parser: &mut Parser, strict: &mut bool) -> Result<bool, ParserError> {
    if word(parser, "LANGUAGE") || word(parser, "CONTAINS") {
        expect_word(parser, "SQL")?;
    } else if word(parser, "SPECIFIC") {
        parser.parse_identifier()?;
    } else if word(parser, "READS") || word(parser, "MODIFIES") {
        expect_word(parser, "SQL")?;
        expect_word(parser, "DATA")?;
    } else if word(parser, "NOT") {
        expect_word(parser, "DETERMINISTIC")?;
    } else if word(parser, "CALLED") {
        for it in ["ON", "NULL", "INPUT"] {
            expect_word(parser, it)?;
        }
        *strict = false;
    } else if word(parser, "RETURNS") {
        for it in ["NULL", "ON", "NULL", "INPUT"] {
            expect_word(parser, it)?;
        }
        *strict = true;
    } else {
        return Ok(word(parser, "DETERMINISTIC"));
    }
    Ok(true)
}

fn alter(parser: &mut Parser) -> Result<StatementKind, Stop> {
    parser.next_token();
    expect_word(parser, "PUMP")?;
    let every = parser.peek_nth_token_ref(1).token == Lexeme::Period
        && parser.peek_nth_token_ref(2).token == Lexeme::Mul;
    let names = if every {
        for _ in 0..3 {
            parser.next_token();
        }
        Vec::new()
    } else if parser.consume_token(&Lexeme::LParen) {
        let names = parser.parse_comma_separated(|it| Ok(Name::new(&it.parse_identifier()?)))?;
        parser.expect_token(&Lexeme::RParen)?;
        names
    } else {
        vec![object_name(parser)?]
    };
    if word(parser, "START") {
        return Ok(StatementKind::AlterPump { names, start: true });
    }
    if word(parser, "STOP") {
        return Ok(StatementKind::AlterPump { names, start: false });
    }
    Ok(parser.expected_ref("START or STOP", parser.peek_token_ref())?)
}

fn drop_object(parser: &mut Parser) -> Result<StatementKind, Stop> {
    parser.next_token();
    let token = parser.next_token();
    let kind = match &token.token {
        it if is_word(it, "STREAM") => ObjectKind::Stream,
        it if is_word(it, "PUMP") => ObjectKind::Pump,
        it if is_word(it, "FUNCTION") => ObjectKind::Function,
        _ => return Ok(parser.expected("STREAM, PUMP or FUNCTION", token)?),
    };
    let if_exists = parser.parse_keywords(&[Keyword::IF, Keyword::EXISTS]);
    let name = object_name(parser)?;
    let cascade = word(parser, "CASCADE");
    if !cascade {
        word(parser, "RESTRICT");
    }
    Ok(StatementKind::Drop { kind, name, if_exists, cascade })
}

fn insert(parser: &mut Parser) -> Result<Insert, Stop> {
    let span = bytes(parser.peek_token_ref().span);
    expect_word(parser, "INSERT")?;
    let expedited = word(parser, "EXPEDITED");
    expect_word(parser, "INTO")?;
    let into = object_name(parser)?;
    let listed = parser.peek_token_ref().token == Lexeme::LParen
        && !is_one_of(&parser.peek_nth_token_ref(1).token, &["SELECT", "VALUES", "WITH"])
        && parser.peek_nth_token_ref(1).token != Lexeme::LParen;
    let mut columns = Vec::new();
    if listed {
        parser.expect_token(&Lexeme::LParen)?;
        columns = parser.parse_comma_separated(|it| Ok(Name::new(&it.parse_identifier()?)))?;
        parser.expect_token(&Lexeme::RParen)?;
    }
    let query = parser.parse_query()?;
    Ok(Insert { span, expedited, into, columns, query })
}

fn description(parser: &mut Parser) -> Result<Option<String>, ParserError> {
    if !word(parser, "DESCRIPTION") {
        return Ok(None);
    }
    let token = parser.next_token();
    match token.token {
        Lexeme::SingleQuotedString(text) => Ok(Some(text)),
        _ => parser.expected("a text in single quotes", token),
    }
}

/// A name of a stream, pump or function: one word, for there is one schema.
fn object_name(parser: &mut Parser) -> Result<Name, Stop> {
    let name = parser.parse_object_name(false)?;
    single(&name).map_err(Stop::from)
}

/// The one part of a name.
pub fn single(name: &ObjectName) -> Result<Name, Diagnostic> {
    let parts: Vec<Name> = name.0.iter().filter_map(|it| it.as_ident()).map(Name::new).collect();
    match parts.as_slice() {
        [one] => Ok(one.clone()),
        [first, .., last] => {
            let span = first.span.start..last.span.end;
            Err(Diagnostic::error(span, "a name has one part here")
                .detail("An application has one schema, so streams and pumps are named without it.")
                .hint(format!("Write {} alone.", last.as_written())))
        }
        [] => Err(Diagnostic::error(0..0, "a name is missing here")),
    }
}

fn word(parser: &mut Parser, word: &str) -> bool {
    let found = is_word(&parser.peek_token_ref().token, word);
    if found {
        parser.next_token();
    }
    found
}

fn expect_word(parser: &mut Parser, expected: &str) -> Result<(), ParserError> {
    if word(parser, expected) { Ok(()) } else { parser.expected_ref(expected, parser.peek_token_ref()) }
}
