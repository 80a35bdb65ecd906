//! The whole picture: template → producer → stream → pumps → delivery → bucket. A box is grey until it is
//! built, lit when it works, and marked with a word when something is wrong; IAM stands as a gate on each
//! arrow it guards, CloudWatch as an eye above.

use crate::base::size::Bytes;
use crate::lab::view::{AppStatus, DeliveryView, Status, View};
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::model::{Model, Pane};
use crate::tui::pane::rows::ERROR_STREAM;
use crate::tui::pane::stream;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::update::Message;
use crate::tui::view::parts;

/// Rows of the strip above the panes.
pub const STRIP_HEIGHT: u16 = 6;
/// Rows of the picture on a large screen, its frame included.
pub const FULL_HEIGHT: u16 = 13;

/// The state of a box.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Absent,
    Making,
    Ready,
    Working,
    /// What is wrong, in a word or two.
    Wrong(String),
}

struct Part {
    name: &'static str,
    pane: Pane,
    state: State,
    /// Three lines or fewer.
    lines: Vec<Row<'static>>,
}

/// What flows between two boxes, and who guards it.
struct Arrow {
    per_second: u32,
    /// Whether IAM lets it through, where IAM is asked.
    gate: Option<bool>,
}

/// Why the producer's calls fail, if they do.
pub fn producer_trouble(view: &View) -> Option<String> {
    let producer = &view.producer;
    let refusal =
        if producer.running { producer.aim.as_ref().or(producer.last_error.as_ref()) } else { None };
    refusal.map(|it| it.code.clone())
}

/// What is wrong with the application, in a sentence.
pub fn app_trouble(model: &Model, view: &View) -> Option<String> {
    let app = model.app(view)?;
    if let Some(refusal) = &app.trouble {
        return Some(format!("{}: {}", refusal.code, refusal.message));
    }
    if let Some(output) = app.outputs.iter().find(|it| !it.exists) {
        return Some(format!("no in-application stream is called {}", output.in_app_stream));
    }
    let errors = app.streams.iter().find(|it| it.name == ERROR_STREAM).map_or(0, |it| it.rows.total);
    (0 < errors).then(|| format!("{} in error_stream", parts::some(errors as usize, "row")))
}

/// What keeps a delivery stream from delivering.
pub fn delivery_trouble(delivery: &DeliveryView) -> Option<String> {
    if 0 < delivery.lost_rows {
        return Some(format!("{} rows are lost", parts::count(delivery.lost_rows)));
    }
    if 0 < delivery.retries {
        return Some(format!(
            "{} waiting to be tried again",
            parts::some(delivery.retries as usize, "batch")
        ));
    }
    (delivery.status == Status::Active && !delivery.role_may_write)
        .then(|| "the role may not write to the bucket".to_owned())
}

/// Whether a box blinks.
pub fn troubled(model: &Model, view: &View) -> bool {
    boxes(model, view).iter().any(|it| matches!(it.state, State::Wrong(_)))
}

fn boxes(model: &Model, view: &View) -> [Part; 6] {
    [
        template(model, view),
        producer(view),
        streams(model, view),
        pumps(model, view),
        delivery(model, view),
        bucket(view),
    ]
}

fn template(model: &Model, view: &View) -> Part {
    let it = &view.producer;
    let state = match (it.template.is_empty(), it.template_problems.iter().any(|it| it.fatal())) {
        (true, _) => State::Absent,
        (false, true) => State::Wrong("template".into()),
        (false, false) => State::Ready,
    };
    let fields = crate::tui::editor::check::placeholders(&it.template).len();
    let mut lines = Vec::new();
    if state != State::Absent {
        lines.push(row![Plain parts::some(fields, "value")]);
        lines.push(if it.template_problems.is_empty() {
            row![Dim "valid"]
        } else {
            row![Wrong parts::some(it.template_problems.len(), "problem")]
        });
    }
    if model.template.dirty() {
        lines.push(row![Warning "● ", Plain "not saved"]);
    }
    Part { name: "template", pane: Pane::Producer, state, lines }
}

