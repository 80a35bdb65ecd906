//! The mistakes, by name. Each looks at a [`View`] and says its sentence while the mistake stands.
//!
//! A warning never blocks: it goes away by itself when its cause goes away. Some are about the newest
//! command, refused by its service; those last until the next command. A sentence may also be a note
//! about something that works and is not what the workshop asks for.

use crate::lab::view::{Done, Refusal, View};

mod activity_1;
mod activity_2;
mod activity_3;

/// A mistake that can be looked up by the name the steps use.
#[derive(Debug)]
pub struct Warn {
    pub name: &'static str,
    /// The sentence while the mistake stands.
    pub look: fn(&View) -> Option<String>,
}

/// Every warning, in the order of the workshop.
pub static WARNS: &[Warn] = &[
    Warn { name: "wrong_shard_count", look: activity_1::wrong_shard_count },
    Warn { name: "name_taken", look: activity_1::name_taken },
    Warn { name: "still_creating", look: activity_1::still_creating },
    Warn { name: "illegal_name", look: activity_1::illegal_name },
    Warn { name: "limit_reached", look: activity_1::limit_reached },
    Warn { name: "no_policy", look: activity_1::no_policy },
    Warn { name: "read_only_policy", look: activity_1::read_only_policy },
    Warn { name: "firehose_policy", look: activity_1::firehose_policy },
    Warn { name: "wrong_region", look: activity_1::wrong_region },
    Warn { name: "stream_typo", look: activity_1::stream_typo },
    Warn { name: "odd_rate", look: activity_1::odd_rate },
    Warn { name: "access_denied", look: activity_1::access_denied },
    Warn { name: "quoted_number", look: activity_1::quoted_number },
    Warn { name: "broken_template", look: activity_1::broken_template },
    Warn { name: "curly_quotes", look: activity_1::curly_quotes },
    Warn { name: "long_running", look: activity_1::long_running },
    Warn { name: "average_statistic", look: activity_1::average_statistic },
    Warn { name: "long_period", look: activity_1::long_period },
    Warn { name: "first_minute_low", look: activity_1::first_minute_low },
    Warn { name: "firehose_namespace", look: activity_1::firehose_namespace },
    Warn { name: "nothing_to_discover", look: activity_2::nothing_to_discover },
    Warn { name: "temperature_is_text", look: activity_2::temperature_is_text },
    Warn { name: "rows_fail_schema", look: activity_2::rows_fail_schema },
    Warn { name: "not_run", look: activity_2::not_run },
    Warn { name: "silent_source", look: activity_2::silent_source },
    Warn { name: "sql_refused", look: activity_2::sql_refused },
    Warn { name: "text_for_name", look: activity_2::text_for_name },
    Warn { name: "swapped_columns", look: activity_2::swapped_columns },
    Warn { name: "no_abs", look: activity_2::no_abs },
    Warn { name: "twenty_passes", look: activity_2::twenty_passes },
    Warn { name: "filters_source", look: activity_2::filters_source },
    Warn { name: "one_second_window", look: activity_2::one_second_window },
    Warn { name: "first_window", look: activity_2::first_window },
    Warn { name: "silence", look: activity_2::silence },
    Warn { name: "app_deleted", look: activity_2::app_deleted },
    Warn { name: "producer_stopped_instead", look: activity_2::producer_stopped_instead },
    Warn { name: "same_name", look: activity_3::same_name },
    Warn { name: "bucket_refused", look: activity_3::bucket_refused },
    Warn { name: "long_buffer", look: activity_3::long_buffer },
    Warn { name: "logging_off", look: activity_3::logging_off },
    Warn { name: "gzip_on", look: activity_3::gzip_on },
    Warn { name: "no_role", look: activity_3::no_role },
    Warn { name: "unknown_output", look: activity_3::unknown_output },
    Warn { name: "output_case", look: activity_3::output_case },
    Warn { name: "delivers_everything", look: activity_3::delivers_everything },
    Warn { name: "json_output", look: activity_3::json_output },
    Warn { name: "saved_not_run", look: activity_3::saved_not_run },
    Warn { name: "producer_rests", look: activity_3::producer_rests },
    Warn { name: "local_hour", look: activity_3::local_hour },
    Warn { name: "cut_off", look: activity_3::cut_off },
    Warn { name: "bucket_gone", look: activity_3::bucket_gone },
    Warn { name: "bucket_not_empty", look: activity_3::bucket_not_empty },
    Warn { name: "reads_nothing", look: activity_3::reads_nothing },
    Warn { name: "left_behind", look: activity_3::left_behind },
];

/// The warning of this name.
pub fn find(name: &str) -> Option<&'static Warn> {
    WARNS.iter().find(|it| it.name == name)
}

/// The newest command and its refusal, if it was refused and starts with one of these verbs.
fn refused<'a>(view: &'a View, verbs: &[&str]) -> Option<(&'a Done, &'a Refusal)> {
    let done = view.history.last()?;
    let refusal = done.outcome.as_ref().err()?;
    verbs.iter().any(|it| done.command.starts_with(it)).then_some((done, refusal))
}

/// Whether a refusal's code is this one, with or without the word "Exception" behind it.
fn is_code(refusal: &Refusal, code: &str) -> bool {
    refusal.code.strip_suffix("Exception").unwrap_or(&refusal.code) == code
}

/// A word of a typed command, counted from 0. Good for names, which never hold blanks.
fn word(done: &Done, at: usize) -> &str {
    done.command.split(' ').nth(at).unwrap_or_default()
}

/// `1 shard`, `2 shards`.
fn plural(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}
