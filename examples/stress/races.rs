//! Futures that one task drives by turns: each has a context of its own, and so has the task.

use std::{panic::AssertUnwindSafe, time::Duration};

use contextvars::with_context;
use futures::{
    FutureExt as _, StreamExt as _,
    future::{self, BoxFuture},
    stream::FuturesUnordered,
};

use crate::{children::annotated, executor, identity::Identity, life::pause, tally::Place};

fn runners(me: &mut Identity) -> Vec<BoxFuture<'static, ()>> {
    let count = 2 + me.dice.below(3);
    (0..count).map(|_| annotated(me.fork()).boxed()).collect()
}

pub(crate) async fn join(me: &mut Identity) {
    let runners = runners(me);
    me.scramble();
    future::join_all(runners).await;
    me.check(Place::Join);
}

/// Writes between two of them, and may leave before the last.
pub(crate) async fn crowd_together(me: &mut Identity) {
    let mut runners: FuturesUnordered<_> = runners(me).into_iter().collect();
    while runners.next().await.is_some() && !me.dice.one_in(8) {
        me.check(Place::Join);
        me.scramble();
    }
    drop(runners);
    me.check(Place::Join);
}

/// The losers are dropped halfway, sometimes by a timeout.
pub(crate) async fn select(me: &mut Identity) {
    let mut runners = runners(me);
    if me.dice.one_in(4) {
        runners.push(executor::sleep(Duration::from_micros(50)).boxed());
    }
    me.scramble();
    let (.., losers) = future::select_all(runners).await;
    me.check(Place::Select);
    pause(me).await;
    drop(losers);
    me.check(Place::Select);
}

/// A panic in a callee is caught, if the run has panics.
pub(crate) async fn catch(me: &mut Identity) {
    let callee = AssertUnwindSafe(wander(me.fork()));
    me.scramble();
    if callee.catch_unwind().await.is_err() {
        me.check(Place::Panic);
    }
    pause(me).await;
}

#[with_context]
async fn wander(mut me: Identity) {
    for _ in 0..8 {
        let variable = me.any_variable();
        let guarded = me.guarded(variable);
        pause(guarded.me).await;
    }
}
