//! Files written whole or not at all: every text is staged beside its target, then all are renamed.
//!
//! A link is followed, and what is no regular file (`/dev/null`, a pipe) is written as it is, never replaced.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file to write.
#[derive(Debug)]
pub struct Draft<'a> {
    /// Where it goes; its folders are made on the way.
    pub path: &'a Path,
    /// What it holds.
    pub text: &'a str,
    /// Whether only the owner may read it.
    pub private: bool,
}

/// Why a file could not be written. No file has changed.
#[derive(Debug, thiserror::Error)]
#[error("`{path}` cannot be written: {error}")]
pub struct WriteError {
    /// The target.
    pub path: String,
    /// The system's word.
    pub error: io::Error,
}

/// Writes all files or none: what fails, fails while the texts are staged.
///
/// # Errors
/// The first file that cannot be written.
pub fn write(drafts: &[Draft<'_>]) -> Result<(), WriteError> {
    let staged: Result<Vec<_>, WriteError> = drafts.iter().map(stage).collect();
    for (staged, draft) in staged?.into_iter().zip(drafts) {
        let written = match staged {
            Staged::Beside(file, target) => file.persist(target).map(drop).map_err(|error| error.error),
            Staged::InPlace(mut file) => file.write_all(draft.text.as_bytes()),
        };
        written.map_err(|error| failed(draft.path, error))?;
    }
    Ok(())
}

enum Staged {
    /// The text, and where it is renamed to.
    Beside(tempfile::NamedTempFile, PathBuf),
    /// A device or a pipe, open.
    InPlace(fs::File),
}

fn stage(draft: &Draft<'_>) -> Result<Staged, WriteError> {
    let staged = || {
        // The file a link leads to; a new file is its own target.
        let target = fs::canonicalize(draft.path).unwrap_or_else(|_| draft.path.to_path_buf());
        match fs::metadata(&target) {
            Ok(found) if found.is_dir() => return Err(io::Error::from(io::ErrorKind::IsADirectory)),
            Ok(found) if !found.is_file() => {
                return fs::OpenOptions::new().write(true).open(&target).map(Staged::InPlace);
            }
            _ => {}
        }
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
        fs::create_dir_all(&folder)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".lmq-").suffix(".part");
        #[cfg(unix)]
        if !draft.private {
            // The mode of a plain create: what the umask leaves of it. Without this, only the owner may read.
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(&folder)?;
        file.write_all(draft.text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(Staged::Beside(file, target))
    };
    staged().map_err(|error| failed(draft.path, error))
}

fn failed(path: &Path, error: io::Error) -> WriteError {
    WriteError { path: path.display().to_string(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_file_leaves_all_as_they_were() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let good = folder.path().join("sub/good.md");
        let bad = folder.path().join("folder");
        fs::create_dir(&bad).expect("writable");
        let draft = |path| Draft { path, text: "new", private: false };
        assert!(write(&[draft(&good), draft(&bad)]).is_err());
        assert!(!good.exists());
        let left: Vec<_> = fs::read_dir(folder.path().join("sub")).expect("made on the way").collect();
        assert!(left.is_empty(), "{left:?}");
        write(&[draft(&good)]).expect("writable");
        assert_eq!(fs::read_to_string(&good).expect("readable"), "new");
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
        let draft = |path| Draft { path, text: "new", private: false };
        write(&[draft(&link), draft(&pipe)]).expect("writable");
        assert_eq!(fs::read_to_string(&real).expect("readable"), "new");
        assert!(fs::symlink_metadata(&link).expect("it exists").is_symlink());
        assert_eq!(reader.join().expect("it reads").expect("readable"), "new");
        assert!(fs::metadata(&pipe).expect("it exists").file_type().is_fifo());
    }

    #[cfg(unix)]
    #[test]
    fn private_files_are_the_owners() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("result.json");
        write(&[Draft { path: &path, text: "{}", private: true }]).expect("writable");
        assert_eq!(fs::metadata(&path).expect("it exists").permissions().mode() & 0o777, 0o600);
    }
}
