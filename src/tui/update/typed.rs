//! The palette and the forms: offers, completion, and carrying out what was typed.

use crate::lab::view::{Refusal, View};
use crate::tui::model::{Model, Notice, Overlay, Speed};
use crate::tui::palette::{self, Palette, Word};
use crate::tui::update::{Action, Message, update};

/// Lines of the palette that are remembered.
const HISTORY_MAX: usize = 200;

/// What the palette offers now.
pub fn offers(model: &Model, view: &View) -> Vec<palette::Offer> {
    match model.overlays.last() {
        Some(Overlay::Palette(palette)) => {
            palette::offers(&palette.text(), view, &model.names, &model.history)
        }
        _ => Vec::new(),
    }
}

pub(super) fn pick_offer(model: &mut Model, at: usize, view: &View) -> Vec<Action> {
    match model.overlays.last_mut() {
        Some(Overlay::Palette(palette)) => {
            palette.chosen = Some(at);
            complete(model, view);
        }
        Some(Overlay::Form(form)) => form.enter(at.min(form.fields.len().saturating_sub(1))),
        _ => {}
    }
    Vec::new()
}

/// Takes the chosen offer into the line, or the first one.
pub(super) fn complete(model: &mut Model, view: &View) {
    let offers = offers(model, view);
    if let Some(Overlay::Palette(palette)) = model.overlays.last_mut()
        && let Some(offer) = offers.get(palette.chosen.unwrap_or(0))
    {
        let more = !offer.line.ends_with(' ') && !palette::rest_of_usage(&offer.line).is_empty();
        *palette = Palette::new(&format!("{}{}", offer.line, if more { " " } else { "" }));
    }
}

pub(super) fn enter(model: &mut Model, view: &View) -> Vec<Action> {
    match model.overlays.last_mut() {
        Some(Overlay::Palette(palette)) if palette.chosen.is_some() => {
            complete(model, view);
            let Some(Overlay::Palette(palette)) = model.overlays.last() else { return Vec::new() };
            // A whole line that was chosen is meant: only lines with blanks wait for more.
            let line = palette.text();
            let whole = palette::problem(&line, &model.names).is_none();
            if whole && !line.ends_with(' ') { enter(model, view) } else { Vec::new() }
        }
        Some(Overlay::Palette(palette)) => {
            let line = palette.text().trim().to_owned();
            if line.is_empty() {
                model.overlays.pop();
                return Vec::new();
            }
            if let Some(error) = palette::problem(&line, &model.names) {
                palette.error = Some(error);
                return Vec::new();
            }
            model.overlays.pop();
            remember(model, &line);
            carry_out(model, &line, view)
        }
        Some(Overlay::Form(form)) => {
            if form.problem(&model.names).is_some() {
                return Vec::new();
            }
            let lines = form.lines();
            model.overlays.pop();
            lines.into_iter().map(Action::Line).collect()
        }
        _ => Vec::new(),
    }
}

fn remember(model: &mut Model, line: &str) {
    model.history.retain(|it| it != line);
    model.history.push(line.to_owned());
    if HISTORY_MAX < model.history.len() {
        model.history.remove(0);
    }
}

/// Carries out a typed line: a word about time and screen here, anything else by the world.
pub fn carry_out(model: &mut Model, line: &str, view: &View) -> Vec<Action> {
    let Some(word) = Word::parse(line) else { return vec![Action::Line(line.to_owned())] };
    let message = match word {
        Err(error) => {
            let refusal = Refusal {
                code: "not understood".to_owned(),
                message: error.message,
                hint: error.hint,
                diagnostics: Vec::new(),
            };
            model.notice = Some(Notice::Bad(refusal));
            model.notice_age = 0;
            return Vec::new();
        }
        Ok(Word::Pause) if model.pace.speed == Speed::Paused => return Vec::new(),
        Ok(Word::Play) if model.pace.speed != Speed::Paused => return Vec::new(),
        Ok(Word::Pause | Word::Play) => Message::Pause,
        Ok(Word::Speed(speed)) => Message::Speed(speed),
        Ok(Word::Run(span)) => Message::Run(span),
        Ok(Word::UntilDone(target)) => Message::UntilDone(target),
        Ok(Word::Undo) => Message::Undo,
        Ok(Word::Go(pane)) => Message::Go(pane),
        Ok(Word::Paste(name)) => Message::PasteSlide(name),
        Ok(Word::NextStep) => Message::Step(true),
        Ok(Word::PreviousStep) => Message::Step(false),
        Ok(Word::Hint) => Message::Hint,
        Ok(Word::Help) => Message::Help,
        Ok(Word::Quit) => Message::Quit,
    };
    update(model, message, view)
}
