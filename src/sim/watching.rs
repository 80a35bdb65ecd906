//! What the learner has opened, answered and traced: part of the world, because the guide proves steps
//! from the world alone.

use serde::{Deserialize, Serialize};

use crate::base::time::{Span, Timestamp};

/// How many opened objects and traced lines are remembered; the oldest are forgotten first.
pub const REMEMBERED_MAX: usize = 200;

/// Everything a person has looked at that a proof may ask about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Watching {
    pub graph: Option<Graph>,
    pub answers: Vec<Answer>,
    /// `bucket/key`.
    pub opened: Vec<String>,
    /// `bucket/key:line`.
    pub traced: Vec<String>,
    /// Key ids and secrets shown since the last command.
    pub shown_secrets: Vec<(String, String)>,
}

/// The open graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    pub metric: String,
    /// The stream, delivery stream or application it is about.
    pub name: String,
    /// `sum`, `average`, `minimum`, `maximum` or `samplecount`.
    pub statistic: String,
    pub period: Span,
}

/// An answer to a question of the guide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub step: String,
    pub text: String,
    pub at: Timestamp,
}

impl Watching {
    pub fn open(&mut self, bucket: &str, key: &str) {
        remember(&mut self.opened, format!("{bucket}/{key}"));
    }

    pub fn trace(&mut self, bucket: &str, key: &str, line: u64) {
        remember(&mut self.traced, format!("{bucket}/{key}:{line}"));
    }
}

fn remember(list: &mut Vec<String>, entry: String) {
    list.retain(|it| *it != entry);
    list.push(entry);
    if list.len() > REMEMBERED_MAX {
        list.remove(0);
    }
}
