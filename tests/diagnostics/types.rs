//! Types that do not fit (sql.md 7.4).

use super::{query_says, says};

/// Y-17 and Y-18, swapped items, and a text time.
#[test]
fn items_that_do_not_fit_their_columns() {
    says(
        "CREATE STREAM S (t TIMESTAMP, n BIGINT, d DECIMAL(16,2), k VARCHAR(4));
CREATE PUMP P AS INSERT INTO S
SELECT STREAM \"eventTimeStamp\", ROWTIME, \"sensorId\", \"ambientTemp\" FROM SOURCE_SQL_STREAM_001",
        "3:15 error: column T of type TIMESTAMP cannot take VARCHAR(32)
    Item 1 of the select list goes to T by position; \"eventTimeStamp\" is text, the column holds a date and time.
    Write CHAR_TO_TIMESTAMP('yyyy-MM-dd''T''HH:mm:ss', \"eventTimeStamp\").
3:33 error: column N of type BIGINT cannot take TIMESTAMP
    Item 2 of the select list goes to N by position; ROWTIME is a date and time, the column holds a number.
    Write UNIX_TIMESTAMP(ROWTIME).
3:42 error: column D of type DECIMAL(16,2) cannot take VARCHAR(16)
    Item 3 of the select list goes to D by position; \"sensorId\" is text, the column holds a number.
    Change the order of the items, or write CAST(\"sensorId\" AS DECIMAL(16,2)).
3:54 error: column K of type VARCHAR(4) cannot take INTEGER
    Item 4 of the select list goes to K by position; \"ambientTemp\" is a number, the column holds text.
    Change the order of the items, or write CAST(\"ambientTemp\" AS VARCHAR(4)).",
    );
    query_says(
        "SELECT STREAM k, v > 1 FROM GATE",
        "3:18 error: column N of type INTEGER cannot take BOOLEAN
    Item 2 of the select list goes to N by position; v > 1 is true or false, the column holds a number.
    Change the order of the items, or the type of the column.",
    );
}

/// F-04: the difference of two times.
#[test]
fn differences() {
    query_says(
        "SELECT STREAM k, 1 FROM EV WHERE et - ROWTIME IS NULL",
        "3:34 error: a difference of two times needs a unit
    The difference is an interval, and an interval says what it is counted in.
    Write (et - ROWTIME) SECOND.",
    );
    query_says("SELECT STREAM k, CAST((et - ROWTIME) SECOND AS BIGINT) FROM EV", "");
    query_says(
        "SELECT STREAM k, CAST((DATE '2016-10-26' - ROWTIME) DAY AS BIGINT) FROM EV",
        "3:23 error: the difference of DATE and TIMESTAMP does not exist
    Both sides of a difference must be of one type.
    Write CAST(… AS TIMESTAMP) around the DATE.",
    );
    query_says(
        "SELECT STREAM k, CAST((v + 1) SECOND AS BIGINT) FROM GATE",
        "3:23 error: a unit stands behind a difference of two times
    The parentheses before it hold no subtraction.
    Write (a - b) SECOND.",
    );
}

/// Text, numbers and times do not turn into each other by themselves (Y-15).
#[test]
fn comparisons() {
    query_says(
        "SELECT STREAM \"sensorId\", 1 FROM SOURCE_SQL_STREAM_001 WHERE \"eventTimeStamp\" > 5",
        "3:62 error: > cannot take VARCHAR(32) and INTEGER
    \"eventTimeStamp\" is text; text and numbers do not turn into each other by themselves.
    Change the column in the schema, or write CAST(\"eventTimeStamp\" AS INTEGER).",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE '5' = v",
        "3:36 error: = cannot take CHAR(1) and INTEGER
    '5' is text; text and numbers do not turn into each other by themselves.
    Write 5 without quotes.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE ROWTIME > '2016-10-26 00:00:00'",
        "3:36 error: > cannot take TIMESTAMP and CHAR(19)
    '2016-10-26 00:00:00' is text; text and times do not turn into each other by themselves.
    Write TIMESTAMP '2016-10-26 00:00:00'.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE v IN (1, 'a')",
        "3:36 error: = cannot take INTEGER and CHAR(1)
    'a' is text; text and numbers do not turn into each other by themselves.
    Write a number, without quotes.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE v LIKE '1%'",
        "3:36 error: LIKE cannot take INTEGER and CHAR(2)
    LIKE looks at text, and v is a number.
    Write CAST(v AS VARCHAR(16)), or compare with = and <.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE v = NULL OR k <> NULL",
        "3:36 warning: a comparison with NULL is never true
    NULL is not equal to anything, not even to NULL.
    Write IS NULL.
3:48 warning: a comparison with NULL is never true
    NULL is not equal to anything, not even to NULL.
    Write IS NOT NULL.",
    );
}

/// Y-33, and functions of numbers given text.
#[test]
fn arguments() {
    query_says(
        "SELECT STREAM k, AVG(k) FROM GATE GROUP BY k, FLOOR(ROWTIME TO MINUTE)",
        "3:18 error: AVG cannot take VARCHAR(4)
    k is text, and AVG wants numbers.
    Change the column in the schema, or write AVG(CAST(k AS INTEGER)).",
    );
    query_says(
        "SELECT STREAM k, ABS(k) FROM GATE WHERE ABS(v, 1) = 2",
        "3:18 error: ABS cannot take VARCHAR(4)
    It takes 'ABS(<NUMERIC>)'.
    Change the column in the schema, or write CAST(k AS INTEGER).
3:41 error: wrong number of arguments for ABS
    It was given 2, and takes 1.",
    );
}

/// Y-12, Y-13 and the types of other databases.
#[test]
fn casts() {
    query_says(
        "SELECT STREAM k, CAST(ROWTIME AS BIGINT) FROM GATE",
        "3:18 error: TIMESTAMP cannot be cast to BIGINT
    There is no way from a date and time to a number.
    Write UNIX_TIMESTAMP(ROWTIME), or (a - b) SECOND for a difference.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE CAST(5 AS INTERVAL DAY) IS NULL",
        "3:36 error: INTEGER cannot be cast to INTERVAL DAY
    There is no way from a number to a length of time.
    Write 5 * INTERVAL '1' DAY.",
    );
    query_says(
        "SELECT STREAM CAST(v AS STRING), CAST(v AS NUMBER) FROM GATE",
        "3:25 error: type STRING does not exist
    Other databases have it; here it has another name.
    Write VARCHAR(n).
3:44 error: type NUMBER does not exist
    Other databases have it; here it has another name.
    Write DECIMAL(p,s).",
    );
}

#[test]
fn types_of_columns() {
    says(
        "CREATE STREAM S (a TEXT, b DATETIME, c VARCHAR, d DECIMAL(20,2), e VARCHAR(0), f VARCAR(3), g INTERVAL DAY,
h TIMESTAMP WITH TIME ZONE, i GEOMETRY)",
        "1:20 error: type TEXT does not exist
    Other databases have it; here it has another name.
    Write VARCHAR(n).
1:28 error: type DATETIME does not exist
    Other databases have it; here it has another name.
    Write TIMESTAMP.
1:40 error: VARCHAR needs a length
    A longer text is cut to it when a row is inserted.
    Write the length of the longest value, for example VARCHAR(16).
1:51 error: DECIMAL(20,2) is out of range
    A DECIMAL has 1 to 19 digits, and no more of them behind the point.
    DECIMAL(16,2) has 14 digits before the point and 2 behind it.
1:68 error: VARCHAR(0) is out of range
    A length lies between 1 and 65534.
    Write the length of the longest value, for example VARCHAR(64).
1:82 error: type VARCAR does not exist
    The nearest is VARCHAR.
1:95 error: an INTERVAL cannot be a column
    Intervals exist in expressions only.
    Keep it as a number: BIGINT, filled with CAST((a - b) SECOND AS BIGINT).
2:3 error: times have no zone here
    Every time of an application is UTC.
    Write TIMESTAMP alone.
2:31 error: type GEOMETRY does not exist
    The types are VARCHAR(n), CHAR(n), INTEGER, BIGINT, SMALLINT, TINYINT, DECIMAL(p,s), DOUBLE, REAL, BOOLEAN, TIMESTAMP, DATE, TIME, BINARY(n) and VARBINARY(n).",
    );
}

/// 0 < n < 65,535, both ends left out.
#[test]
fn the_longest_text_of_a_column() {
    says("CREATE STREAM S (a VARCHAR(65534), b CHAR(65534), c VARBINARY(65534))", "");
    says(
        "CREATE STREAM S (a VARCHAR(65535), b BINARY(70000))",
        "1:20 error: VARCHAR(65535) is out of range
    A length lies between 1 and 65534.
    Write the length of the longest value, for example VARCHAR(64).
1:38 error: BINARY(70000) is out of range
    A length lies between 1 and 65534.
    Write the length of the longest value, for example VARCHAR(64).",
    );
}

/// F-38, and branches without a type.
#[test]
fn branches() {
    query_says(
        "SELECT STREAM COALESCE(k, 1), CASE WHEN v > 1 THEN NULL END FROM GATE",
        "3:15 error: the branches are VARCHAR(4) and INTEGER
    Every branch must have a type in common with the others.
    Write CAST(… AS VARCHAR(4)) around the branch that differs.
3:31 error: at least one branch must have a type
    NULL alone says nothing about the type of the result.
    Write CAST(NULL AS VARCHAR(16)) in one branch.",
    );
    query_says("SELECT STREAM NULLIF(k, 'a'), COALESCE(NULL, NULL, 8) FROM GATE", "");
}

#[test]
fn conditions() {
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE abs(v)",
        "3:36 error: WHERE needs a condition
    abs(v) is INTEGER, and a condition is true or false.
    Compare it with something, for example abs(v) > 20.",
    );
}

#[test]
fn a_bare_null() {
    query_says(
        "SELECT STREAM NULL, v FROM GATE",
        "3:15 error: NULL alone has no type
    A select list needs a type for every item.
    Write CAST(NULL AS VARCHAR(16)).",
    );
    query_says("SELECT STREAM CAST(NULL AS VARCHAR(4)), v FROM GATE", "");
}

#[test]
fn units_of_time() {
    query_says(
        "SELECT STREAM k, EXTRACT(WEEK FROM ROWTIME) FROM GATE WHERE FLOOR(ROWTIME TO SECONDS) IS NULL",
        "3:18 error: WEEK is not a unit of time
    The units are SECOND, MINUTE, HOUR, DAY, MONTH and YEAR.
3:61 error: SECONDS is not a unit of time
    The units are SECOND, MINUTE, HOUR, DAY, MONTH and YEAR.
    Write SECOND.",
    );
}
