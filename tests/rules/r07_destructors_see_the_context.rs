//! R7: destructors see the context, and values are dropped when everything is in order again.

use std::future::pending;
use std::pin::Pin;
use std::thread;

use contextvars::{Context, ContextExt, bind, context_var, with_context};
use futures::FutureExt;

use crate::common::by_hand::{ByHand, Then};
use crate::common::{Log, OnDrop, panic_of, poll_once, yield_now};

#[context_var]
static NAME: &str = "nobody";
#[context_var]
static OTHER: u32 = 0;

type Seen = Log<(&'static str, u32)>;

fn probe(seen: &Seen) -> OnDrop<impl FnMut() + Send + 'static> {
    let seen = seen.clone();
    OnDrop(move || seen.push((NAME.get(), OTHER.get())))
}

fn by_hand<P: Send + Unpin>(probe: P, then: Then) -> impl Future<Output = ()> + Send {
    ByHand::new(probe, || drop(OTHER.set(OTHER.get() + 1)), then)
}

/// Every way to give a future a context of its own in which `NAME` is "own".
fn wrapped(seen: &Seen, then: Then) -> Vec<Pin<Box<dyn Future<Output = ()> + Send>>> {
    #[with_context]
    async fn annotated<F: Future<Output = ()>>(future: F) {
        future.await;
    }

    #[with_context]
    fn boxed<F: Future<Output = ()> + Send + 'static>(future: F) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(future)
    }

    let own = Context::current().with(&NAME, "own");
    vec![
        NAME.scope("own", by_hand(probe(seen), then)).boxed(),
        by_hand(probe(seen), then).in_context(own.clone()).boxed(),
        own.clone().run(|| annotated(by_hand(probe(seen), then))).boxed(),
        own.clone().run(|| boxed(by_hand(probe(seen), then))),
        own.clone()
            .run(|| by_hand(probe(seen), then).in_current_context())
            .boxed(),
        NAME.scope("hidden", NAME.scope("own", by_hand(probe(seen), then)))
            .boxed(),
        NAME.scope("own", by_hand(probe(seen), then).in_context(own)).boxed(),
    ]
}

/// Drops where `NAME` is "dropper".
fn drop_elsewhere<T>(value: T) {
    Context::new().with(&NAME, "dropper").run(|| drop(value));
}

/// R7, Cases 279, T2
#[test]
fn a_pending_future_is_dropped_in_its_context() {
    let seen = Log::new();
    for mut future in wrapped(&seen, Then::Wait) {
        assert!(poll_once(future.as_mut()).is_pending());
        assert!(poll_once(future.as_mut()).is_pending());
        drop_elsewhere(future);
        assert_eq!(seen.take(), [("own", 2)]);
    }
}

/// R7, Cases 279, T2
#[test]
fn a_future_never_polled_is_dropped_in_its_context() {
    let seen = Log::new();
    for future in wrapped(&seen, Then::Wait) {
        drop_elsewhere(future);
        assert_eq!(seen.take(), [("own", 0)]);
    }
}

/// R7, Cases 279, T2
#[test]
fn a_completed_future_is_dropped_in_its_context() {
    let seen = Log::new();
    for mut future in wrapped(&seen, Then::Complete) {
        assert!(poll_once(future.as_mut()).is_ready());
        drop_elsewhere(future);
        assert_eq!(seen.take(), [("own", 1)]);
    }
}

/// R7, Case T2
#[test]
fn a_panicked_future_is_dropped_in_its_context() {
    let seen = Log::new();
    for mut future in wrapped(&seen, Then::Panic) {
        assert_eq!(panic_of(|| poll_once(future.as_mut())).message, "expected");
        drop_elsewhere(future);
        assert_eq!(seen.take(), [("own", 1)]);
    }
}

/// R7, Case T6
#[test]
fn a_future_dropped_on_another_thread_is_dropped_in_its_context() {
    let seen = Log::new();
    for mut future in wrapped(&seen, Then::Wait) {
        assert!(poll_once(future.as_mut()).is_pending());
        thread::spawn(move || drop(future)).join().expect("no panic");
        assert_eq!(seen.take(), [("own", 1)]);
    }
}

/// R7, R4: never polled, and yet in the scope that was made around it.
#[test]
fn a_handler_never_polled_is_dropped_in_the_scope_around_it() {
    #[with_context]
    async fn handler<P>(argument: P) {
        drop(argument);
    }

    let seen = Log::new();
    crate::common::outside_and_inside(|| {
        drop_elsewhere(NAME.scope("scope", handler(probe(&seen))));
        assert_eq!(seen.take(), [("scope", 0)]);
    });
}

