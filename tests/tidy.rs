//! The house style, as far as a machine can read it: layers, forbidden words, length, and nothing unused.

use std::fs;
use std::path::{Path, PathBuf};

use pumphouse::guide::{Workshop, check, warn};
use pumphouse::sim::command::FORMS;

/// Longest line of prose, and of code that holds no text.
const WIDTH: usize = 110;
/// Longest function, in lines.
const FUNCTION_LINES: usize = 70;
/// Longest file, in lines.
const FILE_LINES: usize = 900;

/// Functions that are one long table, a row for each command, message or form, where a helper would only
/// hide the rows.
const TABLES: &[&str] = &["fmt", "cli", "apply_analytics", "fields", "values_of", "update", "snippets"];

/// What a room may name of the others (`crate::…`). A room may always name itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("template", &["base", "sql::diag"]),
    ("sql", &["base"]),
    ("cloud", &["base", "template", "sql"]),
    ("sim", &["base", "template", "sql", "cloud"]),
    ("lab", &["base", "template", "sql", "cloud", "sim"]),
    ("guide", &["base", "sql::diag", "sim::command", "lab"]),
    ("tui", &["base", "sql::assist", "sql::diag", "sql::parse", "sim::command", "lab", "guide"]),
];

/// What the pure rooms may not say, with the reason a failing test gives.
const IMPURE: &[(&str, &str)] = &[
    ("std::fs", "files belong to the surroundings"),
    ("std::env", "the environment belongs to the surroundings"),
    ("std::process", "processes belong to the surroundings"),
    ("std::thread", "the world has one thread, its caller's"),
    ("std::io::", "input and output belong to the surroundings"),
    ("TcpStream", "there is no network"),
    ("UdpSocket", "there is no network"),
    ("tokio", "the core waits for nothing"),
    ("crossterm", "the terminal belongs to the screen"),
    ("ratatui", "drawing belongs to the screen"),
    ("Mutex", "a value needs no lock"),
    ("RwLock", "a value needs no lock"),
    ("SystemTime::", "time is an argument"),
    ("::SystemTime", "time is an argument"),
    ("Instant::now", "time is an argument"),
    ("println!", "the core prints nothing"),
    ("eprintln!", "the core prints nothing"),
    ("unsafe ", "nothing here needs it"),
];

/// What no file may say. Written in halves, so that this file does not say it.
const LEFTOVERS: &[(&str, &str)] = &[
    ("TO", "DO"),
    ("FIX", "ME"),
    ("XX", "X:"),
    ("todo", "!("),
    ("unimplemented", "!("),
    ("dbg", "!("),
    ("#[ign", "ore"),
    ("#[all", "ow("),
    ("#![all", "ow("),
];

/// A file of the project: its path from the root with `/`, and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    /// `src/cloud/shard.rs` is in `cloud`, and so is `src/cloud.rs`.
    fn room(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let first = inside.split('/').next()?;
        Some(first.strip_suffix(".rs").unwrap_or(first))
    }

    /// The lines that are code: comments left out, and what stands behind one. Tests inside a file come
    /// last and may do what tests do.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().take_while(|it| *it != "#[cfg(test)]").enumerate();
        lines.map(|(at, line)| (at + 1, line.split("// ").next().unwrap_or(line).trim_end())).filter(
            |(_, it)| {
                let it = it.trim_start();
                !it.starts_with("//") && !it.is_empty()
            },
        )
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under a folder, in the order of paths. Binary files have no text.
fn files(folder: &str) -> Vec<File> {
    let mut folders = vec![root().join(folder)];
    let mut paths: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    let file = |path: PathBuf| {
        let inside = path.strip_prefix(root()).expect("it lies under the root");
        let parts: Vec<_> = inside.components().map(|it| it.as_os_str().to_string_lossy()).collect();
        File { path: parts.join("/"), text: fs::read_to_string(&path).unwrap_or_default() }
    };
    paths.into_iter().map(file).collect()
}

fn rust(folder: &str) -> Vec<File> {
    files(folder).into_iter().filter(|it| it.path.ends_with(".rs")).collect()
}

