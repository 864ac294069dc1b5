//! LogicMonitor's string syntax: `status:2`, `adminName~"svc"`, `note:"a"|"b"`, conditions joined by `,` or by `||`.

use std::ops::Range;

use super::{Condition, Leaf, Op, Scalar, check};
use crate::catalog::Endpoint;
use crate::diag::{Code, Mistake};
use crate::text;

/// The operators, longest first where one begins with another.
const OPERATORS: &[(&str, Op)] = &[
    (":::empty", Op::Empty),
    ("!::empty", Op::NotEmpty),
    ("!::null", Op::NotEmpty),
    ("!:", Op::Ne),
    ("!~", Op::NotContains),
    (">:", Op::Ge),
    ("<:", Op::Le),
    (">", Op::Gt),
    ("<", Op::Lt),
    (":", Op::Eq),
    ("~", Op::Contains),
];

/// Parses and checks a string condition. Parts joined by `,` are several conditions, parts joined by `||` are one.
///
/// # Errors
/// The first mistake, with its place in `text`.
pub fn parse(endpoint: &Endpoint, text: &str) -> Result<Vec<Condition>, Mistake> {
    let mut scanner = Scanner { text, at: 0 };
    let mut leaves = vec![scanner.leaf(endpoint)?];
    let mut joint: Option<(&str, Range<usize>)> = None;
    while let Some((found, span)) = scanner.joint()? {
        match &joint {
            Some((first, _)) if *first != found => return Err(mixed(span)),
            _ => joint = Some((found, span)),
        }
        leaves.push(scanner.leaf(endpoint)?);
    }
    match joint {
        Some(("||", _)) => Ok(vec![Condition::Any(leaves)]),
        _ => Ok(leaves.into_iter().map(Condition::Is).collect()),
    }
}

