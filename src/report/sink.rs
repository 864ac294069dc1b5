//! Reports on their way out, all or none: each is written into a draft, and when every draft is whole, all are put in place.
//!
//! A file's draft is a temporary file beside it, and is renamed, with the permissions of the file that it replaces. What goes to a
//! device, to stdout or to a pipe waits in memory or in an unlinked temporary file: a device gets it before any file gets its name,
//! the others last, because they may wait for a reader. A link is followed, and what is no regular file (`/dev/null`, a pipe) is
//! written as it is, never replaced. A draft that is dropped leaves nothing behind, and neither does one that [`abandon`] takes
//! away. No secret gets into one: what the portal sends is clean already, what a query, a template or a variable says goes through
//! a [`Redactor`] here.

mod way;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufReader, BufWriter, IntoInnerError, Read, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{NamedTempFile, SpooledTempFile};

use super::Target;
use crate::auth::{RedactingWriter, Redactor};
pub use way::{in_the_way, led_to, what_is};

/// Bytes of a waiting draft that are kept in memory.
const IN_MEMORY: usize = 4 << 20;

/// Bytes that are written at once.
const BLOCK: usize = 64 << 10;

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// Whoever may read what a plain create makes.
    Plain,
    /// Its owner alone.
    Owner,
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
#[error("`{path}` cannot be written: {error}")]
pub struct WriteError {
    /// The target.
    pub path: String,
    /// The system's word.
    pub error: io::Error,
}

/// A report being written. Every byte of every report goes through its `write`.
#[derive(Debug)]
pub struct Draft {
    target: Target,
    goal: Goal,
    // Blocks are looked through, not each of the small pieces that a report is written in.
    out: BufWriter<RedactingWriter<Store>>,
}

/// What is done with a whole draft.
#[derive(Debug)]
enum Goal {
    /// It gets this name.
    Rename(PathBuf),
    /// It is copied to stdout.
    Stdout,
    /// It is copied to a device, open.
    Device(fs::File),
    /// It is copied to a pipe, which waits for its reader when it is opened.
    Pipe(PathBuf),
    /// It is added to a file, open, in one piece.
    Append(fs::File),
}

#[derive(Debug)]
enum Store {
    Beside(Beside),
    Spool(SpooledTempFile),
}

/// A temporary file beside its target.
#[derive(Debug)]
struct Beside {
    file: NamedTempFile,
    listed: Listed,
}

/// The temporary files of this process that lie beside their targets.
static LYING: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
/// Held while files get their names.
static RENAMING: Mutex<()> = Mutex::new(());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An entry of [`LYING`].
#[derive(Debug)]
struct Listed(PathBuf);

impl Drop for Listed {
    fn drop(&mut self) {
        lock(&LYING).remove(&self.0);
    }
}

/// Takes away what lies beside its target, for one who ends the process at once. As long as what is given is held, no file is made
/// and none gets its name: those of one [`publish`] have all got theirs, or none has.
#[must_use]
pub fn abandon() -> impl Sized {
    let renaming = lock(&RENAMING);
    let mut lying = lock(&LYING);
    for path in std::mem::take(&mut *lying) {
        // What cannot be taken away is left: the process ends all the same.
        let _ = fs::remove_file(path);
    }
    (renaming, lying)
}

impl Write for Store {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Beside(beside) => beside.file.write(bytes),
            Self::Spool(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Beside(beside) => beside.file.flush(),
            Self::Spool(file) => file.flush(),
        }
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Draft {
    /// An empty draft for a target, which takes these secrets out of texts; its folders are made on the way.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn open(target: &Target, privacy: Privacy, redactor: &Redactor) -> Result<Self, WriteError> {
        let spool = || Store::Spool(SpooledTempFile::new(IN_MEMORY));
        let opened = match target {
            Target::Stdout => Ok((Goal::Stdout, spool())),
            // Opened now: whether that can be done is known before any file is in place.
            Target::End(path) => end_of(path).map(|file| (Goal::Append(file), spool())),
            Target::File(path) => goal(path).and_then(|goal| {
                let store = match &goal {
                    Goal::Rename(path) => Store::Beside(beside(path, privacy)?),
                    _ => spool(),
                };
                Ok((goal, store))
            }),
        };
        let (goal, store) = opened.map_err(|error| failed(target, error))?;
        Ok(Self {
            target: target.clone(),
            goal,
            out: BufWriter::with_capacity(BLOCK, redactor.writer(store)),
        })
    }

    /// Whether it is added to a file.
    #[must_use]
    pub fn is_appended(&self) -> bool {
        matches!(self.goal, Goal::Append(_))
    }

    /// Bytes of the file that it is added to.
    ///
    /// # Errors
    /// When that cannot be told.
    pub fn already(&self) -> io::Result<u64> {
        let Goal::Append(file) = &self.goal else { return Ok(0) };
        file.metadata().map(|found| found.len())
    }

    /// What failed while this draft was written.
    #[must_use]
    pub fn failed(&self, error: io::Error) -> WriteError {
        failed(&self.target, error)
    }

