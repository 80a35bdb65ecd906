//! `pumphouse play`: a walk, from beginning to end.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::base::time::Timestamp;
use crate::cli::{Stop, WorldArgs, read_text};
use crate::guide::Workshop;
use crate::guide::walk::{Heard, Player, Walk};
use crate::lab::{Lab, Settings};

/// Play a walk: commands, waits and what must be true then
#[derive(Args)]
#[command(after_help = "Example:\n  pumphouse play assets/walks/activities-1-3.walk")]
pub struct PlayArgs {
    /// The walk
    file: PathBuf,
    /// Print one JSON object per line of the walk
    #[arg(long)]
    json: bool,
}

pub fn run(world: &WorldArgs, args: &PlayArgs) -> Result<(), Stop> {
    let text = read_text(&args.file)?;
    let file = args.file.display().to_string();
    let workshop = Workshop::load();
    let walk = Walk::parse(&text, &workshop).map_err(|errors| {
        let told: Vec<String> = errors.iter().map(|it| format!("{file}:{it}")).collect();
        Stop::Refused { message: told.join("\n"), hint: None }
    })?;
    let mut lab = Lab::open(Settings { seed: world.seed(), start: world.start() });
    let out = &mut std::io::stdout().lock();
    for (line, heard) in Player::new(&workshop, &walk, &mut lab) {
        let (fine, said) = match &heard {
            Ok(heard) => (true, heard.iter().map(tell).collect::<Vec<_>>().join("; ")),
            Err(failure) => (false, failure.message.clone()),
        };
        if args.json {
            let object =
                serde_json::json!({"line": line.number, "text": line.text, "ok": fine, "said": said});
            writeln!(out, "{object}")?;
        } else {
            let mark = if fine { "ok" } else { "!!" };
            writeln!(out, "{mark} {:>4}  {}", line.number, first_line(&line.text))?;
            if !said.is_empty() {
                writeln!(out, "          {said}")?;
            }
        }
        if !fine {
            let message = format!("{file}:{}: the walk and the world differ", line.number);
            return Err(Stop::Refused { message, hint: None });
        }
    }
    let passed = lab.now() - Timestamp::OPENING;
    if !args.json {
        writeln!(out, "\n{} lines, {passed} of virtual time", walk.lines.len())?;
    }
    Ok(())
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn tell(heard: &Heard) -> String {
    match heard {
        Heard::Did { outcome, .. } => outcome.clone(),
        Heard::Refused { code, message, .. } => format!("{code}: {message}"),
        Heard::Waited(span) => format!("{span} passed"),
        Heard::Agreed => String::new(),
        Heard::Chapter(text) => text.clone(),
    }
}
