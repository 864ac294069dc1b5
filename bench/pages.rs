//! A portal that costs next to nothing: every token is serialised before the first request, and an answer is a slice.
//!
//! ```sh
//! cargo run --release --example pages -- --tokens 100000 --port 0 [--latency-ms 50] [--size-limit 1000]
//! ```
//!
//! It serves `GET /santaba/rest/setting/admins/apitokens` over HTTP/1.1 on 127.0.0.1, takes any credentials, and prints its
//! base URL as the first line of stdout. It knows no conditions: only the filter that asks for the caller's own token is
//! answered as a portal would, and there are no bearer tokens.

mod tokens;

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use tokens::{CALLER, Page, Tokens};

const PATH: &str = "/santaba/rest/setting/admins/apitokens";
/// Most bytes of a request; lmq's are below one KiB.
const MAX_HEAD_BYTES: usize = 16 * 1024;
const DEFAULT_SIZE: usize = 50;
const NOT_FOUND: &str = r#"{"errorMessage":"not found","errorCode":1404,"errorDetail":null}"#;

/// Serves made-up tokens that were serialised before the first request
#[derive(Debug, Parser)]
struct Args {
    /// How many tokens it holds
    #[arg(long, default_value_t = 100_000)]
    tokens: usize,

    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// How long each answer waits
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,

    /// Most rows of a page, whatever is asked for
    #[arg(long, default_value_t = 1000)]
    size_limit: usize,
}

struct Portal {
    tokens: Tokens,
    latency: Duration,
    size_limit: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let args = Args::parse();
    let portal = Arc::new(Portal {
        tokens: Tokens::new(args.tokens),
        latency: Duration::from_millis(args.latency_ms),
        size_limit: args.size_limit,
    });
    let listener = TcpListener::bind(("127.0.0.1", args.port)).await?;
    writeln!(io::stdout(), "http://{}/santaba/rest", listener.local_addr()?)?;
    let serve = async {
        loop {
            let (stream, _) = listener.accept().await?;
            let portal = Arc::clone(&portal);
            // A client that goes away is no one's trouble.
            tokio::spawn(async move { portal.serve(stream).await.ok() });
        }
    };
    tokio::select! {
        failed = serve => failed,
        ended = ended() => ended,
    }
}

/// Resolves when the process is asked to end.
#[cfg(unix)]
async fn ended() -> io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

/// Resolves when the process is asked to end.
#[cfg(not(unix))]
async fn ended() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

impl Portal {
    /// Answers the requests of one connection, one after the other.
    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut received = Vec::new();
        while let Some(head) = next_head(&mut stream, &mut received).await? {
            tokio::time::sleep(self.latency).await;
            let Some(page) = self.page(&head) else {
                let before = NOT_FOUND.to_owned();
                send(&mut stream, "404 Not Found", &Page { before, tokens: "", after: "" }).await?;
                continue;
            };
            send(&mut stream, "200 OK", &page).await?;
        }
        Ok(())
    }

    /// The page that a request asks for, or nothing when it asks for something else.
    fn page(&self, head: &str) -> Option<Page<'_>> {
        let target = head.strip_prefix("GET ")?.split(' ').next()?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if path != PATH {
            return None;
        }
        let parameter = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let number = |name: &str, default| parameter(name).map_or(Some(default), |value| value.parse().ok());
        if parameter("type") == Some("bearer") {
            return Some(self.tokens.page(0..0, 0));
        }
        if let Some(wanted) = parameter("filter").and_then(wanted_access_id) {
            let rows = usize::from(wanted == CALLER).min(self.tokens.count());
            return Some(self.tokens.page(0..rows, rows));
        }
        let size = number("size", DEFAULT_SIZE)?.min(self.size_limit);
        let offset = number("offset", 0)?;
        Some(self.tokens.page(offset..offset.saturating_add(size), self.tokens.count()))
    }
}

/// The access id in `accessId:"…"`. The filter is encoded twice; an access id of plain letters shows it once.
fn wanted_access_id(filter: &str) -> Option<String> {
    let filter = percent_encoding::percent_decode_str(filter).decode_utf8().ok()?;
    Some(filter.strip_prefix("accessId:\"")?.strip_suffix('"')?.to_owned())
}

/// The head of the next request; what follows it stays in `received`. Nothing at the end of the connection.
async fn next_head(stream: &mut TcpStream, received: &mut Vec<u8>) -> io::Result<Option<String>> {
    loop {
        if let Some(at) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            let head: Vec<u8> = received.drain(..at + 4).collect();
            return Ok(Some(String::from_utf8_lossy(&head).into_owned()));
        }
        if received.len() > MAX_HEAD_BYTES {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        if stream.read_buf(received).await? == 0 {
            return Ok(None);
        }
    }
}

async fn send(stream: &mut TcpStream, status: &str, page: &Page<'_>) -> io::Result<()> {
    let length = page.before.len() + page.tokens.len() + page.after.len();
    let mut start = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         X-Rate-Limit-Limit: 1000000\r\nX-Rate-Limit-Remaining: 999999\r\nX-Rate-Limit-Window: 60\r\n\r\n"
    );
    start.push_str(&page.before);
    stream.write_all(start.as_bytes()).await?;
    stream.write_all(page.tokens.as_bytes()).await?;
    stream.write_all(page.after.as_bytes()).await
}
