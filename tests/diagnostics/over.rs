//! Sliding windows that cannot be (sql.md 1.12 and 7.5).

use super::query_says;

/// A query over GATE with one call and its window.
#[track_caller]
fn window_says(window: &str, expected: &str) {
    query_says(&format!("SELECT STREAM k, COUNT(*) OVER ({window}) FROM GATE"), expected);
}

#[test]
fn windows_end_at_the_current_row() {
    let end = "3:32 error: this window does not end at the current row
    A row speaks at once: it cannot wait for rows to come, nor leave itself out.
    End the window with CURRENT ROW, or write only where it begins: ROWS 10 PRECEDING.";
    for window in [
        "ROWS 2 FOLLOWING",
        "RANGE INTERVAL '1' MINUTE FOLLOWING",
        "ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING",
        "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING",
        "ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING",
    ] {
        window_says(window, end);
    }
    for window in ["ROWS UNBOUNDED FOLLOWING", "ROWS BETWEEN 2 PRECEDING AND UNBOUNDED FOLLOWING"] {
        window_says(
            window,
            "3:32 error: UNBOUNDED FOLLOWING is not possible over a stream
    A stream has no end, so a window ends at the current row.
    End the window with CURRENT ROW.",
        );
    }
}

#[test]
fn windows_have_a_size() {
    let negative = "error: this window has a negative size
    It would begin behind its end.
    Write how far it reaches back: ROWS 10 PRECEDING, or RANGE INTERVAL '10' SECOND PRECEDING.";
    for (window, place) in [
        ("ROWS BETWEEN CURRENT ROW AND 2 PRECEDING", "3:32"),
        ("ROWS BETWEEN 1 PRECEDING AND 2 PRECEDING", "3:32"),
        ("ROWS BETWEEN 1 FOLLOWING AND CURRENT ROW", "3:32"),
        ("ROWS BETWEEN CURRENT ROW AND UNBOUNDED PRECEDING", "3:32"),
        ("ROWS -2 PRECEDING", "3:38"),
        ("RANGE INTERVAL '-2' MINUTE PRECEDING", "3:39"),
    ] {
        window_says(window, &format!("{place} {negative}"));
    }
    for (window, word) in [
        ("ROWS 0 PRECEDING", "3:38 error: 0 PRECEDING"),
        ("ROWS BETWEEN 2 PRECEDING AND 0 FOLLOWING", "3:62 error: 0 FOLLOWING"),
        ("RANGE INTERVAL '0' SECOND PRECEDING", "3:39 error: 0 PRECEDING"),
    ] {
        window_says(
            window,
            &format!(
                "{word} is the current row
    A window has a size, or ends at the current row.
    Write CURRENT ROW."
            ),
        );
    }
}

#[test]
fn sizes_are_written_out() {
    for size in ["v", "1.5", "1 + 1"] {
        window_says(
            &format!("ROWS {size} PRECEDING"),
            "3:38 error: ROWS needs a whole number, written out
    It says how many rows before the current one the window has.
    Write it like ROWS 10 PRECEDING.",
        );
    }
    window_says(
        "ROWS INTERVAL '1' MINUTE PRECEDING",
        "3:38 error: ROWS needs a whole number, written out
    It counts rows; a time is a RANGE.
    Write RANGE instead of ROWS.",
    );
    for size in ["5", "v"] {
        window_says(
            &format!("RANGE {size} PRECEDING"),
            "3:39 error: RANGE needs an INTERVAL, written out
    It says how long ago the oldest row of the window may be.
    Write it like RANGE INTERVAL '10' SECOND PRECEDING; to count rows, write ROWS.",
        );
    }
    window_says(
        "RANGE INTERVAL '1' MONTH PRECEDING",
        "3:39 error: RANGE cannot be counted in MONTH
    Months are not equally long.
    Count in SECOND, MINUTE, HOUR or DAY.",
    );
    window_says(
        "GROUPS 2 PRECEDING",
        "3:32 error: GROUPS is not part of this language
    A window counts rows or time.
    Write ROWS or RANGE.",
    );
}

