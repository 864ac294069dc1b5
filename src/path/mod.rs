//! JSONPath (RFC 9535) on rows: parsed, held against what rows have, evaluated.
//!
//! The library takes a path that names no field, compares a number with a text or holds a broken regular expression, and
//! selects nothing. In an audit that is a check that can never fire, so all three are mistakes here (`meaning`, `call`).

mod call;
mod kind;
mod meaning;

use std::collections::BTreeSet;

use jsonpath_rust::parser::model::{JpQuery, Segment, Selector};
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_process;
use serde_json::Value;

use crate::catalog::FieldType;
use crate::diag::{Code, Mistake};
use crate::text;

/// Longest path, in bytes.
const MAX_LENGTH: usize = 4096;
/// Deepest nesting of brackets and parentheses: a call in a call in a call takes the parser twice as long for each level.
const MAX_DEPTH: usize = 8;

/// What a path starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// The list of all rows: the path must give rows.
    Rows,
    /// One row.
    Row,
}

/// A name that rows have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The field's name.
    pub name: String,
    /// The type of its values; `None`: any, it is newer than lmq.
    pub kind: Option<FieldType>,
}

/// A path that can select something.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    text: String,
    query: JpQuery,
    fields: BTreeSet<String>,
}

/// Parses a path and checks what it means.
///
/// # Errors
/// Every mistake, with its place in `text`.
pub fn parse(text: &str, root: Root, known: &[Known]) -> Result<Path, Vec<Mistake>> {
    check_size(text).map_err(|mistake| vec![mistake])?;
    let query = parse_json_path(text).map_err(|error| vec![syntax(text, error)])?;
    let fields = meaning::check(text, &query, root, known)?;
    Ok(Path { text: text.to_owned(), query, fields })
}

fn check_size(text: &str) -> Result<(), Mistake> {
    if text.len() > MAX_LENGTH {
        return Err(Mistake::new(Code::PathSyntax, format!("a path of {} bytes", text.len()))
            .with_help(format!("at most {MAX_LENGTH} bytes")));
    }
    if let Some((at, c)) = text.char_indices().find(|(_, c)| text::is_active(*c)) {
        let message = format!("a character that acts on a terminal, U+{:04X}", u32::from(c));
        return Err(Mistake::new(Code::PathSyntax, message)
            .at(at..at + c.len_utf8())
            .with_help(format!("write it as an escape of JSONPath: `\\u{:04x}`", u32::from(c))));
    }
    let mut depth = 0_usize;
    for (at, c) in outside_quotes(text) {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(Mistake::new(Code::PathSyntax, format!("nested deeper than {MAX_DEPTH} levels"))
                .at(at..at + 1)
                .with_help("write several conditions with `&&` and `||`"));
        }
    }
    Ok(())
}

fn syntax(text: &str, error: jsonpath_rust::parser::errors::JsonPathError) -> Mistake {
    use jsonpath_rust::parser::errors::JsonPathError;
    let help = "paths look like `$[?@.idleDays > 90]` (RFC 9535)";
    let JsonPathError::PestError(error) = error else {
        let message = text::inert_line(&error.to_string()).into_owned();
        return Mistake::new(Code::PathSyntax, format!("not JSONPath: {message}")).with_help(help);
    };
    let at = match error.location {
        pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at.min(text.len()),
    };
    let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
    let found = &text[at..end];
    let message = if found.is_empty() {
        "not JSONPath: it ends early".to_owned()
    } else {
        format!("not JSONPath from `{found}` on")
    };
    // At the end there is nothing to point at but the last character.
    let start =
        if found.is_empty() { text[..at].char_indices().next_back().map_or(0, |(last, _)| last) } else { at };
    Mistake::new(Code::PathSyntax, message).at(start..end).with_help(help)
}

impl Path {
    /// The path as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The fields it reads.
    #[must_use]
    pub fn fields(&self) -> &BTreeSet<String> {
        &self.fields
    }

    /// The field it stands for, when it is just `$.field`.
    #[must_use]
    pub fn single_field(&self) -> Option<&str> {
        match &self.query.segments[..] {
            [Segment::Selector(Selector::Name(_))] => self.fields.iter().next().map(String::as_str),
            _ => None,
        }
    }

    /// Whether it decides of each row alone: of a part of the rows it selects what it selects of that part among all.
    #[must_use]
    pub fn is_by_row(&self) -> bool {
        let one = [Segment::Selector(Selector::Wildcard)];
        let by_filter = matches!(&self.query.segments[..], [Segment::Selector(Selector::Filter(_))]);
        self.query.segments == one || (by_filter && !names_root(&self.text))
    }

