//! The simulated back end: two queries a request, so many milliseconds together, or held at the gate until every
//! other request has asked as well.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use tokio::time::sleep;

use crate::gate::Gate;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Query {
    Table,
    Orders,
}

impl Query {
    fn time(self) -> Duration {
        let fifth = Duration::from_millis(MILLIS.load(Relaxed).into()) / 5;
        match self {
            Self::Table => fifth * 2,
            Self::Orders => fifth * 3,
        }
    }
}

/// What both queries of a request take together, unless told otherwise.
pub(crate) const USUAL_MILLIS: u32 = 5;

/// The service has no argument to learn these from, so they are the process's.
static MILLIS: AtomicU32 = AtomicU32::new(USUAL_MILLIS);
static GATE: OnceLock<Gate> = OnceLock::new();

/// From now on both queries of a request take so long together.
pub(crate) fn take(millis: u32) {
    MILLIS.store(millis, Relaxed);
}

/// From now on queries wait for `requests` others, not for the clock.
pub(crate) fn hold(requests: usize) -> &'static Gate {
    GATE.get_or_init(|| Gate::new(requests))
}

pub(crate) async fn answer(query: Query) {
    match GATE.get() {
        Some(gate) => gate.pass().await,
        None => sleep(query.time()).await,
    }
}

pub(crate) fn answer_blocking(query: Query) {
    thread::sleep(query.time());
}
