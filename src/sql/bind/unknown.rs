//! Functions that other databases have, and what to write for them here (sql.md 5.4 to 5.6, "Not there").

use std::ops::Range;

use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::func::catalog::catalog;

/// The name elsewhere, and the sentence that says what to write here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("APPROX_COUNT_DISTINCT", "COUNT_DISTINCT_ITEMS_TUMBLING counts them over a cursor, window by window."),
    ("CONCAT", "Join texts with ||: a || b."),
    ("CONVERT", "Write CAST(x AS type)."),
    ("CUBE", "Group by one list of columns; another list is the work of another pump."),
    ("DATEADD", "Add an interval: ts + INTERVAL '1' HOUR."),
    ("DATEDIFF", "Write TSDIFF(start, end) for milliseconds, or (b - a) SECOND."),
    ("DATETIME", "Write CHAR_TO_TIMESTAMP('yyyy-MM-dd HH:mm:ss', text); the format comes first."),
    ("DATE_ADD", "Add an interval: ts + INTERVAL '1' HOUR."),
    ("DATE_FORMAT", "Write TIMESTAMP_TO_CHAR('yyyy-MM-dd', ts); the format comes first."),
    ("DATE_PART", "Write EXTRACT(HOUR FROM ts)."),
    ("DATE_SUB", "Subtract an interval: ts - INTERVAL '1' HOUR."),
    ("DATE_TRUNC", "Write FLOOR(ts TO MINUTE)."),
    ("DAY", "Write EXTRACT(DAY FROM ts)."),
    ("DAYOFWEEK", "Write TIMESTAMP_TO_CHAR('E', ts)."),
    ("DECODE", "Write CASE x WHEN value THEN result ELSE other END."),
    ("FIRST", "Write FIRST_VALUE(x) OVER (ROWS 10 PRECEDING)."),
    ("FROM_UNIXTIME", "Write TO_TIMESTAMP(milliseconds)."),
    ("GETDATE", "Write CURRENT_ROW_TIMESTAMP, or ROWTIME for the row's own time."),
    ("GREATEST", "Write CASE WHEN a > b THEN a ELSE b END."),
    ("HOP", "A window that slides is written OVER (RANGE INTERVAL '10' SECOND PRECEDING)."),
    ("HOP_END", "ROWTIME alone is the end of the window."),
    (
        "HOP_START",
        "The window that slides begins its interval before ROWTIME: s.ROWTIME - INTERVAL '10' SECOND.",
    ),
    ("HOUR", "Write EXTRACT(HOUR FROM ts)."),
    ("IF", "Write CASE WHEN condition THEN a ELSE b END."),
    ("IFNULL", "Write COALESCE(a, b)."),
    ("IIF", "Write CASE WHEN condition THEN a ELSE b END."),
    ("INSTR", "Write POSITION(part IN text)."),
    ("ISNULL", "Write x IS NULL, or COALESCE(x, other)."),
    ("LAST", "Write LAST_VALUE(x) OVER (ROWS 10 PRECEDING)."),
    ("LCASE", "Write LOWER(text)."),
    ("LEAD", "A stream does not know the rows to come; look back with LAG(x, n) OVER (ROWS n PRECEDING)."),
    ("LEAST", "Write CASE WHEN a < b THEN a ELSE b END."),
    ("LEFT", "Write SUBSTRING(text FROM 1 FOR n)."),
    ("LEN", "Write CHAR_LENGTH(text)."),
    ("LENGTH", "Write CHAR_LENGTH(text)."),
    ("LISTAGG", "A group gives numbers and single values; texts are put together by who reads them."),
    ("LOG", "Write LN(x) or LOG10(x)."),
    ("LPAD", "Write CAST(text AS CHAR(n)): it fills on the right."),
    ("LTRIM", "Write TRIM(LEADING ' ' FROM text)."),
    ("MEAN", "Write AVG(x)."),
    ("MEDIAN", "Write AVG(x), or MIN(x) and MAX(x)."),
    ("MINUTE", "Write EXTRACT(MINUTE FROM ts)."),
    ("MONTH", "Write EXTRACT(MONTH FROM ts)."),
    ("NOW", "Write CURRENT_ROW_TIMESTAMP, or ROWTIME for the row's own time."),
    ("NVL", "Write COALESCE(a, b)."),
    ("POW", "Write POWER(a, b)."),
    ("PROCTIME", "ROWTIME is the processing time of a row."),
    ("RAND", "Draw in the producer; a pump gives the same rows for the same rows."),
    ("RANDOM", "Draw in the producer; a pump gives the same rows for the same rows."),
    ("RANK", "Ranks are made by GROUP_RANK over a cursor."),
    ("REGEXP_REPLACE", "Write REGEX_REPLACE(text, pattern, replacement, 1, 0)."),
    ("REPLACE", "Write REGEX_REPLACE(text, pattern, replacement, 1, 0)."),
    ("RIGHT", "Write SUBSTRING(text FROM CHAR_LENGTH(text) - n + 1)."),
    ("ROLLUP", "Group by one list of columns; another list is the work of another pump."),
    ("ROUND", "Write CAST(x AS DECIMAL(10,2)): it rounds."),
    ("ROWTIME_TO_TIMESTAMP", "ROWTIME is a TIMESTAMP; write s.ROWTIME."),
    ("RPAD", "Write CAST(text AS CHAR(n)): it fills on the right."),
    ("RTRIM", "Write TRIM(TRAILING ' ' FROM text)."),
    ("SECOND", "Write EXTRACT(SECOND FROM ts)."),
    ("SESSION", "A window that opens with its first row is written WINDOWED BY STAGGER."),
    ("SESSION_END", "ROWTIME alone is the end of the window."),
    ("SESSION_START", "Write MIN(s.ROWTIME)."),
    ("SIGN", "Write CASE WHEN x < 0 THEN -1 WHEN x > 0 THEN 1 ELSE 0 END."),
    ("SPLIT", "Write VARIABLE_COLUMN_LOG_PARSE(text, n, ',')."),
    ("STDEV", "Write STDDEV_SAMP(x)."),
    ("STRFTIME", "Write TIMESTAMP_TO_CHAR('yyyy-MM-dd', ts); the format comes first."),
    ("STR_TO_DATE", "Write CHAR_TO_DATE('yyyy-MM-dd', text); the format comes first."),
    ("SUBSTR", "Write SUBSTRING(text FROM 1 FOR n)."),
    ("SYSDATE", "Write CURRENT_ROW_TIMESTAMP, or ROWTIME for the row's own time."),
    ("SYSTIMESTAMP", "Write CURRENT_ROW_TIMESTAMP, or ROWTIME for the row's own time."),
    ("TIMESTAMPADD", "Add an interval: ts + INTERVAL '1' HOUR."),
    ("TIMESTAMPDIFF", "Write TSDIFF(start, end) for milliseconds, or (b - a) SECOND."),
    ("TO_CHAR", "Write TIMESTAMP_TO_CHAR(format, ts), or CAST(x AS VARCHAR(16)) for a number."),
    ("TO_DATE", "Write CHAR_TO_DATE('yyyy-MM-dd', text); the format comes first."),
    ("TO_NUMBER", "Write CAST(text AS INTEGER)."),
    ("TRUNC", "Write FLOOR(x), or FLOOR(ts TO DAY) for a time."),
    ("TRUNCATE", "Write FLOOR(x), or FLOOR(ts TO DAY) for a time."),
    ("TUMBLE", "Group by a step of time: GROUP BY FLOOR(s.ROWTIME TO MINUTE)."),
    ("TUMBLE_END", "ROWTIME alone is the end of the window."),
    ("TUMBLE_PROCTIME", "ROWTIME alone is the end of the window."),
    ("TUMBLE_ROWTIME", "ROWTIME alone is the end of the window."),
    (
        "TUMBLE_START",
        "Select the expression of GROUP BY, for example FLOOR(s.ROWTIME TO MINUTE): it is the window's start.",
    ),
    ("UCASE", "Write UPPER(text)."),
    ("UNIX_MILLIS", "Write UNIX_TIMESTAMP(ts)."),
    (
        "WATERMARK",
        "ROWTIME is the only clock of a stream; late rows are sorted in with ORDER BY ts WITHIN INTERVAL '10' SECOND.",
    ),
    ("WINDOW_END", "ROWTIME alone is the end of the window."),
    (
        "WINDOW_START",
        "Select the expression of GROUP BY, for example FLOOR(s.ROWTIME TO MINUTE): it is the window's start.",
    ),
    ("YEAR", "Write EXTRACT(YEAR FROM ts)."),
];

