//! A pasted `aws …` line as a command: the way back from [`Command::cli`].
//!
//! People arrive with lines from a blog or a script. For every action that exists here the line is
//! understood as the AWS CLI would: quotes as in a shell, options in any order, options that change
//! nothing here (`--region`, `--output` …) passed over.

use std::collections::BTreeMap;

use crate::base::time::Span;
use crate::sim::command::{
    Command, FormError, NewDelivery, NewReference, RowFormat, StartFrom, text_of_lines,
};
use crate::sql::diag::nearest;

/// One operation of the CLI and the command it becomes.
struct Operation {
    /// `kinesis create-stream`.
    name: &'static str,
    build: fn(&Options) -> Result<Command, FormError>,
}

static OPERATIONS: &[Operation] = &[
    Operation {
        name: "kinesis create-stream",
        build: |it| {
            Ok(Command::CreateStream { name: it.text("stream-name")?, shards: it.number("shard-count")? })
        },
    },
    Operation {
        name: "kinesis delete-stream",
        build: |it| Ok(Command::DeleteStream { name: it.text("stream-name")? }),
    },
    Operation {
        name: "kinesis enable-enhanced-monitoring",
        build: |it| Ok(Command::EnableShardMetrics { stream: it.text("stream-name")? }),
    },
    Operation {
        name: "kinesis disable-enhanced-monitoring",
        build: |it| Ok(Command::DisableShardMetrics { stream: it.text("stream-name")? }),
    },
    Operation {
        name: "iam create-user",
        build: |it| Ok(Command::CreateUser { name: it.text("user-name")? }),
    },
    Operation {
        name: "iam delete-user",
        build: |it| Ok(Command::DeleteUser { name: it.text("user-name")? }),
    },
    Operation {
        name: "iam create-access-key",
        build: |it| Ok(Command::CreateKey { user: it.text("user-name")? }),
    },
    Operation {
        name: "iam delete-access-key",
        build: |it| Ok(Command::DeleteKey { user: it.text("user-name")?, key: it.text("access-key-id")? }),
    },
    Operation {
        name: "iam attach-user-policy",
        build: |it| {
            Ok(Command::AttachPolicy { user: it.text("user-name")?, policy: it.last("policy-arn", '/')? })
        },
    },
    Operation {
        name: "iam detach-user-policy",
        build: |it| {
            Ok(Command::DetachPolicy { user: it.text("user-name")?, policy: it.last("policy-arn", '/')? })
        },
    },
    Operation {
        name: "iam put-user-policy",
        build: |it| {
            let (user, name) = (it.text("user-name")?, it.text("policy-name")?);
            Ok(Command::PutPolicy { user, name, document: it.text("policy-document")? })
        },
    },
    Operation {
        name: "iam delete-role-policy",
        build: |it| {
            Ok(Command::DetachRolePolicy { role: it.text("role-name")?, policy: it.text("policy-name")? })
        },
    },
    Operation {
        name: "kinesisanalytics create-application",
        build: |it| Ok(Command::CreateApp { name: it.text("application-name")? }),
    },
    Operation {
        name: "kinesisanalytics delete-application",
        build: |it| Ok(Command::DeleteApp { name: it.text("application-name")? }),
    },
    Operation {
        name: "kinesisanalytics add-application-input",
        build: |it| {
            let stream = it.arn_in("input", "ResourceARN")?;
            Ok(Command::ConnectSource { app: it.text("application-name")?, stream })
        },
    },
    Operation { name: "kinesisanalytics update-application", build: update_application },
    Operation { name: "kinesisanalytics add-application-reference-data-source", build: add_reference },
    Operation {
        name: "kinesisanalytics delete-application-reference-data-source",
        build: |it| Ok(Command::DeleteReference { app: it.text("application-name")? }),
    },
    Operation {
        name: "kinesisanalytics start-application",
        build: |it| {
            let positions = it.options.get("input-configurations").map_or("", String::as_str);
            let from = match () {
                () if positions.contains("TRIM_HORIZON") => StartFrom::TrimHorizon,
                () if positions.contains("LAST_STOPPED_POINT") => StartFrom::LastStoppedPoint,
                () if positions.contains("NOW") => StartFrom::Now,
                () => StartFrom::Usual,
            };
            Ok(Command::RunApp { app: it.text("application-name")?, from })
        },
    },
    Operation {
        name: "kinesisanalytics stop-application",
        build: |it| Ok(Command::StopApp { app: it.text("application-name")? }),
    },
    Operation {
        name: "kinesisanalytics add-application-output",
        build: |it| {
            let output = it.text("application-output")?;
            let json = part(&output, "RecordFormatType").is_some_and(|it| it.eq_ignore_ascii_case("json"));
            Ok(Command::ConnectDestination {
                app: it.text("application-name")?,
                delivery: it.arn_in("application-output", "ResourceARN")?,
                stream: part(&output, "Name")
                    .ok_or_else(|| it.lacks("application-output Name=…"))?
                    .to_owned(),
                format: if json { RowFormat::Json } else { RowFormat::Csv },
            })
        },
    },
    Operation {
        name: "s3api create-bucket",
        build: |it| Ok(Command::CreateBucket { name: it.text("bucket")? }),
    },
    Operation {
        name: "s3api delete-bucket",
        build: |it| Ok(Command::DeleteBucket { name: it.text("bucket")? }),
    },
    Operation { name: "s3 mb", build: |it| Ok(Command::CreateBucket { name: it.place()?.0 }) },
    Operation { name: "s3 rb", build: |it| Ok(Command::DeleteBucket { name: it.place()?.0 }) },
    Operation { name: "s3 rm", build: |it| Ok(Command::EmptyBucket { name: it.place()?.0 }) },
    Operation {
        name: "s3 cp",
        build: |it| {
            let (bucket, key) = it.place()?;
            // `aws s3 cp - s3://… <<< text` uploads what the shell hands it.
            let text = it.words.iter().skip_while(|it| *it != "<<<").nth(1);
            Ok(match text {
                Some(text) => Command::PutObject { bucket, key, text: text_of_lines(text.clone()) },
                None => Command::OpenObject { bucket, key },
            })
        },
    },
    Operation { name: "firehose create-delivery-stream", build: create_delivery },
    Operation {
        name: "firehose delete-delivery-stream",
        build: |it| Ok(Command::DeleteDelivery { name: it.text("delivery-stream-name")? }),
    },
    Operation {
        name: "cloudwatch get-metric-statistics",
        build: |it| {
            let dimensions = it.text("dimensions")?;
            let name = part(&dimensions, "Value").ok_or_else(|| it.lacks("dimensions … Value=…"))?;
            let seconds: i64 = it.number("period")?;
            Ok(Command::Graph {
                metric: it.text("metric-name")?,
                name: name.to_owned(),
                statistic: it.text("statistics")?.to_lowercase(),
                period: Span::from_secs(seconds),
            })
        },
    },
];

