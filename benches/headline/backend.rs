//! The simulated back end: two queries a request, 5 ms together, or held at the gate until every
//! other request has asked as well.

use std::{sync::OnceLock, thread, time::Duration};

use tokio::time::sleep;

use crate::gate::Gate;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Query {
    Table,
    Orders,
}

impl Query {
    const fn time(self) -> Duration {
        match self {
            Self::Table => Duration::from_millis(2),
            Self::Orders => Duration::from_millis(3),
        }
    }
}

/// The service has no argument to learn it from, so it is the process's.
static GATE: OnceLock<Gate> = OnceLock::new();

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
