//! `pumphouse generate`: records from a template, one per line.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use crate::cli::{Stop, WorldArgs, read_text, tell};
use crate::template::batch::{Batch, RATE};
use crate::template::{Mode, Template};

/// Make records from a template, one per line
#[derive(Args)]
#[command(after_help = "Example:\n  pumphouse generate --template sensors.txt --count 5 --seed 7")]
pub struct GenerateArgs {
    /// The record template
    #[arg(long, value_name = "FILE")]
    template: PathBuf,
    /// How many records
    #[arg(long, default_value_t = 10, value_name = "N")]
    count: u64,
    /// Records a second: how fast the timestamps in them move on
    #[arg(long, default_value_t = RATE, value_name = "R", value_parser = clap::value_parser!(u64).range(1..))]
    rate: u64,
    /// Refuse what the page of 2016 could not do, in its words
    #[arg(long)]
    strict: bool,
    /// Write to a file instead of the output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print errors as JSON objects, one per line
    #[arg(long)]
    json: bool,
}

/// Bytes made before they are written.
const CHUNK: usize = 1 << 16;

pub fn run(world: &WorldArgs, args: &GenerateArgs) -> Result<(), Stop> {
    let text = read_text(&args.template)?;
    let mode = if args.strict { Mode::Strict } else { Mode::Tolerant };
    let file = args.template.display().to_string();
    let template = match Template::compile(&text, mode) {
        Ok(template) => template,
        Err(diagnostics) => {
            tell(&mut std::io::stderr(), &file, &text, &diagnostics, args.json)?;
            return Err(Stop::Told);
        }
    };
    let out: Box<dyn Write> = match &args.out {
        None => Box::new(std::io::stdout().lock()),
        Some(path) => Box::new(File::create(path).map_err(|error| Stop::Failed {
            message: format!("could not make {}: {error}", path.display()),
            hint: None,
        })?),
    };
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let mut batch = Batch::new(template, world.seed(), world.start(), args.rate, args.count);
    let mut lines = Vec::new();
    while batch.fill(&mut lines, CHUNK) > 0 {
        out.write_all(&lines)?;
        lines.clear();
    }
    Ok(out.flush()?)
}
