//! The shipped templates: they load, say what a reader must know, and no note gets out of its place in them.

use super::*;
use crate::catalog::TOKEN_FIELDS;
use crate::text;

/// Those that are reports of any list.
const TEMPLATES: [&str; 3] = ["tokens.md.hbs", "tokens.html.hbs", "summary.txt.hbs"];

/// Those that are parts of others.
const PARTIALS: [&str; 4] = ["verdict.", "findings.", "waived.", "seen."];

/// Those that show findings and no other rows.
const FINDERS: [&str; 2] = ["addresses.md.hbs", "tasks.md.hbs"];

/// All that are reports.
fn reports() -> impl Iterator<Item = &'static str> {
    builtin::names().filter(|name| PARTIALS.iter().all(|partial| !name.starts_with(partial)))
}

const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "a | b | c",
    "two\nlines\r\nand three\rfour",
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "\u{202e}gpj.exe\u{2066}",
    "=cmd()",
    "\" onmouseover=\"alert(1)",
    "[x](javascript:alert(1)) ![y](https://evil.example/z.png)",
    "{{run.verdict}} ${x} <!-- -->",
    "trailing backslash \\",
    "# head",
];

fn shipped(name: &str) -> Template {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let project = Project::find(folder.path()).expect("it exists");
    let fields: Vec<&str> = TOKEN_FIELDS.iter().map(|field| field.name).collect();
    let place = Label::new(&Source::new("q.yaml", name), 0..name.len());
    load(&project, Some(Path::new("queries")), name, &place, &fields).unwrap_or_else(|found| {
        panic!("{}", found.iter().map(|found| diag::render(found, false)).collect::<String>())
    })
}

fn record(note: &str) -> Value {
    json!({
        "id": 7, "adminName": note, "note": note, "roles": null, "status": 2, "createdOn": 1_790_000_000,
        "lastUsedOn": 1_794_398_400, "lastAuthIp": note, "tokenType": "lmv1", "createdBy": note, "portal": "acme",
        "enabled": true, "neverUsed": false, "ageDays": 63, "idleDays": 12,
    })
}

fn hostile() -> Vec<Value> {
    HOSTILE.iter().map(|note| record(note)).collect()
}

fn document(verdict: &str, records: &[Value]) -> Value {
    json!({
        "query": {"name": "idle-tokens", "description": "Tokens nobody uses", "tags": [], "file": "q.yaml",
                  "sha256": "ab12", "expect": [{"id": "no-idle", "severity": "error"}]},
        "portals": [{"name": "acme", "host": "acme.logicmonitor.com", "account": "acme", "credential": "LMv1"}],
        "run": {"startedAt": "2026-11-23T12:00:00Z", "finishedAt": "2026-11-23T12:00:01Z",
                "now": 1_795_435_200, "lmqVersion": "0.1.0", "verdict": verdict,
                "warnings": [], "reasons": if verdict == "incomplete" { json!(["page 2 failed: <b>|500|</b>"]) } else { json!([]) },
                "requests": 3, "waitedSeconds": 0, "sandbox": verdict == "limited"},
        "listings": [{"portal": "acme", "path": "/setting/admins/apitokens", "kind": "lmv1", "permission": null,
                      "sentFilter": "adminName~\"a|b\"", "localFilter": null, "pages": 1, "total": null,
                      "rows": records.len(), "verdict": "complete", "reasons": [], "notes": []}],
        "total": records.len(), "count": records.len(), "records": records,
        "columns": [{"title": "id", "path": "$.id"}, {"title": "Owner", "path": "$.adminName"}, {"title": "note", "path": "$.note"},
                    {"title": "lastUsedOn", "path": "$.lastUsedOn"}],
        "findings": [{"id": "no-idle", "severity": "error", "message": "token | <b>7</b>", "fingerprint": "ab12", "portal": "acme",
                      "tokenType": "lmv1", "tokenId": 7, "record": null, "waiver": null,
                      "place": {"file": "q.yaml", "line": 3, "column": 5, "endLine": 4, "endColumn": 1}}],
        "waived": [{"id": "no-idle", "severity": "info", "message": "token | 8", "record": null,
                    "waiver": {"owner": "ma|ria", "reason": "<b>moves</b>", "expires": "2026-12-31"}}],
        "stats": {"tokenType": [{"value": "lmv1", "count": 12345}], "status": [], "adminName": [], "age": [], "idle": []},
    })
}

fn report(name: &str, document: Value) -> String {
    render(&shipped(name), &Context::of_value(document)).expect("it renders")
}

