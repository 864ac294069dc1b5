//! `records_table`: records in the columns of the query, in the language of the template.

use serde_json::Value;

use super::call::{Call, found};
use crate::path::{self, Root};
use crate::report::aligned::{self, aligned};
use crate::report::html;
use crate::report::listed::{Given, Heading, Listed, Source};
use crate::report::shown::{is_number, shown};
use crate::report::template::{Kind, escaped};
use crate::row::Cell;

/// `{{records_table records columns}}`; in HTML, `caption=` is what the table is called.
pub(super) fn records_table(call: &Call<'_>) -> Result<Value, String> {
    let text = text(call)?;
    call.check_room(text.len())?;
    Ok(Value::from(text))
}

fn text(call: &Call<'_>) -> Result<String, String> {
    let kind = call.kind;
    let list = |index: usize| {
        let value = call.param(index);
        value.as_array().ok_or_else(|| format!("expected a list, found {}", found(value)))
    };
    let records = match call.in_turn.filter(|in_turn| in_turn.are(call.param(0))) {
        Some(in_turn) => Given::Rows(in_turn),
        None => Given::Values(list(0)?),
    };
    let headings: Vec<Heading> =
        list(1)?.iter().map(|column| heading(column, records)).collect::<Result<_, _>>()?;
    if kind == Kind::Html {
        return Ok(html::table(call.text("caption")?.unwrap_or("Records"), &headings, records));
    }
    let nothing = if kind == Kind::Csv { "" } else { "-" };
    let rows = rows(&headings, records, nothing);
    Ok(match kind {
        Kind::Markdown => markdown(&headings, &rows),
        Kind::Csv => csv(&headings, &rows),
        Kind::Text | Kind::Html => {
            let headings: Vec<aligned::Heading<'_>> = headings
                .iter()
                .map(|heading| aligned::Heading { title: &heading.title, right: is_number(heading.field()) })
                .collect();
            aligned(&headings, &rows, None).trim_end().to_owned()
        }
    })
}

/// The cells as text; `nothing` where there is no value and the field has no word for that.
fn rows(headings: &[Heading], records: Given<'_>, nothing: &str) -> Vec<Vec<String>> {
    let fields: Vec<_> = headings.iter().map(Heading::field).collect();
    let records = Listed::new(records, headings);
    let row = |index| {
        let cells = records.cells(index).into_iter().zip(&fields);
        let text = cells.map(|(cell, field)| match &*cell {
            Cell::Null if !field.is_some_and(|field| field.zero_is_null) => nothing.to_owned(),
            cell => shown(cell, *field).into_owned(),
        });
        text.collect()
    };
    (0..records.len()).map(row).collect()
}

fn csv(headings: &[Heading], rows: &[Vec<String>]) -> String {
    let titles: Vec<String> = headings.iter().map(|heading| heading.title.clone()).collect();
    let line =
        |cells: &Vec<String>| cells.iter().map(|cell| escaped(cell, Kind::Csv)).collect::<Vec<_>>().join(",");
    std::iter::once(&titles).chain(rows).map(line).collect::<Vec<_>>().join("\n")
}

fn markdown(headings: &[Heading], rows: &[Vec<String>]) -> String {
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells: Vec<String> = cells.map(|cell| escaped(cell, Kind::Markdown)).collect();
        format!("| {} |", cells.join(" | "))
    };
    let rule: String =
        headings.iter().map(|heading| if is_number(heading.field()) { "|---:" } else { "|---" }).collect();
    let head = line(&mut headings.iter().map(|heading| heading.title.as_str()));
    let rows = rows.iter().map(|row| line(&mut row.iter().map(String::as_str)));
    [head, rule + "|"].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

/// An entry of `columns`.
fn heading(column: &Value, records: Given<'_>) -> Result<Heading, String> {
    let part = |name: &str| column.get(name).and_then(Value::as_str);
    let (Some(title), Some(text)) = (part("title"), part("path")) else {
        return Err(format!("expected columns with a title and a path, found {}", found(column)));
    };
    let plain = |name: &&str| name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let source = if let Some(name) = text.strip_prefix("$.").filter(plain) {
        Source::Member(name.to_owned())
    } else {
        let path = path::parse(text, Root::Row, &records.known());
        Source::Path(Box::new(path.map_err(|_| format!("`{text}` is no path of a record"))?))
    };
    Ok(Heading { title: title.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(kind: Kind, columns: &Value) -> Result<String, String> {
        let records = json!([
            {"id": 1, "note": "a|<b>", "lastUsedOn": null, "roles": ["x", "y"], "scope": 7},
            {"id": 23, "note": "=1", "lastUsedOn": 1_700_000_000, "roles": [], "scope": null},
        ]);
        text(&Call::of(&[&records, columns], &[]).making(kind))
    }

    #[test]
    fn each_kind_has_its_table() {
        let columns = json!([
            {"title": "ID", "path": "$.id"}, {"title": "Note|", "path": "$.note"},
            {"title": "Used", "path": "$.lastUsedOn"}, {"title": "Roles", "path": "$.roles"},
            {"title": "Scope", "path": "$['scope']"},
        ]);
        let of = |kind| made(kind, &columns).expect("a table");
        assert_eq!(
            of(Kind::Markdown),
            "| ID | Note\\| | Used | Roles | Scope |\n|---:|---|---|---|---|\n\
             | 1 | a\\|&lt;b&gt; | never | x, y | 7 |\n| 23 | \\=1 | 2023-11-14 |  | \\- |"
        );
        assert_eq!(of(Kind::Csv), "ID,Note|,Used,Roles,Scope\n1,a|<b>,never,\"x, y\",7\n23,'=1,2023-11-14,,");
        assert_eq!(
            of(Kind::Text),
            "ID  Note|  Used        Roles  Scope\n 1  a|<b>  never       x, y   7\n23  =1     2023-11-14         -"
        );
        let html = of(Kind::Html);
        assert!(
            html.contains("<td class=\"free\">a|&lt;b&gt;</td>") && html.contains("<td>x, y</td>"),
            "{html}"
        );
    }

    #[test]
    fn odd_columns_are_errors() {
        for (columns, expected) in [
            (json!("x"), "expected a list, found the text `x`"),
            (json!([1]), "expected columns with a title and a path, found `1`"),
            (json!([{"title": "x", "path": "$["}]), "`$[` is no path of a record"),
        ] {
            assert_eq!(made(Kind::Html, &columns).unwrap_err(), expected);
        }
    }
}
