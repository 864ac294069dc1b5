//! Tokens and credentials from a seed.
//!
//! What a test or a demonstration looks for (never used, idle for a year, disabled, awkward notes) is spread by the
//! position of a token, so that every seed has all of it in the first hundred; the rest is left to the seed.

use super::note::note;
use super::owner::{CALLER, Owner, owners};
use super::random::Random;
use super::{Kind, NeverUsed, RoleForm, Status, Token};
use crate::secret::Secret;

const DAY_S: i64 = 86_400;
const DAY_MS: i64 = DAY_S * 1000;
const PLAIN: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
/// Access keys have characters that other formats trip over, some as the first one.
const AWKWARD: &[u8] = b"[{(%~^=!";
const KEY: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789[{(%~^=!)}]+-_";
const PERMISSIONS: &[&str] = &["read", "read", "read", "read", "write", "none"];
const ADMINISTRATORS: &[&str] = &["anna.schmidt@example.com", "maria.garcia@example.com", "lmsupport"];

/// Everything the portal holds.
pub(in crate::sandbox) struct World {
    /// `LMv1` tokens by id, then bearer tokens by id.
    pub(in crate::sandbox) tokens: Vec<Token>,
    pub(in crate::sandbox) owners: Vec<Owner>,
    /// The credentials of the caller, who owns a token of each kind.
    pub(in crate::sandbox) access_id: String,
    pub(in crate::sandbox) access_key: Secret,
    pub(in crate::sandbox) bearer_token: Secret,
}

impl World {
    /// `count` tokens. The credentials depend on the seed alone, the times on the day (UTC) of `now_ms`.
    pub(in crate::sandbox) fn new(seed: u64, count: usize, now_ms: i64) -> Self {
        let mut random = Random::new(seed);
        let access_id = random.text(20, PLAIN);
        let access_key = random.text(1, AWKWARD) + &random.text(47, KEY);
        let bearer_token = format!("lmb_{}", random.text(60, PLAIN));
        let owners = owners(count);
        let midnight = now_ms.div_euclid(DAY_MS) * DAY_S;
        let mut tokens: Vec<Token> =
            (0..count).map(|index| token(index, &owners, midnight, &mut random)).collect();
        // The caller's own: the first of each kind.
        if let Some(own) = tokens.first_mut() {
            own.access_id = Some(access_id.clone());
        }
        if let Some(own) = tokens.get_mut(1) {
            own.key_start = Some(bearer_token[..20].to_owned());
        }
        number(&mut tokens, &mut random);
        Self {
            tokens,
            owners,
            access_id,
            access_key: Secret::new(&access_key),
            bearer_token: Secret::new(&bearer_token),
        }
    }
}

/// Sorts the tokens by kind and age, and gives each kind its own ids: from 1 or 2 upwards, with gaps where tokens were
/// deleted.
fn number(tokens: &mut [Token], random: &mut Random) {
    tokens.sort_by_key(|token| (token.kind == Kind::Bearer, token.created_on));
    let (mut last, mut kind) = (0, Kind::Lmv1);
    for token in tokens {
        if token.kind != kind {
            (last, kind) = (0, token.kind);
        }
        last += if random.below(4) == 0 { 2 } else { 1 };
        token.id = last;
    }
}

fn token(index: usize, owners: &[Owner], midnight: i64, random: &mut Random) -> Token {
    // Two in five are bearer tokens.
    let kind = if matches!(index % 5, 1 | 3) { Kind::Bearer } else { Kind::Lmv1 };
    // The caller's tokens come first, then one for each other owner, then as it falls.
    let owner = match index {
        0 | 1 => &owners[0],
        _ => owners.get(index - 1).unwrap_or_else(|| random.pick(owners)),
    };
    let (age_days, idle_days) = days(index, random);
    let by_itself = random.below(5) < 3;
    let creator = *random.pick(ADMINISTRATORS);
    let permission = *random.pick(PERMISSIONS);
    Token {
        kind,
        id: 0,
        access_id: (kind == Kind::Lmv1).then(|| random.text(20, PLAIN)),
        key_start: (kind == Kind::Bearer).then(|| format!("lmb_{}", random.text(16, PLAIN))),
        admin_id: owner.admin_id,
        admin_name: owner.name.clone(),
        roles: owner.roles.clone(),
        role_form: if index % 4 == 1 { RoleForm::Objects } else { RoleForm::Names },
        reads_traces: owner.reads_traces,
        status: if index > 1 && spread(index, 53) < 12 { Status::Disabled } else { Status::Enabled },
        note: note(index, random),
        created_on: midnight - age_days * DAY_S,
        created_by: if by_itself { owner.name.clone() } else { creator.to_owned() },
        last_used_on: idle_days.map(|days| midnight - days * DAY_S),
        never_used: match index % 3 {
            0 => NeverUsed::Zero,
            1 => NeverUsed::Null,
            _ => NeverUsed::Absent,
        },
        last_auth_ip: address(random).filter(|_| idle_days.is_some()),
        user_permission: if owner.admin_id == CALLER { "write" } else { permission },
    }
}

/// Days since the token was made and since its last use; `None` when it was never used.
fn days(index: usize, random: &mut Random) -> (i64, Option<i64>) {
    let mut up_to = |bound| i64::from(random.below(bound));
    match (index, spread(index, 37)) {
        (0 | 1, _) => (200, Some(0)),
        // The newest of each kind.
        (3, _) => (3, None),
        (4, _) => (1, Some(0)),
        (_, 0..18) => (1 + up_to(900), None),
        (_, 18..32) => {
            let idle = 366 + up_to(700);
            (idle + up_to(400), Some(idle))
        }
        (_, 32..52) => (1 + up_to(1200), Some(0)),
        _ => {
            let idle = 1 + up_to(300);
            (idle + up_to(900), Some(idle))
        }
    }
}

/// A number below 100 that visits all of them as `index` counts up, when `step` is prime to 100.
fn spread(index: usize, step: usize) -> usize {
    (index % 100) * step % 100
}

/// An address of the ranges for documentation, or none.
fn address(random: &mut Random) -> Option<String> {
    let host = 1 + random.below(250);
    match random.below(10) {
        0 => None,
        1 => Some(format!("2001:db8::{host:x}")),
        2..=5 => Some(format!("198.51.100.{host}")),
        _ => Some(format!("203.0.113.{host}")),
    }
}
