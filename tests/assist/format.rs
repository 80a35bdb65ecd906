//! The house layout: what it looks like, and that it changes nothing.

use pumphouse::sql::assist::{format, format_with};
use pumphouse::sql::parse::{self, TokenKind};

use super::{WORKSHOP, programs};

#[track_caller]
fn becomes(text: &str, expected: &str) {
    let expected = expected.trim_start_matches('\n');
    match format(text) {
        Ok(out) => assert_eq!(out, expected, "\nfrom\n{text}"),
        Err(said) => panic!("{text}\nis refused: {said:?}"),
    }
    assert_eq!(format(expected).as_deref(), Ok(expected), "the layout of a laid-out text is another one");
}

/// The tokens of a text with the case of unquoted words folded, without comments and semicolons; and the
/// comments.
fn meaning(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut words, mut comments) = (Vec::new(), Vec::new());
    for token in parse::parse(text).tokens {
        let written = text[token.span.clone()].replace("\r\n", "\n");
        match token.kind {
            TokenKind::Comment => comments.push(written.trim_end().to_owned()),
            TokenKind::Keyword | TokenKind::Name => words.push(written.to_uppercase()),
            _ if written == ";" => {}
            _ => words.push(written),
        }
    }
    comments.sort();
    (words, comments)
}

