//! What SQL means, by example: runs every file of `tests/pumps`.
//!
//! A file is a list of cases. A case begins with `#` and a sentence, and goes on with blocks:
//!
//! - `source NAME` with a column per line (`k VARCHAR(4)`), one source for the case and all after it;
//! - a column may have a path (`k VARCHAR(4) $.k`), and `csv source NAME` a column's place; feeds are
//!   records then;
//! - `table NAME` with a column per line: a reference table, for the case and all after it; `load NAME` with
//!   rows: what it holds from now on;
//! - `before`: code that stands before that of `sql for target` from now on;
//! - `sql`: the application's code; `sql again`: that of the case before; `sql for target (columns)`: the
//!   body of a pump into stream TARGET;
//! - `feed again`: the rows of the feed before;
//! - `feed NAME` with rows `19:00:01.000 | a | 1`, or records for a schema; `@17:05:07.310` before the
//!   values is the arrival;
//! - `clock 19:00:02`, `start PUMP`, `distinct immediate`, `clock off`;
//! - `rows NAME`: every row of a stream so far, as `19:00:10.000 | a | 2`; `errors`: those of error_stream,
//!   as `NAME | MESSAGE | PUMP`; `csv NAME`, `json NAME`: the records of an output;
//! - `refused` with a part of the message.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use pumphouse::base::time::Timestamp;
use pumphouse::cloud::mapping::{Mapper, RecordMeta, Schema, SchemaColumn};
use pumphouse::cloud::output::{write_csv, write_json};
use pumphouse::sql::bind::{Catalog, SourceDef, compile};
use pumphouse::sql::plan::{ColumnDef, Program, StreamId, TableDef, TableId};
use pumphouse::sql::pump::{ClockMode, DistinctMode, Engine, Options, Sink};
use pumphouse::sql::value::{Batch, SqlType, Value};

/// 2016-10-26 00:00:00 UTC, the day of all cases.
const DAY: &str = "2016-10-26 ";

#[test]
fn every_case_comes_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pumps");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of the cases can be read")
        .map(|it| it.expect("an entry of the folder can be read").path())
        .collect();
    files.sort();
    let mut failures = String::new();
    let mut cases = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file of cases can be read");
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        cases += run_file(&name, &text, &mut failures);
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(cases > 50, "only {cases} cases were found");
}

/// Runs a text of cases; what goes wrong is added to `failures`.
pub fn run_file(name: &str, text: &str, failures: &mut String) -> usize {
    let mut cases: Vec<Case> = Vec::new();
    let mut block: Option<(usize, String, Vec<String>)> = None;
    let mut blocks: Vec<(usize, String, Vec<String>)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.starts_with('#') || line.trim().is_empty() {
            blocks.extend(block.take());
            if line.starts_with('#') {
                blocks.push((at + 1, line.to_owned(), Vec::new()));
            }
        } else if let Some((_, _, lines)) = &mut block {
            lines.push(line.to_owned());
        } else {
            block = Some((at + 1, line.trim().to_owned(), Vec::new()));
        }
    }
    blocks.extend(block);
    let mut setup = Setup::default();
    for (line, head, lines) in blocks {
        if head.starts_with('#') {
            cases.push(Case::new(setup.clone()));
            continue;
        }
        let Some(case) = cases.last_mut() else {
            let _ = writeln!(failures, "{name}:{line}: a case begins with #");
            continue;
        };
        if let Err(problem) = case.block(&head, &lines) {
            let _ = writeln!(failures, "{name}:{line}: {head}\n{problem}\n");
        }
        setup = case.setup.clone();
    }
    cases.len()
}

#[derive(Clone, Default)]
struct Setup {
    name: String,
    columns: Vec<ColumnDef>,
    schema: Option<Schema>,
    tables: Vec<TableDef>,
    before: String,
    code: String,
    fed: Vec<String>,
}

struct Case {
    setup: Setup,
    options: Options,
    engine: Option<Engine>,
    /// Every row of every stream, as text.
    seen: Seen,
    refused: Option<String>,
    now: Timestamp,
}

