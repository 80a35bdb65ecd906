//! Statements to a program: names become streams and columns, and every error of the text is said at once.
//!
//! Statements run in text order; a pump knows only what stands above it (sql.md 1.0). A broken
//! statement leaves behind the name it would have made, so that one slip does not breed ten errors.
//! Queries are bound in [`query`], tumbling windows in [`group`], expressions in [`expr`].

use std::ops::Range;
use std::sync::Arc;

use crate::sql::ast::{ColumnSpec, Insert, Name, ObjectKind, Statement, StatementKind, shown};
use crate::sql::diag::{Diagnostic, nearest};
use crate::sql::dialect::reserved;
use crate::sql::parse::{self, reserved_word};
use crate::sql::plan::{ColumnDef, Program, Pump, Rel, StreamDef, StreamId, StreamKind};
use crate::sql::value::SqlType;

use self::place::Places;
use self::query::OutputColumn;
use self::scope::{Relation, ScopeColumn};

mod call;
mod expr;
mod group;
mod literal;
mod mismatch;
mod place;
mod query;
mod scope;
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
    Ok(finish(session.streams, session.pumps, said))
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
    pumps: Vec<Pump>,
    /// Pumps of broken statements: their names exist.
    assumed_pumps: Vec<String>,
    /// Streams and where their CREATE stands, for names used above it.
    planned: Vec<(String, usize)>,
    /// Where the SELECTs of this statement stand that say SELECT STREAM.
    streaming: Vec<usize>,
}

