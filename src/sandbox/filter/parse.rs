//! The grammar of a filter expression.

use super::Malformed;
use super::condition::{Condition, Operand, Operator, Test};
use super::pattern::Pattern;
use crate::sandbox::query::decoded;

/// Longest first: each is taken where it is met.
const OPERATORS: &[(&str, Operator)] = &[
    ("!:", Operator::NotEqual),
    ("!~", Operator::Lacks),
    (">:", Operator::AtLeast),
    ("<:", Operator::AtMost),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("~", Operator::Contains),
    (":", Operator::Equal),
];

/// Alternatives of conditions that hold together.
pub(super) fn expression(text: &str) -> Result<Vec<Vec<Condition>>, Malformed> {
    let mut reader = Reader { rest: text };
    let mut any = Vec::new();
    let mut all = vec![reader.condition()?];
    while !reader.rest.is_empty() {
        if reader.eat("||") {
            any.push(std::mem::take(&mut all));
        } else if !reader.eat(",") {
            return Err(Malformed);
        }
        all.push(reader.condition()?);
    }
    any.push(all);
    Ok(any)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn eat(&mut self, sign: &str) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Takes what comes before the first character that `ends` it.
    fn take_until(&mut self, ends: impl Fn(char) -> bool) -> &'a str {
        let (taken, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn condition(&mut self) -> Result<Condition, Malformed> {
        let field = self.take_until(|c| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-')));
        if field.is_empty() {
            return Err(Malformed);
        }
        Ok(Condition { field: field.to_owned(), test: self.test()? })
    }

    fn test(&mut self) -> Result<Test, Malformed> {
        if self.eat(":::empty") {
            return Ok(Test::Empty);
        }
        if self.eat("!::empty") {
            return Ok(Test::NotEmpty);
        }
        if self.eat("!::null") {
            return Ok(Test::NotNull);
        }
        let (_, operator) = OPERATORS.iter().find(|(sign, _)| self.eat(sign)).ok_or(Malformed)?;
        let mut operands = vec![self.operand()?];
        while self.rest.starts_with('|') && !self.rest.starts_with("||") {
            self.eat("|");
            operands.push(self.operand()?);
        }
        Ok(Test::Compare(*operator, operands))
    }

    fn operand(&mut self) -> Result<Operand, Malformed> {
        if self.eat("\"") {
            return self.quoted().map(|text| Operand::Text(Pattern::new(text)));
        }
        let bare = self.take_until(|c| matches!(c, ',' | '|'));
        // An operator sign here is a mistyped operator: `<=`, `>=`, `::`.
        if bare.is_empty() || bare.contains('"') || bare.starts_with(['=', ':', '!', '~', '<', '>']) {
            return Err(Malformed);
        }
        let digits = bare.strip_prefix('-').unwrap_or(bare);
        let number = bare.parse().ok().filter(|_| digits.starts_with(|c: char| c.is_ascii_digit()));
        Ok(number.map_or(Operand::Bare, Operand::Number))
    }

    /// The text of a quoted value whose opening quote is taken. A backslash keeps a quote from ending it.
    fn quoted(&mut self) -> Result<String, Malformed> {
        let mut escaped = false;
        let end = self.rest.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let (content, rest) = self.rest.split_at(end.ok_or(Malformed)?);
        self.rest = &rest[1..];
        Ok(unescaped(&decoded(content)))
    }
}

/// Without the backslashes before `\`, `"` and the characters of the grammar; any other backslash is itself.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = chars.next_if(|next| {
            c == '\\' && matches!(next, '\\' | '"' | '(' | ')' | '$' | '&' | '#' | '[' | ']')
        });
        out.push(escaped.unwrap_or(c));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_decoding_comes_before_the_escapes() {
        let cases = [
            ("plain", "plain"),
            ("a%20b+c", "a b c"),
            ("svc%2Bci", "svc+ci"),
            (r#"say \"no\""#, "say \"no\""),
            ("say %5C%22no%5C%22", "say \"no\""),
            ("%5C%5C%5C%5C", r"\\"),
            (r"\(x\) \n \", r"(x) \n \"),
            ("100%25_uptime", "100%_uptime"),
            ("100%_uptime", "100%_uptime"),
            ("bj%C3%B6rn", "björn"),
        ];
        for (content, text) in cases {
            assert_eq!(unescaped(&decoded(content)), text, "{content}");
        }
    }

    #[test]
    fn quotes_keep_the_signs_of_the_grammar() {
        let all =
            expression(r#"adminName:"a,b||c|d:e"|"f\"",status>:-2||note:::empty"#).expect("it is valid");
        assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        let values = ["a,b||c|d:e", "f\""].map(|text| Operand::Text(Pattern::new(text.to_owned())));
        assert_eq!(all[0][0].test, Test::Compare(Operator::Equal, values.into()));
        assert_eq!(all[0][1].test, Test::Compare(Operator::AtLeast, vec![Operand::Number(-2.0)]));
        assert_eq!(all[1][0], Condition { field: "note".to_owned(), test: Test::Empty });
    }

    #[test]
    fn bare_words_are_no_numbers() {
        for word in ["inf", "nan", "-", "-x", "1x", "true", "a b"] {
            let all = expression(&format!("status:{word}")).expect("it is valid");
            assert_eq!(all[0][0].test, Test::Compare(Operator::Equal, vec![Operand::Bare]), "{word}");
        }
    }

    #[test]
    fn garbage_is_refused() {
        let cases = [
            "",
            "status",
            "status:",
            ":2",
            "status<=2",
            "status>=2",
            "status=2",
            "status::2",
            "status!2",
            "status:2,",
            ",status:2",
            "status:2||",
            "status:2|",
            "note:\"open",
            "note:\"a\"b",
            "note:a\"b\"",
            "(status:2)",
            "status:2, id:1",
            "note:::empty1",
            "note:::null",
        ];
        for text in cases {
            assert_eq!(expression(text), Err(Malformed), "{text}");
        }
    }
}
