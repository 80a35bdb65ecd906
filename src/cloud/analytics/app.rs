//! One application: what it is made of, and the states it goes through.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::time::{Span, Timestamp};
use crate::cloud::analytics::facts::{self, PumpFacts};
use crate::cloud::analytics::run::{Position, Run, StartAt};
use crate::cloud::analytics::{CODE_MAX, Input, OUTPUTS_MAX, Reference, Refused, reference};
use crate::cloud::discover;
use crate::cloud::error::CloudError;
use crate::cloud::mapping::Schema;
use crate::cloud::meter::Meter;
use crate::cloud::output::Format;
use crate::cloud::{Cloud, Principal};
use crate::sql::bind::{self, Catalog, SourceDef};
use crate::sql::diag::Diagnostic;
use crate::sql::plan::{ColumnDef, Program, TableDef};
use crate::sql::value::SqlType;

/// Records that discovery looks at.
const SAMPLE: usize = 50;
/// Raw records that the schema page shows beside the columns.
const SAMPLE_SHOWN: usize = 5;

/// The states of an application (sql.md 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    Ready,
    Starting,
    Running,
    Updating,
    Stopping,
    Deleting,
}

/// Rows of one in-application stream on their way to a delivery stream.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Output {
    /// The in-application stream's stored name, compared letter for letter. Need not exist.
    pub stream: String,
    pub delivery: String,
    pub format: Format,
    pub rows: Meter,
    /// Rows formatted and not yet accepted by the delivery stream, end to end.
    pub waiting: Vec<u8>,
    /// Where each waiting row ends.
    pub ends: Vec<u32>,
    /// Rows that reached this output in all.
    pub entered: u64,
}

impl Output {
    pub fn new(stream: &str, delivery: &str, format: Format) -> Self {
        Self {
            stream: stream.to_owned(),
            delivery: delivery.to_owned(),
            format,
            rows: Meter::default(),
            waiting: Vec::new(),
            ends: Vec::new(),
            entered: 0,
        }
    }
}

/// What discovery found, before it is saved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Discovered {
    pub schema: Schema,
    pub samples: Vec<String>,
}

/// An application. Fields with a rule are private; the rules are those of the API.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Application {
    pub name: String,
    pub created_at: Timestamp,
    /// Starts at 1 and grows with every change of code, input or output.
    pub version: u32,
    state: State,
    /// When the state ends by itself, and the state that follows.
    change: Option<(Timestamp, State)>,
    pub input: Option<Input>,
    pub discovered: Option<Discovered>,
    pub code: String,
    #[serde(skip)]
    program: Option<Arc<Program>>,
    #[serde(skip)]
    facts: Vec<PumpFacts>,
    pub reference: Option<Reference>,
    pub outputs: Vec<Output>,
    run: Option<Run>,
    start_at: StartAt,
    /// Where the last run stopped, shard by shard.
    stopped_at: Vec<Position>,
    pub running_since: Option<Timestamp>,
    pub has_run: bool,
    pub trouble: Option<CloudError>,
    gone: bool,
}

