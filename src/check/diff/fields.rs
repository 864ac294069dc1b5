//! Which fields are compared. Without a word on it: what the API sends, but for the last use, which is another whenever a token does
//! its work. What lmq derives changes with the day.

use std::collections::BTreeSet;

use crate::row::Name;
use crate::text;

/// What tells tokens apart, and is never another.
const KEY: [&str; 3] = ["id", "portal", "tokenType"];
/// What the API sends and is not compared unless it is named.
const RESTLESS: [&str; 1] = ["lastUsedOn"];

/// Which fields count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Compare {
    /// The usual ones.
    #[default]
    Usual,
    /// These.
    Only(Vec<String>),
    /// The usual ones but these.
    Without(Vec<String>),
}

/// The fields that are compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Their names, in the order of the new result, or as they were named.
    pub fields: Vec<String>,
    /// What would count and is in one of the results alone.
    pub warnings: Vec<String>,
}

/// A field that cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unfit {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Compare {
    /// What the words of `--compare` mean: names of fields, or each with a `-` before it.
    ///
    /// # Errors
    /// When some have it and some not, or one is no name.
    pub fn of(words: &[String]) -> Result<Self, Unfit> {
        let (without, only): (Vec<&String>, Vec<&String>) =
            words.iter().partition(|word| word.starts_with('-'));
        let distinct = |names: Vec<&str>| -> Vec<String> {
            let mut seen = BTreeSet::new();
            names.into_iter().filter(|name| seen.insert(*name)).map(str::to_owned).collect()
        };
        let names: Vec<&str> = words.iter().map(|word| word.trim_start_matches('-')).collect();
        if names.iter().any(|name| name.is_empty()) {
            return Err(Unfit { message: "`--compare` with an empty name".to_owned(), help: None });
        }
        match (only.is_empty(), without.is_empty()) {
            (true, true) => Ok(Self::Usual),
            (false, true) => Ok(Self::Only(distinct(names))),
            (true, false) => Ok(Self::Without(distinct(names))),
            (false, false) => Err(Unfit {
                message: "`--compare` with names of both kinds".to_owned(),
                help: Some(
                    "`status,note` compares these two, `-note,-lastAuthIp` all of the usual ones but these"
                        .to_owned(),
                ),
            }),
        }
    }

    /// The fields to compare in results that have these.
    ///
    /// # Errors
    /// A name that one of them, or both, do not have.
    pub fn choose(&self, old: &[Name], new: &[Name]) -> Result<Chosen, Unfit> {
        let has = |names: &[Name], wanted: &str| names.iter().any(|name| name.as_str() == wanted);
        let named = match self {
            Self::Usual => &[][..],
            Self::Only(names) | Self::Without(names) => names,
        };
        for name in named {
            fits(name, (has(old, name), has(new, name)), self, || known(old, new))?;
        }
        if let Self::Only(names) = self {
            return Ok(Chosen { fields: names.clone(), warnings: Vec::new() });
        }
        let counts = |name: &&Name| is_usual(name) && !named.iter().any(|left| left == name.as_str());
        let of = |names: &[Name], other: &[Name]| -> (Vec<String>, Vec<String>) {
            let counting = names.iter().filter(counts).map(|name| name.as_str().to_owned());
            counting.partition(|name| has(other, name))
        };
        let (fields, new_alone) = of(new, old);
        let (_, old_alone) = of(old, new);
        let warning = |names: &[String], whose: &str| {
            let listed = text::listed(names.iter().map(String::as_str));
            let (are, them) = if names.len() == 1 { ("is", "it") } else { ("are", "them") };
            (!names.is_empty()).then(|| format!("{listed} {are} not compared: {whose} does not have {them}"))
        };
        if fields.is_empty() && !named.is_empty() {
            return Err(Unfit {
                message: "`--compare` leaves no field to compare".to_owned(),
                help: Some("leave fewer out, or name those that count: `--compare status,note`".to_owned()),
            });
        }
        let nothing = "no field is compared: what has changed is not told, only what is added or removed";
        let nothing = fields.is_empty().then(|| nothing.to_owned());
        let warnings =
            [warning(&new_alone, "the earlier result"), warning(&old_alone, "this result"), nothing];
        Ok(Chosen { fields, warnings: warnings.into_iter().flatten().collect() })
    }
}

/// Whether a field counts without a word on it.
fn is_usual(name: &Name) -> bool {
    name.is_api() && !KEY.contains(&name.as_str()) && !RESTLESS.contains(&name.as_str())
}

fn known<'n>(old: &'n [Name], new: &'n [Name]) -> BTreeSet<&'n str> {
    old.iter().chain(new).map(Name::as_str).filter(|name| !KEY.contains(name)).collect()
}

/// Whether a field that was named can be compared.
fn fits<'n>(
    name: &str,
    (in_old, in_new): (bool, bool),
    how: &Compare,
    known: impl FnOnce() -> BTreeSet<&'n str>,
) -> Result<(), Unfit> {
    if KEY.contains(&name) {
        let message = format!("`--compare`: `{name}` is what tells tokens apart, and never another");
        return Err(Unfit { message, help: None });
    }
    let missing = match (in_old, in_new) {
        (true, true) => return Ok(()),
        (false, false) => "neither result has",
        _ if matches!(how, Compare::Without(_)) => return Ok(()),
        (false, true) => "the earlier result does not have",
        (true, false) => "this result does not have",
    };
    let known = known();
    let help = if in_old || in_new {
        "name it in `fields` of the query, and save a result with it".to_owned()
    } else {
        match text::nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("they have {}", text::listed(known)),
        }
    };
    let message = format!("`--compare`: {missing} the field `{}`", text::shortened(name, 60));
    Err(Unfit { message, help: Some(help) })
}