#[test]
fn names_of_windows() {
    query_says(
        "SELECT STREAM k, COUNT(*) OVER lst FROM GATE WINDOW last AS (ROWS 2 PRECEDING)",
        "3:32 error: window LST does not exist
    You wrote lst; the query has LAST.
    The nearest is LAST.",
    );
    query_says(
        "SELECT STREAM k, COUNT(*) OVER w FROM GATE",
        "3:32 error: window W does not exist
    The query has no window before it.
    Add WINDOW W AS (ROWS 10 PRECEDING) behind WHERE.",
    );
    query_says(
        "SELECT STREAM k, COUNT(*) OVER w FROM GATE WINDOW w AS (ROWS 2 PRECEDING), W AS (ROWS 3 PRECEDING)",
        "3:76 error: window W is made twice
    Two windows of one query cannot have the same name.
    Give one another name.",
    );
    query_says(
        "SELECT STREAM k, COUNT(*) OVER (w PARTITION BY v ROWS 3 PRECEDING) FROM GATE WINDOW w AS (PARTITION BY k)",
        "3:32 error: window W already has PARTITION BY
    A window that begins with the name of another adds to it and changes nothing.
    Take it away here, or write the whole window.",
    );
    query_says(
        "SELECT STREAM k, COUNT(*) OVER (w ROWS 3 PRECEDING) FROM GATE WINDOW w AS (ROWS 2 PRECEDING)",
        "3:32 error: window W already has a size
    A window that begins with the name of another adds to it and changes nothing.
    Take it away here, or write the whole window.",
    );
    query_says(
        "SELECT STREAM k, COUNT(*) OVER a FROM GATE WINDOW a AS (b ROWS 2 PRECEDING), b AS (PARTITION BY k)",
        "3:57 error: window B does not exist
    The query has no window before it.
    Add WINDOW B AS (ROWS 10 PRECEDING) behind WHERE.",
    );
}

#[test]
fn the_order_of_a_window() {
    window_says(
        "ORDER BY GATE.ROWTIME ROWS 2 PRECEDING",
        "3:42 note: the rows of a window are in the order of ROWTIME anyway
    The service wants no ORDER BY in the window of an aggregate.
    Take ORDER BY away.",
    );
    for order in ["v", "GATE.ROWTIME DESC"] {
        window_says(
            &format!("ORDER BY {order} ROWS 2 PRECEDING"),
            "3:42 error: the rows of a window are in the order of ROWTIME
    They are looked at as they arrive, and cannot be put into another order.
    Take ORDER BY away.",
        );
    }
}

#[test]
fn over_in_the_wrong_place() {
    let told = |clause: &str, after: &str| {
        format!(
            "error: OVER cannot stand in {clause}
    Windows are looked over when the select list is made, after {clause}.
    Name the result in a query in parentheses, and use it outside: FROM (SELECT STREAM … AS n) AS t {after}."
        )
    };
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE COUNT(*) OVER (ROWS 2 PRECEDING) > 3",
        &format!("3:36 {}", told("WHERE", "WHERE n > 3")),
    );
    query_says(
        "SELECT STREAM k, COUNT(*) FROM GATE GROUP BY k, FLOOR(ROWTIME TO HOUR) HAVING LAG(v) OVER (ROWS 1 PRECEDING) > 3",
        &format!("3:79 {}", told("HAVING", "WHERE n > 3")),
    );
    query_says(
        "SELECT STREAM k, 1 FROM GATE GROUP BY k, MAX(v) OVER (ROWS 2 PRECEDING), FLOOR(ROWTIME TO HOUR)",
        &format!("3:42 {}", told("GROUP BY", "…")),
    );
    window_says(
        "PARTITION BY LAST_VALUE(k) OVER (ROWS 1 PRECEDING) ROWS 2 PRECEDING",
        &format!("3:46 {}", told("PARTITION BY", "…")),
    );
    window_says(
        "PARTITION BY MAX(k) ROWS 2 PRECEDING",
        "3:46 error: an aggregate cannot stand in a window
    The window must be known before MAX can look over it.
    Compute it in one stream and use it in a second one.",
    );
    query_says(
        "SELECT STREAM k, SUM(LAG(v) OVER (ROWS 1 PRECEDING)) OVER (ROWS 2 PRECEDING) FROM GATE",
        "3:22 error: calls over windows cannot be nested
    This one stands inside the parentheses of another call.
    Compute the inner one in one stream and the outer one in a second.",
    );
}