struct Seen {
    program: Arc<Program>,
    rows: Vec<Vec<String>>,
    csv: Vec<Vec<u8>>,
    json: Vec<Vec<u8>>,
}

impl Sink for Seen {
    fn rows(&mut self, stream: StreamId, batch: &Batch) {
        let def = &self.program.streams[stream.0];
        let columns = &def.columns[..def.visible];
        for row in 0..batch.len() {
            let mut text = short(Timestamp::from_millis(batch.rowtimes[row]).to_sql());
            for (column, def) in batch.columns.iter().zip(columns) {
                let mut cell = Vec::new();
                pumphouse::sql::write::csv_field(column, row, def.ty, &mut cell);
                let cell = String::from_utf8(cell).expect("rows are UTF-8");
                let null = column.is_null(row);
                let _ = write!(text, " | {}", if null { "NULL".to_owned() } else { short(cell) });
            }
            self.rows[stream.0].push(text);
            write_csv(batch, row, columns, &mut self.csv[stream.0]);
            write_json(batch, row, columns, &mut self.json[stream.0]);
        }
    }
}

/// Moments of the day without the day, and without milliseconds where there are none.
pub fn short(text: String) -> String {
    let text = text.strip_prefix(DAY).map_or(text.clone(), str::to_owned);
    let moment = text.len() >= 12 && text.as_bytes()[text.len() - 10] == b':' && text.ends_with(".000");
    if moment { text[..text.len() - 4].to_owned() } else { text }
}

fn moment(text: &str) -> Timestamp {
    let text = text.trim();
    let full = if text.len() > 12 { text.to_owned() } else { format!("{DAY}{text}") };
    Timestamp::parse(&full).unwrap_or_else(|| panic!("'{text}' is no moment"))
}

impl Case {
    fn new(setup: Setup) -> Self {
        let seen = Seen { program: Arc::default(), rows: Vec::new(), csv: Vec::new(), json: Vec::new() };
        let options = Options::default();
        Self { setup, options, engine: None, seen, refused: None, now: moment("00:00:00") }
    }

    fn block(&mut self, head: &str, lines: &[String]) -> Result<(), String> {
        let (word, rest) = head.split_once(' ').unwrap_or((head, ""));
        match (word, rest) {
            ("source", name) => self.source(name, lines),
            ("csv", source) if source.starts_with("source ") => {
                self.source(&source["source ".len()..], lines);
                let column = |it: &ColumnDef| SchemaColumn {
                    name: it.name.clone(),
                    ty: it.ty,
                    mapping: String::new(),
                };
                self.setup.schema = Some(Schema::csv(self.setup.columns.iter().map(column).collect()));
            }
            ("table", name) => self.table(name, lines),
            ("before", _) => self.setup.before = lines.join("\n"),
            ("distinct", "immediate") => self.options.distinct = DistinctMode::Immediate,
            ("clock", "off") => self.options.clock = ClockMode::RowsOnly,
            ("sql", "") => self.compile(lines.join("\n")),
            ("sql", "again") => self.compile(self.setup.code.clone()),
            ("sql", target) => {
                let columns = target.trim_start_matches("for target").trim();
                let body = lines.join("\n");
                self.compile(format!(
                    "{} CREATE STREAM TARGET {columns}; CREATE PUMP P AS INSERT INTO TARGET {body}",
                    self.setup.before
                ));
            }
            ("refused", _) => {
                let said = self.refused.clone().ok_or("it was accepted")?;
                let missing =
                    lines.iter().find(|it| !said.to_lowercase().contains(&it.trim().to_lowercase()));
                return missing.map_or(Ok(()), |it| Err(format!("  expected: {it}\n  said: {said}")));
            }
            _ if self.refused.is_some() => {
                return Err(format!("  refused: {}", self.refused.as_deref().unwrap_or_default()));
            }
            ("feed", "again") => {
                let (name, fed) = (self.setup.name.clone(), self.setup.fed.clone());
                return self.feed(&name, &fed);
            }
            ("feed", name) => {
                self.setup.fed = lines.to_vec();
                return self.feed(name, lines);
            }
            ("load", name) => return self.load(name, lines),
            ("clock", time) => {
                self.now = moment(time);
                let (engine, seen) = (self.engine.as_mut().ok_or("no sql")?, &mut self.seen);
                engine.advance(self.now, seen);
                if let Some(due) = engine.next_due().filter(|it| *it <= self.now) {
                    return Err(format!("  due at {due}, which the clock has passed"));
                }
            }
            ("start", pump) => {
                let at =
                    self.seen.program.pumps.iter().position(|it| it.name == pump).ok_or("no such pump")?;
                self.engine.as_mut().ok_or("no sql")?.set_started(at, true);
            }
            ("rows" | "csv" | "json" | "errors", name) => return self.check(word, name, lines),
            _ => return Err(format!("unknown block {head}")),
        }
        Ok(())
    }

