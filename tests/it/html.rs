//! The HTML report: one page that loads nothing and runs nothing, with the columns of the query.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::support::{Project, Reply, Stub, page, row, rows, sandbox, slice};

/// The text between two others.
#[track_caller]
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}")).1;
    rest.split_once(end).unwrap_or_else(|| panic!("no {end} in {rest}")).0
}

fn report(more: &str) -> String {
    let sandbox = sandbox();
    Project::new().query(more).sandbox(&sandbox).run(&["-f", "html", "q.yaml"]).exits(0).stdout
}

#[test]
fn the_policy_lets_the_one_style_sheet_through_and_nothing_else() {
    let html = report("");
    let hash = STANDARD.encode(Sha256::digest(between(&html, "<style>", "</style>")));
    assert_eq!(
        between(&html, "http-equiv=\"Content-Security-Policy\" content=\"", "\""),
        format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
    );
    assert_eq!(html.matches("<style").count(), 1);
    let outside = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "").replace("&#34;", "\"");
    let body = outside.split("</style>").last().expect("there is a body");
    let tags: String = body.split('<').filter_map(|tag| tag.split('>').next()).collect();
    for wrong in [" style=", " src=", "script", " onload=", "url(", "@import", "http"] {
        assert!(!tags.contains(wrong), "{wrong} in {tags}");
    }
}

#[test]
fn columns_are_those_of_the_query_or_of_the_output() {
    let heads = |html: &str| {
        let head =
            between(html.split("id=\"tokens\"").last().expect("it has a table"), "<thead>", "</thead>");
        let titles = head.split("</th>").filter_map(|cell| cell.rsplit('>').next());
        titles.filter(|title| !title.trim().is_empty()).collect::<Vec<_>>().join("|")
    };
    let html = report(
        "columns: [id, {title: Whose, path: $.adminName}, {title: First role, path: '$.roles[0]'}, idleDays]\n",
    );
    assert_eq!(heads(&html), "ID|Whose|First role|Idle days");
    assert!(html.contains("<td class=\"number\">"), "{html}");
    let sandbox = sandbox();
    let project = Project::new().sandbox(&sandbox).query(
        "columns: [id, note]\noutput:\n  - {format: html, to: own.html, columns: [adminName, lastUsedOn]}\n  - {format: html, to: all.html}\n",
    );
    project.run(&["q.yaml"]).exits(0);
    assert_eq!(heads(&project.read("own.html")), "Admin name|Last used on");
    assert_eq!(heads(&project.read("all.html")), "ID|Note");
}

#[test]
fn what_the_charts_count_is_fetched() {
    let stub = Stub::start(|seen| {
        let mut one = row(1);
        one["adminName"] = serde_json::json!("jane@acme.example");
        page(slice(&[one], seen), 1)
    });
    let html =
        Project::new().query("fields: [id]\n").stub(&stub).run(&["-f", "html", "q.yaml"]).exits(0).stdout;
    assert!(html.contains("Tokens by owner: jane@acme.example 1"), "{html}");
    let asked = stub.seen();
    assert!(asked.iter().any(|seen| seen.query.contains("adminName")), "{asked:?}");
}

#[test]
fn the_verdict_comes_first_and_an_empty_list_has_no_charts() {
    let failing = Stub::start(|seen| match seen.offset() {
        0 => page(slice(&rows(9), seen), 9),
        _ => Reply::error(500, 1500, "boom <b>"),
    });
    let ran = Project::new().query("size: 5\n").stub(&failing).run(&["-f", "html", "q.yaml"]).exits(6);
    let body = ran.stdout.split("<main>").last().expect("a page");
    assert!(body.trim_start().starts_with("<section class=\"verdict bad\""), "{body}");
    assert!(body.contains("<svg") && body.contains("boom &lt;b&gt;"), "{body}");
    let html = report("filters: [{id: 999999}]\n");
    assert!(html.contains("No token matches this query.") && !html.contains("<svg"), "{html}");
}

/// Three portals of a sandbox were once called `sandbox · sandbox · sandbox`.
#[test]
fn portals_are_called_by_their_names() {
    let sandboxes = [sandbox(), sandbox()];
    let entry = |(name, sandbox): (&str, &lmq::sandbox::Sandbox)| {
        let key = "accessKey: { env: LM_KEY }";
        format!(
            "  {name}:\n    account: {}\n    auth: {{ accessId: {{ env: LM_ID }}, {key} }}\n",
            sandbox.base_url()
        )
    };
    let portals: String = ["acme", "beta"].into_iter().zip(&sandboxes).map(entry).collect();
    let project = Project::new().query("fields: [id]\n").file("user.yaml", format!("portals:\n{portals}"));
    let config = project.path("user.yaml").display().to_string();
    let project = project.env("LMQ_CONFIG", &config).env("LM_ID", sandboxes[0].access_id());
    let project = project.env("LM_KEY", sandboxes[0].access_key().expose());
    let html = project.run(&["--all-portals", "-f", "html", "q.yaml"]).exits(0).stdout;
    assert!(html.contains("API tokens · acme · beta · <time"), "{}", between(&html, "<header", "</header>"));
    assert!(report("").contains("API tokens · sandbox · <time"));
}

/// Twelve columns upright broke addresses of mail in three.
#[test]
fn a_wide_table_prints_across() {
    let wide = "<div class=\"page wide\">";
    assert!(report("").contains(wide) && report("").contains("@page wide { size: landscape;"));
    assert!(!report("fields: [id, adminName, note]\n").contains(wide));
}

#[test]
fn findings_are_counted_by_severity_the_worst_first() {
    let sandbox = sandbox();
    let html = Project::new()
        .query("type: all\nexpect:\n  - {id: a, select: '$[2:5]', severity: info, message: m}\n  - {id: b, select: '$[0]', message: m}\n  - {id: c, select: '$[0:2]', severity: warning, message: m}\n")
        .sandbox(&sandbox)
        .run(&["-f", "html", "q.yaml"])
        .exits(1)
        .stdout;
    let heading = between(&html, "<h2 id=\"findings\">", "</h2>");
    let words: Vec<&str> = heading.split(['<', '>', '\n']).filter(|word| !word.is_empty()).collect();
    let badges = ["1 error", "2 warnings", "3 info"];
    assert_eq!(
        words.iter().filter(|word| badges.contains(word)).collect::<Vec<_>>(),
        badges.iter().collect::<Vec<_>>()
    );
    assert!(words[0].trim() == "6 findings", "{heading}");
}

#[test]
fn a_keyboard_and_a_screen_reader_find_their_way() {
    let html = report("");
    for part in [
        "<html lang=\"en\">",
        "<a class=\"skip\" href=\"#tokens\">",
        "<header",
        "<main>",
        "<footer>",
        "role=\"region\" aria-label=\"Tokens, in the order of the query\" tabindex=\"0\"",
        "<caption>",
        "scope=\"col\"",
        "scope=\"row\"",
        "<time datetime=\"",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert_eq!(
        html.matches("<svg ").count(),
        html.matches("role=\"img\"").count(),
        "each chart has its numbers"
    );
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let distinct: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len(), "{ids:?}");
    for link in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(distinct.contains(link), "{link}");
    }
}
