//! A workspace on disk: killed at any moment it opens again, and what is in it is what the world holds.

use std::fs;
use std::path::{Path, PathBuf};

use pumphouse::base::time::Span;
use pumphouse::lab::{Lab, Settings};
use pumphouse::workspace::Workspace;

use crate::support::{ACTIVITY_1, ACTIVITY_2, ACTIVITY_3, give};

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Types lines as a sitting does: the journal is on disk after each, the clock after each wait.
fn sit(workspace: &mut Workspace, lab: &mut Lab, lines: &str) {
    for line in lines.lines().map(str::trim).filter(|it| !it.is_empty()) {
        give(lab, line).unwrap_or_else(|refusal| panic!("{line}: {}", refusal.message));
        workspace.save_journal(lab.journal()).expect("the journal is written");
        let changes = lab.take_changes();
        workspace.mirror(changes).expect("files are written");
        workspace.save_clock(lab.now()).expect("the clock is written");
    }
}

/// Every file below a folder, and its size.
fn files(dir: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push((path.clone(), fs::metadata(&path).expect("a file").len())),
        }
    }
    found.sort();
    found
}

/// A program killed without a word leaves everything: the same world opens, with and without its checkpoint.
#[test]
fn a_killed_program_loses_nothing() {
    let dir = scratch();
    let (mut workspace, mut lab) = Workspace::create(dir.path(), Settings::default()).expect("a workspace");
    sit(&mut workspace, &mut lab, ACTIVITY_1);
    sit(&mut workspace, &mut lab, ACTIVITY_2);
    workspace.save_checkpoint(&lab.checkpoint()).expect("a checkpoint");
    sit(&mut workspace, &mut lab, ACTIVITY_3);
    let digest = lab.digest();
    drop((workspace, lab));
    let (workspace, lab) = Workspace::open(dir.path()).expect("it opens");
    assert_eq!(lab.digest(), digest);
    drop((workspace, lab));
    fs::write(dir.path().join("checkpoint"), b"torn").expect("a file");
    let (_workspace, lab) = Workspace::open(dir.path()).expect("it opens");
    assert_eq!(lab.digest(), digest);
}

/// Half a line at the journal's end is cut off, and the next command does not stick to it.
#[test]
fn half_a_line_is_mended() {
    let dir = scratch();
    let (mut workspace, mut lab) = Workspace::create(dir.path(), Settings::default()).expect("a workspace");
    sit(&mut workspace, &mut lab, "create stream one 2");
    drop(workspace);
    let path = dir.path().join("journal");
    let mut text = fs::read_to_string(&path).expect("a journal");
    text.push_str("2016-10-26T19:00:00.000Z root create stre");
    fs::write(&path, text).expect("a file");
    let (mut workspace, mut lab) = Workspace::open(dir.path()).expect("it opens");
    sit(&mut workspace, &mut lab, "create stream two 1");
    drop(workspace);
    let (_workspace, lab) = Workspace::open(dir.path()).expect("it opens");
    let names: Vec<String> = lab.view().streams.into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["one", "two"]);
}

/// A journal that was edited wrongly is refused with its line; nothing in it is touched.
#[test]
fn a_bad_journal_is_refused_with_its_line() {
    let dir = scratch();
    drop(Workspace::create(dir.path(), Settings::default()).expect("a workspace"));
    let path = dir.path().join("journal");
    let text = fs::read_to_string(&path).expect("a journal") + "2016-10-26T19:00:00.000Z root sing a song\n";
    fs::write(&path, &text).expect("a file");
    let error = Workspace::open(dir.path()).expect_err("it is refused");
    assert_eq!(error.cause, "line 4: no command reads \"sing a song\"");
    assert!(error.hint.is_some());
    assert_eq!(fs::read_to_string(&path).expect("a journal"), text);
}

/// Two programs never write one journal.
#[test]
fn a_workspace_has_one_writer() {
    let dir = scratch();
    let held = Workspace::create(dir.path(), Settings::default()).expect("a workspace");
    Workspace::look(dir.path()).expect("looking is allowed at any time");
    let error = Workspace::open(dir.path()).expect_err("it is in use");
    assert_eq!(error.cause, "another pumphouse is at work in this workspace");
    drop(held);
    Workspace::open(dir.path()).expect("it is free");
}

/// The files are the objects, to the byte; an undo takes back the files too.
#[test]
fn files_keep_step_with_objects() {
    let dir = scratch();
    let (mut workspace, mut lab) = Workspace::create(dir.path(), Settings::default()).expect("a workspace");
    for lines in [ACTIVITY_1, ACTIVITY_2, ACTIVITY_3] {
        sit(&mut workspace, &mut lab, lines);
    }
    let held = |workspace: &Workspace, lab: &Lab| {
        let view = lab.view();
        let objects = view.buckets.iter().flat_map(|bucket| {
            let path = |key: &str| workspace.object_path(&bucket.name, key);
            bucket.objects.iter().map(move |it| (path(&it.key), it.bytes)).collect::<Vec<_>>()
        });
        let mut objects: Vec<(PathBuf, u64)> = objects.collect();
        objects.sort();
        objects
    };
    let objects = held(&workspace, &lab);
    assert!(!objects.is_empty());
    assert_eq!(files(&dir.path().join("s3")), objects);
    sit(&mut workspace, &mut lab, "producer rate 400\nwait 125s");
    assert!(objects.len() < files(&dir.path().join("s3")).len());
    lab.undo();
    lab.take_changes();
    workspace.remove_strays(&lab);
    workspace.replace_journal(lab.journal()).expect("the journal is written");
    assert_eq!(files(&dir.path().join("s3")), objects);
    sit(&mut workspace, &mut lab, "empty bucket ann-filtered-iot-data");
    assert_eq!(files(&dir.path().join("s3")), []);
}

/// A key is only ever a place below its bucket's folder, whatever its prefix says.
#[test]
fn keys_stay_in_their_bucket() {
    let dir = scratch();
    let (workspace, _lab) = Workspace::create(dir.path(), Settings::default()).expect("a workspace");
    let root = dir.path().join("s3").join("b");
    for key in ["../../etc/passwd", "/abs", "a/../../b", "..", ".", "a//b", "c\u{1b}[31m", "C:\\x"] {
        let path = workspace.object_path("b", key);
        assert!(path.starts_with(&root), "{key}: {}", path.display());
        let odd = path.components().any(|it| matches!(it, std::path::Component::ParentDir));
        assert!(!odd && !path.to_string_lossy().contains('\u{1b}'), "{key}: {}", path.display());
    }
}

/// Time that was not written down is at most what passed since: the clock never goes back.
#[test]
fn the_clock_goes_on_where_it_was() {
    let dir = scratch();
    let (mut workspace, mut lab) = Workspace::create(dir.path(), Settings::default()).expect("a workspace");
    sit(&mut workspace, &mut lab, ACTIVITY_1);
    let saved = lab.now();
    lab.advance(Span::from_secs(30));
    drop((workspace, lab));
    let (_workspace, lab) = Workspace::open(dir.path()).expect("it opens");
    assert_eq!(lab.now(), saved);
}
