//! `${name}` in strings.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::ops::Range;

use super::declare::{Declared, is_name};
use super::{Origin, VarKind, VarValue};
use crate::diag::Code;
use crate::text;
use crate::yaml::Node;
use crate::yaml::Place;
use crate::yaml::{Mistake, Reader};

/// How a variable is written into a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grammar {
    /// As it is; a string that is just `${name}` takes the variable's type.
    Plain,
    /// LogicMonitor's filter syntax.
    Filter,
    /// RFC 9535.
    JsonPath,
}

/// The file with its variables put in. Undeclared ones are mistakes, unused ones warnings.
pub(in crate::spec) fn insert(reader: &mut Reader, top: &Node, declared: &[Declared]) -> Node {
    let Node::Map(entries) = top else { return top.clone() };
    let by_name = declared.iter().map(|declared| (declared.variable.name.as_str(), declared)).collect();
    let mut inserter = Inserter { reader, declared, by_name, used: BTreeSet::new() };
    let place = Place::default();
    let pairs = entries.iter().enumerate().map(|(index, (key, value))| {
        let value_place = place.value(index);
        let value = match key {
            Node::Text(key) if key == "vars" => value.clone(),
            Node::Text(key) if key == "filters" => inserter.filters(value, &value_place),
            Node::Text(key) if key == "select" => inserter.node(value, &value_place, Grammar::JsonPath),
            _ => inserter.below(value, &value_place),
        };
        (key.clone(), value)
    });
    let filled = Node::Map(pairs.collect());
    let used = inserter.used;
    for unused in declared.iter().filter(|declared| !used.contains(&declared.variable.name)) {
        let name = &unused.variable.name;
        let mistake =
            Mistake::new(Code::VarUnused, format!("nothing uses the variable `{name}`"), &unused.place);
        reader.push(mistake.help(format!("write `${{{name}}}` where it belongs, or take it out")));
    }
    filled
}

struct Inserter<'a> {
    reader: &'a mut Reader,
    declared: &'a [Declared],
    by_name: HashMap<&'a str, &'a Declared>,
    used: BTreeSet<String>,
}

impl Inserter<'_> {
    /// String conditions stand in the list itself, and in the list of an `any`.
    fn filters(&mut self, node: &Node, place: &Place) -> Node {
        let Node::List(items) = node else { return self.node(node, place, Grammar::Plain) };
        let items = items.iter().enumerate().map(|(index, item)| {
            let place = place.item(index);
            match item {
                Node::Text(_) => self.node(item, &place, Grammar::Filter),
                Node::Map(entries) => {
                    Node::Map(self.entries(entries, &place, |inserter, key, value, place| match key {
                        Node::Text(key) if key == "any" => inserter.filters(value, place),
                        _ => inserter.node(value, place, Grammar::Plain),
                    }))
                }
                other => self.node(other, &place, Grammar::Plain),
            }
        });
        Node::List(items.collect())
    }

    /// Any other value; a `path` or `select` in it is JSONPath.
    fn below(&mut self, node: &Node, place: &Place) -> Node {
        match node {
            Node::Map(entries) => {
                Node::Map(self.entries(entries, place, |inserter, key, value, place| match key {
                    Node::Text(key) if key == "path" || key == "select" => {
                        inserter.node(value, place, Grammar::JsonPath)
                    }
                    _ => inserter.below(value, place),
                }))
            }
            Node::List(items) => Node::List(
                items.iter().enumerate().map(|(index, item)| self.below(item, &place.item(index))).collect(),
            ),
            other => self.node(other, place, Grammar::Plain),
        }
    }

    fn entries(
        &mut self,
        entries: &[(Node, Node)],
        place: &Place,
        mut value: impl FnMut(&mut Self, &Node, &Node, &Place) -> Node,
    ) -> Vec<(Node, Node)> {
        let inserted = entries.iter().enumerate();
        inserted
            .map(|(index, (key, node))| (key.clone(), value(self, key, node, &place.value(index))))
            .collect()
    }

    fn node(&mut self, node: &Node, place: &Place, grammar: Grammar) -> Node {
        match node {
            Node::Text(text) if text.contains("${") => self.text(text, place, grammar),
            Node::Map(entries) => {
                Node::Map(self.entries(entries, place, |inserter, _, value, place| {
                    inserter.node(value, place, grammar)
                }))
            }
            Node::List(items) => Node::List(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.node(item, &place.item(index), grammar))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    fn text(&mut self, text: &str, place: &Place, grammar: Grammar) -> Node {
        let mut out = String::with_capacity(text.len());
        let mut quote = None;
        let mut at = 0;
        while let Some(next) = text[at..].find("${").map(|found| at + found) {
            if text[..next].ends_with('$') && next > at {
                // `$${` is a literal `${`.
                advance(&mut quote, &text[at..next - 1], grammar);
                out.push_str(&text[at..next - 1]);
                out.push_str("${");
                at = next + 2;
                continue;
            }
            out.push_str(&text[at..next]);
            advance(&mut quote, &text[at..next], grammar);
            let Some(end) = text[next..].find('}').map(|found| next + found) else {
                self.mistake(
                    place,
                    next..text.len(),
                    "`${` without its `}`".to_owned(),
                    "write `$${` for a literal `${`",
                );
                return Node::Text(text.to_owned());
            };
            let Some(value) = self.value(&text[next + 2..end], place, next..end + 1) else {
                return Node::Text(text.to_owned());
            };
            if grammar == Grammar::Plain && next == 0 && end + 1 == text.len() {
                return value.to_node();
            }
            out.push_str(&written(&value, grammar, quote));
            at = end + 1;
        }
        out.push_str(&text[at..]);
        self.reader.substituted(place);
        Node::Text(out)
    }

    fn value(&mut self, name: &str, place: &Place, span: Range<usize>) -> Option<VarValue> {
        if let Some(declared) = self.by_name.get(name) {
            self.used.insert(name.to_owned());
            if declared.variable.origin == Origin::Broken {
                self.reader.unresolved(place);
            }
            return Some(declared.variable.value.clone());
        }
        let names = self.declared.iter().take(1000).map(|declared| declared.variable.name.as_str());
        let message = if is_name(name) {
            format!("the variable `{name}` is not declared")
        } else {
            format!("`{}` is no name of a variable", text::shortened(name, 40))
        };
        let near = if self.reader.is_full() { None } else { text::nearest(name, names) };
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "declare it in `vars`, or write `$${` for a literal `${`".to_owned(),
        };
        self.mistake(place, span, message, &help);
        None
    }

    fn mistake(&mut self, place: &Place, span: Range<usize>, message: String, help: &str) {
        self.reader.unresolved(place);
        self.reader.push(Mistake::new(Code::VarUndeclared, message, place).within(Some(span)).help(help));
    }
}