/// New code, or one of the input's settings.
fn update_application(it: &Options) -> Result<Command, FormError> {
    let (app, update) = (it.text("application-name")?, it.text("application-update")?);
    if let Some(code) = update.strip_prefix("ApplicationCodeUpdate=") {
        return Ok(Command::SaveSql { app, code: code.to_owned() });
    }
    if update.contains("InputUpdates") {
        if let Some(count) = part(&update, "CountUpdate") {
            let streams = count.parse().map_err(|_| it.lacks("application-update … CountUpdate=NUMBER"))?;
            return Ok(Command::SetParallelism { app, streams });
        }
        let prefix = part(&update, "NamePrefixUpdate")
            .ok_or_else(|| it.lacks("application-update … CountUpdate=… or NamePrefixUpdate=…"))?;
        return Ok(Command::SetPrefix { app, prefix: prefix.to_owned() });
    }
    let json: Option<serde_json::Value> = serde_json::from_str(&update).ok();
    let code = json.as_ref().and_then(|it| it.get("ApplicationCodeUpdate")?.as_str());
    Ok(Command::SaveSql { app, code: code.unwrap_or(&update).to_owned() })
}

fn add_reference(it: &Options) -> Result<Command, FormError> {
    let option = "reference-data-source";
    let source = it.text(option)?;
    let key = |name: &str| {
        part(&source, name).map(str::to_owned).ok_or_else(|| it.lacks(&format!("{option} … {name}=…")))
    };
    let json: Option<serde_json::Value> = serde_json::from_str(&source).ok();
    Ok(Command::AddReference(NewReference {
        app: it.text("application-name")?,
        table: key("TableName")?,
        bucket: it.arn_in(option, "BucketARN")?,
        key: key("FileKey")?,
        schema: json.as_ref().and_then(|it| it.get("ReferenceSchema")).map(ToString::to_string),
    }))
}