/// Print, parse, print: each program of the project means the same laid out, and stays as it is then.
#[test]
fn every_program_keeps_its_meaning_and_its_layout() {
    let programs = programs();
    assert!(100 < programs.len(), "only {} programs were found", programs.len());
    let mut wrong = Vec::new();
    let mut laid_out = 0;
    for (name, text) in &programs {
        let Ok(once) = format(text) else { continue };
        laid_out += 1;
        if meaning(text) != meaning(&once) {
            wrong.push(format!("{name}: another meaning\n{text}\nbecame\n{once}"));
        }
        match format(&once) {
            Ok(twice) if twice == once => {}
            Ok(twice) => wrong.push(format!("{name}: not stable\n{once}\nbecame\n{twice}")),
            Err(said) => wrong.push(format!("{name}: {once}\nis refused: {said:?}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {laid_out}:\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(100 < laid_out, "only {laid_out} programs could be read");
}

/// Every readable statement is truly laid out: none was given back as it was because its tokens came out
/// different. Blanks in front of every word tell the two apart.
#[test]
fn no_statement_is_given_up() {
    let mut wrong = Vec::new();
    for (name, text) in programs() {
        let script = parse::parse(&text);
        if !script.errors.is_empty() {
            continue;
        }
        let mut spread = String::new();
        for (at, token) in script.tokens.iter().enumerate() {
            let glued = at == 0 || script.tokens[at - 1].span.end == token.span.start;
            let kept = at == 0 || text[script.tokens[at - 1].span.end..token.span.start].contains('\n');
            spread.push_str(if kept {
                "\n  "
            } else if glued {
                ""
            } else {
                "   "
            });
            spread.push_str(&text[token.span.clone()]);
        }
        let once = format(&text);
        if format(&spread) != once {
            wrong.push(format!(
                "{name}:\n{}\nis not\n{}",
                format(&spread).unwrap_or_default(),
                once.unwrap_or_default()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n\n"));
}

/// The slides' own program, as the house writes it.
#[test]
fn the_workshop() {
    becomes(
        WORKSHOP,
        "
CREATE OR REPLACE STREAM CLEAN_IOT_STREAM (
    ingest_time     TIMESTAMP,
    sensor_id       VARCHAR(16),
    event_timestamp VARCHAR(16),
    ambient_temp    DECIMAL(16,2),
    measured_temp   DECIMAL(16,2),
    dedup_window    TIMESTAMP
);

CREATE OR REPLACE PUMP DEDUP_PUMP AS
INSERT INTO CLEAN_IOT_STREAM
SELECT STREAM DISTINCT
    APPROXIMATE_ARRIVAL_TIME,
    \"sensorId\",
    \"eventTimeStamp\",
    \"ambientTemp\",
    \"measuredTemp\",
    FLOOR(\"SOURCE_SQL_STREAM_001\".ROWTIME TO SECOND)
FROM SOURCE_SQL_STREAM_001;

CREATE OR REPLACE STREAM FILTERED_STREAM (
    ingest_time     TIMESTAMP,
    sensor_id       VARCHAR(16),
    event_timestamp VARCHAR(16),
    ambient_temp    DECIMAL(16,2),
    measured_temp   DECIMAL(16,2),
    dedup_window    TIMESTAMP
);

CREATE OR REPLACE PUMP FILTER_PUMP AS
INSERT INTO FILTERED_STREAM
SELECT STREAM ingest_time, sensor_id, event_timestamp, ambient_temp, measured_temp, dedup_window
FROM CLEAN_IOT_STREAM
WHERE ABS(measured_temp - ambient_temp) > 20;

CREATE OR REPLACE STREAM AGGREGATE_STREAM (
    sensor_id         VARCHAR(16),
    avg_ambient_temp  DECIMAL(16,2),
    avg_measured_temp DECIMAL(16,2),
    measurements      INTEGER
);

CREATE OR REPLACE PUMP AGGREGATE_PUMP AS
INSERT INTO AGGREGATE_STREAM
SELECT STREAM sensor_id, AVG(ambient_temp), AVG(measured_temp), COUNT(sensor_id)
FROM CLEAN_IOT_STREAM
GROUP BY
    sensor_id,
    FLOOR((CLEAN_IOT_STREAM.ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND / 10 TO SECOND);
",
    );
}

/// Comments stay, beside what they stood beside; CRLF becomes LF; the last semicolon is written.
#[test]
fn comments_stay() {
    becomes(
        "-- the gates\r\ncreate stream g (k varchar(4), -- which gate\r\n n integer not null); -- done\r\n\r\n\
         /* counts\r\n   them */\r\ncreate pump p as insert into g -- the target\r\nselect stream k /* key */, count(*) // all\r\n\
         from gate -- the source\r\ngroup by k, floor(gate.rowtime to minute)",
        "
-- the gates
CREATE STREAM g (
    k VARCHAR(4), -- which gate
    n INTEGER NOT NULL
); -- done

/* counts
   them */
CREATE PUMP p AS
INSERT INTO g -- the target
SELECT STREAM k, /* key */ COUNT(*) // all
FROM gate -- the source
GROUP BY k, FLOOR(gate.ROWTIME TO MINUTE);
",
    );
}

/// Names keep their letters, keywords that may be names are capitals only as keywords.
#[test]
fn names_are_untouched() {
    becomes(
        "create stream Type (Key varchar(4), first integer, step integer, \"select\" date);",
        "
CREATE STREAM Type (
    Key      VARCHAR(4),
    first    INTEGER,
    step     INTEGER,
    \"select\" DATE
);
",
    );
    becomes(
        "create pump p as insert into x select stream type, key as first, step(s.rowtime by interval '1' minute) as step from Source as s;",
        "
CREATE PUMP p AS
INSERT INTO x
SELECT STREAM type, key AS first, STEP(s.ROWTIME BY INTERVAL '1' MINUTE) AS step
FROM Source AS s;
",
    );
}

/// Sub-queries, joins, windows and CASE: short on one line, long one below the other.
#[test]
fn long_queries_break() {
    becomes(
        "create pump p as insert into x (a, b) select stream a.id, case when b.v between 1 and 2 then 'low' when b.v < 100 then 'middle' else 'high, very high' end, \
         sum(b.v) over w as total from a over (range interval '1' minute preceding) as a left join b on a.id = b.id and b.v > - 1 \
         where a.id in (1, 2) and b.v is distinct from 3 or b.v is not null and extract(hour from a.rowtime) > 7 window w as (partition by b.k range interval '10' second preceding);",
        "
CREATE PUMP p AS
INSERT INTO x (a, b)
SELECT STREAM
    a.id,
    CASE
        WHEN b.v BETWEEN 1 AND 2 THEN 'low'
        WHEN b.v < 100 THEN 'middle'
        ELSE 'high, very high'
    END,
    SUM(b.v) OVER w AS total
FROM a OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS a
LEFT JOIN b ON a.id = b.id AND b.v > -1
WHERE a.id IN (1, 2)
    AND b.v IS DISTINCT FROM 3
    OR b.v IS NOT NULL
    AND EXTRACT(HOUR FROM a.ROWTIME) > 7
WINDOW w AS (PARTITION BY b.k RANGE INTERVAL '10' SECOND PRECEDING);
",
    );
    becomes(
        "create pump p as insert into x select stream * from (select stream k, count(*) as n from gate where k is not null group by k, floor(gate.rowtime to minute)) as t(k, n) where n > 1 union all select stream k, v from gate;",
        "
CREATE PUMP p AS
INSERT INTO x
SELECT STREAM *
FROM (
    SELECT STREAM k, COUNT(*) AS n
    FROM gate
    WHERE k IS NOT NULL
    GROUP BY k, FLOOR(gate.ROWTIME TO MINUTE)
) AS t(k, n)
WHERE n > 1
UNION ALL
SELECT STREAM k, v
FROM gate;
",
    );
    becomes(
        "create pump p as insert into x select stream \"k\", anomaly_score from table(random_cut_forest(cursor(select stream * from \"SOURCE_SQL_STREAM_001\")));",
        "
CREATE PUMP p AS
INSERT INTO x
SELECT STREAM \"k\", anomaly_score
FROM TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM * FROM \"SOURCE_SQL_STREAM_001\")));
",
    );
}

/// A statement that cannot be read stays as it is; the others do not mind.
#[test]
fn broken_statements_stay() {
    let text = "create stream  a (k  varchar(4);\n\n\ncreate stream b (k varchar(4));";
    let formatted = format_with(text).expect("one statement can be read");
    assert_eq!(formatted.text, "create stream  a (k  varchar(4);\n\nCREATE STREAM b (k VARCHAR(4));\n");
    assert_eq!(formatted.left.len(), 1);
    let said = format("selekt x").expect_err("nothing can be read");
    assert_eq!(said[0].message, "selekt begins no statement");
    assert_eq!(format("-- nothing yet\n\n\n").as_deref(), Ok("-- nothing yet\n"));
    assert_eq!(format("").as_deref(), Ok(""));
}
