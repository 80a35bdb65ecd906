//! The analytics application: its state, the SQL editor with its problems, the schema, and the rows
//! passing through its streams (`rows.rs`).

use crate::lab::view::{AppStatus, AppView, SchemaView, View};
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::editor;
use crate::tui::model::{Face, Model, Pane};
use crate::tui::pane::{pipeline, producer, rows};
use crate::tui::theme::{Role, Theme};
use crate::tui::view::parts;

/// The height from which code and rows are shown together.
const BOTH: u16 = 22;
/// Problems listed below the code.
const PROBLEMS: usize = 4;

pub fn title(model: &Model, view: &View) -> Row<'static> {
    let Some(app) = model.app(view) else { return Vec::new() };
    let mut title = row![Dim " · ", Plain app.name.clone()];
    if model.sql.dirty() {
        title.extend(row![Warning " ●", Plain " not saved"]);
    }
    if model.held.is_some() {
        title.extend(row![Waiting " rows held"]);
    }
    title
}

pub fn draw(canvas: &mut Canvas, model: &Model, view: &View) {
    let Some(app) = model.app(view) else {
        canvas.put(0, 0, Role::Plain, "There is no application yet.");
        canvas.row(0, 2, &row![Key "c", Plain " creates one: an input with a schema, code, and outputs."]);
        return;
    };
    let used = header(canvas, model, view, app);
    let mut body = canvas.below(used);
    let (width, height) = (body.width(), body.height());
    let discovering = app.discovered.is_some() && app.code.is_empty() && model.sql.editor.holds("");
    let face = if discovering && model.face(Pane::Analytics) == Face::First {
        Face::Third
    } else {
        model.face(Pane::Analytics)
    };
    if face == Face::Third {
        schema(&mut body, app);
    } else if BOTH <= height {
        let lines = model.sql.editor.lines().len() as u16 + 3;
        let code_height = lines.clamp(8, (height * 11 / 20).max(8));
        code(&mut body.part(0, 0, width, code_height), model);
        body.fill(0, code_height, width, Role::Border, "─");
        rows::draw(&mut body.below(code_height + 1), model, view, app);
    } else if face == Face::Second {
        rows::draw(&mut body, model, view, app);
    } else {
        code(&mut body, model);
    }
}

/// The state in a line or two; returns the rows used.
fn header(canvas: &mut Canvas, model: &Model, view: &View, app: &AppView) -> u16 {
    let mut line = status(canvas.theme, app);
    match &app.input {
        Some(input) => {
            line.extend(row![Dim "  reads ", Plain input.stream.clone()]);
            if 1000 < app.millis_behind {
                line.extend(row![Warning format!("  ! {} s behind", app.millis_behind / 1000)]);
            }
        }
        None => line.extend(row![Warning "  ! no source", Plain "  ", Key "i", Plain " connects one"]),
    }
    for output in &app.outputs {
        let arrow = canvas.theme.glyph(" → ", " > ");
        let role = if output.exists { Role::Plain } else { Role::Wrong };
        line.push((role, format!("  {}", output.in_app_stream).into()));
        line.extend(row![Dim arrow, Plain output.delivery.clone()]);
    }
    let waiting = if app.status == AppStatus::Ready && app.input.is_some() && app.discovered.is_none() {
        row![Dim "  ", Key "r", Plain " runs it"]
    } else {
        Vec::new()
    };
    line.extend(waiting);
    canvas.row(0, 0, &line);
    let Some(trouble) = pipeline::app_trouble(model, view) else { return 1 };
    let mark = canvas.theme.mark(Role::Wrong);
    let mut said = row![Wrong mark, Plain " ", Plain trouble];
    if app.outputs.iter().any(|it| !it.exists) {
        said.extend(row![Plain "  ", Key "O", Plain " takes it away"]);
    }
    canvas.row(0, 1, &said);
    2
}

fn status(theme: Theme, app: &AppView) -> Row<'static> {
    let (role, word) = match app.status {
        AppStatus::Running => (Role::Done, "RUNNING"),
        AppStatus::Ready => (Role::Plain, "READY"),
        AppStatus::Starting => (Role::Waiting, "STARTING"),
        AppStatus::Updating => (Role::Waiting, "UPDATING"),
        AppStatus::Stopping => (Role::Waiting, "STOPPING"),
        AppStatus::Deleting => (Role::Waiting, "DELETING"),
    };
    let mark = match role {
        Role::Plain => theme.mark(Role::Dim),
        Role::Done => theme.mark(Role::Strong),
        other => theme.mark(other),
    };
    let left = app.ready_in.map_or(String::new(), |it| format!(" {} left", parts::seconds(it)));
    vec![(role, format!("{mark} {word}{left}").into())]
}

