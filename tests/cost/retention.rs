//! R12: however long a program runs, it holds what can be read now and nothing of the past.

use std::hint::black_box;
use std::pin::Pin;
use std::sync::Mutex;
use std::thread;

use contextvars::{Context, ContextExt, Token, bind, bind_fn, with_context};
use futures::future::pending;

use crate::common::{many, poll_once, ready};
use crate::{NUMBER, TEXT, UNBOUND, growth, handler, live, with_bound};

/// A million; in debug builds, which are ten times slower, a tenth of it. One byte a round would show in either.
const ROUNDS: u64 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };
const GENERATIONS: u64 = 100_000;

/// Calls `f` for each round, in a context where eight variables are bound.
#[track_caller]
fn leave_nothing_behind(mut f: impl FnMut(u64)) {
    with_bound(8, || {
        (0..1000).for_each(&mut f);
        let grown = growth(|| (0..ROUNDS).for_each(&mut f));
        assert_eq!(grown, 0, "bytes after {ROUNDS} rounds");
    });
}

/// R12, Case 290
#[test]
fn sets_and_resets() {
    leave_nothing_behind(|number| {
        let token = NUMBER.set(number);
        NUMBER.reset(token).expect("its own token");
    });
}

/// R12, Case 290
#[test]
fn sets_without_a_reset() {
    leave_nothing_behind(|number| drop(NUMBER.set(number)));
}

/// R12, Case 290
#[test]
fn sets_and_unsets() {
    leave_nothing_behind(|number| {
        NUMBER.set(number);
        NUMBER.unset();
    });
}

/// R12, Case 290
#[test]
fn sets_after_a_snapshot_each() {
    let mut last = Context::new();
    leave_nothing_behind(|number| {
        last = Context::current();
        NUMBER.set(number);
    });
}

/// R12, R8
#[test]
fn sets_during_a_loan() {
    leave_nothing_behind(|number| {
        NUMBER.set(number);
        NUMBER.with(|lent| {
            NUMBER.set(lent + 1);
            NUMBER.with(|_| drop(NUMBER.unset()));
        });
    });
}

/// R12
#[test]
fn sync_scopes() {
    leave_nothing_behind(|number| {
        NUMBER.sync_scope(number, || black_box(NUMBER.get()));
    });
}

/// R12
#[test]
fn scopes() {
    leave_nothing_behind(|number| {
        let mut scope = std::pin::pin!(NUMBER.scope(number, pending::<()>()));
        assert!(poll_once(scope.as_mut()).is_pending());
    });
}

/// R12, R4
#[test]
fn handlers_under_a_scope() {
    leave_nothing_behind(|number| assert_eq!(ready(NUMBER.scope(number, handler())), number));
}

/// R12
#[test]
fn runs() {
    let mut context = Context::new();
    leave_nothing_behind(|number| {
        context.run(|| drop(NUMBER.set(number)));
    });
    assert_eq!(context.get(&NUMBER), Some(&(ROUNDS - 1)));
}

/// R12
#[test]
fn calls_of_a_bound_fn() {
    let bound = bind_fn(|| drop(NUMBER.set(1)));
    leave_nothing_behind(|_| {
        bound();
        bind(|| drop(NUMBER.set(2)))();
    });
}