/// What to write instead of a function that other databases have.
pub fn instead(name: &str) -> Option<&'static str> {
    ELSEWHERE.binary_search_by_key(&name, |it| it.0).ok().map(|at| ELSEWHERE[at].1)
}

/// A function that does not exist here.
pub fn function(span: Range<usize>, written: &str) -> Diagnostic {
    let name = written.to_uppercase();
    let error = Diagnostic::error(span, format!("function {name} does not exist"));
    if let Some(instead) = instead(&name) {
        return error.detail("Other databases have it; this language does not.").hint(instead);
    }
    let known = catalog().filter(|it| it.named()).map(|it| it.name);
    match nearest(&name, known) {
        Some(near) => error.hint(format!("The nearest is {near}.")),
        None => error.detail("No function of this language has that name."),
    }
}

/// Values that other databases write without parentheses, where no column has the name.
pub fn value(span: Range<usize>, stored: &str) -> Option<Diagnostic> {
    let known = ["GETDATE", "NOW", "PROCTIME", "SYSDATE", "SYSTIMESTAMP", "WINDOW_END", "WINDOW_START"];
    if !known.contains(&stored) {
        return None;
    }
    let instead = instead(stored)?;
    let error = Diagnostic::error(span, format!("{stored} does not exist"));
    Some(error.detail("Other databases have it; this language does not.").hint(instead))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table is searched by halves, so it must be in order.
    #[test]
    fn names_are_sorted() {
        assert!(ELSEWHERE.is_sorted_by_key(|it| it.0));
    }
}
