//! Everything a person can do, each with its one typed form.
//!
//! A [`Command`] is what a palette, a key, a walk, a demo, the guide's "fill it in for me" and the
//! journal all write. [`FORMS`] is the one table of typed forms: parsing, help, completion and the
//! palette follow from it; printing a command gives the form that parses back to it. A command also
//! knows the AWS CLI line that does the same on AWS, where there is one ([`Command::cli`]).

use serde::{Deserialize, Serialize};

use crate::base::time::Span;
use crate::sql::diag::nearest;

mod aws;
mod cli;
mod forms;
mod print;
mod words;

pub use forms::{FORMS, Form, FormError, Service};
pub use words::Args;

/// Something a person does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    CreateStream {
        name: String,
        shards: u32,
    },
    DeleteStream {
        name: String,
    },
    EnableShardMetrics {
        stream: String,
    },
    DisableShardMetrics {
        stream: String,
    },
    CreateUser {
        name: String,
    },
    DeleteUser {
        name: String,
    },
    CreateKey {
        user: String,
    },
    DeleteKey {
        user: String,
        key: String,
    },
    AttachPolicy {
        user: String,
        policy: String,
    },
    DetachPolicy {
        user: String,
        policy: String,
    },
    PutPolicy {
        user: String,
        name: String,
        document: String,
    },
    DetachRolePolicy {
        role: String,
        policy: String,
    },
    /// Gives a role back the policy its console page made.
    RestoreRole {
        role: String,
    },
    ProducerCredentials {
        user: String,
    },
    ProducerRegion {
        region: String,
    },
    ProducerStream {
        name: String,
    },
    ProducerRate {
        per_second: u32,
    },
    ProducerKey(PartitionKey),
    ProducerTemplate {
        text: String,
    },
    ProducerStart,
    ProducerStop,
    CreateApp {
        name: String,
    },
    DeleteApp {
        name: String,
    },
    ConnectSource {
        app: String,
        stream: String,
    },
    DiscoverSchema {
        app: String,
    },
    EditSchema {
        app: String,
        column: String,
        ty: String,
    },
    SaveSchema {
        app: String,
    },
    /// The whole schema at once, as text.
    WriteSchema {
        app: String,
        schema: String,
    },
    /// How many in-application streams the source is dealt over.
    SetParallelism {
        app: String,
        streams: u32,
    },
    SetPrefix {
        app: String,
        prefix: String,
    },
    AddReference(NewReference),
    DeleteReference {
        app: String,
    },
    SaveSql {
        app: String,
        code: String,
    },
    RunApp {
        app: String,
        from: StartFrom,
    },
    StopApp {
        app: String,
    },
    ConnectDestination {
        app: String,
        delivery: String,
        stream: String,
        format: RowFormat,
    },
    DisconnectDestination {
        app: String,
        stream: String,
    },
    CreateBucket {
        name: String,
    },
    EmptyBucket {
        name: String,
    },
    DeleteBucket {
        name: String,
    },
    CreateDelivery(NewDelivery),
    DeleteDelivery {
        name: String,
    },
    Graph {
        metric: String,
        name: String,
        statistic: String,
        period: Span,
    },
    CloseGraph,
    FaultDuplicates {
        per_thousand: u32,
    },
    Repair {
        fault: String,
    },
    Answer {
        step: String,
        text: String,
    },
    PutObject {
        bucket: String,
        key: String,
        text: String,
    },
    OpenObject {
        bucket: String,
        key: String,
    },
    TraceLine {
        bucket: String,
        key: String,
        line: u64,
    },
}

/// How the producer chooses a record's partition key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartitionKey {
    /// A fresh random number for every record, as the page of the workshop does.
    #[default]
    Random,
    /// The value of a field of the JSON record.
    Field(String),
    /// The same text for every record.
    Constant(String),
}

