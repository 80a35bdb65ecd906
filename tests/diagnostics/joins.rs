//! What is said about FROM with several items, reference tables and queries inside WHERE (sql.md 1.14, 1.18,
//! 7.3 and 7.5).

use super::{query_says, says};

/// J-07.
#[test]
fn two_streams_without_a_window() {
    query_says(
        "SELECT STREAM a.k, b.v FROM GATE AS a JOIN GATE AS b ON a.k = b.k",
        "3:44 error: two streams are joined, and neither has a window
    A window says how long a row waits for its partner; without one it is gone at once.
    Write GATE OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS A.",
    );
}

/// J-10.
#[test]
fn a_name_twice() {
    query_says(
        "SELECT STREAM k, v FROM GATE OVER (ROWS 5 PRECEDING), GATE",
        "3:55 error: GATE is in FROM twice
    GATE before a column's name could then mean either of the two.
    Give each a name of its own: FROM GATE AS a JOIN GATE AS b.",
    );
}

#[test]
fn a_column_of_both() {
    query_says(
        "SELECT STREAM k, b.v FROM GATE OVER (ROWS 5 PRECEDING) AS a JOIN GATE AS b ON a.k = b.k",
        "3:15 error: column K is in both A and B
    Without the name of its stream it can mean either.
    Write A.K or B.K.",
    );
    query_says(
        "SELECT STREAM a.k, b.v FROM GATE OVER (ROWS 5 PRECEDING) AS a JOIN EV AS b ON a.k = b.k",
        "3:22 error: column \"V\" does not exist
    You wrote v; EV has no such column.
    EV has K, ET.",
    );
    query_says(
        "SELECT STREAM a.k, c.v FROM GATE OVER (ROWS 5 PRECEDING) AS a JOIN EV AS b ON a.k = b.k",
        "3:20 error: c is not in FROM
    This query reads A and B.
    Write A or B before the point.",
    );
}

#[test]
fn rowtime_of_both() {
    query_says(
        "SELECT STREAM a.k, a.v FROM GATE OVER (ROWS 5 PRECEDING) AS a JOIN EV AS b ON a.k = b.k WHERE ROWTIME > et",
        "3:95 error: ROWTIME is in both A and B
    Only in the select list it means one thing: the time of the row that comes out.
    Write A.ROWTIME or B.ROWTIME.",
    );
    query_says(
        "SELECT STREAM a.k, COUNT(*) FROM GATE OVER (ROWS 5 PRECEDING) AS a JOIN EV OVER (ROWS 5 PRECEDING) AS b
        ON a.k = b.k GROUP BY a.k, FLOOR(a.ROWTIME TO MINUTE)",
        "4:31 error: this group would never end: nothing in GROUP BY grows with time
    A result comes out when its window is over, and only time says when.
    Join in a query in parentheses, FROM (SELECT STREAM … JOIN …) AS j, and add FLOOR(j.ROWTIME TO MINUTE) to \
         GROUP BY.",
    );
}

#[test]
fn conditions_of_joins() {
    query_says(
        "SELECT STREAM a.k, a.v FROM GATE OVER (ROWS 5 PRECEDING) AS a LEFT JOIN EV AS b",
        "3:73 error: this join needs a condition
    Behind the second stream ON says which rows belong together.
    Write ON a.id = b.id behind it, or CROSS JOIN for every pair.",
    );
    query_says(
        "SELECT STREAM a.k, a.v FROM GATE OVER (ROWS 5 PRECEDING) AS a CROSS JOIN EV AS b ON a.k = b.k",
        "3:82 error: CROSS JOIN takes no condition
    It gives every pair of rows.
    Write JOIN instead of CROSS JOIN, or move the condition to WHERE.",
    );
    query_says(
        "SELECT STREAM a.k, a.v FROM GATE OVER (ROWS 5 PRECEDING) AS a JOIN EV AS b USING (v)",
        "3:83 error: column \"V\" does not exist
    You wrote v; EV has no such column.
    EV has K, ET.",
    );
}

