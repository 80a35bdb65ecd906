//! Keys in, screen out.

use pumphouse::sim::command::Command;
use pumphouse::sql::diag::Diagnostic;
use pumphouse::tui::keys::{BINDINGS, Key, Place};
use pumphouse::tui::model::{Notice, Overlay, Pane, Speed};
use pumphouse::tui::screen::{Screen, Wish};
use pumphouse::tui::theme::Theme;
use pumphouse::tui::update::Message;

use super::host::Stage;
use super::{at, drawn, pass, press, world};

const SMALL: (u16, u16) = (80, 24);

/// Every binding has a key and a line of help, and no two of one place take the same key at the same time.
#[test]
fn the_table_is_complete() {
    for binding in BINDINGS {
        assert!(!binding.keys.is_empty(), "{}", binding.about);
        assert!(binding.about.ends_with('.') && binding.about.len() < 70, "{}", binding.about);
        assert!(binding.label.len() <= 15, "{}", binding.label);
    }
    let stages = [world::opening(), world::creating(), world::running(), world::graphed()];
    for view in stages {
        let mut stage = Stage::new(view);
        let screen = at(&mut stage, Pane::Guide);
        let held = |it: &&pumphouse::tui::keys::Binding| (it.message)(&screen.model, screen.view()).is_some();
        let live: Vec<_> = BINDINGS.iter().filter(held).collect();
        for (at, one) in live.iter().enumerate() {
            for other in live[at + 1..].iter().filter(|it| it.place == one.place) {
                let shared: Vec<&Key> = one.keys.iter().filter(|it| other.keys.contains(it)).collect();
                assert!(shared.is_empty(), "{:?}: {} and {}", one.place, one.about, other.about);
            }
        }
    }
}

/// The help page names every binding of the table.
#[test]
fn help_shows_every_key() {
    let mut stage = Stage::new(world::running());
    let mut screen = at(&mut stage, Pane::Guide);
    press(&mut screen, "?");
    let drawing = drawn(&mut screen, (120, 400));
    for binding in BINDINGS {
        assert!(drawing.contains(binding.about), "{}", binding.about);
    }
    for place in [Place::Everywhere, Place::Writing, Place::Palette, Place::Form] {
        assert!(drawing.contains(place.title()));
    }
}

/// The opening: Enter begins, the form makes the stream, the wait is skipped, the step is proved.
#[test]
fn step_one_by_keys_alone() {
    let mut stage = Stage::new(world::opening());
    let mut screen = Screen::new(&mut stage, Theme::default());
    assert!(drawn(&mut screen, SMALL).contains("nothing reaches AWS"));
    press(&mut screen, "<enter>3c<enter>");
    assert!(drawn(&mut screen, SMALL).contains("CREATING"));
    press(&mut screen, "w");
    pass(&mut screen, 100);
    assert!(screen.model.guide.done());
    let drawing = drawn(&mut screen, SMALL);
    assert!(drawing.contains("ACTIVE") && drawing.contains("next step"), "{drawing}");
    press(&mut screen, "n");
    assert_eq!(screen.model.guide.step().map(|it| it.id.as_str()), Some("1-B"));
    assert_eq!(stage.done, ["create stream iot-sensors 2"]);
}

/// The same by the palette alone.
#[test]
fn step_one_by_palette_alone() {
    let mut stage = Stage::new(world::opening());
    let mut screen = Screen::new(&mut stage, Theme::default());
    press(&mut screen, ":create stream iot 2<enter>:until done<enter>");
    pass(&mut screen, 100);
    press(&mut screen, ":next<enter>");
    assert_eq!(screen.model.guide.step().map(|it| it.id.as_str()), Some("1-B"));
    assert_eq!(stage.done, ["create stream iot 2"]);
}

/// "Fill it in for me" is typed where one can watch, and is the same line in the journal.
#[test]
fn the_step_is_typed_for_the_learner() {
    let mut stage = Stage::new(world::opening());
    let mut screen = at(&mut stage, Pane::Guide);
    press(&mut screen, "f");
    pass(&mut screen, 200);
    let drawing = drawn(&mut screen, SMALL);
    assert!(drawing.contains("Typing for you") && drawing.contains(": create"), "{drawing}");
    pass(&mut screen, 4000);
    assert!(screen.model.guide.done());
    assert_eq!(stage.done, ["create stream iot-sensors 2"]);
}