/// R7, R4: a job that bob queued is bob's, whoever throws it away.
#[test]
fn a_job_thrown_away_by_a_stranger_is_dropped_in_its_context() {
    #[with_context]
    async fn job<P>(argument: P) {
        drop(argument);
    }

    let seen = Log::new();
    let job = Context::new().with(&NAME, "bob").run(|| job(probe(&seen)));
    crate::common::ready(NAME.scope("worker", async { drop(job) }));
    assert_eq!(seen.take(), [("bob", 0)]);
}

/// R7: arguments and locals die in the context when the body ends.
#[test]
fn locals_and_arguments_are_dropped_in_the_context() {
    #[with_context]
    async fn handler<P>(_argument: P, seen: Seen) {
        NAME.set("own");
        let _local = probe(&seen);
        yield_now().await;
        OTHER.set(5);
    }

    #[with_context]
    fn handler_sync<P>(_argument: P, seen: &Seen) {
        NAME.set("own");
        let _local = probe(seen);
        OTHER.set(5);
    }

    let seen = Log::new();
    crate::common::drive(handler(probe(&seen), seen.clone()));
    assert_eq!(seen.take(), [("own", 5), ("own", 5)]);
    handler_sync((), &seen);
    assert_eq!(seen.take(), [("own", 5)]);
}

/// R7, Case 225: what a destructor writes is the future's own.
#[test]
fn a_destructor_may_write_to_its_own_context() {
    let log = Log::new();
    let probe = {
        let log = log.clone();
        OnDrop(move || {
            log.push((NAME.get(), OTHER.get()) == ("own", 1));
            log.push(OTHER.try_set(40).is_ok());
            log.push(OTHER.get() == 40);
        })
    };
    Context::new().run(|| {
        let mut future = NAME.scope("own", by_hand(probe, Then::Wait)).boxed();
        assert!(poll_once(future.as_mut()).is_pending());
        drop(future);
        assert_eq!(OTHER.get(), 0);
    });
    assert_eq!(log.take(), [true; 3]);
}

/// A value that uses everything there is when it dies.
#[derive(Debug)]
struct Chatty {
    id: u32,
    log: Log<(u32, Option<u32>)>,
}

#[context_var]
static CHATTY: Chatty;

impl Drop for Chatty {
    fn drop(&mut self) {
        let visible = CHATTY.with(|chatty| chatty.map(|chatty| chatty.id));
        let snapshot = Context::current();
        assert_eq!(snapshot.get(&CHATTY).map(|chatty| chatty.id), visible);
        assert_eq!(snapshot.iter().count(), snapshot.len());
        let before = OTHER.get();
        if let Ok(token) = OTHER.try_set(77) {
            assert_eq!(OTHER.get(), 77);
            OTHER.reset(token).expect("its own token");
        }
        assert_eq!(OTHER.sync_scope(78, || OTHER.get()), 78);
        assert_eq!(thread::spawn(bind(|| OTHER.get())).join().expect("no panic"), before);
        assert_eq!(OTHER.get(), before);
        self.log.push((self.id, visible));
    }
}

/// R7, Cases 286, T4
#[test]
fn a_displaced_value_may_use_the_context_that_it_has_left() {
    let log = Log::new();
    let chatty = |id| Chatty { id, log: log.clone() };
    Context::new().run(|| {
        drop(CHATTY.set(chatty(1)));
        drop(CHATTY.set(chatty(2)));
        assert_eq!(log.take(), [(1, Some(2))], "overwritten");

        let token = CHATTY.set(chatty(3));
        assert!(log.take().is_empty(), "the token remembers it");
        CHATTY.reset(token).expect("its own token");
        assert_eq!(log.take(), [(3, Some(2))], "reset");

        drop(CHATTY.set(chatty(4)).guard());
        assert_eq!(log.take(), [(4, Some(2))], "guarded");

        drop(CHATTY.unset());
        assert_eq!(log.take(), [(2, None)], "unset");

        CHATTY.set(chatty(5));
        CHATTY.sync_scope(chatty(6), || drop(CHATTY.set(chatty(7))));
        let mut dead = log.take();
        dead.sort_unstable();
        assert_eq!(dead, [(6, Some(7)), (7, Some(5))], "scope");

        let held = Context::current().with(&CHATTY, chatty(8));
        drop(held);
        assert_eq!(log.take(), [(8, Some(5))], "snapshot");
    });
    assert_eq!(log.take(), [(5, None)], "the context itself");
}

