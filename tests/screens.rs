//! The screen: named moments drawn at three sizes, keys in and cells out, and what must never happen.

mod host;
mod keys;
mod moments;
mod safety;
mod sitting;
mod world;

use pumphouse::base::time::Span;
use pumphouse::tui::keys::{Code, Key};
use pumphouse::tui::model::Pane;
use pumphouse::tui::screen::{Screen, Wish};
use pumphouse::tui::theme::Theme;
use pumphouse::tui::update::Message;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The three layouts.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 35), (200, 60)];

/// The screen as text, one line per row.
fn drawn(screen: &mut Screen, (width, height): (u16, u16)) -> String {
    text(&buffer(screen, (width, height)))
}

fn buffer(screen: &mut Screen, (width, height): (u16, u16)) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    screen.draw(&mut buffer);
    buffer
}

fn text(buffer: &Buffer) -> String {
    let area = buffer.area();
    let mut text = String::new();
    for y in 0..area.height {
        let mut line = String::new();
        let mut x = 0;
        while x < area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += pumphouse::tui::text::cell_width(symbol).max(1) as u16;
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A screen past the opening words, at a pane.
fn at<'h>(host: &'h mut host::Stage, pane: Pane) -> Screen<'h> {
    let mut screen = Screen::new(host, Theme::default());
    screen.send(Message::Go(pane));
    screen
}

/// Presses keys: letters as they stand, others by name between angle brackets, `<enter>`, `<ctrl-r>`.
fn press(screen: &mut Screen, keys: &str) -> Vec<Wish> {
    let mut wishes = Vec::new();
    let mut rest = keys;
    while let Some(first) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|it| it.split_once('>'));
        let key = match named {
            Some((name, after)) => {
                rest = after;
                key(name)
            }
            None => {
                rest = &rest[first.len_utf8()..];
                Key::letter(first)
            }
        };
        wishes.extend(screen.send(Message::Key(key)));
    }
    wishes
}

fn key(name: &str) -> Key {
    if let Some(rest) = name.strip_prefix("ctrl-") {
        return Key { ctrl: true, ..key(rest) };
    }
    if let Some(rest) = name.strip_prefix("alt-") {
        return Key { alt: true, ..key(rest) };
    }
    if let Some(rest) = name.strip_prefix("shift-") {
        return Key { shift: true, ..key(rest) };
    }
    Key::new(match name {
        "enter" => Code::Enter,
        "esc" => Code::Esc,
        "tab" => Code::Tab,
        "backtab" => Code::BackTab,
        "backspace" => Code::Backspace,
        "delete" => Code::Delete,
        "up" => Code::Up,
        "down" => Code::Down,
        "left" => Code::Left,
        "right" => Code::Right,
        "home" => Code::Home,
        "end" => Code::End,
        "pageup" => Code::PageUp,
        "pagedown" => Code::PageDown,
        "f1" => Code::F(1),
        "f2" => Code::F(2),
        "f3" => Code::F(3),
        "f4" => Code::F(4),
        "f5" => Code::F(5),
        "f6" => Code::F(6),
        "f8" => Code::F(8),
        one => Code::Char(one.chars().next().expect("a key has a name")),
    })
}

/// Lets real time pass in frames.
fn pass(screen: &mut Screen, millis: i64) {
    let mut left = millis;
    while 0 < left {
        screen.tick(Span::from_millis(33), &mut || true);
        left -= 33;
    }
}
