//! Helpers in templates: what the check says of wrong calls, and that right ones render.

use super::*;

/// The lines of a template's mistakes: the text at the carets, then the message.
fn told(template: &str) -> Vec<String> {
    mistakes(template).into_iter().map(|(_, carets, message, _)| format!("{carets}: {message}")).collect()
}

#[test]
fn names_are_checked_inside_of_what_helpers_make() {
    let cases: &[(&str, &[&str])] = &[
        ("{{#each (sort_by records \"-idelDays\")}}{{/each}}", &["-idelDays"]),
        ("{{#each (sort_by records \"id\")}}{{nmae}}{{note}}{{/each}}", &["nmae"]),
        ("{{#each (group_by records \"adminNam\")}}{{/each}}", &["adminNam"]),
        (
            "{{#each (group_by records \"adminName\")}}{{key}}{{cuont}}{{#each items}}{{nmae}}{{../kye}}{{/each}}{{/each}}",
            &["cuont", "nmae", "kye"],
        ),
        (
            "{{#each (sort_by (group_by records \"roles\") \"-count\" \"kye\") as |group|}}{{#each group.items as |r|}}\
             {{r.noet}}{{/each}}{{group.itms}}{{/each}}",
            &["kye", "noet", "itms"],
        ),
        ("{{#each (count_by records \"note\")}}{{value}}{{count}}{{key}}{{/each}}", &["key"]),
        ("{{#each (count_by records \"noet\")}}{{/each}}", &["noet"]),
        ("{{#each (where records \"$[?@.idleDays > 90]\")}}{{nmae}}{{/each}}", &["nmae"]),
        ("{{#each (where records \"$[?@.idelDays > 90]\")}}{{/each}}", &["idelDays"]),
        ("{{len (where records '$[?@.status == \"enabled\"]')}}", &["\"enabled\""]),
        ("{{len (where records \"$[?@.idleDays >> 90]\")}}", &[">"]),
        ("{{len (where records \"$[?search(@.note, '(')]\")}}", &["'('"]),
        ("{{sum records \"idelDays\"}}{{max findings \"tokenId\"}}", &["idelDays"]),
        ("{{table records \"id\" \"noet=Note\" \"note=Note\"}}", &["noet=Note"]),
        ("{{table findings \"place.lien\" \"place.line\" \"id\"}}", &["place.lien"]),
        ("{{#each (sort_by listings \"-rows\")}}{{pagse}}{{/each}}", &["pagse"]),
        ("{{#each (default (where records \"$[0]\") records)}}{{noet}}{{/each}}", &["noet"]),
        ("{{> part records=(sort_by records \"noet\")}}", &["noet", "note"]),
        ("{{#each (group_by records \"note\")}}{{> part}}{{/each}}", &["note"]),
    ];
    for (template, expected) in cases {
        assert_eq!(names(template), *expected, "{template}");
    }
}

