//! `pumphouse fmt`: application code in the house layout.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::{Stop, read_text, refused, tell};
use crate::sql::assist::{Formatted, format_with};
use crate::sql::diag::Diagnostic;
use crate::workspace::replace_file;

/// Lay out SQL files
///
/// One clause a line, keywords in capitals, columns below each other; names, comments and meaning stay. A
/// statement that cannot be read stays as it is written. Without a flag the files are written in place.
#[derive(Args)]
#[command(after_help = "Example:\n  pumphouse fmt app.sql\n  pumphouse fmt --check *.sql")]
pub struct FmtArgs {
    /// Files of SQL; - reads standard input and prints
    #[arg(required = true, value_name = "FILE.sql")]
    files: Vec<PathBuf>,
    /// Write nothing; name the files that would change, and exit 1 if there are any
    #[arg(long)]
    check: bool,
    /// Print the result instead of writing it
    #[arg(long, conflicts_with = "check")]
    stdout: bool,
}

pub fn run(args: &FmtArgs) -> Result<(), Stop> {
    let mut told = false;
    let mut differing = 0;
    for file in &args.files {
        let piped = file.as_os_str() == "-";
        let text = if piped { standard_input()? } else { read_text(file)? };
        let name = if piped { "standard input".to_owned() } else { file.display().to_string() };
        let formatted = match format_with(&text) {
            Ok(formatted) => formatted,
            Err(said) => {
                told = true;
                report(&name, &text, &said)?;
                continue;
            }
        };
        report(&name, &text, &formatted.left)?;
        if args.check {
            if formatted.text != text {
                differing += 1;
                writeln!(std::io::stdout(), "{name}")?;
            }
        } else if args.stdout || piped {
            std::io::stdout().write_all(formatted.text.as_bytes())?;
        } else {
            write(file, &text, &formatted)?;
        }
    }
    match (told, differing) {
        (true, _) => Err(Stop::Told),
        (false, 0) => Ok(()),
        (false, 1) => Err(different("1 file is")),
        (false, count) => Err(different(&format!("{count} files are"))),
    }
}

fn different(what: &str) -> Stop {
    Stop::Failed {
        message: format!("{what} not in the house layout"),
        hint: Some("Run pumphouse fmt without --check.".to_owned()),
    }
}

fn report(name: &str, text: &str, said: &[Diagnostic]) -> Result<(), Stop> {
    Ok(tell(&mut std::io::stderr(), name, text, said, false)?)
}

fn standard_input() -> Result<String, Stop> {
    let mut text = String::new();
    match std::io::stdin().read_to_string(&mut text) {
        Ok(_) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
        Err(error) => Err(refused(format!("could not read standard input: {error}"))),
    }
}

/// Replaces a file as a whole: another reader sees the old text or the new one, never a part.
fn write(file: &Path, before: &str, formatted: &Formatted) -> Result<(), Stop> {
    if formatted.text == before {
        return Ok(());
    }
    // A link stays a link: what it points to is replaced.
    let target = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    replace_file(&target, formatted.text.as_bytes()).map_err(|error| Stop::Failed {
        message: format!("could not write {}: {error}", file.display()),
        hint: Some("Print it with --stdout.".to_owned()),
    })
}
