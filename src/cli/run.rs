//! `pumphouse run`: the whole workshop without a screen.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::base::size::{Bytes, Count};
use crate::base::time::{Span, Timestamp};
use crate::cli::{Stop, WorldArgs, data_dir, refused, span};
use crate::guide;
use crate::lab::view::{LawView, View};
use crate::lab::{Lab, Settings};
use crate::sim::command::Command;
use crate::surroundings::Stopwatch;
use crate::workspace::Workspace;

/// Do Activities 1 to 3 without a screen, as fast as the machine can
///
/// Creates what the activities create by the same commands, lets the producer send for the time given,
/// waits for the last delivery, and prints what happened. The CSV files are in the workspace.
#[derive(Args)]
#[command(after_help = "Example:\n  pumphouse run --activity 3 --for 5m --rate 300 --seed 7 --json")]
pub struct RunArgs {
    /// How far to go: 1 stream, 2 SQL, 3 delivery
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=3))]
    activity: u8,
    /// How long the producer sends
    #[arg(long = "for", default_value = "5m", value_name = "SPAN", value_parser = span)]
    time: Span,
    /// Records a second
    #[arg(long, default_value_t = 200, value_name = "RECORDS")]
    rate: u32,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The longest wait for the last delivery after the producer has stopped.
const DRAIN_MAX: Span = Span::from_secs(180);
const STREAM: &str = "iot-sensors";
const APP: &str = "iot-analytics";
const DELIVERY: &str = "iot-filtered";
const BUCKET: &str = "pumphouse-filtered-iot-data";

pub fn run(world: &WorldArgs, args: &RunArgs) -> Result<(), Stop> {
    let watch = Stopwatch::start();
    let (dir, replaceable) = match &world.workspace {
        Some(dir) => (dir.clone(), false),
        None => (data_dir()?.join("run"), true),
    };
    if Workspace::exists(&dir) {
        if !replaceable {
            return Err(Stop::Refused {
                message: format!("{} holds a workspace already", dir.display()),
                hint: Some("Name a folder of its own for this run.".to_owned()),
            });
        }
        std::fs::remove_dir_all(&dir).map_err(|error| Stop::Failed {
            message: format!("could not clear {}: {error}", dir.display()),
            hint: None,
        })?;
    }
    let (mut workspace, lab) =
        Workspace::create(&dir, Settings { seed: world.seed(), start: world.start() })?;
    let mut shift = Shift { lab, workspace: &mut workspace };
    shift.activities(args)?;
    let lab = shift.lab;
    workspace.save_journal(lab.journal())?;
    workspace.save_clock(lab.now())?;
    let report = Report::of(&lab, args, dir, watch.micros());
    let out = &mut std::io::stdout().lock();
    if args.json {
        let text = serde_json::to_string_pretty(&report).unwrap_or_default();
        writeln!(out, "{text}")?;
    } else {
        report.print(out)?;
    }
    Ok(())
}

/// Somebody who does the workshop by its commands.
struct Shift<'a> {
    lab: Lab,
    workspace: &'a mut Workspace,
}

impl Shift<'_> {
    fn activities(&mut self, args: &RunArgs) -> Result<(), Stop> {
        self.give(&format!("create stream {STREAM} 2"))?;
        self.give("create user kinesis_producer")?;
        self.give("attach policy kinesis_producer AmazonKinesisFullAccess")?;
        self.give("producer credentials kinesis_producer")?;
        self.give("producer region us-west-2")?;
        self.give(&format!("producer stream {STREAM}"))?;
        self.give(&format!("producer rate {}", args.rate))?;
        self.give("producer template @workshop")?;
        self.until("the stream is active", |it| it.streams.iter().all(|it| it.ready_in.is_none()))?;
        self.give("producer start")?;
        let end = self.lab.now() + args.time;
        if args.activity >= 2 {
            self.pass(Span::from_secs(3).min(args.time))?;
            self.give(&format!("create app {APP}"))?;
            self.give(&format!("connect source {APP} {STREAM}"))?;
            self.give(&format!("save schema {APP}"))?;
            self.give(&format!("save sql {APP} @activity-2"))?;
        }
        if args.activity >= 3 {
            self.give(&format!(
                "create delivery {DELIVERY} bucket {BUCKET} buffer 5MB 60s compression none encryption none log on role new"
            ))?;
            self.give(&format!("connect destination {APP} {DELIVERY} FILTERED_STREAM csv"))?;
        }
        if args.activity >= 2 {
            self.give(&format!("run app {APP}"))?;
        }
        self.pass_to(end)?;
        self.give("producer stop")?;
        self.drain()
    }

    /// Lets the last records through: read, counted in their windows, delivered.
    fn drain(&mut self) -> Result<(), Stop> {
        let end = self.lab.now() + DRAIN_MAX;
        // Two polls and the longest window, before anything can be called quiet.
        self.pass(Span::from_secs(15))?;
        while self.lab.now() < end {
            let view = self.lab.view();
            if view.deliveries.iter().all(|it| it.buffer.rows == 0 && it.retries == 0) {
                break;
            }
            self.pass(Span::SECOND)?;
        }
        Ok(())
    }

    fn give(&mut self, line: &str) -> Result<(), Stop> {
        let command = Command::parse(line, &guide::texts).map_err(|error| refused(error.message))?;
        let outcome = self.lab.apply(command);
        self.workspace.save_journal(self.lab.journal())?;
        outcome.map(drop).map_err(|refusal| Stop::Refused {
            message: format!("`{line}`: {}: {}", refusal.code, refusal.message),
            hint: refusal.hint,
        })
    }

    fn pass(&mut self, span: Span) -> Result<(), Stop> {
        self.pass_to(self.lab.now() + span)
    }

    /// Lets time pass in pieces, so that files leave memory as they are made.
    fn pass_to(&mut self, end: Timestamp) -> Result<(), Stop> {
        while self.lab.now() < end {
            self.lab.advance_to((self.lab.now() + Span::MINUTE).min(end));
            let changes = self.lab.take_changes();
            self.workspace.mirror(changes)?;
        }
        Ok(())
    }

    fn until(&mut self, what: &str, ready: impl Fn(&View) -> bool) -> Result<(), Stop> {
        for _ in 0..300 {
            if ready(&self.lab.view()) {
                return Ok(());
            }
            self.pass(Span::SECOND)?;
        }
        Err(refused(format!("waited in vain until {what}")))
    }
}

