//! `pumphouse sql`: an application's code over recorded input.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::base::name::{SequenceNumber, ShardId};
use crate::base::time::{Span, Timestamp};
use crate::cli::{Shape, Stop, WorldArgs, moment, read_text, refused, tell};
use crate::cloud::analytics::SOURCE;
use crate::cloud::discover::discover;
use crate::cloud::mapping::{Mapper, RecordMeta, Schema};
use crate::sql::bind::{Catalog, SourceDef, compile};
use crate::sql::plan::{ColumnDef, Program, StreamId, StreamKind, TableId};
use crate::sql::pump::{ClockMode, DistinctMode, Engine, Options, RowError};
use crate::sql::value::Batch;

mod input;
mod printer;
mod reference;

use input::{Input, Record};
use printer::Printer;
use reference::Table;

/// Run SQL over recorded records
///
/// Each line of the input is a JSON record; with --timed it is {"at": …, "data": …}. Prints the rows of
/// every in-application stream and of error_stream in order of emission.
#[derive(Args)]
#[command(
    after_help = "Example:\n  pumphouse sql app.sql --input records.jsonl --until 2016-10-26T19:01:00Z"
)]
pub struct SqlArgs {
    /// The application's code
    app: PathBuf,
    /// Records, one JSON document per line
    #[arg(long, value_name = "FILE", required_unless_present = "check")]
    input: Option<PathBuf>,
    /// Lines are {"at": moment, "data": record, "arrival": moment, "partitionKey": text}
    #[arg(long)]
    timed: bool,
    /// Columns of the source: a list of {"name", "type", "mapping"}, or the service's InputSchema
    /// [default: discovered]
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// A reference table: its name, its columns, and its rows as JSON lines or CSV
    #[arg(long, value_name = "NAME=SCHEMA.json:FILE")]
    reference: Vec<String>,
    /// Name of the source stream
    #[arg(long, default_value = SOURCE, value_name = "NAME")]
    source: String,
    /// Move the clock on to this moment after the last record
    #[arg(long, value_name = "T", value_parser = moment)]
    until: Option<Timestamp>,
    /// Let windows close by later rows only, never by the clock
    #[arg(long)]
    rows_only: bool,
    /// Let SELECT DISTINCT speak at once instead of at the window's end
    #[arg(long)]
    distinct_immediate: bool,
    /// Print the rows of this stream only; may be given several times
    #[arg(long, value_name = "NAME")]
    stream: Vec<String>,
    /// How rows are printed
    #[arg(long, value_enum, default_value = "jsonl")]
    format: Shape,
    /// Only parse and bind; without --schema and --input the workshop's columns are assumed
    #[arg(long)]
    check: bool,
    /// Print errors as JSON objects, one per line
    #[arg(long)]
    json: bool,
}

/// Records that discovery looks at.
const SAMPLE: usize = 200;

pub fn run(world: &WorldArgs, args: &SqlArgs) -> Result<(), Stop> {
    let text = read_text(&args.app)?;
    let input = match &args.input {
        Some(path) => Some(Input::read(path, args.timed, world.start())?),
        None => None,
    };
    check_until(args, input.as_ref())?;
    let schema = schema(args, input.as_ref())?;
    let column = |it: &crate::cloud::mapping::SchemaColumn| ColumnDef {
        name: it.name.clone(),
        ty: it.ty,
        not_null: false,
    };
    let columns = schema.columns.iter().map(column).collect();
    let mut tables = reference::read_all(&args.reference, &args.source, world.start())?;
    let catalog = Catalog {
        sources: vec![SourceDef { name: args.source.clone(), columns }],
        tables: tables.iter().map(|it| it.def.clone()).collect(),
    };
    let file = args.app.display().to_string();
    let program = match compile(&text, &catalog) {
        Ok(program) => program,
        Err(diagnostics) => {
            tell(&mut std::io::stderr(), &file, &text, &diagnostics, args.json)?;
            return Err(Stop::Told);
        }
    };
    tell(&mut std::io::stderr(), &file, &text, &program.notes, args.json)?;
    match input {
        Some(input) if !args.check => execute(args, &schema, program, input, &mut tables),
        _ => Ok(()),
    }
}

/// The clock cannot be moved on to a moment it has passed.
fn check_until(args: &SqlArgs, input: Option<&Input>) -> Result<(), Stop> {
    let last = input.and_then(|it| it.records.last()).map(|it| it.at);
    match (args.until, last) {
        (Some(until), Some(last)) if until < last => Err(Stop::Refused {
            message: format!("--until {until} is before the last record, which comes at {last}"),
            hint: Some(format!("Time only moves forward: give {last} or later, or leave --until out.")),
        }),
        _ => Ok(()),
    }
}

