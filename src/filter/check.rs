//! Does the field exist, does the operator fit it, do the values fit both.

use super::{Leaf, Op, Scalar};
use crate::catalog::{Endpoint, Field, FieldType};
use crate::diag::{Code, Mistake};
use crate::text;

/// A checked leaf of the raw parts of a condition.
///
/// # Errors
/// The first part that does not fit.
pub fn leaf(endpoint: &Endpoint, name: &str, op: Op, values: Vec<Scalar>) -> Result<Leaf, Mistake> {
    let field = endpoint.field(name).ok_or_else(|| unknown_field(endpoint, name))?;
    if field.secret {
        return Err(Mistake::new(
            Code::FilterOperator,
            format!("`{name}` is key material and cannot be filtered on"),
        )
        .with_help("filter on `accessId`, which names the token"));
    }
    if !operators(field.kind).contains(&op) {
        let fitting: Vec<&str> = operators(field.kind).iter().map(|op| op.name()).collect();
        let message =
            format!("`{}` does not fit `{name}`, which is {}", op.name(), field.kind.with_article());
        return Err(Mistake::new(Code::FilterOperator, message).with_help(format!(
            "operators of {}: {}",
            field.kind.with_article(),
            text::listed(deduplicated(fitting))
        )));
    }
    if values.len() > 1 && !op.takes_list() {
        return Err(Mistake::new(Code::FilterValue, format!("`{}` takes one value, not a list", op.name())));
    }
    for value in &values {
        check_value(field, op, value)?;
    }
    Ok(Leaf { field, op, values })
}

/// The names of the operators that a query may use on a field, in the order of the documentation.
#[must_use]
pub fn operators_of(field: &Field) -> Vec<&'static str> {
    // Key material is not filtered on.
    let ops = if field.secret { &[] } else { operators(field.kind) };
    deduplicated(ops.iter().map(|op| op.name()).collect())
}

/// The operators that fit a type of field.
#[must_use]
pub fn operators(kind: FieldType) -> &'static [Op] {
    match kind {
        FieldType::Integer => &[Op::Eq, Op::Ne, Op::Gt, Op::Lt, Op::Ge, Op::Le, Op::Empty, Op::NotEmpty],
        FieldType::EpochSeconds => &[
            Op::Eq,
            Op::Ne,
            Op::Gt,
            Op::Lt,
            Op::Ge,
            Op::Le,
            Op::Before,
            Op::After,
            Op::OlderThan,
            Op::NewerThan,
            Op::Empty,
            Op::NotEmpty,
        ],
        FieldType::Text | FieldType::TextList => {
            &[Op::Eq, Op::Ne, Op::Contains, Op::NotContains, Op::Empty, Op::NotEmpty]
        }
        FieldType::Boolean => &[Op::Eq, Op::Ne, Op::Empty, Op::NotEmpty],
    }
}

fn deduplicated(mut names: Vec<&str>) -> Vec<&str> {
    names.dedup();
    names
}

fn unknown_field(endpoint: &Endpoint, name: &str) -> Mistake {
    let names = endpoint.fields.iter().map(|field| field.name);
    let shown = text::shortened(name, 40);
    let mistake = Mistake::new(Code::UnknownField, format!("unknown field `{shown}`"));
    match text::nearest(name, names.clone()) {
        Some(near) => mistake.with_help(format!("did you mean `{near}`?")),
        None => mistake.with_help(format!("fields: {}", text::listed(names))),
    }
}

fn check_value(field: &Field, op: Op, value: &Scalar) -> Result<(), Mistake> {
    let fits = match (field.kind, value) {
        (FieldType::Integer | FieldType::EpochSeconds, Scalar::Int(_))
        | (FieldType::Text | FieldType::TextList, Scalar::Text(_))
        | (FieldType::Boolean, Scalar::Bool(_)) => true,
        (_, Scalar::Int(_) | Scalar::Text(_) | Scalar::Bool(_)) => false,
    };
    if !fits {
        let message = format!(
            "{} does not fit `{}`, which is {}",
            described(value),
            field.name,
            field.kind.with_article()
        );
        let mistake = Mistake::new(Code::FilterValue, message);
        return Err(match remedy(field, value) {
            Some(remedy) => mistake.with_help(remedy),
            None => mistake,
        });
    }
    match value {
        Scalar::Text(text) if text.is_empty() => {
            let message = format!("an empty text for `{}`", field.name);
            Err(Mistake::new(Code::FilterValue, message)
                .with_help(format!("write `{}: {{empty: true}}` or `{{empty: false}}`", field.name)))
        }
        Scalar::Text(text)
            if matches!(op, Op::Eq | Op::Ne)
                && !field.values.is_empty()
                && !field.values.contains(&text.as_str()) =>
        {
            let message = format!("`{}` is never `{}`", field.name, text::shortened(text, 40));
            Err(Mistake::new(Code::FilterValue, message)
                .with_help(format!("it is one of {}", text::listed(field.values.iter().copied()))))
        }
        Scalar::Int(0) if field.zero_is_null && matches!(op, Op::Eq | Op::Ne) => {
            let message = format!("0 in `{}` means never, as null does", field.name);
            Err(Mistake::new(Code::FilterValue, message)
                .with_help(format!("write `{}: {{empty: true}}` or `{{empty: false}}`", field.name)))
        }
        _ => Ok(()),
    }
}