/// What happened, for people and for programs.
#[derive(Serialize)]
struct Report {
    activity: u8,
    seed: u64,
    start: String,
    end: String,
    records: Records,
    shards: Vec<Shard>,
    streams: Vec<InAppStream>,
    objects: Vec<Object>,
    errors: u64,
    laws: Vec<Law>,
    workspace: PathBuf,
    /// Real time used; the only figure that differs between two runs.
    real_seconds: f64,
}

#[derive(Serialize)]
struct Records {
    made: u64,
    accepted: u64,
    refused: u64,
    resent: u64,
}

#[derive(Serialize)]
struct Shard {
    id: String,
    records: u64,
    throttled: u64,
}

#[derive(Serialize)]
struct InAppStream {
    name: String,
    rows: u64,
}

#[derive(Serialize)]
struct Object {
    bucket: String,
    key: String,
    bytes: u64,
    lines: u64,
}

#[derive(Serialize)]
struct Law {
    law: String,
    left: u64,
    right: u64,
    holds: bool,
}

impl Report {
    fn of(lab: &Lab, args: &RunArgs, workspace: PathBuf, micros: u64) -> Self {
        let view = lab.view();
        let shards = view.streams.iter().flat_map(|it| &it.shards).map(|it| Shard {
            id: it.id.to_string(),
            records: it.accepted.total,
            throttled: it.throttled.total,
        });
        let in_app = view.apps.iter().flat_map(|it| &it.streams);
        let streams: Vec<InAppStream> =
            in_app.map(|it| InAppStream { name: it.name.clone(), rows: it.rows.total }).collect();
        let objects = view.buckets.iter().flat_map(|bucket| {
            bucket.objects.iter().map(|it| Object {
                bucket: bucket.name.clone(),
                key: it.key.clone(),
                bytes: it.bytes,
                lines: it.lines,
            })
        });
        let law =
            |it: &LawView| Law { law: it.law.clone(), left: it.left, right: it.right, holds: it.holds() };
        Self {
            activity: args.activity,
            seed: lab.journal().seed.0,
            start: lab.journal().start.to_string(),
            end: lab.now().to_string(),
            records: Records {
                made: view.producer.sent.total,
                accepted: view.producer.accepted,
                refused: view.producer.refused,
                resent: view.producer.resent,
            },
            shards: shards.collect(),
            errors: streams.iter().filter(|it| it.name == "error_stream").map(|it| it.rows).sum(),
            streams,
            objects: objects.collect(),
            laws: view.laws.iter().map(law).collect(),
            workspace,
            real_seconds: (micros / 1000) as f64 / 1000.0,
        }
    }

    fn print(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let Records { made, accepted, refused, resent } = self.records;
        writeln!(out, "Activity {} with seed {}, {} to {}", self.activity, self.seed, self.start, self.end)?;
        writeln!(out, "\nrecords   {:>12} made", Count(made))?;
        writeln!(
            out,
            "          {:>12} accepted, {} refused, {} sent again",
            Count(accepted),
            Count(refused),
            Count(resent)
        )?;
        for it in &self.shards {
            writeln!(
                out,
                "          {:>12} in {}, {} throttled",
                Count(it.records),
                it.id,
                Count(it.throttled)
            )?;
        }
        for (at, it) in self.streams.iter().enumerate() {
            let title = if at == 0 { "rows" } else { "" };
            writeln!(out, "{title:<9} {:>12} {}", Count(it.rows), it.name)?;
        }
        for (at, it) in self.objects.iter().enumerate() {
            let title = if at == 0 { "objects" } else { "" };
            writeln!(
                out,
                "{title:<9} {:>12} lines, {}  s3://{}/{}",
                Count(it.lines),
                Bytes(it.bytes),
                it.bucket,
                it.key
            )?;
        }
        let broken: Vec<&Law> = self.laws.iter().filter(|it| !it.holds).collect();
        writeln!(out, "\n{} sums checked, {} do not balance", self.laws.len(), broken.len())?;
        for it in broken {
            writeln!(out, "  {}: {} is not {}", it.law, it.left, it.right)?;
        }
        writeln!(out, "files in {}/s3", self.workspace.display())?;
        writeln!(out, "real time {:.2} s", self.real_seconds)
    }
}
