//! `lmq man`: pages for man, made of the same texts as `--help`.

use std::io;
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use crate::auth::Redactor;
use crate::cli::args::{Args, ManArgs};
use crate::cli::exit::Exit;
use crate::cli::stream::Console;
use crate::report::Target;
use crate::report::sink::{self, Draft, Privacy};

/// Prints the page of `lmq`, or writes all pages.
pub(in crate::cli) fn run(args: &ManArgs, console: &mut Console<'_, '_>) -> Exit {
    let Some(dir) = &args.dir else {
        let (_, text) = pages().swap_remove(0);
        return console.result(&text);
    };
    let dir = console.current_dir().join(dir);
    match write(&dir) {
        Ok(()) => Exit::Clean,
        Err(error) => {
            console.error(&error, None);
            Exit::Output
        }
    }
}

/// All pages, or none.
fn write(dir: &Path) -> Result<(), sink::WriteError> {
    let draft = |(name, text): (String, String)| {
        let target = Target::File(dir.join(name));
        let mut draft = Draft::open(&target, Privacy::Plain, &Redactor::default())?;
        match io::Write::write_all(&mut draft, text.as_bytes()) {
            Ok(()) => Ok(draft),
            Err(error) => Err(draft.failed(error)),
        }
    };
    let drafts = pages().into_iter().map(draft).collect::<Result<_, _>>()?;
    sink::publish(drafts).map(drop)
}

/// Each page with the name of its file, that of `lmq` first.
fn pages() -> Vec<(String, String)> {
    let mut lmq = Args::command();
    lmq.build();
    let commands: Vec<Command> = lmq.get_subcommands().cloned().collect();
    std::iter::once(lmq).chain(commands).map(page).collect()
}

fn page(command: Command) -> (String, String) {
    let after = command.get_after_long_help().or(command.get_after_help()).map(ToString::to_string);
    let source = format!("lmq {}", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command).manual("lmq manual").source(source);
    let mut out = Vec::new();
    rendered(&man, &mut out).expect("memory takes it");
    let text = String::from_utf8(out).expect("help is text");
    let file = man.get_filename();
    let also = if file == "lmq.1" { "" } else { SEE_ALSO };
    (file, dated(&text) + &sections(&after.unwrap_or_default()) + also)
}

/// The end of a command's page.
const SEE_ALSO: &str = ".SH SEE ALSO\n.fi\n\\fBlmq\\fR(1)\n";

/// The page with its empty date written out: `clap_mangen` writes nothing for it, and the version behind it would be taken for it.
fn dated(page: &str) -> String {
    page.replacen(" 1  \"lmq ", " 1 \"\" \"lmq ", 1)
}

/// All of a page but what stands below the options in the help: there, lines are lines, which `clap_mangen` would fill.
fn rendered(man: &Man, out: &mut Vec<u8>) -> io::Result<()> {
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    if man.get_filename() == "lmq.1" {
        man.render_subcommands_section(out)?;
    }
    Ok(())
}

/// Text as it is laid out: a section for each short heading, indented lines as they are, others as paragraphs.
fn sections(help: &str) -> String {
    let heading = |line: &str| line.ends_with(':') && !line.starts_with(' ') && line.split(' ').count() < 3;
    let mut out = String::new();
    let mut noted = false;
    for line in help.lines().filter(|line| !line.is_empty()) {
        if heading(line) {
            out.extend([".SH ", &line.trim_end_matches(':').to_uppercase(), "\n.nf\n"]);
        } else if line.starts_with(' ') {
            out.extend([&inert(line), "\n"]);
        } else {
            let section = if noted { ".PP\n" } else { ".SH NOTES\n" };
            out.extend([section, ".fi\n", &inert(line), "\n.nf\n"]);
            noted = true;
        }
    }
    out
}

/// A line that roff takes for text.
fn inert(line: &str) -> String {
    let guard = if line.starts_with(['.', '\'']) { "\\&" } else { "" };
    guard.to_owned() + &line.replace('\\', "\\e").replace('-', "\\-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_request_of_roff() {
        let help = "Exit codes:\n  0  well\n\nstdout is\n.so x\n\nAll of these:\n  'y \\fB --z\n'q";
        let page = ".SH EXIT CODES\n.nf\n  0  well\n.SH NOTES\n.fi\nstdout is\n.nf\n.PP\n.fi\n\\&.so x\n.nf\n\
                    .PP\n.fi\nAll of these:\n.nf\n  'y \\efB \\-\\-z\n.PP\n.fi\n\\&'q\n.nf\n";
        assert_eq!(sections(help), page);
    }
}
