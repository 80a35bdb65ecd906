//! Operators and the forms with words of their own (sql.md 1.19, 2.5, 3.4, 5.2 and 5.7).

use super::{Example, Kind, Routine};

const fn operator(
    name: &'static str,
    signature: &'static str,
    result: &'static str,
    doc: &'static str,
    sql: &'static str,
    gives: &'static str,
) -> Routine {
    Routine::new(Kind::Operator, name, signature, result, doc, Example::Value { sql, gives })
}

const fn form(
    name: &'static str,
    signature: &'static str,
    result: &'static str,
    doc: &'static str,
    sql: &'static str,
    gives: &'static str,
) -> Routine {
    Routine::new(Kind::Form, name, signature, result, doc, Example::Value { sql, gives })
}

const fn period(
    name: &'static str,
    signature: &'static str,
    doc: &'static str,
    sql: &'static str,
) -> Routine {
    operator(name, signature, "BOOLEAN", doc, sql, "true").since(2017)
}

#[rustfmt::skip]
pub const OPERATORS: &[Routine] = &[
    operator("+", "<NUMERIC> + <NUMERIC>, <DATETIME> + <INTERVAL>, <INTERVAL> + <INTERVAL>", "the wider type",
        "Sum; a moment moved by an interval.", "12.5 + 7.0", "19.5"),
    operator("-", "<NUMERIC> - <NUMERIC>, <DATETIME> - <INTERVAL>, <INTERVAL> - <INTERVAL>, - <NUMERIC>",
        "the wider type", "Difference; a moment moved back; the other sign.",
        "DATE '2016-10-26' - INTERVAL '25' DAY", "2016-10-01"),
    operator("( - )", "(<DATETIME> - <DATETIME>) qualifier", "INTERVAL qualifier",
        "The interval between two moments of one type.",
        "(TIME '17:20:30' - TIME '17:12:05') MINUTE TO SECOND", "+8:25"),
    operator("*", "<NUMERIC> * <NUMERIC>, <INTERVAL> * <NUMERIC>", "digits and scales added",
        "Product.", "12.5 * 7.0", "87.50"),
    operator("/", "<NUMERIC> / <NUMERIC>, <INTERVAL> / <NUMERIC>", "of integers an integer",
        "Quotient; of two integers without the rest. By zero: the row fails.", "-7 / 2", "-3"),
    operator("||", "<STRING> || <STRING>", "both lengths added", "Texts end to end.", "'pier ' || '9'", "pier 9"),

    operator("=", "<COMPARABLE> = <COMPARABLE>", "BOOLEAN", "Equal; blanks at the end of text do not count.",
        "'a ' = 'a'", "true"),
    operator("<>", "<COMPARABLE> <> <COMPARABLE>", "BOOLEAN", "Not equal; also written !=.", "'a' <> 'A'", "true"),
    operator("<", "<COMPARABLE> < <COMPARABLE>", "BOOLEAN", "Less; of text by code points.", "'B' < 'a'", "true"),
    operator("<=", "<COMPARABLE> <= <COMPARABLE>", "BOOLEAN", "At most.", "2.0 <= 2", "true"),
    operator(">", "<COMPARABLE> > <COMPARABLE>", "BOOLEAN", "Greater.", "DATE '2016-10-26' > DATE '2016-10-25'",
        "true"),
    operator(">=", "<COMPARABLE> >= <COMPARABLE>", "BOOLEAN", "At least.", "1 >= 2", "false"),
    operator("IS DISTINCT FROM", "<COMPARABLE> IS [NOT] DISTINCT FROM <COMPARABLE>", "BOOLEAN",
        "Different, where NULL is like NULL; never NULL itself.", "1 IS DISTINCT FROM 1.0", "false"),
    operator("BETWEEN", "<COMPARABLE> [NOT] BETWEEN [ASYMMETRIC] <COMPARABLE> AND <COMPARABLE>", "BOOLEAN",
        "At least the first and at most the second.", "5 BETWEEN 3 AND 5", "true"),
    operator("IN", "<COMPARABLE> [NOT] IN (<COMPARABLE>, ...)", "BOOLEAN",
        "Equal to one of a list; NULL in the list leaves an unknown.", "1 IN (2, 3)", "false"),
    operator("LIKE", "<CHARACTER> [NOT] LIKE <CHARACTER> [ESCAPE <CHARACTER>]", "BOOLEAN",
        "Whether the whole text fits a pattern: % is any run, _ one character.",
        "'sensor-7' LIKE 'sensor-_'", "true"),
    operator("SIMILAR TO", "<CHARACTER> [NOT] SIMILAR TO <CHARACTER> [ESCAPE <CHARACTER>]", "BOOLEAN",
        "As LIKE, with | * + ? {n,m} ( ) [ ] [^ ] in the pattern.", "'FINTECH1' SIMILAR TO '%TECH%'", "true"),
    operator("IS NULL", "<ANY> IS [NOT] NULL", "BOOLEAN", "Whether there is no value.",
        "CAST(NULL AS INTEGER) IS NULL", "true"),
    operator("IS TRUE", "<BOOLEAN> IS [NOT] TRUE, <BOOLEAN> IS [NOT] FALSE, <BOOLEAN> IS [NOT] UNKNOWN", "BOOLEAN",
        "Which of the three truths it is; never unknown itself.", "UNKNOWN IS NOT TRUE", "true"),
    operator("NOT", "NOT <BOOLEAN>", "BOOLEAN", "The other truth; unknown stays unknown.", "NOT (1 > 2)", "true"),
    operator("AND", "<BOOLEAN> AND <BOOLEAN>", "BOOLEAN", "Both; looks at the right side only where it matters.",
        "UNKNOWN AND FALSE", "false"),
    operator("OR", "<BOOLEAN> OR <BOOLEAN>", "BOOLEAN", "One or both; looks at the right side only where it matters.",
        "UNKNOWN OR TRUE", "true"),

    period("EQUALS", "[PERIOD] (start, end) EQUALS [PERIOD] (start, end)", "Both begin and end together.",
        "(TIME '09:00:00', TIME '10:00:00') EQUALS (TIME '09:00:00', TIME '10:00:00')"),
    period("CONTAINS", "[PERIOD] (start, end) [STRICTLY] CONTAINS [PERIOD] (start, end), (start, end) CONTAINS moment",
        "The second, or the moment, lies inside the first; the end is not inside.",
        "(TIME '09:00:00', TIME '10:00:00') CONTAINS TIME '09:00:00'"),
    period("OVERLAPS", "[PERIOD] (start, end) [STRICTLY] OVERLAPS [PERIOD] (start, end)",
        "Some time is in both; STRICTLY: the first begins and ends first.",
        "(TIME '09:00:00', TIME '10:00:00') OVERLAPS (TIME '09:30:00', TIME '11:00:00')"),
    period("PRECEDES", "[PERIOD] (start, end) [STRICTLY | IMMEDIATELY] PRECEDES [PERIOD] (start, end)",
        "The first ends before the second begins, or just then.",
        "(TIME '09:00:00', TIME '10:00:00') IMMEDIATELY PRECEDES (TIME '10:00:00', TIME '11:00:00')"),
    period("SUCCEEDS", "[PERIOD] (start, end) [STRICTLY | IMMEDIATELY] SUCCEEDS [PERIOD] (start, end)",
        "The first begins after the second ends, or just then.",
        "(TIME '10:00:00', TIME '11:00:00') SUCCEEDS (TIME '08:00:00', TIME '09:00:00')"),
    period("LEADS", "[PERIOD] (start, end) [STRICTLY | IMMEDIATELY] LEADS [PERIOD] (start, end)",
        "The first begins before the second, runs into it and does not outlast it.",
        "(TIME '09:00:00', TIME '10:00:00') LEADS (TIME '09:30:00', TIME '11:00:00')")
        .but("Not described in words; read from the name. IMMEDIATELY: both end together."),
    period("LAGS", "[PERIOD] (start, end) [STRICTLY | IMMEDIATELY] LAGS [PERIOD] (start, end)",
        "The second leads the first.",
        "(TIME '09:30:00', TIME '11:00:00') LAGS (TIME '09:00:00', TIME '10:00:00')")
        .but("Not described in words; the mirror of LEADS."),
];

#[rustfmt::skip]
pub const FORMS: &[Routine] = &[
    form("CASE", "CASE WHEN condition THEN result [...] [ELSE result] END, CASE x WHEN value [, ...] THEN result [...] END",
        "the type the results share", "The result of the first condition that is true; without ELSE NULL.",
        "CASE 3 WHEN 1, 2 THEN 'few' ELSE 'many' END", "many")
        .but("Texts of unlike lengths become VARCHAR, so that no blanks appear; the service's ancestor pads them."),
    form("CAST", "CAST(<ANY> AS type)", "the type", "The value as another type; numbers are rounded, text is cut.",
        "CAST(-2.5 AS INTEGER)", "-3"),
    form("COALESCE", "COALESCE(<ANY>, <ANY> [, ...])", "the type the arguments share",
        "The first that is not NULL.", "COALESCE(NULL, NULL, 8)", "8"),
    form("NULLIF", "NULLIF(<COMPARABLE>, <COMPARABLE>)", "the type of the first",
        "NULL if both are equal, otherwise the first.", "NULLIF(4, 4)", "NULL"),
];
