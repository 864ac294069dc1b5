//! Faults of a page: of its rows, and of what is around them.

use serde_json::{Value, json};

use super::play::Plays;
use super::table::Trouble;
use crate::sandbox::answer::{Envelope, Items, Page};
use crate::sandbox::listing::Ask;

/// Changes the rows. `secret` is what the caller was let in with.
pub(in crate::sandbox) fn rewrite(page: &mut Page, ask: &Ask, plays: &Plays, secret: &str) {
    let asked = |name: &str| ask.fields.iter().any(|field| field == name);
    for play in &plays.0 {
        match play.trouble {
            Trouble::EmptyPage => page.items.clear(),
            Trouble::NoId => {
                for row in &mut page.items {
                    row.remove("id");
                }
            }
            Trouble::TextId => {
                for id in page.items.iter_mut().filter_map(|row| row.get_mut("id")) {
                    *id = Value::String(id.to_string());
                }
            }
            Trouble::RolesNull => {
                for roles in page.items.iter_mut().filter_map(|row| row.get_mut("roles")) {
                    *roles = Value::Null;
                }
            }
            Trouble::EchoNote if asked("note") => {
                if let Some(row) = page.items.first_mut() {
                    row.insert("note".to_owned(), format!("the key is {secret}").into());
                }
            }
            _ => {}
        }
    }
}

/// Puts the rows into an envelope.
pub(in crate::sandbox) fn reshape(page: Page, ask: &Ask, plays: &Plays) -> Envelope {
    let (total, rows) = (whole(page.total), page.items.len());
    let mut envelope = Envelope::from(page);
    for play in &plays.0 {
        match play.trouble {
            Trouble::NegativeTotal => envelope.total = Some(json!(-(whole(ask.size) + 1))),
            Trouble::NullTotal => envelope.total = Some(Value::Null),
            Trouble::NoTotal => envelope.total = None,
            Trouble::MinTotal => {
                envelope.total = Some(json!(whole(ask.offset.saturating_add(rows))));
                envelope.is_min = true;
            }
            Trouble::Total => envelope.total = Some(json!((total + play.value).max(0))),
            Trouble::TotalDrift => envelope.total = Some(json!(total + i64::from(play.number))),
            Trouble::NullItems => envelope.items = Items::Null,
            Trouble::DuplicateItems => envelope.items = halved(envelope.items),
            _ => {}
        }
    }
    envelope
}

fn halved(items: Items) -> Items {
    match items {
        Items::Once(mut first) => {
            let second = first.split_off(first.len() / 2);
            Items::Twice(first, second)
        }
        other => other,
    }
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX / 2)
}
