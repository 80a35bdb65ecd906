//! Texts being written: which one has the keys, what a key does to it, saving and copying.

use crate::tui::editor::{Edit, Motion};
use crate::tui::keys::{Code, Key};
use crate::tui::model::{Model, Notice, Overlay, Pane};
use crate::tui::update::{Action, sql};

pub(super) fn writes_text(model: &Model) -> bool {
    match model.overlays.last() {
        Some(Overlay::Palette(_) | Overlay::Form(_) | Overlay::Search(_)) => true,
        Some(_) => false,
        None => model.writing,
    }
}

/// What an unbound key does to any text.
pub(super) fn text_key(key: Key) -> Option<Edit> {
    match key.code {
        Code::Char(letter) if !key.ctrl && !key.alt => Some(Edit::Insert(letter.to_string())),
        Code::Char('w') if key.ctrl => Some(Edit::DeleteWordLeft),
        Code::Char('u') if key.ctrl => Some(Edit::SelectAll),
        Code::Char('a') if key.ctrl => Some(Edit::SelectAll),
        Code::Char('z') if key.ctrl => Some(Edit::Undo),
        Code::Char('y') if key.ctrl => Some(Edit::Redo),
        Code::Backspace if key.ctrl || key.alt => Some(Edit::DeleteWordLeft),
        Code::Backspace => Some(Edit::Backspace),
        Code::Delete => Some(Edit::Delete),
        Code::Home => Some(Edit::Move(Motion::LineStart, key.shift)),
        Code::End => Some(Edit::Move(Motion::LineEnd, key.shift)),
        Code::Left if key.ctrl || key.alt => Some(Edit::Move(Motion::WordLeft, key.shift)),
        Code::Right if key.ctrl || key.alt => Some(Edit::Move(Motion::WordRight, key.shift)),
        Code::Left => Some(Edit::Move(Motion::Left, key.shift)),
        Code::Right => Some(Edit::Move(Motion::Right, key.shift)),
        _ => None,
    }
}

/// Edits whatever text has the keys.
pub(super) fn edit_text(model: &mut Model, edit: Edit) {
    let one_line = |edit: Edit| match edit {
        Edit::Paste(text) => Edit::Paste(text.replace(['\r', '\n'], " ")),
        Edit::Newline => Edit::Insert(" ".to_owned()),
        other => other,
    };
    match model.overlays.last_mut() {
        Some(Overlay::Palette(palette)) => {
            palette.line.edit(one_line(edit));
            palette.chosen = None;
            palette.error = None;
        }
        Some(Overlay::Form(form)) => {
            if let Some(field) = form.fields.get_mut(form.at) {
                // A field with a few fixed choices is stepped through, not written.
                if field.fixed {
                    form.step(edit != Edit::Move(Motion::Left, false));
                } else {
                    field.value.edit(one_line(edit));
                }
            }
        }
        Some(Overlay::Search(editor)) => {
            editor.edit(one_line(edit));
            model.filter = editor.text();
            model.chosen[Pane::Watch as usize] = 0;
        }
        Some(_) => {}
        None => {
            let typed = sql::typing(&edit);
            if let Some(draft) = model.draft()
                && draft.editor.edit(edit)
            {
                draft.unchecked = true;
            }
            sql::after(model, typed);
        }
    }
}

pub(super) fn paste(model: &mut Model, text: &str) {
    if model.overlays.is_empty() && !model.writing && model.draft().is_some() {
        model.writing = true;
    }
    edit_text(model, Edit::Paste(text.replace("\r\n", "\n").replace('\r', "\n")));
}

pub(super) fn save(model: &mut Model) -> Vec<Action> {
    match model.focus {
        Pane::Analytics if !model.sql.owner.is_empty() => {
            vec![Action::SaveSql { app: model.sql.owner.clone(), code: model.sql.editor.text() }]
        }
        Pane::Producer => vec![Action::SaveTemplate(model.template.editor.text())],
        _ => Vec::new(),
    }
}

pub(super) fn next_problem(model: &mut Model) {
    let Some(draft) = model.draft() else { return };
    let at = draft.editor.offset(draft.editor.cursor());
    let mut starts: Vec<usize> = draft.check.problems.iter().map(|it| it.span.start).collect();
    starts.sort_unstable();
    let next = starts.iter().find(|&&it| at < it).or(starts.first());
    if let Some(&start) = next {
        draft.editor.go_to(start);
    }
}

pub(super) fn copy_selection(model: &mut Model, cut: bool) -> Vec<Action> {
    let Some(text) = model.draft().and_then(|it| it.editor.selected_text()) else {
        if !cut {
            model.overlays.push(Overlay::Quit);
        }
        return Vec::new();
    };
    if cut {
        edit_text(model, Edit::Delete);
    }
    copy(model, text)
}

pub(super) fn copy(model: &mut Model, text: String) -> Vec<Action> {
    model.clipboard.clone_from(&text);
    model.notice = Some(Notice::Good(format!("copied {} characters", text.chars().count())));
    model.notice_age = 0;
    vec![Action::Copy(text)]
}
