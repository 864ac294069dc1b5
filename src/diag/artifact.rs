//! The file of a diagnostic as another machine finds it: relative to the root of the repository, wherever the user stood.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// RFC 3986's unreserved characters and the slash stay.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The folder that names of files become relative to, and the folder they are relative to now. Both absolute.
#[derive(Debug, Clone, Default)]
pub struct Root {
    root: String,
    current: String,
}

impl Root {
    /// Names relative to `current` become names relative to `root`.
    #[must_use]
    pub fn new(root: &Path, current: &Path) -> Self {
        let text = |path: &Path| path.to_string_lossy().replace('\\', "/");
        Self { root: text(root), current: text(current) }
    }

    /// The name relative to the root; absolute where it lies outside. By its text alone: the file need not exist.
    #[must_use]
    pub fn path(&self, name: &str) -> String {
        let absolute = name.starts_with('/') || name.as_bytes().get(1) == Some(&b':');
        let full = if absolute { name.to_owned() } else { format!("{}/{name}", self.current) };
        let mut parts: Vec<&str> = Vec::new();
        for part in full.split('/') {
            match part {
                "." => {}
                "" if !parts.is_empty() => {}
                ".." if parts.len() > 1 => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        let full = parts.join("/");
        let inside =
            full.strip_prefix(self.root.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
        inside.map_or_else(|| full.clone(), str::to_owned)
    }

    /// The same as a URI: a relative reference inside the root, a `file:` URI outside.
    pub(super) fn uri(&self, name: &str) -> Uri {
        let path = self.path(name);
        let encoded = utf8_percent_encode(&path, ENCODED).to_string();
        if path.starts_with('/') || path.as_bytes().get(1) == Some(&b':') {
            Uri { text: format!("file:///{}", encoded.trim_start_matches('/')), relative: false }
        } else {
            Uri { text: encoded, relative: true }
        }
    }
}

/// A file's URI.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Uri {
    pub(super) text: String,
    pub(super) relative: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_relative_to_the_root() {
        let root = Root::new(Path::new("/repo"), Path::new("/repo/sub"));
        let cases = [
            ("q.yaml", "sub/q.yaml", "sub/q.yaml"),
            ("../queries/q.yaml", "queries/q.yaml", "queries/q.yaml"),
            ("./a//b.yaml", "sub/a/b.yaml", "sub/a/b.yaml"),
            ("/repo/a b.yaml", "a b.yaml", "a%20b.yaml"),
            ("ü#?%.yaml", "sub/ü#?%.yaml", "sub/%C3%BC%23%3F%25.yaml"),
            ("/repository/q.yaml", "/repository/q.yaml", "file:///repository/q.yaml"),
            ("../../../../x.yaml", "/x.yaml", "file:///x.yaml"),
        ];
        for (name, path, uri) in cases {
            assert_eq!(root.path(name), path, "{name}");
            assert_eq!(root.uri(name).text, uri, "{name}");
        }
    }

    #[test]
    fn the_root_of_the_disk_is_a_root() {
        let root = Root::new(Path::new("/"), Path::new("/"));
        assert_eq!(root.uri("q.yaml"), Uri { text: "q.yaml".to_owned(), relative: true });
    }
}
