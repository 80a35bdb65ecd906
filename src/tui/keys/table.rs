//! The table itself, place by place.

use crate::guide::Verdict;
use crate::lab::view::{AppStatus, View};
use crate::tui::editor::{Edit, Motion};
use crate::tui::form::{FormKind, quote};
use crate::tui::keys::{Binding, Code, Key, Place};
use crate::tui::model::{Face, Model, Overlay, Pane, Speed};
use crate::tui::pane;
use crate::tui::update::Message;

type Meaning = fn(&Model, &View) -> Option<Message>;

const fn bind(
    place: Place,
    keys: &'static [Key],
    label: &'static str,
    about: &'static str,
    message: Meaning,
) -> Binding {
    Binding { keys, place, label, about, message }
}

const fn here(
    pane: Pane,
    keys: &'static [Key],
    label: &'static str,
    about: &'static str,
    message: Meaning,
) -> Binding {
    bind(Place::Pane(pane), keys, label, about, message)
}

const fn key(letter: char) -> Key {
    Key::letter(letter)
}

const ENTER: Key = Key::new(Code::Enter);
const ESC: Key = Key::new(Code::Esc);
const UP: Key = Key::new(Code::Up);
const DOWN: Key = Key::new(Code::Down);

fn form(kind: FormKind) -> Option<Message> {
    Some(Message::Form(kind))
}

fn prefill(line: String) -> Option<Message> {
    Some(Message::Palette(line))
}

fn line(line: String) -> Option<Message> {
    Some(Message::Line(line))
}

fn edit(edit: Edit) -> Option<Message> {
    Some(Message::Edit(edit))
}

/// What only the SQL editor can do.
fn sql(model: &Model, message: Message) -> Option<Message> {
    (model.focus == Pane::Analytics).then_some(message)
}

fn go(motion: Motion) -> Option<Message> {
    edit(Edit::Move(motion, false))
}

