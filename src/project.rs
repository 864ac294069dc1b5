//! The project: its root, what may be read from it, and where outputs may go.
//!
//! A query file can come from anyone's pull request, so every file it names must be a plain file inside the project, with
//! symbolic links resolved, and every output must land inside it.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::diag::{self, Source};

/// Most bytes of a template, partial or other file that a query names.
pub const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// The folder that query files may name files of, and the folder the user stands in.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    current: PathBuf,
}

/// Why a file that a query names cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is none.
    #[error("`{0}` does not exist")]
    Missing(String),
    /// It lies elsewhere, perhaps by a symbolic link.
    #[error("`{0}` is outside the project")]
    Outside(String),
    /// It lies in a hidden place, such as `.git` or `.env`, perhaps by a symbolic link.
    #[error("`{0}` leads to a hidden file")]
    Hidden(String),
    /// A folder, a pipe, a device.
    #[error("`{0}` is not a regular file")]
    NotRegular(String),
    /// More than the limit, in KiB.
    #[error("`{0}` is larger than {1} KiB")]
    TooLarge(String, u64),
    /// Bytes that are no UTF-8, or a NUL.
    #[error("`{0}` is not UTF-8 text")]
    NotText(String),
    /// The system said no.
    #[error("`{0}` cannot be read: {1}")]
    Io(String, io::Error),
}

/// Why a `to` names no place to write to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// The text itself is not allowed.
    #[error("{0}")]
    Text(&'static str),
    /// It leads out of the project through a symbolic link.
    #[error("it leads out of the project through a symbolic link")]
    Link,
    /// It leads to where no output may go through a symbolic link.
    #[error("a symbolic link leads it to where no output may go: {0}")]
    Linked(&'static str),
}

impl Project {
    /// Finds the root from the current folder: the nearest parent with `lmq.yaml`, else the git root, else the folder.
    ///
    /// # Errors
    /// When the current folder does not exist.
    pub fn find(current: &Path) -> io::Result<Self> {
        let current = fs::canonicalize(current)?;
        let holds = |marker: &str| current.ancestors().find(|folder| folder.join(marker).exists());
        let root = holds("lmq.yaml").or_else(|| holds(".git")).unwrap_or(&current).to_path_buf();
        Ok(Self { root, current })
    }

    /// The root, absolute and without links.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The current folder, absolute and without links.
    #[must_use]
    pub fn current(&self) -> &Path {
        &self.current
    }

    /// What programs expect names of files to be relative to: the repository, which a project may be a part of.
    #[must_use]
    pub fn repository(&self) -> diag::Root {
        let repository = self.current.ancestors().find(|folder| folder.join(".git").exists());
        diag::Root::new(repository.unwrap_or(&self.root), &self.current)
    }

    /// A path as the user would type it: relative to the current folder where it lies below it, with `/`.
    #[must_use]
    pub fn shown(&self, path: &Path) -> String {
        let short = path.strip_prefix(&self.current).unwrap_or(path);
        // The current folder itself.
        let short = if short.as_os_str().is_empty() { Path::new(".") } else { short };
        short.to_string_lossy().replace('\\', "/")
    }

    /// Reads a file that a query names. `path` is absolute or relative to the current folder.
    ///
    /// # Errors
    /// When it is missing, outside the project, no regular file, too large or no text.
    pub fn read(&self, path: &Path) -> Result<Arc<Source>, FileError> {
        let shown = self.shown(path);
        let full = self.current.join(path);
        let real = fs::canonicalize(&full).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileError::Missing(shown.clone()),
            _ => FileError::Io(shown.clone(), error),
        })?;
        if !real.starts_with(&self.root) {
            return Err(FileError::Outside(shown));
        }
        let inside = real.strip_prefix(&self.root).unwrap_or(&real);
        if inside.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.')) {
            return Err(FileError::Hidden(shown));
        }
        read_text(&real, &shown, MAX_FILE_BYTES)
    }

    /// The absolute path for an output's `to`, which is relative to the root.
    ///
    /// # Errors
    /// When the text breaks a rule of the query format, or a link leads out of the project.
    pub fn target(&self, to: &str) -> Result<PathBuf, TargetError> {
        check_target_text(to).map_err(TargetError::Text)?;
        let full = self.root.join(to);
        let existing = full.ancestors().find(|folder| fs::symlink_metadata(folder).is_ok());
        let existing = existing.ok_or(TargetError::Link)?;
        let real = fs::canonicalize(existing).map_err(|_| TargetError::Link)?;
        let rest = full.strip_prefix(existing).map_err(|_| TargetError::Link)?;
        let real = real.join(rest);
        let inside = real.strip_prefix(&self.root).map_err(|_| TargetError::Link)?;
        // A link inside the project may still lead to `.git/config`, to a query, to a template.
        let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        check_target_text(&parts.join("/")).map_err(TargetError::Linked)?;
        Ok(full)
    }
}

