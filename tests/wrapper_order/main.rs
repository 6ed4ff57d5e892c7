//! R4: a wrapper made later applies, a stranger's does not, and an explicit context is sealed.
//!
//! Rust evaluates `handler(req)` before `USER.scope(user, handler(req))` is built, so an annotated handler captures
//! too early. It must see `USER` all the same; and yet a job that captured bob's context must stay bob's under a
//! scope of the worker that happens to poll it. A wrapper applies to a future inside it if the wrapper is newer than
//! the future's capture and both were made in the same context instance; outside every context counts as one. What is
//! `fresh` or `in_context` takes nothing from the wrappers around it.

#[path = "../common/mod.rs"]
mod common;

mod locals;
mod returned;
mod sealed;
mod shared;
mod strangers;
mod wrappers;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use contextvars::{Context, ContextExt, context_var, with_context};
use futures::FutureExt;
use futures::future::{self, Either};

use crate::common::yield_now;

#[context_var]
static A: u32 = 0;
#[context_var]
static B: u32 = 0;
/// What the caller has, where no wrapper says otherwise.
#[context_var]
static C: u32 = 0;

/// The values of the three variables.
type Seen = [u32; 3];
type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

fn seen() -> Seen {
    [A.get(), B.get(), C.get()]
}

#[with_context]
async fn annotated() -> Seen {
    seen()
}

async fn plain() -> Seen {
    seen()
}

#[with_context]
fn annotated_boxed() -> Pin<Box<dyn Future<Output = Seen> + Send>> {
    Box::pin(plain())
}

#[with_context]
fn annotated_impl() -> impl Future<Output = Seen> + Send {
    plain()
}

/// An annotated future that awaits another, which was made before it.
#[with_context]
async fn relay<F: Future<Output = Seen> + Send>(inner: F) -> Seen {
    yield_now().await;
    inner.await
}

async fn awaits<F: Future<Output = Seen>>(future: F) -> Seen {
    let seen = future.await;
    yield_now().await;
    seen
}

/// The first of the two, and the second is a timer that never fires.
async fn timed<F: Future<Output = Seen> + Send + Unpin>(future: F) -> Seen {
    let hour = smol::Timer::after(Duration::from_secs(3600));
    match future::select(future, hour).await {
        Either::Left((seen, _)) => seen,
        Either::Right(_) => panic!("an hour has passed"),
    }
}

/// The futures that a wrapper meets, each made anew: what lies between them and the wrapper must not matter.
fn kinds() -> Vec<(&'static str, Boxed<Seen>)> {
    let [first, second, third] = [annotated(), annotated(), annotated()];
    vec![
        ("plain", plain().boxed()),
        ("annotated", annotated().boxed()),
        ("annotated, -> Box", annotated_boxed()),
        ("annotated, -> impl", annotated_impl().boxed()),
        ("boxed twice", annotated().boxed().boxed()),
        ("mapped", annotated().map(|seen| seen).boxed()),
        ("fused", annotated().fuse().boxed()),
        ("chained", future::ready(()).then(|()| first).boxed()),
        ("timed out", timed(annotated().boxed()).boxed()),
        ("behind a plain async fn", awaits(second).boxed()),
        ("polled late", yield_now().then(|()| third).boxed()),
        (
            "joined",
            future::join(annotated(), yield_now()).map(|(seen, ())| seen).boxed(),
        ),
        (
            "in a crowd",
            future::join_all([annotated()]).map(|seen| seen[0]).boxed(),
        ),
        ("behind an annotated", relay(annotated()).boxed()),
        ("behind two annotated", relay(relay(annotated())).boxed()),
        ("plain behind an annotated", relay(plain()).boxed()),
        ("in its context", annotated().in_current_context().boxed()),
        ("plain in its context", plain().in_current_context().boxed()),
    ]
}

/// Runs `check` on every kind of future made outside every context, where `C` is 0, and in one where `C` is 3.
fn for_every_kind(check: impl Fn(u32, &mut dyn FnMut() -> Boxed<Seen>, &str)) {
    for (c, place) in [(0, "outside"), (3, "inside")] {
        for kind in 0..kinds().len() {
            let name = format!("{} ({place})", kinds()[kind].0);
            let mut make = || kinds().swap_remove(kind).1;
            if c == 0 {
                check(c, &mut make, &name);
            } else {
                Context::new().with(&C, c).run(|| check(c, &mut make, &name));
            }
        }
    }
}