fn code(canvas: &mut Canvas, model: &Model) {
    let draft = &model.sql;
    let active = model.writing && model.focus == Pane::Analytics && model.overlays.is_empty();
    let (width, height) = (canvas.width(), canvas.height());
    if draft.editor.holds("") && !active {
        canvas.put(0, 0, Role::Plain, "No SQL yet.");
        canvas.row(
            0,
            1,
            &row![Key "e", Plain " writes it  ", Key "p", Plain " pastes the slide's statements  ", Key "F5", Plain " saves and runs"],
        );
        return;
    }
    let problems = &draft.check.problems;
    let listed = problems.len().min(PROBLEMS).min(usize::from(height / 3)) as u16;
    let rows = height.saturating_sub(listed + 1);
    editor::draw(&mut canvas.part(0, 0, width, rows), &draft.editor, &draft.check, active);
    producer::problem_lines(&mut canvas.part(0, rows, width, listed), &draft.editor.text(), problems);
    status_line(&mut canvas.part(0, height.saturating_sub(1), width, 1), model);
}

/// Cursor, problems, and whether what is shown is what runs.
fn status_line(canvas: &mut Canvas, model: &Model) {
    let draft = &model.sql;
    let place = draft.editor.cursor();
    let column = draft.editor.column(place) + 1;
    let mut line = row![Dim format!("{}:{column}  ", place.row + 1)];
    let (errors, warnings) = (draft.check.errors(), draft.check.warnings());
    let mark = canvas.theme.mark(Role::Wrong);
    match (errors, warnings) {
        (0, 0) => line.extend(row![Done canvas.theme.mark(Role::Done), Plain " no problems"]),
        (0, warnings) => line.extend(row![Warning "! ", Plain parts::some(warnings, "warning")]),
        (errors, 0) => line.extend(row![Wrong mark, Plain " ", Plain parts::some(errors, "error")]),
        (errors, warnings) => {
            line.extend(row![Wrong mark, Plain " ", Plain parts::some(errors, "error"), Plain ", ", Plain parts::some(warnings, "warning")]);
        }
    }
    line.extend(row![Dim "  "]);
    let dirty = draft.dirty();
    line.extend(if dirty {
        row![Warning "● ", Plain "differs from what is saved · F5 saves and runs"]
    } else {
        row![Dim "saved"]
    });
    canvas.row(0, 0, &line);
}

/// The columns discovery found, beside a raw record.
fn schema(canvas: &mut Canvas, app: &AppView) {
    let saved = app.input.as_ref().and_then(|it| it.schema.as_ref());
    let (schema, heading) = match (&app.discovered, saved) {
        (Some(schema), _) => (
            schema,
            row![Waiting "discovered, not saved  ", Key "s", Plain " saves and continues  ", Key "t", Plain " changes a type"],
        ),
        (None, Some(schema)) => (schema, row![Done "saved schema"]),
        (None, None) => {
            canvas.put(
                0,
                0,
                Role::Plain,
                "No schema yet. Discovery looks at records, so the producer must be sending.",
            );
            canvas.row(0, 1, &row![Key "d", Plain " discovers"]);
            return;
        }
    };
    canvas.row(0, 0, &heading);
    columns(&mut canvas.below(2), schema);
}

fn columns(canvas: &mut Canvas, schema: &SchemaView) {
    let head = ["column", "type", "from"].map(String::from);
    let rows: Vec<Vec<Option<String>>> = schema
        .columns
        .iter()
        .map(|it| vec![Some(it.name.clone()), Some(it.ty.clone()), Some(it.mapping.clone())])
        .collect();
    let (width, height) = (canvas.width(), (rows.len() as u16 + 1).min(canvas.height()));
    parts::table(&mut canvas.part(0, 0, width, height), &head, &rows, &[]);
    let mut below = canvas.below(height + 1);
    below.row(0, 0, &row![Dim "format ", Plain schema.format.clone(), Dim "   raw records"]);
    let room = usize::from(below.height().saturating_sub(1));
    for (y, sample) in schema.samples.iter().take(room).enumerate() {
        let flat = crate::tui::pane::stream::flat(sample);
        below.put(0, y as u16 + 1, Role::Dim, &flat);
    }
}
