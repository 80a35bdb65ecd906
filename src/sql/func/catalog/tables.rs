//! What works on whole streams in FROM TABLE(…), and the parsers of logs (sql.md 5.1, 5.8 and 5.9).

use super::{Example, Kind, Routine};

/// What no forest can promise of another.
const SCORES: &str = "The published algorithm with a scoring and a chance of our own; the service's scores differ in their digits.";

const fn table(
    name: &'static str,
    signature: &'static str,
    result: &'static str,
    doc: &'static str,
    example: Example,
) -> Routine {
    Routine::new(Kind::Table, name, signature, result, doc, example)
}

const COUNTED: &[&str] = &["19:00:00 | a", "19:00:01 | b", "19:00:02 | a", "19:00:10 | c"];

#[rustfmt::skip]
pub const TABLES: &[Routine] = &[
    table("GROUP_RANK", "GROUP_RANK(CURSOR(query), 'column', 'rank column', 'asc' | 'desc', 'asc' | 'desc', maxIdle, outputMax)",
        "the columns of the cursor and the rank, INTEGER",
        "Ranks the rows of one ROWTIME, and lets the best through.",
        Example::Program {
            sql: "SELECT STREAM k, v, place FROM TABLE(GROUP_RANK(CURSOR(SELECT STREAM k, v FROM S), \
                  'V', 'PLACE', 'desc', 'asc', 0, 2))",
            target: "(K VARCHAR(8), V INTEGER, PLACE INTEGER)",
            rows: &["19:00:10 | a | 5", "19:00:10 | b | 9", "19:00:10 | c | 7", "19:00:20 | a | 1"],
            gives: &["19:00:10 | b | 9 | 1", "19:00:10 | c | 7 | 2"],
        }),
    table("TOP_K_ITEMS_TUMBLING", "TOP_K_ITEMS_TUMBLING(CURSOR(query), 'column', k, seconds)",
        "ITEM VARCHAR(1024), ITEM_COUNT BIGINT", "The k most frequent values of each window.",
        Example::Program {
            sql: "SELECT STREAM item, item_count FROM TABLE(TOP_K_ITEMS_TUMBLING(CURSOR(SELECT STREAM k FROM S), \
                  'K', 1, 10))",
            target: "(ITEM VARCHAR(1024), ITEM_COUNT BIGINT)",
            rows: COUNTED,
            gives: &["19:00:10 | a | 2", "19:00:20 | c | 1"],
        }).since(2017)
        .but("Counted exactly; the service estimates with Space Saving. Windows begin at the epoch."),
    table("COUNT_DISTINCT_ITEMS_TUMBLING", "COUNT_DISTINCT_ITEMS_TUMBLING(CURSOR(query), 'column', seconds)",
        "NUMBER_OF_DISTINCT_ITEMS BIGINT", "How many different values each window has.",
        Example::Program {
            sql: "SELECT STREAM number_of_distinct_items FROM TABLE(COUNT_DISTINCT_ITEMS_TUMBLING(\
                  CURSOR(SELECT STREAM k FROM S), 'K', 10))",
            target: "(N BIGINT)",
            rows: COUNTED,
            gives: &["19:00:10 | 2", "19:00:20 | 1"],
        }).since(2017)
        .but("Counted exactly; the service estimates beyond 10,000. Windows begin at the epoch."),
    table("RANDOM_CUT_FOREST", "RANDOM_CUT_FOREST(CURSOR(query) [, trees, sampleSize, timeDecay, shingleSize])",
        "the columns of the cursor and ANOMALY_SCORE DOUBLE", "How unlike the rows before each row is.",
        Example::Program {
            sql: "SELECT STREAM v, anomaly_score FROM TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM v FROM S)))",
            target: "(V INTEGER, SCORE DOUBLE)",
            rows: &["19:00:00 | a | 1", "19:00:01 | a | 90"],
            gives: &["19:00:00 | 1 | 0.0", "19:00:01 | 90 | 0.0"],
        }).but(SCORES),
    table("RANDOM_CUT_FOREST_WITH_EXPLANATION",
        "RANDOM_CUT_FOREST_WITH_EXPLANATION(CURSOR(query) [, trees, sampleSize, timeDecay, shingleSize, withDirectionality])",
        "the columns of the cursor, ANOMALY_SCORE DOUBLE and ANOMALY_EXPLANATION VARCHAR",
        "As RANDOM_CUT_FOREST, with the share of each column.",
        Example::Program {
            sql: "SELECT STREAM v, anomaly_score FROM TABLE(RANDOM_CUT_FOREST_WITH_EXPLANATION(\
                  CURSOR(SELECT STREAM v FROM S), 100, 256, 100000, 1, TRUE))",
            target: "(V INTEGER, SCORE DOUBLE)",
            rows: &["19:00:00 | a | 1", "19:00:01 | a | 90"],
            gives: &["19:00:00 | 1 | 0.0", "19:00:01 | 90 | 0.0"],
        }).since(2017).but(SCORES),
    table("HOTSPOTS", "HOTSPOTS(CURSOR(query), windowSize, scanRadius, minimumNumberOfPointsInAHotspot)",
        "the columns of the cursor and HOTSPOTS_RESULT VARCHAR", "Where the newest rows lie close together.",
        Example::Program {
            sql: "SELECT STREAM x, hotspots_result FROM TABLE(HOTSPOTS(CURSOR(SELECT STREAM x FROM S), 100, 1.0, 2))",
            target: "(X DOUBLE, SPOTS VARCHAR(1024))",
            rows: &["19:00:00 | a | 1 | 5.0"],
            gives: &["19:00:00 | 5.0 | \"{\"\"hotspots\"\":[]}\""],
        }).since(2018)
        .but("DBSCAN with the radius and the minimum given; how the service finds its regions is not published."),
];