    fn source(&mut self, name: &str, lines: &[String]) {
        let mut columns = Vec::new();
        let mut mapped = Vec::new();
        for line in lines {
            let (name, rest) = line.trim().split_once(' ').expect("a column has a type");
            let (ty, path) = rest.split_once(" $").unwrap_or((rest, ""));
            let ty = SqlType::parse(ty).unwrap_or_else(|| panic!("'{ty}' is no type"));
            columns.push(ColumnDef { name: name.to_owned(), ty, not_null: false });
            if rest.contains('$') {
                mapped.push(SchemaColumn { name: name.to_owned(), ty, mapping: format!("${path}") });
            }
        }
        let schema = if mapped.is_empty() { None } else { Some(Schema::json(mapped)) };
        let tables = std::mem::take(&mut self.setup.tables);
        let setup = Setup { name: name.to_owned(), columns, schema, tables, ..Setup::default() };
        self.setup = setup;
    }

    fn table(&mut self, name: &str, lines: &[String]) {
        let column = |line: &String| {
            let (name, ty) = line.trim().split_once(' ').expect("a column has a type");
            let ty = SqlType::parse(ty).unwrap_or_else(|| panic!("'{ty}' is no type"));
            ColumnDef { name: name.to_owned(), ty, not_null: false }
        };
        let columns = lines.iter().map(column).collect();
        self.setup.tables.retain(|it| it.name != name);
        self.setup.tables.push(TableDef { name: name.to_owned(), columns });
    }

    fn load(&mut self, name: &str, lines: &[String]) -> Result<(), String> {
        let at = self.setup.tables.iter().position(|it| it.name == name).ok_or("no such table")?;
        let columns = &self.setup.tables[at].columns;
        let mut batch = Batch::new(columns.iter().map(|it| it.ty));
        for line in lines.iter().filter(|it| it.trim() != "nothing") {
            batch.rowtimes.push(0);
            for ((cell, def), column) in line.split('|').zip(columns).zip(&mut batch.columns) {
                column.push(&match cell.trim() {
                    "NULL" => Value::Null,
                    text if def.ty.is_character() => Value::Text(text.trim_matches('\'').into()),
                    number => Value::Int(number.parse().map_err(|_| format!("'{number}' is no number"))?),
                });
            }
        }
        self.engine.as_mut().ok_or("no sql")?.load(TableId(at), batch);
        Ok(())
    }

    fn compile(&mut self, code: String) {
        let source = SourceDef { name: self.setup.name.clone(), columns: self.setup.columns.clone() };
        match compile(&code, &Catalog { sources: vec![source], tables: self.setup.tables.clone() }) {
            Ok(program) => {
                let program = Arc::new(program);
                let count = program.streams.len();
                self.seen = Seen {
                    program: program.clone(),
                    rows: vec![Vec::new(); count],
                    csv: vec![Vec::new(); count],
                    json: vec![Vec::new(); count],
                };
                self.engine = Some(Engine::new(program, self.options, self.now));
            }
            Err(said) => {
                let text = |it: &pumphouse::sql::diag::Diagnostic| {
                    format!(
                        "{} / {} / {}",
                        it.message,
                        it.detail.as_deref().unwrap_or(""),
                        it.hint.as_deref().unwrap_or("")
                    )
                };
                self.refused = Some(said.iter().map(text).collect::<Vec<_>>().join(" // "));
            }
        }
        self.setup.code = code;
    }