#[test]
fn a_misspelt_name_in_a_group_is_told_with_its_place() {
    let text = "{{#each (group_by records \"adminName\")}}\n{{key}}\n{{#each items}}\n- {{noet}}\n{{/each}}\n{{/each}}\n";
    let place = Place::with(&[("templates/t.md.hbs", text)]);
    insta::assert_snapshot!(diag::render(&place.load("t.md.hbs").expect_err("it has a mistake")[0], false), @r"
    error[LMQ032]: a record has no field `noet`
     --> templates/t.md.hbs:4:5
      |
    4 | - {{noet}}
      |     ^^^^
      |
      = help: did you mean `note`?
    ");
}

#[test]
fn wrong_arguments_are_told() {
    let cases = [
        ("{{date records}}", "records: helper `date` takes a time, found a list of records"),
        ("{{date run.sandbox}}", "run.sandbox: helper `date` takes a time, found true or false"),
        ("{{age query}}", "query: helper `age` takes a time, found a group of names"),
        ("{{number query.name}}", "query.name: helper `number` takes a number, found a text"),
        ("{{percent count records}}", "records: helper `percent` takes a number, found a list of records"),
        ("{{pluralize \"3\" \"token\"}}", "pluralize: helper `pluralize` takes a number, found a text"),
        ("{{upper records}}", "records: helper `upper` takes a text, found a list of records"),
        ("{{url query}}", "query: helper `url` takes a text, found a group of names"),
        ("{{join query.name}}", "query.name: helper `join` takes a list, found a text"),
        ("{{sum count}}", "count: helper `sum` takes a list, found a number"),
        ("{{sum records}}", "sum: helper `sum` takes numbers, found a record"),
        ("{{min query.tags}}", "min: helper `min` takes numbers, found a text"),
        ("{{max records \"note\"}}", "note: helper `max` takes numbers, found a text"),
        (
            "{{len (sort_by findings \"place\")}}",
            "place: helper `sort_by` takes values, found a group of names",
        ),
        ("{{len (sort_by records count)}}", "count: the name of a field must be a text that is written out"),
        (
            "{{len (group_by (group_by records \"id\") \"count\")}}",
            "group_by: groups cannot be grouped again",
        ),
        (
            "{{len (where findings \"$[0]\")}}",
            "findings: helper `where` takes a list of records, found a list of groups of names",
        ),
        ("{{len (where records query.name)}}", "query.name: a JSONPath must be a text that is written out"),
        ("{{#if (eq status \"2\")}}{{/if}}", "status: unknown name `status`"),
        ("{{#if (eq count \"2\")}}{{/if}}", "eq: `eq` compares a number with a text"),
        ("{{#gt run.verdict 1}}{{/gt}}", "gt: `gt` compares a text with a number"),
        (
            "{{date run.now tz=\"Europe/Berln\"}}",
            "date: there is no time zone `Europe/Berln`, perhaps `Europe/Berlin`",
        ),
        (
            "{{datetime run.now tz=\"x\"}}",
            "datetime: there is no time zone `x`, perhaps a name such as `Europe/Berlin`",
        ),
        (
            "{{age run.now unit=\"fortnights\"}}",
            "age: `unit=` takes `years`, `months`, `weeks`, `days`, `hours`, `minutes`, `seconds`, found `fortnights`",
        ),
        ("{{truncate query.name}}", "truncate: helper `truncate` takes 2 arguments, found 1"),
        ("{{len (sort_by records \"id\" limt=3)}}", "limt: helper `sort_by` takes no `limt=`"),
        ("{{table records}}", "table: helper `table` takes at least 2 arguments, found 1"),
        ("{{#where records \"$[0]\"}}{{/where}}", "where: `where` gives a value and has no block"),
        ("{{title}}", "title: helper `title` takes 1 argument, found 0"),
    ];
    for (template, expected) in cases {
        assert_eq!(told(template).first().map(String::as_str), Some(expected), "{template}");
    }
}

#[test]
fn what_can_be_known_of_arguments_is_told_before_the_run() {
    let cases = [
        ("{{#each records}}{{date note}}{{/each}}", "note: helper `date` takes a time, found a text"),
        ("{{#each records}}{{ago idleDays}}{{/each}}", "idleDays: helper `ago` takes a time, found a number"),
        ("{{age count}}", "count: helper `age` takes a time, found a number"),
        ("{{datetime query.name}}", "query.name: helper `datetime` takes a time, found a text"),
        ("{{date (max records \"idleDays\")}}", "date: helper `date` takes a time, found a number"),
        ("{{date (sum records \"createdOn\")}}", "date: helper `date` takes a time, found a number"),
        (
            "{{#each findings}}{{date waiver.expires}}{{/each}}",
            "waiver.expires: helper `date` takes a time, found a text",
        ),
        ("{{date \"abc\"}}", "date: helper `date` takes a time, found a text"),
        ("{{date 1.5}}", "date: helper `date` takes a time, found a number"),
        ("{{join query.tags 3}}", "join: expected a separator as text, found `3`"),
        ("{{join query.tags count}}", "count: helper `join` takes a text, found a number"),
        ("{{pluralize 1 2}}", "pluralize: expected a noun as text, found `2`"),
        ("{{pluralize count total}}", "total: helper `pluralize` takes a text, found a number"),
        ("{{pluralize count \"entry\" 3}}", "pluralize: expected a noun as text, found `3`"),
        ("{{truncate query.name query.file}}", "query.file: helper `truncate` takes a number, found a text"),
        ("{{days 1.5}}", "days: expected a whole number, found `1.5`"),
        ("{{duration 59.9}}", "duration: expected a whole number of seconds, found `59.9`"),
        (
            "{{records_table records \"id\"}}",
            "records_table: helper `records_table` takes a list of columns, found a text",
        ),
        (
            "{{records_table records query.fields}}",
            "query.fields: helper `records_table` takes a list of columns, found a list of texts",
        ),
        (
            "{{records_table stats.status columns}}",
            "stats.status: helper `records_table` takes a list of records, found a list of counts",
        ),
        ("{{bar_chart query.fields}}", "bar_chart: a chart draws records or counts, found a list of texts"),
    ];
    for (template, expected) in cases {
        assert_eq!(told(template), [expected], "{template}");
    }
    let right = [
        "{{date run.startedAt}}{{ago run.now}}{{date diff.old.startedAt}}{{age 1790000000}}{{date 0}}{{date null}}",
        "{{date \"2026-11-23T12:00:00Z\"}}{{date (default (max records \"lastUsedOn\") run.finishedAt)}}",
        "{{#each records}}{{date (default lastUsedOn createdOn)}}{{date (default lastUsedOn 0)}}{{/each}}",
        "{{#each findings}}{{date record.createdOn}}{{/each}}{{date (min records \"createdOn\" default=\"-\")}}",
        "{{#each (group_by records \"createdOn\")}}{{date key}}{{records_table items @root.columns}}{{/each}}",
        "{{records_table (where records \"$[?@.id > 1]\") (sort_by columns \"title\")}}{{days 1}}{{join query.tags query.name}}",
    ];
    for template in right {
        assert_eq!(told(template), [""; 0], "{template}");
    }
}

#[test]
fn what_would_print_rubbish_is_told_before_the_run() {
    let cases = [
        (
            "{{count_by records \"status\"}}",
            "count_by: `count_by` gives a list of counts, not a value to write",
        ),
        (
            "{{{group_by records \"status\"}}}",
            "group_by: `group_by` gives a list of groups, not a value to write",
        ),
        (
            "{{where records \"$[?@.id > 1]\"}}",
            "where: `where` gives a list of records, not a value to write",
        ),
        ("{{sort_by records \"id\"}}", "sort_by: `sort_by` gives a list of records, not a value to write"),
        ("{{default records \"x\"}}", "default: `default` gives a list of records, not a value to write"),
        (
            "{{default query.name records}}",
            "default: `default` gives a list of records, not a value to write",
        ),
        ("{{default query \"x\"}}", "default: `default` gives a group of names, not a value to write"),
        (
            "{{join (count_by records \"id\")}}",
            "join: helper `join` takes a list of values, found a list of counts",
        ),
        ("{{join records}}", "records: helper `join` takes a list of values, found a list of records"),
        ("{{csv records}}", "records: helper `csv` takes values, found a list of records"),
        ("{{csv count query}}", "query: helper `csv` takes values, found a group of names"),
        ("{{len count}}", "count: helper `len` takes a list or a text, found a number"),
        ("{{len run.sandbox}}", "run.sandbox: helper `len` takes a list or a text, found true or false"),
        ("{{sparkline records \"note\"}}", "note: `sparkline` draws numbers, `note` is a text"),
        ("{{date run.now default=records}}", "default: `default=` takes a value, found a list of records"),
        ("{{bar_chart stats.status title=count}}", "title: `title=` takes a text, found a number"),
        ("{{bar_chart stats.status title=3}}", "bar_chart: `title=` takes a text, found `3`"),
    ];
    for (template, expected) in cases {
        assert_eq!(told(template), [expected], "{template}");
    }
    let help = |template: &str| mistakes(template).remove(0).3;
    assert_eq!(
        help("{{sort_by records \"id\"}}"),
        "`{{#each (sort_by …)}}` goes through it, `{{len (sort_by …)}}` counts it"
    );
    let right = [
        "{{sort_by query.tags}}{{default query.tags \"none\"}}{{csv query.tags count}}{{join (sort_by query.tags)}}{{len query}}",
        "{{#each (default records stats.status)}}{{/each}}{{sparkline stats.status \"note\"}}{{sparkline records \"id\"}}",
        "{{#each findings}}{{csv record}}{{len record.note}}{{join record.roles}}{{/each}}",
    ];
    for template in right {
        assert_eq!(told(template), [""; 0], "{template}");
    }
}

#[test]
fn a_value_that_can_never_be_is_told() {
    let cases = [
        ("{{#if (eq run.verdict \"compleet\")}}{{/if}}", "compleet: `run.verdict` is never `compleet`"),
        (
            "{{#each records}}{{#if (ne \"LMv1\" tokenType)}}{{/if}}{{/each}}",
            "LMv1: `tokenType` is never `LMv1`",
        ),
        ("{{#each records}}{{#eq status 3}}{{/eq}}{{/each}}", "eq: `status` is never `3`"),
        (
            "{{#each findings}}{{#if (eq severity \"fatal\")}}{{/if}}{{/each}}",
            "fatal: `severity` is never `fatal`",
        ),
        ("{{#each listings}}{{#if (eq kind \"LMv1\")}}{{/if}}{{/each}}", "LMv1: `kind` is never `LMv1`"),
    ];
    for (template, expected) in cases {
        assert_eq!(told(template), [expected], "{template}");
    }
    let help = |template: &str| mistakes(template).remove(0).3;
    assert_eq!(help("{{#each records}}{{eq status 3}}{{/each}}"), "it is one of 1 = disabled, 2 = enabled");
    assert_eq!(help("{{eq run.verdict \"x\"}}"), "it is one of `complete`, `limited`, `incomplete`");
    let right = [
        "{{#each records}}{{eq status 2}}{{eq status 1.0}}{{eq tokenType \"lmv1\"}}{{eq (default tokenType \"none\") \"none\"}}{{/each}}",
        "{{#each portals}}{{eq credential \"LMv1\"}}{{/each}}{{eq run.verdict \"limited\"}}{{gt run.verdict \"x\"}}",
    ];
    for template in right {
        assert_eq!(told(template), [""; 0], "{template}");
    }
}

#[test]
fn fields_that_are_named_in_texts_are_read() {
    let text = "{{sum records \"idleDays\"}}{{len (where records '$[?@.status == 1]')}}{{table records \"note=x\"}}\
                {{#each (sort_by (group_by records \"roles\") \"-count\")}}{{#each items}}{{id}}{{/each}}{{/each}}\
                {{len (sort_by records \"-createdOn\")}}";
    let place =
        Place::with(&[("templates/t.hbs", text), ("templates/all.hbs", "{{json (sort_by records \"id\")}}")]);
    let template = place.load("t.hbs").expect("it is right");
    let read: Vec<&str> = template.fields().iter().map(String::as_str).collect();
    assert_eq!(read, ["createdOn", "id", "idleDays", "note", "roles", "status"]);
    assert!(matches!(template.reads(), Reads::Fields(_)));
    assert_eq!(place.load("all.hbs").expect("it is right").reads(), &Reads::All);
}

#[test]
fn right_calls_render() {
    let cases = [
        ("{{#each (sort_by records \"-id\")}}{{id}}{{@index}}{{#if @last}}.{{/if}}{{/each}}", "2011."),
        (
            "{{#each (group_by records \"roles\")}}{{key}}:{{#each items}}{{id}}{{../count}}{{@root.count}}{{/each}} {{/each}}",
            "admin:112 ops:112 :212 ",
        ),
        (
            "{{#each (group_by records \"note\") as |g i|}}{{i}}{{g.key}}{{g.items.[0].id}} {{/each}}",
            "0ci1 12 ",
        ),
        ("{{#each (count_by records \"tokenType\")}}{{value}} {{count}}{{/each}}", "lmv1 2"),
        ("{{#each (where records \"$[?@.idleDays > 30]\")}}{{adminName}}{{/each}}", "joe"),
        ("{{#with (where records \"$[?@.id == 9]\")}}x{{else}}none{{/with}}", "none"),
        ("{{sum records \"idleDays\"}} {{min records \"id\"}} {{max records \"idleDays\"}}", "74 1 62"),
        ("{{date (max records \"createdOn\") tz=\"Asia/Tokyo\" format=\"%F %R\"}}", "2026-09-21 23:13"),
        (
            "{{age run.startedAt unit=\"days\"}} {{age 1790000000}} {{duration 61}}",
            "0 days 2 months 1 day 1 minute 1 second",
        ),
        (
            "{{percent 1 count}} {{upper query.name}} {{title \"a b\"}} {{truncate query.name 3}}",
            "50% IDLE A B id…",
        ),
        ("https://x.example/?q={{url \"a b&c\"}}", "https://x.example/?q=a%20b%26c"),
        ("{{#each columns}}{{title}}:{{upper title}}{{/each}}", "Owner:OWNER"),
        ("{{csv 1 \"a,b\" query.tags}}", "1,\"a,b\",weekly"),
        ("{{table stats.tokenType \"value=Kind\" \"count\"}}", "Kind  count\nlmv1  2"),
        ("{{table records \"id\" \"roles.0=First role\"}}", "id  First role\n 1  admin\n 2  -"),
        (
            "{{#each (count_by records \"roles.0\")}}{{default value \"none\"}} {{count}};{{/each}}",
            "admin 1;none 1;",
        ),
        ("{{#if (eq (sum records \"id\") 3)}}three{{/if}}{{len (sort_by query.tags)}}", "three1"),
    ];
    for (template, expected) in cases {
        assert_eq!(text(template), expected, "{template}");
    }
}

#[test]
fn markup_is_written_as_it_is_and_is_a_text_to_other_helpers() {
    let text = "{{table records \"note\"}}|{{md \"a|b\"}}|{{upper (md \"a|b\")}}|{{default query.description (md \"_x_\")}}";
    let of = |kind: &str| {
        let file = format!("templates/t.{kind}");
        rendered(&[(file.as_str(), text)], &format!("t.{kind}"))
    };
    assert_eq!(of("md.hbs"), "| note |\n|---|\n| ci |\n| \\- ||a\\|b|A\\\\\\|B|\\\\\\_x\\\\\\_");
    assert!(of("html.hbs").starts_with("<table>\n<thead>\n<tr><th scope=\"col\">note</th></tr>"));
    assert!(of("csv.hbs").starts_with("note\nci\n|"), "{}", of("csv.hbs"));
}