#[test]
fn windows_of_joins() {
    query_says(
        "SELECT STREAM a.k, a.v FROM GATE OVER (PARTITION BY k ROWS 5 PRECEDING) AS a JOIN EV AS b ON a.k = b.k",
        "3:53 error: a window of a join takes no PARTITION BY
    Rows find their partners by the condition of the join.
    Take PARTITION BY away, and name the column in ON.",
    );
    query_says(
        "SELECT STREAM a.k, a.v FROM GATE OVER w AS a JOIN EV AS b ON a.k = b.k WINDOW x AS (ROWS 5 PRECEDING)",
        "3:39 error: window W does not exist
    A window is named behind WINDOW, at the end of the same query.
    Write WINDOW W AS (RANGE INTERVAL '1' MINUTE PRECEDING).",
    );
    query_says(
        "SELECT STREAM a.k, a.v FROM GATE OVER (RANGE INTERVAL '0' SECOND PRECEDING) AS a JOIN EV AS b ON a.k = b.k",
        "3:46 error: 0 PRECEDING is not part of this language
    It would be the current row alone.
    Write CURRENT ROW, or leave the window of this stream out.",
    );
    query_says(
        "SELECT STREAM g.k, g.v FROM GATE OVER (ROWS 5 PRECEDING) AS g",
        "3:34 error: a window behind a stream belongs to a join
    It says how long a row waits for a partner, and here is no other stream.
    Write JOIN and the other stream; for sliding results write OVER behind a function.",
    );
    query_says(
        "SELECT STREAM a.k, a.v FROM GATE AS a JOIN EV OVER (RANGE INTERVAL '1' HOUR FOLLOWING) AS b ON a.k = b.k",
        "3:47 note: FOLLOWING is read as PRECEDING of the other stream
    The pairs are the same, and each has the ROWTIME of its later row.
    Write the window behind the other stream, with PRECEDING.",
    );
}

/// Rows of 7.5 about STREAM and tables.
#[test]
fn reference_tables() {
    query_says(
        "SELECT STREAM \"id\", 1 FROM \"Names\"",
        "3:8 error: reference table \"Names\" is not a stream
    Its rows are loaded once and do not flow, so a query over it alone gives none.
    Join it with a stream: FROM s JOIN \"Names\" AS t ON s.id = t.id.",
    );
    query_says(
        "SELECT STREAM g.k, g.v FROM GATE AS g RIGHT JOIN \"Names\" AS n ON n.\"id\" = g.k",
        "3:50 error: RIGHT JOIN would keep the rows of N
    A row of a table that fits no row of the stream never knows it: the stream has no end.
    Keep the stream's rows: FROM G LEFT JOIN N ON ….",
    );
    query_says(
        "SELECT STREAM g.k, g.v FROM GATE AS g JOIN \"Names\" AS n ON n.\"id\" = g.k AND n.ROWTIME > g.ROWTIME",
        "3:77 error: \"Names\" has no ROWTIME
    The rows of a reference table do not come and go; only rows of a stream have a time.
    Write G.ROWTIME.",
    );
    says(
        "CREATE PUMP P AS INSERT INTO \"Names\" SELECT STREAM k, k FROM GATE;",
        "1:30 error: stream \"Names\" does not exist
    It is a reference table: loaded from a file, and read in joins.
    Insert into a stream of your own.",
    );
    query_says(
        "SELECT STREAM g.k, g.v FROM GATE AS g JOIN names AS n ON n.\"id\" = g.k",
        "3:44 error: stream NAMES does not exist
    You wrote names. Without quotes a name is read in upper case.
    Write \"Names\".",
    );
}

#[test]
fn queries_inside_where() {
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE k IN (SELECT k FROM EV)",
        "3:36 error: IN cannot look into a stream
    A stream has no end, so nobody knows yet what it will hold; a reference table is all there.
    Join the streams: FROM a OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS a JOIN b ON ….",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE v > 1 OR k IN (SELECT \"id\" FROM \"Names\")",
        "3:45 error: IN and EXISTS of a query stand in WHERE, joined with AND
    They let a row of the stream pass or not; they are no part of another expression.
    Write it as a condition of its own: WHERE … AND x IN (SELECT …).",
    );
    query_says(
        "SELECT STREAM k, (SELECT 1 FROM \"Names\") FROM GATE",
        "3:19 error: a query cannot be a value
    What it gives would change while the stream flows.
    Join with what it reads, and take the column from there.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE WHERE EXISTS (SELECT * FROM \"Names\" AS n WHERE n.\"id\" = k) AND v > 1",
        "",
    );
}

/// A reference table does not flow: no table function, union or window makes a stream of it.
#[test]
fn tables_do_not_flow() {
    query_says(
        "SELECT STREAM ITEM, ITEM_COUNT FROM TABLE(TOP_K_ITEMS_TUMBLING(CURSOR(SELECT * FROM \"Names\"), 'id', 3, 60))",
        "3:71 error: a CURSOR reads a stream
    The rows of a reference table are loaded once and do not flow.
    Read from a stream, and join the table with it if its columns are needed.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE JOIN (SELECT \"id\" FROM \"Names\" UNION ALL SELECT \"label\" FROM \"Names\") AS n ON n.\"id\" = k",
        "3:36 error: UNION ALL cannot put reference tables end to end
    A query over a reference table alone chooses rows and columns, nothing else.
    Load one table with the rows of both.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE JOIN (SELECT \"id\" FROM \"Names\") OVER (ROWS 2 PRECEDING) AS n ON n.\"id\" = k",
        "3:62 error: a reference table takes no window
    A window says how long a row waits, and the rows of a table are always there.
    Take OVER away.",
    );
}
