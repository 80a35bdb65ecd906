//! The command line: flags and subcommands as one table, each next to its help text.
//!
//! Exit codes: 0 success, 2 wrong usage or refused input, 1 failure of the surroundings.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::base::seed::Seed;
use crate::base::time::{Span, Timestamp};
use crate::sql::diag::{Diagnostic, Severity};
use crate::workspace::WorkspaceError;

mod doctor;
mod explain;
mod export;
mod fmt;
mod generate;
mod play;
mod run;
mod sql;
mod steps;
mod workshop;

/// The AWS streaming workshop of 2016, running again: streams, SQL pumps, delivery to files, all
/// simulated in your terminal. Without a subcommand the workshop opens.
#[derive(Parser)]
#[command(name = "pumphouse", version, propagate_version = true)]
#[command(after_help = "Example:\n  pumphouse --fresh        start the workshop in a new workspace")]
pub struct Cli {
    #[command(flatten)]
    world: WorldArgs,
    /// Start a new workspace; other workspaces are not touched
    #[arg(long)]
    fresh: bool,
    #[command(subcommand)]
    task: Option<Task>,
}

/// What a world begins with and where it is kept.
#[derive(Args, Clone)]
pub struct WorldArgs {
    /// Folder of the workspace [default: in the platform's data folder]
    #[arg(long, global = true, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// Number that decides every random draw [default: 2016]
    #[arg(long, global = true, value_name = "N")]
    seed: Option<u64>,
    /// Moment the world opens, or `now` [default: 2016-10-26T19:00:00Z]
    #[arg(long, global = true, value_name = "T", value_parser = moment)]
    start: Option<Timestamp>,
}

impl WorldArgs {
    fn seed(&self) -> Seed {
        self.seed.map_or_else(Seed::default, Seed)
    }

    fn start(&self) -> Timestamp {
        self.start.unwrap_or(Timestamp::OPENING)
    }
}

#[derive(Subcommand)]
enum Task {
    Run(run::RunArgs),
    Sql(sql::SqlArgs),
    Generate(generate::GenerateArgs),
    Play(play::PlayArgs),
    Export(export::ExportArgs),
    Explain(explain::ExplainArgs),
    Fmt(fmt::FmtArgs),
    Steps(steps::StepsArgs),
    Doctor(doctor::DoctorArgs),
    /// Print completions for a shell
    #[command(
        after_help = "Example:\n  pumphouse completions bash > ~/.local/share/bash-completion/completions/pumphouse"
    )]
    Completions {
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example:\n  pumphouse man > pumphouse.1")]
    Man,
}

/// Text or JSON, where results are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    Jsonl,
    Csv,
    Table,
}

/// Why a task ends early.
pub enum Stop {
    /// Exit 2: what was asked for or given in is refused. `hint` says what to do instead.
    Refused { message: String, hint: Option<String> },
    /// Exit 2: the text was refused; its diagnostics are already printed.
    Told,
    /// Exit 1: the surroundings failed.
    Failed { message: String, hint: Option<String> },
    /// Exit 0: nobody reads what is printed any more.
    Closed,
    /// Exit 128 and the number: a signal ended the program, and everything is saved.
    Signal(i32),
}

impl From<WorkspaceError> for Stop {
    fn from(error: WorkspaceError) -> Self {
        Stop::Failed { message: error.to_string(), hint: error.hint }
    }
}

/// Printing failed; a closed pipe is the reader's wish, not an error.
impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Stop::Closed,
            _ => Stop::Failed { message: format!("could not write the output: {error}"), hint: None },
        }
    }
}

