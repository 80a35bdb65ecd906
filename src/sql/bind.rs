//! Statements to a program: names become streams and columns, and every error of the text is said at once.
//!
//! Statements run in text order; a pump knows only what stands above it (sql.md 1.0). A broken
//! statement leaves behind the name it would have made, so that one slip does not breed ten errors.
//! Queries are bound in [`query`], tumbling windows in [`group`], expressions in [`expr`].

use std::sync::Arc;

use sqlparser::ast;

use crate::sql::ast::{Name, ObjectKind, Statement, StatementKind, shown};
use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::parse;
use crate::sql::plan::{ColumnDef, Program, Pump, Rel, StreamDef, StreamId, StreamKind, TableDef};
use crate::sql::value::SqlType;

use self::function::{Function, Making};
use self::place::Places;
use self::scope::{Origin, Relation, ScopeColumn};

mod call;
mod equal;
mod exists;
mod expr;
mod from;
mod function;
mod group;
mod insert;
mod join;
mod literal;
mod mismatch;
mod object;
mod operator;
mod order;
mod over;
mod period;
mod place;
mod predicate;
mod query;
mod reach;
mod row;
mod scope;
mod set;
mod stagger;
mod table;
mod types;
mod unknown;

/// The name of the stream that every application has for rows that failed.
pub const ERROR_STREAM: &str = "error_stream";

/// The longest name, in characters (sql.md 2.1).
const NAME_MAX: usize = 128;

/// The declared columns of a source stream, in exact case.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceDef {
    /// `SOURCE_SQL_STREAM_001`.
    pub name: String,
    pub columns: Vec<ColumnDef>,
}

/// What the configuration of an application brings, before any code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// The metadata columns are added here as hidden columns, in this order: APPROXIMATE_ARRIVAL_TIME
    /// TIMESTAMP, PARTITION_KEY VARCHAR(256), SEQUENCE_NUMBER VARCHAR(128), SHARD_ID VARCHAR(128).
    pub sources: Vec<SourceDef>,
    /// Reference tables; a real application has at most one.
    pub tables: Vec<TableDef>,
}

/// Turns an application's code into a program, or says everything that is wrong with it, in text order:
/// errors, and the warnings and notes beside them. An item `AS ROWTIME` is the row's time and no column.
pub fn compile(text: &str, catalog: &Catalog) -> Result<Program, Vec<Diagnostic>> {
    let script = parse::parse(text);
    let mut session = Session::new(text, &script.tokens, catalog);
    session.said = script.errors;
    session.plans(&script.statements);
    for statement in &script.statements {
        session.statement(statement);
    }
    let mut said = session.said;
    said.sort_by_key(|it| (it.span.start, it.span.end));
    said.dedup();
    if said.iter().any(Diagnostic::fatal) {
        return Err(said);
    }
    Ok(finish(session.streams, catalog.tables.clone(), session.pumps, said))
}

/// A stream while the code is read.
struct Stream {
    def: StreamDef,
    /// Made by a broken statement: the name exists and nothing is known of its columns.
    assumed: bool,
    dropped: bool,
}

/// What is known while the code is read.
struct Session<'t> {
    text: &'t str,
    places: Places<'t>,
    said: Vec<Diagnostic>,
    streams: Vec<Stream>,
    tables: Vec<TableDef>,
    pumps: Vec<Pump>,
    /// Pumps of broken statements: their names exist.
    assumed_pumps: Vec<String>,
    /// Streams and where their CREATE stands, for names used above it.
    planned: Vec<(String, usize)>,
    /// Where the SELECTs of this statement stand that say SELECT STREAM.
    streaming: Vec<usize>,
    /// Windows behind queries in FROM of this statement, by where the query begins.
    behind_queries: Vec<(usize, ast::Expr)>,
    /// Functions of one's own, in text order.
    functions: Vec<Function>,
    /// The pump or function that is made, by its stored name.
    pump: String,
    /// The windows of the select list that is read, and the calls over them.
    over: over::Over,
}

fn column(name: &str, ty: SqlType) -> ColumnDef {
    ColumnDef { name: name.to_owned(), ty, not_null: false }
}

/// The stream of a source: its declared columns, then the hidden ones.
fn source(source: &SourceDef) -> StreamDef {
    let mut columns = source.columns.clone();
    let visible = columns.len();
    columns.extend([
        column("APPROXIMATE_ARRIVAL_TIME", SqlType::Timestamp),
        column("PARTITION_KEY", SqlType::Varchar(256)),
        column("SEQUENCE_NUMBER", SqlType::Varchar(128)),
        column("SHARD_ID", SqlType::Varchar(128)),
    ]);
    StreamDef { name: source.name.clone(), kind: StreamKind::Source, columns, visible, span: 0..0 }
}