/// Fails with every violation, one a line.
fn none(violations: Vec<String>) {
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
}

/// A room names only what stands before it.
#[test]
fn rooms_keep_their_layers() {
    let mut found = Vec::new();
    for file in rust("src") {
        let Some(room) = file.room() else { continue };
        let Some((_, allowed)) = LAYERS.iter().find(|it| it.0 == room) else { continue };
        for (number, line) in file.code() {
            for used in line.split("crate::").skip(1) {
                let path: String =
                    used.chars().take_while(|it| it.is_alphanumeric() || matches!(it, '_' | ':')).collect();
                let inside = |it: &str| path == it || path.starts_with(&format!("{it}::"));
                if !inside(room) && !allowed.iter().any(|it| inside(it)) {
                    found.push(format!("{}:{number}: {room} may not name crate::{path}", file.path));
                }
            }
        }
    }
    none(found);
}

/// From base to guide nothing touches the surroundings.
#[test]
fn the_core_is_pure() {
    let mut found = Vec::new();
    let pure = ["base", "template", "sql", "cloud", "sim", "lab", "guide"];
    for file in rust("src").iter().filter(|it| it.room().is_some_and(|it| pure.contains(&it))) {
        for (number, line) in file.code() {
            for (word, reason) in IMPURE.iter().filter(|(word, _)| line.contains(word)) {
                found.push(format!("{}:{number}: {word}: {reason}", file.path));
            }
        }
    }
    none(found);
}

/// Nothing is left half done, and nothing is silenced without a reason.
#[test]
fn nothing_is_left_over() {
    let mut found = Vec::new();
    for file in ["src", "tests", "benches", "assets", ".ci"].iter().flat_map(|it| files(it)) {
        for (at, line) in file.text.lines().enumerate() {
            let left = LEFTOVERS.iter().map(|(one, two)| format!("{one}{two}"));
            for mark in left.filter(|it| line.contains(it)) {
                found.push(format!("{}:{}: {mark}", file.path, at + 1));
            }
        }
    }
    none(found);
}

/// Every module opens with a paragraph that says what it is.
#[test]
fn modules_introduce_themselves() {
    let opens = |it: &File| it.text.starts_with("//! ") || it.text.starts_with("#![doc = include_str!");
    let silent = [rust("src"), rust("tests"), rust("benches")].into_iter().flatten().filter(|it| !opens(it));
    none(silent.map(|it| format!("{}: opens without a paragraph", it.path)).collect());
}

/// Lines, functions and files fit a screen or an afternoon. A line may be longer for a text that cannot be
/// broken.
#[test]
fn everything_has_a_length() {
    let mut found = Vec::new();
    for file in [rust("src"), rust("tests"), rust("benches")].into_iter().flatten() {
        let count = file.text.lines().count();
        if FILE_LINES < count {
            found.push(format!("{}: {count} lines", file.path));
        }
        for (at, line) in file.text.lines().enumerate() {
            let comment = line.trim_start().starts_with("//");
            let unbreakable = line.contains('"') || line.contains("http") || line.contains('|');
            // Of code only the sources are measured: the formatter breaks what can be broken, and tests hold
            // texts of several lines.
            let unbreakable = unbreakable || !comment && !file.path.starts_with("src/");
            if WIDTH < line.chars().count() && !unbreakable {
                found.push(format!("{}:{}: {} characters", file.path, at + 1, line.chars().count()));
            }
        }
        // A test may be one long list of cases.
        if file.path.starts_with("src/") {
            found.extend(long_functions(&file));
        }
    }
    none(found);
}