/// Every binding, in the order in which the footer and the help page show them.
pub static BINDINGS: &[Binding] = &[
    // Guide
    here(Pane::Guide, &[DOWN], "", "Scroll the guide down.", |_, _| Some(Message::Select(1))),
    here(Pane::Guide, &[UP], "", "Scroll the guide up.", |_, _| Some(Message::Select(-1))),
    // Stream
    here(Pane::Stream, &[key('c')], "create", "Create a stream.", |_, _| form(FormKind::CreateStream)),
    here(Pane::Stream, &[key('m')], "shard metrics", "Count for each shard, or stop it.", |model, view| {
        let stream = pane::stream::chosen(model, view)?;
        let verb = if stream.shard_metrics { "disable" } else { "enable" };
        line(format!("{verb} shard metrics {}", stream.name))
    }),
    here(Pane::Stream, &[key('g')], "graph", "Graph IncomingRecords of the stream.", |model, view| {
        let stream = pane::stream::chosen(model, view)?;
        prefill(format!("graph IncomingRecords {} sum 1m", stream.name))
    }),
    here(Pane::Stream, &[key('x')], "delete", "Delete the stream; Enter confirms.", |model, view| {
        prefill(format!("delete stream {}", pane::stream::chosen(model, view)?.name))
    }),
    // IAM
    here(Pane::Iam, &[key('c')], "create user", "Create a user with an access key.", |_, _| {
        form(FormKind::CreateUser)
    }),
    here(Pane::Iam, &[key('a')], "attach policy", "Attach a managed policy to a user.", |_, view| {
        view.users.last()?;
        form(FormKind::AttachPolicy)
    }),
    here(Pane::Iam, &[key('k')], "new key", "Make another access key for the user.", |model, view| {
        line(format!("create key {}", pane::iam::user(model, view)?))
    }),
    here(Pane::Iam, &[key('r')], "restore", "Give the role back the policy made with it.", |model, view| {
        line(format!("restore role {}", pane::iam::role(model, view)?))
    }),
    here(Pane::Iam, &[key('x')], "remove", "Remove what is chosen; Enter confirms.", |model, view| {
        prefill(pane::iam::removal(model, view)?)
    }),
    here(Pane::Iam, &[key('y')], "copy", "Copy the chosen key or document.", |model, view| {
        Some(Message::Copy(pane::iam::text(model, view)?))
    }),
    // Producer
    here(Pane::Producer, &[key('c')], "form", "Fill in credentials, region, stream and rate.", |_, _| {
        form(FormKind::Producer)
    }),
    here(Pane::Producer, &[key('e'), ENTER], "edit template", "Write the record template.", |_, _| {
        Some(Message::Write)
    }),
    here(Pane::Producer, &[key('t')], "workshop's", "Save the workshop's own template.", |model, view| {
        let known = model.names.iter().any(|it| it == "workshop");
        if !known || !view.producer.samples.is_empty() {
            return None;
        }
        line("producer template @workshop".into())
    }),
    here(Pane::Producer, &[key('s')], "start", "Send data.", |_, view| {
        if view.producer.running { None } else { line("producer start".into()) }
    }),
    here(Pane::Producer, &[key('s')], "stop", "Stop sending data.", |_, view| {
        if view.producer.running { line("producer stop".into()) } else { None }
    }),
    here(Pane::Producer, &[key('D')], "duplicates", "Let calls time out and be sent again.", |_, view| {
        let on = view.faults.iter().any(|it| it.command.contains("duplicates"));
        line(if on { "repair duplicates".into() } else { "fault duplicates 5%".into() })
    }),
    here(Pane::Producer, &[key('v')], "face", "Show the form and preview, or the template.", |_, _| {
        Some(Message::Face)
    }),
    // Analytics
    here(Pane::Analytics, &[key('c')], "create", "Create an application.", |_, view| {
        if view.apps.is_empty() { form(FormKind::CreateApp) } else { None }
    }),
    here(Pane::Analytics, &[key('i')], "source", "Connect the application to a stream.", |model, view| {
        let app = model.app(view)?;
        if app.input.is_some() { None } else { form(FormKind::ConnectSource) }
    }),
    here(Pane::Analytics, &[key('s')], "save schema", "Save the discovered schema.", |model, view| {
        let app = model.app(view).filter(|it| it.discovered.is_some())?;
        line(format!("save schema {}", app.name))
    }),
    here(Pane::Analytics, &[key('t')], "type", "Change the type of a discovered column.", |model, view| {
        model.app(view).filter(|it| it.discovered.is_some())?;
        form(FormKind::EditSchema)
    }),
    here(Pane::Analytics, &[key('d')], "discover", "Look at the newest records again.", |model, view| {
        let app = model.app(view).filter(|it| it.input.is_some())?;
        line(format!("discover schema {}", app.name))
    }),
    here(Pane::Analytics, &[key('r')], "run", "Run the application.", |model, view| {
        let app = model.app(view).filter(|it| it.status == AppStatus::Ready)?;
        app.input.as_ref()?;
        line(format!("run app {}", app.name))
    }),
    here(Pane::Analytics, &[key('e'), ENTER], "edit SQL", "Write SQL.", |model, view| {
        model.app(view)?;
        Some(Message::Write)
    }),
    here(
        Pane::Analytics,
        &[Key::new(Code::F(5)), Key::ctrl('r'), Key::alt(Code::Enter)],
        "save and run",
        "Save the SQL; a running application runs it at once.",
        |model, view| model.app(view).map(|_| Message::Save),
    ),
    here(
        Pane::Analytics,
        &[key('p')],
        "paste slide",
        "Put the step's statements into the editor.",
        |model, view| {
            model.app(view)?;
            Some(Message::PasteSlide(slide(model)?))
        },
    ),
    here(Pane::Analytics, &[key('o')], "destination", "Deliver an in-application stream.", |model, view| {
        model.app(view)?;
        view.deliveries.last()?;
        form(FormKind::ConnectDestination)
    }),
    here(
        Pane::Analytics,
        &[key('O')],
        "disconnect",
        "Take a destination away; Enter confirms.",
        |model, view| {
            let app = model.app(view)?;
            // The one that names no stream first: it is why somebody looks for this key.
            let output = app.outputs.iter().find(|it| !it.exists).or(app.outputs.last())?;
            prefill(format!("disconnect destination {} {}", app.name, quote(&output.in_app_stream)))
        },
    ),
    here(Pane::Analytics, &[key('v')], "face", "Show code, rows or schema.", |_, _| Some(Message::Face)),
    here(
        Pane::Analytics,
        &[key('y')],
        "hold rows",
        "Hold the rows still, or let them go on.",
        |model, view| {
            model.app(view)?;
            Some(Message::Hold)
        },
    ),
    here(
        Pane::Analytics,
        &[key('S')],
        "stop app",
        "Stop the application; its definition stays.",
        |model, view| {
            let app = model.app(view)?;
            let runs = matches!(app.status, AppStatus::Running | AppStatus::Starting);
            if runs { line(format!("stop app {}", app.name)) } else { None }
        },
    ),
    here(Pane::Analytics, &[key('x')], "delete", "Delete the application; Enter confirms.", |model, view| {
        prefill(format!("delete app {}", model.app(view)?.name))
    }),
    // Delivery
    here(Pane::Delivery, &[key('c')], "create", "Create a delivery stream into a bucket.", |_, _| {
        form(FormKind::CreateDelivery)
    }),
    here(Pane::Delivery, &[key('o')], "connect", "Deliver an in-application stream to it.", |_, view| {
        view.apps.last()?;
        view.deliveries.last()?;
        form(FormKind::ConnectDestination)
    }),
    here(Pane::Delivery, &[key('r')], "restore role", "Give the role back its policy.", |model, view| {
        let delivery = pane::delivery::chosen(model, view).filter(|it| !it.role_may_write)?;
        line(format!("restore role {}", delivery.role))
    }),
    here(
        Pane::Delivery,
        &[key('x')],
        "delete",
        "Delete the delivery stream; Enter confirms.",
        |model, view| prefill(format!("delete delivery {}", pane::delivery::chosen(model, view)?.name)),
    ),
    // Bucket
    here(Pane::Bucket, &[ENTER], "open", "Open the object and read it.", |model, view| {
        pane::bucket::open(model, view)
    }),
    here(Pane::Bucket, &[key('t')], "trace line", "Follow the line back to its record.", |model, view| {
        pane::bucket::trace(model, view)
    }),
    here(Pane::Bucket, &[ESC, Key::new(Code::Backspace)], "back", "Close the object.", |model, _| {
        model.object.as_ref().map(|_| Message::CloseObject)
    }),
    here(Pane::Bucket, &[key('c')], "create", "Create a bucket.", |_, _| form(FormKind::CreateBucket)),
    here(Pane::Bucket, &[key('y')], "copy", "Copy the open object's text.", |model, _| {
        model.object.as_ref().map(|it| Message::Copy(it.lines.join("\n")))
    }),
    here(Pane::Bucket, &[key('x')], "empty or delete", "Empty the bucket, then delete it.", |model, view| {
        let bucket = pane::bucket::chosen_bucket(model, view)?;
        let verb = if bucket.objects.is_empty() { "delete" } else { "empty" };
        prefill(format!("{verb} bucket {}", bucket.name))
    }),
    // CloudWatch
    here(Pane::Watch, &[key('/')], "search", "Search the metrics.", |_, _| Some(Message::Search)),
    here(Pane::Watch, &[ENTER], "graph it", "Graph the chosen metric by the minute.", |model, view| {
        line(pane::watch::line(model, view)?)
    }),
    here(Pane::Watch, &[key('g')], "graph", "Choose metric, statistic and period.", |_, _| {
        form(FormKind::Graph)
    }),
    here(Pane::Watch, &[key('s')], "statistic", "Sum, average, minimum, maximum, count.", |_, view| {
        line(pane::watch::turned(view, true)?)
    }),
    here(Pane::Watch, &[key('m')], "period", "One minute, five minutes, an hour.", |_, view| {
        line(pane::watch::turned(view, false)?)
    }),
    here(Pane::Watch, &[key('x')], "close", "Close the graph.", |_, view| {
        view.graph.as_ref()?;
        line("close graph".into())
    }),
    // Log
    here(Pane::Log, &[ENTER], "again", "Put the chosen command into the palette.", |model, view| {
        prefill(pane::log::chosen(model, view)?.command.clone())
    }),
    here(Pane::Log, &[key('y')], "copy", "Copy the typed line.", |model, view| {
        Some(Message::Copy(pane::log::chosen(model, view)?.command.clone()))
    }),
    here(Pane::Log, &[key('Y')], "copy aws", "Copy the AWS CLI line.", |model, view| {
        Some(Message::Copy(pane::log::cli(pane::log::chosen(model, view)?)?))
    }),
    // Everywhere
    bind(Place::Everywhere, &[ENTER], "begin", "Close the opening words.", |model, _| {
        model.welcome.then_some(Message::Begin)
    }),
    bind(Place::Everywhere, &[key('w')], "until done", "Run until the step is proved.", |model, _| {
        model.guide.waiting().map(|_| Message::UntilDone(None))
    }),
    bind(
        Place::Everywhere,
        &[key('n')],
        "next step",
        "Go to the next step once this one is proved.",
        |model, _| {
            let proved = model.guide.step().is_some_and(|it| it.proved);
            (proved && model.guide.at + 1 < model.guide.steps.len()).then_some(Message::Step(true))
        },
    ),
    bind(Place::Everywhere, &[key('A')], "answer", "Answer the step's question.", |model, _| {
        prefill(format!("answer {} ", model.guide.asks()?))
    }),
    bind(Place::Everywhere, &[key('h')], "hint", "Open the next hint of the step.", |model, _| {
        let open = model.guide.hints_open < model.guide.hints.len();
        open.then_some(Message::Hint)
    }),
    bind(Place::Everywhere, &[key('f')], "fill it in", "Have the step typed for you.", |model, _| {
        let unproved = model.guide.proofs.iter().any(|it| matches!(it.verdict, Verdict::NotYet(_)));
        (unproved && !model.guide.solve.is_empty()).then_some(Message::FillIn)
    }),
    bind(
        Place::Everywhere,
        &[key(':'), Key::ctrl('p'), Key::ctrl('k')],
        "command",
        "Open the palette: everything can be typed.",
        |_, _| prefill(String::new()),
    ),
    bind(Place::Everywhere, &[key('?'), Key::new(Code::F(1))], "help", "Show every key.", |_, _| {
        Some(Message::Help)
    }),
    bind(Place::Everywhere, &[key(' ')], "pause", "Hold virtual time.", |model, _| {
        (model.pace.speed != Speed::Paused).then_some(Message::Pause)
    }),
    bind(Place::Everywhere, &[key(' ')], "play", "Let virtual time go on.", |model, _| {
        (model.pace.speed == Speed::Paused).then_some(Message::Pause)
    }),
    bind(
        Place::Everywhere,
        &[key('+'), key('=')],
        "faster",
        "1×, 10×, 60×, as fast as it can.",
        |model, _| (model.pace.usual != Speed::Max).then_some(Message::Faster(true)),
    ),
    bind(Place::Everywhere, &[key('-')], "slower", "Go slower again.", |model, _| {
        (model.pace.usual != Speed::Times(1)).then_some(Message::Faster(false))
    }),
    bind(Place::Everywhere, &[key('.')], "1 s", "Go on by one second, then hold.", |_, _| {
        Some(Message::Run(crate::base::time::Span::SECOND))
    }),
    bind(Place::Everywhere, &[key('>')], "60 s", "Skip a minute, as fast as it can.", |_, _| {
        Some(Message::Run(crate::base::time::Span::MINUTE))
    }),
    bind(Place::Everywhere, &[key('n')], "skip step", "Leave the step unproved and go on.", |model, _| {
        let proved = model.guide.step().is_some_and(|it| it.proved);
        (!proved && model.guide.at + 1 < model.guide.steps.len()).then_some(Message::Step(true))
    }),
    bind(Place::Everywhere, &[key('b')], "step before", "Go to the step before.", |model, _| {
        (0 < model.guide.at).then_some(Message::Step(false))
    }),
    bind(Place::Everywhere, &[key('u')], "undo", "Take the last command back.", |_, view| {
        (0 < view.commands).then_some(Message::Undo)
    }),
    bind(
        Place::Everywhere,
        &[key('z')],
        "zoom",
        "Give the pane the whole screen, or take it back.",
        |_, _| Some(Message::Zoom),
    ),
    bind(Place::Everywhere, &[Key::new(Code::Tab)], "", "Go to the next pane.", |model, _| {
        Some(Message::Go(neighbour(model.focus, 1)))
    }),
    bind(Place::Everywhere, &[Key::new(Code::BackTab)], "", "Go to the pane before.", |model, _| {
        Some(Message::Go(neighbour(model.focus, Pane::ALL.len() - 1)))
    }),
    bind(Place::Everywhere, &[UP], "", "Choose the row above.", |_, _| Some(Message::Select(-1))),
    bind(Place::Everywhere, &[DOWN], "", "Choose the row below.", |_, _| Some(Message::Select(1))),
    bind(Place::Everywhere, &[Key::new(Code::PageUp)], "", "Go up by a page.", |model, _| {
        Some(Message::Select(-page(model)))
    }),
    bind(Place::Everywhere, &[Key::new(Code::PageDown)], "", "Go down by a page.", |model, _| {
        Some(Message::Select(page(model)))
    }),
    bind(Place::Everywhere, &[Key::new(Code::Home)], "", "Go to the first row.", |_, _| {
        Some(Message::Select(isize::MIN / 2))
    }),
    bind(Place::Everywhere, &[Key::new(Code::End)], "", "Go to the last row.", |_, _| {
        Some(Message::Select(isize::MAX / 2))
    }),
    bind(Place::Everywhere, &[ESC], "", "Close what was told, or leave the zoom.", |_, _| {
        Some(Message::Close)
    }),
    bind(Place::Everywhere, &[key('q'), Key::ctrl('c')], "quit", "Leave; everything is saved.", |_, _| {
        Some(Message::Quit)
    }),
    bind(Place::Everywhere, &[Key::ctrl('z')], "", "Suspend the program; `fg` brings it back.", |_, _| {
        Some(Message::Suspend)
    }),
    // While writing
    bind(Place::Writing, &[ESC], "done", "Give the keys back to the pane.", |_, _| Some(Message::Close)),
    bind(
        Place::Writing,
        &[
            Key::new(Code::F(5)),
            Key::ctrl('r'),
            Key::alt(Code::Enter),
            Key::ctrl('s'),
            Key::with_ctrl(Code::Enter),
        ],
        "save and run",
        "Save what is written, and run it.",
        |_, _| Some(Message::Save),
    ),
    bind(Place::Writing, &[Key::new(Code::F(8))], "next problem", "Go to the next problem.", |model, _| {
        let draft = if model.focus == Pane::Analytics { &model.sql } else { &model.template };
        (!draft.check.problems.is_empty()).then_some(Message::NextProblem)
    }),
    bind(
        Place::Writing,
        &[Key::new(Code::F(6))],
        "paste slide",
        "Put the step's statements here.",
        |model, _| {
            Some(Message::PasteSlide(if model.focus == Pane::Producer {
                "workshop".into()
            } else {
                slide(model)?
            }))
        },
    ),
    bind(Place::Writing, &[Key::new(Code::Up)], "", "Row up; with Shift select.", |_, _| go(Motion::Up)),
    bind(Place::Writing, &[Key::new(Code::Down)], "", "Row down.", |_, _| go(Motion::Down)),
    bind(Place::Writing, &[Key::new(Code::Left)], "", "Character left.", |_, _| go(Motion::Left)),
    bind(Place::Writing, &[Key::new(Code::Right)], "", "Character right.", |_, _| go(Motion::Right)),
    bind(
        Place::Writing,
        &[Key::with_ctrl(Code::Left), Key::alt(Code::Left), Key::alt(Code::Char('b'))],
        "",
        "Word left.",
        |_, _| go(Motion::WordLeft),
    ),
    bind(
        Place::Writing,
        &[Key::with_ctrl(Code::Right), Key::alt(Code::Right), Key::alt(Code::Char('f'))],
        "",
        "Word right.",
        |_, _| go(Motion::WordRight),
    ),
    bind(Place::Writing, &[Key::new(Code::Home)], "", "Start of the line.", |_, _| go(Motion::LineStart)),
    bind(Place::Writing, &[Key::new(Code::End), Key::ctrl('e')], "", "End of the line.", |_, _| {
        go(Motion::LineEnd)
    }),
    bind(Place::Writing, &[Key::new(Code::PageUp)], "", "Page up.", |_, _| go(Motion::PageUp)),
    bind(Place::Writing, &[Key::new(Code::PageDown)], "", "Page down.", |_, _| go(Motion::PageDown)),
    bind(Place::Writing, &[Key::with_ctrl(Code::Home)], "", "Start of the text.", |_, _| go(Motion::Start)),
    bind(Place::Writing, &[Key::with_ctrl(Code::End)], "", "End of the text.", |_, _| go(Motion::End)),
    bind(Place::Writing, &[ENTER], "", "New line, indented like this one.", |_, _| edit(Edit::Newline)),
    bind(Place::Writing, &[Key::new(Code::Tab)], "", "Indent.", |_, _| edit(Edit::Insert("    ".into()))),
    bind(Place::Writing, &[Key::new(Code::Backspace)], "", "Delete to the left.", |_, _| {
        edit(Edit::Backspace)
    }),
    bind(Place::Writing, &[Key::new(Code::Delete)], "", "Delete to the right.", |_, _| edit(Edit::Delete)),
    bind(
        Place::Writing,
        &[Key::ctrl('w'), Key::alt(Code::Backspace), Key::with_ctrl(Code::Backspace)],
        "",
        "Delete the word to the left.",
        |_, _| edit(Edit::DeleteWordLeft),
    ),
    bind(
        Place::Writing,
        &[Key::with_ctrl(Code::Delete), Key::alt(Code::Char('d'))],
        "",
        "Delete the word to the right.",
        |_, _| edit(Edit::DeleteWordRight),
    ),
    bind(Place::Writing, &[Key::ctrl('a')], "", "Select everything.", |_, _| edit(Edit::SelectAll)),
    bind(Place::Writing, &[Key::ctrl('z')], "undo", "Undo the last word, paste or deletion.", |_, _| {
        edit(Edit::Undo)
    }),
    bind(Place::Writing, &[Key::ctrl('y')], "", "Do it again.", |_, _| edit(Edit::Redo)),
    bind(
        Place::Writing,
        &[Key::ctrl('c')],
        "",
        "Copy what is selected; with nothing selected, leave.",
        |_, _| Some(Message::CopySelection { cut: false }),
    ),
    bind(Place::Writing, &[Key::ctrl('x')], "", "Cut what is selected.", |_, _| {
        Some(Message::CopySelection { cut: true })
    }),
    bind(Place::Writing, &[Key::ctrl('v')], "", "Paste what was copied here.", |model, _| {
        edit(Edit::Paste(model.clipboard.clone()))
    }),
    bind(Place::Writing, &[Key::ctrl('p'), Key::ctrl('k')], "command", "Open the palette.", |_, _| {
        prefill(String::new())
    }),
    bind(Place::Writing, &[Key::new(Code::F(1))], "help", "Show every key.", |_, _| Some(Message::Help)),
    bind(
        Place::Writing,
        &[Key::ctrl(' '), Key::ctrl('n')],
        "offers",
        "Offer what may be written here.",
        |model, _| sql(model, Message::Offers),
    ),
    bind(
        Place::Writing,
        &[Key::new(Code::F(2))],
        "about",
        "Tell what the word under the cursor is.",
        |model, _| sql(model, Message::About),
    ),
    bind(
        Place::Writing,
        &[Key::new(Code::F(3))],
        "definition",
        "Go to where the word is made.",
        |model, _| sql(model, Message::Definition),
    ),
    bind(Place::Writing, &[Key::new(Code::F(4))], "lay out", "Lay out the whole text.", |model, _| {
        sql(model, Message::LayOut)
    }),
    // Offers
    bind(Place::Offers, &[Key::new(Code::Tab), ENTER], "take", "Write the chosen offer.", |model, _| {
        model.popup.as_ref().map(|it| Message::PickSql(it.chosen))
    }),
    bind(Place::Offers, &[DOWN], "", "Choose the next offer of the list.", |model, _| {
        model.popup.as_ref().map(|_| Message::NextSql(1))
    }),
    bind(Place::Offers, &[UP], "", "Choose the offer of the list before.", |model, _| {
        model.popup.as_ref().map(|_| Message::NextSql(-1))
    }),
    bind(Place::Offers, &[ESC], "close", "Close the offers and write on.", |model, _| {
        model.popup.as_ref().map(|_| Message::CloseOffers)
    }),
    // Palette
    bind(Place::Palette, &[ENTER], "do it", "Carry the line out, or take the chosen offer.", |_, _| {
        Some(Message::Enter)
    }),
    bind(Place::Palette, &[Key::new(Code::Tab)], "complete", "Take the chosen or first offer.", |_, _| {
        Some(Message::Complete)
    }),
    bind(Place::Palette, &[DOWN], "", "Choose the next offer.", |_, _| Some(Message::Select(1))),
    bind(Place::Palette, &[UP], "", "Choose the offer before.", |_, _| Some(Message::Select(-1))),
    bind(Place::Palette, &[ESC, Key::ctrl('c')], "close", "Close the palette.", |_, _| Some(Message::Close)),
    // Form
    bind(Place::Form, &[ENTER], "do it", "Carry out what the form says.", |_, _| Some(Message::Enter)),
    bind(Place::Form, &[Key::new(Code::Tab), DOWN], "next field", "Go to the next field.", |_, _| {
        Some(Message::Select(1))
    }),
    bind(Place::Form, &[Key::new(Code::BackTab), UP], "", "Go to the field before.", |_, _| {
        Some(Message::Select(-1))
    }),
    bind(
        Place::Form,
        &[Key::with_ctrl(Code::Right), Key::new(Code::PageDown)],
        "choice",
        "The next choice.",
        |model, _| match model.overlays.last() {
            Some(Overlay::Form(form)) if form.offers_choices() => Some(Message::Choice(true)),
            _ => None,
        },
    ),
    bind(
        Place::Form,
        &[Key::with_ctrl(Code::Left), Key::new(Code::PageUp)],
        "",
        "The choice before.",
        |_, _| Some(Message::Choice(false)),
    ),
    bind(Place::Form, &[ESC, Key::ctrl('c')], "close", "Close the form.", |_, _| Some(Message::Close)),
    // Search
    bind(
        Place::Search,
        &[ENTER, ESC, Key::ctrl('c')],
        "done",
        "Keep the search and go to the list.",
        |_, _| Some(Message::Close),
    ),
    // Help
    bind(Place::Help, &[DOWN, key('j')], "", "Scroll down.", |_, _| Some(Message::Select(1))),
    bind(Place::Help, &[UP, key('k')], "", "Scroll up.", |_, _| Some(Message::Select(-1))),
    bind(Place::Help, &[Key::new(Code::PageDown), key(' ')], "page", "Down by a page.", |model, _| {
        Some(Message::Select(page(model)))
    }),
    bind(Place::Help, &[Key::new(Code::PageUp)], "", "Up by a page.", |model, _| {
        Some(Message::Select(-page(model)))
    }),
    bind(Place::Help, &[ESC, ENTER, key('q'), key('?'), Key::ctrl('c')], "close", "Close it.", |_, _| {
        Some(Message::Close)
    }),
    // Quit
    bind(
        Place::Quit,
        &[ENTER, key('y'), key('q'), Key::ctrl('c')],
        "leave",
        "Leave; everything is saved.",
        |_, _| Some(Message::Leave),
    ),
    bind(Place::Quit, &[ESC, key('n')], "stay", "Stay.", |_, _| Some(Message::Close)),
];

fn neighbour(pane: Pane, by: usize) -> Pane {
    Pane::ALL[(pane as usize + by) % Pane::ALL.len()]
}

fn page(model: &Model) -> isize {
    isize::try_from(model.scene.page.saturating_sub(1).max(1)).unwrap_or(1)
}

/// The name of the slide's text that belongs to the step: `2-B` for the steps 2-B, 2-B.1 and so on.
fn slide(model: &Model) -> Option<String> {
    let step = model.guide.step()?;
    let fitting = model.names.iter().filter(|it| !it.is_empty() && step.id.starts_with(it.as_str()));
    fitting.max_by_key(|it| it.len()).cloned()
}

/// The faces of a pane, by name.
pub fn faces(pane: Pane) -> &'static [(Face, &'static str)] {
    match pane {
        Pane::Analytics => &[(Face::First, "code"), (Face::Second, "rows"), (Face::Third, "schema")],
        Pane::Producer => &[(Face::First, "form and preview"), (Face::Second, "template")],
        _ => &[],
    }
}
