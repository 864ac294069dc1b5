//! `table`, `md` and `csv`: text in a language, whose values they escape themselves. In a template of the same language or of
//! plain text it is written as it is, in any other it is escaped once more.

use std::fmt::Write as _;

use serde_json::Value;

use super::call::Call;
use super::list::at;
use crate::catalog::{ENDPOINTS, Field};
use crate::report::aligned::{Heading, aligned};
use crate::report::column::of_json;
use crate::report::shown::{is_number, shown};
use crate::report::template::{Kind, escaped, written};

/// `{{table records "adminName" "lastUsedOn=Last used"}}`: a table with a column for each name, `=` and a heading where the name
/// is none. HTML, Markdown or CSV where the template is, aligned columns in any other.
pub(super) fn table(call: &Call<'_>) -> Result<Value, String> {
    let columns: Vec<Column<'_>> = call.texts(1)?.into_iter().map(Column::of).collect();
    let rows = call.list()?;
    let text = match call.kind {
        Kind::Html => html(call, &columns, rows)?,
        Kind::Markdown => markdown(call, &columns, rows)?,
        Kind::Csv => lines(call, &columns, rows)?,
        Kind::Text => plain(&columns, rows),
    };
    call.check_room(text.len())?;
    Ok(Value::from(text))
}

/// `{{md note}}`: a text that Markdown shows as it is.
#[expect(clippy::unnecessary_wraps, reason = "helpers have one signature")]
pub(super) fn md(call: &Call<'_>) -> Result<Value, String> {
    Ok(Value::from(inside(call.kind, Kind::Markdown, escaped(&written(call.param(0)), Kind::Markdown))))
}

/// `{{csv id adminName roles}}`: cells with commas between them, lists joined by `; `.
pub(super) fn csv(call: &Call<'_>) -> Result<Value, String> {
    let mut line = String::new();
    for (index, value) in call.params.iter().enumerate() {
        if index > 0 {
            line.push(',');
        }
        line.push_str(&cell(value));
        call.check_room(line.len())?;
    }
    Ok(Value::from(inside(call.kind, Kind::Csv, line)))
}

/// Text of one language in a template of another.
fn inside(template: Kind, own: Kind, text: String) -> String {
    if template == own || template == Kind::Text { text } else { escaped(&text, template) }
}

/// A CSV cell. A number's minus sign begins no formula.
fn cell(value: &Value) -> String {
    match value {
        Value::Array(values) => {
            escaped(&values.iter().map(written).collect::<Vec<_>>().join("; "), Kind::Csv)
        }
        Value::Object(_) => escaped(&value.to_string(), Kind::Csv),
        Value::Number(number) => number.to_string(),
        other => escaped(&written(other), Kind::Csv),
    }
}

struct Column<'c> {
    path: &'c str,
    title: &'c str,
    /// The record's field, which says how people read its values.
    field: Option<&'static Field>,
}

impl<'c> Column<'c> {
    fn of(text: &'c str) -> Self {
        let (path, title) = text.split_once('=').unwrap_or((text, text));
        let field = ENDPOINTS.iter().find_map(|endpoint| endpoint.field(path));
        Self { path, title, field }
    }

    fn shown(&self, row: &Value) -> String {
        shown(&of_json(at(row, self.path).clone()), self.field).into_owned()
    }
}

fn html(call: &Call<'_>, columns: &[Column<'_>], rows: &[Value]) -> Result<String, String> {
    let mut out = "<table>\n<thead>\n<tr>".to_owned();
    for column in columns {
        out += "<th scope=\"col\">";
        out += &escaped(column.title, Kind::Html);
        out += "</th>";
    }
    out += "</tr>\n</thead>\n<tbody>\n";
    for row in rows {
        out += "<tr>";
        for column in columns {
            let class = if is_number(column.field) { " class=\"number\"" } else { "" };
            write!(out, "<td{class}>{}</td>", escaped(&column.shown(row), Kind::Html))
                .expect("writing to a string cannot fail");
        }
        out += "</tr>\n";
        call.check_room(out.len())?;
    }
    Ok(out + "</tbody>\n</table>")
}

fn markdown(call: &Call<'_>, columns: &[Column<'_>], rows: &[Value]) -> Result<String, String> {
    let mut out = String::new();
    for column in columns {
        out += "| ";
        out += &escaped(column.title, Kind::Markdown);
        out.push(' ');
    }
    out += "|\n";
    for column in columns {
        out += if is_number(column.field) { "|---:" } else { "|---" };
    }
    out += "|";
    for row in rows {
        out.push('\n');
        for column in columns {
            out += "| ";
            out += &escaped(&column.shown(row), Kind::Markdown);
            out.push(' ');
        }
        out.push('|');
        call.check_room(out.len())?;
    }
    Ok(out)
}

fn lines(call: &Call<'_>, columns: &[Column<'_>], rows: &[Value]) -> Result<String, String> {
    let titles = columns.iter().map(|column| escaped(column.title, Kind::Csv)).collect::<Vec<_>>();
    let mut out = titles.join(",");
    for row in rows {
        out.push('\n');
        let cells = columns.iter().map(|column| cell(at(row, column.path))).collect::<Vec<_>>();
        out += &cells.join(",");
        call.check_room(out.len())?;
    }
    Ok(out)
}

