//! A message changes the model and says what the world or the terminal should do. Nothing is drawn here,
//! and nothing waits.

use crate::base::time::Span;
use crate::lab::view::View;
use crate::tui::editor::{Edit, Editor};
use crate::tui::form::{Form, FormKind};
use crate::tui::keys::{self, Code, Key};
use crate::tui::model::{Goal, Model, Overlay, Pace, Pane, SPEEDS, Speed};
use crate::tui::palette::Palette;
use crate::tui::pane;

mod sql;
mod texts;
mod typed;

use texts::{copy, copy_selection, edit_text, next_problem, paste, save, text_key, writes_text};
pub use typed::{carry_out, offers};
use typed::{complete, enter, pick_offer};

/// The longest that `until done` runs.
const UNTIL_DONE_MAX: Span = Span::from_secs(600);
/// How many rows a turn of the wheel moves.
const WHEEL: isize = 3;

/// Something that happened to the screen: a key, a click, or what one of them means.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    Key(Key),
    Paste(String),
    Click {
        x: u16,
        y: u16,
    },
    Drag {
        x: u16,
        y: u16,
    },
    Wheel {
        x: u16,
        y: u16,
        down: bool,
    },
    Resize(u16, u16),

    Begin,
    Go(Pane),
    Zoom,
    Help,
    Palette(String),
    Form(FormKind),
    Search,
    /// Closes the topmost thing: an overlay, writing, the notice, the zoom.
    Close,
    /// Moves the choice of the list that has the keys, or scrolls.
    Select(isize),
    /// Chooses a row of a pane's list.
    Pick(Pane, usize),
    /// Chooses an offer of the palette or a field of the form.
    PickOffer(usize),
    Enter,
    Complete,
    Choice(bool),
    Face,
    Hold,

    /// The editor of the pane gets the keys.
    Write,
    Edit(Edit),
    Save,
    PasteSlide(String),
    NextProblem,
    /// Offers what may be written at the cursor of the SQL editor.
    Offers,
    NextSql(isize),
    /// Writes an offer.
    PickSql(usize),
    CloseOffers,
    /// What the word under the cursor is, where it is made, and the text in the house layout.
    About,
    Definition,
    LayOut,
    CopySelection {
        cut: bool,
    },
    Copy(String),

    /// A typed line to carry out.
    Line(String),
    OpenObject {
        bucket: String,
        key: String,
    },
    CloseObject,
    Undo,

    Pause,
    Faster(bool),
    Speed(Speed),
    /// Virtual time to skip, as fast as it can.
    Run(Span),
    UntilDone(Option<String>),

    /// To the next step, or with `false` to the one before.
    Step(bool),
    Hint,
    FillIn,

    Quit,
    Leave,
    Suspend,
}

/// What the screen wants done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Carry out a typed line.
    Line(String),
    /// Save a text: SQL of an application, or the record template.
    SaveSql {
        app: String,
        code: String,
    },
    SaveTemplate(String),
    /// Open an object and hand its text over.
    OpenObject {
        bucket: String,
        key: String,
    },
    /// Put the text of this name into the draft of the focused pane.
    PasteText(String),
    Undo,
    Step(bool),
    HintRead,
    FilledIn,
    /// To the terminal's clipboard.
    Copy(String),
    Suspend,
    Leave,
}

