//! Applications as a learner types them: every kind of pump, with the laws checked after every step.

use pumphouse::sim::command::Command;

use crate::support::{ACTIVITY_1, act, give, lab};

/// Pumps that read several streams, or a table.
const CODE: &str = r#"
CREATE STREAM HOT (sensor VARCHAR(16), t INTEGER);
CREATE PUMP HOT_PUMP AS INSERT INTO HOT
SELECT STREAM "sensorId", "measuredTemp" FROM SOURCE_SQL_STREAM_001 WHERE "measuredTemp" > 90;
CREATE STREAM COLD (sensor VARCHAR(16), t INTEGER);
CREATE PUMP COLD_PUMP AS INSERT INTO COLD
SELECT STREAM "sensorId", "measuredTemp" FROM SOURCE_SQL_STREAM_002 WHERE "measuredTemp" < 10;
CREATE STREAM MIXED (sensor VARCHAR(16), t INTEGER);
CREATE PUMP BOTH_PUMP AS INSERT INTO MIXED
SELECT STREAM sensor, t FROM HOT UNION ALL SELECT STREAM sensor, t FROM COLD;
CREATE STREAM PAIRS (sensor VARCHAR(16), hot INTEGER, cold INTEGER);
CREATE PUMP PAIR_PUMP AS INSERT INTO PAIRS
SELECT STREAM h.sensor, h.t, c.t FROM HOT OVER (RANGE INTERVAL '30' SECOND PRECEDING) AS h
LEFT JOIN COLD OVER (RANGE INTERVAL '30' SECOND PRECEDING) AS c ON h.sensor = c.sensor;
CREATE STREAM NAMED (sensor VARCHAR(16), place VARCHAR(16));
CREATE PUMP NAME_PUMP AS INSERT INTO NAMED
SELECT STREAM b.sensor, p."place" FROM MIXED AS b LEFT JOIN "Places" AS p ON p."sensor" = b.sensor;
CREATE STREAM SORTED (sensor VARCHAR(16), t INTEGER);
CREATE PUMP SORT_PUMP AS INSERT INTO SORTED
SELECT STREAM sensor, t FROM MIXED ORDER BY FLOOR(MIXED.ROWTIME TO SECOND), t DESC;
"#;

/// The application of a learner who uses it all: two inputs, a table, joins, unions, sorts. The
/// laws hold all the time, and every stream has rows.
#[test]
fn laws_hold_for_every_kind_of_pump() {
    let mut lab = lab(11);
    act(&mut lab, ACTIVITY_1);
    act(
        &mut lab,
        "create bucket ann-places
         put object ann-places places.csv \"sensor-1,north\\nsensor-2,south\\nsensor-2,delta\\n\"
         create app floors
         connect source floors iot-sensors
         save schema floors
         set parallelism floors 2",
    );
    let schema = r#"[{"name": "sensor", "type": "VARCHAR(16)"}, {"name": "place", "type": "VARCHAR(16)"}]"#;
    let schema = format!(r#"{{"format": "CSV", "columns": {schema}}}"#);
    let line = format!(
        "add reference floors Places ann-places places.csv schema {}",
        serde_json::Value::from(schema)
    );
    act(&mut lab, &line);
    lab.apply(Command::SaveSql { app: "floors".to_owned(), code: CODE.to_owned() })
        .unwrap_or_else(|it| panic!("{it:?}"));
    act(&mut lab, "run app floors\nwait 60s");
    // A stop, a change and a start on the way.
    act(
        &mut lab,
        "stop app floors\nwait 10s\nrun app floors\nwait 40s\nset prefix floors SOURCE_SQL_STREAM\nwait 60s",
    );
    let view = lab.view();
    let app = view.apps.iter().find(|it| it.name == "floors").expect("the application");
    for name in ["HOT", "COLD", "MIXED", "PAIRS", "NAMED", "SORTED"] {
        let stream = app.streams.iter().find(|it| it.name == name).expect(name);
        assert!(0 < stream.rows.total, "{name} has rows");
    }
    let places = app.streams.iter().find(|it| it.name == "NAMED").expect("the stream");
    let named = places.newest.iter().filter(|it| it.cells[1].is_some());
    for row in named {
        let known = ["sensor-1", "sensor-2"].iter().any(|it| Some(*it) == row.cells[0].as_deref());
        assert!(known, "{row:?}");
    }
    // The table cannot go while the code reads it.
    let refusal = give(&mut lab, "delete reference floors").expect_err("it is refused");
    assert_eq!(refusal.code, "CodeValidationException");
}
