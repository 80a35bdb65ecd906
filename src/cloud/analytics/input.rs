//! What an application reads: one stream, and the in-application streams its rows go into.

use serde::{Deserialize, Serialize};

use crate::cloud::error::CloudError;
use crate::cloud::mapping::Schema;

/// The console's name prefix.
pub const PREFIX: &str = "SOURCE_SQL_STREAM";
/// In-application streams that a source can be dealt over (sql.md 6.1).
pub const PARALLELISM_MAX: u32 = 64;

/// What an application reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Input {
    pub stream: String,
    /// `None` until a schema is saved; the source stream exists for the code only then.
    pub schema: Option<Schema>,
    /// What stands in front of `_001`.
    pub prefix: String,
    /// How many in-application streams the shards are dealt over.
    pub parallelism: u32,
}

impl Input {
    pub fn new(stream: &str) -> Self {
        Self { stream: stream.to_owned(), schema: None, prefix: PREFIX.to_owned(), parallelism: 1 }
    }

    /// `SOURCE_SQL_STREAM_001` and so on.
    pub fn source_names(&self) -> Vec<String> {
        (1..=self.parallelism).map(|it| format!("{}_{it:03}", self.prefix)).collect()
    }

    pub(super) fn set_parallelism(&mut self, streams: u32) -> Result<(), CloudError> {
        if !(1..=PARALLELISM_MAX).contains(&streams) {
            let message = format!(
                "1 validation error detected: Value '{streams}' at 'inputParallelismUpdate.countUpdate' failed to \
                 satisfy constraint: Member must have value between 1 and {PARALLELISM_MAX}"
            );
            let hint = "More streams than shards stay empty: one for each shard is the most that helps.";
            return Err(CloudError::new("InvalidArgumentException", message).hint(hint));
        }
        self.parallelism = streams;
        Ok(())
    }

    pub(super) fn set_prefix(&mut self, prefix: &str) -> Result<(), CloudError> {
        let allowed = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let begins = prefix.starts_with(|it: char| it.is_ascii_alphabetic());
        if !(begins && prefix.len() <= 32 && prefix.chars().all(allowed)) {
            let message = format!("name prefix {prefix} is not valid");
            let hint = "A prefix begins with a letter and has up to 32 letters, digits and underscores.";
            return Err(CloudError::new("InvalidArgumentException", message).hint(hint));
        }
        self.prefix = prefix.to_owned();
        Ok(())
    }
}
