//! The way to a file: what its links lead to, and what is in the way.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// Why no file can get that path, whoever may write there: it is a folder, or folders would have to be made below a file.
#[must_use]
pub fn in_the_way(path: &Path) -> Option<&Path> {
    if path.is_dir() {
        return Some(path);
    }
    path.ancestors().skip(1).find(|above| above.exists()).filter(|above| !above.is_dir())
}

/// What is in the way, in a sentence.
#[must_use]
pub fn what_is(there: &Path) -> &'static str {
    if there.is_dir() { "a folder" } else { "a file" }
}

/// The file that a link leads to, be it there or not; any other is its own.
///
/// # Errors
/// When its links lead round and round.
pub fn led_to(path: &Path) -> io::Result<PathBuf> {
    if fs::metadata(path).is_ok() {
        // What `/dev/stdout` leads to may be a pipe, which has no path.
        return Ok(fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()));
    }
    let mut path = path.to_path_buf();
    // As many as Linux follows.
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("its links lead round and round"))
}