/// Where an application starts to read its stream (sql.md 6.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum StartFrom {
    /// NOW at the first start, LAST_STOPPED_POINT later.
    #[default]
    Usual,
    Now,
    TrimHorizon,
    LastStoppedPoint,
}

/// The text of delivered rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowFormat {
    Csv,
    Json,
}

/// An S3 object as a table that code can join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewReference {
    pub app: String,
    pub table: String,
    pub bucket: String,
    pub key: String,
    /// A schema as text; discovered from the object if there is none.
    pub schema: Option<String>,
}

/// The answers of the "create delivery stream" pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDelivery {
    pub name: String,
    /// Made if it does not exist, as the page offers.
    pub bucket: String,
    pub prefix: String,
    pub buffer_mb: u32,
    pub buffer_wait: Span,
    pub gzip: bool,
    pub logging: bool,
    /// `None` makes `firehose_delivery_role` with a policy for this bucket.
    pub role: Option<String>,
}

impl NewDelivery {
    /// The values the pages open with: 5 MB, 300 s, no compression, logging on, a new role.
    pub fn named(name: impl Into<String>, bucket: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            bucket: bucket.into(),
            prefix: String::new(),
            buffer_mb: 5,
            buffer_wait: Span::from_secs(300),
            gzip: false,
            logging: true,
            role: None,
        }
    }
}

/// A text as a file of lines: it ends with a line end, as a shell's here-string does.
fn text_of_lines(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

impl Command {
    /// Reads a typed line. `texts` turns `@name` into the text of that name (the workshop's template and
    /// statements); names it does not know are an error. A pasted `aws …` line is understood too.
    pub fn parse(line: &str, texts: &dyn Fn(&str) -> Option<String>) -> Result<Command, FormError> {
        if let Some(pasted) = aws::read(line) {
            return pasted;
        }
        let words = words::split(line)?;
        let Some(form) = words::matching_form(&words) else {
            let verbs: Vec<&str> = FORMS.iter().map(Form::verb).collect();
            let typed = line.trim();
            let hint = nearest(typed, verbs.iter().copied())
                .or_else(|| {
                    verbs
                        .iter()
                        .copied()
                        .find(|it| typed.split(' ').next().is_some_and(|first| it.starts_with(first)))
                })
                .map(|verb| format!("Did you mean `{verb} …`?"));
            return Err(FormError {
                span: 0..line.len(),
                message: format!("no command reads \"{typed}\""),
                hint,
            });
        };
        let mut args = Args::new(line, words, form, texts);
        let command = (form.build)(&mut args)?;
        args.finish()?;
        Ok(command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, FormError> {
        Command::parse(line, &|name| (name == "workshop").then(|| "{}".to_owned()))
    }

    /// Every example of the table parses, prints, and parses to the same command again.
    #[test]
    fn every_form_reads_back() {
        for form in FORMS {
            let line = form.example.replace("@activity-2", "@workshop");
            let command = parse(&line).unwrap_or_else(|error| panic!("{line}: {}", error.message));
            assert_eq!(parse(&command.to_string()).as_ref(), Ok(&command), "{line}");
        }
    }

    #[test]
    fn mistakes_are_told() {
        let error = parse("create strem iot 2").unwrap_err();
        assert_eq!(error.hint.as_deref(), Some("Did you mean `create stream …`?"));
        let error = parse("create stream iot two").unwrap_err();
        assert_eq!((error.span, error.message.as_str()), (18..21, "SHARDS is a whole number, not \"two\""));
        let error = parse("create stream iot").unwrap_err();
        assert_eq!(error.message, "SHARDS is missing");
        let error = parse("producer start now").unwrap_err();
        assert_eq!(error.message, "\"now\" is one word too many");
    }

    /// Texts with line ends and quotes survive the journal.
    #[test]
    fn texts_are_quoted() {
        let command = Command::SaveSql { app: "a".into(), code: "SELECT \"x\"\nFROM y; -- é".into() };
        assert_eq!(parse(&command.to_string()), Ok(command));
    }
}
