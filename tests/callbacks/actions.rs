//! What the user's code does when it is called.

use std::pin::{Pin, pin};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use contextvars::{Context, ContextExt, bind, bind_fn, with_context};

use crate::common::{drive, many, poll_once, yield_now};
use crate::probe::{Probe, quiet};
use crate::{At, NOTHING, SPAWNED, VALUE, value};

pub(crate) struct Action {
    pub(crate) name: &'static str,
    /// What it leaves `VALUE` as in the context that it is called in, if it writes to it for good.
    pub(crate) leaves: Option<&'static str>,
    pub(crate) act: fn(&At),
}

const fn lasting(name: &'static str, leaves: &'static str, act: fn(&At)) -> Action {
    let leaves = Some(leaves);
    Action { name, leaves, act }
}

const fn passing(name: &'static str, act: fn(&At)) -> Action {
    let leaves = None;
    Action { name, leaves, act }
}

pub(crate) const ACTIONS: &[Action] = &[
    passing("get", get),
    passing("with", with),
    lasting("set", "written", set),
    lasting("unset", NOTHING, unset),
    passing("reset", reset),
    passing("guard", guard),
    passing("many variables", many_variables),
    passing("snapshot", snapshot),
    passing("run", run),
    passing("sync_scope", sync_scope),
    passing("scope", scope),
    passing("in_context", in_context),
    passing("an annotated async fn", annotated),
    passing("an annotated fn", annotated_fn),
    passing("an annotated boxed future", annotated_boxed),
    passing("bind", bound),
    passing("spawn", spawn),
    passing("thread::spawn", spawn_thread),
];

fn name_of(value: Option<&Probe>) -> &'static str {
    value.map_or(NOTHING, |value| value.name)
}

pub(crate) fn get(at: &At) {
    assert_eq!(name_of(VALUE.get().as_ref()), at.sees);
    assert_eq!(name_of(VALUE.try_get().as_ref()), at.sees);
}

fn with(at: &At) {
    VALUE.with(|value| {
        assert_eq!(name_of(value), at.sees);
        VALUE.try_with(|again| assert_eq!(name_of(again), at.sees));
    });
    assert_eq!(VALUE.is_set(), at.sees != NOTHING);
}

fn set(at: &At) {
    assert_eq!(VALUE.try_set(quiet("lost")).is_ok(), at.is_entered());
    assert_eq!(VALUE.try_set(quiet("written")).is_ok(), at.is_entered());
    assert_eq!(value(), if at.is_entered() { "written" } else { at.sees });
}

fn unset(at: &At) {
    assert_eq!(VALUE.try_unset().is_ok(), at.is_entered());
    assert_eq!(value(), NOTHING);
}

fn reset(at: &At) {
    if let Ok(outer) = VALUE.try_set(quiet("outer")) {
        let inner = VALUE.set(quiet("inner"));
        VALUE.reset(inner).expect("its own token");
        assert_eq!(value(), "outer");
        VALUE.reset(outer).expect("its own token");
    }
    assert_eq!(value(), at.sees);
}

fn guard(at: &At) {
    if let Ok(token) = VALUE.try_set(quiet("outer")) {
        let _outer = token.guard();
        let _inner = VALUE.unset().guard();
        assert_eq!(value(), NOTHING);
    }
    assert_eq!(value(), at.sees);
}

/// The map grows and shrinks.
fn many_variables(at: &At) {
    for (number, variable) in many::all().into_iter().take(40).enumerate() {
        assert_eq!(variable.try_set(number).is_ok(), at.is_entered());
    }
    for variable in many::all().into_iter().take(40) {
        assert_eq!(variable.try_unset().is_ok(), at.is_entered());
    }
    assert_eq!(value(), at.sees);
}