/// Any key takes the keyboard back.
#[test]
fn typing_stops_at_a_key() {
    let mut stage = Stage::new(world::opening());
    let mut screen = at(&mut stage, Pane::Guide);
    press(&mut screen, "f");
    pass(&mut screen, 200);
    press(&mut screen, "x");
    pass(&mut screen, 3000);
    assert!(screen.model.overlays.is_empty());
    assert!(stage.done.is_empty());
}

/// Letters typed anywhere in the verb find it; Tab completes names of the world.
#[test]
fn the_palette_completes() {
    let mut stage = Stage::new(world::running());
    let mut screen = at(&mut stage, Pane::Pipeline);
    press(&mut screen, ":stopapp<tab><tab>");
    let Some(Overlay::Palette(palette)) = screen.model.overlays.last() else { panic!("the palette is open") };
    assert_eq!(palette.text(), "stop app iot-analytics");
    press(&mut screen, "<enter>");
    assert_eq!(stage.done, ["stop app iot-analytics"]);
}

/// A line that cannot be read stays, with its reason, and is not carried out.
#[test]
fn the_palette_tells_mistakes() {
    let mut stage = Stage::new(world::opening());
    let mut screen = at(&mut stage, Pane::Pipeline);
    press(&mut screen, ":create stream iot two<enter>");
    assert!(drawn(&mut screen, SMALL).contains("SHARDS is a whole number"));
    press(&mut screen, "<backspace><backspace><backspace>2<enter>");
    assert_eq!(stage.done, ["create stream iot 2"]);
}

/// Words about time change the pace; the footer says what the key does now.
#[test]
fn time_is_held_and_quickened() {
    let mut stage = Stage::new(world::running());
    let mut screen = at(&mut stage, Pane::Pipeline);
    let opened = screen.view().now;
    press(&mut screen, " ");
    pass(&mut screen, 1000);
    assert_eq!(screen.view().now, opened);
    assert!(drawn(&mut screen, SMALL).contains("paused"));
    press(&mut screen, ".");
    pass(&mut screen, 100);
    assert_eq!((screen.view().now - opened).as_millis(), 1000);
    press(&mut screen, "++");
    assert_eq!(screen.model.pace.speed, Speed::Times(60));
    pass(&mut screen, 33);
    assert_eq!((screen.view().now - opened).as_millis(), 1000 + 33 * 60);
    press(&mut screen, ":speed 10<enter>:pause<enter>:wait 60s<enter>");
    pass(&mut screen, 66);
    assert_eq!((screen.view().now - opened).as_millis(), 1000 + 33 * 60 + 60_000);
    assert_eq!(screen.model.pace.speed, Speed::Paused);
}

/// SQL: paste the slide's statements, change a word, save and run with a key that arrives everywhere.
#[test]
fn sql_is_pasted_edited_and_saved() {
    let mut view = world::running();
    view.apps[0].code = String::new();
    let mut stage = Stage::new(view);
    let mut screen = at(&mut stage, Pane::Analytics);
    press(&mut screen, ":paste 2-B.1<enter>");
    assert!(drawn(&mut screen, SMALL).contains("CREATE OR REPLACE STREAM CLEAN_IOT_STREAM"));
    assert!(drawn(&mut screen, SMALL).contains("not saved"));
    press(&mut screen, "e<ctrl-end><enter>-- mine<ctrl-r>");
    assert!(!drawn(&mut screen, SMALL).contains("not saved"));
    assert!(stage.view.apps[0].code.ends_with("\n    -- mine"), "{}", stage.view.apps[0].code);
}

