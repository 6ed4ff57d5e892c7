//! What a thread-local keeps, to be used or dropped when it goes.

use std::any::Any;
use std::cell::RefCell;
use std::future::pending;
use std::pin::Pin;

use contextvars::{Context, ContextExt, bind, bind_fn, with_context};

use super::ends::{at_the_end, to_the_end_of_a_thread};
use super::{NAME, NUMBER, READS_AT_DEATH, handler, reads_at_death};
use crate::common::{Log, OnDrop, drive, poll_once};

thread_local! {
    static KEPT: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
}

fn keep(kept: impl Any) {
    KEPT.with_borrow_mut(|all| all.push(Box::new(kept)));
}

/// Says that it dies, and in whose context: a value of a context that is over dies outside of it.
fn says(what: &'static str, log: &Log<String>) -> OnDrop<Box<dyn FnMut() + Send + Sync>> {
    let log = log.clone();
    reads_at_death(move |name| log.push(format!("{what}:{name}")))
}

/// R10, Cases 285, T19
#[test]
fn is_dropped_at_the_end_of_a_thread() {
    let all = "never-polled:nobody pending:nobody in-context:nobody local:somebody first:nobody second:nobody \
               context:nobody bound:nobody bound-fn:nobody";
    to_the_end_of_a_thread("kept::is_dropped_at_the_end_of_a_thread", all, |log| {
        let never_polled: Pin<Box<dyn Future<Output = ()>>> =
            Box::pin(READS_AT_DEATH.scope(says("never-polled", &log), pending()));
        keep(never_polled);
        let mut waiting: Pin<Box<dyn Future<Output = ()>>> =
            Box::pin(READS_AT_DEATH.scope(says("pending", &log), pending()));
        assert!(poll_once(waiting.as_mut()).is_pending());
        keep(waiting);
        let context = Context::new().with(&READS_AT_DEATH, says("in-context", &log));
        let mut waiting: Pin<Box<dyn Future<Output = ()>>> = Box::pin(pending().in_context(context));
        assert!(poll_once(waiting.as_mut()).is_pending());
        keep(waiting);
        let local = says("local", &log);
        let mut holder: Pin<Box<dyn Future<Output = ()>>> = Box::pin(NAME.scope("holder".to_owned(), async move {
            let _local = local;
            pending::<()>().await;
        }));
        assert!(poll_once(holder.as_mut()).is_pending());
        keep(holder);
        Context::new().run(|| {
            READS_AT_DEATH.set(says("first", &log));
            keep(READS_AT_DEATH.set(says("second", &log)).guard());
            keep(READS_AT_DEATH.unset());
        });
        keep(Context::new().with(&READS_AT_DEATH, says("context", &log)));
        let bound = |what| Context::new().with(&READS_AT_DEATH, says(what, &log));
        keep(bound("bound").run(|| bind(|| ())));
        keep(bound("bound-fn").run(|| bind_fn(|| ())));
    });
}

/// R10, Cases 285, T19
#[test]
fn is_used_at_the_end_of_a_thread() {
    to_the_end_of_a_thread(
        "kept::is_used_at_the_end_of_a_thread",
        "bound bound bound handler scope kept Some(1) true None",
        |log| {
            let mut context = Context::new().with(&NAME, "bound".to_owned());
            let (once, often) = context.run(|| (bind(|| NAME.get()), bind_fn(|| NAME.get())));
            let mut begun = Box::pin(handler());
            assert!(poll_once(begun.as_mut()).is_pending());
            let scope = Box::pin(NAME.scope("scope".to_owned(), async { NAME.get() }));
            let mut context = Context::new().with(&NAME, "kept".to_owned());
            let (guard, token) = context.run(|| (NUMBER.set(1).guard(), NUMBER.unset()));
            at_the_end(move || {
                log.push(once());
                log.push(often());
                log.push(often());
                log.push(drive(begun));
                log.push(drive(scope));
                context.run(|| {
                    log.push(NAME.get());
                    log.push(format!("{:?}", token.old_value()));
                    log.push(NUMBER.reset(token).is_err().to_string());
                    drop(guard);
                    log.push(format!("{:?}", NUMBER.get()));
                });
            });
        },
    );
}

/// R10, R7: futures that wait in each other, more of them than a thread has room for without an allocation.
#[test]
fn futures_in_each_other_are_dropped_at_the_end_of_a_thread() {
    #[with_context(NUMBER = depth)]
    async fn nested<P>(depth: u32, inner: Option<Pin<Box<dyn Future<Output = ()>>>>, _probe: P) {
        if let Some(inner) = inner {
            inner.await;
        }
        pending().await
    }

    let all = (1..=2).flat_map(|_| (1..=20).rev()).map(|depth| depth.to_string());
    let all = all.collect::<Vec<_>>().join(" ");
    to_the_end_of_a_thread(
        "kept::futures_in_each_other_are_dropped_at_the_end_of_a_thread",
        &all,
        |log| {
            for polled in [true, false] {
                let mut future = None;
                for depth in (1..=20).rev() {
                    let log = log.clone();
                    let probe = OnDrop(move || log.push(NUMBER.get().map_or(depth, |number| number).to_string()));
                    let next: Pin<Box<dyn Future<Output = ()>>> = Box::pin(nested(depth, future.take(), probe));
                    future = Some(next);
                }
                let mut future = future.expect("the last one");
                if polled {
                    assert!(poll_once(future.as_mut()).is_pending());
                }
                keep(future);
            }
        },
    );
}
