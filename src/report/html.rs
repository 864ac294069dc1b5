//! Records as an HTML table, cell by cell: classes by what a column holds, times that a machine can read, groups of rows where
//! there are many.

use std::fmt::Write as _;

use serde_json::Value;

use super::column::of_json;
use super::document::diff::{CHANGE, CHANGES};
use super::helpers::grouped;
use super::shown::{is_number, shown};
use super::template::{Kind, escaped};
use crate::catalog::{Field, FieldType, TOKEN_FIELDS};
use crate::path::Path;

/// Rows in a group, where there are more than so many.
const GROUP: usize = 100;

/// Rows from which on there are links to them.
const LINKED: usize = 500;
/// Characters and lines of a text from which on its cell scrolls, so that no row is as high as the screen.
const LONG: usize = 300;
const LINES: usize = 8;
/// The most links.
const LINKS: usize = 20;

/// A column of the table.
#[derive(Debug)]
pub(super) struct Heading {
    /// What stands over it.
    pub(super) title: String,
    /// Where its values are in a record.
    pub(super) source: Source,
}

/// Where the values of a column are.
#[derive(Debug)]
pub(super) enum Source {
    /// A member of the record.
    Member(String),
    /// What a path finds in it.
    Path(Box<Path>),
}

impl Heading {
    /// The catalogue's field, where the column is one.
    pub(super) fn field(&self) -> Option<&'static Field> {
        match &self.source {
            Source::Member(name) => TOKEN_FIELDS.iter().find(|field| field.name == name),
            Source::Path(_) => None,
        }
    }

    /// Whether it is the member of that name.
    fn is(&self, name: &str) -> bool {
        matches!(&self.source, Source::Member(own) if own == name)
    }

    /// A field's name in words, where the query gives the column no title of its own.
    fn words(&self) -> String {
        match &self.source {
            Source::Member(name) if *name == self.title => words(name),
            _ => self.title.clone(),
        }
    }

    /// The value, as a list where a path finds several.
    pub(super) fn value(&self, record: &Value) -> Value {
        match &self.source {
            Source::Member(name) => record.get(name).cloned().unwrap_or_default(),
            Source::Path(path) => {
                let mut found = path.values(record);
                match found.len() {
                    0 => Value::Null,
                    1 => found.remove(0),
                    _ => Value::Array(found),
                }
            }
        }
    }
}

/// The table in a region that scrolls, after links to its rows where there are many.
pub(super) fn table(caption: &str, headings: &[Heading], records: &[Value]) -> String {
    let columns: Vec<Column<'_>> = headings.iter().map(Column::of).collect();
    let mut out = String::with_capacity(records.len() * columns.len() * 48 + 256);
    links(&mut out, records.len());
    let caption = escaped(caption, Kind::Html);
    push(
        &mut out,
        format_args!(
            "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n<table>\n<caption>{caption}</caption>\n<thead>\n<tr>"
        ),
    );
    for column in &columns {
        let title = escaped(&column.heading.words(), Kind::Html);
        push(&mut out, format_args!("<th scope=\"col\"{}>{title}</th>", column.class()));
    }
    out.push_str("</tr>\n</thead>\n");
    let many = records.len() > 2 * GROUP;
    let groups = records.chunks(if many { GROUP } else { records.len().max(1) });
    for (index, group) in groups.enumerate() {
        out.push_str("<tbody>\n");
        if many {
            let (first, last) = (index * GROUP + 1, index * GROUP + group.len());
            push(
                &mut out,
                format_args!(
                    "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{}\" id=\"row-{first}\"><span>{} to {} of {}</span></th></tr>\n",
                    columns.len(),
                    counted(first),
                    counted(last),
                    counted(records.len()),
                ),
            );
        }
        for record in group {
            row(&mut out, &columns, record);
        }
        out.push_str("</tbody>\n");
    }
    out.push_str("</table>\n</div>");
    out
}

/// Links to groups of rows, not too many.
fn links(out: &mut String, rows: usize) {
    if rows <= LINKED {
        return;
    }
    let step = rows.div_ceil(LINKS * GROUP) * GROUP;
    out.push_str("<nav class=\"rows\" aria-label=\"Rows of the table\">Go to row");
    for first in (1..=rows).step_by(step) {
        push(out, format_args!(" <a href=\"#row-{first}\">{}</a>", counted(first)));
    }
    out.push_str("</nav>\n");
}

