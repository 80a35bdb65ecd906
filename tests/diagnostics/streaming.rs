//! The rules of streaming queries (sql.md 7.5).

use super::{query_says, says};

/// T-13.
#[test]
fn rowtime_twice() {
    query_says(
        "SELECT STREAM k, COUNT(*) FROM GATE GROUP BY k, FLOOR(GATE.ROWTIME TO MINUTE), FLOOR(GATE.ROWTIME TO HOUR)",
        "3:80 error: GROUP BY uses ROWTIME twice
    GROUP BY may use ROWTIME once; the shorter window already lies inside the longer one.
    Take one of the two away.",
    );
    query_says(
        "SELECT STREAM k, COUNT(*) FROM EV GROUP BY k, STEP(ROWTIME BY INTERVAL '1' MINUTE), FLOOR(et TO MINUTE)",
        "",
    );
}

#[test]
fn aggregates_in_the_wrong_place() {
    query_says(
        "SELECT STREAM k, SUM(AVG(v)) FROM GATE WHERE COUNT(*) > 1 GROUP BY k, FLOOR(ROWTIME TO MINUTE)",
        "3:22 error: aggregates cannot be nested
    AVG stands inside the parentheses of another aggregate.
    Compute the inner one in one stream and the outer one in a second.
3:46 error: an aggregate cannot stand in WHERE
    WHERE looks at one row at a time, and COUNT at a whole group.
    Filter the finished groups with HAVING, behind GROUP BY.",
    );
    query_says(
        "SELECT STREAM k, 1 FROM GATE GROUP BY k, MAX(v), FLOOR(ROWTIME TO MINUTE)",
        "3:42 error: an aggregate cannot stand in GROUP BY
    The groups must be known before MAX can look at one.
    Compute it in one stream and group by it in a second one.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE HAVING v > 1",
        "3:37 error: HAVING needs GROUP BY
    HAVING filters groups, and this query has none.
    Filter rows with WHERE.",
    );
}

/// F-41.
#[test]
fn counting_distinct_values() {
    query_says(
        "SELECT STREAM k, COUNT(DISTINCT v) FROM GATE GROUP BY k, FLOOR(ROWTIME TO MINUTE)",
        "3:18 error: COUNT(DISTINCT …) is not possible over a stream
    It would have to remember every value of the window.
    Write SELECT STREAM DISTINCT into one stream and COUNT(*) over that one in a second pump.",
    );
    query_says("SELECT STREAM k, SUM(DISTINCT v) FROM GATE GROUP BY k, FLOOR(ROWTIME TO MINUTE)", "");
}

#[test]
fn the_error_stream_is_not_for_code() {
    says(
        "CREATE STREAM S (a VARCHAR(32)); CREATE PUMP P AS INSERT INTO error_stream SELECT STREAM k FROM GATE;
CREATE PUMP Q AS INSERT INTO S SELECT STREAM ERROR_NAME FROM ERROR_STREAM;
CREATE PUMP R AS INSERT INTO GATE SELECT STREAM k, v FROM GATE",
        "1:63 error: error_stream cannot be written by code
    Rows that fail go there by themselves.
    Insert into a stream of your own.
2:62 error: error_stream cannot be read by code
    It can only be connected to a destination.
    Connect a destination to error_stream.
3:30 error: GATE cannot be written by code
    The source of the application fills it.
    Insert into a stream of your own.",
    );
}

/// A feeds B and B feeds A (sql.md 1.2).
#[test]
fn pumps_in_a_circle() {
    says(
        "CREATE STREAM A (a INTEGER); CREATE STREAM B (a INTEGER);
CREATE PUMP P AS INSERT INTO B SELECT STREAM a FROM A;
CREATE PUMP Q AS INSERT INTO A SELECT STREAM a FROM B",
        "3:13 error: pump Q would feed its own source
    Its rows would come back to the stream it reads, for ever.
    Insert into a stream that leads away from the source.",
    );
}

#[test]
fn as_rowtime_wants_a_timestamp() {
    query_says(
        "SELECT STREAM k, v, v AS ROWTIME FROM GATE",
        "3:21 error: ROWTIME is a TIMESTAMP, not INTEGER
    AS ROWTIME sets the time of the row that comes out.
    Give it a TIMESTAMP, or another name.",
    );
}

#[test]
fn clauses_without_meaning_on_a_stream() {
    query_says(
        "SELECT STREAM k, v FROM GATE LIMIT 10",
        "3:30 error: LIMIT is not part of this language
    A stream has no end, so there are no first rows of it.
    Take LIMIT away; to keep fewer rows filter them with WHERE.",
    );
    query_says(
        "WITH x AS (SELECT STREAM k FROM GATE) SELECT STREAM k, 1 FROM x",
        "3:1 error: WITH is not part of this language
    A named step of a query is a stream of its own here.
    Create a stream and a pump for it, and read from that stream.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE UNION SELECT STREAM k, v FROM GATE",
        "3:1 error: UNION without ALL is not possible over a stream
    It would have to remember every row that has ever passed.
    Streams are joined end to end with UNION ALL.",
    );
    query_says(
        "SELECT STREAM UPPER(k) OVER (ROWS 1 PRECEDING), v FROM GATE",
        "3:15 error: OVER cannot stand behind UPPER
    A window belongs to an aggregate; this function looks at one row.
    Take OVER away.",
    );
}

