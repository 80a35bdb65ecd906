//! CloudWatch Logs: groups of log streams, each a list of events in order of time.
//!
//! The console makes the group of a delivery stream together with it when error logging is on
//! (firehose.md section 7). Groups stay when what wrote to them is deleted, as they do on AWS; the
//! clean-up list of the slides forgets them.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::base::time::Timestamp;

/// Events a group keeps; the oldest are forgotten first. The real service keeps them for ever.
pub const EVENTS_MAX: usize = 5_000;

/// Every log group of the account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Logs {
    groups: BTreeMap<String, LogGroup>,
}

/// The events of one group, over all of its log streams.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogGroup {
    pub created_at: Timestamp,
    /// Oldest first.
    events: VecDeque<LogEvent>,
}

/// One line of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEvent {
    pub at: Timestamp,
    /// The log stream, such as `S3Delivery`.
    pub stream: String,
    pub message: String,
}

impl Logs {
    /// Makes a group if it does not exist.
    pub fn create_group(&mut self, now: Timestamp, name: &str) {
        if !self.groups.contains_key(name) {
            self.groups.insert(name.to_owned(), LogGroup { created_at: now, events: VecDeque::new() });
        }
    }

    /// Removes a group with its events; says whether it was there.
    pub fn delete_group(&mut self, name: &str) -> bool {
        self.groups.remove(name).is_some()
    }

    /// Writes an event; `false` where the group does not exist, and then nothing is written.
    pub fn put(&mut self, now: Timestamp, group: &str, stream: &str, message: String) -> bool {
        let Some(group) = self.groups.get_mut(group) else { return false };
        if group.events.len() == EVENTS_MAX {
            group.events.pop_front();
        }
        group.events.push_back(LogEvent { at: now, stream: stream.to_owned(), message });
        true
    }

    /// The groups by name.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &LogGroup)> {
        self.groups.iter().map(|(name, group)| (name.as_str(), group))
    }

    pub fn group(&self, name: &str) -> Option<&LogGroup> {
        self.groups.get(name)
    }
}

impl LogGroup {
    /// The events, oldest first.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &LogEvent> + ExactSizeIterator {
        self.events.iter()
    }
}