/// Which quote is open after a piece of text.
fn advance(quote: &mut Option<char>, piece: &str, grammar: Grammar) {
    let mut escaped = false;
    for c in piece.chars() {
        match (*quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => *quote = None,
            (None, '"') if grammar != Grammar::Plain => *quote = Some('"'),
            (None, '\'') if grammar == Grammar::JsonPath => *quote = Some('\''),
            _ => {}
        }
    }
}

/// The value as a literal of the grammar, or escaped for the quotes it stands in.
fn written(value: &VarValue, grammar: Grammar, quote: Option<char>) -> String {
    let text = value.to_string();
    match (grammar, quote) {
        (Grammar::Plain, _) => text,
        (_, Some(quote)) => escaped(&text, grammar, quote),
        (_, None) if value.kind() == VarKind::String => format!("\"{}\"", escaped(&text, grammar, '"')),
        (_, None) => text,
    }
}

fn escaped(text: &str, grammar: Grammar, quote: char) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        match grammar {
            Grammar::Filter if "\\\"()$&#[]".contains(c) => out.extend(['\\', c]),
            Grammar::JsonPath if c == quote || c == '\\' => out.extend(['\\', c]),
            // A path has none of those that act on a terminal; all of them are of four digits.
            Grammar::JsonPath if u32::from(c) < 0x20 || text::is_active(c) => {
                write!(out, "\\u{:04x}", u32::from(c)).expect("writing to a string cannot fail");
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use crate::diag::{Code, Diagnostic, Source};
    use crate::filter::{Condition, Op, Scalar};
    use crate::spec::{Inputs, Query, VarValue, load};

    fn with(text: &str, vars: &[(&str, &str)]) -> (Option<Query>, Vec<Diagnostic>) {
        let flags = vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        load(&Source::new("q.yaml", text), &Inputs { flags, ..Inputs::default() })
    }

    fn query(text: &str, vars: &[(&str, &str)]) -> Query {
        let (query, diagnostics) = with(text, vars);
        query.unwrap_or_else(|| panic!("{text}: {diagnostics:#?}"))
    }

    fn codes(text: &str, vars: &[(&str, &str)]) -> Vec<Code> {
        with(text, vars).1.iter().map(|diagnostic| diagnostic.code).collect()
    }

    #[test]
    fn a_string_that_is_just_a_variable_takes_its_type() {
        let text = "vars: {n: 7, s: 2, on: true}\nendpoint: apitokens\nsize: ${n}\n\
                    filters: [{status: '${s}'}, {enabled: '${on}'}]\ndescription: at $${n} and ${n}\n";
        let query = query(text, &[]);
        assert_eq!(query.size, 7);
        assert_eq!(query.filters[0].leaves()[0].values, [Scalar::Int(2)]);
        assert_eq!(query.filters[1].leaves()[0].values, [Scalar::Bool(true)]);
        assert_eq!(query.description.as_deref(), Some("at ${n} and 7"));
    }

    #[test]
    fn the_strongest_value_counts_and_its_origin_is_known() {
        let text = "vars: {owner: a}\nendpoint: apitokens\nfilters: [{adminName: '${owner}'}]\n";
        let environment = [("LMQ_VAR_OWNER".to_owned(), "c".to_owned())].into();
        let file = crate::spec::VarFile {
            name: "x.vars.yaml".to_owned(),
            values: vec![("owner".to_owned(), VarValue::Text("b".to_owned()))],
        };
        let mut inputs = Inputs { environment, ..Inputs::default() };
        let value = |inputs: &Inputs| {
            let (query, _) = load(&Source::new("q.yaml", text), inputs);
            let variable = query.expect("valid").variables.remove(0);
            (variable.value.to_string(), variable.origin.to_string())
        };
        assert_eq!(value(&Inputs::default()), ("a".to_owned(), "default".to_owned()));
        assert_eq!(value(&inputs), ("c".to_owned(), "LMQ_VAR_OWNER".to_owned()));
        inputs.files.push(file);
        assert_eq!(value(&inputs), ("b".to_owned(), "--var-file x.vars.yaml".to_owned()));
        inputs.flags = vec![("owner".to_owned(), "d".to_owned()), ("owner".to_owned(), "e".to_owned())];
        assert_eq!(value(&inputs), ("e".to_owned(), "--var".to_owned()));
    }

    /// A variable's name and value on the command line.
    type Flag<'a> = (&'a str, &'a str);

    #[test]
    fn mistakes_are_told_once_each() {
        let base = "endpoint: apitokens\n";
        let cases: [(&str, &[Flag<'_>], &[Code]); 9] = [
            ("filters: ['note:\"${x}\"']\n", &[], &[Code::VarUndeclared]),
            ("filters: ['note:${x']\nvars: {x: a}\n", &[], &[Code::VarUndeclared, Code::VarUnused]),
            ("vars: {x: {type: integer}}\nsize: ${x}\n", &[], &[Code::VarMissing]),
            ("vars: {x: {type: integer}}\nsize: ${x}\n", &[("x", "5.5")], &[Code::VarValue]),
            (
                "vars: {x: {type: string, allowed: [a, b]}}\ndescription: ${x}\n",
                &[("x", "c")],
                &[Code::VarValue],
            ),
            ("vars: {x: 1}\n", &[], &[Code::VarUnused]),
            ("vars: {x: {}}\ndescription: ${x}\n", &[], &[Code::VarDeclaration]),
            ("vars: {x: {type: integer, default: a}}\nsize: ${x}\n", &[], &[Code::VarDeclaration]),
            ("vars: {x: 5000}\nsize: ${x}\n", &[], &[Code::BadValue]),
        ];
        for (rest, vars, expected) in cases {
            let text = format!("{base}{rest}");
            assert_eq!(codes(&text, vars), expected, "{text}");
        }
    }

    fn filter_value(text: &str, value: &str) -> (Op, Vec<Scalar>) {
        let query = query(
            &format!("endpoint: apitokens\nvars: {{x: {{type: string}}}}\nfilters: [{text}]\n"),
            &[("x", value)],
        );
        match &query.filters[..] {
            [Condition::Is(leaf)] => (leaf.op, leaf.values.clone()),
            other => panic!("{value:?} changed the structure: {other:?}"),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever a variable holds, a filter string has the structure it was written with, and exactly that value.
        #[test]
        fn a_value_never_changes_a_filter(value in "[^*]{1,20}") {
            prop_assume!(!value.trim().is_empty());
            let expected = vec![Scalar::Text(value.clone())];
            for text in ["'note~\"${x}\"'", "'note~${x}'", "{note: {contains: '${x}'}}"] {
                prop_assert_eq!(filter_value(text, &value), (Op::Contains, expected.clone()));
            }
        }

        /// The same in a JSONPath, between either quotes or none.
        #[test]
        fn a_value_never_changes_a_path(value in "\\PC{0,20}|[\u{0}-\u{7f}]{0,20}") {
            for literal in ["'${x}'", "\"${x}\"", "${x}"] {
                let path = format!("$[?@.note == {literal} && @.id == 1]");
                let yaml = serde_json::to_string(&path).expect("JSON is YAML");
                let text = format!("endpoint: apitokens\nvars: {{x: {{type: string}}}}\nselect: {yaml}\n");
                let select = query(&text, &[("x", &value)]).select.expect("a path");
                let rows = json!([{"note": value, "id": 1}, {"note": value, "id": 2}, {"note": format!("{value}!"), "id": 1}]);
                prop_assert_eq!(select.select(&rows), vec![0], "{}", select.as_str());
            }
        }
    }
}