/// Changes the model; says what should be done.
pub fn update(model: &mut Model, message: Message, view: &View) -> Vec<Action> {
    match message {
        Message::Key(key) => return on_key(model, key, view),
        Message::Paste(text) => paste(model, &text),
        Message::Click { x, y } => return click(model, x, y, view),
        Message::Drag { x, y } => point(model, x, y, true),
        Message::Wheel { x, y, down } => wheel(model, x, y, down, view),
        Message::Resize(width, height) => model.size = (width, height),
        Message::Begin => {
            model.welcome = false;
            model.go(Pane::Guide);
        }
        Message::Go(pane) => model.go(pane),
        Message::Zoom => model.zoomed = !model.zoomed,
        Message::Help => model.overlays.push(Overlay::Help { top: 0 }),
        Message::Palette(line) => model.overlays.push(Overlay::Palette(Palette::new(&line))),
        Message::Form(kind) => {
            let app = model.app(view).map(|it| it.name.clone()).unwrap_or_default();
            model.overlays.push(Overlay::Form(Form::new(kind, view, &app)));
        }
        Message::Search => {
            let mut editor = Editor::new(&model.filter);
            editor.go_to(model.filter.len());
            model.overlays.push(Overlay::Search(editor));
        }
        Message::Close => close(model),
        Message::Select(by) => select(model, by, view),
        Message::Pick(pane, row) => {
            model.go(pane);
            model.chosen[pane as usize] = row;
            if pane == Pane::Bucket && model.object.is_some() {
                model.object = None;
            }
        }
        Message::PickOffer(at) => return pick_offer(model, at, view),
        Message::Enter => return enter(model, view),
        Message::Complete => complete(model, view),
        Message::Choice(forward) => {
            if let Some(Overlay::Form(form)) = model.overlays.last_mut() {
                form.step(forward);
            }
        }
        Message::Face => {
            let faces = keys::faces(model.focus).len();
            let face = &mut model.faces[model.focus as usize];
            *face = face.next(faces);
        }
        Message::Hold => {
            model.held = match model.held.take() {
                Some(_) => None,
                None => model.app(view).cloned().map(Box::new),
            };
        }
        Message::Write => {
            model.writing = true;
            let face = if model.focus == Pane::Producer { 1 } else { 0 };
            model.faces[model.focus as usize] =
                keys::faces(model.focus).get(face).map_or(model.face(model.focus), |it| it.0);
        }
        Message::Edit(edit) => edit_text(model, edit),
        Message::Save => return save(model),
        Message::PasteSlide(name) => return vec![Action::PasteText(name)],
        Message::NextProblem => next_problem(model),
        Message::Offers => sql::offer(model, false),
        Message::NextSql(by) => sql::choose(model, by),
        Message::PickSql(at) => sql::take(model, at),
        Message::CloseOffers => model.popup = None,
        Message::About => sql::about(model),
        Message::Definition => sql::definition(model),
        Message::LayOut => sql::lay_out(model),
        Message::CopySelection { cut } => return copy_selection(model, cut),
        Message::Copy(text) => return copy(model, text),
        Message::Line(line) => return vec![Action::Line(line)],
        Message::OpenObject { bucket, key } => return vec![Action::OpenObject { bucket, key }],
        Message::CloseObject => model.object = None,
        Message::Undo => return vec![Action::Undo],
        Message::Pause => pause(&mut model.pace),
        Message::Faster(up) => faster(&mut model.pace, up),
        Message::Speed(speed) => set_speed(&mut model.pace, speed),
        Message::Run(span) => {
            // Pressed twice, it goes twice as far.
            let from = match model.pace.goal {
                Some(Goal::At(at)) => at,
                _ => view.now,
            };
            model.pace.goal = Some(Goal::At(from + span));
        }
        Message::UntilDone(target) => {
            model.pace.goal = Some(Goal::Proof { at_most: view.now + UNTIL_DONE_MAX, target });
        }
        Message::Step(forward) => {
            model.guide_top = 0;
            return vec![Action::Step(forward)];
        }
        Message::Hint => {
            // The hint stands below the text: as far down as the next drawing allows.
            model.guide_top = usize::MAX;
            return vec![Action::HintRead];
        }
        Message::FillIn => {
            model.typist.lines = model.guide.solve.iter().cloned().collect();
            model.typist.rest = 0;
            return vec![Action::FilledIn];
        }
        Message::Quit => model.overlays.push(Overlay::Quit),
        Message::Leave => return vec![Action::Leave],
        Message::Suspend => return vec![Action::Suspend],
    }
    Vec::new()
}

/// A key goes to the topmost thing: its binding if it has one there, else into the text.
fn on_key(model: &mut Model, key: Key, view: &View) -> Vec<Action> {
    if model.typist.lines.pop_front().is_some() {
        // Any key takes the keyboard back from the typist.
        model.typist.lines.clear();
        model.overlays.retain(|it| !matches!(it, Overlay::Palette(_)));
        return Vec::new();
    }
    if let Code::Char(digit @ '0'..='9') = key.code
        && (key.alt || (model.overlays.is_empty() && !model.writing && !key.ctrl))
        && let Some(pane) = Pane::of_digit(digit)
    {
        return update(model, Message::Go(pane), view);
    }
    if let Some(message) = keys::meaning(key, model, view) {
        return update(model, message, view);
    }
    if writes_text(model) {
        // Shift with a motion selects on the way.
        let unshifted = keys::meaning(Key { shift: false, ..key }, model, view);
        if let Some(edit) = text_key(key) {
            edit_text(model, edit);
        } else if let (true, Some(Message::Edit(Edit::Move(motion, _)))) = (key.shift, unshifted) {
            edit_text(model, Edit::Move(motion, true));
        }
    }
    Vec::new()
}

