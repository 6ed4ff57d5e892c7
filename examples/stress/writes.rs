//! Writes that are taken back, or kept, across awaits.

use contextvars::{Context, ContextExt as _, with_context};

use crate::{
    children,
    identity::{Identity, Written},
    life::pause,
    tally::Place,
    variables,
};

/// Guards within guards; a cancellation may drop them all.
pub(crate) async fn guards(me: &mut Identity) {
    let variable = me.any_variable();
    let outer = me.guarded(variable);
    pause(outer.me).await;
    {
        let variable = outer.me.any_variable();
        let inner = outer.me.guarded(variable);
        pause(inner.me).await;
        inner.me.scramble();
    }
    pause(outer.me).await;
}

/// A token outlives awaits and later writes, and is worth nothing to another task.
pub(crate) async fn tokens(me: &mut Identity) {
    let variable = me.any_variable();
    let written = if me.dice.one_in(4) {
        me.unset(variable)
    } else {
        me.set(variable)
    };
    pause(me).await;
    me.scramble();
    let written = misuse(me.fork(), written).await;
    pause(me).await;
    me.reset(written);
}

#[with_context]
async fn misuse(mut me: Identity, written: Written) -> Written {
    me.scramble();
    pause(&mut me).await;
    me.misuse(written)
}

/// A snapshot stays what it was, and a future may go back to it.
pub(crate) async fn snapshots(me: &mut Identity) {
    let snapshot = Context::current();
    let past = me.heir();
    me.scramble();
    pause(me).await;
    recall(past.born(), snapshot.clone()).in_context(snapshot).await;
    pause(me).await;
}

async fn recall(me: Identity, snapshot: Context) {
    me.check_view(Place::Snapshot, &variables::view_in(&snapshot));
    drop(snapshot);
    children::grow_up(me).await;
}
