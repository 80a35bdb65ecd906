//! Applications as the view shows them: streams, pumps, windows, outputs.

use crate::base::time::Timestamp;
use crate::cloud::analytics::facts::PumpFacts;
use crate::cloud::analytics::{Application, Output, State};
use crate::cloud::mapping::Schema;
use crate::cloud::output::{Format, cell};
use crate::lab::look::{pulse, ready_in, refusal};
use crate::lab::view::*;
use crate::sql::plan::{Program, StreamId};
use crate::sql::pump::WindowSpan;

pub(super) fn app(app: &Application, now: Timestamp) -> AppView {
    let program = app.program().map(|it| it.as_ref());
    AppView {
        name: app.name.clone(),
        arn: crate::base::name::application_arn(&app.name),
        status: match app.state() {
            State::Ready => AppStatus::Ready,
            State::Starting => AppStatus::Starting,
            State::Running => AppStatus::Running,
            State::Updating => AppStatus::Updating,
            State::Stopping => AppStatus::Stopping,
            State::Deleting => AppStatus::Deleting,
        },
        ready_in: ready_in(app.changes_at(), now),
        version: app.version,
        running_since: app.running_since,
        has_run: app.has_run,
        input: app.input.as_ref().map(|it| InputView {
            stream: it.stream.clone(),
            in_app_name: source_names(&it.source_names()),
            role: app.role_name(),
            schema: it.schema.as_ref().map(|it| schema(it, Vec::new())),
        }),
        discovered: app.discovered.as_ref().map(|it| schema(&it.schema, it.samples.clone())),
        code: app.code.clone(),
        notes: program.map(|it| it.notes.clone()).unwrap_or_default(),
        streams: program.map(|it| streams(app, it, now)).unwrap_or_default(),
        pumps: program.map(|it| pumps(app, it)).unwrap_or_default(),
        outputs: app.outputs.iter().map(|it| output(it, program, now)).collect(),
        millis_behind: app.run().map_or(0, |it| it.millis_behind),
        trouble: app.trouble.as_ref().map(refusal),
    }
}

/// The one name, or the first and the last.
fn source_names(all: &[String]) -> String {
    match all {
        [first, .., last] => format!("{first} to {last}"),
        _ => all.concat(),
    }
}

fn schema(schema: &Schema, samples: Vec<String>) -> SchemaView {
    let column = |it: &crate::cloud::mapping::SchemaColumn| SchemaColumnView {
        name: it.name.clone(),
        ty: it.ty.to_string(),
        mapping: it.mapping.clone(),
    };
    SchemaView {
        format: schema.format.name().to_owned(),
        columns: schema.columns.iter().map(column).collect(),
        samples,
    }
}

fn streams(app: &Application, program: &Program, now: Timestamp) -> Vec<InAppStreamView> {
    let tally = |at: usize| app.run().and_then(|it| it.tally.stream(StreamId(at)));
    let view = |(at, def): (usize, &crate::sql::plan::StreamDef)| {
        let columns = &def.columns[..def.visible];
        let newest = tally(at).map(|tally| {
            let row = |(batch, row): (&crate::sql::value::Batch, usize)| RowView {
                rowtime: Timestamp::from_millis(batch.rowtimes[row]),
                cells: (columns.iter().enumerate())
                    .map(|(at, column)| cell(&batch.columns[at], row, column.ty))
                    .collect(),
            };
            tally.newest().map(row).collect()
        });
        InAppStreamView {
            name: def.name.clone(),
            columns: columns.iter().map(|it| (it.name.clone(), it.ty.to_string())).collect(),
            rows: tally(at).map(|it| pulse(&it.rows, now)).unwrap_or_default(),
            newest: newest.unwrap_or_default(),
        }
    };
    program.streams.iter().enumerate().map(view).collect()
}

fn pumps(app: &Application, program: &Program) -> Vec<PumpView> {
    let engine = app.run().and_then(|it| it.engine());
    let name = |id: &StreamId| program.streams.get(id.0).map(|it| it.name.clone()).unwrap_or_default();
    let view = |(at, pump): (usize, &crate::sql::plan::Pump)| {
        let none = PumpFacts::default();
        let facts = app.facts().get(at).unwrap_or(&none);
        let flow = engine.and_then(|it| it.flows().get(at)).copied().unwrap_or_default();
        let (open, closed) = match engine {
            Some(engine) => {
                let (open, closed) = engine.windows(at);
                (open, closed.map(window).collect())
            }
            None => (None, Vec::new()),
        };
        PumpView {
            name: pump.name.clone(),
            reads: facts.reads.iter().map(name).collect(),
            writes: name(&pump.target),
            started: pump.started,
            distinct_window: facts.distinct_window,
            group_window: facts.group_window,
            group_keys: facts.group_keys,
            aggregates: facts.aggregates,
            filters: facts.filters,
            grid: facts.grid.clone(),
            flow: FlowView {
                rows_in: flow.rows_in,
                rows_out: flow.rows_out,
                filtered: flow.filtered,
                duplicates: flow.duplicates,
                waiting: flow.waiting,
                grouped: flow.grouped,
                errors: flow.errors,
            },
            open_window: open.map(|it| window(&it)),
            closed_windows: closed,
        }
    };
    program.pumps.iter().enumerate().map(view).collect()
}

fn window(it: &WindowSpan) -> WindowView {
    WindowView { start: it.start, end: it.end, rows: it.rows, groups: it.groups }
}

fn output(output: &Output, program: Option<&Program>, now: Timestamp) -> OutputView {
    OutputView {
        in_app_stream: output.stream.clone(),
        exists: program.is_some_and(|it| it.streams.iter().any(|stream| stream.name == output.stream)),
        delivery: output.delivery.clone(),
        format: match output.format {
            Format::Csv => "CSV",
            Format::Json => "JSON",
        }
        .to_owned(),
        rows: pulse(&output.rows, now),
        waiting: output.ends.len() as u64,
    }
}
