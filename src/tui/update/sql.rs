//! What the SQL editor knows of the language: offers, meanings, definitions, layout.

use crate::sql::assist;
use crate::tui::editor::Edit;
use crate::tui::editor::offers::{Offers, laid_out};
use crate::tui::model::{Model, Notice, Overlay, Pane};

/// What an edit means for the offers.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Typing {
    /// A letter or a point of a name: offers may open.
    Word,
    /// A letter taken back: open offers follow.
    Back,
    Other,
}

pub(super) fn typing(edit: &Edit) -> Typing {
    match edit {
        Edit::Insert(text) => match text.chars().next() {
            Some(it) if text.chars().count() == 1 && (it.is_alphanumeric() || "_.$\"".contains(it)) => {
                Typing::Word
            }
            _ => Typing::Other,
        },
        Edit::Backspace => Typing::Back,
        _ => Typing::Other,
    }
}

/// Opens, follows or closes the offers once an edit is done.
pub(super) fn after(model: &mut Model, typed: Typing) {
    match typed {
        Typing::Word => offer(model, true),
        Typing::Back if model.popup.is_some() => offer(model, true),
        _ => model.popup = None,
    }
}

pub(super) fn offer(model: &mut Model, typing: bool) {
    let writes = model.focus == Pane::Analytics && model.writing;
    model.popup = writes.then(|| Offers::at(&model.sql.editor, &model.catalog, typing)).flatten();
    if !typing && model.popup.is_none() {
        tell(model, "nothing to offer here");
    }
}

pub(super) fn choose(model: &mut Model, by: isize) {
    if let Some(offers) = &mut model.popup {
        offers.choose(by);
    }
}

pub(super) fn take(model: &mut Model, at: usize) {
    let Some(mut offers) = model.popup.take() else { return };
    offers.chosen = at;
    if let Some((bytes, written)) = offers.taken() {
        model.sql.editor.put(bytes, &written);
        model.sql.unchecked = true;
    }
}

pub(super) fn about(model: &mut Model) {
    let editor = &model.sql.editor;
    let known = assist::hover(&editor.text(), editor.offset(editor.cursor()), &model.catalog);
    match known {
        Some(it) => {
            let lines = it.body.lines().map(str::to_owned).collect();
            model.overlays.push(Overlay::Text { title: it.title, lines, top: 0 });
        }
        None => tell(model, "nothing is known of this word"),
    }
}

pub(super) fn definition(model: &mut Model) {
    let editor = &model.sql.editor;
    let made = assist::definition(&editor.text(), editor.offset(editor.cursor()), &model.catalog);
    match made {
        Some(span) => model.sql.editor.go_to(span.start),
        None => tell(model, "this is not made in the text"),
    }
}

pub(super) fn lay_out(model: &mut Model) {
    match laid_out(&model.sql.editor) {
        Some((text, cursor)) => {
            let length = model.sql.editor.text().len();
            model.sql.editor.put(0..length, &text);
            model.sql.editor.go_to(cursor);
            model.sql.unchecked = true;
        }
        None => tell(model, "nothing of this can be read yet"),
    }
}

fn tell(model: &mut Model, text: &str) {
    model.notice = Some(Notice::Good(text.to_owned()));
    model.notice_age = 0;
}
