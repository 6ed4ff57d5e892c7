//! The kinds of futures, streams and calls that run a body.

use std::panic::{self, AssertUnwindSafe};
use std::slice;
use std::sync::Arc;

use contextvars::{bind, with_context};
use futures::future::{self, BoxFuture, FutureExt};
use futures::stream::{self, Stream, StreamExt};

use crate::body::Me;
use crate::by_hand::{Capture, Owner, Plan, next};
use crate::executor::Executor;
use crate::future::{Made, Slot, Wrapped};
use crate::play::{play_all, play_now};
use crate::program::{Body, Kind, Var};
use crate::value::A;

async fn plain<E: Executor>(mut me: Me, body: Body) {
    play_all::<E>(&mut me, &body).await;
}

#[with_context]
async fn annotated<E: Executor>(mut me: Me, body: Body) {
    play_all::<E>(&mut me, &body).await;
}

#[with_context(fresh)]
async fn fresh<E: Executor>(mut me: Me, body: Body) {
    play_all::<E>(&mut me, &body).await;
}

#[with_context(A = me.value(number))]
async fn binding<E: Executor>(mut me: Me, body: Body, number: u64) {
    me.place().rebind(Var::A, Some(number));
    play_all::<E>(&mut me, &body).await;
}

#[with_context]
fn returned<E: Executor>(mut me: Me, now: &Body, later: Body) -> impl Future<Output = ()> + Send + use<E> {
    play_now::<E>(&mut me, now);
    async move { play_all::<E>(&mut me, &later).await }
}

#[with_context]
fn boxed<E: Executor>(mut me: Me, body: Body) -> BoxFuture<'static, ()> {
    async move { play_all::<E>(&mut me, &body).await }.boxed()
}

#[with_context]
fn items<E: Executor>(me: Me, body: Body) -> impl Stream<Item = ()> + Send {
    stream::unfold((me, body.into_iter()), |(mut me, mut ops)| async move {
        let op = ops.next()?;
        play_all::<E>(&mut me, slice::from_ref(&op)).await;
        Some(((), (me, ops)))
    })
}

#[with_context]
pub(crate) fn called<E: Executor>(me: &mut Me, body: &Body) {
    play_now::<E>(me, body);
}

/// Makes a future of a kind here. There is none if a fn that was to return it has panicked.
pub(crate) fn make<E: Executor>(me: &mut Me, kind: &Kind, body: Body) -> Option<Made> {
    let place = me.place();
    let slot = Slot::default();
    let new = me.child(&slot);
    let _in_order = place.in_order();
    let capture = place.capture();
    let (plan, real) = match kind {
        Kind::Plain => {
            let future = plain::<E>(new, body).boxed();
            return Some(Made { slot, future });
        }
        Kind::Annotated => (Plan::annotated(&place), annotated::<E>(new, body).boxed()),
        Kind::Fresh => (Plan::fresh(&place), fresh::<E>(new, body).boxed()),
        Kind::Binding => (Plan::annotated(&place), binding::<E>(new, body, next()).boxed()),
        Kind::Returned(now) => return begin(me, slot, capture, || returned::<E>(new, now, body).boxed()),
        Kind::OfClosure(now) => {
            let call = bind!(move |mut me: Me, now: &Body| {
                play_now::<E>(&mut me, now);
                async move { play_all::<E>(&mut me, &body).await }
            });
            return begin(me, slot, place.bound_capture(), || call(new, now).boxed());
        }
        Kind::Boxed => return begin(me, slot, capture, || boxed::<E>(new, body)),
        Kind::Stream => {
            return begin(me, slot, capture, || {
                items::<E>(new, body).for_each(future::ready).boxed()
            });
        }
    };
    Some(Wrapped::around(slot, plan, real))
}

/// Calls a fn that runs in a context of its own, and returns the future that goes on there.
fn begin(me: &Me, slot: Slot, capture: Capture, call: impl FnOnce() -> BoxFuture<'static, ()>) -> Option<Made> {
    let place = me.place();
    let before = capture.starts_in(&place);
    let owner = Owner::new(before.clone());
    slot.set(Some(capture.place_of_call(&place, Arc::clone(&owner))));
    let outcome = panic::catch_unwind(AssertUnwindSafe(call));
    slot.set(None);
    let future = outcome.map_err(|payload| me.go_on(Err(payload))).ok()?;
    Some(Wrapped::around(slot, Plan::returned(capture, &before, owner), future))
}