fn create_delivery(it: &Options) -> Result<Command, FormError> {
    let option = ["s3-destination-configuration", "extended-s3-destination-configuration"];
    let option = option.into_iter().find(|name| it.options.contains_key(*name)).unwrap_or(option[0]);
    let settings = it.text(option)?;
    let mut new = NewDelivery::named(it.text("delivery-stream-name")?, it.arn_in(option, "BucketARN")?);
    let number = |key: &str| part(&settings, key).and_then(|it| it.parse::<u32>().ok());
    new.buffer_mb = number("SizeInMBs").unwrap_or(new.buffer_mb);
    if let Some(seconds) = number("IntervalInSeconds") {
        new.buffer_wait = Span::from_secs(i64::from(seconds));
    }
    new.prefix = part(&settings, "Prefix").unwrap_or_default().to_owned();
    new.gzip = part(&settings, "CompressionFormat") == Some("GZIP");
    new.logging = part(&settings, "Enabled") == Some("true");
    // The role of the console's pages is made when it is missing, as "Allow" does.
    let role = part(&settings, "RoleARN").and_then(|it| it.rsplit('/').next());
    new.role = role.filter(|it| *it != "firehose_delivery_role").map(str::to_owned);
    Ok(Command::CreateDelivery(new))
}

/// The options of a line, without their dashes, and the words that are none.
struct Options {
    line_end: usize,
    options: BTreeMap<String, String>,
    words: Vec<String>,
}

impl Options {
    fn text(&self, name: &str) -> Result<String, FormError> {
        self.options.get(name).filter(|it| !it.is_empty()).cloned().ok_or_else(|| self.lacks(name))
    }

    fn number<N: std::str::FromStr>(&self, name: &str) -> Result<N, FormError> {
        let text = self.text(name)?;
        text.parse().map_err(|_| FormError {
            span: 0..self.line_end,
            message: format!("--{name} is a whole number, not \"{text}\""),
            hint: None,
        })
    }

    /// What stands behind the last `separator` of an option's value.
    fn last(&self, name: &str, separator: char) -> Result<String, FormError> {
        let text = self.text(name)?;
        Ok(text.rsplit(separator).next().unwrap_or_default().to_owned())
    }

    /// The name at the end of an ARN within a structured value.
    fn arn_in(&self, option: &str, key: &str) -> Result<String, FormError> {
        let value = self.text(option)?;
        let arn = part(&value, key).ok_or_else(|| self.lacks(&format!("{option} … {key}=…")))?;
        Ok(arn.rsplit(['/', ':']).next().unwrap_or_default().to_owned())
    }

    /// Bucket and key of the first `s3://` word.
    fn place(&self) -> Result<(String, String), FormError> {
        let place = self.words.iter().find_map(|it| it.strip_prefix("s3://"));
        let (bucket, key) = place.map(|it| it.split_once('/').unwrap_or((it, ""))).unwrap_or_default();
        if bucket.is_empty() {
            return Err(self.lacks("s3://BUCKET"));
        }
        Ok((bucket.to_owned(), key.to_owned()))
    }

    fn lacks(&self, name: &str) -> FormError {
        let name = if name.starts_with("s3:") { name.to_owned() } else { format!("--{name}") };
        FormError { span: self.line_end..self.line_end, message: format!("{name} is missing"), hint: None }
    }
}

/// The value of a key in a structured option, shorthand (`Key=value,Other={…}`) or JSON.
fn part<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let ends = [',', '}', ']', '"', '\''];
    for (at, _) in text.match_indices(key) {
        let alone = !text[..at].ends_with(|it: char| it.is_alphanumeric());
        let rest = text[at + key.len()..].trim_start_matches(['"', ' ']);
        if let Some(value) = rest.strip_prefix(['=', ':']).filter(|_| alone) {
            let value = value.trim_start_matches(['"', ' ']);
            return Some(value[..value.find(ends).unwrap_or(value.len())].trim());
        }
    }
    None
}

/// Reads a line that starts with `aws`; `None` if it does not.
pub(super) fn read(line: &str) -> Option<Result<Command, FormError>> {
    let rest = line.trim_start().strip_prefix("aws ")?;
    Some(shell_words(rest).and_then(|words| build(line, &words)))
}

