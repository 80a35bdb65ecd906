//! `pumphouse` alone: the workshop in the terminal.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::cli::{Stop, WorldArgs, data_dir};
use crate::lab::{Lab, Settings};
use crate::session::Session;
use crate::tui::term::{self, End};
use crate::workspace::Workspace;

/// The workspace that a plain start opens.
const DEFAULT: &str = "workspace";

/// The folder a command line is about.
pub fn default_dir(world: &WorldArgs) -> Result<PathBuf, Stop> {
    match &world.workspace {
        Some(dir) => Ok(dir.clone()),
        None => Ok(newest(&data_dir()?)),
    }
}

/// `workspace`, or the newest of `workspace-2`, `workspace-3` … that `--fresh` has made.
fn newest(data: &Path) -> PathBuf {
    let numbered = (2..).map(|it| data.join(format!("{DEFAULT}-{it}")));
    let made = numbered.take_while(|it| Workspace::exists(it));
    made.last().unwrap_or_else(|| data.join(DEFAULT))
}

/// The first folder that holds no workspace yet.
fn unused(data: &Path) -> PathBuf {
    let first = data.join(DEFAULT);
    if !Workspace::exists(&first) {
        return first;
    }
    let mut numbered = (2..).map(|it| data.join(format!("{DEFAULT}-{it}")));
    numbered.find(|it| !Workspace::exists(it)).unwrap_or(first)
}

/// Opens the workshop in the terminal and stays until the person leaves.
pub fn open(world: &WorldArgs, fresh: bool) -> Result<(), Stop> {
    if let Some(refusal) = term::refusal() {
        return Err(Stop::Refused { message: refusal.to_owned(), hint: None });
    }
    let (workspace, lab) = enter(world, fresh)?;
    let mut session = Session::new(workspace, lab);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Stop::Failed { message: format!("could not start: {error}"), hint: None })?;
    let dir = session.dir().to_owned();
    let sitting = catch_unwind(AssertUnwindSafe(|| runtime.block_on(term::run(&mut session))));
    let Ok(end) = sitting else { return Err(broken(&dir)) };
    let saved = session.save();
    let end = end.map_err(|error| Stop::Failed { message: error.to_string(), hint: None })?;
    saved?;
    match end {
        End::Left => Ok(()),
        End::Signal(number) => Err(Stop::Signal(number)),
    }
}

/// After a panic: every command is on disk already, and what is in memory is not to be trusted.
fn broken(dir: &Path) -> Stop {
    Stop::Failed {
        message: "this is a bug of pumphouse's, not of yours, and your work is kept".to_owned(),
        hint: Some(format!(
            "{} leads here again: send it with the lines above.",
            dir.join("journal").display()
        )),
    }
}

fn enter(world: &WorldArgs, fresh: bool) -> Result<(Workspace, Lab), Stop> {
    let settings = Settings { seed: world.seed(), start: world.start() };
    let dir = match (&world.workspace, fresh) {
        (Some(dir), _) => dir.clone(),
        (None, true) => unused(&data_dir()?),
        (None, false) => default_dir(world)?,
    };
    if !Workspace::exists(&dir) {
        return Ok(Workspace::create(&dir, settings)?);
    }
    if fresh {
        return Err(Stop::Refused {
            message: format!("{} holds a workspace already", dir.display()),
            hint: Some("Leave --workspace out, or name a new folder.".to_owned()),
        });
    }
    if world.seed.is_some() || world.start.is_some() {
        return Err(Stop::Refused {
            message: format!("{} was opened with a seed and a moment of its own", dir.display()),
            hint: Some("Add --fresh to begin a new workspace with these.".to_owned()),
        });
    }
    Ok(Workspace::open(&dir)?)
}
