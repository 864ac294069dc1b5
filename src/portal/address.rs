//! Where a portal is: what people paste, made into one base address.

use std::net::IpAddr;

use reqwest::Url;

/// The base of all requests: scheme, host, port and `/santaba/rest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    url: Url,
}

/// Why a text is no address of a portal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Neither a name nor a URL.
    #[error("`{0}` is neither an account's name nor a URL")]
    NotAnAddress(String),
    /// http to somewhere else.
    #[error(
        "plain http to `{0}` would send the credentials in the clear; only loopback addresses may be http"
    )]
    PlainHttp(String),
    /// A user name or password in the URL.
    #[error("an address carries no credentials")]
    WithCredentials,
}

impl Address {
    /// The address of an account: `acme`, `acme.logicmonitor.com` or `https://acme.logicmonitor.com/`. A bare name gets
    /// the domain.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn of_account(account: &str, domain: &str) -> Result<Self, AddressError> {
        let account = account.trim();
        if account.contains("://") {
            return Self::of_url(account);
        }
        let host = account.trim_end_matches('/');
        let host = if host.contains('.') { host.to_owned() } else { format!("{host}.{}", domain.trim()) };
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if host.starts_with('.') || !host.chars().all(plain) {
            return Err(AddressError::NotAnAddress(without_credentials(account)));
        }
        Self::of_url(&format!("https://{host}"))
    }

    /// The address of a URL, with or without `/santaba/rest`.
    ///
    /// # Errors
    /// When it is no URL, carries credentials, or is plain http to another machine.
    pub fn of_url(text: &str) -> Result<Self, AddressError> {
        let wrong = || AddressError::NotAnAddress(without_credentials(text.trim()));
        let mut url = Url::parse(text.trim()).map_err(|_| wrong())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::WithCredentials);
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        match url.scheme() {
            "https" if !host.is_empty() => {}
            "http" if is_loopback(&host) => {}
            "http" if !host.is_empty() => return Err(AddressError::PlainHttp(host)),
            _ => return Err(wrong()),
        }
        let path = url.path().trim_end_matches('/').to_owned();
        if url.query().is_some()
            || url.fragment().is_some()
            || !matches!(path.as_str(), "" | "/santaba" | "/santaba/rest")
        {
            return Err(wrong());
        }
        url.set_path("/santaba/rest");
        Ok(Self { url })
    }

    /// The host, with its port where that is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> String {
        let host = self.bare_host();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The host alone.
    #[must_use]
    pub fn bare_host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The host alone and the port of its connections.
    pub(super) fn socket(&self) -> (&str, u16) {
        let host = self.bare_host();
        let port = self.url.port_or_known_default().unwrap_or_default();
        (host.trim_start_matches('[').trim_end_matches(']'), port)
    }

    /// Whether it is on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.url.host_str().unwrap_or_default())
    }

    /// Whether requests need TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// What paths are appended to.
    #[must_use]
    pub fn base(&self) -> &str {
        self.url.as_str()
    }

    /// The URL of a request.
    #[must_use]
    pub fn url(&self, path: &str, query: &str) -> String {
        format!("{}{path}?{query}", self.url)
    }
}

/// The text of an address without what may be a password or a key: what stands before an `@`, and after a `?` or `#`.
#[must_use]
pub fn without_credentials(text: &str) -> String {
    let (start, rest) = text.rsplit_once('@').map_or(("", text), |(_, rest)| ("…@", rest));
    match rest.split_once(['?', '#']) {
        Some((rest, _)) => format!("{start}{rest}…"),
        None => format!("{start}{rest}"),
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_as_people_paste_them() {
        for text in ["acme", "acme.logicmonitor.com", "https://acme.logicmonitor.com/", " acme "] {
            let address = Address::of_account(text, "logicmonitor.com").expect("an address");
            assert_eq!(
                address.url("/x", "a=b"),
                "https://acme.logicmonitor.com/santaba/rest/x?a=b",
                "{text}"
            );
        }
        assert_eq!(Address::of_account("acme", "lmgov.us").map(|a| a.host()), Ok("acme.lmgov.us".to_owned()));
        for text in ["", "a b", "acme/evil", "acme@evil.com", "acme:8080", "ftp://acme.com"] {
            assert!(Address::of_account(text, "logicmonitor.com").is_err(), "{text}");
        }
    }

    #[test]
    fn urls_with_and_without_the_base_path() {
        for text in [
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080/santaba/rest/",
            "http://127.0.0.1:8080/santaba/rest",
        ] {
            let address = Address::of_url(text).expect("an address");
            assert_eq!(address.url("/x", "q"), "http://127.0.0.1:8080/santaba/rest/x?q");
            assert_eq!(address.host(), "127.0.0.1:8080");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_alone() {
        for text in ["http://localhost:1", "http://127.8.0.1", "http://[::1]:9"] {
            assert!(Address::of_url(text).is_ok_and(|address| address.is_loopback()), "{text}");
        }
        for text in ["http://acme.logicmonitor.com", "http://127.0.0.1.evil.com", "http://10.0.0.1"] {
            assert!(matches!(Address::of_url(text), Err(AddressError::PlainHttp(_))), "{text}");
        }
        assert_eq!(Address::of_url("https://u:p@acme.com"), Err(AddressError::WithCredentials));
    }

    #[test]
    fn what_is_no_address_is_told_without_its_password() {
        for text in ["https://u:hunter2@ac me", "u:hunter2@acme", "https://acme.com/x?token=hunter2"] {
            for error in [Address::of_url(text), Address::of_account(text, "logicmonitor.com")] {
                let told = error.expect_err("no address").to_string();
                assert!(!told.contains("hunter2") && told.contains("ac"), "{told}");
            }
        }
    }
}