/// Reads the command line, does what it says, answers with the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.task {
        None => workshop::open(&cli.world, cli.fresh),
        Some(Task::Run(args)) => run::run(&cli.world, &args),
        Some(Task::Sql(args)) => sql::run(&cli.world, &args),
        Some(Task::Generate(args)) => generate::run(&cli.world, &args),
        Some(Task::Play(args)) => play::run(&cli.world, &args),
        Some(Task::Export(args)) => export::run(&cli.world, &args),
        Some(Task::Explain(args)) => explain::run(&args),
        Some(Task::Fmt(args)) => fmt::run(&args),
        Some(Task::Steps(args)) => steps::run(&args),
        Some(Task::Doctor(args)) => doctor::run(&cli.world, &args),
        Some(Task::Completions { shell }) => {
            clap_complete::generate(shell, &mut Cli::command(), "pumphouse", &mut std::io::stdout());
            Ok(())
        }
        Some(Task::Man) => {
            clap_mangen::Man::new(Cli::command()).render(&mut std::io::stdout()).map_err(Stop::from)
        }
    };
    let (code, message, hint) = match result {
        Ok(()) | Err(Stop::Closed) => return ExitCode::SUCCESS,
        Err(Stop::Told) => return ExitCode::from(2),
        Err(Stop::Signal(number)) => return ExitCode::from(128 + number as u8),
        Err(Stop::Refused { message, hint }) => (2, message, hint),
        Err(Stop::Failed { message, hint }) => (1, message, hint),
    };
    eprintln!("pumphouse: {message}");
    if let Some(hint) = hint {
        eprintln!("  hint: {hint}");
    }
    ExitCode::from(code)
}

fn refused(message: impl Into<String>) -> Stop {
    Stop::Refused { message: message.into(), hint: None }
}

/// Reads a file the user named; a file that is not there is refused input.
fn read_text(path: &Path) -> Result<String, Stop> {
    String::from_utf8(read_bytes(path)?).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|it| **it == b'\n').count() + 1;
        refused(format!("could not read {}: it is not UTF-8 text (line {line})", path.display()))
    })
}

/// A file without the byte order mark that some editors put in front.
fn read_bytes(path: &Path) -> Result<Vec<u8>, Stop> {
    let mut read = std::fs::read(path)
        .map_err(|error| refused(format!("could not read {}: {error}", path.display())))?;
    if read.starts_with(b"\xef\xbb\xbf") {
        read.drain(..3);
    }
    Ok(read)
}

/// Prints diagnostics as `FILE:LINE:COLUMN: error: message` with detail and hint indented, or as JSON.
fn tell(
    out: &mut dyn std::io::Write,
    file: &str,
    text: &str,
    all: &[Diagnostic],
    json: bool,
) -> std::io::Result<()> {
    for it in all {
        let (line, column) = it.place(text);
        let severity = match it.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        if json {
            let object = serde_json::json!({
                "file": file, "line": line, "column": column, "severity": severity,
                "message": it.message, "detail": it.detail, "hint": it.hint,
                "original": it.original(text),
            });
            writeln!(out, "{object}")?;
            continue;
        }
        writeln!(out, "{file}:{line}:{column}: {severity}: {}", it.message)?;
        if let Some(detail) = &it.detail {
            writeln!(out, "    {detail}")?;
        }
        if let Some(hint) = &it.hint {
            writeln!(out, "    hint: {hint}")?;
        }
    }
    Ok(())
}

fn moment(text: &str) -> Result<Timestamp, String> {
    if text == "now" {
        return Ok(crate::surroundings::now());
    }
    Timestamp::parse(text).ok_or_else(|| format!("{text} is no moment; write 2016-10-26T19:00:00Z or now"))
}

fn span(text: &str) -> Result<Span, String> {
    Span::parse(text)
        .filter(|it| *it > Span::ZERO)
        .ok_or_else(|| format!("{text} is no length of time; write 90s, 5m or 2h"))
}

/// The platform's folder for workspaces.
fn data_dir() -> Result<PathBuf, Stop> {
    match directories::ProjectDirs::from("", "", "pumphouse") {
        Some(dirs) => Ok(dirs.data_dir().to_owned()),
        None => Err(Stop::Failed {
            message: "could not find a folder for workspaces".to_owned(),
            hint: Some("Name one with --workspace DIR.".to_owned()),
        }),
    }
}
