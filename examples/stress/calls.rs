//! Calls that have a context of their own, here and on other threads.

use contextvars::{Context, bind, bind_fn, with_context};

use crate::{
    executor,
    identity::{Heir, Identity},
    life::pause,
    tally::Place,
};

/// Every kind of call; none of them leaves a trace.
pub(crate) async fn call(me: &mut Identity) {
    called(me.fork());
    me.check(Place::Call);

    let heir = me.heir();
    Context::current().run(|| visit(heir, Place::Call));
    me.check(Place::Call);

    let heir = me.heir();
    let (variable, badge, heir) = me.bequeath(heir);
    variable.sync_scope(badge, || visit(heir, Place::Call));
    me.check(Place::Call);

    let heir = me.heir();
    let bound = bind_fn(move || visit(heir.clone(), Place::Call));
    me.scramble();
    bound();
    pause(me).await;
    bound();
    me.check(Place::Call);
}

#[with_context]
fn called(mut me: Identity) {
    me.check(Place::Call);
    me.scramble();
    let heir = me.heir();
    let closure = #[with_context]
    move |place| visit(heir, place);
    me.scramble();
    closure(Place::Call);
    me.check(Place::Call);
}

/// A thread of the executor's pool for blocking jobs.
pub(crate) async fn block(me: &mut Identity) {
    let heir = me.heir();
    let job = bind(move || visit(heir, Place::Thread));
    me.scramble();
    executor::run_blocking(job).await;
    me.check(Place::Thread);
}

fn visit(heir: Heir, place: Place) {
    let mut me = heir.born();
    me.check(place);
    me.scramble();
    me.check(place);
}