/// Refused SQL shows its problems at their places; F8 goes to the next.
#[test]
fn refused_sql_shows_its_places() {
    let mut stage = Stage::new(world::running());
    let diagnostic = Diagnostic::error(30..40, "column \"SENSORID\" does not exist")
        .hint("Write \"sensorId\" with double quotes.");
    stage.refuse = Some(pumphouse::lab::view::Refusal {
        code: "InvalidApplicationConfigurationException".into(),
        message: "the code was refused".into(),
        hint: None,
        diagnostics: vec![diagnostic],
    });
    let mut screen = at(&mut stage, Pane::Analytics);
    press(&mut screen, "e<f5>");
    assert!(drawn(&mut screen, (120, 35)).contains("InvalidApplicationConfigurationException"));
    screen.model.sql.check.problems =
        vec![Diagnostic::error(30..40, "one"), Diagnostic::error(60..61, "two")];
    press(&mut screen, "<f8>");
    let editor = &screen.model.sql.editor;
    assert_eq!(editor.offset(editor.cursor()), 30);
    press(&mut screen, "<f8>");
    let editor = &screen.model.sql.editor;
    assert_eq!(editor.offset(editor.cursor()), 60);
}

/// An object is opened, read and left; a line is traced.
#[test]
fn an_object_is_read() {
    let mut stage = Stage::new(world::running());
    let mut screen = at(&mut stage, Pane::Bucket);
    press(&mut screen, "<end><enter><down>t<esc><esc>");
    let drawing = drawn(&mut screen, SMALL);
    assert!(drawing.contains("2 objects"), "{drawing}");
    assert!(stage.done[0].starts_with("open object ann-filtered-iot-data 2016/10/26/19/iot-filtered-1"));
    assert!(stage.done[1].starts_with("trace line ann-filtered-iot-data") && stage.done[1].ends_with(" 2"));
}

/// Ctrl-C asks once; the second leaves. Letters of a text never leave.
#[test]
fn leaving_is_asked_once() {
    let mut stage = Stage::new(world::running());
    let mut screen = at(&mut stage, Pane::Analytics);
    assert_eq!(press(&mut screen, "<ctrl-c>"), []);
    assert!(drawn(&mut screen, SMALL).contains("Leave pumphouse?"));
    assert_eq!(press(&mut screen, "<esc>"), []);
    assert_eq!(press(&mut screen, "eq<esc>"), []);
    assert_eq!(press(&mut screen, "<ctrl-c><ctrl-c>"), [Wish::Leave]);
}

/// What is selected is copied to the terminal's clipboard too; without a selection Ctrl-C asks to leave.
#[test]
fn selections_are_copied() {
    let mut stage = Stage::new(world::running());
    let mut screen = at(&mut stage, Pane::Analytics);
    let wishes = press(&mut screen, "e<ctrl-home><shift-right><shift-right><shift-right><ctrl-c>");
    assert_eq!(wishes, [Wish::Copy("CRE".into())]);
    press(&mut screen, "<ctrl-x><ctrl-v><ctrl-v>");
    assert!(screen.model.sql.editor.text().starts_with("CRECREATE"));
}

/// Clicks: a tab, a row, a button of the footer, a place in the text.
#[test]
fn the_mouse_reaches_everything() {
    let mut stage = Stage::new(world::running());
    let mut screen = at(&mut stage, Pane::Pipeline);
    let click = |screen: &mut Screen, word: &str| {
        let drawing = drawn(screen, (120, 35));
        let (y, line) = drawing.lines().enumerate().find(|(_, it)| it.contains(word)).expect("it is drawn");
        let x = pumphouse::tui::text::width(&line[..line.find(word).expect("in the line")]);
        screen.send(Message::Click { x: x as u16, y: y as u16 });
    };
    click(&mut screen, "Analytics");
    assert_eq!(screen.model.focus, Pane::Analytics);
    click(&mut screen, "FILTERED_STREAM  ");
    assert_eq!(screen.model.chosen(Pane::Analytics), 2);
    click(&mut screen, "ingest_time TIMESTAMP");
    assert!(screen.model.writing);
    let cursor = screen.model.sql.editor.cursor();
    assert_eq!((cursor.row, cursor.byte), (1, 4));
    click(&mut screen, "done");
    assert!(!screen.model.writing);
    click(&mut screen, "help");
    assert!(matches!(screen.model.overlays.last(), Some(Overlay::Help { .. })));
}

