//! Records as an HTML table, cell by cell: classes by what a column holds, times that a machine can read, groups of rows where
//! there are many.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::document::diff::{CHANGE, CHANGES};
use super::helpers::grouped;
use super::listed::{Given, Heading, Listed, Source};
use super::shown::{is_number, shown};
use super::template::{Kind, escape, escaped};
use crate::catalog::{Field, FieldType};
use crate::row::Cell;

/// Rows in a group, where there are more than so many.
const GROUP: usize = 100;

/// Rows from which on there are links to them.
const LINKED: usize = 500;
/// Characters and lines of a text from which on its cell scrolls, so that no row is as high as the screen.
const LONG: usize = 300;
const LINES: usize = 8;
/// The most links.
const LINKS: usize = 20;

/// The table in a region that scrolls, after links to its rows where there are many.
pub(super) fn table(caption: &str, headings: &[Heading], records: Given<'_>) -> String {
    let columns: Vec<Column<'_>> = headings.iter().map(Column::of).collect();
    let records = Listed::new(records, headings);
    let rows = records.len();
    let mut out = String::with_capacity(rows * columns.len() * 48 + 256);
    links(&mut out, rows);
    let caption = escaped(caption, Kind::Html);
    push(
        &mut out,
        format_args!(
            "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n<table>\n<caption>{caption}</caption>\n<thead>\n<tr>"
        ),
    );
    for column in &columns {
        let title = escaped(&words(column.heading), Kind::Html);
        push(&mut out, format_args!("<th scope=\"col\"{}>{title}</th>", column.class()));
    }
    out.push_str("</tr>\n</thead>\n");
    let many = rows > 2 * GROUP;
    let size = if many { GROUP } else { rows.max(1) };
    for start in (0..rows).step_by(size) {
        let end = rows.min(start + size);
        out.push_str("<tbody>\n");
        if many {
            let first = start + 1;
            push(
                &mut out,
                format_args!(
                    "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{}\" id=\"row-{first}\"><span>{} to {} of {}</span></th></tr>\n",
                    columns.len(),
                    counted(first),
                    counted(end),
                    counted(rows),
                ),
            );
        }
        for index in start..end {
            row(&mut out, &columns, &records, index);
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
    /// Anything that somebody has written, however long its words are.
    Free,
    Text,
}

impl<'a> Column<'a> {
    fn of(heading: &'a Heading) -> Self {
        let is = |name: &str| matches!(&heading.source, Source::Member(own) if own == name);
        let field = heading.field();
        let look = match field {
            None if is(CHANGE) => Look::Change,
            None if is(CHANGES) => Look::Changes,
            Some(field) if field.kind == FieldType::EpochSeconds => Look::Time,
            Some(field) if !field.labels.is_empty() => Look::Status,
            Some(field) if is_number(Some(field)) => Look::Number,
            Some(field) if field.kind == FieldType::Boolean || !field.values.is_empty() => Look::Word,
            Some(field) if matches!(field.name, "accessId" | "lastAuthIp" | "accessKey") => Look::Word,
            Some(field) if field.name == "note" => Look::Free,
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
            Look::Free => " class=\"free\"",
            Look::Text => "",
        }
    }
}

fn row(out: &mut String, columns: &[Column<'_>], records: &Listed<'_>, index: usize) {
    let off = records.status(index) == Some(1);
    out.push_str(if off { "<tr class=\"off\">" } else { "<tr>" });
    for (place, (column, value)) in columns.iter().zip(records.cells(index)).enumerate() {
        out.push_str(if place == 0 { "<th scope=\"row\"" } else { "<td" });
        out.push_str(column.class());
        out.push('>');
        cell(out, column, &value);
        out.push_str(if place == 0 { "</th>" } else { "</td>" });
    }
    out.push_str("</tr>\n");
}

fn cell(out: &mut String, column: &Column<'_>, cell: &Cell) {
    let nothing = match cell {
        Cell::Null => true,
        Cell::List(items) => items.is_empty(),
        Cell::Int(number) => column.look == Look::Time && *number == 0,
        _ => false,
    };
    // One below the other.
    let text = match cell {
        Cell::List(items) if column.look == Look::Changes => Cow::Owned(items.join("\n")),
        cell => shown(cell, column.field),
    };
    match (column.look, cell) {
        // `-` for what is not there, and the word where there is one.
        _ if nothing => {
            out.push_str("<span class=\"none\">");
            escape::push(out, if text.is_empty() { "-" } else { &text }, Kind::Html);
            out.push_str("</span>");
        }
        (Look::Time, Cell::Int(seconds)) => match jiff::Timestamp::from_second(*seconds) {
            Ok(time) => {
                let time = time.to_string();
                for part in ["<time datetime=\"", &time, "\" title=\"", &time, "\">", &text, "</time>"] {
                    out.push_str(part);
                }
            }
            Err(_) => out.push_str(&text),
        },
        (Look::Status, Cell::Int(status)) => {
            out.push_str(if *status == 2 {
                "<span class=\"state on\">"
            } else {
                "<span class=\"state out\">"
            });
            escape::push(out, &text, Kind::Html);
            out.push_str("</span>");
        }
        (Look::Change, _) => {
            let class = match &*text {
                "added" => "on",
                "removed" => "gone",
                _ => "other",
            };
            push(out, format_args!("<span class=\"state {class}\">"));
            escape::push(out, &text, Kind::Html);
            out.push_str("</span>");
        }
        // A number where a path led to one.
        (Look::Text | Look::Free, Cell::Int(_)) => {
            push(out, format_args!("<span class=\"digits\">{text}</span>"));
        }
        (Look::Text | Look::Free, Cell::Other(value)) if value.is_number() => {
            push(out, format_args!("<span class=\"digits\">{text}</span>"));
        }
        _ if is_long(&text) => {
            out.push_str("<div class=\"long\" tabindex=\"0\">");
            escape::push(out, &text, Kind::Html);
            out.push_str("</div>");
        }
        _ => escape::push(out, &text, Kind::Html),
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

/// A field's name in words, where the query gives the column no title of its own.
fn words(heading: &Heading) -> String {
    match &heading.source {
        Source::Member(name) if *name == heading.title => in_words(name),
        _ => heading.title.clone(),
    }
}

/// `lastAuthIp` as `Last auth IP`.
fn in_words(name: &str) -> String {
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
    use serde_json::{Value, json};

    use super::*;

    fn table(caption: &str, headings: &[Heading], records: &[Value]) -> String {
        super::table(caption, headings, Given::Values(records))
    }

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
            html.contains("<td class=\"free\"><div class=\"long\" tabindex=\"0\">")
                && html.contains("</div></td>")
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
