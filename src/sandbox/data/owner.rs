//! The users of the portal: people, service accounts, and names that try every special character of a filter.

/// A user who may own tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The user id, `adminId` of its tokens.
    pub admin_id: i64,
    /// The user name, `adminName` of its tokens.
    pub name: String,
    /// Names of its roles.
    pub roles: Vec<String>,
    /// Whether one of them may read traces (`permission=traces`).
    pub reads_traces: bool,
}

/// The user who owns the portal's own credentials: the one whose id stands in `LogicMonitor`'s examples.
pub(super) const CALLER: i64 = 131;

/// The roles that may read traces.
const TRACES: &[&str] = &["administrator", "traces-reader", "traces-writer"];

/// Id, name, roles. The caller is the first.
const NAMED: &[(i64, &str, &[&str])] = &[
    (CALLER, "svc-token-audit", &["readonly"]),
    (2, "lmsupport", &["administrator"]),
    (3, "anna.schmidt@example.com", &["administrator"]),
    (5, "svc-terraform", &["administrator"]),
    (8, "svc+ci@example.com", &["traces-writer", "manager"]),
    (9, "o'brien@example.com", &["manager"]),
    (12, "björn.åkesson@example.com", &["readonly", "traces-reader"]),
    (14, r#""quoted" \\ (name) & #1 %, |x"#, &["ackonly"]),
    (17, r"CORP\jdoe", &["manager", "ackonly"]),
    (18, "svc-servicenow", &["Integration (write)"]),
    (21, "svc-grafana", &["readonly"]),
    (22, "DevOps Team", &["manager", "traces-reader"]),
    (30, "maria.garcia@example.com", &["administrator", "manager"]),
    (31, "svc-ansible", &["administrator"]),
    (33, "李小龙@example.com", &["readonly"]),
    (37, "svc-otel-collector", &["traces-writer"]),
    (44, "100%_uptime", &["ackonly"]),
    (45, "a,b||c", &["readonly"]),
    (58, "noc[eu]&[us]$", &["ackonly", "readonly"]),
    (61, "kofi.mensah@example.com", &["manager"]),
    (73, "svc-backup", &[]),
    (77, "<b>priya.n</b>@example.com", &["readonly"]),
    (90, "svc-jenkins", &["Integration (write)", "ackonly"]),
    (118, "tom.larsen@example.com", &["readonly"]),
    (140, "old.contractor@example.com", &["administrator"]),
];

/// The named users, and further agents of a large portal: one for each twenty tokens past 120.
pub(super) fn owners(tokens: usize) -> Vec<Owner> {
    let named = NAMED.iter().map(|(admin_id, name, roles)| owner(*admin_id, name, roles));
    let agents = i64::try_from(tokens.saturating_sub(120) / 20).unwrap_or(i64::MAX - 1000);
    let agents = (1..=agents).map(|n| owner(1000 + n, &format!("svc-agent-{n:04}"), &["readonly"]));
    named.chain(agents).collect()
}

fn owner(admin_id: i64, name: &str, roles: &[&str]) -> Owner {
    Owner {
        admin_id,
        name: name.to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        reads_traces: roles.iter().any(|role| TRACES.contains(role)),
    }
}
