//! `pumphouse doctor`: whether the surroundings are fit for the workshop.

use std::io::{IsTerminal, Write};

use clap::Args;

use crate::cli::workshop::default_dir;
use crate::cli::{Stop, WorldArgs};
use crate::workspace::Workspace;

/// Look at the terminal and the workspace and say what is wrong
#[derive(Args)]
#[command(after_help = "Example:\n  pumphouse doctor --json")]
pub struct DoctorArgs {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// One thing looked at.
struct Finding {
    what: &'static str,
    state: String,
    advice: Option<String>,
}

pub fn run(world: &WorldArgs, args: &DoctorArgs) -> Result<(), Stop> {
    let findings = [terminal(), size(), colours(), unicode(), workspace(world)?];
    let out = &mut std::io::stdout().lock();
    if args.json {
        let list: Vec<serde_json::Value> = findings
            .iter()
            .map(|it| serde_json::json!({"what": it.what, "state": it.state, "advice": it.advice}))
            .collect();
        writeln!(out, "{}", serde_json::json!({"version": env!("CARGO_PKG_VERSION"), "findings": list}))?;
        return Ok(());
    }
    writeln!(out, "pumphouse {}", env!("CARGO_PKG_VERSION"))?;
    for it in &findings {
        let mark = if it.advice.is_none() { "ok" } else { "!!" };
        writeln!(out, "{mark}  {:<10} {}", it.what, it.state)?;
        if let Some(advice) = &it.advice {
            writeln!(out, "                {advice}")?;
        }
    }
    Ok(())
}

fn terminal() -> Finding {
    let both = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let name = std::env::var("TERM").unwrap_or_else(|_| "unknown".to_owned());
    Finding {
        what: "terminal",
        state: if both { name } else { "none on this input and output".to_owned() },
        advice: (!both).then(|| "The workshop needs a terminal; `pumphouse run` does without.".to_owned()),
    }
}

fn size() -> Finding {
    match crossterm::terminal::size() {
        Ok((width, height)) => Finding {
            what: "size",
            state: format!("{width}×{height}"),
            advice: (width < 80 || height < 24).then(|| "Make the window at least 80×24.".to_owned()),
        },
        Err(_) => Finding { what: "size", state: "unknown".to_owned(), advice: None },
    }
}

fn colours() -> Finding {
    let without = std::env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    let rich = std::env::var("COLORTERM").is_ok_and(|it| it == "truecolor" || it == "24bit");
    let state = match (without, rich) {
        (true, _) => "none (NO_COLOR)",
        (false, true) => "truecolor",
        (false, false) => "16 named colours",
    };
    Finding { what: "colours", state: state.to_owned(), advice: None }
}

fn unicode() -> Finding {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|it| std::env::var(it).ok().filter(|it| !it.is_empty()));
    let locale = locale.unwrap_or_else(|| "not set".to_owned());
    let utf8 = locale.to_lowercase().replace('-', "").contains("utf8");
    Finding {
        what: "locale",
        advice: (!utf8).then(|| "Borders may look wrong; `export LANG=C.UTF-8` mends it.".to_owned()),
        state: locale,
    }
}

fn workspace(world: &WorldArgs) -> Result<Finding, Stop> {
    let dir = default_dir(world)?;
    let (state, advice) = match Workspace::exists(&dir) {
        false => (format!("{} (not made yet)", dir.display()), None),
        true => match Workspace::open(&dir) {
            Ok((_, lab)) => {
                let commands = lab.journal().entries.len();
                (format!("{}: {commands} commands, at {}", dir.display(), lab.now()), None)
            }
            Err(error) => {
                (error.to_string(), Some(error.hint.unwrap_or_else(|| "Start with --fresh.".to_owned())))
            }
        },
    };
    Ok(Finding { what: "workspace", state, advice })
}