/// R12, Case 289: a chain of captures and rebindings, each made inside the one before.
#[test]
fn generations_of_contexts() {
    let before = live();
    let mut context = Context::new();
    for number in 0..GENERATIONS {
        context = context.run(|| {
            NUMBER.set(number);
            TEXT.set("child".to_owned());
            Context::current()
        });
    }
    let held = live() - before;
    assert!(held < 1024, "{held} bytes for the last of them");
    drop(context);
    assert_eq!(live(), before);
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

struct Next(Boxed<Next>);

/// R12, Case 289: a future that makes the next one, in its own context, and is gone.
#[test]
fn generations_of_futures() {
    #[with_context]
    fn generation() -> Boxed<Next> {
        Box::pin(async {
            NUMBER.set(NUMBER.get() + 1);
            Next(generation())
        })
    }

    let mut next = generation();
    let mut live_at = [0; 2];
    for number in 1..=GENERATIONS {
        next = ready(next).0;
        match number {
            100 => live_at[0] = live(),
            GENERATIONS => live_at[1] = live(),
            _ => {}
        }
    }
    assert_eq!(
        live_at[0], live_at[1],
        "bytes live in an early and in the last generation"
    );
}

/// R12, Case 289: a task that spawns the next one, and is gone.
#[test]
fn generations_of_tasks() {
    static LIVE_AT: Mutex<Vec<isize>> = Mutex::new(Vec::new());

    #[with_context]
    fn generation(done: tokio::sync::mpsc::Sender<u64>) -> Boxed<()> {
        Box::pin(async move {
            NUMBER.set(NUMBER.get() + 1);
            TEXT.set("a task's".to_owned());
            match NUMBER.get() {
                100 => LIVE_AT.lock().expect("no panic").push(live()),
                GENERATIONS => {
                    LIVE_AT.lock().expect("no panic").push(live());
                    return done.send(NUMBER.get()).await.expect("the test waits");
                }
                _ => {}
            }
            drop(tokio::spawn(generation(done)));
        })
    }

    LIVE_AT.lock().expect("no panic").reserve(2);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let (done, mut last) = tokio::sync::mpsc::channel(1);
    runtime.spawn(generation(done));
    assert_eq!(runtime.block_on(last.recv()), Some(GENERATIONS));
    let live_at = LIVE_AT.lock().expect("no panic");
    assert_eq!(
        live_at[0], live_at[1],
        "bytes live in an early and in the last generation"
    );
}

/// R12: a snapshot of a hundred costs what the second does, and holds no other.
#[test]
fn a_hundred_nested_snapshots() {
    for bound in [0, 8, 1000] {
        with_bound(bound, || {
            let mut snapshots = Vec::with_capacity(100);
            let costs: Vec<isize> = (0..100)
                .map(|number| {
                    growth(|| {
                        NUMBER.set(number);
                        snapshots.push(Context::current());
                    })
                })
                .collect();
            assert!(
                costs[2..].iter().all(|cost| *cost == costs[1]),
                "{bound} bound: {costs:?}"
            );
            let freed = -growth(|| snapshots.truncate(50));
            assert_eq!(freed, costs[1] * 50 - costs[1], "the last is also the current one");
            drop(NUMBER.set(1));
            assert_eq!(-growth(|| drop(snapshots.remove(10))), costs[1], "one of the middle");
        });
    }
}

/// R12: what was set and reset while a snapshot lived leaves nothing behind when both are over.
#[test]
fn sets_and_resets_beside_a_snapshot() {
    for bound in [0, 8, 1000] {
        with_bound(bound, || {
            let round = || {
                let snapshot = Context::current();
                let token = UNBOUND.set(1);
                drop(snapshot);
                UNBOUND.reset(token).expect("its own token");
            };
            (0..10).for_each(|_| round());
            assert_eq!(growth(|| (0..ROUNDS).for_each(|_| round())), 0, "{bound} bound");
        });
    }
}

/// R12: contexts entered within each other, a hundred deep.
#[test]
fn a_hundred_nested_scopes() {
    fn nested(left: u64, costs: &mut Vec<isize>) {
        if left > 0 {
            let before = live();
            NUMBER.sync_scope(left, || {
                costs.push(live() - before);
                nested(left - 1, costs);
            });
            assert_eq!(live(), before);
        }
    }

    with_bound(1000, || {
        let mut costs = Vec::with_capacity(100);
        nested(100, &mut costs);
        assert!(costs.iter().all(|cost| *cost == costs[0]), "{costs:?}");
    });
}

/// R12, Case T13: a long history is dropped flat, here on a stack that a recursion would soon use up.
#[test]
fn a_long_past_is_dropped_on_a_small_stack() {
    let on_a_small_stack = |f: fn()| {
        let thread = thread::Builder::new().stack_size(64 * 1024);
        thread.spawn(f).expect("a thread").join().expect("no panic");
    };
    // Tokens, each of which remembers the value before.
    on_a_small_stack(|| {
        Context::new().run(|| {
            let tokens: Vec<Token<_>> = (0..ROUNDS).map(|number| NUMBER.set(number)).collect();
            drop(tokens);
        });
    });
    // Snapshots, each taken inside the one before.
    on_a_small_stack(|| {
        let mut last = Context::new();
        let snapshots: Vec<Context> = (0..ROUNDS)
            .map(|number| {
                last = last.run(|| {
                    NUMBER.set(number);
                    Context::current()
                });
                last.clone()
            })
            .collect();
        drop(snapshots);
    });
    // Handlers that wait, each called in the context of the one before.
    on_a_small_stack(|| {
        Context::new().run(|| {
            let handlers: Vec<_> = (0..ROUNDS)
                .map(|number| {
                    NUMBER.set(number);
                    handler().in_current_context()
                })
                .collect();
            drop(handlers);
        });
    });
    // A thousand variables, so that the map is at its deepest.
    on_a_small_stack(|| {
        let mut context = Context::new();
        for (number, variable) in many::all().into_iter().enumerate() {
            context = context.with(variable, number);
        }
        drop(context);
    });
}