fn producer(view: &View) -> Part {
    let it = &view.producer;
    let state = match (it.user.is_some() || it.stream.is_some(), it.running) {
        (_, true) => producer_trouble(view).map_or(State::Working, State::Wrong),
        (true, false) => State::Ready,
        (false, false) => State::Absent,
    };
    let mut lines = Vec::new();
    if state != State::Absent {
        lines.push(if it.running { row![Done "sending"] } else { row![Dim "stopped"] });
        lines.push(row![Plain parts::rate(it.rate)]);
        lines.push(row![Plain parts::count(it.sent.total), Dim " sent"]);
    }
    Part { name: "producer", pane: Pane::Producer, state, lines }
}

fn streams(model: &Model, view: &View) -> Part {
    let Some(it) = stream::chosen(model, view) else {
        return Part { name: "stream", pane: Pane::Stream, state: State::Absent, lines: Vec::new() };
    };
    let state = match it.status {
        Status::Active if 0 < it.throttled.rate() => State::Wrong("throttled".into()),
        Status::Active if 0 < it.accepted.rate() => State::Working,
        Status::Active => State::Ready,
        _ => State::Making,
    };
    let mut lines = vec![row![Strong it.name.clone()]];
    if it.shards.is_empty() {
        let left = it.ready_in.map_or("creating".to_owned(), |left| format!("{} left", parts::seconds(left)));
        lines.push(row![Waiting left]);
    }
    for (at, shard) in it.shards.iter().enumerate().take(2) {
        let mut line: Row = vec![(stream::lane(at), format!("{} ", shard.id.0).into())];
        line.extend(row![Plain parts::rate(shard.accepted.rate())]);
        lines.push(line);
    }
    Part { name: "stream", pane: Pane::Stream, state, lines }
}

fn pumps(model: &Model, view: &View) -> Part {
    let Some(app) = model.app(view) else {
        return Part { name: "pumps", pane: Pane::Analytics, state: State::Absent, lines: Vec::new() };
    };
    let trouble =
        app_trouble(model, view).map(|it| if it.contains(ERROR_STREAM) { "error rows" } else { "trouble" });
    let (state, word) = match (app.status, trouble) {
        (_, Some(trouble)) => (State::Wrong(trouble.into()), row![Plain "see Analytics"]),
        (AppStatus::Running, None) => (State::Working, row![Done "RUNNING"]),
        (AppStatus::Ready, None) => (State::Ready, row![Dim "READY"]),
        (_, None) => (State::Making, row![Waiting "changing"]),
    };
    let lines = vec![row![Strong app.name.clone()], word, row![Plain parts::some(app.pumps.len(), "pump")]];
    Part { name: "pumps", pane: Pane::Analytics, state, lines }
}

fn delivery(model: &Model, view: &View) -> Part {
    let Some(it) = crate::tui::pane::delivery::chosen(model, view) else {
        return Part { name: "delivery", pane: Pane::Delivery, state: State::Absent, lines: Vec::new() };
    };
    let state = match (it.status, delivery_trouble(it)) {
        (_, Some(_)) if 0 < it.retries => State::Wrong("retrying".into()),
        (_, Some(_)) => State::Wrong("no right".into()),
        (Status::Active, None) if 0 < it.buffer.rows => State::Working,
        (Status::Active, None) => State::Ready,
        _ => State::Making,
    };
    let wait = it.buffer_wait_max.as_millis() / 1000;
    let lines = vec![
        row![Strong it.name.clone()],
        row![Plain Bytes(it.buffer.bytes).to_string()],
        row![Plain format!("{} of {wait} s", it.buffer.age.as_millis() / 1000)],
    ];
    Part { name: "delivery", pane: Pane::Delivery, state, lines }
}

fn bucket(view: &View) -> Part {
    let wanted = view.deliveries.last().map(|it| it.bucket.as_str());
    let found = view.buckets.iter().find(|it| Some(it.name.as_str()) == wanted).or(view.buckets.last());
    let Some(it) = found else {
        let missing = wanted.is_some();
        let state = if missing { State::Wrong("no bucket".into()) } else { State::Absent };
        return Part { name: "bucket", pane: Pane::Bucket, state, lines: Vec::new() };
    };
    let bytes: u64 = it.objects.iter().map(|it| it.bytes).sum();
    let state = if it.objects.is_empty() { State::Ready } else { State::Working };
    let lines = vec![
        row![Strong it.name.clone()],
        row![Plain parts::some(it.objects.len(), "object")],
        row![Plain Bytes(bytes).to_string()],
    ];
    Part { name: "bucket", pane: Pane::Bucket, state, lines }
}