/// W-14.
#[test]
fn groups_and_windows() {
    for query in [
        "SELECT STREAM k, COUNT(*) OVER (ROWS 2 PRECEDING) FROM GATE GROUP BY k, FLOOR(ROWTIME TO HOUR)",
        "SELECT STREAM k, COUNT(*) OVER (ROWS 2 PRECEDING) + SUM(v) FROM GATE",
    ] {
        query_says(
            query,
            "3:18 error: aggregates and OVER cannot be mixed in one query
    An aggregate speaks once per group, and OVER once per row.
    Compute the groups in one stream and look over them with OVER in a second pump.",
        );
    }
}

#[test]
fn what_looks_back_wants_a_window() {
    query_says(
        "SELECT STREAM k, LAG(v, 1) FROM GATE",
        "3:18 error: LAG looks back over a window
    It must know over which rows.
    Add OVER (…) behind it, for example OVER (ROWS 10 PRECEDING).",
    );
    let call = |call: &str, expected: &str| {
        query_says(&format!("SELECT STREAM k, {call} OVER (ROWS 2 PRECEDING) FROM GATE"), expected);
    };
    call(
        "LAG(v, v)",
        "3:25 error: LAG needs a number from 0 on, written out
    Which row it is must be known before rows flow.
    Write it like LAG(v, 1).",
    );
    call(
        "LAG(v, 3)",
        "3:18 warning: LAG looks further back than its window
    The window has 2 rows before the current one, so row 3 is never there.
    Write ROWS 3 PRECEDING.",
    );
    call(
        "LAG(v, 1, 'none')",
        "3:28 error: the default of LAG must be INTEGER
    It stands where there is no row, and here it is CHAR(4).
    CAST it to INTEGER.",
    );
    call(
        "NTH_VALUE(v, 0)",
        "3:31 error: NTH_VALUE needs a number from 1 on, written out
    Which row it is must be known before rows flow.
    Write it like NTH_VALUE(v, 1).",
    );
    call(
        "FIRST_VALUE(v, 2)",
        "3:18 error: wrong number of arguments for FIRST_VALUE
    It was given 2, and takes 1.",
    );
    call(
        "LAST_VALUE(DISTINCT v)",
        "3:18 error: LAST_VALUE takes neither * nor DISTINCT
    It picks the value of one row.
    Write LAST_VALUE(column).",
    );
    call(
        "EXP_AVG(v, 10)",
        "3:29 error: EXP_AVG needs an INTERVAL of days or less
    A value weighs half as much when it is that much older.
    Write it like EXP_AVG(v, INTERVAL '10' SECOND) OVER w.",
    );
    call(
        "EXP_AVG(k, INTERVAL '10' SECOND)",
        "3:26 error: EXP_AVG cannot take VARCHAR(4)
    It is an average, so it wants numbers.
    Change the column in the schema, or CAST it.",
    );
    call(
        "SUM(v) RESPECT NULLS",
        "3:18 warning: an aggregate leaves NULLs out in any case
    RESPECT NULLS is for functions that pick a row: FIRST_VALUE, LAG and their like.
    Take RESPECT NULLS away.",
    );
    call(
        "COUNT(DISTINCT v)",
        "3:18 error: COUNT(DISTINCT …) is not possible over a stream
    It would have to remember every value of the window.
    Write SELECT STREAM DISTINCT into one stream and COUNT(*) over that one in a second pump.",
    );
}
