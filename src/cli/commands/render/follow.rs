//! Which changes `--watch` waits for: of the results themselves, and of templates in the folders where they are looked up.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// An editor that saves makes several events. They are one change.
const TOGETHER: Duration = Duration::from_millis(100);

/// Tells of changes as long as it lives.
pub(super) struct Watcher {
    results: BTreeSet<PathBuf>,
    events: Receiver<notify::Result<Event>>,
    _notices: RecommendedWatcher,
}

impl Watcher {
    /// Folders are watched, not files: most editors put a new file in the place of the old one. Of what is a link, the folder of
    /// what it leads to is watched as well.
    pub(super) fn of(results: &[PathBuf], template: Option<&Path>, shared: &Path) -> notify::Result<Self> {
        let (sender, events) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(sender)?;
        let led_to = |path: &Path| path.canonicalize().ok();
        let results: BTreeSet<PathBuf> =
            results.iter().flat_map(|path| led_to(path).into_iter().chain([plain(path)])).collect();
        let folders = template.and_then(Path::parent).into_iter().chain([shared]);
        let linked = folders.flat_map(links_in).filter_map(|path| led_to(&path));
        let files = results.iter().cloned().chain(template.map(Path::to_path_buf)).chain(linked);
        let folders: BTreeSet<PathBuf> =
            files.filter_map(|path| path.parent().map(Path::to_path_buf)).collect();
        for folder in &folders {
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        if shared.is_dir() {
            watcher.watch(shared, RecursiveMode::Recursive)?;
        }
        Ok(Self { results, events, _notices: watcher })
    }

    /// Returns when something has changed and nothing more has for a moment.
    pub(super) fn wait(&self) -> Result<(), String> {
        loop {
            let event = self.events.recv().map_err(|error| error.to_string())?;
            if self.matters(&event.map_err(|error| error.to_string())?) {
                break;
            }
        }
        while self.events.recv_timeout(TOGETHER).is_ok() {}
        Ok(())
    }

    /// Reports lie beside results, and are no reason to make them again; nor is that a file is read.
    fn matters(&self, event: &Event) -> bool {
        let written = match event.kind {
            EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
            _ => true,
        };
        let named = |path: &PathBuf| {
            path.extension().is_some_and(|suffix| suffix == "hbs") || self.results.contains(&plain(path))
        };
        written && event.paths.iter().any(named)
    }
}

/// The links that lie in a folder.
fn links_in(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_symlink()).collect()
}

/// The path with the links of its folder resolved: the file itself may just be put in place.
fn plain(path: &Path) -> PathBuf {
    match (path.parent().and_then(|folder| folder.canonicalize().ok()), path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}