/// R7, Cases 286, T4
#[test]
fn a_tasks_value_may_use_the_context_that_is_left() {
    let log = Log::new();
    let chatty = |id| Chatty { id, log: log.clone() };
    Context::new().run(|| {
        CHATTY.set(chatty(1));
        crate::common::ready(CHATTY.scope(chatty(2), async {}));
        assert_eq!(log.take(), [(2, Some(1))], "completed");
        drop(CHATTY.scope(chatty(3), async {}));
        assert_eq!(log.take(), [(3, Some(1))], "never polled");
        let mut pending = Box::pin(CHATTY.scope(chatty(4), pending::<()>()));
        assert!(poll_once(pending.as_mut()).is_pending());
        drop(pending);
        assert_eq!(log.take(), [(4, Some(1))], "cancelled");
    });
}

/// R7, Case 115: a value that binds its own variable when it dies.
#[test]
fn a_displaced_value_may_bind_its_own_variable() {
    #[derive(Debug)]
    struct Heir(u32);

    #[context_var]
    static HEIR: Heir;

    impl Drop for Heir {
        fn drop(&mut self) {
            if self.0 > 0 {
                drop(HEIR.try_set(Heir(self.0 - 1)));
            }
        }
    }

    Context::new().run(|| {
        drop(HEIR.set(Heir(5)));
        drop(HEIR.set(Heir(0)));
        assert_eq!(
            HEIR.with(|heir| heir.map(|heir| heir.0)),
            Some(4),
            "the dead one's heir"
        );
        drop(HEIR.unset());
        assert_eq!(HEIR.with(|heir| heir.map(|heir| heir.0)), Some(3));
    });
    assert!(!HEIR.is_set(), "the last ones found no owner");
}

/// R7, Case 280: a value that wakes somebody when it dies, where waking is polling there and then.
#[test]
fn a_displaced_value_may_wake_what_is_polled_inline() {
    use std::sync::{Arc, Mutex};
    use std::task::{Wake, Waker};

    struct Inline(Mutex<Pin<Box<dyn Future<Output = ()> + Send>>>);

    impl Wake for Inline {
        fn wake(self: Arc<Self>) {
            assert!(poll_once(self.0.lock().expect("no panic").as_mut()).is_pending());
        }
    }

    struct Bell(Waker);

    impl Drop for Bell {
        fn drop(&mut self) {
            self.0.wake_by_ref();
        }
    }

    #[context_var]
    static BELL: Bell;

    #[with_context]
    async fn woken(log: Log<&'static str>) {
        let mut name = NAME.get();
        loop {
            log.push(name);
            NAME.set("woken");
            name = yield_now().map(|()| NAME.get()).await;
        }
    }

    let log = Log::new();
    Context::new().run(|| {
        NAME.set("maker");
        let waker = Waker::from(Arc::new(Inline(Mutex::new(woken(log.clone()).boxed()))));
        NAME.set("dropper");
        BELL.set(Bell(waker.clone()));
        drop(BELL.set(Bell(waker.clone())));
        assert_eq!((log.take(), NAME.get()), (vec!["maker"], "dropper"));
        drop(BELL.unset());
        BELL.sync_scope(Bell(waker), || ());
        assert_eq!((log.take(), NAME.get()), (vec!["woken", "woken"], "dropper"));
    });
}

/// Case 115: threads that set, read, reset and snapshot values whose destructors read, all on one shared context.
#[test]
fn a_crowd_of_threads_shares_one_context_of_chatty_values() {
    struct Reads(u32);

    #[context_var]
    static READS: Reads;

    impl Drop for Reads {
        fn drop(&mut self) {
            READS.with(|other| assert!(other.is_none_or(|other| other.0 < 1000)));
            drop(Context::current());
        }
    }

    let shared = Context::new().with(&READS, Reads(999)).with(&NAME, "shared");
    thread::scope(|scope| {
        for number in 0..4 {
            let mut context = shared.clone();
            scope.spawn(move || {
                for round in 0..500 {
                    let snapshot = context.run(|| {
                        let token = READS.set(Reads(number));
                        READS.with(|reads| assert_eq!(reads.map(|reads| reads.0), Some(number)));
                        READS.reset(token).expect("its own token");
                        drop(READS.set(Reads(number + round % 7)));
                        Context::current()
                    });
                    assert_eq!(snapshot.get(&READS).map(|reads| reads.0), Some(number + round % 7));
                }
            });
        }
    });
    assert_eq!(
        (shared.get(&READS).map(|reads| reads.0), shared.get(&NAME)),
        (Some(999), Some(&"shared"))
    );
}

