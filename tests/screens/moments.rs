//! Named moments as reviewed drawings.

use pumphouse::tui::model::Pane;
use pumphouse::tui::screen::Screen;
use pumphouse::tui::theme::Theme;
use pumphouse::tui::update::Message;

use super::host::Stage;
use super::{SIZES, at, drawn, press, world};

/// Draws a moment at the three sizes.
fn show(name: &str, screen: &mut Screen) {
    for size in SIZES {
        show_at(name, screen, size);
    }
}

fn show_at(name: &str, screen: &mut Screen, size: (u16, u16)) {
    let drawing = drawn(screen, size);
    insta::with_settings!({ snapshot_path => "drawings", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), drawing);
    });
}

#[test]
fn opening() {
    let mut stage = Stage::new(world::opening());
    show("opening", &mut Screen::new(&mut stage, Theme::default()));
}

/// A verdict waits: the seconds are told and the fast-forward is offered.
#[test]
fn waiting() {
    let mut stage = Stage::new(world::creating());
    show("waiting", &mut at(&mut stage, Pane::Stream));
}

#[test]
fn every_pane() {
    for pane in Pane::ALL {
        let mut stage = Stage::new(world::running());
        let mut screen = at(&mut stage, pane);
        show_at(&format!("pane-{}", pane.word()), &mut screen, SIZES[0]);
        show_at(&format!("pane-{}", pane.word()), &mut screen, SIZES[1]);
    }
}

#[test]
fn whole_picture() {
    let mut stage = Stage::new(world::running());
    show_at("running", &mut at(&mut stage, Pane::Analytics), SIZES[2]);
    let mut stage = Stage::new(world::troubled());
    show_at("troubled", &mut at(&mut stage, Pane::Delivery), SIZES[2]);
}

#[test]
fn trouble() {
    let mut stage = Stage::new(world::troubled());
    for pane in [Pane::Pipeline, Pane::Stream, Pane::Delivery] {
        show_at(&format!("trouble-{}", pane.word()), &mut at(&mut stage, pane), SIZES[0]);
    }
}

#[test]
fn graph() {
    let mut stage = Stage::new(world::graphed());
    show("graph", &mut at(&mut stage, Pane::Watch));
}

/// SQL with two mistakes: marked beside their lines, underlined, listed with place and hint.
#[test]
fn sql_with_mistakes() {
    let mut view = world::running();
    view.apps[0].code =
        "CREATE OR REPLACE STREAM a (\n    n INTEGER,\n;\n\nSELECT STREAM 'open\nFROM b;".into();
    let mut stage = Stage::new(view);
    let mut screen = at(&mut stage, Pane::Analytics);
    press(&mut screen, "e");
    show("mistakes", &mut screen);
}

#[test]
fn object_text() {
    let mut stage = Stage::new(world::running());
    let mut screen = at(&mut stage, Pane::Bucket);
    press(&mut screen, "<end><enter><down><down>");
    show("object", &mut screen);
}

#[test]
fn overlays() {
    let mut stage = Stage::new(world::running());
    let mut screen = at(&mut stage, Pane::Stream);
    press(&mut screen, "?");
    show("help", &mut screen);
    press(&mut screen, "<esc>:cre");
    show("palette", &mut screen);
    press(&mut screen, "<esc>:create stream iot two<enter>");
    show_at("palette-mistake", &mut screen, SIZES[0]);
    press(&mut screen, "<esc>c");
    show_at("form", &mut screen, SIZES[0]);
    press(&mut screen, "<esc>");
    screen.send(Message::Form(pumphouse::tui::form::FormKind::ConnectDestination));
    show_at("form-destination", &mut screen, SIZES[1]);
    press(&mut screen, "<esc>q");
    show_at("quit", &mut screen, SIZES[0]);
}

/// A refusal is told in the service's words with what to do about it.
#[test]
fn refusal() {
    let view = world::running();
    let refused = view.history.iter().find_map(|it| it.outcome.clone().err());
    let mut stage = Stage::new(view);
    stage.refuse = refused;
    let mut screen = at(&mut stage, Pane::Producer);
    press(&mut screen, ":producer stream iot-sensorz<enter>");
    show_at("refusal", &mut screen, SIZES[0]);
    show_at("refusal", &mut screen, SIZES[1]);
}

/// Hints are a ladder, and stay readable.
#[test]
fn hints() {
    let mut stage = Stage::new(world::opening());
    let mut screen = at(&mut stage, Pane::Guide);
    press(&mut screen, "hhh");
    show_at("hints", &mut screen, SIZES[0]);
    show_at("hints", &mut screen, SIZES[1]);
}

#[test]
fn without_unicode() {
    let mut stage = Stage::new(world::running());
    let mut screen = Screen::new(&mut stage, Theme { colour: false, unicode: false });
    screen.send(Message::Go(Pane::Pipeline));
    let drawing = drawn(&mut screen, SIZES[0]);
    assert!(drawing.is_ascii(), "{drawing}");
    show_at("ascii", &mut screen, SIZES[0]);
}
