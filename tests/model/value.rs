//! The variables for real, and their values, which meddle whenever their own code is run.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as Waking, Waker};

use contextvars::{Context, ContextVar, context_var, with_context};

use crate::program::Var;

#[context_var]
pub(crate) static A: Value;
#[context_var]
static B: Value;
#[context_var]
static C: Value;
#[context_var(local)]
static LOCAL: Value;
/// What values write to when they meddle; nobody looks at it.
#[context_var]
static MEDDLED: u64 = 0;
#[context_var(local)]
static MEDDLED_HERE: u64 = 0;

impl Var {
    pub(crate) fn real(self) -> &'static ContextVar<Value> {
        match self {
            Self::A => &A,
            Self::B => &B,
            Self::C => &C,
            Self::Local => &LOCAL,
        }
    }
}

/// A number, and the token of a program's life.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) number: u64,
    alive: Arc<()>,
}

impl Value {
    pub(crate) fn new(number: u64, alive: &Arc<()>) -> Self {
        let alive = Arc::clone(alive);
        Self { number, alive }
    }
}

impl Clone for Value {
    fn clone(&self) -> Self {
        meddle();
        Self::new(self.number, &self.alive)
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        meddle();
    }
}

fn meddle() {
    #[with_context]
    async fn meddles() {
        MEDDLED.set(2);
        MEDDLED_HERE.set(2);
    }

    drop(MEDDLED.try_set(1));
    let known = Var::ALL.iter().filter(|var| !var.is_local() && var.real().is_set());
    assert!(known.count() <= Context::current().len());
    MEDDLED.sync_scope(3, || Var::A.real().with(|_| drop(MEDDLED.set(4))));
    MEDDLED_HERE.sync_scope(3, || Var::Local.real().with(|_| drop(MEDDLED_HERE.set(4))));
    let _ = pin!(meddles()).poll(&mut Waking::from_waker(Waker::noop()));
}
