//! A portal inside the program, for `--sandbox`, `lmq sandbox` and the tests: it speaks what `LogicMonitor` documents of its
//! token lists, with data that depends on a seed.
//!
//! It serves on a port of 127.0.0.1, from a thread that it shares with the portals it was started with (`host`). The only clock it
//! looks at is the one handed in: signatures, the rate limit, the `Date` header and the ages of its tokens go by it. `server` has the
//! way of a request, `listing` and `filter` what rows it gets, `data` and `store` the rows, `fault` what goes wrong on purpose.

mod answer;
pub mod data;
mod fault;
mod filter;
mod gate;
mod host;
mod listing;
mod query;
mod rate;
mod received;
mod server;
mod several;
mod store;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::auth::Credentials;
use crate::portal::{Access, Address, BearerListing, Interrupt, Interrupts};
use crate::secret::Secret;
use gate::Gate;
use host::Host;
use rate::Limiter;
use server::Portal;
use store::Store;

pub use fault::{Entry, FAULTS, Fault, FaultError, Value};
pub use received::{Observer, Received};
pub use several::{configuration, environment};

/// Milliseconds since 1970, handed in.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What a portal is to be like.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// What goes wrong. The number of a portal in them means nothing here: give each portal its own.
    pub faults: Vec<Fault>,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, tokens: 120, port: 0, rate_limit: 500, rate_window_seconds: 60, faults: Vec::new() }
    }
}

/// The tokens of all users that a request with this query string takes, on whatever page: what a portal answers, without
/// one. The query string is as on the wire, so both decodings of `filter` happen.
///
/// # Errors
/// The portal's message where it refuses the request.
pub fn matching<'a>(tokens: &'a [data::Token], query: &str) -> Result<Vec<&'a data::Token>, String> {
    let ask = listing::Ask::read(&query::Query::parse(query), None).map_err(|refusal| refusal.message)?;
    Ok(tokens.iter().filter(|token| ask.takes(token)).collect())
}

/// A portal that listens until it, and those started with it, are dropped.
pub struct Sandbox {
    portal: Arc<Portal>,
    address: SocketAddr,
    /// Served as long as one of the handles is there.
    _host: Arc<Host>,
}

/// A request to the portal of this number, from 0, of those started together.
pub type Watched = (usize, Received);

impl Sandbox {
    /// Starts a portal; it listens when this returns.
    ///
    /// # Errors
    ///
    /// The port is taken, or the system grants no socket or thread.
    pub fn start(options: Options, clock: Clock) -> io::Result<Self> {
        Ok(Self::start_all(vec![(options, clock, None)])?.remove(0))
    }

    /// Starts several portals on one thread.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::start`].
    pub fn start_many(options: Vec<Options>, clock: &Clock) -> io::Result<Vec<Self>> {
        Self::start_all(options.into_iter().map(|options| (options, Arc::clone(clock), None)).collect())
    }

    /// As [`Sandbox::start_many`], with each request also sent to the receiver, for [`wait`].
    ///
    /// # Errors
    ///
    /// As [`Sandbox::start`].
    pub fn start_watched(
        options: Vec<Options>,
        clock: &Clock,
    ) -> io::Result<(Vec<Self>, UnboundedReceiver<Watched>)> {
        let (sender, received) = unbounded_channel();
        let portals = options.into_iter().enumerate().map(|(index, options)| {
            let sender = sender.clone();
            let observer: Observer = Box::new(move |request: &Received| {
                // Nobody waits any more: the portal is about to stop.
                let _ = sender.send((index, request.clone()));
            });
            (options, Arc::clone(clock), Some(observer))
        });
        Ok((Self::start_all(portals.collect())?, received))
    }

    /// As [`Sandbox::start`], with `on_request` called for each request as it is answered. What it is given never has the
    /// portal's credentials in it.
    ///
    /// # Errors
    ///
    /// As [`Sandbox::start`].
    pub fn start_observed(options: Options, clock: Clock, on_request: Observer) -> io::Result<Self> {
        Ok(Self::start_all(vec![(options, clock, Some(on_request))])?.remove(0))
    }

    fn start_all(portals: Vec<(Options, Clock, Option<Observer>)>) -> io::Result<Vec<Self>> {
        let mut served = Vec::new();
        let mut listening = Vec::new();
        for (options, clock, observer) in portals {
            let (listener, address) = host::listen(options.port)?;
            let portal = Arc::new(portal(options, clock, observer));
            served.push((Arc::clone(&portal), address));
            listening.push((listener, portal));
        }
        let host = Arc::new(Host::start(listening)?);
        let handles = served.into_iter();
        Ok(handles.map(|(portal, address)| Self { portal, address, _host: Arc::clone(&host) }).collect())
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
            access: Access::Granted(Credentials::Lmv1 {
                access_id: self.access_id().to_owned(),
                access_key: self.access_key().clone(),
            }),
            bearer: BearerListing::Expected,
            sandbox: true,
        }
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

    /// Every token it holds now: `LMv1` tokens by id, then bearer tokens by id.
    #[must_use]
    pub fn truth(&self) -> Vec<data::Token> {
        self.portal.store().tokens().to_vec()
    }

    /// The tokens that it held from the start and still holds, in the same order.
    #[must_use]
    pub fn stayed(&self) -> Vec<data::Token> {
        self.portal.store().stayed().cloned().collect()
    }

    /// Every token that it holds or ever held, in no order.
    #[must_use]
    pub fn ever(&self) -> Vec<data::Token> {
        self.portal.store().ever().cloned().collect()
    }

    /// The requests it answered, oldest first; of very many the latest ten thousand.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.portal.log().iter().cloned().collect()
    }
}

/// Waits for the end of a sandbox.
pub struct Waiter {
    runtime: Runtime,
    interrupts: Interrupts,
}

impl Waiter {
    /// Notes Ctrl-C and SIGTERM from now on.
    ///
    /// # Errors
    /// The system grants no runtime to wait for signals.
    pub fn new() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let interrupts = Interrupts::listen(&runtime);
        Ok(Self { runtime, interrupts })
    }

    /// Waits for one of them, and hands each request on as it comes from `received`.
    pub fn wait(
        &self,
        mut received: UnboundedReceiver<Watched>,
        mut on_request: impl FnMut(usize, &Received),
    ) -> Interrupt {
        self.runtime.block_on(async {
            loop {
                tokio::select! {
                    interrupt = self.interrupts.next() => return interrupt,
                    Some((index, request)) = received.recv() => on_request(index, &request),
                }
            }
        })
    }
}

fn portal(options: Options, clock: Clock, observer: Option<Observer>) -> Portal {
    let world = data::World::new(options.seed, options.tokens, clock());
    let gate = Gate::new(world.access_id, world.access_key, world.bearer_token);
    let own =
        world.tokens.iter().filter(|token| gate.owns(token)).map(|token| (token.kind, token.id)).collect();
    Portal {
        store: Mutex::new(Store::new(world.tokens, own)),
        owners: world.owners,
        gate,
        clock,
        limiter: Mutex::new(Limiter::new(options.rate_limit, options.rate_window_seconds)),
        script: fault::Script::new(options.faults),
        log: Mutex::new(VecDeque::new()),
        observer,
    }
}
