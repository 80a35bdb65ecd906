//! `pumphouse steps`: the workshop's steps as a list.

use std::io::Write;

use clap::Args;

use crate::cli::Stop;
use crate::guide::Workshop;

/// List the steps of the workshop
#[derive(Args)]
#[command(after_help = "Example:\n  pumphouse steps --json")]
pub struct StepsArgs {
    /// Print one JSON object per step
    #[arg(long)]
    json: bool,
}

pub fn run(args: &StepsArgs) -> Result<(), Stop> {
    let out = &mut std::io::stdout().lock();
    let mut activity = None;
    for step in Workshop::load().steps() {
        if args.json {
            let solve: Vec<String> = step.solve.iter().map(ToString::to_string).collect();
            let object = serde_json::json!({
                "id": step.id, "title": step.title, "activity": step.activity, "minutes": step.minutes,
                "hints": step.hints, "solve": solve,
            });
            writeln!(out, "{object}")?;
            continue;
        }
        if activity.replace(step.activity) != Some(step.activity) {
            writeln!(out, "Activity {}", step.activity)?;
        }
        writeln!(out, "  {:<5} {:<44} {:>2} min", step.id, step.title, step.minutes)?;
    }
    Ok(())
}