fn arrows(model: &Model, view: &View) -> [Arrow; 5] {
    let producer = &view.producer;
    let stream = stream::chosen(model, view);
    let app = model.app(view);
    let read = app.and_then(|it| it.streams.first()).map_or(0, |it| it.rows.rate());
    let written = app.map_or(0, |it| it.outputs.iter().map(|it| it.rows.rate()).sum());
    let delivery = crate::tui::pane::delivery::chosen(model, view);
    let user = view.users.iter().find(|it| Some(&it.name) == producer.user.as_ref()).or(view.users.last());
    let may_put =
        user.map(|it| stream.map_or(!it.policies.is_empty(), |stream| it.may_put_to.contains(&stream.name)));
    let app_gate = app.filter(|it| it.input.is_some()).map(|it| it.trouble.is_none());
    [
        Arrow { per_second: if producer.running { producer.rate } else { 0 }, gate: None },
        Arrow { per_second: stream.map_or(0, |it| it.accepted.rate()), gate: may_put },
        Arrow { per_second: read, gate: app_gate },
        Arrow {
            per_second: written,
            gate: app.filter(|it| !it.outputs.is_empty()).map(|it| it.trouble.is_none()),
        },
        Arrow { per_second: 0, gate: delivery.map(|it| it.role_may_write) },
    ]
}

/// The eye above: what CloudWatch sees, and what broke.
fn eye(canvas: &mut Canvas, y: u16, view: &View) {
    let eye = canvas.theme.glyph("◉", "@");
    let mut line = if view.metrics.is_empty() {
        row![Dim eye, Dim " CloudWatch"]
    } else {
        row![Key eye, Plain " CloudWatch ", Dim parts::some(view.metrics.len(), "metric")]
    };
    for fault in &view.faults {
        line.extend(row![Warning "   ! ", Plain fault.command.clone()]);
    }
    let end = canvas.row(1, y, &line);
    canvas.hit(1, y, 14, 1, Message::Go(Pane::Watch));
    if !view.laws.is_empty() {
        let line = law_line(canvas.theme, view);
        let wide: usize = line.iter().map(|(_, it)| crate::tui::text::width(it)).sum();
        let x = canvas.width().saturating_sub(wide as u16 + 1);
        if end + 2 < x {
            canvas.row(x, y, &line);
        }
    }
}

/// The picture in one row of boxes, for the strip above the panes.
pub fn strip(canvas: &mut Canvas, model: &Model, view: &View) {
    eye(canvas, 0, view);
    let width = canvas.width();
    chain(&mut canvas.part(0, 1, width, STRIP_HEIGHT - 1), model, view, 5);
}

/// The picture on a large screen: the boxes, and below them the pumps with where every row went.
pub fn draw_wide(canvas: &mut Canvas, model: &Model, view: &View) {
    eye(canvas, 0, view);
    let (width, height) = (canvas.width(), canvas.height());
    chain(&mut canvas.part(1, 1, width.saturating_sub(2), 5), model, view, 5);
    flows(&mut canvas.part(2, 7, width.saturating_sub(4), height.saturating_sub(7)), model, view);
}

/// Boxes and arrows side by side.
fn chain(canvas: &mut Canvas, model: &Model, view: &View, height: u16) {
    let width = canvas.width();
    let arrow_width = if 150 <= width { 12 } else { 7 };
    let box_width = (width.saturating_sub(arrow_width * 5)) / 6;
    let spare = width.saturating_sub(box_width * 6 + arrow_width * 5);
    let boxes = boxes(model, view);
    let arrows = arrows(model, view);
    for (at, part) in boxes.iter().enumerate() {
        let x = spare / 2 + at as u16 * (box_width + arrow_width);
        draw_box(&mut canvas.part(x, 0, box_width, height), part, model);
        if let Some(arrow) = arrows.get(at) {
            draw_arrow(&mut canvas.part(x + box_width, 0, arrow_width, height), arrow);
        }
    }
}

