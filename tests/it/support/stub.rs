//! A portal that does what a test tells it to: a blocking HTTP/1.1 server of a screenful, one thread a connection.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use percent_encoding::percent_decode_str;

use super::{OWN_ACCESS_ID, Reply, page, row};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// From 0.
    pub number: usize,
    pub path: String,
    /// As on the wire, without its `?`.
    pub query: String,
    headers: Vec<(String, String)>,
}

type Script = dyn Fn(&Seen) -> Reply + Send + Sync;

struct Shared {
    script: Box<Script>,
    /// Whether it shows the caller's own token to one who asks for it alone, without a word.
    answers_probe: bool,
    seen: Mutex<Vec<Seen>>,
    told: Mutex<Sender<()>>,
    stopped: AtomicBool,
}

/// A stub that listens until it is dropped.
pub struct Stub {
    address: SocketAddr,
    shared: Arc<Shared>,
    arrivals: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Seen {
    /// A query parameter, decoded once.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let pair = self.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(percent_decode_str(pair).decode_utf8_lossy().into_owned())
    }

    pub fn number_of(&self, name: &str) -> usize {
        self.parameter(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("no {name}: {self:?}"))
    }

    pub fn offset(&self) -> usize {
        self.number_of("offset")
    }

    pub fn is_bearer(&self) -> bool {
        self.parameter("type").as_deref() == Some("bearer")
    }

    /// Whether it asks for the caller's own token alone.
    pub fn is_probe(&self) -> bool {
        let filter = format!("accessId:\"{OWN_ACCESS_ID}\"");
        self.parameter("filter").is_some_and(|found| found == filter)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl Stub {
    /// A stub that answers each request by the script, but for the question whether the caller sees its own token: it does.
    pub fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(Box::new(script), true)
    }

    /// A stub that answers that question by the script too.
    pub fn start_probed(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(Box::new(script), false)
    }

    fn with(script: Box<Script>, answers_probe: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (told, arrivals) = channel();
        let shared = Arc::new(Shared {
            script,
            answers_probe,
            seen: Mutex::default(),
            told: Mutex::new(told),
            stopped: AtomicBool::new(false),
        });
        let state = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if state.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (state, Ok(stream)) = (Arc::clone(&state), stream) else { continue };
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        Self { address, shared, arrivals, thread: Some(thread) }
    }

    /// A stub that always answers this.
    pub fn saying(reply: Reply) -> Self {
        Self::start(move |_| reply.clone())
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.shared.seen).clone()
    }

    pub fn count(&self) -> usize {
        lock(&self.shared.seen).len()
    }

    /// Waits until one more request has come.
    pub fn wait(&self) {
        self.arrivals.recv_timeout(std::time::Duration::from_mins(1)).expect("a request within a minute");
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread, which then sees that it is to end.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    let Some((head, length)) = peek_head(&stream) else { return };
    let mut lines = head.lines();
    let target = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.into(), value.into()));
    let mut seen = Seen { number: 0, path: path.into(), query: query.into(), headers: headers.collect() };
    if shared.answers_probe && seen.is_probe() {
        if stream.read_exact(&mut vec![0; length]).is_ok() {
            page(&[row(1)], 1).send(&mut stream);
        }
        return;
    }
    {
        let mut all = lock(&shared.seen);
        seen.number = all.len();
        all.push(seen.clone());
    }
    // A test that does not wait has no use for the word.
    let _ = lock(&shared.told).send(());
    let reply = (shared.script)(&seen);
    // A connection that is closed with bytes unread is reset.
    if !reply.is_reset() && stream.read_exact(&mut vec![0; length]).is_ok() {
        reply.send(&mut stream);
    }
}

/// The head of a request, left unread, and its length in bytes.
fn peek_head(stream: &TcpStream) -> Option<(String, usize)> {
    let mut buffer = vec![0; 64 * 1024];
    let mut before = 0;
    loop {
        let count = stream.peek(&mut buffer).ok()?;
        if let Some(end) = buffer[..count].windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            return Some((String::from_utf8_lossy(&buffer[..end]).into_owned(), end + 4));
        }
        if count == 0 || count == buffer.len() {
            return None;
        }
        if count == before {
            std::thread::yield_now();
        }
        before = count;
    }
}
