//! What carries the identity inside a process: the one difference between a fleet that keeps requests apart and one that
//! mixes them up. Between the processes it is in the headers, either way.

use std::cell::RefCell;
use std::str::FromStr;
use std::sync::OnceLock;

use contextvars::{Context, ContextExt as _};

use crate::identity::Identity;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    ContextVars,
    ThreadLocal,
}

thread_local! {
    static HERE: RefCell<Option<Identity>> = const { RefCell::new(None) };
}

static INSTALLED: OnceLock<Carrier> = OnceLock::new();

impl FromStr for Carrier {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        match name {
            "contextvars" => Ok(Self::ContextVars),
            "thread-local" => Ok(Self::ThreadLocal),
            _ => Err(()),
        }
    }
}

impl Carrier {
    pub(crate) fn install(self) {
        INSTALLED.set(self).expect("`main` installs it, once");
    }
}

fn is_thread_local() -> bool {
    INSTALLED.get() == Some(&Carrier::ThreadLocal)
}

/// Whose request this is, as far as the code that asks can know.
pub(crate) fn identity() -> Option<Identity> {
    if is_thread_local() {
        HERE.with_borrow(Clone::clone)
    } else {
        Identity::bound()
    }
}

/// Around what serves a request or a job. With a thread-local it keeps there what has arrived, until the work is done;
/// with context variables there is nothing to do.
pub(crate) async fn arrived<F: Future>(work: F) -> F::Output {
    if !is_thread_local() {
        return work.await;
    }
    HERE.set(Identity::bound());
    let output = work.await;
    HERE.set(None);
    output
}

/// Around what sends a request or a job. With a thread-local it sends what is there; with context variables there is
/// nothing to do.
pub(crate) async fn leaving<F: Future>(send: F) -> F::Output {
    if !is_thread_local() {
        return send.await;
    }
    let context = identity().map_or_else(Context::new, Identity::into_context);
    send.in_context(context).await
}
