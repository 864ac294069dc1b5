//! A portal inside the program, for `--sandbox`, `lmq sandbox` and the tests: it speaks what `LogicMonitor` documents of its
//! token lists, with data that depends on a seed.
//!
//! It serves from a thread of its own on a port of 127.0.0.1. The only clock it looks at is the one handed in: signatures,
//! the rate limit, the `Date` header and the ages of its tokens go by it. `server` has the way of a request, `listing` and
//! `filter` what rows it gets, `data` the rows.

mod answer;
pub mod data;
mod filter;
mod gate;
mod listing;
mod query;
mod rate;
mod received;
mod server;

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::serve::ListenerExt as _;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;

use crate::auth::Credentials;
use crate::portal::{Address, BearerListing, Interrupt, interrupted};
use crate::secret::Secret;
use gate::Gate;
use rate::Limiter;
use server::Portal;

pub use received::{Observer, Received};

/// Milliseconds since 1970, handed in.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What a portal is to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What its credentials and data depend on.
    pub seed: u64,
    /// How many tokens it holds, of both kinds. With none it holds nothing, the caller's own credentials included
    /// (they are accepted all the same); with one, it is the caller's `LMv1` token.
    pub tokens: usize,
    /// The port it listens on; 0 takes a free one.
    pub port: u16,
    /// How many requests an endpoint answers within a window.
    pub rate_limit: u32,
    /// The length of that window.
    pub rate_window_seconds: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, tokens: 120, port: 0, rate_limit: 500, rate_window_seconds: 60 }
    }
}

/// The tokens of all users that a request with this query string takes, on whatever page: what a portal answers, without
/// one. The query string is as on the wire, so both decodings of `filter` happen.
///
/// # Errors
/// The portal's message where it refuses the request.
pub fn matching<'a>(tokens: &'a [data::Token], query: &str) -> Result<Vec<&'a data::Token>, String> {
    listing::matching(tokens, None, &query::Query::parse(query)).map_err(|refusal| refusal.message)
}

/// A portal that listens until it is dropped.
pub struct Sandbox {
    portal: Arc<Portal>,
    address: SocketAddr,
    /// Dropped to stop the server.
    running: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a portal; it listens when this returns.
    ///
    /// # Errors
    ///
    /// The port is taken, or the system grants no socket or thread.
    pub fn start(options: Options, clock: Clock) -> io::Result<Self> {
        Self::start_with(options, clock, None)
    }

    /// As [`Sandbox::start`], with each request also sent to the receiver, for [`Sandbox::wait`].
    ///
    /// # Errors
    ///
    /// As [`Sandbox::start`].
    pub fn start_watched(options: Options, clock: Clock) -> io::Result<(Self, UnboundedReceiver<Received>)> {
        let (sender, received) = unbounded_channel();
        let observer: Observer = Box::new(move |request: &Received| {
            // Nobody waits any more: the portal is about to stop.
            let _ = sender.send(request.clone());
        });
        Ok((Self::start_with(options, clock, Some(observer))?, received))
    }

    /// As [`Sandbox::start`], with `on_request` called for each request as it is answered. What it is given never has the
    /// portal's credentials in it.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::start`].
    pub fn start_observed(options: Options, clock: Clock, on_request: Observer) -> io::Result<Self> {
        Self::start_with(options, clock, Some(on_request))
    }

    fn start_with(options: Options, clock: Clock, observer: Option<Observer>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let world = data::World::new(options.seed, options.tokens, clock());
        let portal = Arc::new(Portal {
            tokens: world.tokens,
            owners: world.owners,
            gate: Gate {
                access_id: world.access_id,
                access_key: world.access_key,
                bearer_token: world.bearer_token,
            },
            clock,
            limiter: Mutex::new(Limiter::new(options.rate_limit, options.rate_window_seconds)),
            log: Mutex::new(VecDeque::new()),
            observer,
        });
        let (running, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let state = Arc::clone(&portal);
        let thread = std::thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || runtime.block_on(serve(listener, state, stopped)))?;
        Ok(Self { portal, address, running: Some(running), thread: Some(thread) })
    }

    /// It as a portal for a run, with its LMv1 credentials.
    ///
    /// # Panics
    /// Never: its own address is one.
    #[must_use]
    pub fn portal(&self) -> crate::portal::Portal {
        crate::portal::Portal {
            name: "sandbox".to_owned(),
            account: None,
            address: Address::of_url(&self.base_url()).expect("a loopback URL is an address"),
            credentials: Credentials::Lmv1 {
                access_id: self.access_id().to_owned(),
                access_key: self.access_key().clone(),
            },
            sandbox: true,
            bearer: BearerListing::Expected,
        }
    }

    /// Serves until Ctrl-C or SIGTERM, and hands each request on as it comes from `received`.
    ///
    /// # Errors
    /// The system grants no runtime to wait for signals.
    pub fn wait(
        &self,
        mut received: UnboundedReceiver<Received>,
        mut on_request: impl FnMut(&Received),
    ) -> io::Result<Interrupt> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(async {
            let interrupted = interrupted();
            tokio::pin!(interrupted);
            loop {
                tokio::select! {
                    interrupt = &mut interrupted => return interrupt,
                    Some(request) = received.recv() => on_request(&request),
                }
            }
        }))
    }

    /// `http://127.0.0.1:PORT/santaba/rest`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}{}", self.address, server::ROOT)
    }

    /// The access id of the `LMv1` credentials it accepts.
    #[must_use]
    pub fn access_id(&self) -> &str {
        &self.portal.gate.access_id
    }

    /// Their key.
    #[must_use]
    pub fn access_key(&self) -> &Secret {
        &self.portal.gate.access_key
    }

    /// The bearer token it accepts.
    #[must_use]
    pub fn bearer_token(&self) -> &Secret {
        &self.portal.gate.bearer_token
    }

    /// Every token it holds: `LMv1` tokens by id, then bearer tokens by id.
    #[must_use]
    pub fn truth(&self) -> &[data::Token] {
        &self.portal.tokens
    }

    /// The requests it answered, oldest first; of very many the latest ten thousand.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.portal.log().iter().cloned().collect()
    }
}

impl Drop for Sandbox {
    /// Stops listening, closes the connections and waits for the thread.
    fn drop(&mut self) {
        drop(self.running.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to return; a panic of it was reported when it happened.
            let _ = thread.join();
        }
    }
}

/// Serves until the sender of `stopped` is dropped. Connections end with the runtime: a kept-alive one, on which nothing
/// comes any more, would hold up a graceful end for ever.
async fn serve(listener: tokio::net::TcpListener, portal: Arc<Portal>, stopped: oneshot::Receiver<()>) {
    let router = Router::new()
        .fallback(|State(portal): State<Arc<Portal>>, request: Request<Body>| async move {
            portal.respond(&request)
        })
        .with_state(portal);
    // Without it an answer may wait for an acknowledgement; slow is not wrong, so a failure is let go.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    tokio::select! {
        _ = axum::serve(listener, router) => {}
        _ = stopped => {}
    }
}
