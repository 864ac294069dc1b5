//! Made-up tokens as JSON, each serialised once, and the pages cut out of them.
//!
//! The text of all tokens stands in one string, joined by commas, beside an index of where each one begins. A page is then a
//! slice of that string with an envelope around it, whatever its offset and size.

use std::fmt::Write as _;
use std::ops::Range;

/// The access id of the first token, which is the caller's own.
pub const CALLER: &str = "bench";
/// A time that all others are counted back from, so that every run has the same bytes.
const NOW_S: u64 = 1_767_225_600;
const DAY_S: u64 = 86_400;
const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
const GIVEN: &[&str] =
    &["anna", "bruno", "chiara", "dmitri", "elif", "farid", "greta", "hiro", "ines", "jonas", "maria", "zoë"];
const FAMILY: &[&str] =
    &["schmidt", "garcia", "okafor", "lindqvist", "tanaka", "rossi", "novak", "haddad", "murphy", "silva"];
const ROLES: &[&str] = &[
    r#"["administrator"]"#,
    r#"["readonly"]"#,
    r#"["manager","readonly"]"#,
    r#"["ackonly","dashboard-editor"]"#,
    r#"["collector-operator","report-viewer","readonly"]"#,
];
const NOTES: &[&str] = &[
    r#""nightly export of dashboards to the warehouse""#,
    r#""Terraform, production workspace; ask the platform team before you delete it""#,
    r#""Grafana data source \"LM metrics\" | owner: observability""#,
    r#""collector roll-out 2024\nticket OPS-1482""#,
    r#""sauvegarde des règles d’alerte, équipe réseau""#,
    r#""webhook relay""#,
    r#""""#,
    "null",
];
const PERMISSIONS: &[&str] = &["read", "read", "read", "write", "none"];

/// All tokens of the portal, by id.
pub struct Tokens {
    joined: String,
    /// Where each token begins, and one more: where the next would.
    starts: Vec<usize>,
}

/// One page: its envelope, and the slice of tokens inside.
pub struct Page<'a> {
    /// `{"total":…,"searchId":null,"items":[`
    pub before: String,
    /// Tokens joined by commas.
    pub tokens: &'a str,
    /// What closes the envelope.
    pub after: &'static str,
}

impl Tokens {
    /// `count` tokens, the same ones each time.
    pub fn new(count: usize) -> Self {
        let mut tokens = Self { joined: String::new(), starts: Vec::with_capacity(count + 1) };
        let mut random = Random(1);
        for index in 0..count {
            tokens.starts.push(tokens.joined.len());
            write_token(&mut tokens.joined, index, &mut random);
            tokens.joined.push(',');
        }
        tokens.starts.push(tokens.joined.len());
        tokens
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// Some of the rows, as far as there are any, in an envelope that says `total`.
    pub fn page(&self, rows: Range<usize>, total: usize) -> Page<'_> {
        let start = rows.start.min(self.count());
        let end = rows.end.clamp(start, self.count());
        // Without the comma behind the last one.
        let end_byte = if start == end { self.starts[end] } else { self.starts[end] - 1 };
        Page {
            before: format!(r#"{{"total":{total},"searchId":null,"items":["#),
            tokens: &self.joined[self.starts[start]..end_byte],
            after: "]}",
        }
    }
}

/// All 13 documented fields.
fn write_token(out: &mut String, index: usize, random: &mut Random) {
    let admin_id = 1 + random.below(2_000);
    let name = person(admin_id);
    let creator = if random.below(5) < 3 { name.clone() } else { person(1 + random.below(12)) };
    let access_id = if index == 0 { CALLER.to_owned() } else { random.text(20) };
    let age = 1 + random.below(1_500);
    let created = NOW_S - age * DAY_S - random.below(DAY_S);
    // One in six was never used.
    let last_used = match random.below(6) {
        0 => 0,
        _ => NOW_S - random.below(age) * DAY_S - random.below(DAY_S),
    };
    let address = match last_used {
        0 => "null".to_owned(),
        _ => format!("\"{}.{}.{}.{}\"", 198, 51, 100, 1 + random.below(250)),
    };
    let id = index + 1;
    let status = if random.below(9) == 0 { 1 } else { 2 };
    let (roles, note) = (random.pick(ROLES), random.pick(NOTES));
    let permission = random.pick(PERMISSIONS);
    write!(
        out,
        r#"{{"id":{id},"accessId":"{access_id}","accessKey":null,"adminId":{admin_id},"adminName":"{name}","roles":{roles},"status":{status},"note":{note},"createdOn":{created},"createdBy":"{creator}","lastUsedOn":{last_used},"lastAuthIp":{address},"userPermission":"{permission}"}}"#
    )
    .expect("writing to a string cannot fail");
}

/// The user name of an id.
fn person(id: u64) -> String {
    let mut of_id = Random(id);
    let (given, family) = (of_id.pick(GIVEN), of_id.pick(FAMILY));
    if id.is_multiple_of(7) {
        format!("svc-{family}+{id}")
    } else {
        format!("{given}.{family}{id}@example.com")
    }
}

/// Numbers that look random and are the same each time: `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        let index = self.below(from.len() as u64);
        from[usize::try_from(index).expect("it is less than a length")]
    }

    fn text(&mut self, length: usize) -> String {
        let mut letter = || LETTERS[usize::try_from(self.below(LETTERS.len() as u64)).expect("57 at most")];
        (0..length).map(|_| char::from(letter())).collect()
    }
}
