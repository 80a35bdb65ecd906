//! Names that mean nothing, or mean two things (sql.md 7.3).

use super::{query_says, says};

/// The near match by letters, whatever their case.
#[test]
fn columns_that_do_not_exist() {
    query_says(
        "SELECT STREAM g.kk, v FROM GATE AS g",
        "3:17 error: column \"KK\" does not exist
    You wrote kk; GATE has no such column.
    GATE has K, V.",
    );
    query_says(
        "SELECT STREAM \"sensorid\", \"ambienTemp\" FROM SOURCE_SQL_STREAM_001",
        "3:15 error: column \"sensorid\" does not exist
    You wrote \"sensorid\". In double quotes a name keeps its letters.
    Write \"sensorId\".
3:27 error: column \"ambienTemp\" does not exist
    You wrote \"ambienTemp\"; SOURCE_SQL_STREAM_001 has no such column.
    The nearest is \"ambientTemp\".",
    );
    says(
        "CREATE STREAM A (a TIMESTAMP); CREATE STREAM B (b TIMESTAMP);
CREATE PUMP P AS INSERT INTO B SELECT STREAM APPROXIMATE_ARRIVAL_TIME FROM A",
        "2:46 error: column \"APPROXIMATE_ARRIVAL_TIME\" does not exist
    APPROXIMATE_ARRIVAL_TIME belongs to the source stream; it goes on only where it is selected.
    Select it into a column of A, or read from the source stream.",
    );
}

/// A name of the select list is made later than WHERE and GROUP BY look.
#[test]
fn aliases_are_not_visible() {
    for (clause, column) in [("WHERE x = 'a'", 7), ("GROUP BY x, FLOOR(ROWTIME TO SECOND)", 10)] {
        query_says(
            &format!("SELECT STREAM k AS x, 1 FROM GATE\n{clause}"),
            &format!(
                "4:{column} error: column \"X\" does not exist
    X is a name of the select list, which is made later.
    Repeat the expression here."
            ),
        );
    }
}

#[test]
fn names_before_the_point() {
    query_says(
        "SELECT STREAM GATE.k, h.v FROM GATE AS g",
        "3:15 error: GATE is not in FROM
    FROM calls it G, and then its own name is not known.
    Write G before the point.
3:23 error: h is not in FROM
    This query reads G.
    Write G before the point.",
    );
    query_says(
        "SELECT STREAM \"gate\".k, t.* FROM GATE",
        "3:15 error: \"gate\" is not in FROM
    You wrote \"gate\". In double quotes a name keeps its letters.
    Write GATE.
3:25 error: t is not in FROM
    This query reads GATE.
    Write GATE before the point.",
    );
    query_says(
        "SELECT STREAM t.k, v FROM (SELECT STREAM k, v FROM GATE)",
        "3:15 error: t is not in FROM
    The query in parentheses has no name.
    Give it one: FROM (SELECT …) AS t.",
    );
}

/// L-02, and a slip of the keyboard.
#[test]
fn streams_that_do_not_exist() {
    says(
        "CREATE STREAM \"flow\" (a INTEGER);\nCREATE PUMP P AS INSERT INTO flow SELECT STREAM v FROM GATE",
        "2:30 error: stream FLOW does not exist
    You wrote flow. Without quotes a name is read in upper case.
    Write \"flow\".",
    );
    says(
        "CREATE STREAM FLOW (a INTEGER);\nCREATE PUMP P AS INSERT INTO flwo SELECT STREAM v FROM GATE",
        "2:30 error: stream FLWO does not exist
    You wrote flwo.
    The nearest is FLOW.",
    );
    let text = "CREATE STREAM A (a INTEGER);\nCREATE PUMP P AS INSERT INTO A SELECT STREAM a FROM SOURCE_SQL_STREAM_001";
    let none = pumphouse::sql::bind::compile(text, &Default::default()).expect_err("there is no source");
    assert_eq!(
        super::told(text, &none),
        "2:53 error: stream SOURCE_SQL_STREAM_001 does not exist
    The application is not connected to a source.
    Connect the source first; it makes this stream.\n"
    );
    query_says(
        "SELECT STREAM k, v FROM SALES.GATE",
        "3:25 error: a name has one part here
    An application has one schema, so streams and pumps are named without it.
    Write GATE alone.",
    );
}

#[test]
fn the_column_list_of_an_insert() {
    let insert = |list: &str| {
        format!(
            "CREATE STREAM S (a VARCHAR(4), n INTEGER NOT NULL);\nCREATE PUMP P AS INSERT INTO S {list} FROM GATE"
        )
    };
    says(&insert("(n) SELECT STREAM v"), "");
    says(
        &insert("(a) SELECT STREAM k"),
        "2:30 error: column N needs a value
    It is NOT NULL, and a column left out of the list becomes NULL.
    Add N to the list, and an item for it.",
    );
    says(
        &insert("(a, n, A) SELECT STREAM k, v, k"),
        "2:39 error: column A is filled twice
    The list names each column once.",
    );
    says(
        &insert("(\"a\", n) SELECT STREAM k, v"),
        "2:33 error: column \"a\" does not exist
    You wrote \"a\". In double quotes a name keeps its letters.
    Write A.",
    );
    says(
        &insert("(a, n) SELECT STREAM k"),
        "2:53 error: S takes 2 columns, the select list has 1 item
    The insert goes by position; nothing is left for N.
    Add an item for each column, or name the columns you fill: INSERT INTO stream (column, …).",
    );
}