/// A heading with what decides how its cells look.
struct Column<'a> {
    heading: &'a Heading,
    field: Option<&'static Field>,
    look: Look,
}

/// How cells look.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Number,
    Time,
    Status,
    /// How a token differs from an earlier result.
    Change,
    /// What is another.
    Changes,
    Word,
    Text,
}

impl<'a> Column<'a> {
    fn of(heading: &'a Heading) -> Self {
        let field = heading.field();
        let look = match field {
            None if heading.is(CHANGE) => Look::Change,
            None if heading.is(CHANGES) => Look::Changes,
            Some(field) if field.kind == FieldType::EpochSeconds => Look::Time,
            Some(field) if !field.labels.is_empty() => Look::Status,
            Some(field) if is_number(Some(field)) => Look::Number,
            Some(field) if field.kind == FieldType::Boolean || !field.values.is_empty() => Look::Word,
            Some(field) if matches!(field.name, "accessId" | "lastAuthIp" | "accessKey") => Look::Word,
            _ => Look::Text,
        };
        Self { heading, field, look }
    }

    fn class(&self) -> &'static str {
        match self.look {
            Look::Number => " class=\"number\"",
            Look::Time => " class=\"time\"",
            Look::Status | Look::Change => " class=\"status\"",
            Look::Changes => " class=\"changes\"",
            Look::Word => " class=\"word\"",
            Look::Text => "",
        }
    }
}

fn row(out: &mut String, columns: &[Column<'_>], record: &Value) {
    let off = record.get("status").and_then(Value::as_i64) == Some(1);
    out.push_str(if off { "<tr class=\"off\">" } else { "<tr>" });
    for (index, column) in columns.iter().enumerate() {
        let value = column.heading.value(record);
        let tag = if index == 0 { "th scope=\"row\"" } else { "td" };
        push(out, format_args!("<{tag}{}>", column.class()));
        cell(out, column, value);
        out.push_str(if index == 0 { "</th>" } else { "</td>" });
    }
    out.push_str("</tr>\n");
}

fn cell(out: &mut String, column: &Column<'_>, value: Value) {
    let nothing = match &value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Number(number) => column.look == Look::Time && number.as_i64() == Some(0),
        _ => false,
    };
    let number = value.as_i64();
    let numeric = value.is_number();
    let text = match &value {
        // One below the other.
        Value::Array(items) if column.look == Look::Changes => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
        }
        _ => shown(&of_json(value), column.field).into_owned(),
    };
    let text = escaped(&text, Kind::Html);
    match (column.look, number) {
        // `-` for what is not there, and the word where there is one.
        _ if nothing => {
            let text = if text.is_empty() { "-" } else { &text };
            push(out, format_args!("<span class=\"none\">{text}</span>"));
        }
        (Look::Time, Some(seconds)) => match jiff::Timestamp::from_second(seconds) {
            Ok(time) => push(out, format_args!("<time datetime=\"{time}\" title=\"{time}\">{text}</time>")),
            Err(_) => out.push_str(&text),
        },
        (Look::Status, Some(status)) => {
            let class = if status == 2 { "on" } else { "out" };
            push(out, format_args!("<span class=\"state {class}\">{text}</span>"));
        }
        (Look::Change, _) => {
            let class = match &*text {
                "added" => "on",
                "removed" => "gone",
                _ => "other",
            };
            push(out, format_args!("<span class=\"state {class}\">{text}</span>"));
        }
        // A number where a path led to one.
        (Look::Text, _) if numeric => push(out, format_args!("<span class=\"digits\">{text}</span>")),
        _ if is_long(&text) => {
            push(out, format_args!("<div class=\"long\" tabindex=\"0\">{text}</div>"));
        }
        _ => out.push_str(&text),
    }
}

fn is_long(text: &str) -> bool {
    text.len() > LONG && text.chars().count() > LONG || text.matches('\n').count() >= LINES
}

/// `12,345`
fn counted(count: usize) -> String {
    grouped(&count.to_string())
}

fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("writing to a string cannot fail");
}

