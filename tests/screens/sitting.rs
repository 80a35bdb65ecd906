//! The real world behind the screen: Activities 1 to 3 by keys alone, and by the palette alone.

use pumphouse::base::time::Timestamp;
use pumphouse::guide::{self, Progress};
use pumphouse::lab::view::{Refusal, View};
use pumphouse::lab::{Lab, ObjectText, Settings};
use pumphouse::sim::command::Command;
use pumphouse::tui::editor::check::Check;
use pumphouse::tui::lesson::Lesson;
use pumphouse::tui::model::GuideView;
use pumphouse::tui::screen::{Host, Screen};
use pumphouse::tui::theme::Theme;

use super::{drawn, pass, press};

/// A lab with its guide, kept in memory only.
struct Sitting {
    lab: Lab,
    lesson: Lesson,
}

impl Sitting {
    fn new() -> Self {
        let lab = Lab::open(Settings::default()).checking_laws();
        Self { lab, lesson: Lesson::new(Progress::default()) }
    }
}

impl Host for Sitting {
    fn view(&self) -> View {
        self.lab.view()
    }

    fn guide(&mut self, view: &View) -> GuideView {
        self.lesson.look(view)
    }

    fn apply(&mut self, command: Command) -> Result<String, Refusal> {
        self.lab.apply(command)
    }

    fn undo(&mut self) -> Option<String> {
        self.lab.undo().map(|it| it.to_string())
    }

    fn advance(&mut self, target: Timestamp, go_on: &mut dyn FnMut() -> bool) {
        self.lab.advance_while(target, go_on);
    }

    fn step(&mut self, forward: bool) {
        self.lesson.step(forward);
    }

    fn hint_read(&mut self) {
        self.lesson.hint_read();
    }

    fn filled_in(&mut self) {
        self.lesson.filled_in();
    }

    fn holds(&self, target: &str, view: &View) -> bool {
        self.lesson.holds(target, view)
    }

    fn names(&self) -> Vec<String> {
        guide::content::TEXT_NAMES.iter().map(|it| (*it).to_owned()).collect()
    }

    fn text(&self, name: &str) -> Option<String> {
        guide::texts(name)
    }

    fn object(&self, bucket: &str, key: &str) -> Option<String> {
        match self.lab.object(bucket, key)? {
            ObjectText::Here(text) => Some(text),
            ObjectText::Elsewhere => None,
        }
    }

    fn check_sql(&self, app: &str, code: &str) -> Check {
        Check::of_sql(code, self.lab.check_sql(app, code))
    }

    fn check_template(&self, text: &str) -> Check {
        Check::of_template(text, self.lab.check_template(text))
    }
}

fn proved(screen: &Screen, id: &str) -> bool {
    screen.model.guide.steps.iter().any(|it| it.id == id && it.proved)
}

/// Presses the keys, lets what runs come to its end, and looks at the step.
fn does(screen: &mut Screen, keys: &str, step: &str) {
    press(screen, keys);
    for _ in 0..200 {
        pass(screen, 33);
        if screen.model.pace.goal.is_none() {
            break;
        }
    }
    assert!(step.is_empty() || proved(screen, step), "{step}:\n{}", drawn(screen, (120, 35)));
}

/// A person does the three activities with keys alone: forms, single letters, the editor, no typed command.
#[test]
fn activities_by_keys_alone() {
    let mut sitting = Sitting::new();
    let mut screen = Screen::new(&mut sitting, Theme::default());
    does(&mut screen, "<enter>3c<enter>w", "1-A");
    does(&mut screen, "4c<enter>a<enter>", "1-B");
    does(&mut screen, "5c<enter>", "1-C.1");
    does(&mut screen, "ts>", "1-C.2");
    does(&mut screen, "6c<enter>i<enter>sr>", "2-A");
    // The guide's steps lead to the slides' statements, which a key puts into the editor.
    while screen.model.guide.step().is_some_and(|it| it.id != "2-D") {
        press(&mut screen, "n");
    }
    does(&mut screen, "pe<ctrl-home><f5><esc>>", "2-B.2");
    does(&mut screen, ">", "2-D");
    assert!(proved(&screen, "2-C"));
    does(&mut screen, "S>", "2-E");
    does(&mut screen, "7c<enter>>", "3-A");
    does(&mut screen, "o<tab><tab><ctrl-right>", "");
    while !drawn(&mut screen, (120, 35)).contains("iot-filtered FILTERED_STREAM csv") {
        press(&mut screen, "<ctrl-right>");
    }
    does(&mut screen, "<enter>6r>", "3-B");
    does(&mut screen, ">>", "");
    does(&mut screen, "8<end><enter>", "");
    does(&mut screen, "t", "3-C");
    let drawing = drawn(&mut screen, (120, 35));
    assert!(drawing.contains("every record is accounted for"), "{drawing}");
}

/// The same with nothing but typed lines.
#[test]
fn activities_by_palette_alone() {
    let mut sitting = Sitting::new();
    let mut screen = Screen::new(&mut sitting, Theme::default());
    let lines = [
        ("create stream iot 2", ""),
        ("until 1-A", "1-A"),
        ("create user ann", ""),
        ("attach policy ann AmazonKinesisFullAccess", "1-B"),
        ("producer credentials ann", ""),
        ("producer region us-west-2", ""),
        ("producer stream iot", ""),
        ("producer rate 137", "1-C.1"),
        ("producer template @workshop", ""),
        ("producer start", ""),
        ("wait 10s", "1-C.2"),
        ("create app fun", ""),
        ("connect source fun iot", ""),
        ("save schema fun", ""),
        ("run app fun", ""),
        ("until 2-A", "2-A"),
        ("save sql fun @activity-2", ""),
        ("wait 60s", "2-D"),
        ("stop app fun", ""),
        ("wait 60s", "2-E"),
        ("create delivery out bucket ann-iot-data buffer 5MB 60s log on role new", ""),
        ("until 3-A", "3-A"),
        ("connect destination fun out FILTERED_STREAM csv", ""),
        ("run app fun", ""),
        ("until 3-B", "3-B"),
        ("until 3-C.object", ""),
    ];
    for (line, step) in lines {
        does(&mut screen, &format!(":{line}<enter>"), step);
    }
    assert_eq!(screen.view().buckets[0].objects.len(), 1);
}

/// "Fill it in for me", step after step, does the whole workshop.
#[test]
fn the_workshop_is_filled_in() {
    let mut sitting = Sitting::new();
    let mut screen = Screen::new(&mut sitting, Theme::default());
    press(&mut screen, "<enter>");
    for _ in 0..screen.model.guide.steps.len() {
        press(&mut screen, "f");
        for _ in 0..3000 {
            pass(&mut screen, 33);
            if screen.model.typist.lines.is_empty() && screen.model.pace.goal.is_none() {
                break;
            }
        }
        press(&mut screen, "<esc><esc><esc>");
        let step = screen.model.guide.step().cloned().unwrap_or_default();
        assert!(step.proved, "{}\n{}", step.id, drawn(&mut screen, (120, 35)));
        press(&mut screen, "n");
    }
    assert!(screen.model.guide.steps.iter().all(|it| it.proved));
}