    fn feed(&mut self, name: &str, lines: &[String]) -> Result<(), String> {
        let stream = self.stream(name)?;
        let schema = match &self.setup.schema {
            Some(schema) => schema.clone(),
            None => {
                let column = |(at, it): (usize, &ColumnDef)| SchemaColumn {
                    name: it.name.clone(),
                    ty: it.ty,
                    mapping: format!("$.{at}"),
                };
                Schema::json(self.setup.columns.iter().enumerate().map(column).collect())
            }
        };
        let mut mapper = Mapper::new(&schema, &self.seen.program);
        let engine = self.engine.as_mut().ok_or("no sql")?;
        for line in lines {
            let (time, values) = line.split_once('|').ok_or("a row is `time | values`")?;
            let rowtime = moment(time);
            let values = values.trim();
            let (arrival, values) = match values.strip_prefix('@') {
                Some(rest) => {
                    rest.split_once(' ').map_or((rowtime, rest), |(it, rest)| (moment(it), rest.trim()))
                }
                None => (rowtime, values),
            };
            let record = match &self.setup.schema {
                Some(_) => values.to_owned(),
                None => object(values),
            };
            let mut batch = Batch::default();
            match mapper.map(record.as_bytes(), &RecordMeta::at(arrival), rowtime, &mut batch) {
                Ok(_) => engine.push(stream, &batch, &mut self.seen),
                Err(error) => engine.report(&[error], &mut self.seen),
            }
            for flow in engine.flows() {
                let sum =
                    flow.passed + flow.filtered + flow.duplicates + flow.waiting + flow.grouped + flow.errors;
                if flow.rows_in != sum {
                    return Err(format!("  rows in and their fates differ: {flow:?}"));
                }
            }
        }
        // What a checkpoint holds goes on where it was.
        let state = postcard::to_allocvec(&engine.state()).map_err(|it| it.to_string())?;
        let state = postcard::from_bytes(&state).map_err(|it| it.to_string())?;
        *engine = Engine::restore(self.seen.program.clone(), self.options, state);
        Ok(())
    }

    fn stream(&self, name: &str) -> Result<StreamId, String> {
        let found = self.seen.program.streams.iter().position(|it| it.name == name);
        found.map(StreamId).ok_or_else(|| format!("no stream {name}"))
    }

    fn check(&self, word: &str, name: &str, lines: &[String]) -> Result<(), String> {
        let stream = self.stream(if word == "errors" { "error_stream" } else { name })?;
        let actual: Vec<String> = match word {
            "rows" => self.seen.rows[stream.0].clone(),
            "csv" => text_lines(&self.seen.csv[stream.0]),
            "json" => text_lines(&self.seen.json[stream.0]),
            _ => {
                let part = |row: &String| {
                    let cells: Vec<&str> = row.split(" | ").collect();
                    format!("{} | {} | {}", cells[3], unquoted(cells[4]), cells[cells.len() - 1])
                };
                self.seen.rows[stream.0].iter().map(part).collect()
            }
        };
        let expected: Vec<String> =
            lines.iter().map(|it| it.trim().to_owned()).filter(|it| it != "nothing").collect();
        if actual == expected {
            return Ok(());
        }
        Err(format!("  expected:\n    {}\n  came:\n    {}", expected.join("\n    "), actual.join("\n    ")))
    }
}

/// A CSV field without its quotes.
fn unquoted(field: &str) -> String {
    let inner = field.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inner.map_or(field.to_owned(), |it| it.replace("\"\"", "\""))
}

fn text_lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
}

/// `a | 1 | NULL` as an object whose keys are the places of the columns.
fn object(values: &str) -> String {
    let cell = |(at, text): (usize, &str)| match text.trim() {
        "NULL" => format!("\"{at}\":null"),
        text if text.starts_with('\'') => format!("\"{at}\":{:?}", text.trim_matches('\'')),
        text if text.len() == 8 && text.as_bytes()[2] == b':' => format!("\"{at}\":\"{DAY}{text}\""),
        text => format!("\"{at}\":{text:?}"),
    };
    let cells: Vec<String> = values.split('|').enumerate().map(cell).collect();
    format!("{{{}}}", cells.join(","))
}