fn schema(args: &SqlArgs, input: Option<&Input>) -> Result<Schema, Stop> {
    let sample = input.map_or_else(Vec::new, sample);
    if let (Some(path), Some(input)) = (&args.input, input)
        && input.records.is_empty()
    {
        eprintln!("pumphouse: note: {} holds no records", path.display());
    }
    if let Some(path) = &args.schema {
        let text = read_text(path)?;
        let csv = args.input.as_deref().is_some_and(named_csv) || looks_like_csv(&sample);
        return Schema::parse_for(&text, csv)
            .map_err(|error| refused(format!("{}: {error}", path.display())));
    }
    if sample.is_empty() {
        return Ok(Schema::workshop());
    }
    discover(&sample).map_err(|error| Stop::Refused {
        message: format!("the columns of the input could not be discovered: {}", error.message),
        hint: Some("Say them with --schema SCHEMA.json.".to_owned()),
    })
}

/// What discovery looks at: the first records that are text.
fn sample(input: &Input) -> Vec<&[u8]> {
    let readable = input.records.iter().map(|it| &it.data[..]).filter(|it| std::str::from_utf8(it).is_ok());
    readable.take(SAMPLE).collect()
}

/// Whether a file's name says that it holds rows of CSV.
fn named_csv(path: &Path) -> bool {
    path.extension().is_some_and(|it| it.eq_ignore_ascii_case("csv"))
}

/// Whether records are several fields each, and none of them JSON.
fn looks_like_csv(sample: &[&[u8]]) -> bool {
    let json = |it: &&[u8]| it.trim_ascii().first().is_some_and(|it| matches!(it, b'{' | b'['));
    !sample.is_empty() && sample.iter().all(|it| it.contains(&b',')) && !sample.iter().any(json)
}

fn execute(
    args: &SqlArgs,
    schema: &Schema,
    program: Program,
    input: Input,
    tables: &mut [Table],
) -> Result<(), Stop> {
    let program = Arc::new(program);
    for name in &args.stream {
        if !program.streams.iter().any(|it| it.name == *name) {
            let known: Vec<&str> = program.streams.iter().map(|it| it.name.as_str()).collect();
            return Err(Stop::Refused {
                message: format!("stream {name} does not exist"),
                hint: Some(format!("The streams are {}.", known.join(", "))),
            });
        }
    }
    let shown = program.streams.iter().map(|it| match args.stream.is_empty() {
        true => it.kind != StreamKind::Source,
        false => args.stream.contains(&it.name),
    });
    let out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let mut printer = Printer::new(out, args.format, program.clone(), shown.collect());
    let options = Options {
        distinct: if args.distinct_immediate { DistinctMode::Immediate } else { DistinctMode::AtWindowEnd },
        clock: if args.rows_only { ClockMode::RowsOnly } else { ClockMode::ClockAndRows },
    };
    let mut feed = Feed {
        engine: Engine::new(program.clone(), options, input.start),
        mapper: Mapper::new(schema, &program),
        batch: Batch::default(),
        errors: Vec::new(),
        counter: 0,
    };
    feed.mapper.clear(&mut feed.batch);
    for (at, table) in tables.iter_mut().enumerate() {
        feed.engine.load(TableId(at), std::mem::take(&mut table.rows));
        feed.engine.report(&table.errors(input.start), &mut printer);
    }
    for step in input.steps() {
        feed.step(step, &mut printer);
        printer.check()?;
    }
    if let Some(until) = args.until {
        feed.clock(until, &mut printer);
    }
    printer.finish()
}

/// Records on their way into the engine.
struct Feed {
    engine: Engine,
    mapper: Mapper,
    batch: Batch,
    errors: Vec<RowError>,
    counter: u64,
}

impl Feed {
    /// Moves the clock on, and stops at the end of every window on the way, as it would have done by itself.
    fn clock(&mut self, to: Timestamp, printer: &mut Printer<impl Write>) {
        while let Some(due) = self.engine.next_due().filter(|it| *it < to) {
            self.engine.advance(due, printer);
        }
        self.engine.advance(to, printer);
    }

    /// The records of one poll: the clock up to just before them, because a bound promises that nothing of
    /// its own moment is still to come; then their rows in order.
    fn step(&mut self, records: &[Record], printer: &mut Printer<impl Write>) {
        let Some(first) = records.first() else { return };
        self.clock(first.at - Span::from_millis(1), printer);
        self.mapper.clear(&mut self.batch);
        self.errors.clear();
        for record in records {
            let meta = RecordMeta {
                arrival: record.arrival,
                partition_key: record.partition_key.as_bytes(),
                sequence_number: SequenceNumber {
                    created_secs: first.at.as_secs().unsigned_abs(),
                    counter: self.counter,
                    put_secs: record.arrival.as_secs().unsigned_abs(),
                    shard: ShardId(0),
                },
                shard_id: ShardId(0),
            };
            self.counter += 1;
            if let Err(error) = self.mapper.map(&record.data, &meta, record.at, &mut self.batch) {
                self.errors.push(error);
            }
        }
        if !self.batch.is_empty() {
            self.engine.push(StreamId(0), &self.batch, printer);
        }
        self.engine.report(&self.errors, printer);
    }
}

/// How far apart records without times arrive.
const APART: Span = Span::from_millis(1);