/// Sorts, unions and stagger windows that cannot be (sql.md 1.13, 1.15 and 1.16).
#[test]
fn sorts_and_unions() {
    query_says(
        "SELECT STREAM k, v FROM GATE ORDER BY v",
        "3:39 error: ORDER BY over a stream begins with a key that grows with time
    Rows are gathered until that key changes; by this one alone the sort would never end.
    Begin with FLOOR(GATE.ROWTIME TO SECOND), then write this key.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE ORDER BY FLOOR(GATE.ROWTIME TO SECOND) DESC, v",
        "3:39 error: the first key of ORDER BY cannot turn time round
    Rows of a stream go on in the order of ROWTIME, and that only rises.
    Take DESC away from the first key; later keys may have it.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE ORDER BY FLOOR(ROWTIME TO SECOND), v",
        "3:45 error: ROWTIME inside an expression of ORDER BY needs the name of its stream
    By itself ROWTIME is the time of the row that comes out, which is not known yet.
    Write GATE.ROWTIME.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE ORDER BY FLOOR(GATE.ROWTIME TO SECOND), 3",
        "3:70 error: the select list has no item 3
    It has 2; a number in ORDER BY counts them from 1.
    Write the number of an item, or its name.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE ORDER BY FLOOR(GATE.ROWTIME TO SECOND), v NULLS FIRST",
        "3:70 error: the place of NULLs cannot be chosen
    NULL is greater than every value, so it comes last here, not first.
    Put a key before this one: CASE WHEN x IS NULL THEN 0 ELSE 1 END.",
    );
    query_says(
        "SELECT STREAM k, 1 FROM EV ORDER BY et WITHIN INTERVAL '1' SECOND",
        "3:37 error: ORDER BY … WITHIN needs its key in the select list, AS ROWTIME
    The rows come out in the order of this time, so it becomes their ROWTIME.
    Begin the list with et AS ROWTIME.",
    );
    query_says(
        "SELECT STREAM et AS ROWTIME, k, 1 FROM EV ORDER BY et WITHIN INTERVAL '1' SECOND DESC",
        "3:52 error: ORDER BY … WITHIN cannot be DESC
    Rows of a stream go on in the order of ROWTIME, and that only rises.
    Take DESC away.",
    );
    query_says(
        "SELECT STREAM et AS ROWTIME, k, 1 FROM EV ORDER BY et WITHIN INTERVAL '1' MONTH",
        "3:62 error: WITHIN needs an interval
    It says how late a row may come, in seconds, minutes, hours or days.
    Write WITHIN INTERVAL '10' SECOND.",
    );
    query_says(
        "SELECT STREAM DISTINCT k, FLOOR(GATE.ROWTIME TO SECOND) AS t FROM GATE ORDER BY t, v",
        "3:84 error: v is not an item of SELECT DISTINCT
    One row stands for several, which may differ in what is not in the list.
    Add it to the select list, or take it out of ORDER BY.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE UNION ALL SELECT STREAM k FROM GATE",
        "3:54 error: this side of UNION ALL has 1 columns, the first 2
    The columns of the sides meet by position.
    The first side has K, V.",
    );
    query_says(
        "SELECT STREAM k, v FROM GATE UNION ALL SELECT STREAM 'x', k FROM GATE",
        "3:59 error: UNION ALL cannot put VARCHAR(4) under INTEGER
    Item 2 of the first side, v, is a number; k is text.
    Change the order of the items, or write CAST(k AS INTEGER).",
    );
    query_says(
        "SELECT STREAM k, COUNT(*) FROM GATE WINDOWED BY STAGGER (PARTITION BY k RANGE INTERVAL '0' SECOND)",
        "3:79 error: RANGE of a stagger window needs an interval
    It says how long a window stays open after its first row.
    Write RANGE INTERVAL '1' MINUTE.",
    );
}

/// Windows of other systems in FROM are answered with the one here.
#[test]
fn windows_of_other_systems() {
    query_says(
        "SELECT STREAM 'x', COUNT(*) FROM TABLE(TUMBLE(GATE, 10))",
        "3:40 error: table function TUMBLE does not exist
    The table functions are GROUP_RANK, TOP_K_ITEMS_TUMBLING, COUNT_DISTINCT_ITEMS_TUMBLING, RANDOM_CUT_FOREST, \
RANDOM_CUT_FOREST_WITH_EXPLANATION, HOTSPOTS.
    Group by a step of time: GROUP BY FLOOR(s.ROWTIME TO MINUTE).",
    );
}
