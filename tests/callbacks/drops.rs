//! `Drop` of a value that nobody can read any more.

use std::future::pending;

use contextvars::{Context, ContextExt, bind, bind_fn, with_context};

use crate::common::{panic_of, poll_once, ready};
use crate::probe::{In, Probe, armed, quiet};
use crate::{Callback, Caller, NOTHING, VALUE, and_then, check, value};

fn dying(callback: Callback) -> Probe {
    armed(In::Drop, callback)
}

/// R7, R8, Cases 286, T4, T15
#[test]
fn of_what_is_displaced() {
    const CALLERS: &[Caller] = &[
        Caller::here("set over it", "new", |callback| {
            drop(VALUE.set(dying(callback)));
            drop(VALUE.set(quiet("new")));
        }),
        Caller::here("try_set over it", "new", |callback| {
            drop(VALUE.set(dying(callback)));
            drop(VALUE.try_set(quiet("new")));
        }),
        Caller::here("unset", NOTHING, |callback| {
            drop(VALUE.set(dying(callback)));
            drop(VALUE.unset());
        }),
        Caller::here("reset", "old", |callback| {
            let token = VALUE.set(dying(callback));
            VALUE.reset(token).expect("its own token");
        }),
        Caller::here("reset to nothing", NOTHING, |callback| {
            VALUE.unset();
            let token = VALUE.set(dying(callback));
            VALUE.reset(token).expect("its own token");
        }),
        Caller::here("the drop of a guard", "old", |callback| {
            drop(VALUE.set(dying(callback)).guard());
        }),
        Caller::here("the drop of a token", "new", |callback| {
            drop(VALUE.set(dying(callback)));
            let token = VALUE.set(quiet("new"));
            drop(token);
        }),
        Caller::here("the drop of a guard in another context", "new", |callback| {
            drop(VALUE.set(dying(callback)));
            let guard = VALUE.set(quiet("new")).guard();
            Context::new().run(|| drop(guard));
        })
        .elsewhere(NOTHING),
        Caller::here("the drop of an error", "old", |callback| {
            drop(std::thread::scope(|scope| {
                let refused = scope.spawn(|| VALUE.try_set(dying(callback)).map(drop));
                refused.join().expect("no panic")
            }));
        }),
    ];
    check(CALLERS);
}

/// R8, Case 286
#[test]
fn of_what_a_snapshot_held() {
    const CALLERS: &[Caller] = &[
        Caller::here("the drop of a snapshot", "new", |callback| {
            drop(VALUE.set(dying(callback)));
            let snapshot = Context::current();
            drop(VALUE.set(quiet("new")));
            drop(snapshot.clone());
            drop(snapshot);
        }),
        Caller::here("Context::with over it", "old", |callback| {
            and_then(
                Context::new().with(&VALUE, dying(callback)),
                |context| *context = context.with(&VALUE, quiet("new")),
                |context| assert_eq!(context.run(value), "new"),
            );
        }),
        Caller::here("Context::without it", "old", |callback| {
            and_then(
                Context::new().with(&VALUE, dying(callback)),
                |context| *context = context.without(&VALUE),
                |context| assert!(context.is_empty()),
            );
        }),
        Caller::here("the end of a context that has run", "old", |callback| {
            let mut context = Context::new();
            context.run(|| drop(VALUE.set(dying(callback))));
            drop(context);
        }),
        Caller::here("a set inside run", "old", |callback| {
            let mut context = Context::new().with(&VALUE, dying(callback));
            context.run(|| drop(VALUE.set(quiet("new"))));
        })
        .elsewhere("new"),
        Caller::here("the drop of a bound closure", "new", |callback| {
            drop(VALUE.set(dying(callback)));
            let (once, often) = (bind(|| ()), bind_fn(|| ()));
            drop(VALUE.set(quiet("new")));
            drop(once);
            drop(often);
        }),
        Caller::here("the call of a bound closure", "new", |callback| {
            drop(VALUE.set(dying(callback)));
            let bound = bind(|| ());
            drop(VALUE.set(quiet("new")));
            bound();
        }),
    ];
    check(CALLERS);
}

#[with_context]
async fn handler(probe: Probe) {
    drop(VALUE.set(probe));
}

#[with_context]
async fn waits(probe: Probe) {
    drop(VALUE.set(probe));
    pending::<()>().await;
}

#[with_context]
fn call(probe: Probe) {
    drop(VALUE.set(probe));
}

#[with_context]
async fn reads() -> &'static str {
    value()
}

