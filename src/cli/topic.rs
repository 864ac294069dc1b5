//! Topics of `lmq help`: what is no matter of one command.

/// A page to read.
pub(super) struct Topic {
    pub(super) name: &'static str,
    /// What it is about, for a list.
    about: &'static str,
    pub(super) text: &'static str,
}

/// All of them.
pub(super) const TOPICS: &[Topic] = &[
    Topic {
        name: "exit-codes",
        about: "what each exit code means",
        text: include_str!("topics/exit-codes.txt"),
    },
    Topic {
        name: "environment",
        about: "the variables that lmq reads",
        text: include_str!("topics/environment.txt"),
    },
    Topic {
        name: "formatting",
        about: "formats, columns and templates of reports",
        text: include_str!("topics/formatting.txt"),
    },
];

/// The list for the help.
pub(super) fn list() -> String {
    let line = |topic: &Topic| format!("\n  lmq help {:<12} {}", topic.name, topic.about);
    format!("Topics:{}", TOPICS.iter().map(line).collect::<Vec<_>>().concat())
}
