//! Aggregates, and what only looks back over a window (sql.md 5.1 and 5.3).

use super::{Example, Kind, Routine};
use crate::sql::plan::AggregateFunc;

const fn aggregate(
    func: AggregateFunc,
    name: &'static str,
    signature: &'static str,
    doc: &'static str,
    sql: &'static str,
    gives: &'static str,
) -> Routine {
    let result = match func {
        AggregateFunc::Count => "BIGINT",
        AggregateFunc::Every | AggregateFunc::Any => "BOOLEAN",
        _ => "the type of the argument",
    };
    Routine::new(Kind::Aggregate(func), name, signature, result, doc, Example::Group { sql, gives })
}

#[rustfmt::skip]
pub const AGGREGATES: &[Routine] = &[
    aggregate(AggregateFunc::Count, "COUNT", "COUNT(*), COUNT(<ANY>, ...)",
        "How many rows; how many of them have no NULL there.", "COUNT(v)", "3"),
    aggregate(AggregateFunc::Sum, "SUM", "SUM([DISTINCT] <NUMERIC>)", "The sum; NULLs are left out.", "SUM(v)", "9.0"),
    aggregate(AggregateFunc::Avg, "AVG", "AVG([DISTINCT] <NUMERIC>)",
        "The mean in the argument's own type: of integers it is cut.", "AVG(v)", "3.0"),
    aggregate(AggregateFunc::Min, "MIN", "MIN(<COMPARABLE>)", "The least; of text by code points.", "MIN(v)", "1.0"),
    aggregate(AggregateFunc::Max, "MAX", "MAX(<COMPARABLE>)", "The greatest; of text by code points.", "MAX(v)", "4.0"),
    aggregate(AggregateFunc::StddevPop, "STDDEV_POP", "STDDEV_POP([DISTINCT] <NUMERIC>)",
        "The standard deviation of all rows.", "STDDEV_POP(v)", "1.4142135623730951"),
    aggregate(AggregateFunc::StddevSamp, "STDDEV_SAMP", "STDDEV_SAMP([DISTINCT] <NUMERIC>)",
        "The standard deviation of a sample; NULL of one row.", "STDDEV_SAMP(v)", "1.7320508075688772"),
    aggregate(AggregateFunc::StddevSamp, "STDDEV", "STDDEV([DISTINCT] <NUMERIC>)", "As STDDEV_SAMP.",
        "STDDEV(v)", "1.7320508075688772"),
    aggregate(AggregateFunc::StddevSamp, "STD_DEV", "STD_DEV([DISTINCT] <NUMERIC>)", "As STDDEV_SAMP.",
        "STD_DEV(v)", "1.7320508075688772"),
    aggregate(AggregateFunc::VarPop, "VAR_POP", "VAR_POP([DISTINCT] <NUMERIC>)", "The variance of all rows.",
        "VAR_POP(v)", "2.0"),
    aggregate(AggregateFunc::VarSamp, "VAR_SAMP", "VAR_SAMP([DISTINCT] <NUMERIC>)",
        "The variance of a sample; NULL of one row.", "VAR_SAMP(v)", "3.0"),
    aggregate(AggregateFunc::VarSamp, "VARIANCE", "VARIANCE([DISTINCT] <NUMERIC>)", "As VAR_SAMP.", "VARIANCE(v)", "3.0"),
    aggregate(AggregateFunc::Every, "EVERY", "EVERY(<BOOLEAN>)", "Whether it is true in all rows that have it.",
        "EVERY(v > 0)", "true"),
    aggregate(AggregateFunc::Any, "ANY", "ANY(<BOOLEAN>)", "Whether it is true in one row.", "ANY(v > 4)", "false"),
    aggregate(AggregateFunc::Any, "SOME", "SOME(<BOOLEAN>)", "As ANY.", "SOME(v > 1)", "true"),
];

const ROWS: &[&str] = &["19:00:00 | a | 1", "19:00:01 | a | NULL", "19:00:02 | a | 4", "19:00:03 | a | 9"];

/// A function over the last three rows of S, its value beside each row.
const fn window(
    name: &'static str,
    signature: &'static str,
    doc: &'static str,
    sql: &'static str,
    gives: &'static [&'static str],
) -> Routine {
    let example = Example::Program { sql, target: "(R INTEGER)", rows: ROWS, gives };
    Routine::new(Kind::Window, name, signature, "the type of the argument", doc, example)
}

#[rustfmt::skip]
pub const WINDOWS: &[Routine] = &[
    window("FIRST_VALUE", "FIRST_VALUE(<ANY>) [IGNORE NULLS | RESPECT NULLS] OVER window",
        "The value in the oldest row of the window.",
        "SELECT STREAM FIRST_VALUE(v) OVER (ROWS 2 PRECEDING) FROM S",
        &["19:00:00 | 1", "19:00:01 | 1", "19:00:02 | 1", "19:00:03 | NULL"]),
    window("LAST_VALUE", "LAST_VALUE(<ANY>) [IGNORE NULLS | RESPECT NULLS] OVER window",
        "The value in the newest row of the window.",
        "SELECT STREAM LAST_VALUE(v) IGNORE NULLS OVER (ROWS 2 PRECEDING) FROM S",
        &["19:00:00 | 1", "19:00:01 | 1", "19:00:02 | 4", "19:00:03 | 9"]),
    window("NTH_VALUE", "NTH_VALUE(<ANY>, n) [FROM FIRST | FROM LAST] [IGNORE NULLS | RESPECT NULLS] OVER window",
        "The value in the n-th row of the window, from 1; NULL if there are fewer.",
        "SELECT STREAM NTH_VALUE(v, 2) OVER (ROWS 2 PRECEDING) FROM S",
        &["19:00:00 | NULL", "19:00:01 | NULL", "19:00:02 | NULL", "19:00:03 | 4"]),
    window("LAG", "LAG(<ANY> [, n [, default]]) [IGNORE NULLS | RESPECT NULLS] OVER window",
        "The value n rows before; the default only where there is no such row.",
        "SELECT STREAM LAG(v, 1, 0) OVER (ROWS 2 PRECEDING) FROM S",
        &["19:00:00 | 0", "19:00:01 | 1", "19:00:02 | NULL", "19:00:03 | 4"]).since(2017),
    Routine::new(Kind::Window, "EXP_AVG", "EXP_AVG(<NUMERIC>, <INTERVAL>) OVER window", "DOUBLE",
        "An average whose weights halve with each interval of age.",
        Example::Program {
            sql: "SELECT STREAM EXP_AVG(x, INTERVAL '1' SECOND) OVER (RANGE INTERVAL '1' MINUTE PRECEDING) FROM S",
            target: "(R DOUBLE)",
            // (2 * 1/2 + 5) / (1/2 + 1) = 4
            rows: &["19:00:00 | a | 1 | 2", "19:00:01 | a | 1 | 5"],
            gives: &["19:00:00 | 2.0", "19:00:01 | 4.0"],
        }),
];
