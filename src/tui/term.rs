//! The terminal: what it sends becomes messages, what the screen draws becomes bytes.
//!
//! One task owns the screen. Input changes the state at once; drawing happens at most thirty times a
//! second and only when something changed. The terminal is given back whatever happens
//! ([`guard`](self)): return, error, panic, SIGTERM, SIGHUP, SIGINT and Ctrl-Z all take the same way out.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEventKind};
use crossterm::execute;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use futures::StreamExt;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use crate::base::time::Span;
use crate::tui::keys::{Code, Key};
use crate::tui::model::{Notice, Speed};
use crate::tui::screen::{Host, Screen, Wish};
use crate::tui::theme::Theme;
use crate::tui::update::Message;

mod guard;

use guard::{Guard, Signals};

/// Thirty frames a second at most.
const FRAME: Duration = Duration::from_millis(33);
/// What the world may take of a frame, so that a key is answered within one.
const BUDGET: Duration = Duration::from_millis(8);
/// The most that OSC 52 carries through common multiplexers.
const COPY_MAX: usize = 70_000;
/// The longest real time a tick accounts for: a laptop that slept does not wake to hours of catching up.
const TICK_MAX: Duration = Duration::from_millis(500);

/// How the screen ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The person left.
    Left,
    /// A signal asked for it; the exit code is 128 plus its number.
    Signal(i32),
}

/// The theme that fits the surroundings: `NO_COLOR`, a dumb terminal, a locale without UTF-8.
pub fn theme() -> Theme {
    let set = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
    let small = locale.to_ascii_lowercase();
    let utf8 = cfg!(windows) || small.contains("utf-8") || small.contains("utf8");
    let colour = set("NO_COLOR").is_none() && set("TERM").is_none_or(|it| it != "dumb");
    Theme { colour, unicode: utf8 }
}

/// Why there can be no screen, in one friendly line; `None` if there can.
pub fn refusal() -> Option<&'static str> {
    let there = io::stdout().is_terminal() && io::stdin().is_terminal();
    (!there).then_some("there is no terminal to draw in; `pumphouse run` works without one")
}

/// Runs the screen until the person leaves or a signal comes.
///
/// # Errors
/// What the terminal answers when it cannot be set up, drawn to or read. It is restored before.
pub async fn run(host: &mut dyn Host) -> io::Result<End> {
    if let Some(refusal) = refusal() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, refusal));
    }
    let theme = theme();
    // Without colours of its own, crossterm writes a reset that also clears bold and reverse.
    crossterm::style::force_color_output(true);
    guard::hook_panics();
    let guard = Guard::enter()?;
    let mut signals = Signals::listen()?;
    let mut terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
    let mut events = EventStream::new();
    let mut screen = Screen::new(host, theme);
    let mut ticks = tokio::time::interval(FRAME);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut last = clock();
    loop {
        let wishes = tokio::select! {
            biased;
            signal = signals.next() => {
                drop(guard);
                return Ok(End::Signal(signal));
            }
            event = events.next() => match event {
                None => return Ok(End::Left),
                Some(event) => take(&mut screen, &mut terminal, event?)?,
            },
            _ = ticks.tick() => {
                let now = clock();
                let real = now.duration_since(last).min(TICK_MAX);
                last = now;
                let wishes = screen.tick(span(real), &mut || now.elapsed() < BUDGET);
                if screen.dirty() {
                    paint(&mut terminal, &mut screen)?;
                }
                wishes
            }
        };
        for wish in wishes {
            match wish {
                Wish::Leave => return Ok(End::Left),
                Wish::Copy(text) => copy(&mut screen, &text)?,
                Wish::Suspend => {
                    guard::suspend()?;
                    last = clock();
                    let size = terminal.size()?;
                    // A full repaint without asking the terminal anything: see the crate's notes on clear().
                    terminal.resize(ratatui::layout::Rect::new(0, 0, size.width, size.height))?;
                    paint(&mut terminal, &mut screen)?;
                }
            }
        }
        if guard::torn_down() {
            // A panic elsewhere has already given the terminal back: do not draw over it.
            return Err(io::Error::other("the screen was closed by an error"));
        }
    }
}

/// The one place where the screen asks a clock: real time decides how much virtual time may pass.
#[expect(clippy::disallowed_methods, reason = "the terminal's side of the screen, where real time comes in")]
fn clock() -> Instant {
    Instant::now()
}

fn span(real: Duration) -> Span {
    Span::from_millis(i64::try_from(real.as_millis()).unwrap_or(0))
}

type Stdout = Terminal<CrosstermBackend<io::Stdout>>;

fn paint(terminal: &mut Stdout, screen: &mut Screen) -> io::Result<()> {
    execute!(io::stdout(), BeginSynchronizedUpdate)?;
    terminal.draw(|frame| {
        let cursor = screen.draw(frame.buffer_mut());
        if let Some(at) = cursor {
            frame.set_cursor_position(at);
        }
    })?;
    execute!(io::stdout(), EndSynchronizedUpdate)
}

/// Turns an event into a message; more of a drag or a wheel than the screen can follow is one step.
fn take(screen: &mut Screen, terminal: &mut Stdout, event: Event) -> io::Result<Vec<Wish>> {
    let message = match event {
        Event::Key(it) if it.kind != KeyEventKind::Release => match key(it) {
            Some(key) => Message::Key(key),
            None => return Ok(Vec::new()),
        },
        Event::Paste(text) => Message::Paste(text),
        Event::Resize(width, height) => {
            terminal.resize(ratatui::layout::Rect::new(0, 0, width, height))?;
            Message::Resize(width, height)
        }
        Event::Mouse(it) => {
            let (x, y) = (it.column, it.row);
            match it.kind {
                MouseEventKind::Down(_) => Message::Click { x, y },
                MouseEventKind::Drag(_) => Message::Drag { x, y },
                MouseEventKind::ScrollDown => Message::Wheel { x, y, down: true },
                MouseEventKind::ScrollUp => Message::Wheel { x, y, down: false },
                _ => return Ok(Vec::new()),
            }
        }
        _ => return Ok(Vec::new()),
    };
    Ok(screen.send(message))
}

/// A key as the table of keys names it.
fn key(event: KeyEvent) -> Option<Key> {
    let code = match event.code {
        KeyCode::Char(letter) => Code::Char(letter),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(number) => Code::F(number),
        _ => return None,
    };
    let held = |it| event.modifiers.contains(it);
    let shift = held(KeyModifiers::SHIFT) && !matches!(code, Code::Char(_) | Code::BackTab);
    Some(Key { code, ctrl: held(KeyModifiers::CONTROL), alt: held(KeyModifiers::ALT), shift })
}

/// To the clipboard of the person's own machine, through the terminal.
fn copy(screen: &mut Screen, text: &str) -> io::Result<()> {
    if COPY_MAX < text.len() {
        let said = "copied here; too long for the terminal's clipboard";
        screen.model.notice = Some(Notice::Good(said.to_owned()));
        return Ok(());
    }
    execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))?;
    io::stdout().flush()
}

impl Screen<'_> {
    /// Whether virtual time goes on by itself.
    pub fn running(&self) -> bool {
        self.model.pace.goal.is_some() || self.model.pace.speed != Speed::Paused
    }
}
