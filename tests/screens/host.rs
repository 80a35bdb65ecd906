//! A world behind the screen for tests: it shows a view written by hand, writes down what is asked of it,
//! and does just enough of `create stream` to be waited for.

use pumphouse::base::time::{Span, Timestamp};
use pumphouse::guide::Progress;
use pumphouse::lab::view::{Refusal, Status, StreamView, View};
use pumphouse::sim::command::Command;
use pumphouse::template::{Mode, Template};
use pumphouse::tui::editor::check::Check;
use pumphouse::tui::lesson::Lesson;
use pumphouse::tui::model::GuideView;
use pumphouse::tui::screen::Host;

pub struct Stage {
    pub view: View,
    pub lesson: Lesson,
    /// Typed forms of what was done.
    pub done: Vec<String>,
    /// The next command is refused with this.
    pub refuse: Option<Refusal>,
    /// What opening any object gives.
    pub object: String,
}

impl Stage {
    pub fn new(view: View) -> Self {
        let mut lesson = Lesson::new(Progress::default());
        // As somebody would stand who has come this far: at the first step that is not proved.
        for _ in 0..30 {
            let guide = lesson.look(&view);
            if guide.step().is_none_or(|it| !it.proved) || guide.at + 1 == guide.steps.len() {
                break;
            }
            lesson.step(true);
        }
        Self { view, lesson, done: Vec::new(), refuse: None, object: super::world::csv() }
    }
}

impl Host for Stage {
    fn view(&self) -> View {
        self.view.clone()
    }

    fn guide(&mut self, view: &View) -> GuideView {
        self.lesson.look(view)
    }

    fn apply(&mut self, command: Command) -> Result<String, Refusal> {
        self.done.push(command.to_string());
        if let Some(refusal) = self.refuse.take() {
            return Err(refusal);
        }
        self.view.commands += 1;
        match command {
            Command::CreateStream { name, shards } => {
                let mut made = super::world::creating().streams.remove(0);
                made = StreamView { name, shards_wanted: shards, ..made };
                self.view.streams.push(made);
            }
            Command::SaveSql { code, .. } => self.view.apps[0].code = code,
            Command::ProducerTemplate { text } => self.view.producer.template = text,
            Command::ProducerStart => self.view.producer.running = true,
            Command::ProducerStop => self.view.producer.running = false,
            _ => {}
        }
        Ok("done".into())
    }

    fn undo(&mut self) -> Option<String> {
        self.done.pop()
    }

    fn advance(&mut self, target: Timestamp, go_on: &mut dyn FnMut() -> bool) {
        while self.view.now < target && go_on() {
            let next = (self.view.now + Span::SECOND).min(target);
            let passed = next - self.view.now;
            self.view.now = next;
            for stream in &mut self.view.streams {
                let Some(left) = stream.ready_in else { continue };
                let left = left.as_millis() - passed.as_millis();
                stream.ready_in = (0 < left).then(|| Span::from_millis(left));
                if left <= 0 {
                    let made = super::world::running().streams.remove(0);
                    *stream = StreamView { name: stream.name.clone(), status: Status::Active, ..made };
                }
            }
        }
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
        pumphouse::guide::content::TEXT_NAMES.iter().map(|it| (*it).to_owned()).collect()
    }

    fn text(&self, name: &str) -> Option<String> {
        pumphouse::guide::texts(name)
    }

    fn object(&self, _: &str, _: &str) -> Option<String> {
        Some(self.object.clone())
    }

    fn check_sql(&self, _: &str, code: &str) -> Check {
        Check::of_sql(code, pumphouse::sql::parse::parse(code).errors)
    }

    fn check_template(&self, text: &str) -> Check {
        let problems = match Template::compile(text, Mode::Tolerant) {
            Ok(template) => template.notes().to_vec(),
            Err(problems) => problems,
        };
        Check::of_template(text, problems)
    }
}
