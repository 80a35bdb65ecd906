//! `pumphouse explain`: application code told in plain words.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::cli::{Stop, read_text, refused, tell};
use crate::cloud::analytics::SOURCE;
use crate::cloud::mapping::Schema;
use crate::sql::assist::explain;
use crate::sql::bind::{Catalog, SourceDef};
use crate::sql::plan::ColumnDef;

/// Tell SQL in plain words
///
/// Draws which pump feeds which stream, and tells of each pump what it reads, keeps, computes and remembers,
/// and when it speaks.
#[derive(Args)]
#[command(after_help = "Example:\n  pumphouse explain app.sql")]
pub struct ExplainArgs {
    /// The application's code
    #[arg(value_name = "FILE.sql")]
    app: PathBuf,
    /// Columns of the source: a list of {"name", "type", "mapping"} [default: the workshop's]
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Name of the source stream
    #[arg(long, default_value = SOURCE, value_name = "NAME")]
    source: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(args: &ExplainArgs) -> Result<(), Stop> {
    let text = read_text(&args.app)?;
    let schema = match &args.schema {
        Some(path) => Schema::parse(&read_text(path)?)
            .map_err(|error| refused(format!("{}: {error}", path.display())))?,
        None => Schema::workshop(),
    };
    let column = |it: &crate::cloud::mapping::SchemaColumn| ColumnDef {
        name: it.name.clone(),
        ty: it.ty,
        not_null: false,
    };
    let source =
        SourceDef { name: args.source.clone(), columns: schema.columns.iter().map(column).collect() };
    let catalog = Catalog { sources: vec![source], ..Catalog::default() };
    let file = args.app.display().to_string();
    let told = match explain(&text, &catalog) {
        Ok(told) => told,
        Err(said) => {
            tell(&mut std::io::stderr(), &file, &text, &said, args.json)?;
            return Err(Stop::Told);
        }
    };
    tell(&mut std::io::stderr(), &file, &text, &told.notes, args.json)?;
    let mut out = std::io::stdout().lock();
    match args.json {
        true => writeln!(out, "{}", serde_json::json!(told))?,
        false => write!(out, "{told}")?,
    }
    Ok(())
}
