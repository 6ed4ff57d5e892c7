//! R9: threads start empty, and values cross by `bind`, an annotated fn or `in_context`.

use std::sync::Barrier;
use std::thread;

use contextvars::{Context, ContextExt, bind, bind_fn, context_var, with_context};
use futures::executor::block_on;

#[context_var]
static NAME: &str = "nobody";
#[context_var]
static NUMBER: u32;

/// R9, Cases 32, 33, 66
#[test]
fn a_thread_starts_empty() {
    fn empty() {
        assert_eq!((NAME.get(), NUMBER.get(), NAME.is_set()), ("nobody", None, false));
        assert!(Context::current().is_empty());
        NAME.try_set("child").expect_err("no context is entered");
    }

    Context::new().with(&NUMBER, 1).run(|| {
        NAME.set("parent");
        thread::spawn(empty).join().expect("no panic");
        thread::scope(|scope| scope.spawn(empty).join().expect("no panic"));
        thread::Builder::new()
            .spawn(empty)
            .expect("a thread")
            .join()
            .expect("no panic");
        assert_eq!((NAME.get(), NUMBER.get()), ("parent", Some(1)));
    });
}

/// R9: a thread has a context of its own, and writes to nobody else's.
#[test]
fn a_threads_writes_are_its_own() {
    Context::new().run(|| {
        NAME.set("parent");
        thread::spawn(|| {
            Context::new().run(|| {
                NAME.set("child");
                assert_eq!(NAME.get(), "child");
            });
            assert_eq!(NAME.get(), "nobody");
        })
        .join()
        .expect("no panic");
        assert_eq!(NAME.get(), "parent");
    });
}

/// R9, Cases 31, 106
#[test]
fn bind_carries_the_context_to_a_thread() {
    Context::new().run(|| {
        NAME.set("parent");
        let bound = bind(|| {
            let seen = NAME.get();
            NAME.set("child");
            (seen, NAME.get())
        });
        NAME.set("later");
        assert_eq!(thread::spawn(bound).join().expect("no panic"), ("parent", "child"));
        assert_eq!(NAME.get(), "later");
    });
}

/// R9, R1, Cases 68, 69: captured is what there is where the closure is bound, not where the thread starts.
#[test]
fn what_changes_after_the_capture_does_not_reach_the_thread() {
    let read = || (NAME.get(), NUMBER.get());
    Context::new().run(|| {
        let nothing = bind(read);
        let token = NAME.set("captured");
        NUMBER.set(1);
        let captured = [bind(read), bind(read)];
        NUMBER.set(2);
        let [changed, reset] = captured;
        assert_eq!(thread::spawn(changed).join().expect("no panic"), ("captured", Some(1)));
        NAME.reset(token).expect("its own token");
        NUMBER.unset();
        assert_eq!(thread::spawn(reset).join().expect("no panic"), ("captured", Some(1)));
        NAME.set("later");
        assert_eq!(thread::spawn(nothing).join().expect("no panic"), ("nobody", None));
    });
}

/// R9, Case 106
#[tokio::test]
async fn bind_carries_the_context_to_spawn_blocking() {
    let seen = NAME
        .scope("caller", async {
            let bound = bind(|| (NAME.get(), NUMBER.set(1)));
            tokio::task::spawn_blocking(bound).await.expect("no panic").0
        })
        .await;
    assert_eq!(seen, "caller");
    let raw = NAME.scope("caller", async { tokio::task::spawn_blocking(|| NAME.get()).await });
    assert_eq!(raw.await.expect("no panic"), "nobody");
}

/// R9, Cases 34, 35
#[test]
fn a_given_context_is_the_threads() {
    let context = Context::new().with(&NAME, "given");
    Context::new().with(&NAME, "parent").run(|| {
        let mut given = context.clone();
        assert_eq!(
            thread::spawn(move || given.run(|| NAME.get()))
                .join()
                .expect("no panic"),
            "given"
        );
        let future = async { NAME.get() }.in_context(context.clone());
        assert_eq!(thread::spawn(|| block_on(future)).join().expect("no panic"), "given");
        let mut empty = Context::new();
        assert_eq!(
            thread::spawn(move || empty.run(|| NAME.get()))
                .join()
                .expect("no panic"),
            "nobody"
        );
    });
}

