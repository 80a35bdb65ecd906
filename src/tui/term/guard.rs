//! One way out for the terminal, whatever the reason.
//!
//! Setting up switches on raw mode, the alternate screen, bracketed paste, and the mouse without motion
//! reports. [`leave`] undoes all of it once, in reverse; the guard's drop, the panic hook, the signals and
//! suspending all call it.

use std::io::{self, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};

/// Clicks, drags and the wheel in SGR form; not every motion, which would be a flood.
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
/// Mouse off, a synchronised update ended, the cursor shown.
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2026l\x1b[?25h";

/// The terminal is ours.
static ENTERED: AtomicBool = AtomicBool::new(false);
/// A panic has given it back while the loop may still run.
static TORN_DOWN: AtomicBool = AtomicBool::new(false);

/// Holds the terminal; dropping it gives the terminal back.
pub struct Guard(());

impl Guard {
    pub fn enter() -> io::Result<Self> {
        enter()?;
        Ok(Guard(()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        leave();
    }
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    let set = || -> io::Result<()> {
        let mut out = io::stdout();
        execute!(out, EnterAlternateScreen, EnableBracketedPaste)?;
        out.write_all(MOUSE_ON)?;
        out.flush()
    };
    set().inspect_err(|_| leave())
}

/// Gives the terminal back; does nothing the second time. Errors have nobody left to be told to.
fn leave() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    let _ = execute!(out, DisableBracketedPaste);
    let _ = out.write_all(MOUSE_OFF);
    let _ = out.flush();
    let _ = disable_raw_mode();
    let _ = execute!(out, LeaveAlternateScreen);
}

/// Gives the terminal back before a panic is told, so that the words can be read.
pub fn hook_panics() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if ENTERED.load(Ordering::SeqCst) {
                TORN_DOWN.store(true, Ordering::SeqCst);
            }
            leave();
            before(panic);
        }));
    });
}

/// Whether a panic has given the terminal back.
pub fn torn_down() -> bool {
    TORN_DOWN.load(Ordering::SeqCst)
}

/// Gives the terminal back, stops the program as Ctrl-Z does, and takes the terminal again afterwards.
#[cfg(unix)]
pub fn suspend() -> io::Result<()> {
    leave();
    // The shell's own `kill` raises the signal, which spares an unsafe call; it returns once continued.
    let own = std::process::id().to_string();
    let stopped = std::process::Command::new("kill").args(["-TSTP", &own]).status();
    enter()?;
    stopped.map(|_| ())
}

#[cfg(not(unix))]
pub fn suspend() -> io::Result<()> {
    Ok(())
}

/// The signals that end the program.
#[cfg(unix)]
pub struct Signals {
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// The number of the next one.
    pub async fn next(&mut self) -> i32 {
        tokio::select! {
            _ = self.terminate.recv() => 15,
            _ = self.hangup.recv() => 1,
            _ = self.interrupt.recv() => 2,
        }
    }
}

#[cfg(not(unix))]
pub struct Signals(());

#[cfg(not(unix))]
impl Signals {
    pub fn listen() -> io::Result<Self> {
        Ok(Self(()))
    }

    /// The number of the next one.
    pub async fn next(&mut self) -> i32 {
        let _ = tokio::signal::ctrl_c().await;
        2
    }
}
