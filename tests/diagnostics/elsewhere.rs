//! Names and forms of other systems, each answered with what to write here, and the words the service had.

use super::{query_says, said, says};

/// Functions beyond the commonest ones.
#[test]
fn functions_of_streaming_systems() {
    for (call, name, hint) in [
        (
            "TUMBLE_START(ROWTIME, INTERVAL '1' MINUTE)",
            "TUMBLE_START",
            "Select the expression of GROUP BY, for example FLOOR(s.ROWTIME TO MINUTE): it is the window's start.",
        ),
        ("TUMBLE_END(ROWTIME, INTERVAL '1' MINUTE)", "TUMBLE_END", "ROWTIME alone is the end of the window."),
        (
            "HOP(ROWTIME, INTERVAL '1' MINUTE)",
            "HOP",
            "A window that slides is written OVER (RANGE INTERVAL '10' SECOND PRECEDING).",
        ),
        ("HOP_END(ROWTIME, INTERVAL '1' MINUTE)", "HOP_END", "ROWTIME alone is the end of the window."),
        (
            "SESSION(ROWTIME, INTERVAL '1' MINUTE)",
            "SESSION",
            "A window that opens with its first row is written WINDOWED BY STAGGER.",
        ),
        ("SESSION_START(ROWTIME)", "SESSION_START", "Write MIN(s.ROWTIME)."),
        ("ROWTIME_TO_TIMESTAMP(ROWTIME)", "ROWTIME_TO_TIMESTAMP", "ROWTIME is a TIMESTAMP; write s.ROWTIME."),
        (
            "APPROX_COUNT_DISTINCT(v)",
            "APPROX_COUNT_DISTINCT",
            "COUNT_DISTINCT_ITEMS_TUMBLING counts them over a cursor, window by window.",
        ),
        ("PROCTIME()", "PROCTIME", "ROWTIME is the processing time of a row."),
        ("SYSDATE()", "SYSDATE", "Write CURRENT_ROW_TIMESTAMP, or ROWTIME for the row's own time."),
        ("GETDATE()", "GETDATE", "Write CURRENT_ROW_TIMESTAMP, or ROWTIME for the row's own time."),
        ("DATEADD(v, v, v)", "DATEADD", "Add an interval: ts + INTERVAL '1' HOUR."),
        (
            "TIMESTAMPDIFF(v, v, v)",
            "TIMESTAMPDIFF",
            "Write TSDIFF(start, end) for milliseconds, or (b - a) SECOND.",
        ),
        ("TO_DATE(k, 'yyyy')", "TO_DATE", "Write CHAR_TO_DATE('yyyy-MM-dd', text); the format comes first."),
        ("LEN(k)", "LEN", "Write CHAR_LENGTH(text)."),
        ("SUBSTR(k, 1)", "SUBSTR", "Write SUBSTRING(text FROM 1 FOR n)."),
        ("IFNULL(v, 0)", "IFNULL", "Write COALESCE(a, b)."),
        ("NVL(v, 0)", "NVL", "Write COALESCE(a, b)."),
        ("ISNULL(v, 0)", "ISNULL", "Write x IS NULL, or COALESCE(x, other)."),
        ("DECODE(v, 1, 2)", "DECODE", "Write CASE x WHEN value THEN result ELSE other END."),
        ("TRUNC(v)", "TRUNC", "Write FLOOR(x), or FLOOR(ts TO DAY) for a time."),
        ("SIGN(v)", "SIGN", "Write CASE WHEN x < 0 THEN -1 WHEN x > 0 THEN 1 ELSE 0 END."),
        ("RAND()", "RAND", "Draw in the producer; a pump gives the same rows for the same rows."),
        (
            "LEAD(v)",
            "LEAD",
            "A stream does not know the rows to come; look back with LAG(x, n) OVER (ROWS n PRECEDING).",
        ),
    ] {
        query_says(
            &format!("SELECT STREAM k, {call} FROM GATE"),
            &format!(
                "3:18 error: function {name} does not exist\n    Other databases have it; this language does not.\n    {hint}"
            ),
        );
    }
}

/// Values written without parentheses elsewhere.
#[test]
fn values_of_other_databases() {
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE ROWTIME > SYSDATE",
        "3:46 error: SYSDATE does not exist
    Other databases have it; this language does not.
    Write CURRENT_ROW_TIMESTAMP, or ROWTIME for the row's own time.",
    );
    query_says(
        "SELECT STREAM k, v FROM (SELECT STREAM k, v AS sysdate FROM GATE) AS t(k, v) WHERE window_start IS NULL",
        "3:84 error: WINDOW_START does not exist
    Other databases have it; this language does not.
    Select the expression of GROUP BY, for example FLOOR(s.ROWTIME TO MINUTE): it is the window's start.",
    );
}