/// Makes an annotated future that alone holds the value.
fn the_last_to_hold(callback: Callback) -> impl Future<Output = &'static str> {
    drop(VALUE.set(dying(callback)));
    let reads = reads();
    drop(VALUE.set(quiet("old")));
    reads
}

/// R7, R8, Cases 286, T4, T15
#[test]
fn of_what_a_context_of_its_own_held() {
    const CALLERS: &[Caller] = &[
        Caller::here("the end of sync_scope", "old", |callback| {
            VALUE.sync_scope(dying(callback), || ());
        }),
        Caller::here("the end of an annotated fn", "old", |callback| call(dying(callback))),
        Caller::here("the end of a scope", "old", |callback| {
            ready(VALUE.scope(dying(callback), async {}));
        }),
        Caller::here("the end of a scope never polled", "old", |callback| {
            drop(VALUE.scope(dying(callback), async {}));
        }),
        Caller::here("the end of a pending scope", "old", |callback| {
            let mut scope = Box::pin(VALUE.scope(dying(callback), pending::<()>()));
            assert!(poll_once(scope.as_mut()).is_pending());
            drop(scope);
        }),
        Caller::here("the end of in_context", "old", |callback| {
            ready(async {}.in_context(Context::new().with(&VALUE, dying(callback))));
        }),
        Caller::here("the end of a pending in_context", "old", |callback| {
            let context = Context::new().with(&VALUE, dying(callback));
            let mut future = Box::pin(pending::<()>().in_context(context));
            assert!(poll_once(future.as_mut()).is_pending());
            drop(future);
        }),
        Caller::here("the end of an annotated future", "old", |callback| {
            ready(handler(dying(callback)));
        }),
        Caller::here("the end of a pending annotated future", "old", |callback| {
            let mut future = Box::pin(waits(dying(callback)));
            assert!(poll_once(future.as_mut()).is_pending());
            drop(future);
        }),
        Caller::here("the argument of an annotated future never polled", "old", |callback| {
            drop(handler(dying(callback)));
        })
        .elsewhere("old"),
        Caller::here("the end of a panicked future", "old", |callback| {
            let mut future = Box::pin(VALUE.scope(dying(callback), async { panic!("expected") }));
            panic_of(|| poll_once(future.as_mut()));
            drop(future);
        }),
    ];
    check(CALLERS);
}

/// The poll may panic, and be tried again.
fn poll(future: impl Future<Output = &'static str>) {
    and_then(
        (Box::pin(future), None),
        |(future, seen)| *seen = Some(ready(future)),
        |(future, seen)| assert_eq!(seen.take().unwrap_or_else(|| ready(future)), "new"),
    );
}

/// R4, R8: a later wrapper displaces what a future has captured, at its first poll.
#[test]
fn of_what_a_wrapper_displaces() {
    const CALLERS: &[Caller] = &[
        Caller::here("the first poll under a scope", "old", |callback| {
            let reads = the_last_to_hold(callback);
            poll(VALUE.scope(quiet("new"), reads));
        })
        .elsewhere("new"),
        Caller::here("the first poll under in_context", "old", |callback| {
            let reads = the_last_to_hold(callback);
            poll(reads.in_context(Context::new().with(&VALUE, quiet("new"))));
        })
        .elsewhere("new"),
        Caller::here("the drop under a scope", "old", |callback| {
            let reads = the_last_to_hold(callback);
            drop(VALUE.scope(quiet("new"), reads));
        })
        .elsewhere("new"),
    ];
    check(CALLERS);
}

/// R8: called while the thread unwinds.
#[test]
fn in_unwinding() {
    const CALLERS: &[Caller] = &[
        Caller::here("a panic in sync_scope", "old", |callback| {
            panic_of(|| VALUE.sync_scope(dying(callback), || panic!("expected")));
        })
        .unwinding(),
        Caller::here("a panic in an annotated fn", "old", |callback| {
            #[with_context]
            fn panics(probe: Probe) {
                drop(VALUE.set(probe));
                panic!("expected");
            }

            panic_of(|| panics(dying(callback)));
        })
        .unwinding(),
        Caller::here("a panic in a future that is owned", "old", |callback| {
            panic_of(|| ready(VALUE.scope(dying(callback), async { panic!("expected") })));
        })
        .unwinding(),
        Caller::here("a panic past a guard", "old", |callback| {
            panic_of(|| {
                let _guard = VALUE.set(dying(callback)).guard();
                panic!("expected");
            });
        })
        .unwinding(),
    ];
    check(CALLERS);
}
