//! A workspace on disk: the journal, how far time has come, a checkpoint, and the delivered files.
//!
//! ```text
//! journal          text: seed, opening moment, every command with its moment
//! clock            the virtual moment reached, written every second
//! checkpoint       the world as bytes, so that hours of work are back at once
//! progress.json    what the guide remembers
//! s3/<bucket>/…    delivered objects as files
//! ```
//!
//! The journal is written before anything else happens and every file is replaced whole (a temporary
//! file, then a rename), so a program killed at any moment leaves a workspace that opens again.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::base::time::Timestamp;
use crate::cloud::s3::S3Change;
use crate::lab::journal::{Entry, Journal};
use crate::lab::{Lab, Settings};

/// A folder that holds one lab.
#[derive(Debug)]
pub struct Workspace {
    dir: PathBuf,
    journal: File,
    /// Entries already in the journal's file.
    written: usize,
    /// Held while the program runs, so that two of them never write one journal.
    _lock: File,
    /// Files that could not be written yet, oldest first; tried again at every sync.
    pending: Vec<S3Change>,
}

/// Where a checkpoint goes.
#[derive(Clone, Debug)]
pub struct CheckpointFile(PathBuf);

impl CheckpointFile {
    pub fn write(&self, bytes: &[u8]) -> Result<(), WorkspaceError> {
        replace_file(&self.0, bytes).map_err(failed("write the checkpoint"))
    }
}

/// What could not be done in the surroundings, and while doing what.
#[derive(Debug)]
pub struct WorkspaceError {
    pub doing: String,
    pub cause: String,
    pub hint: Option<String>,
}

impl std::fmt::Display for WorkspaceError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "could not {}: {}", self.doing, self.cause)
    }
}

impl std::error::Error for WorkspaceError {}

fn failed(doing: impl Into<String>) -> impl FnOnce(io::Error) -> WorkspaceError {
    move |cause| WorkspaceError { doing: doing.into(), cause: cause.to_string(), hint: None }
}

impl Workspace {
    /// Whether a folder holds a workspace.
    pub fn exists(dir: &Path) -> bool {
        dir.join("journal").is_file()
    }

    /// Makes a workspace in a folder that holds none.
    pub fn create(dir: &Path, settings: Settings) -> Result<(Self, Lab), WorkspaceError> {
        fs::create_dir_all(dir).map_err(failed(format!("make {}", dir.display())))?;
        let lock = lock(dir)?;
        let path = dir.join("journal");
        let journal = Journal::new(settings.seed, settings.start);
        let mut file = File::create_new(&path).map_err(failed(format!("make {}", path.display())))?;
        file.write_all(journal.head().as_bytes()).map_err(failed("write the journal"))?;
        let workspace =
            Self { dir: dir.to_owned(), journal: file, written: 0, _lock: lock, pending: Vec::new() };
        Ok((workspace, Lab::open(settings)))
    }

    /// Opens a workspace and brings its world back to where it was.
    pub fn open(dir: &Path) -> Result<(Self, Lab), WorkspaceError> {
        let lock = lock(dir)?;
        let (lab, journal) = Self::read(dir)?;
        let path = dir.join("journal");
        let file = OpenOptions::new().append(true).open(&path).map_err(failed("open the journal"))?;
        // Half a line from a program that was killed goes, or the next line would be glued to it.
        file.set_len(journal).map_err(failed("mend the journal"))?;
        let written = lab.journal().entries.len();
        let workspace =
            Self { dir: dir.to_owned(), journal: file, written, _lock: lock, pending: Vec::new() };
        Ok((workspace, lab))
    }

    /// The world of a workspace, to look at only: also while another program is at work in it.
    pub fn look(dir: &Path) -> Result<Lab, WorkspaceError> {
        Ok(Self::read(dir)?.0)
    }

