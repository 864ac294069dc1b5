//! Which changes `--watch` waits for: of the results themselves, and of templates in the folders where they are looked up.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use notify_debouncer_mini::notify::{self, RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};

/// An editor that saves makes several events. They are one change.
const TOGETHER: Duration = Duration::from_millis(100);

/// Tells of changes as long as it lives.
pub(super) struct Watcher {
    results: BTreeSet<PathBuf>,
    events: Receiver<DebounceEventResult>,
    _debouncer: Debouncer<RecommendedWatcher>,
}

impl Watcher {
    /// Folders are watched, not files: most editors put a new file in the place of the old one.
    pub(super) fn of(results: &[PathBuf], template: Option<PathBuf>, shared: &Path) -> notify::Result<Self> {
        let (sender, events) = mpsc::channel();
        let mut debouncer = new_debouncer(TOGETHER, sender)?;
        let results: BTreeSet<PathBuf> = results.iter().map(|path| plain(path)).collect();
        let folders = results.iter().filter_map(|path| path.parent().map(Path::to_path_buf));
        let folders: BTreeSet<PathBuf> = folders.chain(template).collect();
        for folder in &folders {
            debouncer.watcher().watch(folder, RecursiveMode::NonRecursive)?;
        }
        if shared.is_dir() {
            debouncer.watcher().watch(shared, RecursiveMode::Recursive)?;
        }
        Ok(Self { results, events, _debouncer: debouncer })
    }

    /// Returns when something has changed.
    pub(super) fn wait(&self) -> Result<(), String> {
        loop {
            let events = self.events.recv().map_err(|error| error.to_string())?;
            let events = events.map_err(|error| error.to_string())?;
            if events.iter().any(|event| self.matters(&event.path)) {
                return Ok(());
            }
        }
    }

    /// Reports lie beside results, and are no reason to make them again.
    fn matters(&self, path: &Path) -> bool {
        path.extension().is_some_and(|suffix| suffix == "hbs") || self.results.contains(&plain(path))
    }
}

/// The path with the links of its folder resolved: the file itself may just be put in place.
fn plain(path: &Path) -> PathBuf {
    match (path.parent().and_then(|folder| folder.canonicalize().ok()), path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}