    /// The indices of the rows it selects from a list of rows, each once, in the order it gives them.
    #[must_use]
    pub fn select(&self, rows: &Value) -> Vec<usize> {
        let mut seen = BTreeSet::new();
        let found = js_path_process(&self.query, rows).unwrap_or_default();
        let indices = found.into_iter().filter_map(|node| {
            node.path
                .strip_prefix("$[")
                .and_then(|rest| rest.strip_suffix(']'))
                .and_then(|index| index.parse().ok())
        });
        indices.filter(|index| seen.insert(*index)).collect()
    }

    /// The values it finds in a row.
    #[must_use]
    pub fn values(&self, row: &Value) -> Vec<Value> {
        let found = js_path_process(&self.query, row).unwrap_or_default();
        found.into_iter().map(|node| node.val.clone()).collect()
    }
}

/// Whether a path names its root once more behind its beginning.
fn names_root(text: &str) -> bool {
    outside_quotes(text).any(|(at, c)| at > 0 && c == '$')
}

/// The characters of a path that stand between no quotes, with their places.
fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut escaped = false;
    text.char_indices().filter(move |(_, c)| {
        match (quote, *c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, c @ ('\'' | '"')) => quote = Some(c),
            (None, _) => return true,
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::TOKEN_FIELDS;

    fn known() -> Vec<Known> {
        let mut known: Vec<Known> = TOKEN_FIELDS
            .iter()
            .map(|field| Known { name: field.name.to_owned(), kind: Some(field.kind) })
            .collect();
        known.push(Known { name: "expiresOn".to_owned(), kind: None });
        known
    }

    fn rows(text: &str) -> Result<Path, Vec<Mistake>> {
        parse(text, Root::Rows, &known())
    }

    #[test]
    fn rows_are_selected_once_in_order() {
        let data = json!([
            {"idleDays": 5, "adminName": "a", "roles": ["administrator"], "neverUsed": true},
            {"idleDays": 95, "adminName": "b", "roles": [], "neverUsed": false},
            {"idleDays": null, "adminName": "svc-c", "roles": ["x"], "neverUsed": false},
        ]);
        let cases: [(&str, &[usize]); 10] = [
            ("$[?@.idleDays > 90]", &[1]),
            ("$[*]", &[0, 1, 2]),
            ("$[0,0,1]", &[0, 1]),
            ("$[-1]", &[2]),
            ("$[0:2]", &[0, 1]),
            ("$[?@.idleDays == null]", &[2]),
            ("$[?search(@.adminName, '^svc-')]", &[2]),
            ("$[?@['roles'][?@ == 'administrator']]", &[0]),
            ("$[?@.neverUsed == true || length(@.roles) == 0]", &[0, 1]),
            ("$[?!(@.idleDays > 90) && @.expiresOn != 'x']", &[0, 2]),
        ];
        for (text, expected) in cases {
            let path = rows(text).unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}"));
            assert_eq!(path.select(&data), expected, "{text}");
        }
    }

    #[test]
    fn a_path_knows_the_fields_it_reads() {
        let path = rows("$[?@.idleDays > 90 && search(@.note, 'x')]").expect("a path");
        assert_eq!(path.fields().iter().map(String::as_str).collect::<Vec<_>>(), ["idleDays", "note"]);
        let field = parse("$.adminName", Root::Row, &known()).expect("a path");
        assert_eq!(field.single_field(), Some("adminName"));
        let quoted = parse("$['adminName']", Root::Row, &known()).expect("a path");
        assert_eq!(quoted.single_field(), Some("adminName"));
        let part = parse("$.roles[0]", Root::Row, &known()).expect("a path");
        assert_eq!(part.single_field(), None);
        assert_eq!(part.values(&json!({"roles": ["a", "b"]})), [json!("a")]);
    }

    #[test]
    fn a_path_that_looks_at_one_row_at_a_time_knows_it() {
        let cases = [
            ("$[?@.idleDays > 90]", true),
            ("$[?search(@.adminName, '^svc-.*$')]", true),
            ("$[?@.note == \"it's \\\" $5\"]", true),
            ("$[*]", true),
            ("$[0]", false),
            ("$[-1]", false),
            ("$[0:10]", false),
            ("$[?@.idleDays > 90, ?@.neverUsed == true]", false),
            ("$[*, 0]", false),
            ("$[?@.idleDays > $[0].idleDays]", false),
            ("$[?count($[*]) > 3]", false),
            ("$[?search(@.note, '$') && @.id == $[0].id]", false),
        ];
        for (text, expected) in cases {
            let path = rows(text).unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}"));
            assert_eq!(path.is_by_row(), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_of_meaning_have_a_place() {
        let cases = [
            ("$[?@.idelDays > 90]", "idelDays", "`idleDays`"),
            ("$[?@['idelDays'] > 90]", "idelDays", "`idleDays`"),
            ("$[?@.idleDays > '90']", "'90'", "`90`"),
            ("$[?@.status == \"enabled\"]", "\"enabled\"", "2 = enabled"),
            ("$[?@.note == 5]", "5", "`\"5\"`"),
            ("$[?@.roles == 'administrator']", "'administrator'", "@.roles[?@ == "),
            ("$[?@.enabled == 'yes']", "'yes'", "`true`"),
            ("$[?@.enabled > true]", "enabled", "order"),
            ("$[?@.idleDays > null]", "idleDays", "order"),
            ("$[?search(@.note, '(')]", "'('", ""),
            ("$[?match(@.status, '2')]", "status", "text"),
            ("$[?@.neverUsed]", "neverUsed", "== true"),
            ("$[?@.lastUsedOn]", "lastUsedOn", "!= null"),
            ("$[?@.adminName in ['a']]", "in", ""),
            ("$[?in(@.adminName, 'a')]", "in", "RFC 9535"),
            ("$.adminName", "$", "$[?"),
            ("$", "$", "$[?"),
            ("$[?@.status == 2].id", "$", "$[?"),
            ("$..id", "$", "$[?"),
            ("$[?$.status == 2]", "status", ""),
            ("$[?1 == 2]", "$", ""),
            ("$[?@.status == @.note]", "note", ""),
            ("$[?@.tokenType == 'Bearer']", "'Bearer'", "`bearer`"),
            ("$[?@ == 1]", "@", "@.field"),
            ("$[?@[0] == 1]", "0", "@.field"),
            ("$[::0]", ":", ""),
            ("$[?@.lastUsedOn == 0]", "lastUsedOn", "@.neverUsed == true"),
            ("$[?0 == @.lastUsedOn]", "lastUsedOn", "@.neverUsed == true"),
            ("$[?@.lastUsedOn != 0]", "lastUsedOn", "@.neverUsed == false"),
            ("$[?@.lastUsedOn <= 0]", "lastUsedOn", "@.neverUsed == true"),
            ("$[?0 >= @.lastUsedOn]", "lastUsedOn", "@.neverUsed == true"),
            ("$[?@.roles[?@ > 5]]", "5", ""),
            ("$[?@.status == 3]", "3", "1 = disabled, 2 = enabled"),
            ("$[?0 != @.status]", "0", "1 = disabled, 2 = enabled"),
            ("$[?@.note == 'idelDays' && @.idelDays > 9]", "idelDays", "`idleDays`"),
        ];
        let literal = rows("$[?@.note == '*' && count(@.*) > 2]").expect_err("a name is missing");
        assert_eq!(literal[0].span, Some(28..29), "{literal:?}");
        for (text, at, help) in cases {
            let mistakes = rows(text).expect_err(text);
            let mistake = &mistakes[0];
            let span = mistake.span.clone().unwrap_or(0..text.len());
            assert!(
                text[span.clone()].contains(at) || at.contains(&text[span.clone()]),
                "{text}: {span:?} {mistake:?}"
            );
            assert!(mistake.help.clone().unwrap_or_default().contains(help), "{text}: {mistake:?}");
        }
    }

    /// A row has the fields that something names: an audit by all of them once found nothing, and said that all was well.
    #[test]
    fn what_looks_at_fields_names_them() {
        for text in [
            "$[?@..[?@ == 'administrator']]",
            "$[?@.*[?@ == 'administrator']]",
            "$[?@[?@ == 'administrator']]",
            "$[?@..*]",
            "$[?@..[0]]",
            "$[?@..['note', *]]",
            "$[?count(@.*) > 3]",
            "$[?count($[*].*) > 130]",
            "$[?count($..*) > 130]",
            "$[?length(@) > 3]",
            "$[?length($[0]) > 3]",
            "$[?value(@) == 3]",
            "$[?search(@, 'administrator')]",
        ] {
            let mistakes = rows(text).expect_err(text);
            assert!(mistakes[0].help.clone().unwrap_or_default().contains("field"), "{text}: {mistakes:?}");
        }
        for text in ["$.*", "$..*", "$[?@ == 1]"] {
            assert!(parse(text, Root::Row, &known()).is_err(), "{text}");
        }
        for text in [
            "$[?count(@..note) > 0]",
            "$[?@..['note', 'id']]",
            "$[?count(@.roles.*) > 1]",
            "$[?length($) > 9]",
        ] {
            assert!(rows(text).is_ok(), "{text}: {:?}", rows(text));
        }
        let path = rows("$[?count(@..['note', 'id']) > 1]").expect("a path");
        assert_eq!(path.fields().iter().map(String::as_str).collect::<Vec<_>>(), ["id", "note"]);
    }

    /// The library takes all of these, and gives nothing or the same for every row.
    #[test]
    fn functions_are_called_with_what_they_are_of() {
        let cases = [
            ("$[?count(@.roles) > 2]", "`count` of one value is always 1", "length(@.roles)"),
            ("$[?count(@.note) == 2]", "`count` of one value is always 1", "@.roles[*]"),
            ("$[?count(@.roles[0]) == 2]", "`count` of one value is always 1", "@.roles[*]"),
            ("$[?count(length(@.note)) == 1]", "`count` is of what a path finds", "count(@.roles[*])"),
            ("$[?value(1) == 1]", "`value` is of what a path finds", "value(@.roles[*])"),
            ("$[?length('abc') > 2]", "`length` of a literal", ""),
            ("$[?length(@.roles[*]) > 2]", "`length` is of one value", "length(@.roles)"),
            ("$[?length(@.idleDays) > 2]", "`length` of `idleDays`, which is an integer", ""),
            ("$[?match('x', 'x')]", "`match` of a literal", ""),
            ("$[?match(1, 'x')]", "`match` of a literal", ""),
            ("$[?search(@.roles[*], 'x')]", "`search` is of one value", "@.roles[?search(@, '…')]"),
            ("$[?match(@.roles, 'x')]", "which is a list", "@.roles[?match(@, '…')]"),
            ("$[?match(@.note, @.status)]", "a regular expression from a row", "'…'"),
            ("$[?search(@.note, value(@.roles[*]))]", "a regular expression from a row", "'…'"),
            ("$[?match(@.note, 5)]", "a regular expression is a string", ""),
            ("$[?match(@.note, '(?x)a # b')]", "does not compile", ""),
            ("$[?@.roles[?match(@, '(')]]", "does not compile", ""),
            ("$[?@.roles[?length(@) > 'x']]", "different types", ""),
        ];
        for (text, message, help) in cases {
            let mistakes = rows(text).expect_err(text);
            assert_eq!(mistakes.len(), 1, "{text}: {mistakes:?}");
            assert!(mistakes[0].message.contains(message), "{text}: {mistakes:?}");
            assert!(mistakes[0].help.clone().unwrap_or_default().contains(help), "{text}: {mistakes:?}");
        }
        for text in [
            "$[?count(@.roles[*]) > 2]",
            "$[?count(@.roles[?search(@, 'x')]) > 0]",
            "$[?value(@.roles[?@ == 'x']) == 'x']",
            "$[?length(@.roles) > 1 && length(@.note) < 3]",
            "$[?length(value(@.roles[*])) > 3]",
            "$[?search(@.roles[0], '(?x) a # b')]",
            "$[?match(@.adminName, 'a|b')]",
            "$[?@.lastUsedOn > 0 && @.lastUsedOn < 1700000000]",
            "$[?@.idleDays <= 0]",
            "$[?@.status == 2 && @.status < 3 && @.status != 1]",
        ] {
            assert!(rows(text).is_ok(), "{text}: {:?}", rows(text));
        }
    }

    #[test]
    fn syntax_has_a_position() {
        let cases = [
            ("$[?@.note == 'a\u{202e}b']", 15),
            ("$[?@.idleDays >> 90]", 15),
            ("$[?@.idleDays > ]", 16),
            ("idleDays", 0),
            ("$[", 1),
            ("", 0),
        ];
        for (text, at) in cases {
            let mistakes = rows(text).expect_err(text);
            assert_eq!(
                (mistakes[0].code, mistakes[0].span.clone().map(|span| span.start)),
                (Code::PathSyntax, Some(at)),
                "{text}: {mistakes:?}"
            );
        }
    }

    #[test]
    fn paths_that_explode_end_quickly() {
        for text in [
            "$[?".to_owned() + &"(".repeat(2000),
            "$[?".to_owned() + &"length(".repeat(500),
            "$[?".to_owned() + &"!".repeat(4000),
            "$".to_owned() + &"[0]".repeat(1300),
            "$".to_owned() + &"..a".repeat(1300),
            "x".repeat(1_000_000),
            "$[?".to_owned() + &"@.id == 1 || ".repeat(300) + "@.id == 2]",
        ] {
            let _ = rows(&text);
        }
        let regex = format!("$[?search(@.note, '{}')]", "(a{1000}){1000}");
        assert!(rows(&regex).is_err());
    }
}