fn mixed(span: Range<usize>) -> Mistake {
    Mistake::new(Code::FilterMixed, "`,` and `||` in one condition: which of them binds tighter is not defined")
        .at(span)
        .with_help("write each `,` part as an item of its own, and the alternatives as `any: ['status:1', 'note~\"x\"']`")
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn leaf(&mut self, endpoint: &Endpoint) -> Result<Leaf, Mistake> {
        self.skip_space();
        let start = self.at;
        let name = self.name()?;
        let name_span = start..self.at;
        self.skip_space();
        let op_start = self.at;
        let op = self.operator()?;
        let op_span = op_start..self.at;
        let value_start = self.at;
        let values = if matches!(op, Op::Empty | Op::NotEmpty) { Vec::new() } else { self.values()? };
        let value_span = value_start..self.at;
        check::leaf(endpoint, name, op, values).map_err(|mistake| {
            let span = match mistake.code {
                Code::FilterValue => value_span,
                Code::FilterOperator => op_span,
                _ => name_span,
            };
            mistake.at(span)
        })
    }

    fn name(&mut self) -> Result<&'a str, Mistake> {
        let len = self.rest().find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
        let name = &self.rest()[..len.unwrap_or(self.rest().len())];
        if name.is_empty() {
            let end = self.at + self.rest().chars().next().map_or(0, char::len_utf8);
            return Err(Mistake::new(Code::FilterSyntax, "expected a field name")
                .at(self.at..end)
                .with_help(EXAMPLE));
        }
        self.at += name.len();
        Ok(name)
    }

    fn operator(&mut self) -> Result<Op, Mistake> {
        let start = self.at;
        for (wrong, right) in [("<=", "<:"), (">=", ">:"), ("!=", "!:"), ("==", ":"), ("=", ":")] {
            if self.rest().starts_with(wrong) {
                return Err(Mistake::new(Code::FilterSyntax, format!("`{wrong}` is no operator"))
                    .at(start..start + wrong.len())
                    .with_help(format!("LogicMonitor writes `{right}`")));
            }
        }
        for (token, op) in OPERATORS {
            if self.take(token) {
                return Ok(*op);
            }
        }
        let end = self.rest().chars().next().map_or(start, |c| start + c.len_utf8());
        Err(Mistake::new(Code::FilterSyntax, "expected an operator")
            .at(start..end)
            .with_help("operators: `:` `!:` `>` `<` `>:` `<:` `~` `!~` `:::empty` `!::empty`"))
    }

    fn values(&mut self) -> Result<Vec<Scalar>, Mistake> {
        let mut values = vec![self.value()?];
        loop {
            self.skip_space();
            if self.rest().starts_with("||") || !self.take("|") {
                return Ok(values);
            }
            values.push(self.value()?);
        }
    }

    fn value(&mut self) -> Result<Scalar, Mistake> {
        self.skip_space();
        if self.rest().starts_with('"') { self.quoted() } else { self.bare() }
    }

    fn quoted(&mut self) -> Result<Scalar, Mistake> {
        let start = self.at;
        let mut value = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((offset, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += offset + 1;
                    return Ok(Scalar::Text(value));
                }
                '*' => {
                    let at = start + offset;
                    return Err(Mistake::new(
                        Code::FilterValue,
                        "`*` is the portal's wildcard, and lmq compares exactly",
                    )
                    .at(at..at + 1)
                    .with_help(
                        "use `~` for a part of the text; for a literal `*` use the form `field: value`",
                    ));
                }
                '\\' => match chars.next() {
                    Some((_, escaped)) if "\\\"()$&#[]".contains(escaped) => value.push(escaped),
                    _ => {
                        let at = start + offset;
                        return Err(Mistake::new(
                            Code::FilterSyntax,
                            "a backslash before a character that needs none",
                        )
                        .at(at..at + 1)
                        .with_help("escapes: `\\\\` `\\\"` and a backslash before each of `( ) $ & # [ ]`"));
                    }
                },
                c => value.push(c),
            }
        }
        Err(Mistake::new(Code::FilterSyntax, "a quoted value without its closing `\"`")
            .at(start..self.text.len()))
    }

    fn bare(&mut self) -> Result<Scalar, Mistake> {
        let start = self.at;
        let len = self.rest().find([',', '|']).unwrap_or(self.rest().len());
        let word = self.rest()[..len].trim_end();
        let span = start..start + word.len();
        self.at += len;
        match word {
            "" => {
                Err(Mistake::new(Code::FilterSyntax, "expected a value").at(start..start).with_help(EXAMPLE))
            }
            "true" => Ok(Scalar::Bool(true)),
            "false" => Ok(Scalar::Bool(false)),
            _ => word.parse().map(Scalar::Int).map_err(|_| {
                let word = text::shortened(word, 40);
                Mistake::new(Code::FilterSyntax, format!("`{word}` is neither a number nor in double quotes"))
                    .at(span)
                    .with_help(format!("strings stand in double quotes, or match nothing: `\"{word}\"`"))
            }),
        }
    }

    fn joint(&mut self) -> Result<Option<(&'static str, Range<usize>)>, Mistake> {
        self.skip_space();
        let start = self.at;
        for joint in [",", "||"] {
            if self.take(joint) {
                return Ok(Some((joint, start..self.at)));
            }
        }
        if self.rest().is_empty() {
            return Ok(None);
        }
        let span = start..self.text.len();
        Err(Mistake::new(Code::FilterSyntax, "expected `,`, `||` or the end").at(span).with_help(EXAMPLE))
    }
}

