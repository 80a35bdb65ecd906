//! The proofs, by name. Each is a pure function of a [`View`]: a state of the world, never a button.
//!
//! A check asks for the facts its step needs and nothing else: any names will do, and extra streams,
//! columns, pumps or detours are welcome. What a query does decides, not how it is written. Each answers
//! *done*, *waiting* (only time is missing) or *not yet* with one sentence that says what is missing.

use super::Verdict;
use crate::lab::view::View;

mod activity_1;
mod activity_2;
mod activity_3;

pub(crate) use activity_2::{has_six, is_number};

/// A condition that can be looked up by the name the steps use.
#[derive(Debug)]
pub struct Check {
    /// `1-A.active`.
    pub name: &'static str,
    /// A few words for a list of conditions; may hold roles in braces.
    pub what: &'static str,
    pub judge: fn(&View) -> Verdict,
}

/// Every check, in the order of the workshop.
pub static CHECKS: &[Check] = &[
    Check { name: "1-A.created", what: "a stream with two shards", judge: activity_1::created },
    Check { name: "1-A.active", what: "the stream is ACTIVE", judge: activity_1::active },
    Check { name: "1-B.user", what: "a user with an access key", judge: activity_1::user },
    Check { name: "1-B.allowed", what: "{user} may write to {stream}", judge: activity_1::allowed },
    Check { name: "1-B.least", what: "{user} may do no more than that", judge: activity_1::least },
    Check { name: "1-C.aimed", what: "credentials, region and stream are set", judge: activity_1::aimed },
    Check { name: "1-C.rate", what: "a rate from 100 to 500", judge: activity_1::rate },
    Check { name: "1-C.template", what: "the template makes good records", judge: activity_1::template },
    Check { name: "1-C.flowing", what: "records flow into {stream}", judge: activity_1::flowing },
    Check { name: "1-C.spread", what: "both shards receive", judge: activity_1::spread },
    Check { name: "R1.1", what: "how much a shard takes", judge: |it| activity_1::answered(it, "R1.1") },
    Check { name: "R1.2", what: "how a shard is chosen", judge: |it| activity_1::answered(it, "R1.2") },
    Check { name: "R1.3", what: "a good partition key", judge: |it| activity_1::answered(it, "R1.3") },
    Check { name: "R2.graph", what: "IncomingRecords, 1-minute sum", judge: activity_1::graph },
    Check { name: "R2.match", what: "your number came true", judge: activity_1::predicted },
    Check { name: "R2.shards", what: "a minute of both shards", judge: activity_1::shard_lines },
    Check { name: "2-A.input", what: "{app} reads {stream}", judge: activity_2::input },
    Check { name: "2-A.running", what: "rows arrive in {in_app}", judge: activity_2::running },
    Check { name: "2-B.stream", what: "a stream with the six columns", judge: activity_2::clean_stream },
    Check { name: "2-B.pump", what: "a pump with DISTINCT over a second", judge: activity_2::dedup_pump },
    Check { name: "2-B.rows", what: "rows arrive in {clean}", judge: activity_2::clean_rows },
    Check {
        name: "2-B.dedup",
        what: "what the window removes",
        judge: |it| activity_1::answered(it, "2-B.dedup"),
    },
    Check { name: "2-C.pump", what: "a filter for more than 20 degrees", judge: activity_2::filter_pump },
    Check { name: "2-C.rows", what: "100 rows in {filtered}", judge: activity_2::filtered_rows },
    Check { name: "2-D.window", what: "a pump that groups by key and time", judge: activity_2::window },
    Check { name: "2-D.results", what: "two windows in a row have spoken", judge: activity_2::results },
    Check {
        name: "W.tumbling",
        what: "the tumbling window",
        judge: |it| activity_1::answered(it, "W.tumbling"),
    },
    Check {
        name: "W.sliding",
        what: "the sliding window",
        judge: |it| activity_1::answered(it, "W.sliding"),
    },
    Check {
        name: "W.custom",
        what: "a window of one's own",
        judge: |it| activity_1::answered(it, "W.custom"),
    },
    Check { name: "2-E.stopped", what: "{app} is stopped", judge: activity_2::stopped },
    Check { name: "R3", what: "what is unique", judge: |it| activity_1::answered(it, "R3") },
    Check { name: "3-A.active", what: "{delivery} is ACTIVE", judge: activity_3::active },
    Check { name: "3-A.config", what: "5 MB, 60 s, plain, logging on", judge: activity_3::config },
    Check { name: "3-A.role", what: "its role may write to {bucket}", judge: activity_3::role },
    Check { name: "3-B.output", what: "{filtered} goes to {delivery} as CSV", judge: activity_3::output },
    Check { name: "3-B.arriving", what: "rows arrive at {delivery}", judge: activity_3::arriving },
    Check { name: "3-C.object", what: "an object in {bucket}", judge: activity_3::object },
    Check { name: "3-C.opened", what: "you have opened it", judge: activity_3::opened },
    Check { name: "3-C.traced", what: "a line traced to its record", judge: activity_3::traced },
    Check { name: "R4.1", what: "what could prevent delivery", judge: |it| activity_1::answered(it, "R4.1") },
    Check { name: "R4.2", what: "where you would look", judge: |it| activity_1::answered(it, "R4.2") },
    Check { name: "3-D.clean", what: "what the slides list is gone", judge: activity_3::clean },
];

/// The check of this name.
pub fn find(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|it| it.name == name)
}
