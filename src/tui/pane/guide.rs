//! The step: what the slide says, its conditions with their state, the ladder of hints, what is odd.

use crate::base::time::Span;
use crate::guide::Verdict;
use crate::tui::canvas::{Canvas, Row, row};
use crate::tui::model::{GuideView, Model, Proof, QuestionLine};
use crate::tui::theme::{Role, Theme};
use crate::tui::update::Message;
use crate::tui::view::parts;

pub fn title(model: &Model) -> Row<'static> {
    match model.guide.step() {
        Some(step) => {
            let place = format!(" · {} of {}", model.guide.at + 1, model.guide.steps.len());
            let mut title = row![Dim " · ", Strong step.id.clone(), Dim place];
            if step.proved {
                title.extend(row![Done format!(" · {} proved", model.theme.mark(Role::Done))]);
            }
            title
        }
        None => Vec::new(),
    }
}

pub fn draw(canvas: &mut Canvas, model: &Model) {
    let guide = &model.guide;
    let (width, height) = (canvas.width(), canvas.height());
    let Some(step) = guide.step() else {
        canvas.put(0, 0, Role::Dim, "No workshop is loaded.");
        return;
    };
    let mut lines: Vec<Row> = vec![row![Title step.title.clone()], row![Dim guide.activity.clone()]];
    lines.push(progress(guide, canvas.theme, width));
    lines.push(Vec::new());
    // The last column is for the mark that there is more.
    let width = width.saturating_sub(1);
    lines.extend(parts::markdown(&guide.text, width));
    for question in &guide.questions {
        lines.extend(question_lines(question, canvas.theme, width));
    }
    if !guide.hints.is_empty() && 0 < guide.hints_open {
        lines.push(Vec::new());
        for (at, hint) in guide.hints.iter().enumerate().take(guide.hints_open) {
            let pieces = [(Role::Hint, format!("H{} ", at + 1))];
            let mut text: Vec<(Role, String)> = pieces.to_vec();
            text.extend(hinted(hint));
            lines.extend(parts::wrap_styled(&text, usize::from(width)));
        }
    }
    let mut foot: Vec<Row> = Vec::new();
    for proof in &guide.proofs {
        foot.extend(proof_lines(proof, canvas.theme, width));
    }
    for warning in &guide.warnings {
        let mut text = vec![(Role::Warning, "! ".to_owned())];
        text.extend(hinted(warning));
        foot.extend(parts::wrap_styled(&text, usize::from(width)));
    }
    // The conditions keep their place; the text above them scrolls.
    let foot_height = (foot.len() as u16 + 3).min(height * 2 / 3);
    let text_height = height.saturating_sub(foot_height);
    let last = lines.len().saturating_sub(usize::from(text_height));
    let top = model.guide_top.min(last);
    canvas.scene.guide_top_max = last;
    let mut text = canvas.part(0, 0, width + 1, text_height);
    for (y, line) in lines.iter().skip(top).take(usize::from(text_height)).enumerate() {
        text.row(0, y as u16, line);
    }
    if top + usize::from(text_height) < lines.len() {
        text.right(text_height.saturating_sub(1), Role::Dim, "↓");
    }
    canvas.fill(0, text_height, width + 1, Role::Border, "─");
    let rows = foot_height.saturating_sub(2);
    let mut conditions = canvas.part(0, text_height + 1, width, rows);
    for (y, line) in foot.iter().enumerate().take(usize::from(rows)) {
        conditions.row(0, y as u16, line);
    }
    buttons(&mut canvas.part(0, height.saturating_sub(1), width, 1), guide);
}

/// A dot per step, filled where it is proved.
fn progress(guide: &GuideView, theme: Theme, width: u16) -> Row<'static> {
    let shown = usize::from(width);
    let dots = guide.steps.iter().enumerate().take(shown).map(|(at, step)| {
        let here = at == guide.at;
        match (step.proved, here) {
            (true, _) => (if here { Role::Strong } else { Role::Done }, theme.mark(Role::Strong).into()),
            (false, true) => (Role::Focus, theme.glyph("◉", "@").into()),
            (false, false) => (Role::Dim, theme.mark(Role::Dim).into()),
        }
    });
    dots.collect()
}

/// The question, the learner's answer, and what there is to compare it with.
fn question_lines(question: &QuestionLine, theme: Theme, width: u16) -> Vec<Row<'static>> {
    let room = usize::from(width);
    let role = if question.answer.is_some() { Role::Done } else { Role::Hint };
    let mark = if question.answer.is_some() { theme.mark(Role::Done) } else { "?" };
    let head = [(role, format!("{mark} {} ", question.id)), (Role::Strong, question.ask.clone())];
    let mut lines = vec![Vec::new()];
    lines.extend(parts::wrap_styled(&head, room));
    if let Some(answer) = &question.answer {
        let yours = [(Role::Dim, "  you said  ".to_owned()), (Role::Plain, answer.clone())];
        lines.extend(parts::wrap_styled(&yours, room));
        for line in parts::markdown(&question.reveal, width.saturating_sub(2)) {
            let mut row = row![Plain "  "];
            row.extend(line);
            lines.push(row);
        }
    }
    lines
}

