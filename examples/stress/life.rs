//! The life of a task: turn after turn it writes, does something that could mix contexts up, and rests.

use std::time::Duration;

use contextvars::{Context, ContextExt as _, with_context};
use futures::{FutureExt as _, future::BoxFuture};

use crate::{
    badge::Badge,
    calls, children,
    crowd::crowd,
    executor,
    identity::{Heir, Identity},
    panics, races, streams,
    tally::{Place, TALLY},
    writes,
};

/// A task has at most so many turns.
const TURNS: usize = 16;

#[with_context(fresh)]
pub(crate) async fn lead(heir: Heir, home: usize) {
    let mut me = heir.born();
    me.check(Place::Birth);
    for _ in 0..=me.dice.below(TURNS) {
        me.scramble();
        turn(&mut me).await;
        rest(&mut me).await;
        crowd().add_turn(home);
    }
}

/// Boxed, so that those who rest take little memory.
fn turn(me: &mut Identity) -> BoxFuture<'_, ()> {
    match me.dice.below(64) {
        0..20 => pauses(me).boxed(),
        20..26 => writes::guards(me).boxed(),
        26..32 => writes::tokens(me).boxed(),
        32..36 => writes::snapshots(me).boxed(),
        36..44 => children::raise(me).boxed(),
        44..47 => races::join(me).boxed(),
        47..50 => races::crowd_together(me).boxed(),
        50..53 => races::select(me).boxed(),
        53..55 => races::catch(me).boxed(),
        55..58 => streams::pull(me).boxed(),
        58..61 => calls::call(me).boxed(),
        61 if me.dice.one_in(4) => calls::block(me).boxed(),
        _ => cancel_a_neighbour(me).boxed(),
    }
}

async fn pauses(me: &mut Identity) {
    for _ in 0..=me.dice.below(4) {
        pause(me).await;
        me.scramble();
    }
}

async fn cancel_a_neighbour(me: &mut Identity) {
    crowd().cancel_any(&mut me.dice);
    pause(me).await;
}

/// Gives other tasks the thread, and looks what they have left there.
pub(crate) async fn pause(me: &mut Identity) {
    if me.dice.one_in(64) {
        nap(me).await;
    } else {
        executor::yield_now().await;
        me.check(Place::Yield);
        TALLY.awaits.add(1);
    }
    panics::perhaps(&mut me.dice);
}

async fn nap(me: &mut Identity) {
    let micros = 200 + me.dice.below(10_000);
    executor::sleep(Duration::from_micros(micros as u64)).await;
    me.check(Place::Timer);
    TALLY.awaits.add(1);
}

/// Sits until a neighbour comes, and does the job that the neighbour may bring.
async fn rest(me: &mut Identity) {
    if me.dice.one_in(32) {
        return nap(me).await;
    }
    let letter = me.dice.one_in(8).then(|| children::annotated(me.fork()).boxed());
    let job = crowd().bench.rest(letter).await;
    me.check(Place::Rest);
    TALLY.awaits.add(1);
    if let Some(job) = job {
        Box::pin(work(me, job)).await;
    }
}

/// A job has the context of its writer, whatever the worker wraps it in.
async fn work(me: &mut Identity, job: BoxFuture<'static, ()>) {
    match me.dice.below(3) {
        0 => job.await,
        1 => job.in_context(Context::new()).await,
        _ => {
            let badge = Badge::new(me.next_stamp());
            me.any_variable().scope(badge, job).await;
        }
    }
    me.check(Place::Job);
}
