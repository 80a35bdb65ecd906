//! Texts that cannot be read (sql.md 7.2), and what colours them all the same.

use pumphouse::sql::ast::StatementKind;
use pumphouse::sql::parse::{TEXT_MAX, TokenKind, parse};

use super::{query_says, said, says};

#[test]
fn a_word_too_many_or_too_few() {
    says(
        "CREATE STREAM A (\n  a TIMESTAMP\n  b VARCHAR(16));",
        "3:3 error: a comma is missing before b
    Each column is a name and a type, and columns are separated by commas.
    Write a comma between the two columns.",
    );
    query_says(
        "SELECT STREAM k, v, FROM GATE",
        "3:21 error: FROM is not expected here
    A comma says that the list goes on, and here it does not.
    Take away the comma before FROM.",
    );
    query_says(
        "SELECT STREAM k, v FROM WHERE v > 1",
        "3:25 error: WHERE is not expected here
    Here the text should go on with the name of a stream.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE v > > 1",
        "3:40 error: > is not expected here
    Here the text should go on with an expression.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE v >",
        "3:38 error: the statement ends too early
    Behind this the text should go on with an expression.",
    );
    says(
        "CREATE PUMP P INSERT INTO A SELECT STREAM * FROM GATE",
        "1:15 error: INSERT is not expected here
    Here the text should go on with AS.
    Write AS before INSERT.",
    );
}

/// The true place inside a sub-query, not the place where it begins.
#[test]
fn a_slip_inside_a_sub_query() {
    query_says(
        "SELECT STREAM a, b FROM (SELECT STREAM k AS a, v b c FROM GATE) AS x WHERE a > 'b'",
        "3:52 error: c is not expected here
    Here the text should go on with a closing parenthesis.",
    );
    query_says(
        "SELECT STREAM a, 1 FROM (SELECT STREAM b FROM (SELECT STREAM FLOOR(ROWTIME TO SECND) AS b FROM GATE) AS x) AS y",
        "3:79 error: SECND is not expected here
    Here the text should go on with SECOND, MINUTE, HOUR, DAY, MONTH or YEAR.
    The nearest is SECOND.",
    );
}

#[test]
fn parentheses() {
    query_says(
        "SELECT STREAM k, AVG(CAST(v AS DOUBLE) FROM GATE",
        "3:21 error: this parenthesis is never closed
    The statement ends before its closing parenthesis.
    Write ) where the part in parentheses ends.",
    );
    query_says(
        "SELECT STREAM k), v FROM GATE",
        "3:16 error: this parenthesis closes nothing
    No opening parenthesis before it is still open.
    Take it away, or write the opening one.",
    );
}

/// L-03, and the same word in an expression, as an alias and where nothing else could stand.
#[test]
fn reserved_words() {
    let sentence = |place: &str, word: &str, name: &str| {
        format!(
            "{place} error: {word} is a word of the language
    A reserved word can be a name only in double quotes.
    As a name write \"{name}\" in double quotes."
        )
    };
    says("CREATE STREAM S (time TIMESTAMP)", &sentence("1:18", "TIME", "time"));
    says("CREATE STREAM S (\"time\" TIMESTAMP)", "");
    query_says("SELECT STREAM k, value FROM GATE", &sentence("3:18", "VALUE", "value"));
    query_says("SELECT STREAM k AS user, v FROM GATE", &sentence("3:20", "USER", "user"));
    query_says("SELECT STREAM k, order FROM GATE", &sentence("3:18", "ORDER", "order"));
}

/// L-10: every bent quote is named, with the straight one.
#[test]
fn typographic_quotes() {
    query_says(
        "SELECT STREAM “sensorId”, 1 FROM SOURCE_SQL_STREAM_001",
        "3:15 error: “ is a typographic quote
    Slides and word processors bend quotes; SQL knows the straight ones only.
    Type a straight quote: \"
3:24 error: ” is a typographic quote
    Slides and word processors bend quotes; SQL knows the straight ones only.
    Type a straight quote: \"",
    );
    query_says(
        "SELECT STREAM ’x, 1 FROM GATE",
        "3:15 error: ’ is a typographic quote
    Slides and word processors bend quotes; SQL knows the straight ones only.
    Type a straight quote: '",
    );
}

