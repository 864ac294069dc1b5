//! What came to the portal: for tests to look at, and for `lmq sandbox` to show as it happens.

use std::fmt;

use crate::text::{counted, inert_line};

/// A request and what became of it. It has no headers, and the portal's own secrets are taken out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// `GET`.
    pub method: String,
    /// The path as it came, below `/santaba/rest`; the whole path when it is elsewhere.
    pub path: String,
    /// The query string as it came, without its `?`.
    pub query: String,
    /// The HTTP status of the answer, even where a fault kept it from going out.
    pub status: u16,
    /// How many rows it had.
    pub rows: usize,
    /// Names of the faults that played on it.
    pub faults: Vec<&'static str>,
}

/// Called for each request, on the portal's thread, before the answer goes out.
pub type Observer = Box<dyn Fn(&Received) + Send + Sync>;

impl fmt::Display for Received {
    /// One line, safe to show on a terminal: `GET /setting/admins/apitokens?size=50 → 200, 50 rows`, with the faults in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.query.is_empty() { "" } else { "?" };
        let target = format!("{} {}{mark}{}", self.method, self.path, self.query);
        write!(f, "{} → {}, {}", inert_line(&target), self.status, counted(self.rows, "row"))?;
        if self.faults.is_empty() { Ok(()) } else { write!(f, " [{}]", self.faults.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_people() {
        let mut received = Received {
            method: "GET".to_owned(),
            path: "/setting/admins/apitokens".to_owned(),
            query: "type=bearer".to_owned(),
            status: 200,
            rows: 1,
            faults: Vec::new(),
        };
        assert_eq!(received.to_string(), "GET /setting/admins/apitokens?type=bearer → 200, 1 row");
        received.query.clear();
        received.path = "/\u{1b}[31m".to_owned();
        received.faults = vec!["latency", "truncate"];
        assert_eq!(received.to_string(), "GET /\\u{1b}[31m → 200, 1 row [latency, truncate]");
    }
}