fn described(value: &Scalar) -> String {
    match value {
        Scalar::Int(value) => format!("the integer `{value}`"),
        Scalar::Bool(value) => format!("the boolean `{value}`"),
        Scalar::Text(text) => format!("the string `{}`", text::shortened(text, 40)),
    }
}

/// What to write instead, where the value tells what was meant.
fn remedy(field: &Field, value: &Scalar) -> Option<String> {
    match (field.kind, value) {
        (FieldType::Integer | FieldType::EpochSeconds, Scalar::Text(text)) if text.parse::<i64>().is_ok() => {
            Some(format!("write it without quotes: `{text}`"))
        }
        (FieldType::Integer, Scalar::Text(text)) if field.name == "status" => {
            let number = if text.to_lowercase().starts_with("en") { 2 } else { 1 };
            Some(format!("1 = disabled, 2 = enabled: perhaps `{number}`"))
        }
        (FieldType::Text | FieldType::TextList, Scalar::Int(value)) => {
            Some(format!("write it in quotes: `\"{value}\"`"))
        }
        (FieldType::Text | FieldType::TextList, Scalar::Bool(value)) => {
            Some(format!("write it in quotes: `\"{value}\"`"))
        }
        (FieldType::EpochSeconds, _) => {
            Some("write seconds since 1970-01-01, such as `1767225600`".to_owned())
        }
        (FieldType::Boolean, _) => Some("write `true` or `false`".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::by_path;

    fn check(name: &str, op: Op, value: Scalar) -> Result<Leaf, Mistake> {
        leaf(by_path("/setting/admins/apitokens").expect("the catalogue has it"), name, op, vec![value])
    }

    #[test]
    fn what_does_not_fit_is_told_with_a_remedy() {
        let text = |text: &str| Scalar::Text(text.to_owned());
        let cases = [
            (check("adminNam", Op::Eq, text("x")), Code::UnknownField, "did you mean `adminName`?"),
            (check("status", Op::Contains, Scalar::Int(1)), Code::FilterOperator, "`gt`"),
            (check("adminName", Op::Gt, text("x")), Code::FilterOperator, "`contains`"),
            (check("status", Op::Eq, text("2")), Code::FilterValue, "without quotes: `2`"),
            (check("status", Op::Eq, text("enabled")), Code::FilterValue, "perhaps `2`"),
            (check("note", Op::Eq, Scalar::Int(5)), Code::FilterValue, "\"5\""),
            (check("note", Op::Eq, text("")), Code::FilterValue, "empty: true"),
            (check("lastUsedOn", Op::Eq, Scalar::Int(0)), Code::FilterValue, "empty: true"),
            (check("accessKey", Op::Eq, text("abc")), Code::FilterOperator, "accessId"),
            (check("tokenType", Op::Eq, text("LMv1")), Code::FilterValue, "`lmv1`, `bearer`"),
            (check("enabled", Op::Eq, Scalar::Int(1)), Code::FilterValue, "`true`"),
        ];
        for (result, code, help) in cases {
            let mistake = result.expect_err("a mistake");
            assert_eq!(mistake.code, code);
            assert!(mistake.help.as_deref().is_some_and(|text| text.contains(help)), "{mistake:?}");
        }
    }

    #[test]
    fn what_fits_is_taken() {
        assert!(check("status", Op::Ge, Scalar::Int(2)).is_ok());
        assert!(check("roles", Op::Contains, Scalar::Text("admin".to_owned())).is_ok());
        assert!(check("idleDays", Op::Gt, Scalar::Int(90)).is_ok());
    }
}
