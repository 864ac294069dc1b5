//! Files that are made, all or none, and never in the place of another.
//!
//! Reports are renamed into place, which replaces what is there. Here a file is created only where there is none, whoever comes
//! in between; what was made is taken away again when something after it fails.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Why the files are not there.
#[derive(Debug, thiserror::Error)]
#[error("`{path}` cannot be made: {error}", path = path.display())]
pub(super) struct MakeError {
    path: PathBuf,
    error: io::Error,
}

/// What was made so far. Dropped, it goes; see [`Made::keep`].
#[derive(Debug, Default)]
pub(super) struct Made {
    files: Vec<PathBuf>,
    /// Each after the one it lies in.
    folders: Vec<PathBuf>,
}

impl Made {
    /// Makes files, and the folders they lie in.
    ///
    /// # Errors
    /// The first that cannot be made, or is there already. Then none is left.
    pub(super) fn new<'a>(files: impl Iterator<Item = (PathBuf, &'a str)>) -> Result<Self, MakeError> {
        let mut made = Self::default();
        for (path, text) in files {
            made.file(&path, text).map_err(|(path, error)| MakeError { path, error })?;
        }
        Ok(made)
    }

    /// They stay.
    pub(super) fn keep(mut self) {
        self.files.clear();
        self.folders.clear();
    }

    fn file(&mut self, path: &Path, text: &str) -> Result<(), (PathBuf, io::Error)> {
        if let Some(folder) = path.parent() {
            self.folder(folder)?;
        }
        let failed = |error| (path.to_path_buf(), error);
        let mut file = fs::File::create_new(path).map_err(failed)?;
        self.files.push(path.to_path_buf());
        file.write_all(text.as_bytes()).map_err(failed)
    }

    fn folder(&mut self, folder: &Path) -> Result<(), (PathBuf, io::Error)> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.folder(above)?;
        }
        match fs::create_dir(folder) {
            Ok(()) => self.folders.push(folder.to_path_buf()),
            // `a/..` of an `a` that was missing, or somebody else was faster.
            Err(_) if folder.is_dir() => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err((folder.to_path_buf(), io::ErrorKind::NotADirectory.into()));
            }
            Err(error) => return Err((folder.to_path_buf(), error)),
        }
        Ok(())
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // What cannot be taken away stays: why nothing is there has been told already.
        for file in self.files.drain(..).rev() {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.drain(..).rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(folder: &Path, paths: &[&str]) -> Result<Made, MakeError> {
        Made::new(paths.iter().map(|path| (folder.join(path), "text")))
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("readable");
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn what_is_kept_is_there_and_what_is_dropped_is_not() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        drop(make(folder.path(), &["a/b/one", "a/two", "three"]).expect("writable"));
        assert_eq!(names(folder.path()), [""; 0]);
        make(folder.path(), &["a/b/one"]).expect("writable").keep();
        assert_eq!(fs::read_to_string(folder.path().join("a/b/one")).expect("readable"), "text");
    }

    #[test]
    fn a_file_that_is_there_stays_and_no_other_is_left() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("old"), "mine").expect("writable");
        let error = make(folder.path(), &["a/b/one", "old"]).expect_err("it is there");
        assert!(error.to_string().contains("old` cannot be made"), "{error}");
        assert_eq!(names(folder.path()), ["old"]);
        assert_eq!(fs::read_to_string(folder.path().join("old")).expect("readable"), "mine");
        assert!(make(folder.path(), &["one", "old/below"]).is_err());
        assert_eq!(names(folder.path()), ["old"]);
    }
}