#[test]
fn every_shipped_file_can_be_named_and_reads_the_verdict() {
    for name in builtin::names() {
        let template = shipped(name);
        assert_eq!(template.name(), format!("<built-in>/{name}"));
        assert!(template.reads_verdict() || reports().all(|report| report != name), "{name}");
    }
    assert_eq!(reports().count(), 11);
    let fields = shipped("tokens.md.hbs").fields().clone();
    assert!(["adminName", "createdOn", "lastAuthIp", "note"].iter().all(|name| fields.contains(*name)));
    assert!(!fields.contains("accessKey") && !fields.contains("idleDays"), "{fields:?}");
}

#[test]
fn a_report_of_every_token_needs_no_list_of_them() {
    for name in TEMPLATES {
        let reads = shipped(name).reads().clone();
        assert!(matches!(reads, Reads::InTurn { .. }), "{name}: {reads:?}");
    }
}

#[test]
fn every_file_of_the_folder_is_shipped() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .expect("a readable folder")
        .map(|entry| entry.expect("a readable entry").file_name().to_string_lossy().into_owned())
        .collect();
    let mut named: Vec<&str> = builtin::names().collect();
    found.sort();
    named.sort_unstable();
    assert_eq!(found, named);
}

#[test]
fn an_incomplete_run_says_so_before_anything_else() {
    for name in reports() {
        let text = report(name, document("incomplete", &[record("x")]));
        let verdict = text.find("INCOMPLETE").unwrap_or_else(|| panic!("{name}: {text}"));
        let reason = text.find("page 2 failed").unwrap_or_else(|| panic!("{name}: {text}"));
        let content = if TEMPLATES.contains(&name) { "12,345" } else { "1 " };
        assert!(verdict < reason && reason < text.find(content).expect("a count"), "{name}: {text}");
        let complete = report(name, document("complete", &[record("x")]));
        assert!(!complete.contains("INCOMPLETE") && complete.contains("Complete"), "{name}: {complete}");
        assert!(report(name, document("limited", &[])).contains("Sandbox data"), "{name}");
    }
}

#[test]
fn an_empty_list_says_so_in_words() {
    for name in reports().filter(|name| !FINDERS.contains(name)) {
        assert!(report(name, document("complete", &[])).contains("No token matches"), "{name}");
        let mut document = document("limited", &[]);
        document["total"] = json!(1234);
        let text = report(name, document);
        assert!(text.contains("1,234 ") && !text.contains("No token matches"), "{name}: {text}");
    }
}

#[test]
fn no_findings_are_none_only_where_something_was_expected() {
    for name in FINDERS {
        let mut document = document("complete", &[record("x")]);
        document["findings"] = json!([]);
        let text = report(name, document.clone());
        assert!(text.contains("Checked: no-idle."), "{name}: {text}");
        document["query"]["expect"] = json!([]);
        let text = report(name, document);
        assert!(text.contains("nothing was checked") && !text.contains("Checked: "), "{name}: {text}");
    }
}

/// Findings of a number of rows have no row.
#[test]
fn every_report_tells_the_findings_and_what_is_accepted() {
    for name in reports() {
        let mut document = document("complete", &[record("x")]);
        document["findings"][0]["tokenId"] = json!(null);
        let text = report(name, document);
        assert!(text.contains("token |") || text.contains("token \\|"), "{name}: {text}");
        assert!(text.contains("ma|ria") || text.contains("ma\\|ria"), "{name}: {text}");
    }
}

#[test]
fn a_report_says_with_which_kind_of_credential_it_was_seen() {
    for name in reports() {
        let mut document = document("complete", &[]);
        assert!(report(name, document.clone()).contains("an LMv1 token at acme.logicmonitor.com"), "{name}");
        document["portals"][0]["credential"] = json!("bearer");
        assert!(report(name, document).contains("a bearer token at acme.logicmonitor.com"), "{name}");
    }
}

#[test]
fn no_two_empty_lines_follow_each_other_in_markdown() {
    for verdict in ["complete", "limited", "incomplete"] {
        for records in [vec![], vec![record("x")]] {
            let mut document = document(verdict, &records);
            for findings in [document["findings"].clone(), json!([])] {
                document["findings"] = findings;
                document["waived"] = document["findings"].clone();
                for waived in document["waived"].as_array_mut().expect("a list") {
                    waived["waiver"] = json!({"owner": "a", "reason": "b", "expires": "2026-12-31"});
                }
                for counts in [document["stats"]["tokenType"].clone(), json!([])] {
                    document["stats"]["tokenType"] = counts;
                    for name in reports().filter(|name| name.ends_with(".md.hbs")) {
                        let text = report(name, document.clone());
                        assert!(!text.contains("\n\n\n") && !text.ends_with("\n\n"), "{name}: {text}");
                        let headings = text.matches("\n#").count();
                        assert_eq!(text.matches("\n\n#").count(), headings, "{name}: {text}");
                    }
                }
            }
        }
    }
}

