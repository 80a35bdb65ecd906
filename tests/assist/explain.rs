//! Programs told in plain words.

use pumphouse::sql::assist::explain;

use super::{WORKSHOP, catalog};

fn told(text: &str) -> String {
    match explain(text, &catalog()) {
        Ok(told) => told.to_string(),
        Err(said) => panic!("{text}\nis refused: {said:?}"),
    }
}

/// The slides' program, whole.
#[test]
fn the_workshop() {
    let expected = "\
SOURCE_SQL_STREAM_001
└─ DEDUP_PUMP → CLEAN_IOT_STREAM
   ├─ FILTER_PUMP → FILTERED_STREAM
   └─ AGGREGATE_PUMP → AGGREGATE_STREAM
GATE  (nothing reads it)

DEDUP_PUMP: SOURCE_SQL_STREAM_001 → CLEAN_IOT_STREAM
  Lets each combination of APPROXIMATE_ARRIVAL_TIME, \"sensorId\", \"eventTimeStamp\", \"ambientTemp\", \
\"measuredTemp\" and FLOOR(ROWTIME TO SECOND) through once per window of 1 second.
  Cuts EVENT_TIMESTAMP to 16 characters; longer text loses its end.
  Remembers the combinations of one window of 1 second, then forgets them.
  Speaks: When a window ends, by a later row or by the clock; ROWTIME is the end of the window. A window without rows says nothing.

FILTER_PUMP: CLEAN_IOT_STREAM → FILTERED_STREAM
  Keeps the rows where ABS(MEASURED_TEMP - AMBIENT_TEMP) > 20.
  Takes INGEST_TIME, SENSOR_ID, EVENT_TIMESTAMP, AMBIENT_TEMP, MEASURED_TEMP and DEDUP_WINDOW.
  Remembers nothing.
  Speaks: At once, with the ROWTIME of the row it read.

AGGREGATE_PUMP: CLEAN_IOT_STREAM → AGGREGATE_STREAM
  Computes AVG(AMBIENT_TEMP), AVG(MEASURED_TEMP) and COUNT(SENSOR_ID) for each SENSOR_ID in each window of 10 seconds.
  Remembers one group for each SENSOR_ID of the open window of 10 seconds.
  Speaks: When a window ends, by a later row or by the clock; ROWTIME is the end of the window. A window without rows says nothing.

In quotes, so exactly as written: \"sensorId\", \"eventTimeStamp\", \"ambientTemp\", \"measuredTemp\", \
\"SOURCE_SQL_STREAM_001\" (the same as SOURCE_SQL_STREAM_001).
";
    assert_eq!(told(WORKSHOP), expected);
}

/// HAVING keeps groups; what is younger than the workshop is named with its year.
#[test]
fn groups_and_younger_words() {
    let text = "CREATE STREAM low (k VARCHAR(4), n BIGINT);
CREATE PUMP p STOPPED AS INSERT INTO low SELECT STREAM k, COUNT(*) FROM GATE
GROUP BY k, STEP(GATE.ROWTIME BY INTERVAL '90' SECOND) HAVING COUNT(*) > 2 AND MIN(v) IS NOT NULL;";
    let told = told(text);
    for line in [
        "└─ P (stopped) → LOW",
        "  Stopped, until ALTER PUMP P START.",
        "  Computes COUNT(*) and MIN(V) for each K in each window of 90 seconds.",
        "  Keeps the groups where COUNT(*) > 2 AND MIN(V) IS NOT NULL.",
        "Younger than the workshop of 2016: STEP (2017).",
    ] {
        assert!(told.lines().any(|it| it == line), "{line}\nis not in\n{told}");
    }
}

/// A stream that several pumps feed is drawn once.
#[test]
fn one_stream_two_pumps() {
    let text = "CREATE STREAM a (k VARCHAR(4)); CREATE STREAM alone (k VARCHAR(4));
CREATE PUMP p AS INSERT INTO a SELECT STREAM k FROM GATE; CREATE PUMP q AS INSERT INTO a SELECT STREAM k FROM GATE WHERE v > 1;";
    let expected = "\
SOURCE_SQL_STREAM_001  (nothing reads it)
GATE
├─ P → A
└─ Q → A  (see above)
ALONE  (nothing writes into it)
";
    assert!(told(text).starts_with(expected), "{}", told(text));
}

/// What is wrong is said instead.
#[test]
fn refused_programs() {
    let said = explain("CREATE PUMP p AS INSERT INTO nowhere SELECT STREAM k FROM GATE;", &catalog());
    assert_eq!(said.expect_err("the target does not exist")[0].message, "stream NOWHERE does not exist");
}

/// A join says which side a name belongs to, what waits how long, and when it speaks.
#[test]
fn a_join_in_time() {
    let told = told(
        "CREATE STREAM PAIRS (k VARCHAR(4), v INTEGER, w INTEGER);
         CREATE PUMP P AS INSERT INTO PAIRS SELECT STREAM a.k, a.v, b.v
         FROM GATE OVER (RANGE INTERVAL '1' MINUTE PRECEDING) AS a JOIN GATE AS b ON a.k = b.k;",
    );
    let pump = told.split("P: GATE → PAIRS\n").nth(1).expect("the pump is told");
    assert_eq!(
        pump.trim_end(),
        "  Pairs rows of both sides where left K = right K.
  Takes left K, left V and right V.
  Remembers of the left side the last 1 minute.
  Remembers of the right side the rows of the current moment only.
  Speaks: At once when a partner comes; ROWTIME is the later of both."
    );
}