    /// Ends the draft: what can fail, fails here and not when it is put in place.
    fn close(self) -> Result<Whole, WriteError> {
        let Self { target, goal, out } = self;
        let store =
            out.into_inner().map_err(IntoInnerError::into_error).and_then(RedactingWriter::finish).and_then(
                |mut store| {
                    match &mut store {
                        Store::Beside(beside) => beside.file.as_file().sync_all()?,
                        Store::Spool(file) => file.rewind()?,
                    }
                    Ok(store)
                },
            );
        match store {
            Ok(store) => Ok(Whole { target, goal, store }),
            Err(error) => Err(failed(&target, error)),
        }
    }
}

/// A draft with all of its bytes.
struct Whole {
    target: Target,
    goal: Goal,
    store: Store,
}

/// A whole draft that waits to be copied.
#[derive(Debug)]
pub struct Waiting {
    target: Target,
    goal: Goal,
    text: SpooledTempFile,
}

/// Puts all drafts in place, or none of them: devices are written, and the files get their names. What is left is to be copied.
///
/// # Errors
/// The first that cannot be written.
pub fn publish(drafts: Vec<Draft>) -> Result<Vec<Waiting>, WriteError> {
    let whole: Vec<Whole> = drafts.into_iter().map(Draft::close).collect::<Result<_, _>>()?;
    let (devices, whole): (Vec<Whole>, Vec<Whole>) =
        whole.into_iter().partition(|whole| matches!(whole.goal, Goal::Device(_)));
    for device in devices {
        device.written()?;
    }
    let mut waiting = Vec::new();
    let _renaming = lock(&RENAMING);
    for Whole { target, goal, store } in whole {
        match (store, goal) {
            (Store::Beside(Beside { file, listed }), Goal::Rename(path)) => {
                file.persist(path).map_err(|error| failed(&target, error.error))?;
                drop(listed);
            }
            (Store::Spool(text), goal) => waiting.push(Waiting { target, goal, text }),
            (Store::Beside(_), _) => unreachable!("only what is renamed lies beside its target"),
        }
    }
    Ok(waiting)
}

impl Whole {
    /// Writes what goes to a device.
    fn written(self) -> Result<(), WriteError> {
        match (self.goal, self.store) {
            (Goal::Device(mut file), Store::Spool(mut text)) => {
                io::copy(&mut text, &mut file).map(drop).map_err(|error| failed(&self.target, error))
            }
            _ => unreachable!("only what goes to a device is written so"),
        }
    }
}

impl Waiting {
    /// Copies it to where it goes. A reader that went away wants no more, and is no error.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn copy(mut self, stdout: &mut dyn Write) -> Result<(), WriteError> {
        let mut text = BufReader::with_capacity(BLOCK, &mut self.text);
        let copied = match self.goal {
            Goal::Pipe(path) => fs::OpenOptions::new()
                .write(true)
                .open(path)
                .and_then(|mut file| io::copy(&mut text, &mut file).map(drop)),
            Goal::Append(mut file) => append(&mut file, &mut text),
            Goal::Stdout | Goal::Rename(_) | Goal::Device(_) => {
                io::copy(&mut text, stdout).and_then(|_| stdout.flush())
            }
        };
        match copied {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            copied => copied.map_err(|error| failed(&self.target, error)),
        }
    }
}

/// Adds a text to a file with one write: others may write to its end too.
fn append(file: &mut fs::File, text: &mut impl Read) -> io::Result<()> {
    let mut bytes = Vec::new();
    text.read_to_end(&mut bytes)?;
    file.write_all(&bytes)
}

fn end_of(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new().append(true).create(true).open(path)
}

/// What is to be done with a draft for a path.
fn goal(path: &Path) -> io::Result<Goal> {
    let path = led_to(path)?;
    match fs::metadata(&path) {
        Ok(found) if found.is_dir() => Err(io::Error::from(io::ErrorKind::IsADirectory)),
        #[cfg(unix)]
        Ok(found) if std::os::unix::fs::FileTypeExt::is_fifo(&found.file_type()) => Ok(Goal::Pipe(path)),
        Ok(found) if !found.is_file() => fs::OpenOptions::new().write(true).open(&path).map(Goal::Device),
        _ => Ok(Goal::Rename(path)),
    }
}