fn snapshot(at: &At) {
    let snapshot = Context::current();
    assert!(snapshot.clone().ptr_eq(&Context::current()));
    assert_eq!(name_of(snapshot.get(&VALUE)), at.sees);
    assert_eq!(format!("{snapshot:#?}").contains(at.sees), at.sees != NOTHING);
    assert_eq!(snapshot.iter().count(), snapshot.len());
    let rebound = snapshot.with(&VALUE, quiet("rebound"));
    assert_eq!(name_of(rebound.get(&VALUE)), "rebound");
    assert_eq!(name_of(rebound.without(&VALUE).get(&VALUE)), NOTHING);
}

fn run(at: &At) {
    let mut context = Context::current();
    context.run(|| {
        assert_eq!(value(), at.sees);
        VALUE.set(quiet("run"));
    });
    assert_eq!(context.run(value), "run");
    assert_eq!(Context::new().run(value), NOTHING);
    assert_eq!(value(), at.sees);
}

fn sync_scope(at: &At) {
    let inside = VALUE.sync_scope(quiet("scope"), || {
        VALUE.sync_scope(quiet("inner"), || drop(VALUE.unset()));
        value()
    });
    assert_eq!((inside, value()), ("scope", at.sees));
}

pub(crate) fn scope(at: &At) {
    let mut pending = pin!(VALUE.scope(quiet("scope"), reads_twice()));
    assert!(poll_once(pending.as_mut()).is_pending());
    assert_eq!(drive(pending), ["scope", "written"]);
    assert_eq!(
        drive(VALUE.scope(quiet("later"), annotated_reads_twice())),
        ["later", "written"]
    );
    drop(VALUE.scope(quiet("never polled"), async {}));
    assert_eq!(value(), at.sees);
}

fn in_context(at: &At) {
    let other = Context::current().with(&VALUE, quiet("other"));
    assert_eq!(drive(reads_twice().in_context(other)), ["other", "written"]);
    assert_eq!(drive(reads_twice().in_current_context()), [at.sees, "written"]);
    assert_eq!(value(), at.sees);
}

async fn reads_twice() -> [&'static str; 2] {
    let first = value();
    VALUE.set(quiet("written"));
    yield_now().await;
    [first, value()]
}

#[with_context]
async fn annotated_reads_twice() -> [&'static str; 2] {
    reads_twice().await
}

pub(crate) fn annotated(at: &At) {
    assert_eq!(drive(annotated_reads_twice()), [at.sees, "written"]);
    let mut cancelled = Box::pin(annotated_reads_twice());
    assert!(poll_once(cancelled.as_mut()).is_pending());
    drop(cancelled);
    assert_eq!(value(), at.sees);
}

fn annotated_fn(at: &At) {
    #[with_context]
    fn reads() -> &'static str {
        let first = value();
        VALUE.unset();
        first
    }

    assert_eq!([reads(), value()], [at.sees; 2]);
}

fn annotated_boxed(at: &At) {
    #[with_context]
    fn boxed() -> Pin<Box<dyn Future<Output = [&'static str; 2]>>> {
        let first = value();
        VALUE.set(quiet("at the call"));
        Box::pin(async move { [first, reads_twice().await[0]] })
    }

    assert_eq!(drive(boxed()), [at.sees, "at the call"]);
    assert_eq!(value(), at.sees);
}

fn bound(at: &At) {
    let reads = || {
        let first = value();
        VALUE.set(quiet("bound"));
        first
    };
    let (once, often) = (bind(reads), bind_fn(reads));
    assert_eq!([once(), often(), often(), value()], [at.sees; 4]);
}

fn spawn(at: &At) {
    let (done, finished) = mpsc::channel();
    let task = annotated_reads_twice();
    SPAWNED.spawn(async move { done.send(task.await) });
    let seen = finished.recv_timeout(Duration::from_secs(50));
    assert_eq!(seen, Ok([at.sees, "written"]));
}

fn spawn_thread(at: &At) {
    let task = annotated_reads_twice();
    let (bound, bare) = (thread::spawn(bind(value)), thread::spawn(value));
    let moved = thread::spawn(|| drive(task));
    assert_eq!(bound.join().expect("no panic"), at.sees);
    assert_eq!(bare.join().expect("no panic"), NOTHING);
    assert_eq!(moved.join().expect("no panic"), [at.sees, "written"]);
}
