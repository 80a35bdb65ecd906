//! A lab from text: what a learner types, with waits between.

use pumphouse::base::seed::Seed;
use pumphouse::base::time::{Span, Timestamp};
use pumphouse::guide;
use pumphouse::lab::view::Refusal;
use pumphouse::lab::{Lab, Settings};
use pumphouse::sim::command::Command;

/// A fresh world with a seed, its laws checked after every step of time.
pub fn lab(seed: u64) -> Lab {
    Lab::open(Settings { seed: Seed(seed), start: Timestamp::OPENING }).checking_laws()
}

/// Types one line: a command, or `wait SPAN`.
pub fn give(lab: &mut Lab, line: &str) -> Result<String, Refusal> {
    if let Some(span) = line.strip_prefix("wait ") {
        lab.advance(Span::parse(span).expect("a length of time"));
        return Ok(String::new());
    }
    let command = Command::parse(line, &guide::texts).unwrap_or_else(|it| panic!("{line}: {}", it.message));
    lab.apply(command)
}

/// Types lines of which none may be refused.
pub fn act(lab: &mut Lab, lines: &str) {
    for line in lines.lines().map(str::trim).filter(|it| !it.is_empty()) {
        if let Err(refusal) = give(lab, line) {
            panic!("{line}: {}: {} {:?}", refusal.code, refusal.message, refusal.diagnostics);
        }
    }
}

/// Activity 1: the stream, the user, the producer at 300 records a second.
pub const ACTIVITY_1: &str = "
    create stream iot-sensors 2
    wait 20s
    create user kinesis_producer
    attach policy kinesis_producer AmazonKinesisFullAccess
    producer credentials kinesis_producer
    producer region us-west-2
    producer stream iot-sensors
    producer rate 300
    producer template @workshop
    producer start
    wait 5s";

/// Activity 2: the application with the six statements of the slides.
pub const ACTIVITY_2: &str = "
    create app iot-analytics
    connect source iot-analytics iot-sensors
    save schema iot-analytics
    run app iot-analytics
    wait 30s
    save sql iot-analytics @activity-2
    wait 40s";

/// Activity 3: delivery of the filtered rows.
pub const ACTIVITY_3: &str = "
    stop app iot-analytics
    wait 10s
    create delivery iot-filtered bucket ann-filtered-iot-data buffer 5MB 60s compression none encryption none log on role new
    wait 25s
    connect destination iot-analytics iot-filtered FILTERED_STREAM csv
    run app iot-analytics
    wait 100s";
