//! The thread that portals are served from: one for as many as start together.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::serve::ListenerExt as _;
use tokio::sync::oneshot;

use super::server::Portal;

/// A running server; it stops when it is dropped.
pub(super) struct Host {
    /// Dropped to stop the server.
    running: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A port of 127.0.0.1 that is taken; 0 takes a free one.
pub(super) fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

impl Host {
    /// Serves each portal at its listener.
    pub(super) fn start(portals: Vec<(TcpListener, Arc<Portal>)>) -> io::Result<Self> {
        let (running, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        {
            let _context = runtime.enter();
            for (listener, portal) in portals {
                runtime.spawn(serve(tokio::net::TcpListener::from_std(listener)?, portal));
            }
        }
        // Connections end with the runtime: a kept-alive one, on which nothing comes any more, would hold up a graceful end
        // for ever.
        let thread = std::thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
            // An error says that the sender is gone, which is all it is for.
            let _ = runtime.block_on(stopped);
        })?;
        Ok(Self { running: Some(running), thread: Some(thread) })
    }
}

impl Drop for Host {
    /// Stops listening, closes the connections and waits for the thread.
    fn drop(&mut self) {
        drop(self.running.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to return; a panic of it was reported when it happened.
            let _ = thread.join();
        }
    }
}

async fn serve(listener: tokio::net::TcpListener, portal: Arc<Portal>) {
    let router = Router::new()
        .fallback(|State(portal): State<Arc<Portal>>, request: Request<Body>| async move {
            portal.respond(request).await
        })
        .with_state(portal);
    // Without it an answer may wait for an acknowledgement; slow is not wrong, so a failure is let go.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    // It returns no error: one of accepting is tried again.
    let _ = axum::serve(listener, router).await;
}
