//! Model and view to cells: three layouts by size, overlays on top.
//!
//! Drawing is a function: the same model, view and size give the same cells. What a click on a place
//! means comes back as a [`Scene`]. Below 80×24 there is one friendly line instead of a torn picture.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::lab::view::View;
use crate::tui::canvas::{Canvas, Scene, row};
use crate::tui::editor::offers;
use crate::tui::model::{Model, Overlay, Pane};
use crate::tui::pane;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::update::Message;

pub mod bar;
pub mod overlay;
pub mod parts;

/// The smallest screen that holds everything.
pub const SIZE_MIN: (u16, u16) = (80, 24);
const MEDIUM: (u16, u16) = (110, 32);
const LARGE: (u16, u16) = (170, 50);

/// Which arrangement a size gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    TooSmall,
    /// Tabs, one pane, a strip of the guide.
    Small,
    /// The pipeline above, one pane, the guide beside it.
    Medium,
    /// The whole pipeline and several panes at once.
    Large,
}

impl Layout {
    pub fn of(width: u16, height: u16) -> Self {
        let holds = |(least_width, least_height)| least_width <= width && least_height <= height;
        match () {
            () if holds(LARGE) => Layout::Large,
            () if holds(MEDIUM) => Layout::Medium,
            () if holds(SIZE_MIN) => Layout::Small,
            () => Layout::TooSmall,
        }
    }
}

/// Draws everything.
pub fn draw(buffer: &mut Buffer, model: &Model, view: &View) -> Scene {
    let mut scene = Scene::default();
    let area = *buffer.area();
    let layout = Layout::of(area.width, area.height);
    {
        let mut canvas = Canvas::new(buffer, &mut scene, area, model.theme);
        canvas.clear();
        if layout == Layout::TooSmall {
            too_small(&mut canvas);
            return scene;
        }
        let (width, height) = (canvas.width(), canvas.height());
        bar::top(&mut canvas.part(0, 0, width, 1), model, view);
        bar::tabs(&mut canvas.part(0, 1, width, 1), model, view);
        // Where there is room, what came of the last action has a line of its own.
        let told = u16::from(layout != Layout::Small);
        if 0 < told {
            bar::last(&mut canvas.part(0, height - 2, width, 1), model, view);
        }
        let mut body = canvas.part(0, 2, width, height - 3 - told);
        if model.zoomed {
            framed_pane(&mut body, model.focus, model, view);
        } else {
            match layout {
                Layout::Large => large(&mut body, model, view),
                Layout::Medium => medium(&mut body, model, view),
                _ => small(&mut body, model, view),
            }
        }
        bar::footer(&mut canvas.part(0, height - 1, width, 1), model, view);
        bar::notice(&mut canvas.part(0, 2, width, height - 3), model);
    }
    if let (Some(offers), Some(cursor), true) = (&model.popup, scene.cursor, model.overlays.is_empty()) {
        let mut canvas = Canvas::new(buffer, &mut scene, area, model.theme);
        let (width, height) = (canvas.width(), canvas.height());
        offers::draw(&mut canvas.part(0, 0, width, height - 1), offers, cursor);
    }
    if !model.overlays.is_empty() {
        // What lies under an overlay takes no clicks and no cursor; only the footer does.
        scene.hits.retain(|(it, _)| area.height <= it.y + 1);
        scene.cursor = None;
        scene.editor = None;
    }
    let mut canvas = Canvas::new(buffer, &mut scene, area, model.theme);
    if let Some(top) = model.overlays.last() {
        let (width, height) = (canvas.width(), canvas.height());
        let mut room = canvas.part(0, 1, width, height - 2);
        match top {
            Overlay::Help { top } => overlay::help(&mut room, *top),
            Overlay::Palette(palette) => overlay::palette(&mut room, palette, model, view),
            Overlay::Form(form) => overlay::form(&mut room, form, model),
            Overlay::Search(editor) => overlay::search(&mut room, editor),
            Overlay::Text { title, lines, top } => overlay::reading(&mut room, title, lines, *top),
            Overlay::Quit => overlay::quit(&mut room),
        }
    }
    scene
}

/// Whether anything drawn changes with the beat.
pub fn blinks(model: &Model, view: &View) -> bool {
    pane::pipeline::troubled(model, view)
}

fn too_small(canvas: &mut Canvas) {
    let (width, height) = (canvas.width(), canvas.height());
    let said = format!("pumphouse needs {}×{}, this is {width}×{height}", SIZE_MIN.0, SIZE_MIN.1);
    for (y, line) in text::wrap(&said, usize::from(width)).iter().enumerate().take(usize::from(height)) {
        canvas.put(0, y as u16, Role::Plain, line);
    }
}

