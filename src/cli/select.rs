//! From PATHs to query files: files, folders, globs, standard input.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::GlobBuilder;
use ignore::WalkBuilder;

use crate::diag::{Code, Diagnostic, Label, Source};
use crate::project::read_text;
use crate::spec::MAX_QUERY_BYTES;

/// Suffixes of YAML files that are no queries.
const NO_QUERIES: [&str; 3] = [".waivers.yaml", ".vars.yaml", ".out.yaml"];

/// The sources of all paths, each file once, in the order of the paths; and what could not be read.
pub(super) fn select(
    paths: &[PathBuf],
    current: &Path,
    stdin: &mut dyn Read,
) -> (Vec<Arc<Source>>, Vec<Diagnostic>) {
    let mut sources = Vec::new();
    let mut diagnostics = Vec::new();
    let mut seen = BTreeSet::new();
    let mut empty = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            match read_stdin(stdin, MAX_QUERY_BYTES) {
                Ok(source) => sources.push(source),
                Err(message) => diagnostics.push(unreadable("stdin", &message)),
            }
            continue;
        }
        match files(path, current) {
            Ok(files) => {
                if files.is_empty() {
                    empty.push(shown(path));
                }
                for file in files {
                    let identity = fs::canonicalize(current.join(&file)).unwrap_or_else(|_| file.clone());
                    if !seen.insert(identity) {
                        continue;
                    }
                    let name = shown(&file);
                    match read_text(&current.join(&file), &name, MAX_QUERY_BYTES) {
                        Ok(source) => sources.push(source),
                        Err(error) => diagnostics.push(unreadable(&name, &error.to_string())),
                    }
                }
            }
            Err(message) => diagnostics.push(unreadable(&shown(path), &message)),
        }
    }
    // Where no path has any, nothing is selected, which has an exit code of its own.
    if !sources.is_empty() {
        diagnostics.extend(empty.iter().map(|path| unreadable(path, &format!("`{path}` has no query file"))));
    }
    (sources, diagnostics)
}

fn unreadable(name: &str, message: &str) -> Diagnostic {
    Diagnostic::new(Code::Unreadable, message, Label::new(&Source::new(name, ""), 0..0))
}

/// The path with `/`, without a leading `./`.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").unwrap_or(&text).to_owned()
}

/// Standard input as text of at most `limit` bytes.
pub(super) fn read_stdin(stdin: &mut dyn Read, limit: u64) -> Result<Arc<Source>, String> {
    let mut bytes = Vec::new();
    stdin.take(limit + 1).read_to_end(&mut bytes).map_err(|error| format!("stdin: {error}"))?;
    if bytes.len() as u64 > limit {
        return Err(format!("stdin is larger than {} KiB", limit / 1024));
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(Source::new("stdin", text.trim_start_matches('\u{feff}'))),
        _ => Err("stdin is not UTF-8 text".to_owned()),
    }
}

fn files(path: &Path, current: &Path) -> Result<Vec<PathBuf>, String> {
    let full = current.join(path);
    if full.is_dir() {
        // A project's queries are in its `queries/`.
        let is_project = full.join("lmq.yaml").is_file();
        let below = if is_project { path.join("queries") } else { path.to_path_buf() };
        if is_project && !current.join(&below).is_dir() {
            return Err(format!(
                "this project has no folder `{}`; name the files that are to run",
                shown(&below)
            ));
        }
        return walk(&below, current, |_| true);
    }
    let text = path.to_string_lossy();
    if full.exists() || !text.contains(['*', '?', '[', '{']) {
        return Ok(vec![path.to_path_buf()]);
    }
    let glob = GlobBuilder::new(&shown(path)).literal_separator(true).build();
    let matcher = glob.map_err(|error| format!("`{text}` is no glob: {}", error.kind()))?.compile_matcher();
    let folder: PathBuf = path
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
    walk(&folder, current, |file| matcher.is_match(shown(file)))
}

/// The YAML files below a folder, sorted. Hidden and git-ignored paths are left out, links are not followed: of what may be a query
/// behind one, that is a mistake.
fn walk(folder: &Path, current: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, String> {
    let full = current.join(folder);
    let walker = WalkBuilder::new(&full).follow_links(false).require_git(false).ignore(false).build();
    let real = fs::canonicalize(&full).unwrap_or_else(|_| full.clone());
    let leads_out = |link: &Path| {
        fs::canonicalize(link).is_ok_and(|target| target.is_dir() && !target.starts_with(&real))
    };
    let link =
        |file: &Path| format!("`{}` is a symbolic link, which is not followed; name it itself", shown(file));
    let mut files = Vec::new();
    for entry in walker {
        // A folder that cannot be read may hold queries: a run without them would look whole.
        let entry = entry.map_err(|error| error.to_string())?;
        let file = folder.join(entry.path().strip_prefix(&full).unwrap_or(entry.path()));
        if entry.depth() > 0 && entry.path_is_symlink() && leads_out(entry.path()) {
            return Err(link(&file));
        }
        if !is_query(&file) || !wanted(&file) {
            continue;
        }
        match entry.file_type() {
            Some(kind) if kind.is_symlink() => {
                return Err(link(&file));
            }
            Some(kind) if kind.is_file() => files.push(file),
            _ => {}
        }
    }
    files.sort();
    Ok(files)
}

fn is_query(file: &Path) -> bool {
    let name = file.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let yaml = matches!(name.rsplit_once('.'), Some((_, "yaml" | "yml")));
    yaml && name != "lmq.yaml" && !NO_QUERIES.iter().any(|suffix| name.ends_with(suffix))
}
