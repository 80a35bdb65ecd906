//! The printer of the formatter: pieces that may break, printed so that a line stays short.
//!
//! A [`Doc`] is text with places where a line may end. A group is printed on one line if that fits, and
//! otherwise broken at every place of its own; groups inside it decide for themselves. A comment to the
//! end of the line forces whatever follows onto the next.

/// How long a line may grow.
pub const WIDTH: usize = 100;
/// How far what belongs to a line is indented below it.
pub const INDENT: usize = 4;

/// A piece of a text to be laid out.
#[derive(Clone, Debug)]
pub enum Doc {
    Text(String),
    /// A blank on one line, a new line in a broken group.
    Line,
    /// Nothing on one line, a new line in a broken group.
    Soft,
    /// Always a new line.
    Hard,
    /// A comment behind something, on its line; `true` if nothing may follow it there.
    Behind(String, bool),
    /// A comment on a line of its own.
    Alone(String),
    /// Deeper than what is around it.
    Indent(Vec<Doc>),
    Group(Vec<Doc>),
}

/// Whether a group is printed on one line.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Flat,
    Broken,
}

/// Lays out a document; the result has no blanks at the ends of lines and no final line end.
pub fn print(docs: &[Doc]) -> String {
    let mut page = Page::default();
    let mut stack: Vec<(usize, Mode, &Doc)> = docs.iter().rev().map(|it| (0, Mode::Broken, it)).collect();
    while let Some((indent, mode, doc)) = stack.pop() {
        match doc {
            Doc::Text(text) => page.text(text, indent),
            Doc::Line if mode == Mode::Flat && !page.ended => page.text(" ", indent),
            Doc::Soft if mode == Mode::Flat && !page.ended => {}
            Doc::Line | Doc::Soft | Doc::Hard => page.newline(indent),
            Doc::Behind(text, ends) => {
                page.text(" ", indent);
                page.text(text, indent);
                page.ended = *ends;
            }
            Doc::Alone(text) => {
                page.newline(indent);
                page.text(text, indent);
                page.ended = true;
            }
            Doc::Indent(inner) => stack.extend(inner.iter().rev().map(|it| (indent + INDENT, mode, it))),
            Doc::Group(inner) => {
                let mode = if fits(inner, &stack, page.room()) { Mode::Flat } else { Mode::Broken };
                stack.extend(inner.iter().rev().map(|it| (indent, mode, it)));
            }
        }
    }
    page.out
}

/// Whether a group fits on the rest of the line, together with what follows up to the next new line.
fn fits(group: &[Doc], rest: &[(usize, Mode, &Doc)], room: usize) -> bool {
    let mut room = room as isize;
    let mut stack: Vec<(Mode, &Doc)> = rest.iter().map(|&(_, mode, doc)| (mode, doc)).collect();
    let outside = stack.len();
    stack.extend(group.iter().rev().map(|it| (Mode::Flat, it)));
    while let Some((mode, doc)) = stack.pop() {
        let inside = outside <= stack.len();
        match doc {
            Doc::Text(text) => room -= text.chars().count() as isize,
            Doc::Line if mode == Mode::Flat => room -= 1,
            Doc::Soft if mode == Mode::Flat => {}
            // What follows a comment stands on the next line; the comment itself may be long.
            Doc::Behind(_, true) | Doc::Alone(_) | Doc::Hard => return !inside,
            Doc::Line | Doc::Soft => return true,
            Doc::Behind(text, false) => room -= text.chars().count() as isize + 1,
            Doc::Indent(inner) | Doc::Group(inner) => {
                // A group outside may still break at its first place, so it is measured as broken.
                let mode = if inside { mode } else { Mode::Broken };
                stack.extend(inner.iter().rev().map(|it| (mode, it)));
            }
        }
        if room < 0 {
            return false;
        }
    }
    true
}

/// What is printed so far.
#[derive(Default)]
struct Page {
    out: String,
    /// A comment ended the line: whatever comes next begins a new one.
    ended: bool,
}

impl Page {
    fn room(&self) -> usize {
        if self.ended {
            return WIDTH;
        }
        WIDTH.saturating_sub(self.line().chars().count())
    }

    fn line(&self) -> &str {
        &self.out[self.out.rfind('\n').map_or(0, |it| it + 1)..]
    }

    fn text(&mut self, text: &str, indent: usize) {
        if self.ended {
            self.newline(indent);
        }
        let fresh = self.line().trim().is_empty();
        if fresh && text == " " {
            return;
        }
        self.out.push_str(text);
    }

    fn newline(&mut self, indent: usize) {
        self.ended = false;
        let kept = self.out.trim_end_matches(' ').len();
        self.out.truncate(kept);
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.push_str(&" ".repeat(indent));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[&str]) -> Vec<Doc> {
        let mut inner = vec![Doc::Soft];
        for (at, item) in items.iter().enumerate() {
            inner.push(Doc::Text((*item).to_owned()));
            if at + 1 < items.len() {
                inner.extend([Doc::Text(",".into()), Doc::Line]);
            }
        }
        vec![Doc::Text("(".into()), Doc::Group(vec![Doc::Indent(inner), Doc::Soft]), Doc::Text(")".into())]
    }

    #[test]
    fn short_on_one_line_long_one_per_line() {
        assert_eq!(print(&list(&["a", "b"])), "(a, b)");
        let long = "x".repeat(60);
        assert_eq!(print(&list(&[&long, &long])), format!("(\n    {long},\n    {long}\n)"));
    }

    #[test]
    fn a_comment_ends_its_line() {
        let docs = [Doc::Text("a".into()), Doc::Behind("-- b".into(), true), Doc::Text("c".into())];
        assert_eq!(print(&docs), "a -- b\nc");
    }
}
