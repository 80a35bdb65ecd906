//! Functions that other databases have, and what to write for them here (sql.md 5.4 to 5.6, "Not there").

use std::ops::Range;

use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::func::catalog::catalog;

/// The name elsewhere, and the sentence that says what to write here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("CONCAT", "Join texts with ||: a || b."),
    ("CONVERT", "Write CAST(x AS type)."),
    ("CUBE", "Group by one list of columns; another list is the work of another pump."),
    ("DATEADD", "Add an interval: ts + INTERVAL '1' HOUR."),
    ("DATEDIFF", "Write TSDIFF(start, end) for milliseconds, or (b - a) SECOND."),
    ("DATE_ADD", "Add an interval: ts + INTERVAL '1' HOUR."),
    ("DATE_FORMAT", "Write TIMESTAMP_TO_CHAR('yyyy-MM-dd', ts); the format comes first."),
    ("DATE_SUB", "Subtract an interval: ts - INTERVAL '1' HOUR."),
    ("DATE_TRUNC", "Write FLOOR(ts TO MINUTE)."),
    ("DAY", "Write EXTRACT(DAY FROM ts)."),
    ("DAYOFWEEK", "Write TIMESTAMP_TO_CHAR('E', ts)."),
    ("DECODE", "Write CASE x WHEN value THEN result ELSE other END."),
    ("FROM_UNIXTIME", "Write TO_TIMESTAMP(milliseconds)."),
    ("GETDATE", "Write CURRENT_ROW_TIMESTAMP, or ROWTIME for the row's own time."),
    ("HOP", "A window that slides is written OVER (RANGE INTERVAL '10' SECOND PRECEDING)."),
    ("HOUR", "Write EXTRACT(HOUR FROM ts)."),
    ("IF", "Write CASE WHEN condition THEN a ELSE b END."),
    ("IFNULL", "Write COALESCE(a, b)."),
    ("IIF", "Write CASE WHEN condition THEN a ELSE b END."),
    ("INSTR", "Write POSITION(part IN text)."),
    ("ISNULL", "Write x IS NULL, or COALESCE(x, other)."),
    ("LCASE", "Write LOWER(text)."),
    ("LEFT", "Write SUBSTRING(text FROM 1 FOR n)."),
    ("LEN", "Write CHAR_LENGTH(text)."),
    ("LENGTH", "Write CHAR_LENGTH(text)."),
    ("LOG", "Write LN(x) or LOG10(x)."),
    ("LTRIM", "Write TRIM(LEADING ' ' FROM text)."),
    ("MEAN", "Write AVG(x)."),
    ("MINUTE", "Write EXTRACT(MINUTE FROM ts)."),
    ("MONTH", "Write EXTRACT(MONTH FROM ts)."),
    ("NOW", "Write CURRENT_ROW_TIMESTAMP, or ROWTIME for the row's own time."),
    ("NVL", "Write COALESCE(a, b)."),
    ("POW", "Write POWER(a, b)."),
    ("RANK", "Ranks are made by GROUP_RANK over a cursor."),
    ("REGEXP_REPLACE", "Write REGEX_REPLACE(text, pattern, replacement, 1, 0)."),
    ("REPLACE", "Write REGEX_REPLACE(text, pattern, replacement, 1, 0)."),
    ("RIGHT", "Write SUBSTRING(text FROM CHAR_LENGTH(text) - n + 1)."),
    ("ROLLUP", "Group by one list of columns; another list is the work of another pump."),
    ("ROUND", "Write CAST(x AS DECIMAL(10,2)): it rounds."),
    ("RTRIM", "Write TRIM(TRAILING ' ' FROM text)."),
    ("SECOND", "Write EXTRACT(SECOND FROM ts)."),
    ("SESSION", "A window that opens with its first row is written WINDOWED BY STAGGER."),
    ("SPLIT", "Write VARIABLE_COLUMN_LOG_PARSE(text, n, ',')."),
    ("STDEV", "Write STDDEV_SAMP(x)."),
    ("STRFTIME", "Write TIMESTAMP_TO_CHAR('yyyy-MM-dd', ts); the format comes first."),
    ("SUBSTR", "Write SUBSTRING(text FROM 1 FOR n)."),
    ("SYSDATE", "Write CURRENT_ROW_TIMESTAMP, or ROWTIME for the row's own time."),
    ("TIMESTAMPADD", "Add an interval: ts + INTERVAL '1' HOUR."),
    ("TIMESTAMPDIFF", "Write TSDIFF(start, end) for milliseconds, or (b - a) SECOND."),
    ("TO_CHAR", "Write TIMESTAMP_TO_CHAR(format, ts), or CAST(x AS VARCHAR(16)) for a number."),
    ("TO_DATE", "Write CHAR_TO_DATE('yyyy-MM-dd', text); the format comes first."),
    ("TO_NUMBER", "Write CAST(text AS INTEGER)."),
    ("TRUNC", "Write FLOOR(x), or FLOOR(ts TO DAY) for a time."),
    ("TRUNCATE", "Write FLOOR(x), or FLOOR(ts TO DAY) for a time."),
    ("TUMBLE", "Group by a step of time: GROUP BY FLOOR(s.ROWTIME TO MINUTE)."),
    ("UCASE", "Write UPPER(text)."),
    ("UNIX_MILLIS", "Write UNIX_TIMESTAMP(ts)."),
    ("YEAR", "Write EXTRACT(YEAR FROM ts)."),
];

/// A function that does not exist here.
pub fn function(span: Range<usize>, written: &str) -> Diagnostic {
    let name = written.to_uppercase();
    let error = Diagnostic::error(span, format!("function {name} does not exist"));
    if let Ok(at) = ELSEWHERE.binary_search_by_key(&name.as_str(), |it| it.0) {
        return error.detail("Other databases have it; this language does not.").hint(ELSEWHERE[at].1);
    }
    let known = catalog().filter(|it| it.named()).map(|it| it.name);
    match nearest(&name, known) {
        Some(near) => error.hint(format!("The nearest is {near}.")),
        None => error.detail("No function of this language has that name."),
    }
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