/// `lastAuthIp` as `Last auth IP`.
fn words(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        match c {
            c if out.is_empty() => out.extend(c.to_uppercase()),
            c if c.is_uppercase() => {
                out.push(' ');
                out.extend(c.to_lowercase());
            }
            c => out.push(c),
        }
    }
    let word = |word: &str| match word {
        "Id" | "id" => "ID".to_owned(),
        "ip" => "IP".to_owned(),
        word => word.to_owned(),
    };
    out.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn member(name: &str) -> Heading {
        Heading { title: name.to_owned(), source: Source::Member(name.to_owned()) }
    }

    #[test]
    fn cells_look_like_what_they_hold() {
        let headings =
            ["id", "adminName", "status", "createdOn", "lastUsedOn", "roles", "ageDays"].map(member);
        let record = json!({"id": 12345, "adminName": "<b>\"jane\"", "status": 1, "createdOn": 1_700_000_000, "lastUsedOn": 0,
                            "roles": [], "ageDays": null});
        let html = table("Tokens", &headings, &[record]);
        let expected = concat!(
            "<tbody>\n<tr class=\"off\"><th scope=\"row\" class=\"number\">12345</th>",
            "<td>&lt;b&gt;&#34;jane&#34;</td>",
            "<td class=\"status\"><span class=\"state out\">disabled</span></td>",
            "<td class=\"time\"><time datetime=\"2023-11-14T22:13:20Z\" title=\"2023-11-14T22:13:20Z\">2023-11-14</time></td>",
            "<td class=\"time\"><span class=\"none\">never</span></td>",
            "<td><span class=\"none\">-</span></td>",
            "<td class=\"number\"><span class=\"none\">-</span></td></tr>\n</tbody>\n</table>\n</div>",
        );
        assert!(html.ends_with(expected), "{html}");
        assert!(
            html.contains("<th scope=\"col\" class=\"number\">ID</th><th scope=\"col\">Admin name</th>"),
            "{html}"
        );
        assert!(html.contains(">Last used on</th>"), "{html}");
    }

    /// A note of thousands of characters once made a row that was higher than the screen.
    #[test]
    fn a_long_text_scrolls_in_its_cell() {
        let of = |note: &str| {
            let html = table("Tokens", &[member("id"), member("note")], &[json!({"id": 1, "note": note})]);
            html.contains("<td><div class=\"long\" tabindex=\"0\">") && html.contains("</div></td>")
        };
        assert!(of(&"x".repeat(301)) && of(&"line\n".repeat(8)));
        assert!(!of(&"x".repeat(300)) && !of(&"ü".repeat(300)) && !of("a\nb\nc"));
    }

    #[test]
    fn many_rows_are_in_groups() {
        let records: Vec<Value> = (1..=205).map(|id| json!({"id": id})).collect();
        let html = table("Tokens", &[member("id")], &records);
        assert_eq!(html.matches("<tbody>").count(), 3);
        assert!(html.contains("id=\"row-201\"><span>201 to 205 of 205</span>"), "{html}");
        assert_eq!(table("Tokens", &[member("id")], &records[..200]).matches("<tbody>").count(), 1);
        assert!(table("a\"<b>", &[], &[]).contains("<caption>a&#34;&lt;b&gt;</caption>\n<thead>\n<tr></tr>"));
    }

    #[test]
    fn links_lead_to_groups() {
        let records: Vec<Value> = (1..=10_000).map(|id| json!({"id": id})).collect();
        let links = |rows: usize| {
            let html = table("Tokens", &[member("id")], &records[..rows]);
            let targets: Vec<&str> =
                html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            assert!(targets.iter().all(|target| html.contains(&format!("id=\"{target}\""))), "{targets:?}");
            targets.len()
        };
        assert_eq!((links(500), links(501), links(10_000)), (0, 6, 20));
    }

    #[test]
    fn odd_values_are_shown_as_they_are() {
        let headings = ["createdOn", "status", "note"].map(member);
        let html = table(
            "Tokens",
            &headings,
            &[
                json!({"createdOn": i64::MAX, "status": "<i>", "note": {"a": "<b>"}}),
                json!(7),
                json!({"createdOn": 1.5}),
            ],
        );
        assert!(
            html.contains(&i64::MAX.to_string()) && html.contains("&lt;i&gt;") && !html.contains("<b>"),
            "{html}"
        );
    }
}
