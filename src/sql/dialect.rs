//! What the tokenizer and the parser beneath must accept here: the streaming dialect's own forms.
//!
//! The grammar of sqlparser is wide but knows neither `STEP(x BY i)` nor `(a - b) SECOND`. A few hooks
//! teach it; they build ordinary calls, which [`bind`](super::bind) understands by name. The words of
//! the language live here too: which are reserved (sql.md 2.6), and which merely mean something in place.

use std::cell::Cell;

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    CaseWhen, DateTimeField, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList,
    FunctionArguments, Ident, Interval, ObjectName, TrimWhereField, WindowSpec, WindowType,
};
use sqlparser::dialect::{Dialect, Precedence};
use sqlparser::keywords::{Keyword, RESERVED_FOR_COLUMN_ALIAS};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Token;

/// The streaming dialect, and how far the parser has looked.
#[derive(Debug, Default)]
pub struct PumpDialect {
    /// The furthest token the parser reached. It backtracks out of sub-queries and then reports the
    /// place where it began; this remembers where it truly stopped.
    pub furthest: Cell<usize>,
}

/// The name our hooks give to a window written behind a stream in FROM.
pub const TABLE_OVER: &str = "OVER";
/// The names of the calls that stand for `BETWEEN SYMMETRIC`.
pub const BETWEEN_SYMMETRIC: [&str; 2] = ["BETWEEN SYMMETRIC", "NOT BETWEEN SYMMETRIC"];

/// The name of the call that stands for `x SIMILAR pattern` inside SUBSTRING.
pub const SUBSTRING_SIMILAR: &str = "SUBSTRING SIMILAR";

/// The name of `NTH_VALUE(x, n) FROM LAST`, which counts from the newest row; `FROM FIRST` is NTH_VALUE
/// itself.
pub const NTH_VALUE_FROM_LAST: &str = "NTH_VALUE FROM LAST";

/// Words that end an expression and never begin one. Without this list `SELECT a, FROM (SELECT …)`
/// would be a call of a function named FROM.
const CLAUSE_WORDS: [&str; 20] = [
    "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "UNION", "WINDOW", "ON", "AS", "INTO", "BY", "JOIN",
    "USING", "THEN", "WHEN", "ELSE", "END", "AND", "OR", "CREATE",
];

/// The words between two periods (sql.md 1.19).
pub const PERIOD_PREDICATES: [&str; 7] =
    ["EQUALS", "CONTAINS", "OVERLAPS", "PRECEDES", "SUCCEEDS", "LEADS", "LAGS"];

impl PumpDialect {
    fn note(&self, parser: &Parser) {
        self.furthest.set(self.furthest.get().max(parser.index()));
    }
}

/// Whether a token is this word, unquoted, in any case.
pub fn is_word(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(it) if it.quote_style.is_none() && it.value.eq_ignore_ascii_case(word))
}

/// Whether a token is one of these words, unquoted, in any case.
pub fn is_one_of(token: &Token, words: &[&str]) -> bool {
    words.iter().any(|word| is_word(token, word))
}

/// The unit of time a word names.
fn time_unit(token: &Token) -> Option<DateTimeField> {
    let Token::Word(word) = token else { return None };
    if word.quote_style.is_some() {
        return None;
    }
    match word.keyword {
        Keyword::YEAR => Some(DateTimeField::Year),
        Keyword::MONTH => Some(DateTimeField::Month),
        Keyword::DAY => Some(DateTimeField::Day),
        Keyword::HOUR => Some(DateTimeField::Hour),
        Keyword::MINUTE => Some(DateTimeField::Minute),
        Keyword::SECOND => Some(DateTimeField::Second),
        _ => None,
    }
}

fn rank(unit: &DateTimeField) -> u8 {
    match unit {
        DateTimeField::Year => 0,
        DateTimeField::Month => 1,
        DateTimeField::Day => 2,
        DateTimeField::Hour => 3,
        DateTimeField::Minute => 4,
        _ => 5,
    }
}