/// Reads a regular file of at most `limit` bytes as text; `shown` is its name in errors.
///
/// # Errors
/// When it is missing, no regular file, too large or no text.
pub fn read_text(path: &Path, shown: &str, limit: u64) -> Result<Arc<Source>, FileError> {
    let io = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileError::Missing(shown.to_owned()),
        _ => FileError::Io(shown.to_owned(), error),
    };
    // Looked at before it is opened: opening a pipe would wait for a writer.
    if !fs::metadata(path).map_err(io)?.is_file() {
        return Err(FileError::NotRegular(shown.to_owned()));
    }
    let mut bytes = Vec::new();
    fs::File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)).map_err(io)?;
    if bytes.len() as u64 > limit {
        return Err(FileError::TooLarge(shown.to_owned(), limit / 1024));
    }
    match String::from_utf8(bytes) {
        // Some editors put a byte order mark in front, which is no part of the text.
        Ok(text) if !text.contains('\0') => Ok(Source::new(shown, text.trim_start_matches('\u{feff}'))),
        _ => Err(FileError::NotText(shown.to_owned())),
    }
}

fn check_target_text(to: &str) -> Result<(), &'static str> {
    let lower = to.to_ascii_lowercase();
    let suffix = |suffix: &str| lower.ends_with(suffix);
    if to.is_empty() || to.ends_with('/') {
        return Err("it names no file");
    }
    if to.contains('\\') {
        return Err("it has a backslash; write `/` between folders");
    }
    if to.contains(['{', '}']) {
        return Err("it has a brace; `{name}` is for `-o`, and a query writes its path out");
    }
    if to.chars().any(char::is_control) {
        return Err("it has a control character");
    }
    if to.as_bytes().get(1) == Some(&b':') || Path::new(to).is_absolute() || to.starts_with('/') {
        return Err("it is absolute; write it relative to the project root");
    }
    if Path::new(to).components().any(|part| part == Component::ParentDir) {
        return Err("it has `..`, which leaves the project");
    }
    if to.split('/').any(|part| part.starts_with('.')) {
        return Err("a part of it starts with `.`");
    }
    if suffix(".hbs") || suffix(".toml") {
        return Err("outputs may not overwrite templates or configuration (`.hbs`, `.toml`)");
    }
    if (suffix(".yaml") || suffix(".yml")) && !suffix(".out.yaml") {
        return Err("YAML outputs end in `.out.yaml`, so that no query is overwritten");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("lmq.yaml"), "").expect("writable");
        fs::create_dir_all(folder.path().join("a/b")).expect("writable");
        let project = Project::find(&folder.path().join("a/b")).expect("it exists");
        (folder, project)
    }

    #[test]
    fn the_root_is_the_nearest_parent_with_a_marker() {
        let (folder, project) = project();
        assert_eq!(project.root(), fs::canonicalize(folder.path()).expect("it exists"));
    }

    #[test]
    fn targets_stay_inside_and_spare_sources() {
        let (_folder, project) = project();
        let cases = [
            ("reports/x.md", true),
            ("x.out.yaml", true),
            ("", false),
            ("reports/", false),
            ("/etc/passwd", false),
            ("../x.md", false),
            ("a/../../x.md", false),
            ("a\\b.md", false),
            ("{name}.md", false),
            ("C:x.md", false),
            (".github/workflows/x.md", false),
            ("a/.hidden", false),
            ("queries/x.yaml", false),
            ("queries/x.YML", false),
            ("templates/t.md.hbs", false),
            ("Cargo.toml", false),
            ("a\u{7}.md", false),
        ];
        for (to, allowed) in cases {
            assert_eq!(project.target(to).is_ok(), allowed, "{to:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_that_leave_the_project_are_refused() {
        let (folder, project) = project();
        let outside = tempfile::tempdir().expect("a temporary folder");
        fs::write(outside.path().join("secret.txt"), "x").expect("writable");
        std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).expect("writable");
        std::os::unix::fs::symlink(outside.path().join("new.md"), folder.path().join("new.md"))
            .expect("writable");
        assert_eq!(project.target("out/x.md"), Err(TargetError::Link));
        assert_eq!(project.target("new.md"), Err(TargetError::Link));
        let read = project.read(&folder.path().join("out/secret.txt"));
        assert!(matches!(read, Err(FileError::Outside(_))), "{read:?}");
        fs::write(folder.path().join(".env"), "KEY=x").expect("writable");
        std::os::unix::fs::symlink(folder.path().join(".env"), folder.path().join("env.txt.hbs"))
            .expect("writable");
        let read = project.read(&folder.path().join("env.txt.hbs"));
        assert!(matches!(read, Err(FileError::Hidden(_))), "{read:?}");
    }

    /// `cfg.txt -> .git/config` once let a query write what git runs.
    #[cfg(unix)]
    #[test]
    fn links_to_what_no_output_may_overwrite_are_refused() {
        use std::os::unix::fs::symlink;
        let (folder, project) = project();
        let at = |name: &str| folder.path().join(name);
        for name in [".git/config", "queries/x.yaml", "t.md.hbs", "reports/old.md"] {
            fs::create_dir_all(at(name).parent().expect("it has a folder")).expect("writable");
            fs::write(at(name), "").expect("writable");
        }
        let links = [
            (".git/config", "a.txt"),
            ("queries/x.yaml", "b.txt"),
            ("t.md.hbs", "c.txt"),
            (".git", "git"),
            ("reports", "out"),
        ];
        for (to, name) in links {
            symlink(at(to), at(name)).expect("writable");
        }
        for to in ["a.txt", "b.txt", "c.txt", "git/config", "git/hooks/new"] {
            assert!(matches!(project.target(to), Err(TargetError::Linked(_))), "{to}");
        }
        for to in ["out/old.md", "out/new/x.md"] {
            assert!(project.target(to).is_ok(), "{to}");
        }
    }

    #[test]
    fn only_regular_small_text_files_are_read() {
        let (folder, project) = project();
        let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("writable");
        write("binary", b"\xff\xfe");
        write("nul", b"a\0b");
        write("large", &vec![b'x'; 1024 * 1024 + 1]);
        write("good", b"hello");
        let read = |name: &str| project.read(&folder.path().join(name));
        assert!(matches!(read("binary"), Err(FileError::NotText(_))));
        assert!(matches!(read("nul"), Err(FileError::NotText(_))));
        assert!(matches!(read("large"), Err(FileError::TooLarge(..))));
        assert!(matches!(read("a"), Err(FileError::NotRegular(_))));
        assert!(matches!(read("gone"), Err(FileError::Missing(_))));
        assert_eq!(read("good").expect("readable").text, "hello");
    }
}
