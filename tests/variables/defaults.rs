//! When and where a default is evaluated.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use contextvars::{Context, context_var, with_context};

use crate::common::{Log, outside_and_inside, panic_of, ready};
use crate::{BARE, NUMBER};

/// A default is evaluated on first need, and once.
#[test]
fn a_default_is_lazy() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);

    #[context_var]
    static LAZY: usize = RUNS.fetch_add(1, Ordering::Relaxed) + 100;

    Context::new().run(|| {
        LAZY.set(1);
        assert_eq!((LAZY.get(), LAZY.is_set(), LAZY.name()), (1, true, "LAZY"));
        LAZY.with(|_| ());
        let _ = (Context::current(), format!("{:?}", Context::current()));
    });
    assert!(!LAZY.is_set());
    assert_eq!(RUNS.load(Ordering::Relaxed), 0, "nobody has needed it yet");
    assert_eq!([LAZY.get(), LAZY.get(), LAZY.with(|lazy| *lazy)], [100; 3]);
    assert_eq!(thread::spawn(|| LAZY.get()).join().expect("no panic"), 100);
    assert_eq!(RUNS.load(Ordering::Relaxed), 1);
}

/// Several may run, and one result wins.
#[test]
fn racing_readers_agree_on_one_default() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    static TOGETHER: Barrier = Barrier::new(4);

    #[context_var]
    static RACED: usize = {
        // All four are in here at once, so that no lock can be held around the initializer.
        TOGETHER.wait();
        RUNS.fetch_add(1, Ordering::Relaxed)
    };

    let seen = Log::new();
    thread::scope(|scope| {
        for _ in 0..4 {
            let seen = seen.clone();
            scope.spawn(move || seen.push(RACED.get()));
        }
    });
    let mut seen = seen.take();
    seen.push(RACED.get());
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(RUNS.load(Ordering::Relaxed), 4);
}

/// A panic is passed on, and the next read tries again.
#[test]
fn a_default_that_panics_is_retried() {
    static FAILS: AtomicBool = AtomicBool::new(true);

    #[context_var]
    static FRAGILE: u32 = {
        assert!(!FAILS.load(Ordering::Relaxed), "expected");
        7
    };

    Context::new().with(&BARE, 1).run(|| {
        for _ in 0..3 {
            assert_eq!(panic_of(|| FRAGILE.get()).message, "expected");
            assert_eq!(BARE.get(), Some(1), "and leaves the caller's context as it was");
        }
        assert_eq!(FRAGILE.sync_scope(1, || FRAGILE.get()), 1);
        FAILS.store(false, Ordering::Relaxed);
        assert_eq!(FRAGILE.get(), 7);
        BARE.set(2);
    });
}

/// Cases 3, T16
#[test]
fn a_default_that_reads_itself_panics_and_names_the_variable() {
    #[context_var]
    static ITSELF: u32 = ITSELF.get() + 1;
    #[context_var]
    static TICK: u32 = TOCK.get() + 1;
    #[context_var]
    static TOCK: u32 = TICK.try_get().map_or(0, |tick| tick + 1);

    let panicked = panic_of(|| ITSELF.get());
    assert!(panicked.message.contains("ITSELF"), "{panicked:?}");
    let panicked = panic_of(|| TICK.with(|tick| *tick));
    assert!(panicked.message.contains("TICK"), "{panicked:?}");
    let panicked = panic_of(|| ITSELF.get());
    assert!(panicked.message.contains("ITSELF"), "again: {panicked:?}");
    Context::new().with(&ITSELF, 5).run(|| assert_eq!(ITSELF.get(), 5));
    // To show the default is to need it: that may panic, too, but must come to an end.
    if let Err(payload) = std::panic::catch_unwind(|| format!("{ITSELF:?}")) {
        assert!(
            payload
                .downcast_ref()
                .is_some_and(|message: &String| message.contains("ITSELF"))
        );
    }
}

/// A default of one request's user would be everybody's.
#[test]
fn a_default_runs_in_an_empty_context_that_it_cannot_write() {
    #[context_var]
    static PEEKS: (Option<u32>, u32, usize, bool) = (
        BARE.get(),
        NUMBER.get(),
        Context::current().len(),
        BARE.try_set(9).is_err(),
    );

    let peeked = Context::new().with(&BARE, 1).with(&NUMBER, 2).run(|| {
        let peeked = PEEKS.get();
        assert_eq!((BARE.get(), NUMBER.get(), PEEKS.is_set()), (Some(1), 2, false));
        peeked
    });
    assert_eq!(peeked, (None, 42, 0, true));
}

/// A default that needs an owner gets one the way everybody does.
#[test]
fn a_default_may_run_an_annotated_fn() {
    #[with_context]
    fn computed() -> u32 {
        BARE.set(5);
        BARE.get().expect("bound") + 1
    }

    #[context_var]
    static COMPUTED: u32 = computed();

    outside_and_inside(|| assert_eq!((COMPUTED.get(), BARE.get()), (6, None)));
}

/// A default that drives a future hears no scope around the request that needs it first.
#[test]
fn a_default_hears_no_wrapper() {
    #[with_context]
    async fn annotated() -> (u32, Option<u32>) {
        (NUMBER.get(), BARE.get())
    }

    #[context_var]
    static DRIVES: [(u32, Option<u32>); 2] = [ready(annotated()), ready(async { (NUMBER.get(), BARE.get()) })];

    let request = NUMBER.scope(1, BARE.scope(2, async { (DRIVES.get(), NUMBER.get(), BARE.get()) }));
    assert_eq!(ready(request), ([(42, None); 2], 1, Some(2)));
}