fn small(canvas: &mut Canvas, model: &Model, view: &View) {
    let (width, height) = (canvas.width(), canvas.height());
    if model.focus == Pane::Guide {
        return framed_pane(canvas, Pane::Guide, model, view);
    }
    let strip = 3;
    framed_pane(&mut canvas.part(0, 0, width, height - strip), model.focus, model, view);
    pane::guide::strip(&mut canvas.part(0, height - strip, width, strip), model);
}

fn medium(canvas: &mut Canvas, model: &Model, view: &View) {
    let (width, height) = (canvas.width(), canvas.height());
    let above = if model.main == Pane::Pipeline { 0 } else { pane::pipeline::STRIP_HEIGHT };
    if 0 < above {
        pane::pipeline::strip(&mut canvas.part(0, 0, width, above), model, view);
    }
    let beside = (width * 36 / 100).clamp(40, 60);
    framed_pane(&mut canvas.part(0, above, width - beside, height - above), model.main, model, view);
    framed_pane(&mut canvas.part(width - beside, above, beside, height - above), Pane::Guide, model, view);
}

fn large(canvas: &mut Canvas, model: &Model, view: &View) {
    let (width, height) = (canvas.width(), canvas.height());
    let above = pane::pipeline::FULL_HEIGHT;
    let focused = model.focus == Pane::Pipeline;
    {
        let mut top = canvas.part(0, 0, width, above);
        let mut inner = frame(&mut top, Pane::Pipeline, focused, model, view);
        pane::pipeline::draw_wide(&mut inner, model, view);
    }
    let (left, right) = (width * 32 / 100, (width * 27 / 100).min(64));
    let middle = width - left - right;
    let rest = height - above;
    // With the keys in the picture, the middle shows what the workshop works on most.
    let main = if model.main == Pane::Pipeline { Pane::Analytics } else { model.main };
    framed_pane(&mut canvas.part(left, above, middle, rest), main, model, view);
    let glances = [Pane::Producer, Pane::Stream, Pane::Delivery, Pane::Bucket];
    let glances: Vec<Pane> = glances.into_iter().filter(|it| *it != main).take(3).collect();
    let count = glances.len() as u16;
    for (at, pane) in glances.into_iter().enumerate() {
        let from = rest * at as u16 / count;
        let to = rest * (at as u16 + 1) / count;
        framed_pane(&mut canvas.part(0, above + from, left, to - from), pane, model, view);
    }
    let guide = rest * 2 / 3;
    framed_pane(&mut canvas.part(left + middle, above, right, guide), Pane::Guide, model, view);
    let below = if main == Pane::Log { Pane::Watch } else { Pane::Log };
    framed_pane(&mut canvas.part(left + middle, above + guide, right, rest - guide), below, model, view);
}

fn frame<'c>(canvas: &'c mut Canvas, pane: Pane, focused: bool, model: &Model, view: &View) -> Canvas<'c> {
    let (width, height) = (canvas.width(), canvas.height());
    canvas.hit(0, 0, width, height, Message::Go(pane));
    let role = if focused { Role::Focus } else { Role::Title };
    let mut title =
        vec![(Role::Key, pane.digit().to_string().into()), (role, format!(" {}", pane.title()).into())];
    title.extend(pane::title(pane, model, view));
    canvas.framed(&title, focused)
}

fn framed_pane(canvas: &mut Canvas, pane: Pane, model: &Model, view: &View) {
    let focused = model.focus == pane && model.overlays.is_empty();
    let mut inner = frame(canvas, pane, focused, model, view);
    if inner.width() < 8 || inner.height() < 1 {
        inner.row(0, 0, &row![Dim "…"]);
        return;
    }
    let (width, height) = (inner.width(), inner.height());
    let mut padded = inner.part(1, 0, width - 2, height);
    let kept = (padded.scene.editor, padded.scene.cursor, padded.scene.page);
    padded.scene.page = height;
    pane::draw(pane, &mut padded, model, view);
    if model.focus != pane {
        // The mouse and the page keys belong to the pane with the keys.
        (padded.scene.editor, padded.scene.cursor, padded.scene.page) = kept;
    }
}

/// A rectangle in the middle, as large as wanted and possible.
pub fn centred(canvas: &Canvas, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(canvas.width()), height.min(canvas.height()));
    Rect::new((canvas.width() - width) / 2, (canvas.height() - height) / 3, width, height)
}