fn draw_box(canvas: &mut Canvas, part: &Part, model: &Model) {
    let (role, mark) = match &part.state {
        State::Absent => (Role::Dim, Role::Dim),
        State::Making => (Role::Waiting, Role::Waiting),
        State::Ready => (Role::Plain, Role::Strong),
        State::Working => (Role::Done, Role::Strong),
        State::Wrong(_) => (Role::Wrong, Role::Wrong),
    };
    let mark = canvas.theme.mark(mark);
    let title: Row = vec![(role, format!(" {mark} {} ", part.name).into())];
    let (width, height) = (canvas.width(), canvas.height());
    canvas.hit(0, 0, width, height, Message::Go(part.pane));
    // Boxes are narrow: the title stands right at the corner, the text right at the border.
    canvas.framed(&Vec::new(), false);
    canvas.part(1, 0, width.saturating_sub(2), 1).row(0, 0, &title);
    let mut inner = canvas.part(1, 1, width.saturating_sub(2), height.saturating_sub(2));
    let roomy = u16::from(16 <= inner.width());
    let wide = inner.width();
    let lines = match &part.state {
        State::Wrong(word) => {
            let mut lines = part.lines.clone();
            let last = usize::from(inner.height().saturating_sub(1));
            lines.truncate(last);
            lines.push(row![Wrong word.clone()]);
            lines
        }
        _ => part.lines.clone(),
    };
    let rows = usize::from(inner.height());
    for (y, line) in lines.iter().enumerate().take(rows) {
        inner.part(roomy, y as u16, wide.saturating_sub(roomy * 2), 1).row(0, 0, line);
    }
    // The border takes the colour of the state; what is wrong blinks, slowly.
    let blink = matches!(part.state, State::Wrong(_)) && model.beat.is_multiple_of(2);
    if part.state != State::Absent {
        for y in [0, height.saturating_sub(1)] {
            canvas.restyle(0, y, width, role);
        }
        for y in 0..height {
            canvas.restyle(0, y, 1, role);
            canvas.restyle(width.saturating_sub(1), y, 1, role);
        }
    }
    if blink {
        canvas.modify(0, 0, width, ratatui::style::Modifier::REVERSED);
    }
}

fn draw_arrow(canvas: &mut Canvas, arrow: &Arrow) {
    let width = canvas.width();
    let flowing = 0 < arrow.per_second;
    let role = if flowing { Role::Done } else { Role::Dim };
    let line = canvas.theme.glyph(if flowing { "━" } else { "─" }, "-");
    canvas.fill(0, 2, width.saturating_sub(1), role, line);
    canvas.put(width.saturating_sub(1), 2, role, "▶");
    if flowing {
        let label = match arrow.per_second {
            many if 9_999 < many && width < 9 => format!("{}k/s", many / 1000),
            few => parts::rate(few),
        };
        let x = width.saturating_sub(label.len() as u16) / 2;
        canvas.put(x, 1, Role::Plain, &label);
    }
    if let Some(open) = arrow.gate {
        let role = if open { Role::Done } else { Role::Wrong };
        let mark = canvas.theme.mark(role);
        let x = width.saturating_sub(5) / 2;
        canvas.row(x, 3, &vec![(Role::Dim, "IAM ".into()), (role, mark.into())]);
        canvas.hit(x, 3, 5, 1, Message::Go(Pane::Iam));
    }
}

/// The pane: the picture in two rows where one is too wide, and the words of the opening screen.
pub fn draw(canvas: &mut Canvas, model: &Model, view: &View) {
    let width = canvas.width();
    let theme = canvas.theme;
    eye(canvas, 0, view);
    let below = if 108 <= width {
        chain(&mut canvas.part(0, 2, width, 5), model, view, 5);
        8
    } else {
        two_rows(canvas, model, view);
        13
    };
    if model.welcome {
        welcome(&mut canvas.below(below), theme);
    } else {
        flows(&mut canvas.below(below), model, view);
    }
}

