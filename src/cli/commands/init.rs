//! `lmq init`: a project to start from, to change and to commit.

mod made;
mod starter;

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::cli::args::{InitArgs, Pipeline};
use crate::cli::exit::Exit;
use crate::cli::stream::Console;
use crate::project::{MAX_FILE_BYTES, read_text};
use crate::text::{counted, inert_line};
use made::Made;
use starter::StarterFile;

/// Makes the files, all or none, and says what there is now.
pub(in crate::cli) fn run(args: &InitArgs, console: &mut Console<'_, '_>) -> Exit {
    // `components` leaves out `.`, which would stand in messages.
    let dir: PathBuf = console.current_dir().join(&args.dir).components().collect();
    let mut files = starter::files(args.ci);
    let taken: Vec<&str> =
        files.iter().map(|file| file.path).filter(|path| is_there(&dir.join(path))).collect();
    if !taken.is_empty() {
        return refuse(&taken, console);
    }
    let gitignore = starter::gitignore();
    let ignored = if is_there(&dir.join(gitignore.path)) {
        Ignored::Lacks(lacking(&dir, &gitignore))
    } else {
        let at = files.iter().position(|file| is_pipeline(&file.path)).unwrap_or(files.len());
        files.insert(at, gitignore);
        Ignored::Made
    };
    let signals = console.world.signals.clone();
    let paths = files.iter().map(|file| (dir.join(file.path), file.text.as_str()));
    match signals.listening(|| Made::new(paths)) {
        Ok(Ok(made)) => made.keep(),
        Ok(Err(error)) => {
            console.error(&error, Some("nothing was written"));
            return Exit::Output;
        }
        Err(exit) => {
            console.error("interrupted; nothing was written", None);
            return exit;
        }
    }
    if args.ci != Pipeline::None && is_inside_of_a_repository(&dir) {
        console.note("note", OUT_OF_SIGHT);
    }
    if console.is_quiet() { Exit::Clean } else { console.result(&told(args, &files, &ignored)) }
}

const OUT_OF_SIGHT: &str = "a CI looks for pipelines at the root of a repository, and this folder is inside of one: \
                            `A project in a folder` of docs/ci.md says what to change";

/// What became of `.gitignore`.
enum Ignored {
    Made,
    /// There was one, without these lines.
    Lacks(Vec<String>),
}

/// Whether a file is the pipeline.
fn is_pipeline(path: &&str) -> bool {
    [starter::GITHUB.0, starter::GITLAB.0].contains(path)
}

/// Whether anything has this name, be it a link that leads nowhere.
fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn refuse(taken: &[&str], console: &mut Console<'_, '_>) -> Exit {
    let are = if taken.len() == 1 { "is" } else { "are" };
    let (count, list) = (counted(taken.len(), "file"), taken.join("\n  "));
    let message = format!("{count} {are} there already, and nothing was written:\n  {list}");
    let help = match taken {
        [path] if is_pipeline(path) => "`--ci none` makes all but the pipeline; docs/ci.md has its text",
        _ => "make the project in another folder: `lmq init DIR`",
    };
    console.error(message, Some(help));
    Exit::Usage
}

/// The patterns of the starter's file that an existing one does not have.
fn lacking(dir: &Path, gitignore: &StarterFile) -> Vec<String> {
    let there = read_text(&dir.join(gitignore.path), gitignore.path, MAX_FILE_BYTES);
    let there = there.map(|source| source.text.clone()).unwrap_or_default();
    let same = |line: &str, pattern: &str| line.trim().trim_matches('/') == pattern.trim_matches('/');
    let patterns = gitignore.text.lines().filter(|line| !line.starts_with('#'));
    let lacks = |pattern: &&str| !there.lines().any(|line| same(line, pattern));
    patterns.filter(lacks).map(str::to_owned).collect()
}

/// Whether a repository begins above the folder.
fn is_inside_of_a_repository(dir: &Path) -> bool {
    let holds = |folder: &Path| folder.join(".git").exists();
    let real = fs::canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf());
    !holds(&real) && real.ancestors().skip(1).any(holds)
}

/// What was made, and what to do next.
fn told(args: &InitArgs, files: &[StarterFile], ignored: &Ignored) -> String {
    let name = inert_line(&args.dir.to_string_lossy()).into_owned();
    let is_here = args.dir.components().all(|part| part == Component::CurDir);
    let place = if is_here { "this folder".to_owned() } else { format!("`{name}`") };
    let width = files.iter().map(|file| file.path.len()).max().unwrap_or_default();
    let list = files.iter().map(|file| format!("  {:<width$}  {}\n", file.path, file.about));
    let add: String = match ignored {
        Ignored::Lacks(lines) if !lines.is_empty() => {
            let lines = lines.iter().map(|line| format!("  {line}\n"));
            format!(
                "\nthere is a .gitignore, which stays as it is; add to it:\n\n{}",
                lines.collect::<String>()
            )
        }
        Ignored::Lacks(_) | Ignored::Made => String::new(),
    };
    let go = if is_here { String::new() } else { format!("  cd {}\n", word(&name)) };
    let pipeline = files.iter().map(|file| file.path).find(is_pipeline);
    let fill = pipeline.map(|path| format!("\nthe first lines of {path} say what to fill in there\n"));
    format!(
        "made a project in {place}:\n\n{}{add}\nnext:\n\n{go}{NEXT}{}",
        list.collect::<String>(),
        fill.unwrap_or_default()
    )
}

const NEXT: &str = "  \
  lmq run --sandbox .    a first run, on made-up tokens: it has findings, and writes to reports/
  lmq doctor             whether your own portal can be asked; it says what is missing
  lmq run .              the same on your portal
";

/// A word as a shell takes it.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-~:\\".contains(c);
    let text = if text.starts_with('-') { format!("./{text}") } else { text.to_owned() };
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