#[test]
fn names_that_are_taken() {
    says(
        "CREATE STREAM A (a INTEGER, \"A\" INTEGER, rowtime TIMESTAMP, b INTEGER);\nCREATE STREAM B (b INTEGER);\nCREATE STREAM B (b INTEGER);",
        "1:29 error: column A is there twice
    A has a column of that name already.
    Give one of the two another name.
1:42 error: every stream already has ROWTIME
    ROWTIME is there without being declared, and * leaves it out.
    Take the column away, or give it another name.
3:15 error: stream B exists already
    It is made above, in line 2.
    Take one of the two away, or give one another name.",
    );
    says(
        "CREATE STREAM Error_Stream (a INTEGER); CREATE STREAM GATE (a INTEGER)",
        "1:15 error: error_stream exists in every application
    Rows that fail go there; the code cannot make, read or write it.
    Give your stream another name.
1:55 error: stream GATE exists already
    The configuration of the application makes it, before any code.
    Give your stream another name.",
    );
    let pump = "CREATE STREAM A (a INTEGER);\nCREATE PUMP P AS INSERT INTO A SELECT STREAM v FROM GATE;\n";
    says(
        &format!("{pump}CREATE OR REPLACE STREAM A (a INTEGER)"),
        "3:26 error: stream A cannot be made again
    Pump P above already uses it.
    Make a stream once, above the pumps that use it.",
    );
    says(
        &format!("{pump}CREATE PUMP P AS INSERT INTO A SELECT STREAM v FROM GATE"),
        "3:13 error: pump P exists already
    Two pumps of one name cannot be told apart.
    Give one of them another name.",
    );
    says(
        &format!(
            "{pump}CREATE STREAM P (a INTEGER); CREATE PUMP A AS INSERT INTO A SELECT STREAM v FROM GATE"
        ),
        "3:15 error: a pump is called P already
    A stream and a pump of one name cannot be told apart.
    Give one of them another name.
3:42 error: a stream is called A already
    A stream and a pump of one name cannot be told apart.
    Call the pump A_PUMP.",
    );
    says("CREATE STREAM A (a INTEGER); CREATE OR REPLACE STREAM A (b INTEGER)", "");
}

/// `AS t(a, b)`: ROWTIME does not count.
#[test]
fn lists_of_aliases() {
    query_says("SELECT STREAM t.x, y FROM (SELECT STREAM k, v FROM GATE) AS t(x, y)", "");
    query_says(
        "SELECT STREAM t.x, 1 FROM (SELECT STREAM k, v FROM GATE) AS t(x)",
        "3:61 error: 1 names for 2 columns
    The list behind an alias names every column; ROWTIME does not count.
    The columns are K, V.",
    );
}

#[test]
fn dropping_what_is_used_or_not_there() {
    says(
        "CREATE STREAM A (a INTEGER);\nCREATE PUMP P AS INSERT INTO A SELECT STREAM v FROM GATE;
DROP STREAM A; DROP PUMP Q; DROP STREAM IF EXISTS Z; ALTER PUMP Q START; DROP STREAM GATE",
        "3:13 error: stream A is still used
    Pump P uses it.
    Write CASCADE behind the name to drop the pumps too.
3:26 error: pump Q does not exist
    Above are the pumps P.
    Create it first, above.
3:65 error: pump Q does not exist
    Above are the pumps P.
    Create it first, above.
3:86 error: stream GATE cannot be dropped
    The configuration of the application makes it, not the code.",
    );
}

/// What other databases have under another name.
#[test]
fn functions_of_other_databases() {
    let elsewhere = |name: &str, hint: &str| {
        format!(
            "3:18 error: function {name} does not exist\n    Other databases have it; this language does not.\n    {hint}"
        )
    };
    for (call, name, hint) in [
        ("ROUND(v, 2)", "ROUND", "Write CAST(x AS DECIMAL(10,2)): it rounds."),
        ("length(k)", "LENGTH", "Write CHAR_LENGTH(text)."),
        ("NOW()", "NOW", "Write CURRENT_ROW_TIMESTAMP, or ROWTIME for the row's own time."),
        ("CONCAT(k, k)", "CONCAT", "Join texts with ||: a || b."),
        ("DATEDIFF(v, v)", "DATEDIFF", "Write TSDIFF(start, end) for milliseconds, or (b - a) SECOND."),
        ("IF(v > 1, 1, 2)", "IF", "Write CASE WHEN condition THEN a ELSE b END."),
        (
            "TO_CHAR(v)",
            "TO_CHAR",
            "Write TIMESTAMP_TO_CHAR(format, ts), or CAST(x AS VARCHAR(16)) for a number.",
        ),
        ("DATE_TRUNC('minute', ROWTIME)", "DATE_TRUNC", "Write FLOOR(ts TO MINUTE)."),
        ("REPLACE(k, 'a', 'b')", "REPLACE", "Write REGEX_REPLACE(text, pattern, replacement, 1, 0)."),
        (
            "TUMBLE(ROWTIME, INTERVAL '1' MINUTE)",
            "TUMBLE",
            "Group by a step of time: GROUP BY FLOOR(s.ROWTIME TO MINUTE).",
        ),
    ] {
        query_says(&format!("SELECT STREAM k, {call} FROM GATE"), &elsewhere(name, hint));
    }
    query_says(
        "SELECT STREAM UPER(k), FROBNICATE(v) FROM GATE",
        "3:15 error: function UPER does not exist
    The nearest is UPPER.
3:24 error: function FROBNICATE does not exist
    No function of this language has that name.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE CURRENT_DATE() > DATE '2016-10-26'",
        "3:36 error: CURRENT_DATE takes no parentheses
    It is a value, not a call.
    Write CURRENT_DATE alone.",
    );
}
