//! The arguments that say what reports there are, and where they go: the same for every command that makes some.

use crate::spec::Format;

use super::format::FormatParser;

// No doc comment: clap would take it for the text of the command.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct OutputArgs {
    /// Render as this format
    #[arg(short, long, value_name = "FORMAT", value_parser = FormatParser, conflicts_with = "template", help_heading = "Output")]
    pub(in crate::cli) format: Option<Format>,

    /// Render through this template; `-` is one on standard input
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(in crate::cli) template: Option<String>,

    /// Write to this file; without -f or -t the suffix tells the format. `{name}` is the query's name. Repeatable
    #[arg(short, long, value_name = "FILE", value_parser = file, help_heading = "Output")]
    pub(in crate::cli) output: Vec<String>,
}

/// A path in which `{name}` stands for a query's name, and nothing else in braces for anything.
pub(in crate::cli) fn file(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("it names no file".to_owned());
    }
    let mut parts = text.split('{').skip(1).filter_map(|part| part.split_once('}'));
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric());
    match parts.find(|(word, _)| is_word(word) && *word != "name") {
        Some((word, _)) => {
            Err(format!("`{{{word}}}` stands for nothing; `{{name}}` becomes the query's name"))
        }
        None => Ok(text.to_owned()),
    }
}

/// A file for a whole result, which is JSON.
pub(in crate::cli) fn result_file(text: &str) -> Result<String, String> {
    if text == "-" {
        return Err("a result is saved to a file; `-f json` writes it to stdout".to_owned());
    }
    let suffix = text.rsplit_once('.').and_then(|(_, suffix)| Format::by_suffix(suffix));
    match suffix {
        Some(format) if format != Format::Json => Err(format!(
            "a result is saved as JSON, and this is the suffix of {}; `-o` writes that",
            format.name()
        )),
        _ => file(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_placeholder() {
        for right in ["r.csv", "{name}.csv", "a/{name}/{name}.md", "{}.csv", "{a b}.csv", "}{", "-"] {
            assert_eq!(file(right).as_deref(), Ok(right));
        }
        for (wrong, part) in
            [("{name}-{portal}.csv", "`{portal}`"), ("x/{nam}.csv", "`{nam}`"), ("", "no file")]
        {
            assert!(file(wrong).is_err_and(|why| why.contains(part)), "{wrong}");
        }
        for right in ["r.json", "{name}.JSON", "result", "r.2026"] {
            assert_eq!(result_file(right).as_deref(), Ok(right));
        }
        for (wrong, part) in
            [("-", "-f json"), ("r.csv", "csv"), ("r.HTML", "html"), ("{tag}.json", "`{tag}`")]
        {
            assert!(result_file(wrong).is_err_and(|why| why.contains(part)), "{wrong}");
        }
    }
}
