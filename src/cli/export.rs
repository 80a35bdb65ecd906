//! `pumphouse export`: what was done in a workspace, as something else.

use std::io::Write;

use clap::{Args, ValueEnum};

use crate::cli::workshop::default_dir;
use crate::cli::{Stop, WorldArgs};
use crate::sim::command::Command;
use crate::workspace::Workspace;

/// Print what was done in a workspace
#[derive(Args)]
#[command(after_help = "Example:\n  pumphouse export cli > workshop.sh")]
pub struct ExportArgs {
    /// What to print
    what: What,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// The AWS CLI lines that do the same on AWS
    Cli,
    /// The application's code as it was saved last
    Sql,
    /// The journal: every command with its moment
    Journal,
    /// A short report of what was built and what flowed
    Report,
}

pub fn run(world: &WorldArgs, args: &ExportArgs) -> Result<(), Stop> {
    let dir = default_dir(world)?;
    if !Workspace::exists(&dir) {
        return Err(Stop::Refused {
            message: format!("{} holds no workspace", dir.display()),
            hint: Some("Name one with --workspace DIR, or start `pumphouse` first.".to_owned()),
        });
    }
    let lab = Workspace::look(&dir)?;
    let out = &mut std::io::stdout().lock();
    match args.what {
        What::Journal => write!(out, "{}", lab.journal())?,
        What::Sql => {
            for app in lab.sim().analytics.apps() {
                writeln!(out, "-- application {}\n{}", app.name, app.code.trim_end())?;
            }
        }
        What::Cli => {
            writeln!(
                out,
                "#!/bin/sh\n# The workshop's commands as AWS CLI lines. Lines without one are comments."
            )?;
            for entry in &lab.journal().entries {
                match entry.command.cli() {
                    Some(line) => writeln!(out, "{line}")?,
                    None => writeln!(out, "# {}", first_line(&entry.command))?,
                }
            }
        }
        What::Report => report(out, &lab.view())?,
    }
    Ok(())
}

fn first_line(command: &Command) -> String {
    let text = command.to_string();
    let mut line: String = text.chars().take(100).collect();
    if line.len() < text.len() {
        line.push('…');
    }
    line
}

fn report(out: &mut dyn Write, view: &crate::lab::view::View) -> std::io::Result<()> {
    use crate::base::size::{Bytes, Count};
    let passed = view.now - view.opened_at;
    writeln!(out, "{} commands in {passed} of virtual time, up to {}", view.commands, view.now)?;
    writeln!(
        out,
        "producer: {} records sent, {} sent again",
        Count(view.producer.accepted + view.producer.refused),
        Count(view.producer.resent)
    )?;
    for stream in &view.streams {
        writeln!(
            out,
            "stream {}: {} records accepted, {} throttled",
            stream.name,
            Count(stream.accepted.total),
            Count(stream.throttled.total)
        )?;
    }
    for app in &view.apps {
        writeln!(out, "application {}:", app.name)?;
        for stream in &app.streams {
            writeln!(out, "  {}: {} rows", stream.name, Count(stream.rows.total))?;
        }
        for pump in &app.pumps {
            let it = pump.flow;
            writeln!(
                out,
                "  {}: {} in, {} out, {} filtered, {} duplicates",
                pump.name,
                Count(it.rows_in),
                Count(it.rows_out),
                Count(it.filtered),
                Count(it.duplicates)
            )?;
        }
    }
    for it in &view.deliveries {
        writeln!(
            out,
            "delivery stream {}: {} rows in {} objects",
            it.name,
            Count(it.delivered_rows),
            it.delivered_objects
        )?;
    }
    for bucket in &view.buckets {
        let bytes = bucket.objects.iter().map(|it| it.bytes).sum();
        writeln!(out, "bucket {}: {} objects, {}", bucket.name, bucket.objects.len(), Bytes(bytes))?;
    }
    for law in view.laws.iter().filter(|it| !it.holds()) {
        writeln!(out, "does not balance: {}: {} and {}", law.law, law.left, law.right)?;
    }
    Ok(())
}
