//! Rayon on a real pool: the closures of parallel iterators, `join`, `scope` and `spawn` see the context of their maker.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Barrier, mpsc};

use contextvars::{Context, bind, bind_fn, context_var, outside, with_context};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder, Yield};

#[context_var]
static TENANT: &str = "nobody";
#[context_var]
static ITEM: usize;
#[context_var]
static SHARED: Arc<()>;
#[context_var(local)]
static TRANSACTION: u32;

const THREADS: usize = 4;

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool")
}

/// `bind_fn` for a closure with an argument.
#[with_context]
fn bound<A, R>(f: impl Fn(A) -> R) -> impl Fn(A) -> R {
    #[with_context]
    move |argument| -> R { f(argument) }
}

/// Whether a job finds the thread as if none had run there.
fn is_untouched() -> bool {
    Context::current().is_empty() && !TRANSACTION.is_set() && TENANT.try_set("a job").is_err()
}

/// R9: the barrier has each item run on a thread of its own.
#[test]
fn a_parallel_iterator_sees_the_callers_context() {
    fn tenants(read: impl Fn(usize) -> &'static str + Sync) -> Vec<&'static str> {
        let all_at_once = Barrier::new(THREADS);
        pool(THREADS).install(|| {
            let items = (0..THREADS).into_par_iter().with_max_len(1);
            let read = items.map(|item| (all_at_once.wait(), read(item)).1);
            read.collect()
        })
    }

    #[with_context(TENANT = "acme")]
    fn annotated() -> Vec<&'static str> {
        tenants(
            #[with_context]
            move |_| TENANT.get(),
        )
    }

    assert_eq!(annotated(), ["acme"; THREADS]);
    TENANT.sync_scope("acme", || {
        assert_eq!(tenants(bound(|_| TENANT.get())), ["acme"; THREADS]);
        let context = Context::current();
        assert_eq!(tenants(|_| context.clone().run(|| TENANT.get())), ["acme"; THREADS]);
        assert_eq!(tenants(|_| TENANT.get()), ["nobody"; THREADS], "a bare closure");
    });
}

/// R2, R9
#[test]
fn each_item_has_a_context_of_its_own() {
    let pool = pool(THREADS);
    TENANT.sync_scope("acme", || {
        let number = bound(|item| {
            assert!(!ITEM.is_set());
            ITEM.set(item);
            TENANT.set("an item");
            std::thread::yield_now();
            ITEM.get()
        });
        let numbers: Vec<_> = pool.install(|| (0..1_000).into_par_iter().map(number).collect());
        assert!(numbers.into_iter().eq((0..1_000).map(Some)));
        assert_eq!((TENANT.get(), ITEM.get()), ("acme", None));
    });
}

/// R5, R9
#[test]
fn a_bare_closure_may_not_write() {
    TENANT.sync_scope("acme", || {
        let refused = pool(THREADS).install(|| (0..100).into_par_iter().all(|item| ITEM.try_set(item).is_err()));
        assert!(refused);
    });
}

/// R9: a pool's `install` is a thread boundary, and a bound one hands on what an iterator inside it is to capture.
#[test]
fn a_bound_install_hands_the_context_on() {
    let pool = pool(THREADS);
    TENANT.sync_scope("acme", || {
        let tenants = || {
            (0..100)
                .into_par_iter()
                .map(bound(|_| TENANT.get()))
                .all(|tenant| tenant == "acme")
        };
        assert!(pool.install(bind(tenants)));
        assert!(!pool.install(tenants), "captured on the pool's thread");
    });
}

/// R2, R9
#[test]
fn both_sides_of_a_join() {
    let both = Barrier::new(2);
    let side = |value| {
        let both = &both;
        bind(move || {
            let inherited = (TENANT.get(), ITEM.get());
            ITEM.set(value);
            both.wait();
            (inherited, ITEM.get())
        })
    };
    TENANT.sync_scope("acme", || {
        let (left, right) = (side(1), side(2));
        let results = pool(2).join(left, right);
        assert_eq!(results, ((("acme", None), Some(1)), (("acme", None), Some(2))));
        assert_eq!(ITEM.get(), None);
    });
}

