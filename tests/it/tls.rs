//! https: the roots it trusts, and the proxy it goes through. A server with a certificate of its own stands for portal and proxy;
//! `tls/` has the certificates, valid for a hundred years and trusted by nobody else.
//!
//! Elsewhere the system itself decides what is trusted, and `SSL_CERT_FILE` tells it nothing.
#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;

use crate::support::{OWN_ACCESS_ID, Project, SECRET_KEY, row};

fn file(name: &str) -> String {
    format!("{}/tests/it/tls/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// What comes first on a connection.
#[derive(Clone, Copy)]
enum First {
    /// TLS: it is a portal.
    Handshake,
    /// `CONNECT`: it is a proxy, and the portal behind it.
    Connect,
}

/// Serves one token to all who ask, on a thread that ends with the process.
struct Server {
    address: SocketAddr,
    /// The first line of each request, `CONNECT` among them.
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(first: First) -> Self {
        let certificate = CertificateDer::from_pem_file(file("portal.pem")).expect("it is ours");
        let key = PrivateKeyDer::from_pem_file(file("portal-key.pem")).expect("it is ours");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.expect("it has ciphers").with_no_client_auth();
        let config = Arc::new(config.with_single_cert(vec![certificate], key).expect("they fit"));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, lines) = (Arc::clone(&config), Arc::clone(&lines));
                // A client that leaves is no matter.
                std::thread::spawn(move || serve(stream, first, config, &lines));
            }
        });
        Self { address, seen }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("no thread panics").clone()
    }
}

fn serve(
    mut stream: TcpStream,
    first: First,
    config: Arc<ServerConfig>,
    seen: &Mutex<Vec<String>>,
) -> Option<()> {
    if matches!(first, First::Connect) {
        seen.lock().ok()?.push(head(&mut stream)?);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
    }
    let mut stream = StreamOwned::new(ServerConnection::new(config).ok()?, stream);
    seen.lock().ok()?.push(head(&mut stream)?);
    let body = json!({ "total": 1, "items": [row(1)] }).to_string();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all((head + &body).as_bytes()).ok()?;
    stream.conn.send_close_notify();
    stream.flush().ok()
}

/// Reads the head of a request and gives its first line.
fn head(stream: &mut impl Read) -> Option<String> {
    // Byte by byte: what comes behind a head is not to be lost.
    let mut lines = BufReader::with_capacity(1, stream).lines();
    let first = lines.next()?.ok()?;
    lines.map_while(Result::ok).find(String::is_empty)?;
    Some(first)
}

/// `lmq` in a process of its own: proxies and roots are read from the environment of the process.
fn lmq(url: &str, roots: &str, more: &[(&str, String)], command: &[&str]) -> Output {
    let project = Project::new().query("");
    let mut lmq = Command::new(env!("CARGO_BIN_EXE_lmq"));
    lmq.args(command).current_dir(project.root()).env_clear().stdin(Stdio::null());
    lmq.env("LMQ_BASE_URL", url).env("LM_ACCESS_ID", OWN_ACCESS_ID).env("LM_ACCESS_KEY", SECRET_KEY);
    lmq.env("SSL_CERT_FILE", file(roots)).env("SSL_CERT_DIR", project.root());
    lmq.envs(more.iter().map(|(name, value)| (name, value)));
    lmq.output().expect("it starts")
}

const RUN: &[&str] = &["run", "--retries", "0", "-f", "csv", "q.yaml"];

#[track_caller]
fn ends(output: &Output, code: i32, said: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    for part in said {
        assert!(stderr.contains(part), "no `{part}` in {stderr}");
    }
}

#[test]
fn a_certificate_is_trusted_by_the_roots_that_are_named() {
    let portal = Server::start(First::Handshake);
    let url = format!("https://{}", portal.address);
    ends(&lmq(&url, "root.pem", &[], RUN), 0, &["1 token, 1 listing, 1 page, complete"]);
    let asked = portal.seen();
    assert!(
        asked.len() == 1 && asked[0].starts_with("GET /santaba/rest/setting/admins/apitokens?"),
        "{asked:?}"
    );
    let untrusted = lmq(&url, "other-root.pem", &[], &["run", "q.yaml"]);
    ends(&untrusted, 5, &["invalid peer certificate", "SSL_CERT_FILE"]);
    assert_eq!(portal.seen().len(), 1, "nothing was sent");
    // The certificate is another's.
    let other = url.replace("127.0.0.1", "localhost");
    ends(&lmq(&other, "root.pem", &[], RUN), 5, &["invalid peer certificate"]);
}

#[test]
fn without_roots_https_is_an_error_with_a_remedy_and_http_is_not() {
    let https = lmq("https://127.0.0.1:9", "no-such-file.pem", &[], RUN);
    ends(&https, 5, &["cannot set up TLS", "ca-certificates", "SSL_CERT_FILE"]);
    let sandbox = lmq("", "no-such-file.pem", &[], &["run", "--sandbox", "q.yaml"]);
    ends(&sandbox, 0, &["complete"]);
}

#[test]
fn https_goes_through_the_proxy_that_is_named() {
    let proxy = Server::start(First::Connect);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let proxied = [(name, format!("http://{}", proxy.address))];
        let before = proxy.seen().len();
        ends(&lmq("https://portal.invalid", "root.pem", &proxied, RUN), 0, &["1 token"]);
        let seen = proxy.seen().split_off(before);
        assert!(
            seen[0].starts_with("CONNECT portal.invalid:443 ") && seen[1].starts_with("GET "),
            "{name}: {seen:?}"
        );
    }
    let proxied =
        |more: &str| [("HTTPS_PROXY", format!("http://{}", proxy.address)), ("NO_PROXY", more.to_owned())];
    let doctor = lmq("https://portal.invalid", "root.pem", &proxied(""), &["doctor"]);
    let told = String::from_utf8_lossy(&doctor.stdout);
    assert!(told.contains("ok    connection") && told.contains("the proxy may know the name"), "{told}");
    let before = proxy.seen().len();
    ends(&lmq("https://portal.invalid", "root.pem", &proxied("portal.invalid"), RUN), 5, &["cannot connect"]);
    assert_eq!(proxy.seen().len(), before, "NO_PROXY names the host");
    let gone = [("HTTPS_PROXY", "http://127.0.0.1:9".to_owned())];
    ends(&lmq("https://portal.invalid", "root.pem", &gone, RUN), 5, &["cannot connect", "HTTPS_PROXY"]);
}

#[test]
fn loopback_never_goes_through_a_proxy() {
    let (portal, proxy) = (Server::start(First::Handshake), Server::start(First::Connect));
    let names = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"];
    let proxied = names.map(|name| (name, format!("http://{}", proxy.address)));
    ends(&lmq(&format!("https://{}", portal.address), "root.pem", &proxied, RUN), 0, &["1 token"]);
    ends(&lmq("", "root.pem", &proxied, &["run", "--sandbox", "q.yaml"]), 0, &["complete"]);
    assert_eq!(proxy.seen(), Vec::<String>::new());
}