/// Functions of a formatted file that are too long: from a line with `fn` to the brace at its indentation.
fn long_functions(file: &File) -> Vec<String> {
    let lines: Vec<&str> = file.text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((before, rest)) = line.split_once("fn ") else { continue };
        let head = before.trim();
        let starts = head.split(' ').all(|it| it.is_empty() || it.starts_with("pub") || it == "const");
        let name: String = rest.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
        if !starts || name.is_empty() || TABLES.contains(&name.as_str()) {
            continue;
        }
        let closes = |it: &&str| indent(it) == indent(line) && it.trim_start().starts_with('}');
        let one_line = line.ends_with('}') || line.ends_with(';');
        let length = lines[at + 1..].iter().position(closes).map_or(0, |it| it + 2);
        if !one_line && FUNCTION_LINES < length {
            found.push(format!("{}:{}: {name} has {length} lines", file.path, at + 1));
        }
    }
    found
}

/// Every file under assets is compiled in or played, and every file under tests is run.
#[test]
fn every_file_is_used() {
    let code: String = [rust("src"), rust("tests"), rust("benches")]
        .into_iter()
        .flatten()
        .map(|it| it.text)
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = Vec::new();
    for file in files("assets") {
        let played = file.path.starts_with("assets/walks/");
        let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        let stem = name.rsplit_once('.').map_or(name, |it| it.0);
        let listed = code.contains(&format!("{folder}/\"")) && code.contains(&format!("\"{stem}\""));
        if !played && !listed && !code.contains(&file.path) {
            found.push(format!("{}: nothing includes it", file.path));
        }
    }
    let main = fs::read_to_string(root().join("tests/main.rs")).expect("the test binary has a main file");
    let by_hand =
        fs::read_to_string(root().join("CONTRIBUTING.md")).expect("there is a page for contributors");
    for file in files("tests") {
        let inside = file.path.trim_start_matches("tests/");
        let used = match inside.split_once('/') {
            None => inside == "main.rs" || main.contains(&format!("mod {};", inside.trim_end_matches(".rs"))),
            Some((folder, _)) => root().join(format!("tests/{folder}.rs")).exists(),
        };
        if !used && !by_hand.contains(&file.path) {
            found.push(format!("{}: nothing runs it", file.path));
        }
    }
    none(found);
}

/// Every check, warning, step and command is played by a walk or shown by another test.
#[test]
fn everything_has_a_walk() {
    let walks: String = [files("assets/walks"), files("tests/walks")]
        .into_iter()
        .flatten()
        .map(|it| it.text)
        .collect::<Vec<_>>()
        .join("\n");
    let workshop = Workshop::load();
    let steps = workshop.steps().iter().map(|it| it.id.as_str());
    let warns = warn::WARNS.iter().map(|it| it.name);
    let said = |it: &str| walks.lines().any(|line| line.split(' ').any(|word| word == it));
    none(steps.chain(warns).filter(|it| !said(it)).map(|it| format!("no walk says {it}")).collect());
}

/// The numbers the README quotes are the program's.
#[test]
fn the_readme_counts_right() {
    let readme = fs::read_to_string(root().join("README.md")).expect("there is a README");
    let counts = [
        (Workshop::load().steps().len(), "steps"),
        (check::CHECKS.len(), "proofs"),
        (warn::WARNS.len(), "mistakes"),
        (FORMS.len(), "commands"),
    ];
    let wrong = counts.iter().filter(|(count, what)| !readme.contains(&format!("{count} {what}")));
    none(wrong.map(|(count, what)| format!("README.md does not say \"{count} {what}\"")).collect());
}

/// No file names the machine it was written on.
#[test]
fn nothing_names_a_machine() {
    let mut found = Vec::new();
    let texts = ["src", "tests", "benches", "assets", ".ci", ".github"].iter().flat_map(|it| files(it));
    let tops = fs::read_dir(root()).expect("the root can be read").flatten().map(|it| it.path());
    let tops = tops.filter(|it| it.extension().is_some_and(|it| it == "md" || it == "toml"));
    let tops = tops.map(|it| File {
        path: it.display().to_string(),
        text: fs::read_to_string(&it).expect("it is text"),
    });
    for file in texts.chain(tops) {
        for place in ["/home", "/root", "/Users", "/work"].map(|it| format!("{it}/")) {
            if file.text.contains(&place) {
                found.push(format!("{}: {place}", file.path));
            }
        }
    }
    none(found);
}