/// R2, R9
#[test]
fn the_jobs_of_a_scope() {
    #[with_context(TENANT = "acme")]
    fn annotated(pool: &ThreadPool, jobs: mpsc::Sender<&'static str>) {
        pool.scope(
            #[with_context]
            move |scope| {
                TENANT.set("the scope's own");
                for _ in 0..THREADS {
                    let jobs = jobs.clone();
                    scope.spawn(
                        #[with_context]
                        move |_| jobs.send(TENANT.get()).expect("the test waits"),
                    );
                }
            },
        );
        assert_eq!(TENANT.get(), "acme");
    }

    let pool = pool(THREADS);
    let (sender, jobs) = mpsc::channel();
    TENANT.sync_scope("acme", || {
        let job = bind_fn(|| {
            let inherited = TENANT.set("a job").old_value().copied();
            sender.send(inherited).expect("the test waits");
        });
        pool.scope(|scope| (0..THREADS).for_each(|_| scope.spawn(|_| job())));
        assert_eq!(TENANT.get(), "acme");
    });
    drop(sender);
    assert!(jobs.into_iter().eq([Some("acme"); THREADS]));

    let (sender, jobs) = mpsc::channel();
    annotated(&pool, sender);
    assert!(jobs.into_iter().eq(["the scope's own"; THREADS]));
}

/// R1, R9: a job that is spawned outlives the scope that it was made in, and keeps what was captured.
#[test]
fn a_spawned_job_keeps_the_context_of_its_maker() {
    let pool = pool(THREADS);
    let (sender, tenants) = mpsc::channel();
    for tenant in ["acme", "globex"] {
        let sender = sender.clone();
        TENANT.sync_scope(tenant, || {
            pool.spawn(bind(move || sender.send(TENANT.get()).expect("the test waits")));
        });
    }
    drop(sender);
    let mut tenants: Vec<_> = tenants.into_iter().collect();
    tenants.sort_unstable();
    assert_eq!(tenants, ["acme", "globex"]);
}

/// R2, R9
#[test]
fn a_nested_iterator_sees_the_item_around_it() {
    let row = bound(|row| {
        ITEM.set(row);
        let cell = bound(move |cell| {
            let seen = ITEM.get();
            ITEM.set(row * 100 + cell);
            (TENANT.get(), seen)
        });
        let is_the_rows = (0..100)
            .into_par_iter()
            .map(cell)
            .all(|seen| seen == ("nobody", Some(row)));
        is_the_rows && ITEM.get() == Some(row)
    });
    assert!(pool(THREADS).install(|| (0..100).into_par_iter().all(row)));
}

/// R4, R9: while a thread waits it runs what is queued, inside the context that it is in. A bound job keeps its own; `run`
/// is about ordinary variables alone; a bare job has no context but the thread's.
#[test]
fn a_job_run_by_a_thread_that_waits_keeps_its_own() {
    let (sender, seen) = mpsc::channel();
    let read = move || sender.send((TENANT.get(), TRANSACTION.get())).expect("the test waits");
    let mut acme = Context::new().with(&TENANT, "acme");
    let bound = acme.run(|| bind(read.clone()));
    let (bare, run) = (read.clone(), move || acme.run(read));
    pool(1).install(|| {
        TENANT.sync_scope("globex", || {
            TRANSACTION.sync_scope(1, || {
                rayon::spawn(bound);
                assert_eq!(rayon::yield_now(), Some(Yield::Executed));
                rayon::spawn(run);
                assert_eq!(rayon::yield_now(), Some(Yield::Executed));
                rayon::spawn(bare);
                assert_eq!(rayon::yield_now(), Some(Yield::Executed));
            });
        });
    });
    assert!(
        seen.into_iter()
            .eq([("acme", None), ("acme", Some(1)), ("globex", Some(1))])
    );
}