/// "… are not here yet", with the one sentence that is honest about it.
fn not_yet(span: Range<usize>, what: &str) -> Diagnostic {
    // A clause is one thing, everything else is named in the plural.
    let verb = if what.starts_with(char::is_uppercase) { "is" } else { "are" };
    Diagnostic::error(span, format!("{what} {verb} not here yet"))
        .detail("The service has this; pumphouse reads it and cannot run it yet.")
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
            pumps: Vec::new(),
            assumed_pumps: Vec::new(),
            planned: Vec::new(),
            streaming: Vec::new(),
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
        let span = statement.span.clone();
        match &statement.kind {
            StatementKind::CreateStream { or_replace, name, columns, .. } => {
                self.create_stream(*or_replace, name, columns, span);
            }
            StatementKind::CreatePump { or_replace, name, started, insert, .. } => {
                self.create_pump(*or_replace, name, *started, insert, span);
            }
            StatementKind::CreateFunction { name, .. } => {
                self.said.push(not_yet(name.span.clone(), "functions of your own"));
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
            StatementKind::Broken { .. } => {}
        }
    }

    /// A stream by its stored name. `error_stream` answers in any case, for its name is known in both.
    fn find(&self, stored: &str) -> Option<usize> {
        self.streams.iter().rposition(|it| {
            let error = it.def.kind == StreamKind::Error && it.def.name.eq_ignore_ascii_case(stored);
            !it.dropped && (it.def.name == stored || error)
        })
    }

    /// Whether a name may be given to something new.
    fn check_name(&mut self, name: &Name) -> bool {
        if let Some(error) = bad_name(name) {
            self.said.push(error);
            return false;
        }
        true
    }

    fn create_stream(&mut self, or_replace: bool, name: &Name, specs: &[ColumnSpec], span: Range<usize>) {
        self.check_name(name);
        let (columns, assumed) = self.columns(name, specs);
        let visible = columns.len();
        let def = StreamDef { name: name.stored.clone(), kind: StreamKind::Created, columns, visible, span };
        let def = StreamDef { span: name.span.clone(), ..def };
        let stream = Stream { def, assumed, dropped: false };
        if self.pump_exists(&name.stored) {
            self.said.push(
                Diagnostic::error(
                    name.span.clone(),
                    format!("a pump is called {} already", shown(&name.stored)),
                )
                .detail("A stream and a pump of one name cannot be told apart.")
                .hint("Give one of them another name."),
            );
        }
        let Some(old) = self.find(&name.stored) else {
            self.streams.push(stream);
            return;
        };
        match self.replaceable(old, or_replace, name) {
            Some(error) => self.said.push(error),
            None => self.streams[old] = stream,
        }
    }

    /// Why an existing stream cannot give its name to a new one.
    fn replaceable(&self, old: usize, or_replace: bool, name: &Name) -> Option<Diagnostic> {
        let old_stream = &self.streams[old];
        let title = shown(&old_stream.def.name);
        let error = |message: String| Diagnostic::error(name.span.clone(), message);
        match old_stream.def.kind {
            StreamKind::Error => Some(
                error("error_stream exists in every application".to_owned())
                    .detail("Rows that fail go there; the code cannot make, read or write it.")
                    .hint("Give your stream another name."),
            ),
            StreamKind::Source => Some(
                error(format!("stream {title} exists already"))
                    .detail("The configuration of the application makes it, before any code.")
                    .hint("Give your stream another name."),
            ),
            StreamKind::Created if !or_replace => Some(
                error(format!("stream {title} exists already"))
                    .detail(format!("It is made above, in line {}.", self.line(old_stream.def.span.start)))
                    .hint("Take one of the two away, or give one another name."),
            ),
            StreamKind::Created => {
                let user =
                    self.pumps.iter().find(|it| it.target == StreamId(old) || reads(&it.query, old))?;
                Some(
                    error(format!("stream {title} cannot be made again"))
                        .detail(format!("Pump {} above already uses it.", shown(&user.name)))
                        .hint("Make a stream once, above the pumps that use it."),
                )
            }
        }
    }

    fn line(&self, byte: usize) -> usize {
        crate::sql::diag::place(self.text, byte).0
    }

    /// The columns of CREATE STREAM, and whether one of them could not be read.
    fn columns(&mut self, stream: &Name, specs: &[ColumnSpec]) -> (Vec<ColumnDef>, bool) {
        let mut columns: Vec<ColumnDef> = Vec::with_capacity(specs.len());
        let mut broken = false;
        for spec in specs {
            let name = &spec.name;
            if name.stored == "ROWTIME" {
                self.said.push(
                    Diagnostic::error(name.span.clone(), "every stream already has ROWTIME")
                        .detail("ROWTIME is there without being declared, and * leaves it out.")
                        .hint("Take the column away, or give it another name."),
                );
                broken = true;
                continue;
            }
            broken |= !self.check_name(name);
            if columns.iter().any(|it| it.name == name.stored) {
                let message = format!("column {} is there twice", shown(&name.stored));
                self.said.push(
                    Diagnostic::error(name.span.clone(), message)
                        .detail(format!("{} has a column of that name already.", shown(&stream.stored)))
                        .hint("Give one of the two another name."),
                );
                broken = true;
                continue;
            }
            let written = self.places.text(spec.ty_span.clone());
            let ty = types::bind(&spec.ty, &written, spec.ty_span.clone())
                .and_then(|ty| mismatch::column_type(ty, spec.ty_span.clone()).map_or(Ok(ty), Err));
            match ty {
                Ok(ty) => columns.push(ColumnDef { name: name.stored.clone(), ty, not_null: spec.not_null }),
                Err(error) => {
                    self.said.push(error);
                    broken = true;
                }
            }
        }
        (columns, broken)
    }

    fn pump_exists(&self, stored: &str) -> bool {
        self.pumps.iter().any(|it| it.name == stored) || self.assumed_pumps.iter().any(|it| it == stored)
    }

    fn create_pump(
        &mut self,
        or_replace: bool,
        name: &Name,
        started: bool,
        insert: &Insert,
        span: Range<usize>,
    ) {
        self.check_name(name);
        if self.find(&name.stored).is_some() {
            self.said.push(
                Diagnostic::error(
                    name.span.clone(),
                    format!("a stream is called {} already", shown(&name.stored)),
                )
                .detail("A stream and a pump of one name cannot be told apart.")
                .hint(format!("Call the pump {}.", shown(&format!("{}_PUMP", name.stored)))),
            );
        }
        let old = self.pumps.iter().position(|it| it.name == name.stored);
        if old.is_some() && !or_replace {
            self.said.push(
                Diagnostic::error(name.span.clone(), format!("pump {} exists already", shown(&name.stored)))
                    .detail("Two pumps of one name cannot be told apart.")
                    .hint("Give one of them another name."),
            );
        }
        let Some((target, query, assignments)) = self.insert(insert) else {
            self.assumed_pumps.push(name.stored.clone());
            return;
        };
        if let Some(old) = old {
            self.pumps.remove(old);
        }
        let pump = Pump { name: name.stored.clone(), target, query, assignments, started, span };
        if let Some(error) = self.cycle(&pump, name) {
            self.said.push(error);
        }
        self.pumps.push(pump);
    }

    /// A pump whose rows would come back to where it reads.
    fn cycle(&self, pump: &Pump, name: &Name) -> Option<Diagnostic> {
        let mut reached = vec![pump.target];
        let mut at = 0;
        while let Some(&stream) = reached.get(at) {
            if reads(&pump.query, stream.0) {
                return Some(
                    Diagnostic::error(
                        name.span.clone(),
                        format!("pump {} would feed its own source", shown(&name.stored)),
                    )
                    .detail("Its rows would come back to the stream it reads, for ever.")
                    .hint("Insert into a stream that leads away from the source."),
                );
            }
            for next in self.pumps.iter().filter(|it| reads(&it.query, stream.0)) {
                if !reached.contains(&next.target) {
                    reached.push(next.target);
                }
            }
            at += 1;
        }
        None
    }

    fn alter_pump(&mut self, names: &[Name], start: bool) {
        if names.is_empty() {
            self.pumps.iter_mut().for_each(|it| it.started = start);
        }
        for name in names {
            match self.pumps.iter().position(|it| it.name == name.stored) {
                Some(at) => self.pumps[at].started = start,
                None if self.pump_exists(&name.stored) => {}
                None => {
                    let error = self.no_pump(name);
                    self.said.push(error);
                }
            }
        }
    }

    fn no_pump(&self, name: &Name) -> Diagnostic {
        let error =
            Diagnostic::error(name.span.clone(), format!("pump {} does not exist", shown(&name.stored)));
        unknown_name(error, name, self.pumps.iter().map(|it| it.name.as_str()).collect(), "pumps")
    }

    fn drop_object(&mut self, kind: ObjectKind, name: &Name, if_exists: bool, cascade: bool) {
        match kind {
            ObjectKind::Function => self.said.push(not_yet(name.span.clone(), "functions of your own")),
            ObjectKind::Pump => {
                let before = self.pumps.len();
                self.pumps.retain(|it| it.name != name.stored);
                if before == self.pumps.len() && !if_exists && !self.pump_exists(&name.stored) {
                    let error = self.no_pump(name);
                    self.said.push(error);
                }
            }
            ObjectKind::Stream => self.drop_stream(name, if_exists, cascade),
        }
    }

    fn drop_stream(&mut self, name: &Name, if_exists: bool, cascade: bool) {
        let Some(at) = self.find(&name.stored) else {
            if !if_exists {
                let error = self.no_stream(name);
                self.said.push(error);
            }
            return;
        };
        if self.streams[at].def.kind != StreamKind::Created {
            let message = format!("stream {} cannot be dropped", shown(&self.streams[at].def.name));
            let error = Diagnostic::error(name.span.clone(), message);
            self.said.push(error.detail("The configuration of the application makes it, not the code."));
            return;
        }
        let uses = |it: &Pump| it.target == StreamId(at) || reads(&it.query, at);
        if let (Some(user), false) = (self.pumps.iter().find(|it| uses(it)), cascade) {
            let message = format!("stream {} is still used", shown(&name.stored));
            let error = Diagnostic::error(name.span.clone(), message)
                .detail(format!("Pump {} uses it.", shown(&user.name)))
                .hint("Write CASCADE behind the name to drop the pumps too.");
            self.said.push(error);
            return;
        }
        self.pumps.retain(|it| !uses(it));
        self.streams[at].dropped = true;
    }

    /// The relation of a stream named in FROM.
    fn stream_relation(&mut self, name: &Name) -> Option<Relation> {
        let Some(at) = self.find(&name.stored) else {
            let error = self.no_stream(name);
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
        let columns = stream.def.columns.iter().enumerate().map(|(at, it)| ScopeColumn {
            name: it.name.clone(),
            ty: it.ty,
            visible: at < stream.def.visible,
            of_rowtime: None,
        });
        Some(Relation {
            name: Some(stream.def.name.clone()),
            stream: Some((stream.def.name.clone(), stream.def.kind)),
            columns: columns.collect(),
            rel: Arc::new(Rel::Scan { stream: StreamId(at) }),
        })
    }

    /// A stream that does not exist: made below, spelt in another case, or not at all.
    fn no_stream(&self, name: &Name) -> Diagnostic {
        let title = shown(&name.stored);
        let error = Diagnostic::error(name.span.clone(), format!("stream {title} does not exist"));
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

    /// The target, the query and the assignments of an insert.
    fn insert(&mut self, insert: &Insert) -> Option<(StreamId, Rel, Vec<crate::sql::plan::Expr>)> {
        let target = self.target(&insert.into);
        let output = self.query(&insert.query, true);
        let target = target?;
        if self.streams[target].assumed {
            return None;
        }
        let def = &self.streams[target].def;
        let columns: Vec<(String, SqlType)> =
            def.columns[..def.visible].iter().map(|it| (it.name.clone(), it.ty)).collect();
        let title = shown(&def.name);
        let required: Vec<bool> = def.columns[..def.visible].iter().map(|it| it.not_null).collect();
        let listed = self.listed(insert, &title, &columns, &required);
        let (output, listed) = (output?, listed?);
        let wanted: Vec<(String, SqlType)> = listed.iter().map(|&at| columns[at].clone()).collect();
        if wanted.len() != output.columns.len() {
            let text = self.text;
            let items: Vec<(String, SqlType)> =
                output.columns.iter().map(|it| (query::item_text(it, text), it.ty)).collect();
            return self.refuse(mismatch::count(output.span, &title, &wanted, &items));
        }
        if !self.assignable(&output.columns, &wanted) {
            return None;
        }
        let targets: Vec<(SqlType, Option<usize>)> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| (column.1, listed.iter().position(|&it| it == at)))
            .collect();
        Some((StreamId(target), output.rel, query::assign(&output.columns, &targets)))
    }

    fn target(&mut self, name: &Name) -> Option<usize> {
        let Some(at) = self.find(&name.stored) else {
            let error = self.no_stream(name);
            return self.refuse(error);
        };
        match self.streams[at].def.kind {
            StreamKind::Created => Some(at),
            StreamKind::Error => self.refuse(
                Diagnostic::error(name.span.clone(), "error_stream cannot be written by code")
                    .detail("Rows that fail go there by themselves.")
                    .hint("Insert into a stream of your own."),
            ),
            StreamKind::Source => {
                let message = format!("{} cannot be written by code", shown(&self.streams[at].def.name));
                self.refuse(
                    Diagnostic::error(name.span.clone(), message)
                        .detail("The source of the application fills it.")
                        .hint("Insert into a stream of your own."),
                )
            }
        }
    }

    /// Which columns an insert fills, in the order of its items.
    fn listed(
        &mut self,
        insert: &Insert,
        title: &str,
        columns: &[(String, SqlType)],
        required: &[bool],
    ) -> Option<Vec<usize>> {
        if insert.columns.is_empty() {
            return Some((0..columns.len()).collect());
        }
        let mut listed: Vec<usize> = Vec::new();
        let mut whole = true;
        for name in &insert.columns {
            let found = columns.iter().position(|it| it.0 == name.stored);
            match found {
                Some(at) if listed.contains(&at) => {
                    let message = format!("column {} is filled twice", shown(&name.stored));
                    self.said.push(
                        Diagnostic::error(name.span.clone(), message)
                            .detail("The list names each column once."),
                    );
                    whole = false;
                }
                Some(at) => listed.push(at),
                None => {
                    self.said.push(mismatch::unknown_target(name, title, columns));
                    whole = false;
                }
            }
        }
        let missing = (0..columns.len()).find(|at| required[*at] && !listed.contains(at));
        if let (Some(at), true) = (missing, whole) {
            let name = shown(&columns[at].0);
            return self.refuse(
                Diagnostic::error(insert.into.span.clone(), format!("column {name} needs a value"))
                    .detail("It is NOT NULL, and a column left out of the list becomes NULL.")
                    .hint(format!("Add {name} to the list, and an item for it.")),
            );
        }
        whole.then_some(listed)
    }

    /// Whether every item fits its column; says each that does not.
    fn assignable(&mut self, items: &[OutputColumn], columns: &[(String, SqlType)]) -> bool {
        let mut whole = true;
        for (at, (item, (column, ty))) in items.iter().zip(columns).enumerate() {
            if crate::sql::cast::assignable(item.ty, *ty) {
                continue;
            }
            let text = query::item_text(item, self.text);
            let refused = mismatch::Assignment {
                span: item.span.clone(),
                position: at + 1,
                item: &text,
                from: item.ty,
                column,
                to: *ty,
            }
            .refused();
            self.said.push(refused);
            whole = false;
        }
        whole
    }
}

/// A name that cannot be given.
fn bad_name(name: &Name) -> Option<Diagnostic> {
    if !name.quoted && reserved(&name.stored) {
        return Some(reserved_word(name.span.clone(), &name.written));
    }
    let length = name.stored.chars().count();
    if NAME_MAX < length {
        return Some(
            Diagnostic::error(name.span.clone(), "this name is too long")
                .detail(format!("It has {length} characters; a name has at most {NAME_MAX}."))
                .hint("Give it a shorter name."),
        );
    }
    if name.stored.is_empty() || name.stored.chars().any(char::is_control) {
        return Some(
            Diagnostic::error(name.span.clone(), "this name cannot be used")
                .detail("A name has at least one character, and no control characters.")
                .hint("Give it another name."),
        );
    }
    None
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

/// Whether a query reads a stream.
fn reads(rel: &Rel, wanted: usize) -> bool {
    match rel {
        Rel::Scan { stream } => stream.0 == wanted,
        Rel::Filter { input, .. }
        | Rel::Project { input, .. }
        | Rel::Distinct { input, .. }
        | Rel::Aggregate { input, .. } => reads(input, wanted),
    }
}

/// The program: dropped streams leave, and the others move up.
fn finish(streams: Vec<Stream>, mut pumps: Vec<Pump>, notes: Vec<Diagnostic>) -> Program {
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
            renumber(&mut pump.query, &places);
        }
    }
    Program { streams: kept, pumps, notes }
}

fn renumber(rel: &mut Rel, places: &[StreamId]) {
    match rel {
        Rel::Scan { stream } => *stream = places[stream.0],
        Rel::Filter { input, .. }
        | Rel::Project { input, .. }
        | Rel::Distinct { input, .. }
        | Rel::Aggregate { input, .. } => renumber(Arc::make_mut(input), places),
    }
}