/// The typed form inside a hint stands out.
fn hinted(hint: &str) -> Vec<(Role, String)> {
    let mut pieces = Vec::new();
    for (at, piece) in hint.split('`').enumerate() {
        pieces.push((if at % 2 == 1 { Role::Code } else { Role::Plain }, piece.to_owned()));
    }
    pieces
}

fn proof_lines(proof: &Proof, theme: Theme, width: u16) -> Vec<Row<'static>> {
    let role = proof.role();
    let mark = format!("{} ", theme.mark(role));
    // What is optional says its name only, so that it never hides what is asked for.
    let said = match &proof.verdict {
        Verdict::Done => None,
        _ if proof.optional => None,
        Verdict::Waiting { text, left } => Some((Role::Waiting, waits(text, *left))),
        // What to do next is read from the back row: never dim.
        Verdict::NotYet(text) => Some((Role::Plain, text.clone())),
    };
    let main = match role {
        Role::Dim if !proof.optional => Role::Plain,
        other => other,
    };
    let optional = if proof.optional { "optional: " } else { "" };
    let mut lines = parts::wrap_styled(
        &[(role, mark), (Role::Dim, optional.to_owned()), (main, proof.text.clone())],
        usize::from(width),
    );
    if let Some((role, said)) = said.filter(|(_, it)| *it != proof.text) {
        for mut line in wrapped(role, &said, width.saturating_sub(2)) {
            line.insert(0, (Role::Plain, "  ".into()));
            lines.push(line);
        }
    }
    lines
}

/// A sentence in a role, its `code` set off.
fn wrapped(role: Role, said: &str, width: u16) -> Vec<Row<'static>> {
    let mut pieces = hinted(said);
    for piece in &mut pieces {
        piece.0 = if piece.0 == Role::Plain { role } else { piece.0 };
    }
    parts::wrap_styled(&pieces, usize::from(width))
}

/// The seconds left, unless the sentence says them already.
fn waits(said: &str, left: Option<Span>) -> String {
    match left {
        Some(left) if !said.contains(" left") => format!("{said} · {} left", parts::seconds(left)),
        _ => said.to_owned(),
    }
}

/// A sentence with its `code` set off.
fn plain(said: &str) -> Row<'static> {
    hinted(said).into_iter().map(|(role, piece)| (role, piece.into())).collect()
}

fn buttons(canvas: &mut Canvas, guide: &GuideView) {
    let mut x = 0;
    if guide.waiting().is_some() {
        x = parts::button(canvas, x, 0, "w", "run until done", Message::UntilDone(None));
    } else if guide.done() || guide.step().is_some_and(|it| it.proved) {
        if guide.at + 1 < guide.steps.len() {
            x = parts::button(canvas, x, 0, "n", "next step", Message::Step(true));
        }
    } else if !guide.solve.is_empty() {
        if let Some(id) = guide.asks() {
            x = parts::button(canvas, x, 0, "A", "answer", Message::Palette(format!("answer {id} ")));
        }
        x = parts::button(canvas, x, 0, "f", "fill it in for me", Message::FillIn);
    }
    if guide.hints_open < guide.hints.len() {
        let label = format!("hint {} of {}", guide.hints_open + 1, guide.hints.len());
        parts::button(canvas, x, 0, "h", &label, Message::Hint);
    }
}

fn lead(mark: (Role, &'static str), said: &str) -> Row<'static> {
    let mut row = vec![(mark.0, mark.1.into())];
    row.extend(plain(said));
    row
}

/// Three lines for where the guide has no pane: the step, the condition that is open, what helps.
pub fn strip(canvas: &mut Canvas, model: &Model) {
    let guide = &model.guide;
    let width = canvas.width();
    canvas.fill(0, 0, width, Role::Border, "─");
    let height = canvas.height();
    canvas.hit(0, 0, width, height, Message::Go(crate::tui::model::Pane::Guide));
    let Some(step) = guide.step() else { return };
    let asked = || guide.proofs.iter().filter(|it| !it.optional);
    let done = asked().filter(|it| it.verdict == Verdict::Done).count();
    let count = format!(" {done} of {} ", asked().count());
    canvas.row(2, 0, &row![Strong format!(" {} ", step.id), Plain step.title.clone(), Plain " "]);
    canvas.put(width.saturating_sub(count.len() as u16 + 2), 0, Role::Dim, &count);
    let open = asked().find(|it| it.verdict != Verdict::Done).or_else(|| asked().next_back());
    if let Some(proof) = open {
        let role = proof.role();
        let mark = canvas.theme.mark(role);
        let said = match &proof.verdict {
            Verdict::Done => format!("{} · press n for the next step", proof.text),
            Verdict::Waiting { text, left } => format!("{} · w runs until done", waits(text, *left)),
            Verdict::NotYet(text) => text.clone(),
        };
        canvas.row(3, 1, &plain(&said));
        canvas.put(1, 1, role, mark);
    }
    let hint = guide.hints.get(..guide.hints_open).and_then(<[String]>::last);
    match (guide.warnings.first(), hint) {
        (Some(warning), _) => canvas.row(1, 2, &lead((Role::Warning, "! "), warning)),
        (None, Some(hint)) => canvas.row(1, 2, &lead((Role::Hint, "? "), hint)),
        (None, None) => {
            canvas.row(1, 2, &row![Key "1", Dim " reads the step  ", Key "h", Dim " gives a hint"])
        }
    };
}