    /// The world, and how many bytes of the journal are whole lines.
    fn read(dir: &Path) -> Result<(Lab, u64), WorkspaceError> {
        let hint = || Some("Mend or remove that line, or start with `pumphouse --fresh`.".to_owned());
        let path = dir.join("journal");
        let bytes = fs::read(&path).map_err(failed(format!("read {}", path.display())))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = sound.iter().filter(|&&it| it == b'\n').count() + 1;
            WorkspaceError {
                doing: format!("read {}", path.display()),
                cause: format!("line {line}: this is not text"),
                hint: hint(),
            }
        })?;
        let parsed = Journal::parse(&text).map_err(|error| WorkspaceError {
            doing: format!("read {}", path.display()),
            cause: format!("line {}: {}", error.line, error.message),
            hint: hint(),
        })?;
        let clock = fs::read_to_string(dir.join("clock")).ok();
        let until = clock.and_then(|it| Timestamp::parse(&it)).unwrap_or(parsed.start);
        let checkpoint = fs::read(dir.join("checkpoint")).ok();
        let lab = Lab::resume(&parsed, checkpoint.as_deref(), until);
        let whole = text.rfind('\n').map_or(0, |it| it + 1);
        Ok((lab, whole as u64))
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The file that mirrors an object.
    pub fn object_path(&self, bucket: &str, key: &str) -> PathBuf {
        let mut path = self.dir.join("s3").join(safe(bucket));
        path.extend(key.split('/').filter(|it| !it.is_empty()).map(safe));
        path
    }

    /// Appends the commands the journal's file does not have yet. After an undo the file is replaced.
    pub fn save_journal(&mut self, journal: &Journal) -> Result<(), WorkspaceError> {
        if journal.entries.len() < self.written {
            return self.replace_journal(journal);
        }
        let new: String =
            journal.entries[self.written..].iter().map(|it: &Entry| format!("{it}\n")).collect();
        if !new.is_empty() {
            let before = self.journal.metadata().map_err(failed("write the journal"))?.len();
            let done = self.journal.write_all(new.as_bytes()).and_then(|()| self.journal.sync_data());
            if done.is_err() {
                // A full disk took a part of it: the next try must not glue to half a line.
                let _ = self.journal.set_len(before);
            }
            done.map_err(failed("write the journal"))?;
            self.written = journal.entries.len();
        }
        Ok(())
    }

    /// Writes the whole journal again; needed after an undo, which the file's end does not know.
    pub fn replace_journal(&mut self, journal: &Journal) -> Result<(), WorkspaceError> {
        let path = self.dir.join("journal");
        replace_file(&path, journal.to_string().as_bytes()).map_err(failed("write the journal"))?;
        self.journal = OpenOptions::new().append(true).open(&path).map_err(failed("open the journal"))?;
        self.written = journal.entries.len();
        Ok(())
    }

    /// Writes how far time has come.
    pub fn save_clock(&self, now: Timestamp) -> Result<(), WorkspaceError> {
        replace_file(&self.dir.join("clock"), now.to_string().as_bytes()).map_err(failed("write the clock"))
    }

    /// Writes a checkpoint made by [`Lab::checkpoint`].
    pub fn save_checkpoint(&self, bytes: &[u8]) -> Result<(), WorkspaceError> {
        self.checkpoint_file().write(bytes)
    }

    /// The checkpoint's file, for a thread that writes while the workspace is in use.
    pub fn checkpoint_file(&self) -> CheckpointFile {
        CheckpointFile(self.dir.join("checkpoint"))
    }

    pub fn load_progress(&self) -> Option<String> {
        fs::read_to_string(self.dir.join("progress.json")).ok()
    }

    pub fn save_progress(&self, json: &str) -> Result<(), WorkspaceError> {
        replace_file(&self.dir.join("progress.json"), json.as_bytes()).map_err(failed("write the progress"))
    }

    /// Mirrors changes of buckets in files. What cannot be written now is kept and tried again.
    pub fn mirror(&mut self, changes: Vec<S3Change>) -> Result<(), WorkspaceError> {
        self.pending.extend(changes);
        while let Some(change) = self.pending.first() {
            self.mirror_one(change)?;
            self.pending.remove(0);
        }
        Ok(())
    }

    /// Whether every change of a bucket is in its file.
    pub fn is_mirrored(&self) -> bool {
        self.pending.is_empty()
    }

    fn mirror_one(&self, change: &S3Change) -> Result<(), WorkspaceError> {
        let gone = |it: io::Result<()>| match it {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        let bucket_dir = |bucket: &str| self.dir.join("s3").join(safe(bucket));
        match change {
            S3Change::MakeBucket { bucket } => {
                fs::create_dir_all(bucket_dir(bucket)).map_err(failed(format!("make the folder of {bucket}")))
            }
            S3Change::RemoveBucket { bucket } => gone(fs::remove_dir_all(bucket_dir(bucket)))
                .map_err(failed(format!("remove the folder of {bucket}"))),
            S3Change::Put { bucket, key, body } => {
                let path = self.object_path(bucket, key);
                // The same bytes are there already after a resume; touching them would only cost time.
                if fs::read(&path).is_ok_and(|it| *it == **body) {
                    return Ok(());
                }
                replace_file(&path, body).map_err(failed(format!("write {}", path.display())))
            }
            S3Change::Delete { bucket, key } => {
                let path = self.object_path(bucket, key);
                gone(fs::remove_file(&path)).map_err(failed(format!("remove {}", path.display())))?;
                // Folders exist only as long as something is in them, as in S3.
                let root = bucket_dir(bucket);
                let mut parent = path.parent();
                while let Some(dir) = parent.filter(|it| *it != root && it.starts_with(&root)) {
                    if fs::remove_dir(dir).is_err() {
                        break;
                    }
                    parent = dir.parent();
                }
                Ok(())
            }
        }
    }

    /// After an undo: removes files of objects that no longer exist.
    pub fn remove_strays(&self, lab: &Lab) {
        let root = self.dir.join("s3");
        let s3 = &lab.sim().cloud.s3;
        let mut known = BTreeSet::new();
        let mut buckets = BTreeSet::new();
        for bucket in s3.buckets() {
            buckets.insert(root.join(safe(&bucket.name)));
            known.extend(bucket.objects().map(|(key, _)| self.object_path(&bucket.name, key)));
        }
        remove_unknown(&root, &known, &buckets);
    }
}