/// `error_stream` with its seven columns (sql.md 6.5).
fn error_stream() -> StreamDef {
    let columns = vec![
        column("ERROR_TIME", SqlType::Timestamp),
        column("ERROR_LEVEL", SqlType::Varchar(10)),
        column("ERROR_NAME", SqlType::Varchar(32)),
        column("MESSAGE", SqlType::Varchar(4096)),
        column("DATA_ROWTIME", SqlType::Timestamp),
        column("DATA_ROW", SqlType::Varchar(49_152)),
        column("PUMP_NAME", SqlType::Varchar(128)),
    ];
    let visible = columns.len();
    StreamDef { name: ERROR_STREAM.to_owned(), kind: StreamKind::Error, columns, visible, span: 0..0 }
}

impl<'t> Session<'t> {
    fn new(text: &'t str, tokens: &[parse::Token], catalog: &Catalog) -> Self {
        let given = catalog.sources.iter().map(source).chain([error_stream()]);
        let streams = given.map(|def| Stream { def, assumed: false, dropped: false }).collect();
        Self {
            text,
            places: Places::new(text, tokens),
            said: Vec::new(),
            streams,
            tables: catalog.tables.clone(),
            pumps: Vec::new(),
            assumed_pumps: Vec::new(),
            planned: Vec::new(),
            streaming: Vec::new(),
            behind_queries: Vec::new(),
            functions: Vec::new(),
            pump: String::new(),
            over: over::Over::default(),
        }
    }

    fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.said.push(diagnostic);
        None
    }

    /// Remembers where each stream is made, so that a use above it can say so.
    fn plans(&mut self, statements: &[Statement]) {
        for statement in statements {
            if let StatementKind::CreateStream { name, .. } = &statement.kind {
                self.planned.push((name.stored.clone(), name.span.start));
            }
        }
    }

    fn statement(&mut self, statement: &Statement) {
        self.streaming.clone_from(&statement.streaming);
        self.behind_queries.clone_from(&statement.windows);
        let span = statement.span.clone();
        match &statement.kind {
            StatementKind::CreateStream { or_replace, name, columns, .. } => {
                self.create_stream(*or_replace, name, columns, span);
            }
            StatementKind::CreatePump { or_replace, name, started, insert, .. } => {
                self.pump.clone_from(&name.stored);
                self.create_pump(*or_replace, name, *started, insert, span);
            }
            StatementKind::CreateFunction { name, params, returns, strict, body } => {
                self.create_function(&Making { name, params, returns, body, strict: *strict });
            }
            StatementKind::AlterPump { names, start } => self.alter_pump(names, *start),
            StatementKind::Drop { kind, name, if_exists, cascade } => {
                self.drop_object(*kind, name, *if_exists, *cascade);
            }
            StatementKind::Insert(insert) => {
                self.said.push(
                    Diagnostic::error(insert.span.clone(), "an INSERT belongs into a pump")
                        .detail("By itself it would have to run once, and a stream never ends.")
                        .hint("Write CREATE OR REPLACE PUMP and a name and AS before it."),
                );
                self.insert(insert);
            }
            StatementKind::Query(query) => {
                let first = self.places.next(span.start).unwrap_or(span);
                self.said.push(
                    Diagnostic::error(first, "a query by itself has nowhere to put its rows")
                        .detail("The rows of a query go into a stream, through a pump.")
                        .hint("Write CREATE OR REPLACE PUMP name AS INSERT INTO stream before it."),
                );
                self.query(query, false);
            }
            StatementKind::Broken { makes: Some((ObjectKind::Stream, name)) } => {
                let columns = Vec::new();
                let (kind, span) = (StreamKind::Created, name.span.clone());
                let def = StreamDef { name: name.stored.clone(), kind, columns, visible: 0, span };
                self.streams.push(Stream { def, assumed: true, dropped: false });
            }
            StatementKind::Broken { makes: Some((ObjectKind::Pump, name)) } => {
                self.assumed_pumps.push(name.stored.clone());
            }
            StatementKind::Broken { makes: Some((ObjectKind::Function, name)) } => {
                self.functions.push(Function::unknown(&name.stored));
            }
            StatementKind::Broken { makes: None } => {}
        }
    }

    /// A stream by its stored name. `error_stream` answers in any case, for its name is known in both.
    fn find(&self, stored: &str) -> Option<usize> {
        self.streams.iter().rposition(|it| {
            let error = it.def.kind == StreamKind::Error && it.def.name.eq_ignore_ascii_case(stored);
            !it.dropped && (it.def.name == stored || error)
        })
    }

    /// The relation of a stream named in FROM.
    fn stream_relation(&mut self, name: &Name) -> Option<Relation> {
        let Some(at) = self.find(&name.stored) else {
            let error = self.no_stream(name, true);
            return self.refuse(error);
        };
        let stream = &self.streams[at];
        if stream.def.kind == StreamKind::Error {
            return self.refuse(
                Diagnostic::error(name.span.clone(), "error_stream cannot be read by code")
                    .detail("It can only be connected to a destination.")
                    .hint("Connect a destination to error_stream."),
            );
        }
        if stream.assumed {
            return None;
        }
        let column =
            |(at, it): (usize, &ColumnDef)| ScopeColumn::new(it.name.clone(), it.ty, at < stream.def.visible);
        let columns = stream.def.columns.iter().enumerate().map(column).collect();
        let name = stream.def.name.clone();
        let origin = Origin::Stream(name.clone(), stream.def.kind);
        Some(Relation::new(Some(name), origin, columns, Arc::new(Rel::Scan { stream: StreamId(at) })))
    }

    /// A stream that does not exist: made below, spelt in another case, or not at all. Where it `reads`, a
    /// reference table could be meant too.
    fn no_stream(&self, name: &Name, reads: bool) -> Diagnostic {
        let title = shown(&name.stored);
        let error = Diagnostic::error(name.span.clone(), format!("stream {title} does not exist"));
        if !reads && self.tables.iter().any(|it| it.name == name.stored) {
            return error
                .detail("It is a reference table: loaded from a file, and read in joins.")
                .hint("Insert into a stream of your own.");
        }
        let below = self.planned.iter().find(|it| it.0 == name.stored && name.span.start < it.1);
        if let Some((_, at)) = below {
            return error
                .detail(format!(
                    "It is made below, in line {}, and a pump knows only what stands above.",
                    self.line(*at)
                ))
                .hint("Create it first, above.");
        }
        let known: Vec<&str> = self
            .streams
            .iter()
            .filter(|it| !it.dropped && it.def.kind != StreamKind::Error)
            .map(|it| it.def.name.as_str())
            .chain(self.tables.iter().filter(|_| reads).map(|it| it.name.as_str()))
            .collect();
        if name.stored.starts_with("SOURCE_SQL_STREAM")
            && !self.streams.iter().any(|it| it.def.kind == StreamKind::Source)
        {
            return error
                .detail("The application is not connected to a source.")
                .hint("Connect the source first; it makes this stream.");
        }
        unknown_name(error, name, known, "streams")
    }
}

/// Completes the diagnostic of a name that does not exist with the one that was meant, or with a list.
fn unknown_name(error: Diagnostic, name: &Name, known: Vec<&str>, what: &str) -> Diagnostic {
    let upper = name.stored.to_uppercase();
    if let Some(other) = known.iter().find(|it| it.to_uppercase() == upper) {
        return error.detail(scope::case_sentence(name)).hint(format!("Write {}.", shown(other)));
    }
    if let Some(near) = nearest(&name.written, known.iter().copied()) {
        return error
            .detail(format!("You wrote {}.", name.as_written()))
            .hint(format!("The nearest is {}.", shown(near)));
    }
    let names: Vec<String> = known.iter().map(|it| shown(it)).collect();
    let error = match names.is_empty() {
        true => error.detail(format!("There are no {what} above.")),
        false => error.detail(format!("Above are the {what} {}.", names.join(", "))),
    };
    error.hint("Create it first, above.")
}

/// The program: dropped streams leave, and the others move up.
fn finish(
    streams: Vec<Stream>,
    tables: Vec<TableDef>,
    mut pumps: Vec<Pump>,
    notes: Vec<Diagnostic>,
) -> Program {
    let mut places = Vec::with_capacity(streams.len());
    let mut kept = Vec::with_capacity(streams.len());
    for stream in streams {
        places.push(StreamId(kept.len()));
        if !stream.dropped {
            kept.push(stream.def);
        }
    }
    if kept.len() < places.len() {
        for pump in &mut pumps {
            pump.target = places[pump.target.0];
            pump.query.renumber(&places);
        }
    }
    Program { streams: kept, tables, pumps, notes }
}