fn click(model: &mut Model, x: u16, y: u16, view: &View) -> Vec<Action> {
    let over_text = model.scene.editor.is_some_and(|it| it.contains((x, y).into()));
    match model.scene.at(x, y).cloned() {
        // The editor lies in its pane: there a click is for the cursor.
        Some(Message::Go(pane)) if pane == model.focus && over_text => point(model, x, y, false),
        Some(message) => return update(model, message, view),
        None => point(model, x, y, false),
    }
    Vec::new()
}

/// Puts the editor's cursor where the mouse points.
fn point(model: &mut Model, x: u16, y: u16, drag: bool) {
    let Some(area) = model.scene.editor.filter(|it| model.overlays.is_empty() && it.contains((x, y).into()))
    else {
        return;
    };
    if let Some(draft) = model.draft() {
        draft.editor.click(usize::from(y - area.y), usize::from(x - area.x), drag);
        model.writing = true;
    }
}

fn wheel(model: &mut Model, x: u16, y: u16, down: bool, view: &View) {
    let over_text = model.scene.editor.is_some_and(|it| it.contains((x, y).into()));
    if model.overlays.is_empty() && over_text {
        if let Some(draft) = model.draft() {
            draft.editor.scroll(down);
        }
        return;
    }
    select(model, if down { WHEEL } else { -WHEEL }, view);
}

fn close(model: &mut Model) {
    if model.overlays.pop().is_some() {
        return;
    }
    if model.writing {
        model.writing = false;
    } else if model.notice.is_some() {
        model.notice = None;
    } else if model.object.is_some() && model.focus == Pane::Bucket {
        model.object = None;
    } else {
        model.zoomed = false;
        model.welcome = false;
    }
}

fn moved(at: usize, by: isize, count: usize) -> usize {
    at.saturating_add_signed(by).min(count.saturating_sub(1))
}

fn select(model: &mut Model, by: isize, view: &View) {
    let offers = offers(model, view).len();
    match model.overlays.last_mut() {
        Some(Overlay::Help { top } | Overlay::Text { top, .. }) => *top = moved(*top, by, 500),
        Some(Overlay::Palette(palette)) => {
            palette.chosen = match palette.chosen {
                _ if offers == 0 => None,
                None if by < 0 => None,
                None => Some(0),
                Some(0) if by < 0 => None,
                Some(at) => Some(moved(at, by, offers)),
            };
        }
        Some(Overlay::Form(form)) => form.next_field(0 < by),
        Some(_) => {}
        None if model.focus == Pane::Guide => {
            let last = model.scene.guide_top_max;
            model.guide_top = moved(model.guide_top.min(last), by, last + 1);
        }
        None => {
            if let (Pane::Bucket, Some(object)) = (model.focus, model.object.as_mut()) {
                object.line = moved(object.line, by, object.lines.len());
                return;
            }
            let count = pane::count(model.focus, model, view);
            let chosen = &mut model.chosen[model.focus as usize];
            *chosen = moved(*chosen, by, count);
        }
    }
}

fn pause(pace: &mut Pace) {
    pace.goal = None;
    pace.speed = if pace.speed == Speed::Paused { pace.usual } else { Speed::Paused };
}

fn set_speed(pace: &mut Pace, speed: Speed) {
    pace.speed = speed;
    pace.usual = speed;
    pace.goal = None;
}

fn faster(pace: &mut Pace, up: bool) {
    let at = SPEEDS.iter().position(|it| *it == pace.usual).unwrap_or(0);
    let next = if up { (at + 1).min(SPEEDS.len() - 1) } else { at.saturating_sub(1) };
    set_speed(pace, SPEEDS[next]);
}
