//! Pages asked for before they are wanted. All of them go on while one is waited for, and are handed out by their place.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use super::error::FetchError;
use super::walk::{Page, Step};

type Answer = Result<Page, FetchError>;
type Asking<'a> = Pin<Box<dyn Future<Output = Answer> + 'a>>;

/// A page on its way, or come already.
struct Early<'a> {
    step: Step,
    state: State<'a>,
}

enum State<'a> {
    Asking(Asking<'a>),
    Come(Answer),
}

/// The pages on their way.
#[derive(Default)]
pub(super) struct Ahead<'a>(Vec<Early<'a>>);

impl<'a> Ahead<'a> {
    /// Keeps what is wanted still, gives up the rest and says how much that was.
    pub(super) fn keep(&mut self, wanted: impl Fn(Step) -> bool) -> usize {
        let before = self.0.len();
        self.0.retain(|early| wanted(early.step));
        before - self.0.len()
    }

    /// Whether this page was asked for.
    pub(super) fn has(&self, step: Step) -> bool {
        self.0.iter().any(|early| early.step == step)
    }

    /// Adds a page. Nothing is sent before the next [`Ahead::page`].
    pub(super) fn add(&mut self, step: Step, asking: impl Future<Output = Answer> + 'a) {
        self.0.push(Early { step, state: State::Asking(Box::pin(asking)) });
    }

    /// Waits for a page that was asked for, the others going on meanwhile.
    ///
    /// # Panics
    /// When the page was not asked for.
    pub(super) async fn page(&mut self, step: Step) -> Answer {
        poll_fn(|context| {
            for early in &mut self.0 {
                if let State::Asking(asking) = &mut early.state
                    && let Poll::Ready(answer) = asking.as_mut().poll(context)
                {
                    early.state = State::Come(answer);
                }
            }
            let come = |early: &Early<'_>| early.step == step && matches!(early.state, State::Come(_));
            match self.0.iter().position(come).map(|at| self.0.remove(at).state) {
                Some(State::Come(answer)) => Poll::Ready(answer),
                _ => Poll::Pending,
            }
        })
        .await
    }
}
