//! What must never happen: a panic at some size, a control character in a cell, a state told by colour only.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pumphouse::lab::view::*;
use pumphouse::tui::form::FormKind;
use pumphouse::tui::model::Pane;
use pumphouse::tui::screen::Screen;
use pumphouse::tui::theme::Theme;
use pumphouse::tui::update::Message;
use ratatui::style::Color;

use super::host::Stage;
use super::{at, buffer, drawn, press, text, world};

/// Escape, bell, a CSI in one byte, a direction override, a line end, a tab, and a wide sign.
const HOSTILE: &str = "\u{1b}[31m\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}evil\u{2066}\r\n\t温度\u{feff}";

/// Every size draws every pane, zoomed and not, without a panic.
#[test]
fn every_size_draws() {
    let mut stages = [Stage::new(world::graphed()), Stage::new(world::opening())];
    for stage in &mut stages {
        let mut screen = Screen::new(stage, Theme::default());
        for height in 0..=40 {
            for width in 0..=100 {
                // Panes take turns, so that each meets many sizes.
                let pane = Pane::ALL[usize::from(width + height) % Pane::ALL.len()];
                screen.send(Message::Go(pane));
                if (width + height) % 7 == 0 {
                    screen.send(Message::Zoom);
                }
                let size = (width, height);
                let fine = catch_unwind(AssertUnwindSafe(|| drawn(&mut screen, size))).is_ok();
                assert!(fine, "{pane:?} at {width}×{height}");
            }
        }
    }
}

/// The same for sizes around each layout, and for every overlay.
#[test]
fn layouts_and_overlays_draw() {
    let mut stage = Stage::new(world::troubled());
    let mut screen = Screen::new(&mut stage, Theme::default());
    let sizes =
        [(80, 24), (109, 31), (110, 32), (119, 60), (169, 49), (170, 50), (300, 24), (80, 120), (400, 100)];
    let open: [fn(&mut Screen); 5] = [
        |it| drop(press(it, "?")),
        |it| drop(press(it, ":create ")),
        |it| drop(it.send(Message::Form(FormKind::CreateDelivery))),
        |it| drop(it.send(Message::Search)),
        |it| drop(it.send(Message::Quit)),
    ];
    for size in sizes {
        for pane in Pane::ALL {
            screen.send(Message::Go(pane));
            drawn(&mut screen, size);
            for open in open {
                open(&mut screen);
                drawn(&mut screen, size);
                screen.send(Message::Close);
                screen.model.overlays.clear();
            }
        }
    }
}

/// Whatever strangers write into records, names, files, logs and errors is drawn as visible symbols.
#[test]
fn nothing_hostile_reaches_a_cell() {
    let mut view = world::graphed();
    let bad = |it: &mut String| it.push_str(HOSTILE);
    bad(&mut view.users[0].name);
    bad(&mut view.users[0].policies[0].document);
    bad(&mut view.streams[0].name);
    for record in &mut view.streams[0].shards[0].newest {
        bad(&mut record.data);
        bad(&mut record.partition_key);
    }
    bad(&mut view.producer.template);
    view.producer.samples.iter_mut().for_each(bad);
    bad(&mut view.apps[0].code);
    for row in &mut view.apps[0].streams[0].newest {
        row.cells.iter_mut().flatten().for_each(bad);
    }
    bad(&mut view.buckets[0].objects[0].key);
    bad(&mut view.deliveries[0].bucket);
    bad(&mut view.metrics[0].name);
    view.log_groups[0].events =
        vec![LogEventView { at: view.now, stream: HOSTILE.into(), message: HOSTILE.into() }];
    let refusal = Refusal {
        code: HOSTILE.into(),
        message: HOSTILE.into(),
        hint: Some(HOSTILE.into()),
        diagnostics: Vec::new(),
    };
    view.producer.last_error = Some(refusal.clone());
    view.history.push(Done { at: view.now, command: HOSTILE.into(), outcome: Err(refusal.clone()) });
    let mut stage = Stage::new(view);
    stage.object = HOSTILE.repeat(30);
    stage.refuse = Some(refusal);
    let mut screen = Screen::new(&mut stage, Theme::default());
    press(&mut screen, "<enter>:producer start<enter>");
    for size in [(80, 24), (120, 35), (200, 60)] {
        for pane in Pane::ALL {
            screen.send(Message::Go(pane));
            if pane == Pane::Bucket {
                press(&mut screen, "<end><enter>");
            }
            if pane == Pane::Producer {
                press(&mut screen, "e");
            }
            screen.send(Message::Paste(HOSTILE.into()));
            let cells = buffer(&mut screen, size);
            for cell in cells.content() {
                let harmless = !cell.symbol().chars().any(|it| {
                    it.is_control()
                        || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
                });
                assert!(harmless, "{pane:?} draws {:?}", cell.symbol());
            }
            press(&mut screen, "<esc><esc>");
        }
    }
}

/// Without colour nothing is coloured, and each state still has its mark or word.
#[test]
fn states_are_told_without_colour() {
    let mut stage = Stage::new(world::troubled());
    let mut screen = Screen::new(&mut stage, Theme { colour: false, unicode: true });
    screen.send(Message::Go(Pane::Pipeline));
    let cells = buffer(&mut screen, (80, 24));
    assert!(cells.content().iter().all(|it| it.fg == Color::Reset && it.bg == Color::Reset));
    let drawing = text(&cells);
    for word in ["✗ stream", "throttled", "✗ delivery", "retrying", "IAM ✗", "! fault duplicates 5%"] {
        assert!(drawing.contains(word), "{word} in\n{drawing}");
    }
}

/// Wide signs and accents stay in their cells: every row is as wide as the screen, borders in place.
#[test]
fn wide_signs_keep_the_borders() {
    let mut view = world::running();
    for record in &mut view.streams[0].shards[1].newest {
        record.data = "温度計温度計温度計温度計 e\u{301}e\u{301} 👨‍👩‍👧 ".repeat(6);
    }
    let mut stage = Stage::new(view);
    let mut screen = at(&mut stage, Pane::Stream);
    let drawing = drawn(&mut screen, (120, 35));
    for line in drawing.lines().filter(|it| it.contains('温')) {
        let column = line.find("││").map(|it| pumphouse::tui::text::width(&line[..it]));
        assert_eq!(column, Some(76), "{line}");
    }
}
