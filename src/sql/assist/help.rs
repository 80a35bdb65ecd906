//! One sentence about each word of the language that people meet.

use crate::sql::assist::scene::Origin;

/// About the column every stream has.
pub const ROWTIME: &str = "When the row came into its stream, UTC; it never goes back. Every stream has it.";

/// About a metadata column of a source stream.
pub fn metadata(name: &str) -> Option<&'static str> {
    Some(match name {
        "APPROXIMATE_ARRIVAL_TIME" => {
            "When the data stream accepted the record, UTC. Only source streams have it."
        }
        "PARTITION_KEY" => "The partition key of the record. Only source streams have it.",
        "SEQUENCE_NUMBER" => "The sequence number of the record in its shard. Only source streams have it.",
        "SHARD_ID" => "The shard the record came through. Only source streams have it.",
        _ => return None,
    })
}

pub fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Source => "source stream",
        Origin::Reference => "reference table",
        Origin::Error => "every application's stream of rows that failed",
        Origin::Code => "in-application stream",
    }
}

/// One sentence about a keyword, in any case.
pub fn word(word: &str) -> Option<&'static str> {
    let upper = word.to_ascii_uppercase();
    WORDS.iter().find(|it| it.0 == upper).map(|it| it.1)
}

#[rustfmt::skip]
const WORDS: &[(&str, &str)] = &[
    ("ALL", "Keeps duplicates; UNION ALL is the only set operation over streams."),
    ("ALTER", "Changes what exists: ALTER PUMP name START or STOP."),
    ("AND", "True where both sides are; binds tighter than OR."),
    ("AS", "Gives what stands before it a name; in CAST the type to turn into."),
    ("ASC", "Smallest first; so it is without a word."),
    ("BETWEEN", "x BETWEEN a AND b: at least a and at most b."),
    ("BY", "Says what GROUP, ORDER, PARTITION or STEP goes by."),
    ("CASE", "The first WHEN whose condition is true gives the value; otherwise ELSE, or NULL."),
    ("CAST", "CAST(x AS type) turns a value into another type."),
    ("CREATE", "Makes a stream, a pump or a function."),
    ("CREATE OR REPLACE STREAM", "Makes an in-application stream: a name and its columns."),
    ("CREATE OR REPLACE PUMP", "Makes a pump: a query that never ends, written into a stream."),
    ("CURRENT ROW", "The row itself: where a window of a stream ends."),
    ("CURSOR", "Hands the rows of a query to a table function."),
    ("DAY", "A unit of time: 24 hours."),
    ("DESC", "Largest first."),
    ("DESCRIPTION", "A text about the stream or pump, for people."),
    ("DISTINCT", "Each combination of values once per window; the list needs an expression that grows with time."),
    ("DROP", "Takes a stream, a pump or a function away."),
    ("ELSE", "The value of CASE where no WHEN is true."),
    ("END", "Ends a CASE."),
    ("EXISTS", "Whether a query over a reference table has any row."),
    ("FALSE", "The truth value false."),
    ("FOLLOWING", "After the current row; only windows of joins know it."),
    ("FROM", "Says which streams the rows come from."),
    ("FULL", "FULL JOIN also keeps the rows of both sides that find no partner."),
    ("FUNCTION", "CREATE FUNCTION makes a function from an expression."),
    ("GROUP", "One row per group and window; one expression must grow with ROWTIME, so that groups come to an end."),
    ("GROUP BY", "One row per group and window; one expression must grow with ROWTIME, so that groups come to an end."),
    ("HAVING", "Keeps the groups for which a condition is true."),
    ("HOUR", "A unit of time: 60 minutes."),
    ("IN", "Whether a value is one of a list."),
    ("INSERT", "Writes rows into a stream; it stands inside a pump."),
    ("INTERVAL", "A length of time: INTERVAL '10' SECOND, the number in quotes and the unit outside."),
    ("INTO", "Says which stream is written."),
    ("IS", "Asks for NULL or a truth value, and is never NULL itself."),
    ("JOIN", "Pairs rows of two streams; a window on at least one side says how long a row waits."),
    ("LEFT", "LEFT JOIN also keeps the left rows that find no partner."),
    ("LIKE", "Whether text fits a pattern: % is any run of characters, _ is one."),
    ("MINUTE", "A unit of time: 60 seconds."),
    ("MONTH", "A unit of the calendar."),
    ("NOT", "Turns true into false; NOT NULL says that a column must have a value."),
    ("NULL", "No value; compared with anything it gives neither true nor false."),
    ("ON", "The condition that joins two rows."),
    ("OR", "True where one side is; binds weaker than AND."),
    ("ORDER", "Sorts the rows of each window; the first key must grow with ROWTIME."),
    ("ORDER BY", "Sorts the rows of each window; the first key must grow with ROWTIME."),
    ("OVER", "Looks back from each row over a window of rows; behind a stream in FROM, how long its rows wait."),
    ("PARTITION", "PARTITION BY gives each value a window of its own."),
    ("PRECEDING", "Before the current row."),
    ("PUMP", "A query that never ends, written into a stream."),
    ("RANGE", "A window measured in time: RANGE INTERVAL '1' MINUTE PRECEDING."),
    ("REPLACE", "OR REPLACE takes the place of what has the name already."),
    ("RETURN", "The expression a function computes."),
    ("RETURNS", "The type of a function's result."),
    ("RIGHT", "RIGHT JOIN also keeps the right rows that find no partner."),
    ("ROWS", "A window measured in rows: ROWS 10 PRECEDING."),
    ("ROWTIME", ROWTIME),
    ("SECOND", "A unit of time: 1000 milliseconds."),
    ("SELECT", "Says which columns come out; over streams it is SELECT STREAM."),
    ("SIMILAR", "SIMILAR TO is LIKE with | * + ? {n} ( ) [ ]."),
    ("STAGGER", "Windows that open with the first row of their key, and last as long as RANGE says."),
    ("STARTED", "The pump runs with the application; so it is without a word."),
    ("STOPPED", "The pump waits for ALTER PUMP name START."),
    ("STREAM", "A typed pipe between pumps; SELECT STREAM makes a query that never ends."),
    ("TABLE", "TABLE(f(CURSOR(query))) reads what a table function makes of a query."),
    ("THEN", "The value where the condition before it is true."),
    ("TO", "In FLOOR(t TO unit), the unit to round to."),
    ("TRUE", "The truth value true."),
    ("UNBOUNDED", "Without a limit: from the first row on."),
    ("UNION", "UNION ALL merges the rows of two queries in order of ROWTIME."),
    ("UNION ALL", "Merges the rows of two queries in order of ROWTIME."),
    ("UNKNOWN", "The truth value that is neither true nor false: NULL."),
    ("USING", "Joins on columns of the same name."),
    ("VALUES", "Rows written out; a stream cannot be made of them."),
    ("WHEN", "A condition of CASE."),
    ("WHERE", "Keeps the rows for which a condition is true; NULL is not true."),
    ("WINDOW", "Gives windows a name, for OVER."),
    ("WINDOWED", "WINDOWED BY STAGGER: windows that open with the first row of their key."),
    ("WITHIN", "ORDER BY t WITHIN an interval: how late a row may come and still be put in order."),
    ("YEAR", "A unit of the calendar."),
];