#[derive(Clone, Copy, Debug)]
enum WaitingFor {
    Scope,
    Join,
    AnotherPool,
}

impl WaitingFor {
    /// Enough that one waits and one is busy.
    fn threads(self) -> usize {
        match self {
            Self::Scope | Self::Join => 2,
            Self::AnotherPool => 1,
        }
    }

    /// What a stranger's job finds that this thread of the pool runs while it waits: the tenant, and whether it may write.
    fn found_meanwhile(self, pool: &ThreadPool) -> (&'static str, bool) {
        let (sender, found) = mpsc::channel();
        let stranger = move || {
            sender
                .send((TENANT.get(), ITEM.try_set(9).is_ok()))
                .expect("the test waits");
        };
        // On another thread, which is busy until the job is done.
        let busy = move || {
            pool.spawn(stranger);
            found.recv().expect("a job that is run")
        };
        let both = Barrier::new(2);
        match self {
            Self::Scope => {
                let mut outcome = None;
                rayon::scope(|scope| {
                    scope.spawn(|_| {
                        both.wait();
                        outcome = Some(busy());
                    });
                    both.wait();
                });
                outcome.expect("a scope waits for its jobs")
            }
            Self::Join => {
                let busy = || {
                    both.wait();
                    busy()
                };
                rayon::join(|| both.wait(), busy).1
            }
            Self::AnotherPool => self::pool(1).install(busy),
        }
    }
}

/// Case P14: a thread of the pool that waits runs others' jobs, in the waiting call.
#[test]
fn a_strangers_bare_job_shares_with_who_waits_and_outside_with_nobody() {
    for waiting in [WaitingFor::Scope, WaitingFor::Join, WaitingFor::AnotherPool] {
        let pool = pool(waiting.threads());
        pool.install(|| {
            TENANT.sync_scope("acme", || {
                assert_eq!(waiting.found_meanwhile(&pool), ("acme", true), "{waiting:?}");
                assert_eq!(ITEM.get(), Some(9), "what the job has written");

                ITEM.set(1);
                assert_eq!(
                    outside(|| waiting.found_meanwhile(&pool)),
                    ("nobody", false),
                    "{waiting:?}"
                );
                assert_eq!((TENANT.get(), ITEM.get()), ("acme", Some(1)));
            });
        });
        assert!(
            pool.broadcast(|_| is_untouched())
                .into_iter()
                .all(|untouched| untouched)
        );
    }
}

/// R9: not even where the closure is called on the binder's own thread, in its own call.
#[test]
fn local_variables_do_not_cross() {
    for threads in [1, THREADS] {
        pool(threads).install(|| {
            TRANSACTION.sync_scope(1, || {
                assert!(
                    (0..100)
                        .into_par_iter()
                        .map(bound(|_| TRANSACTION.get()))
                        .all(|seen| seen.is_none())
                );
                let (left, right) = rayon::join(bind(|| TRANSACTION.get()), bind(|| TRANSACTION.get()));
                assert_eq!((left, right), (None, None));
                assert_eq!(TRANSACTION.get(), Some(1));
            });
        });
    }
}

/// R6, R12: also after an item has panicked.
#[test]
fn nothing_remains_on_the_pools_threads() {
    let pool = pool(THREADS);
    let shared = Arc::new(());
    SHARED.sync_scope(Arc::clone(&shared), || {
        let item = bound(|item| {
            SHARED.with(|shared| assert!(shared.is_some()));
            ITEM.set(item);
            TRANSACTION.set(2);
            if item == 99 {
                std::panic::resume_unwind(Box::new("the last item"));
            }
        });
        let all = || pool.install(|| (0..100).into_par_iter().for_each(item));
        let payload = catch_unwind(AssertUnwindSafe(all)).expect_err("an item panics");
        assert_eq!(payload.downcast_ref(), Some(&"the last item"));
    });
    assert!(
        pool.broadcast(|_| is_untouched())
            .into_iter()
            .all(|untouched| untouched)
    );
    assert_eq!(Arc::strong_count(&shared), 1);
}