/// A paste with the terminal's line ends goes into the editor as lines, into the palette as blanks.
#[test]
fn pastes_fit_their_place() {
    let mut stage = Stage::new(world::running());
    let mut screen = at(&mut stage, Pane::Analytics);
    press(&mut screen, "e<ctrl-a><delete>");
    screen.send(Message::Paste("a\rb".into()));
    assert_eq!(screen.model.sql.editor.text(), "a\nb");
    press(&mut screen, "<esc>:");
    screen.send(Message::Paste("create user\rann".into()));
    press(&mut screen, "<enter>");
    assert_eq!(stage.done, ["create user ann"]);
}

/// Undo says what it took back.
#[test]
fn commands_are_undone() {
    let mut stage = Stage::new(world::running());
    let mut screen = at(&mut stage, Pane::Producer);
    press(&mut screen, "su");
    assert!(matches!(&screen.model.notice, Some(Notice::Good(it)) if it == "undone: producer stop"));
}

/// An answer is a sentence as it stands; `A` begins it, only where something is asked.
#[test]
fn answers_are_sentences() {
    let said = [
        ("answer R1.2 the MD5 of  the key", "the MD5 of  the key"),
        ("answer R1.2 \"one \\\"word\\\"\"", "one \"word\""),
        ("answer R1.2 6000", "6000"),
    ];
    for (line, wanted) in said {
        match Command::parse(line, &|_| None) {
            Ok(Command::Answer { step, text }) => {
                assert_eq!((step.as_str(), text.as_str()), ("R1.2", wanted))
            }
            other => panic!("{line}: {other:?}"),
        }
    }
    let mut stage = Stage::new(world::opening());
    let mut screen = at(&mut stage, Pane::Guide);
    press(&mut screen, "A");
    assert!(screen.model.overlays.is_empty(), "nothing is asked in 1-A");
}

/// The name everybody leaves in the field is taken away by one key and Enter.
#[test]
fn a_lost_destination_is_taken_away() {
    let mut view = world::running();
    let app = &mut view.apps[0];
    app.outputs[0].in_app_stream = "DESTINATION_SQL_STREAM".into();
    app.outputs[0].exists = false;
    let wanted = format!("disconnect destination {} DESTINATION_SQL_STREAM", app.name);
    let mut stage = Stage::new(view);
    let mut screen = at(&mut stage, Pane::Analytics);
    assert!(drawn(&mut screen, SMALL).contains("O takes it away"));
    press(&mut screen, "O");
    assert!(drawn(&mut screen, (120, 35)).contains(&wanted));
}

/// While SQL is written, what may follow is offered with what is known of it; Tab takes an offer, Esc closes.
#[test]
fn sql_is_offered_while_writing() {
    for size in [(80, 24), (120, 35)] {
        let mut view = world::running();
        view.apps[0].code = String::new();
        let mut stage = Stage::new(view);
        let mut screen = at(&mut stage, Pane::Analytics);
        press(&mut screen, "eSELECT STREAM CHAR_LENG");
        let drawing = drawn(&mut screen, size);
        assert!(
            drawing.contains("CHAR_LENGTH(<CHARACTER>)") && drawing.contains("Example: CHAR_LENGTH("),
            "{drawing}"
        );
        press(&mut screen, "<tab>");
        assert_eq!(screen.model.sql.editor.text(), "SELECT STREAM CHAR_LENGTH(");
        assert!(!drawn(&mut screen, size).contains("Example:"));
        press(&mut screen, "k<esc>x");
        assert!(screen.model.writing, "Esc closes the offers first");
    }
}

/// A key lays the text out, and the cursor stays where it was in it.
#[test]
fn sql_is_laid_out_by_a_key() {
    let mut view = world::running();
    view.apps[0].code = "create stream s (k varchar(4), n integer)".to_owned();
    let mut stage = Stage::new(view);
    let mut screen = at(&mut stage, Pane::Analytics);
    press(&mut screen, "e<f4>");
    assert_eq!(screen.model.sql.editor.text(), "CREATE STREAM s (\n    k VARCHAR(4),\n    n INTEGER\n);\n");
    press(&mut screen, "<ctrl-z>");
    assert_eq!(screen.model.sql.editor.text(), "create stream s (k varchar(4), n integer)");
}