impl Application {
    pub fn new(name: &str, now: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            created_at: now,
            version: 1,
            state: State::Ready,
            change: None,
            input: None,
            discovered: None,
            code: String::new(),
            program: None,
            facts: Vec::new(),
            reference: None,
            outputs: Vec::new(),
            run: None,
            start_at: StartAt::Now,
            stopped_at: Vec::new(),
            running_since: None,
            has_run: false,
            trouble: None,
            gone: false,
        }
    }

    /// The role the console makes for an application (iam.md section 7).
    pub fn role_name(&self) -> String {
        format!("kinesis-analytics-{}", self.name)
    }

    pub fn principal(&self) -> Principal {
        Principal::Role { name: self.role_name(), session: self.name.clone() }
    }

    pub fn state(&self) -> State {
        self.state
    }

    /// The moment the present state ends by itself.
    pub fn changes_at(&self) -> Option<Timestamp> {
        self.change.map(|(at, _)| at)
    }

    /// The saved code, bound; `None` while there is no schema or no code.
    pub fn program(&self) -> Option<&Arc<Program>> {
        self.program.as_ref()
    }

    /// What is known about each pump of the saved code without running it.
    pub fn facts(&self) -> &[PumpFacts] {
        &self.facts
    }

    pub fn run(&self) -> Option<&Run> {
        self.run.as_ref()
    }

    pub(super) fn gone(&self) -> bool {
        self.gone
    }

    /// The names of the in-application source streams.
    pub fn source_names(&self) -> Vec<String> {
        self.input.as_ref().map(Input::source_names).unwrap_or_default()
    }

    fn no_input(&self) -> CloudError {
        let message = format!("Application {} has no input.", self.name);
        let error = CloudError::new("InvalidArgumentException", message);
        error.hint(format!("`connect source {} STREAM` first.", self.name))
    }

    pub(super) fn busy(&self) -> CloudError {
        let state = format!("{:?}", self.state).to_uppercase();
        let message = format!("Application {} is in state {state}.", self.name);
        let error = CloudError::new("ResourceInUseException", message);
        match self.state {
            State::Running => error.hint(format!("`stop app {}` first.", self.name)),
            State::Ready => error.hint(format!("It is not running; `run app {}` starts it.", self.name)),
            _ => error.hint("This takes some seconds; `wait 20s`."),
        }
    }

    pub(super) fn set_input(&mut self, stream: &str) {
        self.version += 1;
        self.input = Some(Input::new(stream));
        self.discovered = None;
        self.stopped_at.clear();
        self.compile_saved();
    }

    /// Looks at the newest records of the source and guesses their columns.
    pub(super) fn discover(&mut self, _now: Timestamp, cloud: &Cloud) -> Result<(), CloudError> {
        let Some(input) = &self.input else { return Err(self.no_input()) };
        let sample = cloud.sample_records(&self.principal(), &input.stream, SAMPLE)?;
        if sample.is_empty() {
            let message = format!("Discovery found no records in {}.", input.stream);
            let hint = "Start the producer, then discover again.";
            return Err(CloudError::new("UnableToDetectSchemaException", message).hint(hint));
        }
        let records: Vec<&[u8]> = sample.iter().map(Vec::as_slice).collect();
        let schema = discover::discover(&records).map_err(|error| {
            CloudError::new("UnableToDetectSchemaException", error.message)
                .hint("Records must be JSON or CSV.")
        })?;
        let shown = sample.iter().take(SAMPLE_SHOWN);
        let samples = shown.map(|it| String::from_utf8_lossy(it).trim_end().to_owned()).collect();
        self.discovered = Some(Discovered { schema, samples });
        Ok(())
    }

    pub fn schema(&self) -> Option<&Schema> {
        self.input.as_ref()?.schema.as_ref()
    }

    pub(super) fn edit_schema(&mut self, column: &str, ty: SqlType) -> Result<(), CloudError> {
        if self.discovered.is_none()
            && let Some(schema) = self.schema()
        {
            self.discovered = Some(Discovered { schema: schema.clone(), samples: Vec::new() });
        }
        let Some(discovered) = &mut self.discovered else {
            let error = CloudError::new("InvalidArgumentException", "there is no schema to edit");
            return Err(error.hint(format!("`discover schema {}` first.", self.name)));
        };
        let names: Vec<String> = discovered.schema.columns.iter().map(|it| it.name.clone()).collect();
        let Some(found) = discovered.schema.columns.iter_mut().find(|it| it.name == column) else {
            let error =
                CloudError::new("InvalidArgumentException", format!("column {column} does not exist"));
            return Err(error.hint(format!("The columns are {}.", names.join(", "))));
        };
        if matches!(ty, SqlType::Interval(_) | SqlType::Null) {
            return Err(CloudError::new(
                "InvalidArgumentException",
                format!("a column cannot be of type {ty}"),
            ));
        }
        found.ty = ty;
        Ok(())
    }

    /// Takes a written schema in place of the discovered one.
    pub(super) fn write_schema(&mut self, text: &str) -> Result<usize, CloudError> {
        if self.input.is_none() {
            return Err(self.no_input());
        }
        let schema = reference::schema(text)?;
        let columns = schema.columns.len();
        self.discovered = Some(Discovered { schema, samples: Vec::new() });
        Ok(columns)
    }

    /// Changes a setting of the input; refused whole where the saved code no longer fits.
    pub(super) fn change_input(
        &mut self,
        now: Timestamp,
        takes: Span,
        change: impl FnOnce(&mut Input) -> Result<(), CloudError>,
    ) -> Result<(), Refused> {
        self.settled()?;
        let Some(mut input) = self.input.clone() else { return Err(self.no_input().into()) };
        change(&mut input)?;
        let before = self.input.replace(input);
        if let Err(refused) = self.code_fits() {
            self.input = before;
            return Err(refused);
        }
        self.version += 1;
        self.compile_saved();
        self.changed(now, takes);
        Ok(())
    }

    /// Whether a reference table of this name can be added now.
    pub(super) fn may_have_reference(&self, table: &str) -> Result<(), CloudError> {
        self.settled()?;
        if let Some(known) = &self.reference {
            let message = "An application has at most 1 reference data source.";
            let error = CloudError::new("LimitExceededException", message);
            return Err(
                error.hint(format!("`delete reference {}` takes {} away first.", self.name, known.table))
            );
        }
        if !(1..=32).contains(&table.chars().count()) {
            let message = "the name of a reference table has 1 to 32 characters";
            return Err(CloudError::new("InvalidArgumentException", message));
        }
        if self.source_names().iter().any(|it| it == table) || table == "error_stream" {
            let message = format!("{table} is the name of a stream of the application");
            return Err(CloudError::new("InvalidArgumentException", message).hint("Choose another name."));
        }
        Ok(())
    }

    pub(super) fn add_reference(&mut self, now: Timestamp, takes: Span, reference: Reference) {
        self.reference = Some(reference);
        self.version += 1;
        self.compile_saved();
        self.changed(now, takes);
    }

    pub(super) fn delete_reference(&mut self, now: Timestamp, takes: Span) -> Result<String, Refused> {
        self.settled()?;
        let Some(reference) = self.reference.take() else {
            let message = format!("Application {} has no reference data source.", self.name);
            return Err(CloudError::new("ResourceNotFoundException", message).into());
        };
        if let Err(refused) = self.code_fits() {
            self.reference = Some(reference);
            return Err(refused);
        }
        self.version += 1;
        self.compile_saved();
        self.changed(now, takes);
        Ok(reference.table)
    }

    /// Whether the saved code can be run over the application as it is now.
    fn code_fits(&self) -> Result<(), Refused> {
        if self.code.is_empty() || self.schema().is_none() || self.program.is_none() {
            return Ok(());
        }
        bind::compile(&self.code, &self.catalog())
            .map(|_| ())
            .map_err(|diagnostics| self.code_refused(&self.code, diagnostics))
    }

    /// CodeValidationException with the first error, and all of them beside it.
    fn code_refused(&self, code: &str, diagnostics: Vec<Diagnostic>) -> Refused {
        let errors = diagnostics.iter().filter(|it| it.fatal()).count();
        let first = diagnostics.iter().find(|it| it.fatal());
        let message = first.map_or_else(String::new, |it| {
            let (line, column) = it.place(code);
            format!("line {line}, column {column}: {}", it.message)
        });
        let more = if errors > 1 { format!(" (and {} more)", errors - 1) } else { String::new() };
        let error = CloudError::new("CodeValidationException", format!("{message}{more}"));
        let hint = first.and_then(|it| it.hint.clone());
        let error = match hint {
            Some(hint) => error.hint(hint),
            None if self.schema().is_none() => error.hint("Connect a source and save its schema first."),
            None => error,
        };
        Refused { error, diagnostics }
    }

    pub(super) fn save_schema(&mut self, now: Timestamp, takes: Span) -> Result<(), Refused> {
        self.settled()?;
        let Some(discovered) = &self.discovered else {
            let error = CloudError::new("InvalidArgumentException", "there is no schema to save");
            return Err(error.hint(format!("`discover schema {}` first.", self.name)).into());
        };
        if let Some(input) = &mut self.input {
            input.schema = Some(discovered.schema.clone());
        }
        self.discovered = None;
        self.version += 1;
        self.compile_saved();
        self.changed(now, takes);
        Ok(())
    }

    pub(super) fn save_code(&mut self, now: Timestamp, takes: Span, code: &str) -> Result<(), Refused> {
        self.settled()?;
        if code.chars().count() > CODE_MAX {
            let message = format!("The code is longer than {CODE_MAX} characters.");
            return Err(CloudError::new("InvalidArgumentException", message).into());
        }
        let program = bind::compile(code, &self.catalog())
            .map_err(|diagnostics| self.code_refused(code, diagnostics))?;
        self.code = code.to_owned();
        self.adopt(program);
        self.version += 1;
        self.changed(now, takes);
        Ok(())
    }

    /// What code may read: the source stream, once its schema is saved.
    pub fn catalog(&self) -> Catalog {
        let columns = |schema: &Schema| {
            let column = |it: &crate::cloud::mapping::SchemaColumn| ColumnDef {
                name: it.name.clone(),
                ty: it.ty,
                not_null: false,
            };
            schema.columns.iter().map(column).collect()
        };
        let names = self.source_names();
        let source = |name: String| self.schema().map(|it| SourceDef { name, columns: columns(it) });
        let table = |it: &Reference| TableDef { name: it.table.clone(), columns: it.columns() };
        Catalog {
            sources: names.into_iter().filter_map(source).collect(),
            tables: self.reference.iter().map(table).collect(),
        }
    }

    /// Everything to say about code that is being typed.
    pub fn check(&self, code: &str) -> Vec<Diagnostic> {
        match bind::compile(code, &self.catalog()) {
            Ok(program) => program.notes,
            Err(diagnostics) => diagnostics,
        }
    }

    pub(super) fn add_output(
        &mut self,
        now: Timestamp,
        takes: Span,
        output: Output,
    ) -> Result<(), CloudError> {
        self.settled()?;
        if !(1..=32).contains(&output.stream.chars().count()) {
            let message = "an in-application stream name of an output has 1 to 32 characters";
            return Err(CloudError::new("InvalidArgumentException", message));
        }
        // The same stream to the same destination replaces what was there: the console's form edits it.
        self.outputs.retain(|it| it.delivery != output.delivery || it.stream != output.stream);
        if self.outputs.len() >= OUTPUTS_MAX {
            let message = format!("An application has at most {OUTPUTS_MAX} outputs.");
            let error = CloudError::new("LimitExceededException", message);
            return Err(error.hint(format!("`disconnect destination {} STREAM` first.", self.name)));
        }
        self.outputs.push(output);
        self.version += 1;
        self.changed(now, takes);
        Ok(())
    }

    pub(super) fn remove_output(
        &mut self,
        now: Timestamp,
        takes: Span,
        stream: &str,
    ) -> Result<(), CloudError> {
        self.settled()?;
        if !self.outputs.iter().any(|it| it.stream == stream) {
            let message = format!("Application {} has no output for stream {stream}.", self.name);
            return Err(CloudError::new("ResourceNotFoundException", message));
        }
        self.outputs.retain(|it| it.stream != stream);
        self.version += 1;
        self.changed(now, takes);
        Ok(())
    }

    pub(super) fn start(
        &mut self,
        now: Timestamp,
        takes: Span,
        at: Option<StartAt>,
    ) -> Result<(), CloudError> {
        if self.state != State::Ready {
            return Err(self.busy());
        }
        if self.schema().is_none() {
            let message = format!("Application {} has no input with a saved schema.", self.name);
            let error = CloudError::new("InvalidApplicationConfigurationException", message);
            let (app, needs) = (&self.name, self.input.is_none());
            return Err(error.hint(match needs {
                true => format!("`connect source {app} STREAM`, then `save schema {app}`."),
                false => format!("`save schema {app}` first."),
            }));
        }
        self.start_at = at.unwrap_or(if self.has_run { StartAt::LastStoppedPoint } else { StartAt::Now });
        // NOW means the moment the run was asked for, not the moment it is ready.
        self.running_since = None;
        self.enter(State::Starting, Some((now + takes, State::Running)));
        Ok(())
    }

    pub(super) fn stop(&mut self, now: Timestamp, takes: Span) -> Result<(), CloudError> {
        if !matches!(self.state, State::Running | State::Starting | State::Updating) {
            return Err(self.busy());
        }
        self.halt();
        self.enter(State::Stopping, Some((now + takes, State::Ready)));
        Ok(())
    }

    pub(super) fn delete(&mut self, at: Timestamp) {
        self.halt();
        self.enter(State::Deleting, Some((at, State::Deleting)));
    }

    /// Ends the run and remembers where the next one must begin.
    fn halt(&mut self) {
        if let Some(run) = self.run.take() {
            self.stopped_at = run.restart_positions();
        }
        self.running_since = None;
        self.trouble = None;
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let run = self.run.as_ref().map(Run::next_due);
        [self.changes_at(), run].into_iter().flatten().min()
    }

    pub(super) fn wake(&mut self, now: Timestamp, cloud: &mut Cloud) {
        if let Some((_, state)) = self.change.filter(|(at, _)| *at <= now) {
            self.enter(state, None);
            match state {
                State::Running => self.begin_run(now),
                State::Deleting => self.gone = true,
                _ => {}
            }
        }
        let principal = self.principal();
        if let (Some(run), Some(reference)) = (&mut self.run, &mut self.reference)
            && run.awaits_table()
        {
            match reference.load(now, &principal, cloud) {
                Ok((rows, misfits)) => run.load_table(now, rows, &misfits, &mut self.outputs),
                Err(error) => {
                    self.trouble = Some(error);
                    return run.rest(now);
                }
            }
        }
        if let (Some(run), Some(input)) = (&mut self.run, &self.input) {
            self.trouble = run.wake(now, &principal, &input.stream, &self.name, &mut self.outputs, cloud);
        }
    }

    fn begin_run(&mut self, now: Timestamp) {
        let Some(schema) = self.schema().cloned() else { return };
        let Some(program) = self.program.clone() else { return };
        let stopped_at = std::mem::take(&mut self.stopped_at);
        self.run = Some(Run::new(now, program, &schema, self.start_at, stopped_at));
        self.running_since = Some(now);
        self.has_run = true;
    }

    /// A change of a running application redeploys it: it goes on where it was.
    fn changed(&mut self, now: Timestamp, takes: Span) {
        if self.state == State::Running {
            self.halt();
            self.start_at = StartAt::LastStoppedPoint;
            self.enter(State::Updating, Some((now + takes, State::Running)));
        }
    }

    fn settled(&self) -> Result<(), CloudError> {
        match self.state {
            State::Ready | State::Running => Ok(()),
            _ => Err(self.busy()),
        }
    }

    fn enter(&mut self, state: State, change: Option<(Timestamp, State)>) {
        self.state = state;
        self.change = change;
    }

    /// Binds the saved code again; code that no longer fits a changed schema yields no program.
    fn compile_saved(&mut self) {
        self.program = None;
        self.facts.clear();
        if self.schema().is_some()
            && let Ok(program) = bind::compile(&self.code, &self.catalog())
        {
            self.adopt(program);
        }
    }

    fn adopt(&mut self, program: Program) {
        let program = Arc::new(program);
        self.facts = facts::of(&program, self.schema());
        self.program = Some(program);
    }

    pub(super) fn prepare_checkpoint(&mut self) {
        if let Some(run) = &mut self.run {
            run.prepare_checkpoint();
        }
    }

    pub(super) fn rebuild(&mut self) {
        self.compile_saved();
        if let (Some(schema), Some(program)) = (self.schema().cloned(), self.program.clone())
            && let Some(run) = &mut self.run
        {
            run.rebuild(program, &schema);
        }
    }
}