fn plain(columns: &[Column<'_>], rows: &[Value]) -> String {
    let headings: Vec<Heading<'_>> = columns
        .iter()
        .map(|column| Heading { title: column.title, right: is_number(column.field) })
        .collect();
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| columns.iter().map(|column| column.shown(row)).collect()).collect();
    aligned(&headings, &rows, None).trim_end_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn records() -> Value {
        json!([
            {"id": 1, "adminName": "a|<b>", "status": 2, "createdOn": 1_795_435_200, "roles": ["x", "y"]},
            {"id": -2, "adminName": "=cmd()", "status": 7, "createdOn": null, "roles": []},
        ])
    }

    #[test]
    fn tables_are_made_in_the_language_of_the_template() {
        let of = |kind: Kind| {
            let columns = [
                json!("id"),
                json!("adminName=Owner|<i>"),
                json!("status"),
                json!("createdOn"),
                json!("roles"),
            ];
            let records = records();
            let params: Vec<&Value> = std::iter::once(&records).chain(&columns).collect();
            let text = table(&Call::of(&params, &[]).making(kind)).expect("a table");
            text.as_str().expect("a text").to_owned()
        };
        insta::assert_snapshot!(of(Kind::Html), @r#"
        <table>
        <thead>
        <tr><th scope="col">id</th><th scope="col">Owner|&lt;i&gt;</th><th scope="col">status</th><th scope="col">createdOn</th><th scope="col">roles</th></tr>
        </thead>
        <tbody>
        <tr><td class="number">1</td><td>a|&lt;b&gt;</td><td>enabled</td><td>2026-11-23</td><td>x, y</td></tr>
        <tr><td class="number">-2</td><td>&#61;cmd()</td><td>7</td><td>-</td><td></td></tr>
        </tbody>
        </table>
        "#);
        insta::assert_snapshot!(of(Kind::Markdown), @r"
        | id | Owner\|&lt;i&gt; | status | createdOn | roles |
        |---:|---|---|---|---|
        | 1 | a\|&lt;b&gt; | enabled | 2026-11-23 | x, y |
        | -2 | \=cmd() | 7 | \- |  |
        ");
        insta::assert_snapshot!(of(Kind::Csv), @r#"
        id,Owner|<i>,status,createdOn,roles
        1,a|<b>,2,1795435200,"x; y"
        -2,'=cmd(),7,,
        "#);
        insta::assert_snapshot!(of(Kind::Text), @r"
        id  Owner|<i>  status   createdOn   roles
         1  a|<b>      enabled  2026-11-23  x, y
        -2  =cmd()     7        -
        ");
    }

    #[test]
    fn a_language_inside_another_is_escaped_twice() {
        let of = |run: fn(&Call<'_>) -> Result<Value, String>, kind| {
            run(&Call::of(&[&json!("=a|<b>,")], &[]).making(kind)).expect("a text")
        };
        assert_eq!(of(md, Kind::Markdown), json!("\\=a\\|&lt;b&gt;,"));
        assert_eq!(of(md, Kind::Text), json!("\\=a\\|&lt;b&gt;,"));
        assert_eq!(of(md, Kind::Html), json!("\\&#61;a\\|&amp;lt;b&amp;gt;,"));
        assert_eq!(of(md, Kind::Csv), json!("\"\\=a\\|&lt;b&gt;,\""));
        assert_eq!(of(csv, Kind::Csv), json!("\"'=a|<b>,\""));
        assert_eq!(of(csv, Kind::Text), json!("\"'=a|<b>,\""));
        assert_eq!(of(csv, Kind::Html), json!("&#34;&#39;&#61;a|&lt;b&gt;,&#34;"));
        assert_eq!(of(csv, Kind::Markdown), json!("&quot;'=a\\|&lt;b&gt;,&quot;"));
    }

    #[test]
    fn a_line_has_a_cell_for_each_argument() {
        let values = [
            json!(-1),
            json!("-1+1"),
            json!(null),
            json!(["a", "b"]),
            json!({"a": "x"}),
            json!(true),
            json!(""),
        ];
        let params: Vec<&Value> = values.iter().collect();
        let line = csv(&Call::of(&params, &[]).making(Kind::Csv));
        assert_eq!(line, Ok(json!("-1,'-1+1,,\"a; b\",\"{\"\"a\"\":\"\"x\"\"}\",true,")));
    }

    #[test]
    fn what_they_make_is_limited() {
        let (records, name) = (records(), json!("adminName"));
        for kind in [Kind::Html, Kind::Markdown, Kind::Csv, Kind::Text] {
            let mut call = Call::of(&[&records, &name], &[]).making(kind);
            call.room = 20;
            let of = table(&call).err().or_else(|| csv(&call).err());
            assert!(of.is_some_and(|why| why.contains("too large")), "{kind:?}");
        }
    }
}