fn call(name: Ident, args: Vec<Expr>, over: Option<WindowType>) -> Expr {
    let args = args.into_iter().map(|it| FunctionArg::Unnamed(FunctionArgExpr::Expr(it))).collect();
    let list = FunctionArgumentList { duplicate_treatment: None, args, clauses: Vec::new() };
    Expr::Function(Function {
        name: ObjectName::from(vec![name]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(list),
        filter: None,
        null_treatment: None,
        over,
        within_group: Vec::new(),
    })
}

impl Dialect for PumpDialect {
    fn is_delimited_identifier_start(&self, it: char) -> bool {
        it == '"'
    }

    fn is_identifier_start(&self, it: char) -> bool {
        it.is_alphabetic() || it == '_'
    }

    fn is_identifier_part(&self, it: char) -> bool {
        it.is_alphanumeric() || it == '_' || it == '$'
    }

    fn supports_subquery_as_function_arg(&self) -> bool {
        true
    }

    fn supports_string_literal_concatenation_with_newline(&self) -> bool {
        true
    }

    fn supports_table_versioning(&self) -> bool {
        true
    }

    /// Read, so that the binder can say why not.
    fn supports_cross_join_constraint(&self) -> bool {
        true
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    fn supports_window_function_null_treatment_arg(&self) -> bool {
        true
    }

    fn supports_string_literal_column_alias(&self, _explicit: bool) -> bool {
        false
    }

    fn supports_string_literal_table_alias(&self, _explicit: bool) -> bool {
        false
    }

    fn supports_unicode_string_literal(&self) -> bool {
        true
    }

    fn supports_group_by_expr(&self) -> bool {
        false
    }

    fn supports_interval_options(&self) -> bool {
        true
    }

    /// A unit of time behind an expression is a qualifier, never an alias.
    fn is_column_alias(&self, word: &Keyword, _parser: &mut Parser) -> bool {
        let unit =
            [Keyword::YEAR, Keyword::MONTH, Keyword::DAY, Keyword::HOUR, Keyword::MINUTE, Keyword::SECOND];
        !RESERVED_FOR_COLUMN_ALIAS.contains(word) && !unit.contains(word)
    }

    fn parse_prefix(&self, parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
        self.note(parser);
        let token = parser.peek_token_ref().token.clone();
        let opens = parser.peek_nth_token_ref(1).token == Token::LParen;
        if is_one_of(&token, &CLAUSE_WORDS) {
            return Some(parser.expected_ref("an expression", parser.peek_token_ref()));
        }
        if is_word(&token, "CASE") {
            return Some(case(parser));
        }
        if opens && is_word(&token, "STEP") {
            return Some(step(parser));
        }
        if opens && is_word(&token, "STAGGER") {
            return Some(stagger(parser));
        }
        if is_word(&token, TABLE_OVER) {
            return Some(table_over(parser));
        }
        let side = is_one_of(&parser.peek_nth_token_ref(2).token, &["BOTH", "LEADING", "TRAILING"]);
        if opens && side && is_word(&token, "TRIM") && is_word(&parser.peek_nth_token_ref(3).token, "FROM") {
            return Some(trim_blanks(parser));
        }
        None
    }

    fn get_next_precedence(&self, parser: &Parser) -> Option<Result<u8, ParserError>> {
        self.note(parser);
        let token = &parser.peek_token_ref().token;
        let closed = parser.get_current_token().token == Token::RParen;
        if closed && time_unit(token).is_some() {
            return Some(Ok(self.prec_value(Precedence::DoubleColon)));
        }
        if is_word(token, "WITHIN") && is_word(&parser.peek_nth_token_ref(1).token, "INTERVAL") {
            return Some(Ok(1));
        }
        if period_predicate(parser).is_some() {
            return Some(Ok(self.prec_value(Precedence::Between)));
        }
        None
    }

    fn parse_infix(&self, parser: &mut Parser, left: &Expr, _: u8) -> Option<Result<Expr, ParserError>> {
        self.note(parser);
        let negated = usize::from(parser.peek_keyword(Keyword::NOT));
        let between = is_word(&parser.peek_nth_token_ref(negated).token, "BETWEEN");
        let mode = &parser.peek_nth_token_ref(negated + 1).token;
        if between && is_one_of(mode, &["SYMMETRIC", "ASYMMETRIC"]) {
            return Some(self.between(parser, left, negated == 1));
        }
        if is_word(&parser.peek_token_ref().token, "WITHIN") {
            return Some(within(parser, left));
        }
        let similar = is_word(&parser.peek_token_ref().token, "SIMILAR");
        if similar && matches!(parser.peek_nth_token_ref(1).token, Token::SingleQuotedString(_)) {
            return Some(self.similar(parser, left));
        }
        if let Some((name, words)) = period_predicate(parser) {
            return Some(self.period(parser, left, &name, words));
        }
        let first = time_unit(&parser.peek_token_ref().token)?;
        Some(qualifier(parser, left, first))
    }
}

impl PumpDialect {
    fn between(&self, parser: &mut Parser, left: &Expr, negated: bool) -> Result<Expr, ParserError> {
        if negated {
            parser.next_token();
        }
        parser.next_token();
        let mode = parser.next_token();
        let level = self.prec_value(Precedence::Between);
        let low = parser.parse_subexpr(level)?;
        parser.expect_keyword_is(Keyword::AND)?;
        let high = parser.parse_subexpr(level)?;
        if is_word(&mode.token, "ASYMMETRIC") {
            let (expr, low, high) = (Box::new(left.clone()), Box::new(low), Box::new(high));
            return Ok(Expr::Between { expr, negated, low, high });
        }
        let name = Ident::with_span(mode.span, BETWEEN_SYMMETRIC[usize::from(negated)]);
        Ok(call(name, vec![left.clone(), low, high], None))
    }

    /// `text SIMILAR 'pattern' ESCAPE 'c'`, as SUBSTRING takes it.
    fn similar(&self, parser: &mut Parser, left: &Expr) -> Result<Expr, ParserError> {
        let span = parser.next_token().span;
        let level = self.prec_value(Precedence::Like);
        let pattern = parser.parse_subexpr(level)?;
        parser.expect_keyword_is(Keyword::ESCAPE)?;
        let escape = parser.parse_subexpr(level)?;
        Ok(call(Ident::with_span(span, SUBSTRING_SIMILAR), vec![left.clone(), pattern, escape], None))
    }

    fn period(
        &self,
        parser: &mut Parser,
        left: &Expr,
        name: &str,
        words: usize,
    ) -> Result<Expr, ParserError> {
        let span = parser.peek_token_ref().span;
        for _ in 0..words {
            parser.next_token();
        }
        let right = parser.parse_subexpr(self.prec_value(Precedence::Between))?;
        Ok(call(Ident::with_span(span, name), vec![left.clone(), right], None))
    }
}

/// `( … ) SECOND`, `( … ) DAY TO SECOND`: the qualifier as a postfix operator. A following `TO unit` is
/// taken only where it makes a valid qualifier; otherwise it belongs to the FLOOR around.
fn qualifier(parser: &mut Parser, left: &Expr, first: DateTimeField) -> Result<Expr, ParserError> {
    if !matches!(left, Expr::Nested(_)) {
        return parser.expected_ref("an operator", parser.peek_token_ref());
    }
    parser.next_token();
    let mut last = None;
    if parser.peek_keyword(Keyword::TO)
        && let Some(unit) = time_unit(&parser.peek_nth_token_ref(1).token)
        && rank(&first) < rank(&unit)
    {
        parser.next_token();
        parser.next_token();
        last = Some(unit);
    }
    Ok(Expr::Interval(Interval {
        value: Box::new(left.clone()),
        leading_field: Some(first),
        leading_precision: None,
        last_field: last,
        fractional_seconds_precision: None,
    }))
}

/// `EQUALS`, `STRICTLY PRECEDES` and their like, and how many words they are. Only behind `)`, so that
/// an alias of that name stays an alias.
fn period_predicate(parser: &Parser) -> Option<(String, usize)> {
    if parser.get_current_token().token != Token::RParen {
        return None;
    }
    let find = |token: &Token| PERIOD_PREDICATES.iter().find(|it| is_word(token, it));
    let first = &parser.peek_token_ref().token;
    for mode in ["STRICTLY", "IMMEDIATELY"] {
        if is_word(first, mode) {
            return find(&parser.peek_nth_token_ref(1).token).map(|it| (format!("{mode} {it}"), 2));
        }
    }
    find(first).map(|it| ((*it).to_owned(), 1))
}

/// The next token as a name; the caller has looked that it is a word.
fn take_name(parser: &mut Parser) -> Ident {
    let token = parser.next_token();
    Ident::with_span(token.span, token.token.to_string())
}

/// `ORDER BY ts WITHIN INTERVAL '5' SECOND`.
fn within(parser: &mut Parser, left: &Expr) -> Result<Expr, ParserError> {
    let name = take_name(parser);
    let slack = parser.parse_expr()?;
    Ok(call(name, vec![left.clone(), slack], None))
}

/// `CASE x WHEN 1, 2 THEN r END`: a WHEN may list several values, each of which has the same result.
fn case(parser: &mut Parser) -> Result<Expr, ParserError> {
    let case_token = AttachedToken(parser.next_token());
    let mut operand = None;
    if !parser.parse_keyword(Keyword::WHEN) {
        operand = Some(Box::new(parser.parse_expr()?));
        parser.expect_keyword_is(Keyword::WHEN)?;
    }
    let mut conditions = Vec::new();
    loop {
        let mut values = vec![parser.parse_expr()?];
        while operand.is_some() && parser.consume_token(&Token::Comma) {
            values.push(parser.parse_expr()?);
        }
        parser.expect_keyword_is(Keyword::THEN)?;
        let result = parser.parse_expr()?;
        let branch = |condition| CaseWhen { condition, result: result.clone() };
        conditions.extend(values.into_iter().map(branch));
        if !parser.parse_keyword(Keyword::WHEN) {
            break;
        }
    }
    let otherwise = if parser.parse_keyword(Keyword::ELSE) { Some(parser.parse_expr()?) } else { None };
    let end_token = AttachedToken(parser.expect_keyword(Keyword::END)?);
    Ok(Expr::Case { case_token, end_token, operand, conditions, else_result: otherwise.map(Box::new) })
}

/// `STEP(x BY i)`.
fn step(parser: &mut Parser) -> Result<Expr, ParserError> {
    let name = take_name(parser);
    parser.expect_token(&Token::LParen)?;
    let value = parser.parse_expr()?;
    parser.expect_keyword_is(Keyword::BY)?;
    let step = parser.parse_expr()?;
    parser.expect_token(&Token::RParen)?;
    Ok(call(name, vec![value, step], None))
}

/// `STAGGER(PARTITION BY a, b RANGE INTERVAL '1' MINUTE)`.
fn stagger(parser: &mut Parser) -> Result<Expr, ParserError> {
    let name = take_name(parser);
    parser.expect_token(&Token::LParen)?;
    parser.expect_keywords(&[Keyword::PARTITION, Keyword::BY])?;
    let partition_by = parser.parse_comma_separated(Parser::parse_expr)?;
    parser.expect_keyword_is(Keyword::RANGE)?;
    let range = parser.parse_expr()?;
    parser.expect_token(&Token::RParen)?;
    let window = WindowSpec { window_name: None, partition_by, order_by: Vec::new(), window_frame: None };
    Ok(call(name, vec![range], Some(WindowType::WindowSpec(window))))
}

/// `FROM s OVER (RANGE …)` or `OVER w`, carried as the table's version.
fn table_over(parser: &mut Parser) -> Result<Expr, ParserError> {
    let name = take_name(parser);
    let window = if parser.consume_token(&Token::LParen) {
        WindowType::WindowSpec(parser.parse_window_spec()?)
    } else {
        WindowType::NamedWindow(parser.parse_identifier()?)
    };
    Ok(call(name, Vec::new(), Some(window)))
}

/// `TRIM(TRAILING FROM x)`: the pad character may be left out.
fn trim_blanks(parser: &mut Parser) -> Result<Expr, ParserError> {
    parser.next_token();
    parser.next_token();
    let side = match parser.next_token().token {
        it if is_word(&it, "LEADING") => TrimWhereField::Leading,
        it if is_word(&it, "TRAILING") => TrimWhereField::Trailing,
        _ => TrimWhereField::Both,
    };
    parser.next_token();
    let expr = Box::new(parser.parse_expr()?);
    parser.expect_token(&Token::RParen)?;
    Ok(Expr::Trim { expr, trim_where: Some(side), trim_what: None, trim_characters: None })
}

/// Whether an unquoted word is reserved (sql.md 2.6) and so cannot name a column, a stream or an alias.
pub fn reserved(word: &str) -> bool {
    RESERVED.binary_search(&word.to_uppercase().as_str()).is_ok()
}

/// Whether an unquoted word is a keyword for the eye: reserved, or one with a meaning in its place.
pub fn keyword(word: &str) -> bool {
    let upper = word.to_uppercase();
    RESERVED.binary_search(&upper.as_str()).is_ok() || UNRESERVED.binary_search(&upper.as_str()).is_ok()
}

/// Words with a meaning in their place that may still be names.
const UNRESERVED: &[&str] = &[
    "ASC",
    "CASCADE",
    "CONTAINS",
    "DATA",
    "DATETIME",
    "DESC",
    "DESCRIPTION",
    "EQUALS",
    "EXPEDITED",
    "FIRST",
    "FOLLOWING",
    "IF",
    "IMMEDIATELY",
    "INPUT",
    "KEY",
    "LAGS",
    "LAST",
    "LEADS",
    "MONOTONIC",
    "NULLS",
    "OPTIONS",
    "PERIOD",
    "PLACING",
    "PRECEDES",
    "PRECEDING",
    "PUMP",
    "REPLACE",
    "RESTRICT",
    "SCHEMA",
    "STAGGER",
    "STARTED",
    "STEP",
    "STOPPED",
    "STRICTLY",
    "SUCCEEDS",
    "TYPE",
    "UNBOUNDED",
    "VIEW",
    "WINDOWED",
    "ZONE",
];

/// The reserved words (sql.md 2.6), sorted. END-EXEC is left out: with its hyphen it is no name anyway.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "ABS", "ALL", "ALLOCATE", "ALLOW", "ALTER", "ANALYZE", "AND", "ANY", "APPROXIMATE_ARRIVAL_TIME", "ARE",
    "ARRAY", "AS", "ASENSITIVE", "ASYMMETRIC", "AT", "ATOMIC", "AUTHORIZATION", "AVG", "BEGIN", "BETWEEN",
    "BIGINT", "BINARY", "BIT", "BLOB", "BOOLEAN", "BOTH", "BY", "CALL", "CALLED", "CARDINALITY", "CASCADED",
    "CASE", "CAST", "CEIL", "CEILING", "CHAR", "CHARACTER", "CHARACTER_LENGTH", "CHAR_LENGTH", "CHECK",
    "CHECKPOINT", "CLOB", "CLOSE", "CLUSTERED", "COALESCE", "COLLATE", "COLLECT", "COLUMN", "COMMIT",
    "CONDITION", "CONNECT", "CONSTRAINT", "CONVERT", "CORR", "CORRESPONDING", "COUNT", "COVAR_POP",
    "COVAR_SAMP", "CREATE", "CROSS", "CUBE", "CUME_DIST", "CURRENT", "CURRENT_CATALOG", "CURRENT_DATE",
    "CURRENT_DEFAULT_TRANSFORM_GROUP", "CURRENT_PATH", "CURRENT_ROLE", "CURRENT_SCHEMA", "CURRENT_TIME",
    "CURRENT_TIMESTAMP", "CURRENT_TRANSFORM_GROUP_FOR_TYPE", "CURRENT_USER", "CURSOR", "CYCLE", "DATE",
    "DAY", "DEALLOCATE", "DEC", "DECIMAL", "DECLARE", "DEFAULT", "DELETE", "DENSE_RANK", "DEREF",
    "DESCRIBE", "DETERMINISTIC", "DISALLOW", "DISCONNECT", "DISTINCT", "DOUBLE", "DROP", "DYNAMIC", "EACH",
    "ELEMENT", "ELSE", "END", "ESCAPE", "EVERY", "EXCEPT", "EXEC", "EXECUTE", "EXISTS", "EXP", "EXPLAIN",
    "EXP_AVG", "EXTERNAL", "EXTRACT", "FALSE", "FETCH", "FILTER", "FIRST_VALUE", "FLOAT", "FLOOR", "FOR",
    "FOREIGN", "FREE", "FROM", "FULL", "FUNCTION", "FUSION", "GET", "GLOBAL", "GRANT", "GROUP", "GROUPING",
    "HAVING", "HOLD", "HOUR", "IDENTITY", "IGNORE", "IMPORT", "IN", "INDICATOR", "INITCAP", "INNER",
    "INOUT", "INSENSITIVE", "INSERT", "INT", "INTEGER", "INTERSECT", "INTERSECTION", "INTERVAL", "INTO",
    "IS", "JOIN", "LANGUAGE", "LARGE", "LAST_VALUE", "LATERAL", "LEADING", "LEFT", "LIKE", "LIMIT", "LN",
    "LOCAL", "LOCALTIME", "LOCALTIMESTAMP", "LOWER", "MATCH", "MAX", "MEMBER", "MERGE", "METHOD", "MIN",
    "MINUTE", "MOD", "MODIFIES", "MODULE", "MONTH", "MULTISET", "NATIONAL", "NATURAL", "NCHAR", "NCLOB",
    "NEW", "NO", "NODE", "NONE", "NORMALIZE", "NOT", "NTH_VALUE", "NULL", "NULLIF", "NUMERIC",
    "OCTET_LENGTH", "OF", "OLD", "ON", "ONLY", "OPEN", "OR", "ORDER", "OUT", "OUTER", "OVER", "OVERLAPS",
    "OVERLAY", "PARAMETER", "PARTITION", "PARTITION_ID", "PARTITION_KEY", "PERCENTILE_CONT",
    "PERCENTILE_DISC", "PERCENT_RANK", "POSITION", "POWER", "PRECISION", "PREPARE", "PRIMARY", "PROCEDURE",
    "RANGE", "RANK", "READS", "REAL", "RECURSIVE", "REF", "REFERENCES", "REFERENCING", "REGR_AVGX",
    "REGR_AVGY", "REGR_COUNT", "REGR_INTERCEPT", "REGR_R2", "REGR_SLOPE", "REGR_SXX", "REGR_SXY", "RELEASE",
    "RESPECT", "RESULT", "RETURN", "RETURNS", "REVOKE", "RIGHT", "ROLLBACK", "ROLLUP", "ROW", "ROWS",
    "ROWTIME", "ROW_NUMBER", "SAVEPOINT", "SCOPE", "SCROLL", "SEARCH", "SECOND", "SELECT", "SENSITIVE",
    "SEQUENCE_NUMBER", "SESSION_USER", "SET", "SHARD_ID", "SIMILAR", "SMALLINT", "SOME", "SORT", "SPECIFIC",
    "SQL", "SQLEXCEPTION", "SQLSTATE", "SQLWARNING", "SQRT", "START", "STATIC", "STDDEV", "STDDEV_POP",
    "STDDEV_SAMP", "STOP", "STREAM", "SUBMULTISET", "SUBSTRING", "SUM", "SYMMETRIC", "SYSTEM",
    "SYSTEM_USER", "TABLE", "TABLESAMPLE", "THEN", "TIME", "TIMESTAMP", "TIMEZONE_HOUR", "TIMEZONE_MINUTE",
    "TINYINT", "TO", "TRAILING", "TRANSLATE", "TRANSLATION", "TREAT", "TRIGGER", "TRIM", "TRUE", "TRUNCATE",
    "UESCAPE", "UNION", "UNIQUE", "UNKNOWN", "UNNEST", "UPDATE", "UPPER", "USER", "USING", "VALUE",
    "VALUES", "VARBINARY", "VARCHAR", "VARYING", "VAR_POP", "VAR_SAMP", "WHEN", "WHENEVER", "WHERE",
    "WIDTH_BUCKET", "WINDOW", "WITH", "WITHIN", "WITHOUT", "YEAR",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The tables are searched by halves, so they must be in order.
    #[test]
    fn words_are_sorted() {
        assert!(RESERVED.is_sorted() && UNRESERVED.is_sorted());
    }

    /// The names of the workshop stay usable; the words of the language do not.
    #[test]
    fn reserved_words() {
        for name in ["sensor_id", "ingest_time", "measurements", "type", "source", "name", "key", "step"] {
            assert!(!reserved(name), "{name}");
        }
        for word in ["time", "Timestamp", "VALUE", "user", "row", "rowtime", "approximate_arrival_time"] {
            assert!(reserved(word), "{word}");
        }
    }
}