/// Removes files that are not known and folders that are empty then; answers whether `dir` is empty.
fn remove_unknown(dir: &Path, known: &BTreeSet<PathBuf>, keep: &BTreeSet<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for path in entries.flatten().map(|it| it.path()) {
        if path.is_dir() {
            remove_unknown(&path, known, keep);
            if !keep.contains(&path) {
                // Fails while something is in it, which is what is wanted.
                let _ = fs::remove_dir(&path);
            }
        } else if !known.contains(&path) {
            let _ = fs::remove_file(&path);
        }
    }
}

/// One part of a path, with nothing in it that a file system could take for more.
fn safe(part: &str) -> String {
    let clean: String = part
        .chars()
        .map(|it| if it.is_control() || matches!(it, '/' | '\\' | ':' | '\0') { '_' } else { it })
        .collect();
    if clean.chars().all(|it| it == '.') { "_".repeat(clean.len().max(1)) } else { clean }
}

/// Writes a file so that a reader sees the old bytes or the new ones, never half.
pub fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let temporary = path.with_file_name(format!(".{name}.new"));
    let kept = || match fs::metadata(path) {
        Ok(there) => fs::set_permissions(&temporary, there.permissions()),
        Err(_) => Ok(()),
    };
    let written =
        fs::write(&temporary, bytes).and_then(|()| kept()).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn lock(dir: &Path) -> Result<File, WorkspaceError> {
    let path = dir.join(".lock");
    let file = File::create(&path).map_err(failed(format!("open {}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(WorkspaceError {
            doing: format!("open {}", dir.display()),
            cause: "another pumphouse is at work in this workspace".to_owned(),
            hint: Some("Close it, or choose another one with --workspace DIR.".to_owned()),
        }),
        // A file system without locks still holds a workspace.
        Err(TryLockError::Error(_)) => Ok(file),
    }
}