fn two_rows(canvas: &mut Canvas, model: &Model, view: &View) {
    let width = canvas.width();
    let (boxes, arrows) = (boxes(model, view), arrows(model, view));
    let arrow_width = 9;
    let box_width = width.saturating_sub(arrow_width * 2) / 3;
    for (at, part) in boxes.iter().enumerate() {
        let (row, column) = (at as u16 / 3, at as u16 % 3);
        let (x, y) = (column * (box_width + arrow_width), 1 + row * 6);
        draw_box(&mut canvas.part(x, y, box_width, 5), part, model);
        if column < 2
            && let Some(arrow) = arrows.get(at)
        {
            draw_arrow(&mut canvas.part(x + box_width, y, arrow_width, 5), arrow);
        }
    }
    // From the end of the first row back to the start of the second.
    if let Some(arrow) = arrows.get(2) {
        let flowing = 0 < arrow.per_second;
        let role = if flowing { Role::Done } else { Role::Dim };
        let line = canvas.theme.glyph(if flowing { "━" } else { "─" }, "-");
        let (from, to) = (box_width / 2, 2 * (box_width + arrow_width) + box_width / 2);
        canvas.fill(from, 6, to.saturating_sub(from), role, line);
        canvas.put(from, 6, role, "▼");
        let corner = canvas.theme.glyph("╯", "+");
        canvas.put(to, 6, role, corner);
        let mut label = row![Plain " "];
        if flowing {
            label.extend(row![Plain parts::rate(arrow.per_second), Plain " "]);
        }
        if let Some(open) = arrow.gate {
            let role = if open { Role::Done } else { Role::Wrong };
            label.push((Role::Dim, "IAM ".into()));
            label.push((role, canvas.theme.mark(role).into()));
            label.push((Role::Plain, " ".into()));
        }
        if 1 < label.len() {
            canvas.row(width / 2 - 6, 6, &label);
        }
    }
}

fn welcome(canvas: &mut Canvas, theme: Theme) {
    let width = usize::from(canvas.width().saturating_sub(2));
    let said = "Everything is simulated; nothing reaches AWS. Never paste real credentials.";
    let mut lines = vec![row![Strong "Building a Streaming Data Platform", Dim "  Activities 1–3"]];
    lines.extend(text::wrap(said, width).into_iter().map(|it| row![Plain it]));
    let begin = lines.len() as u16;
    lines.push(
        row![Key "Enter", Plain " begins   ", Key ":", Plain " types a command   ", Key "?", Plain " shows every key"],
    );
    if !theme.unicode {
        let said = "This terminal shows ASCII; set a UTF-8 locale for the full picture.";
        lines.extend(text::wrap(said, width).into_iter().map(|it| row![Dim it]));
    }
    for (y, line) in lines.iter().enumerate() {
        canvas.row(1, y as u16, line);
    }
    canvas.hit(1, begin, 14, 1, Message::Begin);
}

/// Where every row went, pump by pump.
fn flows(canvas: &mut Canvas, model: &Model, view: &View) {
    let height = canvas.height();
    if let Some(app) = model.app(view).filter(|it| !it.pumps.is_empty()) {
        // The last column is the one that must not be cut.
        let twins = if canvas.width() < 84 { "twice" } else { "duplicates" };
        let head = ["pump", "in", "out", "filtered", twins, "waiting", "grouped", "errors"].map(String::from);
        let rows: Vec<Vec<Option<String>>> = app
            .pumps
            .iter()
            .map(|it| {
                let flow = it.flow;
                let numbers = [
                    flow.rows_in,
                    flow.rows_out,
                    flow.filtered,
                    flow.duplicates,
                    flow.waiting,
                    flow.grouped,
                    flow.errors,
                ];
                std::iter::once(it.name.clone()).chain(numbers.map(parts::count)).map(Some).collect()
            })
            .collect();
        let right = [false, true, true, true, true, true, true, true];
        let (width, rows_shown) = (canvas.width(), (rows.len() as u16 + 1).min(height));
        parts::table(&mut canvas.part(0, 0, width, rows_shown), &head, &rows, &right);
    }
}

/// Whether every record is where it should be.
fn law_line(theme: Theme, view: &View) -> Row<'static> {
    match view.laws.iter().find(|it| !it.holds()) {
        None => row![Done theme.mark(Role::Done), Dim " every record is accounted for"],
        Some(law) => {
            row![Wrong theme.mark(Role::Wrong), Plain format!(" {}: {} ≠ {}", law.law, law.left, law.right)]
        }
    }
}
