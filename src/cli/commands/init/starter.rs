//! The files of a new project. They lie in `starter/`, which is a project itself; the schema is the one `lmq schema` prints.

use crate::cli::args::Pipeline;
use crate::spec;

/// A file to be made.
pub(super) struct StarterFile {
    /// Relative to the project, with `/`.
    pub(super) path: &'static str,
    /// What it is for, in a few words.
    pub(super) about: &'static str,
    pub(super) text: String,
}

/// What a new project is made of, in the order it is told.
pub(super) fn files(pipeline: Pipeline) -> Vec<StarterFile> {
    let schema = StarterFile {
        path: "lmq.schema.json",
        about: "lets an editor complete and check queries",
        text: format!("{:#}\n", spec::schema()),
    };
    let always = SHIPPED.iter().map(shipped).chain([schema]);
    let pipeline = match pipeline {
        Pipeline::Github => Some(shipped(&GITHUB)),
        Pipeline::Gitlab => Some(shipped(&GITLAB)),
        Pipeline::None => None,
    };
    always.chain(pipeline).collect()
}

/// What is neither written over nor in the way: an existing one is left as it is.
pub(super) fn gitignore() -> StarterFile {
    shipped(&GITIGNORE)
}

/// Path, what it is for, text.
pub(super) type Shipped = (&'static str, &'static str, &'static str);

fn shipped((path, about, text): &Shipped) -> StarterFile {
    StarterFile { path, about, text: (*text).to_owned() }
}

const SHIPPED: &[Shipped] = &[
    ("lmq.yaml", "the root of the project; portals by name", include_str!("../../../../starter/lmq.yaml")),
    (
        "queries/inventory.yaml",
        "every token, as a page and a workbook",
        include_str!("../../../../starter/queries/inventory.yaml"),
    ),
    (
        "queries/owners.yaml",
        "whose tokens they are, on the terminal",
        include_str!("../../../../starter/queries/owners.yaml"),
    ),
    (
        "queries/token-rules.yaml",
        "what must hold of them, else there are findings",
        include_str!("../../../../starter/queries/token-rules.yaml"),
    ),
    (
        "queries/token-rules.waivers.yaml",
        "findings that you accept, and until when",
        include_str!("../../../../starter/queries/token-rules.waivers.yaml"),
    ),
    (
        "templates/by-owner.txt.hbs",
        "what owners.yaml prints",
        include_str!("../../../../starter/templates/by-owner.txt.hbs"),
    ),
];

const GITIGNORE: Shipped = (
    ".gitignore",
    "leaves reports and credentials out of git",
    include_str!("../../../../starter/.gitignore"),
);

pub(super) const GITHUB: Shipped = (
    ".github/workflows/lmq.yml",
    "checks pull requests, and runs every week",
    include_str!("../../../../starter/.github/workflows/lmq.yml"),
);

pub(super) const GITLAB: Shipped = (
    ".gitlab-ci.yml",
    "checks merge requests, and runs every week",
    include_str!("../../../../starter/.gitlab-ci.yml"),
);