/// A parser over one line, its fields in columns.
const fn parser(
    name: &'static str,
    signature: &'static str,
    result: &'static str,
    doc: &'static str,
    example: Example,
) -> Routine {
    Routine::new(Kind::Parser, name, signature, result, doc, example)
}

#[rustfmt::skip]
pub const PARSERS: &[Routine] = &[
    parser("VARIABLE_COLUMN_LOG_PARSE",
        "VARIABLE_COLUMN_LOG_PARSE(<CHARACTER>, columns, delimiter [, escape [, quotes]])",
        "COLUMN1 and so on VARCHAR(1024), or the columns named",
        "A line cut at a delimiter.",
        Example::Program {
            sql: "SELECT STREAM t.r.COLUMN1, t.r.COLUMN2 FROM (SELECT STREAM \
                  VARIABLE_COLUMN_LOG_PARSE(line, 2, ',', '\\') FROM S) AS t(r)",
            target: "(A VARCHAR(16), B VARCHAR(16))",
            rows: &["19:00:00 | a | 1 | 0 | p,q\\,r"],
            gives: &["19:00:00 | p | \"q,r\""],
        }),
    parser("FIXED_COLUMN_LOG_PARSE",
        "FIXED_COLUMN_LOG_PARSE(<CHARACTER>, 'name TYPE type START place [FOR length], ...')",
        "the columns named", "A line cut at places, counted from 0.",
        Example::Program {
            sql: "SELECT STREAM t.r.CODE, t.r.LEVEL FROM (SELECT STREAM FIXED_COLUMN_LOG_PARSE(line, \
                  'CODE TYPE VARCHAR(3) START 0, LEVEL TYPE INTEGER START 3 FOR 2') FROM S) AS t(r)",
            target: "(CODE VARCHAR(3), LEVEL INTEGER)",
            rows: &["19:00:00 | a | 1 | 0 | abc42 and more"],
            gives: &["19:00:00 | abc | 42"],
        }),
    parser("REGEX_LOG_PARSE", "REGEX_LOG_PARSE(<CHARACTER>, regex)", "COLUMN1 and so on VARCHAR(1024), one for each group",
        "The groups of a regular expression that the whole line fits; NULLs if it does not.",
        Example::Program {
            sql: "SELECT STREAM t.r.COLUMN1, t.r.COLUMN2 FROM (SELECT STREAM \
                  REGEX_LOG_PARSE(line, '(\\w+)=(\\d+)') FROM S) AS t(r)",
            target: "(A VARCHAR(16), B VARCHAR(16))",
            rows: &["19:00:00 | a | 1 | 0 | level=7", "19:00:01 | a | 1 | 0 | none"],
            gives: &["19:00:00 | level | 7", "19:00:01 | NULL | NULL"],
        }),
    parser("FAST_REGEX_LOG_PARSE", "FAST_REGEX_LOG_PARSE(<CHARACTER>, pattern)",
        "COLUMN1 and so on VARCHAR(1024), one for each group",
        "The groups of a pattern matched lazily, without going back; no row if it does not fit.",
        Example::Program {
            sql: "SELECT STREAM t.r.COLUMN1, t.r.COLUMN2 FROM (SELECT STREAM \
                  FAST_REGEX_LOG_PARSE(line, '(.*)_+(.*)') FROM S) AS t(r)",
            target: "(A VARCHAR(16), B VARCHAR(16))",
            rows: &["19:00:00 | a | 1 | 0 | Ab____cd_ef", "19:00:01 | a | 1 | 0 | none"],
            gives: &["19:00:00 | Ab | cd_ef"],
        })
        .but("The documented figures come out; where they leave the way open, it is ours. & joins single signs."),
    parser("FAST_REGEX_LOG_PARSER", "FAST_REGEX_LOG_PARSER(<CHARACTER>, pattern)",
        "COLUMN1 and so on VARCHAR(1024), one for each group", "As FAST_REGEX_LOG_PARSE.",
        Example::Program {
            sql: "SELECT STREAM t.r.COLUMN1 FROM (SELECT STREAM \
                  FAST_REGEX_LOG_PARSER(line, 'level=([0-9]+)') FROM S) AS t(r)",
            target: "(A VARCHAR(16))",
            rows: &["19:00:00 | a | 1 | 0 | level=70"],
            gives: &["19:00:00 | 70"],
        }),
    parser("SYS_LOG_PARSE", "SYS_LOG_PARSE(<CHARACTER>)", "COLUMN1 TIMESTAMP, COLUMN2 VARCHAR(1024)",
        "The moment and the text of a line of syslog, in the year of the query.",
        Example::Program {
            sql: "SELECT STREAM t.r.COLUMN1, t.r.COLUMN2 FROM (SELECT STREAM SYS_LOG_PARSE(line) FROM S) AS t(r)",
            target: "(A TIMESTAMP, B VARCHAR(32))",
            rows: &["19:00:00 | a | 1 | 0 | Oct 26 18:59:58 pier pump stopped"],
            gives: &["19:00:00 | 18:59:58 | pier pump stopped"],
        }),
    parser("W3C_LOG_PARSE", "W3C_LOG_PARSE(<CHARACTER>, format)",
        "COLUMN1 and so on, one for each field of the format",
        "The fields of a web server's log, in a named format or one of Apache's.",
        Example::Program {
            sql: "SELECT STREAM t.r.COLUMN1, t.r.COLUMN5, t.r.COLUMN6 FROM (SELECT STREAM \
                  W3C_LOG_PARSE(line, 'COMMON') FROM S) AS t(r)",
            target: "(HOST VARCHAR(16), REQUEST VARCHAR(32), STATUS VARCHAR(4))",
            rows: &["19:00:00 | a | 1 | 0 | 10.0.0.9 - - [26/Oct/2016:18:59:58 +0000] \"GET / HTTP/1.1\" 200 512"],
            gives: &["19:00:00 | 10.0.0.9 | GET / HTTP/1.1 | 200"],
        })
        .but("The format IIS is refused: it has a name and no published description."),
];