/// R7, R2: what it has set itself, also where other wrappers are around who drops it.
#[test]
fn a_waiting_future_is_dropped_in_the_context_that_it_has_left() {
    async fn sets<P>(_probe: P) {
        NAME.set("set");
        pending::<()>().await;
    }

    #[with_context]
    async fn annotated<P>(probe: P) {
        sets(probe).await;
    }

    #[with_context(fresh)]
    async fn fresh<P>(probe: P) {
        sets(probe).await;
    }

    let seen = Log::new();
    let futures: [fn(&Seen) -> Nested; 5] = [
        |seen| NAME.scope("own", sets(probe(seen))).boxed(),
        |seen| sets(probe(seen)).in_context(Context::new().with(&NAME, "own")).boxed(),
        |seen| sets(probe(seen)).in_current_context().boxed(),
        |seen| annotated(probe(seen)).boxed(),
        |seen| fresh(probe(seen)).boxed(),
    ];
    for make in futures {
        let mut one = make(&seen);
        let mut other = make(&seen);
        assert!(poll_once(one.as_mut()).is_pending() && poll_once(other.as_mut()).is_pending());
        drop_elsewhere(one);
        let dropper = async { drop(other) };
        assert!(poll_once(OTHER.scope(1, NAME.scope("dropper", dropper)).boxed().as_mut()).is_ready());
        assert_eq!(seen.take(), [("set", 0), ("set", 0)]);
    }
}

type Nested = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A future that waits in another, each in a context of its own where `OTHER` is its depth, and with a destructor that says
/// what it sees; that of one `bomb` panics.
fn nested(depth: u32, bomb: u32, seen: &Seen) -> Nested {
    #[with_context(OTHER = depth)]
    async fn annotated<P>(depth: u32, inner: Nested, _probe: P) {
        inner.await;
    }

    #[with_context(fresh, OTHER = depth)]
    async fn fresh<P>(depth: u32, inner: Nested, _probe: P) {
        inner.await;
    }

    async fn plain<P>(inner: Nested, _probe: P) {
        inner.await;
    }

    let mut inner: Nested = pending().boxed();
    for depth in (1..=depth).rev() {
        let seen = seen.clone();
        let probe = OnDrop(move || {
            seen.push((NAME.get(), OTHER.get()));
            assert_ne!(depth, bomb, "expected");
        });
        inner = match depth % 4 {
            0 => OTHER.scope(depth, plain(inner, probe)).boxed(),
            1 | 2 => annotated(depth, inner, probe).boxed(),
            _ => fresh(depth, inner, probe).boxed(),
        };
    }
    inner
}

/// R7, R6: each of any number of destructors within each other sees its own context, and whoever drops them finds theirs,
/// also if one panics.
#[test]
fn any_number_of_nested_futures_is_dropped_each_in_its_context() {
    let seen = Log::new();
    for depth in [1, 2, 7, 8, 9, 10, 17, 100] {
        for bomb in [0, 1, depth / 2 + 1, depth] {
            crate::common::outside_and_inside(|| {
                let here = (NAME.get(), OTHER.get(), NAME.try_set("here").is_ok());
                let mut future = nested(depth, bomb, &seen);
                assert!(poll_once(future.as_mut()).is_pending());
                if bomb == 0 {
                    drop(future);
                } else {
                    assert!(panic_of(|| drop(future)).message.contains("expected"));
                }
                let mut depths: Vec<_> = seen.take().into_iter().map(|(_, depth)| depth).collect();
                depths.sort_unstable();
                assert!(depths.into_iter().eq(1..=depth), "depth {depth}, bomb {bomb}");
                let there = if here.2 { "here" } else { here.0 };
                assert_eq!((NAME.get(), OTHER.get()), (there, here.1), "depth {depth}, bomb {bomb}");
                assert_eq!(NAME.try_set("nobody").is_ok(), here.2);
            });
        }
    }
}

/// R7, R4: the same of futures that were never polled; what a scope displaces in each goes right after it.
#[test]
fn any_number_of_nested_futures_never_polled_is_dropped_each_in_its_context() {
    #[with_context]
    async fn handler<P>(_inner: Nested, _argument: P) {}

    for depth in [1, 7, 8, 9, 30] {
        let log = Log::new();
        let chatty = |id| Chatty { id, log: log.clone() };
        let scope = Context::new().run(|| {
            let mut future: Nested = pending().boxed();
            for depth in 0..depth {
                let log = log.clone();
                let probe = OnDrop(move || log.push((100, CHATTY.with(|chatty| chatty.map(|chatty| chatty.id)))));
                CHATTY.set(chatty(depth));
                // From the next round on it alone holds what it has captured.
                future = handler(future, probe).boxed();
            }
            CHATTY.unset();
            CHATTY.scope(chatty(200), future)
        });
        assert_eq!(log.take(), []);
        Context::new().run(|| drop(scope));
        let ends = (0..depth).flat_map(|depth| [(100, Some(200)), (depth, Some(200))]);
        assert!(log.take().into_iter().eq(ends.chain([(200, None)])), "depth {depth}");
    }
}