#[test]
fn signs_of_other_languages() {
    for (query, expected) in [
        (
            "SELECT STREAM `k, v FROM GATE",
            "3:15 error: a backtick does not quote a name here
    The language has no such sign.
    Write the name in double quotes.",
        ),
        (
            "SELECT STREAM k, v FROM GATE WHERE v == 1",
            "3:38 error: == is not an operator here
    The language has no such sign.
    Compare with a single =.",
        ),
        (
            "SELECT STREAM k, v % 2 FROM GATE",
            "3:20 error: % is not an operator here
    The language has no such sign.
    Write MOD(a, b).",
        ),
        (
            "SELECT STREAM k, v – 2 FROM GATE",
            "3:20 error: this dash is not a minus sign
    The language has no such sign.
    Type a plain -.",
        ),
        (
            "SELECT STREAM k, v # 2 FROM GATE",
            "3:20 error: # begins no comment here
    The language has no such sign.
    Write -- before a comment.",
        ),
        (
            "SELECT STREAM k, v ^ 2 FROM GATE",
            "3:20 error: ^ means nothing here
    No statement of this language contains it.
    Take it away; a name with such a character is written in double quotes.",
        ),
        (
            "SELECT STREAM k, v::BIGINT FROM GATE",
            "3:19 error: :: is not an operator here
    The language has no such sign.
    Write CAST(x AS type).",
        ),
        (
            "SELECT STREAM k, v FORM GATE",
            "3:25 error: GATE is not expected here
    Here the text should go on with the end of the statement.
    Perhaps FORM should be FROM.",
        ),
        (
            "SELECT STREAM k, v FROM GATE GROUP k",
            "3:30 error: GROUP is not expected here
    Here the text should go on with the end of the statement.
    Write GROUP BY.",
        ),
        (
            "SELECT STREAM k, COUNT(*) FROM GATE GROUP BY k, STEP(ROWTIME, INTERVAL '1' MINUTE)",
            "3:61 error: , is not expected here
    Here the text should go on with BY.
    Write BY instead of the comma.",
        ),
        (
            "SELECT STREAM k, v FROM GATE WHERE k = \"a\"",
            "3:40 error: column \"a\" does not exist
    GATE has K, V.
    Double quotes make a name; a text is written 'a'.",
        ),
        (
            "SELECT STREAM k, v FROM GATE WHERE CHAR_TO_TIMESTAMP(k, 'yyyy') IS NULL",
            "3:36 warning: CHAR_TO_TIMESTAMP reads 'yyyy' in the format k
    The format comes first, and the text behind it.
    Write CHAR_TO_TIMESTAMP('yyyy', k).",
        ),
        (
            "SELECT STREAM TOP 3 k, v FROM GATE",
            "3:1 error: TOP is not part of this language
    Other databases have it; this language does not.
    A stream has no first rows; filter them with WHERE.",
        ),
        (
            "SELECT STREAM TIMESTAMP_TO_CHAR(ROWTIME, 'yyyy'), v FROM GATE WHERE ROWTIME > '2016-10-26'",
            "3:15 error: TIMESTAMP_TO_CHAR cannot take TIMESTAMP and CHAR(4)
    The format comes first, and the time behind it.
    Write TIMESTAMP_TO_CHAR('yyyy', ROWTIME).
3:69 error: > cannot take TIMESTAMP and CHAR(10)
    '2016-10-26' is text; text and times do not turn into each other by themselves.
    Write a TIMESTAMP in full: TIMESTAMP 'yyyy-MM-dd HH:mm:ss'.",
        ),
    ] {
        query_says(query, expected);
    }
    query_says("SELECT STREAM k, v FROM GATE WHERE v != 1", "");
}

/// The place is where the text begins, even if later quotes turn everything inside out.
#[test]
fn texts_without_end() {
    let text_open = "this text is never closed
    A text that begins with a single quote goes on to the next single quote.
    Close it with a single quote; a quote inside a text is written twice: 'it''s'.";
    query_says("SELECT STREAM 'abc, v FROM GATE", &format!("3:15 error: {text_open}"));
    says(
        "CREATE STREAM A (a CHAR(1));\nCREATE PUMP P AS INSERT INTO A SELECT STREAM 'abc FROM GATE;
CREATE PUMP Q AS INSERT INTO A SELECT STREAM 'x' FROM GATE WHERE k = 'y';",
        &format!("2:46 error: {text_open}"),
    );
    query_says(
        "SELECT STREAM \"k, v FROM GATE",
        "3:15 error: this quoted name is never closed
    A name that begins with a double quote goes on to the next double quote.
    Close the name with a double quote.",
    );
    says(
        "CREATE STREAM A (a INTEGER); /* and so on",
        "1:30 error: this comment is never closed
    A comment that begins with /* goes on to the next */.
    Write */ where the comment ends.",
    );
}

