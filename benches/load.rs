//! Reading files: a query as people write it, one with many mistakes (which needs the index of places), and the two
//! grammars inside a query.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use lmq::catalog::{TOKEN_FIELDS, by_path};
use lmq::diag::Source;
use lmq::path::{Known, Root};
use lmq::spec::{Inputs, load};
use lmq::{filter, path};

const TYPICAL: &str = r#"name: idle-tokens
description: Tokens nobody has used for a quarter
tags: [security, weekly]
vars:
  maxIdle: { type: integer, default: 90, description: days without use }
endpoint: /setting/admins/apitokens
type: all
filters:
  - status: 2
  - adminName: { not_contains: "svc+ci@" }
  - idleDays: { gt: "${maxIdle}" }
fields: [id, adminName, note, status, roles, createdOn, lastUsedOn]
sort: [-idleDays, id]
select: "$[?@.idleDays > ${maxIdle}]"
output:
  - format: csv
    to: reports/idle-tokens.csv
"#;

fn loading(criterion: &mut Criterion) {
    let mut faulty = TYPICAL.to_owned();
    for number in 0..30 {
        writeln!(faulty, "nam{number}: 1").expect("writing to a string cannot fail");
    }
    for (name, text, errors) in [("typical", TYPICAL, 0), ("thirty mistakes", &faulty, 30)] {
        let source = Source::new("q.yaml", text);
        assert_eq!(load(&source, &Inputs::default()).1.len(), errors);
        criterion.bench_function(&format!("load/{name}"), |bencher| {
            bencher.iter(|| load(black_box(&source), &Inputs::default()));
        });
    }
}

fn grammars(criterion: &mut Criterion) {
    let endpoint = by_path("/setting/admins/apitokens").expect("the catalogue has it");
    let text = r#"adminName~"svc+ci@example.com"|"\(x\)",status:2,createdOn>1700000000"#;
    assert_eq!(filter::parse(endpoint, text).map(|conditions| conditions.len()), Ok(3));
    criterion.bench_function("parse/filter", |bencher| {
        bencher.iter(|| filter::parse(endpoint, black_box(text)));
    });
    let known: Vec<Known> = TOKEN_FIELDS
        .iter()
        .map(|field| Known { name: field.name.to_owned(), kind: Some(field.kind) })
        .collect();
    let text = "$[?@.idleDays > 90 && search(@.adminName, '^svc-')]";
    assert!(path::parse(text, Root::Rows, &known).is_ok());
    criterion.bench_function("parse/path", |bencher| {
        bencher.iter(|| path::parse(black_box(text), Root::Rows, &known));
    });
}

criterion_group!(benches, loading, grammars);
criterion_main!(benches);