fn build(line: &str, words: &[String]) -> Result<Command, FormError> {
    // `create-user && create-access-key` is one step of the console, and one command here.
    let end = words.iter().position(|it| it == "&&" || it == ";").unwrap_or(words.len());
    let mut words = words[..end].iter();
    let name: Vec<&str> = words.by_ref().take(2).map(String::as_str).collect();
    let name = name.join(" ");
    let Some(operation) = OPERATIONS.iter().find(|it| it.name == name) else {
        let near = nearest(&name, OPERATIONS.iter().map(|it| it.name));
        return Err(FormError {
            span: 0..line.len(),
            message: format!("aws {name} has no counterpart here"),
            hint: near.map(|it| format!("Did you mean `aws {it}`?")),
        });
    };
    let mut options = Options { line_end: line.len(), options: BTreeMap::new(), words: Vec::new() };
    let mut open: Option<String> = None;
    for word in words {
        match word.strip_prefix("--") {
            Some(option) => {
                let (name, value) = option.split_once('=').unwrap_or((option, ""));
                options.options.insert(name.to_owned(), value.to_owned());
                open = value.is_empty().then(|| name.to_owned());
            }
            None => match open.take() {
                Some(name) => {
                    options.options.insert(name, word.clone());
                }
                None => options.words.push(word.clone()),
            },
        }
    }
    (operation.build)(&options)
}

/// The words of a line as a POSIX shell sees them: quotes, backslashes, continued lines.
fn shell_words(line: &str) -> Result<Vec<String>, FormError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.chars();
    while let Some(it) = chars.next() {
        match (quote, it) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), other) => word.get_or_insert_default().push(other),
            (_, '\\') => match chars.next() {
                Some('\n') | None => {}
                Some(next) if quote == Some('"') && !matches!(next, '"' | '\\' | '$' | '`') => {
                    word.get_or_insert_default().extend(['\\', next]);
                }
                Some(next) => word.get_or_insert_default().push(next),
            },
            (Some(_), other) => word.get_or_insert_default().push(other),
            (None, '\'' | '"') => {
                quote = Some(it);
                word.get_or_insert_default();
            }
            (None, blank) if blank.is_whitespace() => words.extend(word.take()),
            (None, other) => word.get_or_insert_default().push(other),
        }
    }
    if quote.is_some() {
        return Err(FormError {
            span: 0..line.len(),
            message: "a quote is not closed".to_owned(),
            hint: Some("Paste the whole line.".to_owned()),
        });
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::command::FORMS;

    /// Every command that has a CLI line is understood when that line is pasted.
    #[test]
    fn every_cli_line_reads_back() {
        let texts = |name: &str| Some(format!("SELECT 'it''s' -- {name}\n\"x\""));
        let mut read_back = 0;
        for form in FORMS {
            let command = Command::parse(form.example, &texts).expect(form.example);
            let Some(line) = command.cli() else { continue };
            let again =
                Command::parse(&line, &texts).unwrap_or_else(|error| panic!("{line}: {}", error.message));
            match (&command, &again) {
                // The CLI line names a starting position; the typed form leaves it open.
                (Command::RunApp { app, .. }, Command::RunApp { app: same, from }) => {
                    assert_eq!((app, *from), (same, StartFrom::Now));
                }
                _ => assert_eq!(again, command, "{line}"),
            }
            read_back += 1;
        }
        // `s3 mb` and `s3 rb` are other words for the same; `update-application` does three things and
        // `s3 cp` two.
        assert_eq!(read_back, OPERATIONS.len() - 2 + 3);
    }

    /// Lines as people paste them: other order, other quotes, continued, with options that mean nothing here.
    #[test]
    fn pasted_lines_are_understood() {
        let parse = |line: &str| Command::parse(line, &|_| None);
        let line = "aws kinesis create-stream \\\n  --shard-count=2 --region us-west-2 --stream-name \"iot-sensors\"";
        assert_eq!(parse(line), Ok(Command::CreateStream { name: "iot-sensors".into(), shards: 2 }));
        let line = r#"aws firehose create-delivery-stream --delivery-stream-name d --s3-destination-configuration '{"BucketARN": "arn:aws:s3:::b", "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 60}}'"#;
        let Ok(Command::CreateDelivery(new)) = parse(line) else { panic!("a delivery stream") };
        assert_eq!((new.bucket.as_str(), new.buffer_mb, new.buffer_wait), ("b", 5, Span::from_secs(60)));
        let error = parse("aws kinesis create-strem --stream-name x").unwrap_err();
        assert_eq!(error.hint.as_deref(), Some("Did you mean `aws kinesis create-stream`?"));
        let error = parse("aws kinesis create-stream --stream-name x").unwrap_err();
        assert_eq!(error.message, "--shard-count is missing");
        assert!(parse("aws s3api create-bucket --bucket 'x").is_err());
    }
}