/// R9
#[test]
fn an_annotated_fn_carries_the_context_to_a_thread() {
    #[with_context]
    async fn handler() -> &'static str {
        NAME.get()
    }

    Context::new().with(&NAME, "parent").run(|| {
        let future = handler();
        assert_eq!(thread::spawn(|| block_on(future)).join().expect("no panic"), "parent");
        assert_eq!(
            thread::spawn(|| block_on(handler())).join().expect("no panic"),
            "nobody",
            "called there"
        );
    });
}

/// R9, Case 283
#[test]
fn each_call_of_a_bound_fn_starts_from_the_snapshot() {
    const CALLS: u32 = 8;

    let together = Barrier::new(CALLS as usize);
    let count = Context::new().with(&NUMBER, 100).run(|| {
        let count = bind_fn(|| {
            let before = NUMBER.get().expect("bound");
            NUMBER.set(before + 1);
            NUMBER.get()
        });
        NUMBER.set(0);
        assert_eq!([count(), count()], [Some(101), Some(101)]);
        assert_eq!(NUMBER.get(), Some(0));
        count
    });
    thread::scope(|scope| {
        for _ in 0..CALLS {
            scope.spawn(|| {
                for _ in 0..100 {
                    together.wait();
                    assert_eq!(count(), Some(101));
                }
                assert_eq!(NUMBER.get(), None);
            });
        }
    });
}

/// R9, Cases 283, T31: the calls of one bound fn that run at once share no writes.
#[test]
fn calls_at_once_share_no_writes() {
    let together = Barrier::new(2);
    let bound = bind_fn(|| {
        let number = if thread::current().name() == Some("one") { 1 } else { 2 };
        NUMBER.set(number);
        together.wait();
        let seen = NUMBER.get();
        together.wait();
        assert_eq!(seen, Some(number));
    });
    thread::scope(|scope| {
        for name in ["one", "two"] {
            let builder = thread::Builder::new().name(name.to_owned());
            builder.spawn_scoped(scope, &bound).expect("a thread");
        }
    });
}

/// R9, Cases 31, 113
#[test]
fn threads_never_see_each_other() {
    let together = Barrier::new(10);
    thread::scope(|scope| {
        for thread in 0..10 {
            let together = &together;
            scope.spawn(move || {
                Context::new().run(|| {
                    for round in 0..100 {
                        NUMBER.set(thread * 1000 + round);
                        let name = if thread % 2 == 0 { "bound" } else { "nobody" };
                        if thread % 2 == 0 {
                            NAME.set(name);
                        }
                        together.wait();
                        assert_eq!((NUMBER.get(), NAME.get()), (Some(thread * 1000 + round), name));
                    }
                });
            });
        }
    });
}

/// R9, Case 31: on a pool, whose threads run what they steal while they wait for their own.
#[test]
fn jobs_on_a_pool_see_their_own() {
    #[with_context(NUMBER = number)]
    fn job(number: u32) {
        if number < 512 {
            let [left, right] = [2 * number, 2 * number + 1].map(|child| bind(move || job(child)));
            rayon::join(left, right);
        }
        assert_eq!(NUMBER.get(), Some(number));
    }

    let pool = rayon::ThreadPoolBuilder::new().num_threads(10).build().expect("a pool");
    for _ in 0..10 {
        pool.install(|| job(1));
        pool.broadcast(|_| assert!(Context::current().is_empty()));
    }
}

/// R9, Case 112: two threads that inherit open scopes of their own, and are back in the snapshot after them.
#[test]
fn threads_that_inherit_open_scopes_of_their_own() {
    let together = Barrier::new(2);
    Context::new().with(&NAME, "parent").run(|| {
        let inheriting = |name| {
            let together = &together;
            bind(move || {
                assert_eq!(NAME.get(), "parent");
                NAME.sync_scope(name, || {
                    together.wait();
                    assert_eq!(NAME.get(), name);
                    together.wait();
                });
                assert_eq!(NAME.get(), "parent");
            })
        };
        let (one, two) = (inheriting("one"), inheriting("two"));
        NAME.set("later");
        thread::scope(|scope| {
            scope.spawn(one);
            scope.spawn(two);
        });
    });
}
