//! The mistakes of the storyboard, 2-B to 2-D, with their exact sentences.

use pumphouse::sql::bind::compile;

use super::{catalog, pump_of, query_says, says, workshop};

/// The commonest mistake of all: a mixed-case column without quotes (S-11).
#[test]
fn an_unquoted_column() {
    query_says(
        "SELECT STREAM sensorId, 1 FROM SOURCE_SQL_STREAM_001",
        "3:15 error: column \"SENSORID\" does not exist
    You wrote sensorId. Without quotes a name is read in upper case.
    Write \"sensorId\" with double quotes.",
    );
}

/// Single quotes make text: it runs, and says the same word in every row.
#[test]
fn a_column_in_single_quotes() {
    query_says(
        "SELECT STREAM 'sensorId', \"ambientTemp\" FROM SOURCE_SQL_STREAM_001",
        "3:15 warning: 'sensorId' is text, not a column
    Every row now says the word sensorId. Single quotes make text, double quotes make a name.
    Write \"sensorId\" with double quotes.",
    );
    assert!(compile(&pump_of("SELECT STREAM 'sensorId', 1 FROM SOURCE_SQL_STREAM_001"), &catalog()).is_ok());
}

#[test]
fn the_source_in_lower_case_quotes() {
    query_says(
        "SELECT STREAM \"sensorId\", 1 FROM \"source_sql_stream_001\"",
        "3:34 error: stream \"source_sql_stream_001\" does not exist
    You wrote \"source_sql_stream_001\". In double quotes a name keeps its letters.
    Write SOURCE_SQL_STREAM_001.",
    );
}

/// S-12 and D-04: the arrival time does not grow, and nothing else does.
#[test]
fn distinct_without_floor() {
    query_says(
        "SELECT STREAM DISTINCT \"sensorId\", 1 FROM SOURCE_SQL_STREAM_001",
        "3:24 error: SELECT STREAM DISTINCT needs an expression that only grows with time
    It remembers the rows it has seen, and forgets them when that expression changes.
    Add FLOOR(SOURCE_SQL_STREAM_001.ROWTIME TO SECOND) to the list.",
    );
}

#[test]
fn five_items_into_six_columns() {
    let text = workshop().replace("\"sensorId\", ", "");
    says(
        &text,
        "11:24 error: CLEAN_IOT_STREAM takes 6 columns, the select list has 5 items
    The insert goes by position, and item 3 no longer fits: \"ambientTemp\" is INTEGER, EVENT_TIMESTAMP is VARCHAR(16).
    Look for a missing item at EVENT_TIMESTAMP or before it.",
    );
    query_says(
        "SELECT STREAM k FROM GATE",
        "3:15 error: OUT_STREAM takes 2 columns, the select list has 1 item
    The insert goes by position; nothing is left for N.
    Add an item for each column, or name the columns you fill: INSERT INTO stream (column, …).",
    );
    query_says(
        "SELECT STREAM k, v, v + 1 FROM GATE",
        "3:15 error: OUT_STREAM takes 2 columns, the select list has 3 items
    The insert goes by position; v + 1 has no column to go to.
    Take the item away, or add a column to the stream.",
    );
}

/// Accepted inside a pump, with a note (sql.md 1.2).
#[test]
fn a_query_without_stream() {
    query_says(
        "SELECT k, v FROM GATE",
        "3:1 note: a query over a stream says SELECT STREAM
    Inside a pump it is read as if STREAM stood there.
    Write SELECT STREAM.",
    );
    query_says("SELECT STREAM k, v FROM (SELECT k, v FROM GATE)", "");
}

/// T-09.
#[test]
fn group_by_without_time() {
    query_says(
        "SELECT STREAM k, COUNT(*) FROM GATE GROUP BY k",
        "3:46 error: this group would never end: nothing in GROUP BY grows with time
    A result comes out when its window is over, and only time says when.
    Add FLOOR(GATE.ROWTIME TO MINUTE) to GROUP BY.",
    );
    query_says(
        "SELECT STREAM k, COUNT(*) FROM GATE",
        "3:15 error: this aggregate would never end: the query has no GROUP BY
    A stream has no last row, so an aggregate needs a window of time.
    Write GROUP BY FLOOR(GATE.ROWTIME TO MINUTE).",
    );
}

/// T-10.
#[test]
fn a_column_that_is_not_grouped() {
    query_says(
        "SELECT STREAM k, v FROM GATE GROUP BY k, FLOOR(GATE.ROWTIME TO MINUTE)",
        "3:18 error: column V is not being grouped
    A result stands for many rows, and this column may differ between them.
    Add V to GROUP BY or wrap it in an aggregate, for example MIN(V).",
    );
    query_says(
        "SELECT STREAM k, COUNT(*) FROM GATE AS g WHERE g.ROWTIME > TIMESTAMP '2016-10-26 19:00:00'
GROUP BY k, FLOOR(g.ROWTIME TO MINUTE) HAVING g.ROWTIME > TIMESTAMP '2016-10-26 19:00:00'",
        "3:15 error: ROWTIME of a single row is not being grouped
    A result stands for many rows, and each has a ROWTIME of its own.
    ROWTIME alone is the end of the window; MIN(G.ROWTIME) is its first row's.",
    );
}

/// A stream made without quotes has folded columns.
#[test]
fn a_folded_column_in_quotes() {
    let text = workshop().replace(
        "ambient_temp, measured_temp, dedup_window",
        "\"ambient_temp\", measured_temp, dedup_window",
    );
    says(
        &text,
        "28:1 error: column \"ambient_temp\" does not exist
    You wrote \"ambient_temp\". In double quotes a name keeps its letters.
    CLEAN_IOT_STREAM was made without quotes, so its columns are AMBIENT_TEMP and so on.",
    );
}

#[test]
fn a_pump_without_its_stream() {
    says(
        "CREATE PUMP P AS INSERT INTO FILTERED_STREAM SELECT STREAM k, v FROM GATE;",
        "1:30 error: stream FILTERED_STREAM does not exist
    Above are the streams SOURCE_SQL_STREAM_001, GATE, EV.
    Create it first, above.",
    );
    says(
        "CREATE PUMP P AS INSERT INTO S SELECT STREAM v FROM GATE;\nCREATE STREAM S (a INTEGER);",
        "1:30 error: stream S does not exist
    It is made below, in line 2, and a pump knows only what stands above.
    Create it first, above.",
    );
}

/// S-10: the slide's filter with the source's names on the clean stream.
#[test]
fn the_filter_with_the_source_s_names() {
    let text = workshop().replace("abs(measured_temp - ambient_temp)", "abs(measuredTemp - ambient_temp)");
    says(
        &text,
        "30:11 error: column \"MEASUREDTEMP\" does not exist
    You wrote measuredTemp; CLEAN_IOT_STREAM has no such column.
    The nearest is MEASURED_TEMP.",
    );
}

#[test]
fn a_missing_semicolon() {
    says(
        "CREATE STREAM A (a INTEGER)\nCREATE PUMP P AS INSERT INTO A SELECT STREAM v FROM GATE",
        "2:1 error: a statement ends here?
    CREATE begins a new statement, and the one before it has no semicolon at its end.
    Write ; before CREATE.",
    );
}