fn beside(path: &Path, privacy: Privacy) -> io::Result<Beside> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    fs::create_dir_all(&folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lmq-").suffix(".part");
    #[cfg(unix)]
    if privacy == Privacy::Plain {
        // The mode of a plain create: what the umask leaves of it. Without this, only the owner may read.
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = privacy;
    // Nobody abandons what lies there between its making and its entry.
    let mut lying = lock(&LYING);
    let file = builder.tempfile_in(&folder)?;
    lying.insert(file.path().to_owned());
    let listed = Listed(file.path().to_owned());
    #[cfg(unix)]
    if privacy == Privacy::Plain
        && let Ok(old) = fs::metadata(path)
    {
        file.as_file().set_permissions(old.permissions())?;
    }
    Ok(Beside { file, listed })
}

fn failed(target: &Target, error: io::Error) -> WriteError {
    let path = match target {
        Target::Stdout => "stdout".to_owned(),
        Target::File(path) | Target::End(path) => path.display().to_string(),
    };
    WriteError { path, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(path: &Path, privacy: Privacy) -> Result<Draft, WriteError> {
        let mut draft = Draft::open(&Target::File(path.to_path_buf()), privacy, &Redactor::default())?;
        draft.write_all(b"new").expect("a temporary file takes it");
        Ok(draft)
    }

    fn plain(path: &Path) -> Draft {
        draft(path, Privacy::Plain).expect("writable")
    }

    #[test]
    fn drafts_that_are_dropped_leave_all_as_it_was() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let good = folder.path().join("sub/good.md");
        let bad = folder.path().join("folder");
        fs::create_dir(&bad).expect("writable");
        let first = plain(&good);
        assert!(draft(&bad, Privacy::Plain).is_err());
        drop(first);
        let left: Vec<_> = fs::read_dir(folder.path().join("sub")).expect("made on the way").collect();
        assert!(left.is_empty(), "{left:?}");
        assert!(publish(vec![plain(&good)]).expect("writable").is_empty());
        assert_eq!(fs::read_to_string(&good).expect("readable"), "new");
    }

    #[test]
    fn what_goes_to_stdout_waits_whatever_its_size() {
        for size in [0, 3, IN_MEMORY + 1] {
            let mut draft =
                Draft::open(&Target::Stdout, Privacy::Plain, &Redactor::default()).expect("a temporary file");
            draft.write_all(&vec![b'x'; size]).expect("it takes it");
            let mut waiting = publish(vec![draft]).expect("writable");
            let mut out = Vec::new();
            waiting.remove(0).copy(&mut out).expect("memory takes it");
            assert_eq!(out.len(), size);
        }
    }

    /// `-o /dev/null` as root once replaced the device by a file.
    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_pipes_are_written() {
        use std::os::unix::fs::{FileTypeExt as _, symlink};
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (real, link, pipe) =
            (folder.path().join("real"), folder.path().join("link"), folder.path().join("pipe"));
        fs::write(&real, "old").expect("writable");
        symlink(&real, &link).expect("writable");
        let made =
            std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is part of every unix");
        assert!(made.success());
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || fs::read_to_string(pipe))
        };
        let waiting = publish(vec![plain(&link), plain(&pipe), plain(Path::new("/dev/null"))]);
        for waiting in waiting.expect("writable") {
            waiting.copy(&mut io::sink()).expect("writable");
        }
        assert_eq!(fs::read_to_string(&real).expect("readable"), "new");
        assert!(fs::symlink_metadata(&link).expect("it exists").is_symlink());
        assert_eq!(reader.join().expect("it reads").expect("readable"), "new");
        assert!(fs::metadata(&pipe).expect("it exists").file_type().is_fifo());
    }

    /// A report that somebody had made private was one for everybody after the next run.
    #[cfg(unix)]
    #[test]
    fn a_file_that_is_replaced_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("r.csv");
        for mode in [0o600, 0o640, 0o666] {
            fs::write(&path, "old").expect("writable");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("its owner may");
            publish(vec![plain(&path)]).expect("writable");
            assert_eq!(fs::metadata(&path).expect("it exists").permissions().mode() & 0o777, mode);
            assert_eq!(fs::read_to_string(&path).expect("readable"), "new");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_to_what_is_not_there_yet_are_followed() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name);
        symlink("second", at("first")).expect("writable");
        symlink(at("sub/real"), at("second")).expect("writable");
        symlink(at("round"), at("round")).expect("writable");
        publish(vec![plain(&at("first"))]).expect("writable");
        assert_eq!(fs::read_to_string(at("sub/real")).expect("readable"), "new");
        assert!(fs::symlink_metadata(at("first")).expect("it exists").is_symlink());
        let error = draft(&at("round"), Privacy::Plain).expect_err("no end");
        assert!(error.to_string().contains("round and round"), "{error}");
    }

    /// `-o /dev/stdout` into a pipe leads to `pipe:[123]`, which is no path.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_without_a_path_is_written() {
        use std::os::fd::AsRawFd as _;
        let (mut reader, writer) = io::pipe().expect("the system has pipes");
        let path = PathBuf::from(format!("/dev/fd/{}", writer.as_raw_fd()));
        for waiting in publish(vec![plain(&path)]).expect("writable") {
            waiting.copy(&mut io::sink()).expect("writable");
        }
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("readable");
        assert_eq!(text, "new");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_that_is_full_leaves_no_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("r.csv");
        let error = publish(vec![plain(&path), plain(Path::new("/dev/full"))]).expect_err("it is full");
        assert!(error.to_string().contains("/dev/full") && !path.exists(), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn private_files_are_the_owners() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("result.json");
        publish(vec![draft(&path, Privacy::Owner).expect("writable")]).expect("writable");
        assert_eq!(fs::metadata(&path).expect("it exists").permissions().mode() & 0o777, 0o600);
    }
}
