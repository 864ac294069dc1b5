//! lmq's own formats, each with everything that the rest of the program goes by: the one list of them.

/// One of lmq's own formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An aligned table for a terminal.
    Table,
    /// The `lmq.result/v1` document.
    Json,
    /// One record a line, as JSON.
    Ndjson,
    /// RFC 4180, formulas defused.
    Csv,
    /// Cells between tabs, formulas defused.
    Tsv,
    /// A Markdown page with a table.
    Markdown,
    /// An HTML page.
    Html,
    /// The document of `json` as YAML.
    Yaml,
    /// A workbook.
    Xlsx,
    /// JUnit XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// GitLab's code quality report.
    Gitlab,
}

/// What a format shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The rows.
    Rows,
    /// What expectations found: a query without any has nothing to show.
    Findings,
}

/// What texts of several queries do on one stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// They follow each other, each under its heading.
    Heading,
    /// They follow each other line by line, with nothing between: programs read them.
    Lines,
    /// They cannot: each is a file.
    Never,
}

/// How a format's bytes may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Text.
    Text,
    /// Bytes that no terminal shows.
    Binary,
}

/// Whether a reader of a format learns that a run was incomplete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdicts {
    /// It opens with that.
    Told,
    /// It has rows and nothing else.
    Untold,
}

/// What is known of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Its name in queries and for `-f`.
    pub name: &'static str,
    /// Suffixes of files that `-o` takes for it.
    pub suffixes: &'static [&'static str],
    /// Whether it says that a run is incomplete.
    pub verdicts: Verdicts,
    /// What several queries do with it on stdout.
    pub sharing: Sharing,
    /// What it is made of.
    pub content: Content,
    /// What it shows.
    pub subject: Subject,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Format] = &[
        Self::Table,
        Self::Json,
        Self::Ndjson,
        Self::Csv,
        Self::Tsv,
        Self::Markdown,
        Self::Html,
        Self::Yaml,
        Self::Xlsx,
        Self::Junit,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
    ];

    /// What is known of the format.
    #[must_use]
    pub const fn about(self) -> About {
        use Verdicts::{Told, Untold};
        match self {
            Self::Table => text("table", &["txt"], Told, Sharing::Heading),
            Self::Json => text("json", &["json"], Told, Sharing::Lines),
            Self::Ndjson => text("ndjson", &["ndjson", "jsonl"], Untold, Sharing::Lines),
            Self::Csv => text("csv", &["csv"], Untold, Sharing::Never),
            Self::Tsv => text("tsv", &["tsv"], Untold, Sharing::Never),
            Self::Markdown => text("markdown", &["md", "markdown"], Told, Sharing::Heading),
            Self::Yaml => text("yaml", &["yaml", "yml"], Told, Sharing::Never),
            Self::Xlsx => {
                let about = text("xlsx", &["xlsx"], Told, Sharing::Never);
                About { content: Content::Binary, ..about }
            }
            Self::Html => text("html", &["html", "htm"], Told, Sharing::Never),
            Self::Junit => findings("junit", &["xml"], Sharing::Never),
            Self::Sarif => findings("sarif", &["sarif"], Sharing::Never),
            Self::Github => findings("github", &[], Sharing::Lines),
            Self::Gitlab => findings("gitlab", &[], Sharing::Never),
        }
    }

    /// The format's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.about().name
    }

    /// The format of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }

    /// The format of files with that suffix.
    #[must_use]
    pub fn by_suffix(suffix: &str) -> Option<Self> {
        let known =
            |format: &Self| format.about().suffixes.iter().any(|known| known.eq_ignore_ascii_case(suffix));
        Self::ALL.iter().copied().find(known)
    }

    /// All suffixes, in the order of the formats.
    pub fn suffixes() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().flat_map(|format| format.about().suffixes).copied()
    }
}

const fn text(
    name: &'static str,
    suffixes: &'static [&'static str],
    verdicts: Verdicts,
    sharing: Sharing,
) -> About {
    About { name, suffixes, verdicts, sharing, content: Content::Text, subject: Subject::Rows }
}

const fn findings(name: &'static str, suffixes: &'static [&'static str], sharing: Sharing) -> About {
    About { subject: Subject::Findings, ..text(name, suffixes, Verdicts::Told, sharing) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_suffixes_lead_to_one_format() {
        for format in Format::ALL {
            assert_eq!(Format::by_name(format.name()), Some(*format));
            for suffix in format.about().suffixes {
                assert_eq!(Format::by_suffix(&suffix.to_uppercase()), Some(*format));
            }
        }
        assert_eq!(Format::suffixes().collect::<BTreeSet<_>>().len(), Format::suffixes().count());
        assert_eq!(Format::by_suffix("pdf"), None);
    }
}