#[test]
fn no_note_acts_on_a_terminal() {
    for name in reports() {
        let text = report(name, document("complete", &hostile()));
        assert!(!text.contains(text::is_active), "{name}: {text:?}");
    }
}

#[test]
fn no_note_gets_out_of_its_markdown_cell() {
    let text = report("tokens.md.hbs", document("complete", &hostile()));
    let pipes = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
    let rows: Vec<&str> = text.lines().filter(|line| line.contains("12 days ago")).collect();
    assert_eq!(rows.len(), HOSTILE.len(), "one line a token: {text}");
    for row in rows {
        assert!(row.starts_with("| ") && row.ends_with(" |"), "{row}");
        assert_eq!(pipes(row), 8, "{row}");
        assert!(
            !row.replace("<br>", "").contains(['<', '>'])
                && !row.replace("\\](", "").contains("](")
                && !row.contains("://"),
            "{row}"
        );
    }
    assert!(!text.contains("<script") && !text.contains("<b>"), "{text}");
}

#[test]
fn no_note_makes_an_element_or_an_attribute() {
    let plain = report("tokens.html.hbs", document("complete", &[record("x")]));
    let tags = |text: &str| text.matches('<').count();
    let attributes = |text: &str| text.matches('=').count();
    for note in HOSTILE {
        let text = report("tokens.html.hbs", document("complete", &[record(note)]));
        assert_eq!((tags(&text), attributes(&text)), (tags(&plain), attributes(&plain)), "{note}: {text}");
    }
    assert!(!plain.contains("<script") && plain.contains("Content-Security-Policy"));
}

#[test]
fn the_summary_keeps_one_line_of_100_columns_a_token() {
    let long = "x".repeat(300);
    let notes: Vec<&str> = HOSTILE.iter().copied().chain([long.as_str()]).collect();
    let records: Vec<Value> = notes.iter().map(|note| record(note)).collect();
    let text = report("summary.txt.hbs", document("complete", &records));
    let rows: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("STATUS")).skip(1).collect();
    assert_eq!(rows.len(), notes.len(), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn the_summary_looks_like_this() {
    let text = report("summary.txt.hbs", document("incomplete", &[record("ci runner")]));
    insta::assert_snapshot!(text, @r"
    INCOMPLETE: this report does not cover everything that was asked for.
      - page 2 failed: <b>|500|</b>
    As seen by an LMv1 token at acme.logicmonitor.com.

    1 finding:
      error    token | <b>7</b>

    1 waived:
      info     token | 8
               until 2026-12-31, ma|ria: <b>moves</b>

    idle-tokens: 1 token
      lmv1          12,345

    STATUS    LAST USED       KIND    OWNER                   NOTE
    enabled   12 days ago     lmv1    ci runner               ci runner
    ");
}

#[test]
fn the_markdown_report_looks_like_this() {
    let text = report("tokens.md.hbs", document("incomplete", &[record("ci | runner")]));
    insta::assert_snapshot!(text, @r"
    # idle-tokens

    **INCOMPLETE**: this report does not cover everything that was asked for.

    - page 2 failed: &lt;b&gt;\|500\|&lt;/b&gt;

    ## Findings

    - **error** token \| &lt;b&gt;7&lt;/b&gt; (no-idle)

    ## Waived

    - **info** token \| 8 (no-idle); accepted by ma\|ria until 2026-12-31: &lt;b&gt;moves&lt;/b&gt;

    Tokens nobody uses

    1 token, as of 2026-11-23T12:00:00Z.

    - 12,345 lmv1

    ## Tokens

    | Owner | Kind | Status | Note | Created | Last used | Address |
    |---|---|---|---|---|---|---|
    | ci \| runner | lmv1 | enabled | ci \| runner | 2026-09-21 | 12 days ago | ci \| runner |

    ## Coverage

    As seen by an LMv1 token at acme.logicmonitor.com. What a token may list depends on its owner's role.

    | Portal | Listing | Kind | Rows | Pages | Asked of the portal | Done by lmq | Verdict |
    |---|---|---|---|---|---|---|---|
    | acme | /setting/admins/apitokens | lmv1 | 1 of unknown | 1 | adminName\~&quot;a\|b&quot; | nothing | complete |

    lmq 0.1.0, q.yaml, 3 requests.
    ");
}
