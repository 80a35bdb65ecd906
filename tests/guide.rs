//! The workshop's files are complete, and what they promise to type can be typed.

use pumphouse::guide::{Move, Workshop, check, fill, texts, warn};
use pumphouse::lab::view::View;
use pumphouse::sim::command::Command;

mod proofs;
mod warnings;
mod world;

/// All twenty steps load, in the order of the slides, and every check and warning is used (loading
/// refuses a workshop that leaves one unused).
#[test]
fn the_workshop_loads() {
    let workshop = Workshop::load();
    let ids: Vec<&str> = workshop.steps().iter().map(|it| it.id.as_str()).collect();
    let expected = [
        "1-A", "1-B", "1-C.1", "1-C.2", "R1", "R2", "2-A", "2-B.1", "2-B.2", "2-B.3", "2-C", "2-D", "W",
        "2-E", "R3", "3-A", "3-B", "3-C", "R4", "3-D",
    ];
    assert_eq!(ids, expected);
}

/// No step starts solved: in a world where nothing was done, every step misses something.
#[test]
fn no_step_starts_solved() {
    let view = View::default();
    for step in Workshop::load().steps() {
        assert!(matches!(step.verdict(&view), pumphouse::guide::Verdict::NotYet(_)), "{}", step.id);
    }
}

/// Every typed move of every solution is a command once the roles are filled.
#[test]
fn solutions_can_be_typed() {
    let view = View::default();
    for step in Workshop::load().steps() {
        for it in &step.solve {
            let Move::Type(line) = it else { continue };
            let line = fill(line, &view);
            if let Err(error) = Command::parse(&line, &texts) {
                panic!("{}: `{line}`: {}", step.id, error.message);
            }
        }
    }
}

/// A move that waits names a step's own proof, a step or a check.
#[test]
fn solutions_wait_for_what_exists() {
    let workshop = Workshop::load();
    for step in workshop.steps() {
        for it in &step.solve {
            let Move::Until(target) = it else { continue };
            let known = target == "done" || workshop.step(target).is_some() || check::find(target).is_some();
            assert!(known, "{}: until {target}", step.id);
        }
    }
}

/// Roles in braces are filled everywhere; what stays in braces is the record template's.
#[test]
fn no_text_keeps_a_role() {
    let view = View::default();
    for step in Workshop::load().steps() {
        for text in step.hints.iter().chain([&step.body]) {
            let filled = fill(text, &view).replace("{{", "").replace("}}", "");
            for word in ["{stream}", "{user}", "{app}", "{new_", "{bucket}", "{clean}", "{rate}"] {
                assert!(!filled.contains(word), "{}: {word} stays in {text}", step.id);
            }
        }
    }
}

/// Names are unique, so that a step means one thing.
#[test]
fn names_are_unique() {
    let mut names: Vec<&str> = check::CHECKS.iter().map(|it| it.name).collect();
    names.extend(warn::WARNS.iter().map(|it| it.name));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
