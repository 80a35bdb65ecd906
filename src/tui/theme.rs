//! Colours by role, never by name: a pane says what a thing is, the theme says how that looks.
//!
//! A role that carries meaning also has a mark, so that the screen is whole without colour. The default
//! theme uses the terminal's own foreground, background and sixteen named colours, which fits dark and
//! light terminals alike; the theme without colour keeps bold, underline and reverse.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

/// What a piece of the screen is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    #[default]
    Plain,
    /// Secondary: labels, units, rules.
    Dim,
    Strong,
    Title,
    /// The border and title of the pane that has the keys.
    Focus,
    Border,
    /// A key to press, a button.
    Key,
    Selected,
    Shard0,
    Shard1,
    Done,
    Waiting,
    Wrong,
    Warning,
    Hint,
    /// Text inside the guide that is typed as it stands.
    Code,
    Word,
    Quoted,
    Literal,
    Number,
    Comment,
    Type,
    /// The value of a template's placeholder and the placeholder itself, matched by colour and number.
    Placeholder(u8),
}

/// How roles look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    pub colour: bool,
    /// Box drawing and block characters; without them, ASCII.
    pub unicode: bool,
}

impl Default for Theme {
    fn default() -> Self {
        Self { colour: true, unicode: true }
    }
}

impl Theme {
    pub fn style(self, role: Role) -> Style {
        let (colour, modifier) = look(role);
        let modifier = if self.colour { modifier } else { modifier | without_colour(role) };
        // Whole, not a patch: what was drawn below must not shine through.
        let style = Style::reset().add_modifier(modifier);
        match colour {
            Some(colour) if self.colour => style.fg(colour),
            _ => style,
        }
    }

    /// The marks of states, one cell each.
    pub fn mark(self, role: Role) -> &'static str {
        match (role, self.unicode) {
            (Role::Done, true) => "✓",
            (Role::Done, false) => "v",
            (Role::Waiting, true) => "◷",
            (Role::Waiting, false) => "~",
            (Role::Wrong, true) => "✗",
            (Role::Wrong, false) => "X",
            (Role::Warning, _) => "!",
            (Role::Dim, true) => "○",
            (Role::Dim, false) => "o",
            (_, true) => "●",
            (_, false) => "*",
        }
    }

    pub fn border(self) -> border::Set<'static> {
        if self.unicode { border::ROUNDED } else { ASCII }
    }

    /// Eight heights of a bar, lowest first; the first is for "a little".
    pub fn bars(self) -> [&'static str; 8] {
        match self.unicode {
            true => ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
            false => [".", ".", "-", "-", "=", "=", "#", "#"],
        }
    }

    /// The full and the empty cell of a gauge.
    pub fn gauge(self) -> (&'static str, &'static str) {
        if self.unicode { ("█", "░") } else { ("#", ".") }
    }

    /// A glyph, or its stand-in where the terminal knows ASCII only.
    pub fn glyph(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.unicode { unicode } else { ascii }
    }
}

const ASCII: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

fn look(role: Role) -> (Option<Color>, Modifier) {
    const NONE: Modifier = Modifier::empty();
    const BOLD: Modifier = Modifier::BOLD;
    match role {
        Role::Plain => (None, NONE),
        Role::Dim | Role::Border | Role::Comment => (Some(Color::DarkGray), NONE),
        Role::Strong | Role::Title => (None, BOLD),
        Role::Focus => (Some(Color::Cyan), BOLD),
        Role::Key => (Some(Color::Cyan), NONE),
        Role::Selected => (None, Modifier::REVERSED),
        Role::Shard0 => (Some(Color::Cyan), NONE),
        Role::Shard1 => (Some(Color::Magenta), NONE),
        Role::Done => (Some(Color::Green), NONE),
        Role::Waiting => (Some(Color::Yellow), NONE),
        Role::Wrong => (Some(Color::Red), BOLD),
        Role::Warning => (Some(Color::Yellow), BOLD),
        Role::Hint => (Some(Color::Blue), NONE),
        Role::Code => (Some(Color::Cyan), NONE),
        Role::Word => (Some(Color::Blue), BOLD),
        Role::Quoted => (Some(Color::Cyan), NONE),
        Role::Literal => (Some(Color::Green), NONE),
        Role::Number => (Some(Color::Magenta), NONE),
        Role::Type => (Some(Color::Yellow), NONE),
        Role::Placeholder(at) => {
            const COLOURS: [Color; 6] =
                [Color::Cyan, Color::Magenta, Color::Green, Color::Yellow, Color::Blue, Color::Red];
            (Some(COLOURS[usize::from(at) % COLOURS.len()]), NONE)
        }
    }
}

/// What stands in for colour where there is none.
fn without_colour(role: Role) -> Modifier {
    match role {
        Role::Wrong | Role::Warning | Role::Focus => Modifier::BOLD,
        Role::Dim | Role::Border | Role::Comment => Modifier::DIM,
        Role::Key | Role::Code | Role::Placeholder(_) => Modifier::UNDERLINED,
        _ => Modifier::empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without colour every state still has a mark of its own, and selection is reversed.
    #[test]
    fn states_have_marks() {
        for unicode in [true, false] {
            let theme = Theme { colour: false, unicode };
            let mut marks = [Role::Done, Role::Waiting, Role::Wrong, Role::Warning, Role::Dim, Role::Strong]
                .map(|it| theme.mark(it));
            marks.sort_unstable();
            assert!(marks.windows(2).all(|pair| pair[0] != pair[1]), "{marks:?}");
            assert!(theme.style(Role::Selected).add_modifier.contains(Modifier::REVERSED));
            assert_eq!(theme.style(Role::Wrong).fg, Some(Color::Reset));
        }
    }
}