#[test]
fn operators_of_other_databases() {
    let elsewhere = |place: &str, word: &str, hint: &str| {
        format!(
            "{place} error: {word} is not part of this language\n    Other databases have it; this language does not.\n    {hint}"
        )
    };
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE k ILIKE 'a%'",
        &elsewhere("3:38", "ILIKE", "Write UPPER(text) LIKE with a pattern in capitals."),
    );
    for word in ["RLIKE", "REGEXP"] {
        query_says(
            &format!("SELECT STREAM k, v FROM GATE WHERE k {word} 'a.*'"),
            &elsewhere("3:38", word, "Write SIMILAR TO, or SUBSTRING(text FROM pattern) IS NOT NULL."),
        );
    }
    query_says(
        "SELECT STREAM k || v, v FROM GATE",
        "3:15 error: || cannot take VARCHAR(4) and INTEGER
    || joins texts, and v is a number.
    Write CAST(v AS VARCHAR(16)).",
    );
}

#[test]
fn clauses_of_other_databases() {
    let elsewhere = |place: &str, word: &str, hint: &str| {
        format!(
            "{place} error: {word} is not part of this language\n    Other databases have it; this language does not.\n    {hint}"
        )
    };
    query_says(
        "SELECT STREAM k, COUNT(*) FROM GATE GROUP BY k, FLOOR(ROWTIME TO MINUTE) EMIT CHANGES",
        &elsewhere("3:74", "EMIT", "Every result comes out when its window is over; take it away."),
    );
    query_says(
        "SELECT STREAM k, v FROM GATE EMIT CHANGES",
        &elsewhere("3:30", "EMIT", "Every result comes out when its window is over; take it away."),
    );
    says(
        "CREATE STREAM S (t TIMESTAMP, WATERMARK FOR t AS t - INTERVAL '5' SECOND)",
        &elsewhere(
            "1:31",
            "WATERMARK",
            "ROWTIME is the only clock of a stream; sort late rows in with ORDER BY … WITHIN INTERVAL.",
        ),
    );
    query_says(
        "SELECT STREAM k, v FROM GATE FETCH FIRST 5 ROWS ONLY",
        "3:30 error: FETCH is not part of this language
    A stream has no end, so there are no first rows of it.
    Take FETCH away; to keep fewer rows filter them with WHERE.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE QUALIFY v > 1",
        &elsewhere("3:1", "QUALIFY", "Filter in a second pump."),
    );
}

#[test]
fn types_of_other_databases() {
    for (ty, here) in [
        ("STRING", "VARCHAR(n)"),
        ("TEXT", "VARCHAR(n)"),
        ("DATETIME", "TIMESTAMP"),
        ("LONG", "BIGINT"),
        ("NUMBER", "DECIMAL(p,s)"),
    ] {
        says(
            &format!("CREATE STREAM S (a {ty})"),
            &format!(
                "1:20 error: type {ty} does not exist\n    Other databases have it; here it has another name.\n    Write {here}."
            ),
        );
    }
}

#[test]
fn statements_of_other_systems() {
    for (text, column, message, hint) in [
        (
            "CREATE TABLE t (a INTEGER)",
            8,
            "tables are not part of this dialect",
            "Create a stream: CREATE OR REPLACE STREAM.",
        ),
        ("CREATE SCHEMA s", 8, "schemas are not part of this dialect", "Name the stream alone."),
        (
            "CREATE FOREIGN STREAM s (a INTEGER)",
            8,
            "foreign streams are not part of this dialect",
            "Connect the application to a source or a destination instead.",
        ),
    ] {
        says(
            text,
            &format!(
                "1:{column} error: {message}\n    CREATE makes a STREAM, a PUMP or a FUNCTION.\n    {hint}"
            ),
        );
    }
    for (text, word) in [("DELETE FROM t", "DELETE"), ("MERGE INTO t", "MERGE")] {
        says(
            text,
            &format!(
                "1:1 error: {word} begins no statement
    A statement begins with CREATE, ALTER, DROP, INSERT or SELECT.
    A row that has passed cannot be changed; filter it with WHERE, or compute it in a pump."
            ),
        );
    }
    says(
        "COUNT(*)",
        "1:1 error: COUNT begins no statement
    A statement begins with CREATE, ALTER, DROP, INSERT or SELECT.
    A script is a list of CREATE STREAM and CREATE PUMP statements.",
    );
}

/// What the service would have said, for those who know its words.
#[test]
fn the_service_s_own_words() {
    for (query, expected) in [
        (
            "SELECT STREAM sensorId, 1 FROM SOURCE_SQL_STREAM_001",
            "From line 3, column 15 to line 3, column 22: Column 'SENSORID' not found in any table",
        ),
        (
            "SELECT STREAM k, COUNT(*) FROM GATE GROUP BY k",
            "At line 3, column 46: Streaming aggregation requires at least one monotonic expression in GROUP BY clause",
        ),
        ("SELECT STREAM k, v, FROM GATE", "Encountered \"FROM\" at line 3, column 21."),
        (
            "SELECT STREAM k, ROUND(v) FROM GATE",
            "From line 3, column 18 to line 3, column 25: No match found for function signature ROUND",
        ),
        (
            "SELECT STREAM k, CAST(ROWTIME AS BIGINT) FROM GATE",
            "From line 3, column 18 to line 3, column 40: Cast function cannot convert value of type TIMESTAMP to type BIGINT",
        ),
    ] {
        let text = super::pump_of(query);
        let all = said(&text);
        assert_eq!(all.len(), 1, "{query}: {all:?}");
        assert_eq!(all[0].original(&text).as_deref(), Some(expected), "{query}");
    }
}