/// L-05: pieces of one text stand on different lines.
#[test]
fn chained_texts() {
    query_says("SELECT STREAM 'ab'\n'cd', v FROM GATE", "");
    query_says(
        "SELECT STREAM 'ab' 'cd', v FROM GATE",
        "3:20 error: 'cd' is not expected here
    Here the text should go on with the end of the statement.",
    );
}

/// Every broken statement has its error, and what it would have made is known behind it.
#[test]
fn broken_statements_hide_nothing() {
    says(
        "CREATE STREAM A (x INTEGER,);\nCREATE PUMP P AS INSERT INTO A SELECT STREAM v FROM GATE;\nCREAT STREAM B (x INTEGER);
CREATE PUMP Q AS INSERT INTO A SELECT STREAM x FROM GATE",
        "1:28 error: ) is not expected here
    A comma says that the list goes on, and here it does not.
    Take away the comma before ).
3:1 error: CREAT begins no statement
    A statement begins with CREATE, ALTER, DROP, INSERT or SELECT.
    The nearest is CREATE.
4:46 error: column \"X\" does not exist
    You wrote x; GATE has no such column.
    GATE has K, V.",
    );
}

#[test]
fn statements_of_other_databases() {
    says(
        "CREATE VIEW v AS SELECT 1",
        "1:8 error: views are not part of this dialect
    CREATE makes a STREAM, a PUMP or a FUNCTION.
    Create a stream and a pump that fills it.",
    );
    says(
        "UPDATE x SET a = 1",
        "1:1 error: UPDATE begins no statement
    A statement begins with CREATE, ALTER, DROP, INSERT or SELECT.
    A row that has passed cannot be changed; filter it with WHERE, or compute it in a pump.",
    );
    says(
        "CREATE STREAMS s (a INTEGER)",
        "1:8 error: STREAMS cannot be created
    CREATE makes a STREAM, a PUMP or a FUNCTION.
    The nearest is STREAM.",
    );
    says(
        "SELECT STREAM k FROM GATE",
        "1:1 error: a query by itself has nowhere to put its rows
    The rows of a query go into a stream, through a pump.
    Write CREATE OR REPLACE PUMP name AS INSERT INTO stream before it.",
    );
    says(
        "CREATE STREAM S (k VARCHAR(4)); INSERT INTO S SELECT STREAM k FROM GATE",
        "1:33 error: an INSERT belongs into a pump
    By itself it would have to run once, and a stream never ends.
    Write CREATE OR REPLACE PUMP and a name and AS before it.",
    );
}

/// Literals that are too short, too long or of the wrong shape (L-06, L-07).
#[test]
fn literals() {
    let not_an_interval = |place: &str, unit: &str| {
        format!(
            "{place} error: this is not an interval
    An interval is the word INTERVAL, a number in quotes, and a unit outside of them.
    Write INTERVAL '10' {unit}."
        )
    };
    let with = |literal: &str| format!("SELECT STREAM k, v FROM GATE WHERE {literal} IS NOT NULL");
    query_says(
        &with("TIMESTAMP '1970-01-01'"),
        "3:36 error: '1970-01-01' is not a TIMESTAMP
    A TIMESTAMP is written in full: yyyy-MM-dd HH:mm:ss.
    Write TIMESTAMP '1970-01-01 00:00:00'.",
    );
    query_says(
        &with("INTERVAL '120' SECOND"),
        "3:36 error: 120 has too many digits for SECOND
    The first field of an interval has 2 digits unless it says more.
    Write INTERVAL '2' MINUTE, or SECOND(3) for 3 digits.",
    );
    query_says(&with("INTERVAL '120' SECOND(3)"), "");
    query_says(&with("INTERVAL '2' MINUTE"), "");
    for literal in ["INTERVAL '10 SECOND'", "INTERVAL 10 SECOND", "INTERVAL '10'", "INTERVAL '10' SECONDS"] {
        query_says(&with(literal), &not_an_interval("3:36", "SECOND"));
    }
    query_says(
        &with("INTERVAL '1:99' MINUTE TO SECOND"),
        "3:36 error: '1:99' is not an INTERVAL MINUTE TO SECOND
    The text in the quotes has one number for each field of the qualifier.
    Write it like INTERVAL '59:30' MINUTE TO SECOND.",
    );
    query_says(
        &with("99999999999999999999"),
        "3:36 error: the number 99999999999999999999 is out of range
    Exact numbers have up to 19 digits and fit 64 bits.
    With an exponent it is a DOUBLE: 99999999999999999999E0.",
    );
    query_says(
        &with("x'0AF'"),
        "3:36 error: a binary literal has pairs of hexadecimal digits
    Each byte is two digits of 0-9 and A-F.
    Write it like x'0AFF'.",
    );
}

