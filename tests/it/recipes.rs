//! `docs/recipes.md`: each recipe is run, and prints what the document shows.

use std::fs;

use serde_json::Value;

use crate::readme::{Block, RECIPES, blocks, document, exit_of, lmq, project, quoted, words};

/// A section of the document that has a query.
struct Recipe {
    title: String,
    /// The query it quotes, the command that runs it, what that prints, and what else there is.
    blocks: Vec<Block>,
}

impl Recipe {
    fn file(&self) -> &str {
        quoted(&self.blocks[0]).unwrap_or_else(|| panic!("{}: its query comes first", self.title))
    }

    /// What comes behind `lmq`.
    fn arguments(&self) -> Vec<String> {
        let command = &self.blocks[1];
        assert!(command.kind.starts_with("sh"), "{}: its command comes second", self.title);
        assert_eq!(command.text.lines().count(), 1, "{}: one command", self.title);
        words(command.text.trim_end()).split_off(1)
    }

    /// The query file, as YAML.
    fn query(&self) -> Value {
        serde_yaml::from_str(&document(self.file())).expect("a shipped query is YAML")
    }

    /// The template that the command names, else the query.
    fn template(&self) -> String {
        let arguments = self.arguments();
        let named =
            arguments.iter().position(|argument| argument == "-t").map(|at| arguments[at + 1].clone());
        let own = || self.query()["output"]["template"].as_str().map(str::to_owned);
        named.or_else(own).unwrap_or_else(|| panic!("{}: no template", self.title))
    }
}

/// The headings of the second level, and the lines they stand in, but for those inside of blocks.
fn headings() -> Vec<(usize, String)> {
    let mut open = false;
    let mut headings = Vec::new();
    for (index, line) in document(RECIPES).lines().enumerate() {
        open ^= line.starts_with("```");
        if let (false, Some(title)) = (open, line.strip_prefix("## ")) {
            headings.push((index + 1, title.to_owned()));
        }
    }
    headings
}

fn recipes() -> Vec<Recipe> {
    let headings = headings();
    let mut recipes: Vec<Recipe> =
        headings.iter().map(|(_, title)| Recipe { title: title.clone(), blocks: Vec::new() }).collect();
    for block in blocks(RECIPES) {
        let at = headings.iter().rposition(|(line, _)| *line < block.line).expect("below a heading");
        recipes[at].blocks.push(block);
    }
    assert_eq!(recipes.len(), 10, "{headings:?}");
    recipes
}

/// What is wrong with a report as it is shown: `…` on a line of its own stands for lines that are left out, and nothing else is.
fn differs(shown: &str, printed: &str) -> Option<String> {
    let printed: Vec<&str> = printed.lines().collect();
    let shown: Vec<&str> = shown.lines().collect();
    let mut from = 0;
    let parts: Vec<&[&str]> = shown.split(|line| *line == "…").collect();
    for (index, part) in parts.iter().enumerate() {
        let rest = &printed[from..];
        let at = match index {
            0 => rest.starts_with(part).then_some(0),
            // What comes last ends the report.
            _ if index + 1 == parts.len() => {
                rest.len().checked_sub(part.len()).filter(|_| rest.ends_with(part))
            }
            _ => rest.windows(part.len().max(1)).position(|lines| lines == *part),
        };
        let Some(at) = at else { return Some(format!("not printed there:\n{}", part.join("\n"))) };
        from += at + part.len();
    }
    (parts.len() == 1 && from < printed.len())
        .then(|| format!("more is printed:\n{}", printed[from..].join("\n")))
}

#[test]
fn each_recipe_prints_what_it_shows() {
    let folder = project();
    for recipe in recipes() {
        let title = &recipe.title;
        let arguments = recipe.arguments();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        assert_eq!(&arguments[..3], ["run", "--sandbox", recipe.file()], "{title}");
        let ran = lmq(&arguments, "", folder.path());
        assert_eq!(ran.code, exit_of(&recipe.blocks[1].kind), "{title}: {}", ran.stderr);
        let report = &recipe.blocks[2];
        assert_eq!(report.kind, "text report", "{title}: its report comes third");
        let place = format!("{}:{}", report.file, report.line);
        if let Some(why) = differs(&report.text, &ran.stdout) {
            panic!("{place}: {title}: {why}\nall of it:\n{}", ran.stdout);
        }
        let reports = recipe.blocks.iter().filter(|block| block.kind == "text report").count();
        assert_eq!(reports, 1, "{title}: a second report would not be compared");
    }
}

#[test]
fn a_report_is_shown_as_it_is() {
    let printed = "a\nb\nc\nd\ne\n";
    for shown in ["a\nb\nc\nd\ne\n", "a\n…\nc\n…\ne\n", "a\nb\n…\n", "…\ne\n", "…\nb\n…\n"] {
        assert_eq!(differs(shown, printed), None, "{shown}");
    }
    for shown in [
        "a\nb\n",
        "b\n…\n",
        "a\nc\n…\n",
        "…\nd\n",
        "a\n…\nd\nc\n…\n",
        "a\n…\ne\n…\nd\n",
        "a\nb\nc\nd\ne\nf\n",
    ] {
        assert!(differs(shown, printed).is_some(), "{shown}");
    }
}

/// The table on top, row by row: the question leads to the section, and query, template and kind are those of it.
#[test]
fn the_table_is_that_of_the_recipes() {
    let text = document(RECIPES);
    let table = text.split("| question | query | template | is |\n").nth(1).expect("it is there");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let recipes = recipes();
    assert_eq!(rows.len(), recipes.len());
    for (row, recipe) in rows.iter().zip(recipes) {
        let query = recipe.query();
        let anchor: String = recipe.title.to_lowercase().replace(' ', "-").replace('\'', "");
        assert!(row[0].ends_with(&format!("](#{anchor})")), "{row:?}: {anchor}");
        assert_eq!(row[1], format!("`{}`", query["name"].as_str().expect("a name")));
        assert_eq!(row[2], format!("`{}`", recipe.template()));
        let is_check = query.get("expect").is_some();
        assert_eq!(row[3], if is_check { "a check" } else { "a list" }, "{}", recipe.title);
    }
}

/// What is shipped for recipes is shown in one.
#[test]
fn every_template_is_used() {
    let used: Vec<String> = recipes().iter().map(Recipe::template).collect();
    let elsewhere = ["tokens.", "summary.", "verdict.", "findings.", "waived.", "seen."];
    for entry in fs::read_dir("templates").expect("the folder exists") {
        let name = entry.expect("readable").file_name().to_string_lossy().into_owned();
        let is_elsewhere = elsewhere.iter().any(|start| name.starts_with(start));
        assert!(used.contains(&name) != is_elsewhere, "{name}");
    }
}