const EXAMPLE: &str = "conditions look like `status:2` or `adminName~\"svc\"`";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::by_path;

    fn parsed(text: &str) -> Result<Vec<Condition>, Mistake> {
        parse(by_path("/setting/admins/apitokens").expect("the catalogue has it"), text)
    }

    fn leaves(text: &str) -> Vec<(String, Op, Vec<Scalar>)> {
        let conditions = parsed(text).unwrap_or_else(|mistake| panic!("{text}: {mistake:?}"));
        conditions
            .iter()
            .flat_map(Condition::leaves)
            .map(|leaf| (leaf.field.name.to_owned(), leaf.op, leaf.values.clone()))
            .collect()
    }

    #[test]
    fn every_operator_is_read() {
        let int = |n| vec![Scalar::Int(n)];
        let text = |t: &str| vec![Scalar::Text(t.to_owned())];
        let cases = [
            ("status:2", "status", Op::Eq, int(2)),
            ("status!:2", "status", Op::Ne, int(2)),
            ("id>5", "id", Op::Gt, int(5)),
            ("id<5", "id", Op::Lt, int(5)),
            ("id>:5", "id", Op::Ge, int(5)),
            ("id<:-5", "id", Op::Le, int(-5)),
            (r#"adminName~"svc""#, "adminName", Op::Contains, text("svc")),
            (r#"adminName!~"svc""#, "adminName", Op::NotContains, text("svc")),
            (r#" note : "a \"b\" \\ \(c\)" "#, "note", Op::Eq, text(r#"a "b" \ (c)"#)),
            ("note:::empty", "note", Op::Empty, vec![]),
            ("note!::empty", "note", Op::NotEmpty, vec![]),
            ("note!::null", "note", Op::NotEmpty, vec![]),
            ("status:1|2", "status", Op::Eq, vec![Scalar::Int(1), Scalar::Int(2)]),
        ];
        for (source, field, op, values) in cases {
            assert_eq!(leaves(source), [(field.to_owned(), op, values)], "{source}");
        }
    }

    #[test]
    fn joints_make_conditions_or_alternatives() {
        assert_eq!(parsed("status:2,id>5").expect("good").len(), 2);
        let any = parsed(r#"status:1||note~"a,b||c""#).expect("good");
        assert!(matches!(&any[..], [Condition::Any(leaves)] if leaves.len() == 2), "{any:?}");
    }

    #[test]
    fn mistakes_have_a_place_and_a_remedy() {
        let cases = [
            ("status:1,id>5||id<2", Code::FilterMixed, 13..15, "any:"),
            ("status<=2", Code::FilterSyntax, 6..8, "`<:`"),
            ("status=2", Code::FilterSyntax, 6..7, "`:`"),
            ("adminName~svc", Code::FilterSyntax, 10..13, "`\"svc\"`"),
            ("adminNam~\"svc\"", Code::UnknownField, 0..8, "adminName"),
            ("adminName>\"a\"", Code::FilterOperator, 9..10, "contains"),
            ("status:\"2\"", Code::FilterValue, 7..10, "without quotes"),
            ("note:\"a*\"", Code::FilterValue, 7..8, "literal"),
            ("note:\"a\\n\"", Code::FilterSyntax, 7..8, "escapes"),
            ("status:2 id:3", Code::FilterSyntax, 7..13, ""),
            ("", Code::FilterSyntax, 0..0, "status:2"),
            ("status:", Code::FilterSyntax, 7..7, "status:2"),
            ("status", Code::FilterSyntax, 6..6, "operators"),
            ("status:2,", Code::FilterSyntax, 9..9, "status:2"),
            ("_all~\"x\"", Code::UnknownField, 0..4, "fields"),
        ];
        for (source, code, span, help) in cases {
            let mistake = parsed(source).expect_err(source);
            assert_eq!((mistake.code, mistake.span.clone()), (code, Some(span)), "{source}: {mistake:?}");
            assert!(mistake.help.unwrap_or_default().contains(help), "{source}");
        }
        let open = parsed("note:\"abc").expect_err("no end");
        assert!(open.message.contains("closing"));
    }

    #[test]
    fn the_place_of_a_missing_name_is_a_whole_character() {
        for (source, span) in [("Ԏ:a", 0..2), ("status:2,é", 9..11), ("status:2,", 9..9)] {
            assert_eq!(parsed(source).expect_err(source).span, Some(span), "{source}");
        }
    }

    #[test]
    fn odd_characters_are_told_and_do_not_panic() {
        for source in
            ["é:1", "status\u{1f600}", "status:é|", "note:\"é\\", "|", ":::empty", "status:1|", "note:\"\\"]
        {
            assert!(parsed(source).is_err(), "{source}");
        }
    }
}
