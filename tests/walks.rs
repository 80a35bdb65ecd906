//! Walks: what a learner does and sees, played through the lab. One file under `walks/` is one test case.

use std::fs;
use std::path::{Path, PathBuf};

use pumphouse::guide::Workshop;
use pumphouse::guide::walk::{Player, Verb, Walk};
use pumphouse::lab::{Lab, Settings};

/// Every walk under a folder of the project, `(path, text)`, in the order of paths.
fn walks_under(folder: &str) -> Vec<(String, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the project's own folders can be read") {
            let path = entry.expect("an entry can be read").path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.retain(|it| it.extension().is_some_and(|it| it == "walk"));
    files.sort();
    let text = |it: &PathBuf| fs::read_to_string(it).expect("a walk is text");
    files.iter().map(|it| (it.display().to_string(), text(it))).collect()
}

/// Reads a walk that must be sound.
fn read(text: &str) -> Walk {
    let told = |errors: Vec<_>| panic!("the walk is sound: {}", join(&errors));
    Walk::parse(text, &Workshop::load()).unwrap_or_else(told)
}

fn join<T: ToString>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join("; ")
}

/// Every walk of the project can be read.
#[test]
fn every_walk_reads() {
    let files = [walks_under("assets/walks"), walks_under("tests/walks")].concat();
    assert!(50 < files.len(), "walks are found");
    for (name, text) in files {
        if let Err(errors) = Walk::parse(&text, &Workshop::load()) {
            panic!("{name}: {}", join(&errors));
        }
    }
}

/// Each kind of line is read as what it says.
#[test]
fn lines_have_meanings() {
    let walk = read(
        "# a comment\n\n> create stream a 2\nerror LimitExceededException\nwait 1m30s\nnot yet 1-A There is none.\n\
         warn name_taken\nno warn name_taken\n  mark Chapter one  ",
    );
    assert_eq!(walk.lines.iter().map(|it| it.number).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8, 9]);
    assert!(matches!(&walk.lines[0].verb, Verb::Type(it) if it == "create stream a 2"));
    assert!(matches!(&walk.lines[3].verb, Verb::NotYet(_, Some(it)) if it == "There is none."));
    assert!(matches!(&walk.lines[6].verb, Verb::Mark(it) if it == "Chapter one"));
}

/// A long text stands below its command, as it is, between three quotes.
#[test]
fn long_texts_stand_below() {
    let walk = read("> save sql app \"\"\"\nSELECT \"a\"\n  FROM b;\n\"\"\"\nwait 1s");
    assert!(
        matches!(&walk.lines[0].verb, Verb::Type(it) if it == r#"save sql app "SELECT \"a\"\n  FROM b;""#)
    );
    assert_eq!(walk.lines[1].number, 5);
}

/// All mistakes of a walk are told at once, each with its line, its column and the nearest word.
#[test]
fn mistakes_in_walks_are_told() {
    let text = "wait soon\nerror X\ndone 1-Z\nwarn name_takn\ndonne 1-A\nuntil";
    let errors = Walk::parse(text, &Workshop::load()).expect_err("nothing here can be read");
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "1:6: \"soon\" is not a length of time (Write 20s, 5m or 1h.)",
            "2:1: error without a command above it (It stands right below the command that is refused.)",
            "3:6: step or check \"1-Z\" does not exist (Did you mean `1-A`?)",
            "4:6: warning \"name_takn\" does not exist (Did you mean `name_taken`?)",
            "5:1: no step of a walk starts with \"donne\" (Did you mean `done`?)",
            "6:1: STEP|CHECK is missing",
        ]
    );
}

/// Plays every walk under a folder in a world of its own, and tells all that differ.
fn play_all(folder: &str) {
    let workshop = Workshop::load();
    let mut differ = Vec::new();
    for (name, text) in walks_under(folder) {
        let walk = read(&text);
        let mut lab = Lab::open(Settings::default());
        if let Err(failure) = Player::new(&workshop, &walk, &mut lab).play() {
            differ.push(format!("{name}, {failure}"));
        }
    }
    assert!(differ.is_empty(), "{} walks differ:\n{}", differ.len(), differ.join("\n"));
}

/// The walks that are part of the program: Activities 1 to 3 by the book.
#[test]
fn the_workshop_can_be_walked() {
    play_all("assets/walks");
}

/// No step starts solved, and every solution solves.
#[test]
fn every_solution_solves() {
    play_all("tests/walks/step");
}

/// Every mistake shows its sentence and does not prove the step.
#[test]
fn every_mistake_is_told() {
    play_all("tests/walks/mistake");
}

/// Whole activities as learners do them, detours included.
#[test]
fn detours_are_welcome() {
    play_all("tests/walks/story");
}