/// Columns count characters, not bytes.
#[test]
fn wide_characters() {
    query_says(
        "SELECT STREAM '温度センサー', FROM GATE",
        "3:25 error: FROM is not expected here
    A comma says that the list goes on, and here it does not.
    Take away the comma before FROM.",
    );
}

/// L-09, in characters.
#[test]
fn the_longest_name() {
    let name = |length: usize| format!("CREATE STREAM {} (a INTEGER)", "ü".repeat(length));
    says(&name(128), "");
    says(
        &name(129),
        "1:15 error: this name is too long
    It has 129 characters; a name has at most 128.
    Give it a shorter name.",
    );
}

#[test]
fn the_longest_text() {
    let filler = |length: usize| format!("--{}", "é".repeat(length - 2));
    says(&filler(TEXT_MAX), "");
    says(
        &filler(TEXT_MAX + 1),
        "1:102401 error: the code of an application is too long
    It has 102401 characters; an application holds 102400.
    Take away what is not needed, for example long comments.",
    );
}

/// Deep nesting in every form is refused, and never exhausts the stack of a test's thread.
#[test]
fn deep_nesting() {
    for (open, close) in
        [("(", ")"), ("- ", ""), ("NOT ", ""), ("1 + ", ""), ("CASE WHEN TRUE THEN ", " END"), ("ABS(", ")")]
    {
        let text = format!("SELECT STREAM k, {}v{} FROM GATE", open.repeat(3000), close.repeat(3000));
        let said = said(&super::pump_of(&text));
        assert_eq!(said.len(), 1, "{open}");
        assert_eq!(said[0].message, "this expression is nested too deeply", "{open}");
    }
    let queries =
        format!("SELECT STREAM * FROM {}GATE{}", "(SELECT STREAM * FROM ".repeat(3000), ")".repeat(3000));
    assert_eq!(said(&super::pump_of(&queries))[0].message, "this expression is nested too deeply");
    let unions = vec!["SELECT STREAM k, v FROM GATE"; 1000].join(" UNION ALL ");
    assert_eq!(said(&super::pump_of(&unions))[0].message, "this expression is nested too deeply");
    let list = (0..5000).map(|it| it.to_string()).collect::<Vec<_>>().join(", ");
    query_says(&format!("SELECT STREAM k, v FROM GATE WHERE v IN ({list})"), "");
}

/// Kinds of tokens, in a text that is broken too.
#[test]
fn tokens_for_the_eye() {
    let text = "SELECT \"a\", b1 >= 1.5 // note\n' open";
    let tokens: Vec<(TokenKind, &str)> =
        parse(text).tokens.into_iter().map(|it| (it.kind, &text[it.span])).collect();
    assert_eq!(
        tokens,
        [
            (TokenKind::Keyword, "SELECT"),
            (TokenKind::QuotedName, "\"a\""),
            (TokenKind::Punctuation, ","),
            (TokenKind::Name, "b1"),
            (TokenKind::Operator, ">="),
            (TokenKind::Number, "1.5"),
            (TokenKind::Comment, "// note"),
            (TokenKind::Text, "' open"),
        ]
    );
}

/// NTH_VALUE counts from either end of its window, and skips NULLs or not.
#[test]
fn the_direction_of_nth_value() {
    let read = |call: &str| {
        let script = parse(&format!("SELECT STREAM {call} FROM GATE"));
        assert_eq!(script.errors, [], "{call}");
        match script.statements.first().map(|it| &it.kind) {
            Some(StatementKind::Query(query)) => query.to_string(),
            other => panic!("{call} is read as {other:?}"),
        }
    };
    for (call, expected) in [
        ("NTH_VALUE(v, 2) FROM FIRST OVER w", "SELECT NTH_VALUE(v, 2) OVER w FROM GATE"),
        ("NTH_VALUE(v, 2) FROM LAST OVER w", "SELECT NTH_VALUE FROM LAST(v, 2) OVER w FROM GATE"),
        (
            "NTH_VALUE((v), 2) FROM LAST IGNORE NULLS OVER w",
            "SELECT NTH_VALUE FROM LAST((v), 2) IGNORE NULLS OVER w FROM GATE",
        ),
        ("LAG(v, 1) RESPECT NULLS OVER w", "SELECT LAG(v, 1) RESPECT NULLS OVER w FROM GATE"),
    ] {
        assert_eq!(read(call), expected);
    }
}
