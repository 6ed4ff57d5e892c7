//! A local variable belongs to the context that runs, and nothing that can be handed on takes it along.

mod returned;

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread;

use contextvars::{Context, ContextExt, Variable, bind, bind_fn, context_var, with_context};

use crate::common::{drive, outside_and_inside, panic_of, poll_once, ready, yield_now};

#[context_var(local)]
static DEPTH: u32 = 0;
#[context_var(local)]
static UNIT: Arc<u32>;
#[context_var(local, redact)]
static SECRET: String = "none".to_owned();
#[context_var]
static NAME: &str = "nobody";

fn copied(depth: Option<&u32>) -> Option<u32> {
    depth.copied()
}

/// R5
#[test]
fn a_local_is_written_where_a_context_is_entered() {
    let refused = UNIT.try_set(Arc::new(7)).unwrap_err();
    assert_eq!(refused.into_value(), Arc::new(7));
    assert!(DEPTH.try_unset().is_err());
    assert!(panic_of(|| DEPTH.set(1)).message.contains("`DEPTH`"));
    assert_eq!((DEPTH.get(), UNIT.get(), DEPTH.is_set()), (0, None, false));
}

/// All that any variable can do.
#[test]
fn a_local_reads_and_writes_like_any_variable() {
    Context::new().run(|| {
        let first = DEPTH.set(1);
        assert_eq!((DEPTH.get(), DEPTH.is_set(), DEPTH.try_get()), (1, true, Some(1)));
        let second = DEPTH.set(2);
        assert_eq!((first.old_value(), second.old_value()), (None, Some(&1)));
        let third = DEPTH.unset();
        assert_eq!((DEPTH.get(), DEPTH.is_set(), third.old_value()), (0, false, Some(&2)));
        DEPTH.reset(second).expect("its own token");
        assert_eq!(DEPTH.with(|depth| *depth), 1);
        {
            let _guard = DEPTH.set(3).guard();
            assert_eq!(DEPTH.try_with(copied), Some(3));
        }
        assert_eq!(DEPTH.get(), 1);
        DEPTH.reset(first).expect("its own token");
        assert_eq!((DEPTH.get(), DEPTH.is_set()), (0, false));
    });
    assert_eq!(DEPTH.sync_scope(1, || DEPTH.sync_scope(2, || DEPTH.get())), 2);
    assert_eq!(ready(DEPTH.scope(1, DEPTH.scope(2, async { DEPTH.get() }))), 2);
}

/// R8: a loan outlives whatever happens to the binding meanwhile.
#[test]
fn a_loan_of_a_local_outlives_its_binding() {
    Context::new().run(|| {
        let token = UNIT.set(Arc::new(1));
        UNIT.with(|first| {
            for number in 2..100 {
                drop(UNIT.set(Arc::new(number)));
            }
            UNIT.with(|last| {
                UNIT.reset(token).expect("its own token");
                assert_eq!(
                    (UNIT.get(), last, first),
                    (None, Some(&Arc::new(99)), Some(&Arc::new(1)))
                );
            });
        });
    });
}

/// Snapshots leave it out, in every way to look at one.
#[test]
fn no_snapshot_has_a_local() {
    outside_and_inside(|| {
        NAME.sync_scope("alice", || {
            let before = Context::current();
            DEPTH.sync_scope(1, || {
                let current = Context::current();
                assert!(current.ptr_eq(&before));
                assert_eq!(
                    (current.get(&DEPTH), current.contains(&DEPTH), current.len()),
                    (None, false, 1)
                );
                assert_eq!(current.iter().map(|(name, ..)| name).collect::<Vec<_>>(), ["NAME"]);
                assert_eq!(format!("{current:?}"), r#"Context { NAME: "alice" }"#);
                assert!(current.without(&DEPTH).ptr_eq(&current));
            });
        });
    });
}

/// A context that could be handed on is refused one, with what to write instead.
#[test]
fn a_local_is_refused_by_a_context() {
    let context = Context::new();
    let refused = panic_of(|| context.with(&DEPTH, 1));
    assert!(refused.message.contains("`DEPTH` is local"), "{}", refused.message);
    assert!(refused.message.contains("`DEPTH.scope(..)`"), "{}", refused.message);
    assert_eq!(refused.file, file!());
}

/// Of the rules for reads, `run` and `in_context` keep the current ones.
#[test]
fn run_scope_and_in_context_keep_locals() {
    DEPTH.sync_scope(1, || {
        let mut context = Context::new();
        context.run(|| {
            assert_eq!(DEPTH.get(), 1);
            DEPTH.set(2);
        });
        assert_eq!(DEPTH.get(), 1, "what is set inside stays there");
        assert!(context.is_empty());
        assert_eq!(context.run(|| DEPTH.get()), 1, "and is not kept for the next time");
        assert_eq!(NAME.sync_scope("alice", || DEPTH.get()), 1);
        assert_eq!(ready(NAME.scope("alice", async { DEPTH.get() })), 1);
        assert_eq!(ready(async { DEPTH.get() }.in_context(Context::new())), 1);
        assert_eq!(ready(async { DEPTH.get() }.in_current_context()), 1);
    });
    assert_eq!(Context::new().run(|| DEPTH.get()), 0);
}

/// A scope of one local keeps the others.
#[test]
fn a_scope_of_one_local_keeps_the_others() {
    let secret = || "hunter2".to_owned();
    let both = || (DEPTH.get(), SECRET.get());
    DEPTH.sync_scope(1, || {
        assert_eq!(SECRET.sync_scope(secret(), both), (1, secret()));
        assert_eq!(ready(SECRET.scope(secret(), async { both() })), (1, secret()));
    });
    assert_eq!(
        ready(DEPTH.scope(1, SECRET.scope(secret(), async { both() }))),
        (1, secret())
    );
}

/// An annotated fn is called inline, whatever it returns and wherever it starts from.
#[test]
fn annotated_functions_see_locals() {
    #[with_context]
    fn plain() -> u32 {
        DEPTH.get()
    }

    #[with_context(fresh)]
    fn fresh() -> (u32, &'static str) {
        (DEPTH.get(), NAME.get())
    }

    #[with_context(DEPTH = DEPTH.get() + 1)]
    async fn deeper(levels: u32) -> u32 {
        if levels == 0 {
            return DEPTH.get();
        }
        Box::pin(deeper(levels - 1)).await
    }

    NAME.sync_scope("alice", || {
        DEPTH.sync_scope(1, || {
            assert_eq!((plain(), fresh()), (1, (1, "nobody")));
            assert_eq!(drive(deeper(9)), 11);
            assert_eq!(DEPTH.get(), 1);
        });
    });
}

/// R9: bound closures have none, on their own thread either.
#[test]
fn bound_closures_see_no_local() {
    #[with_context(NAME = "alice", DEPTH = 1)]
    fn binds() {
        assert_eq!(
            thread::spawn(|| (DEPTH.get(), NAME.get())).join().unwrap(),
            (0, "nobody")
        );
        assert_eq!(
            thread::spawn(bind(|| (DEPTH.get(), NAME.get()))).join().unwrap(),
            (0, "alice")
        );
        assert_eq!(bind(|| (DEPTH.get(), NAME.get()))(), (0, "alice"));
        let many = bind_fn(|| {
            let before = DEPTH.get();
            DEPTH.set(before + 1);
            (before, DEPTH.get())
        });
        assert_eq!([many(), many()], [(0, 1), (0, 1)]);
        let closure = #[with_context]
        move |name| (DEPTH.get(), NAME.get() == name);
        assert_eq!(closure("alice"), (0, true));
        assert_eq!(DEPTH.get(), 1);
    }

    binds();
}

/// The future of an `async` closure is a future: what is awaited inline sees what is bound there.
#[test]
fn the_future_of_an_async_closure_sees_locals() {
    #[with_context]
    async fn closes() -> [(u32, &'static str); 2] {
        let closure = NAME.sync_scope("alice", || {
            #[with_context]
            async move || (DEPTH.get(), NAME.get())
        });
        let outside = closure().await;
        [outside, DEPTH.scope(1, closure()).await]
    }

    assert_eq!(ready(closes()), [(0, "alice"), (1, "alice")]);
}

/// Inherited at the first poll, and not again.
#[test]
fn a_future_inherits_locals_at_its_first_poll() {
    #[with_context]
    async fn reads() -> [u32; 2] {
        let before = DEPTH.get();
        yield_now().await;
        [before, DEPTH.get()]
    }

    Context::new().run(|| {
        DEPTH.set(1);
        let mut late = Box::pin(reads());
        DEPTH.set(2);
        assert!(poll_once(late.as_mut()).is_pending());
        DEPTH.set(3);
        assert_eq!(ready(late), [2, 2]);
    });
    let mut early = DEPTH.sync_scope(1, || Box::pin(reads()));
    assert!(poll_once(early.as_mut()).is_pending());
    assert_eq!(DEPTH.sync_scope(2, || ready(early)), [0, 0]);
}

/// R2, R6
#[test]
fn what_a_call_does_to_a_local_is_its_own() {
    #[with_context]
    async fn child() -> u32 {
        DEPTH.set(DEPTH.get() + 10);
        yield_now().await;
        DEPTH.get()
    }

    async fn plain() {
        yield_now().await;
        DEPTH.set(5);
    }

    Context::new().run(|| {
        DEPTH.set(1);
        assert_eq!(drive(child()), 11);
        assert_eq!(DEPTH.get(), 1);
        let failed = panic::catch_unwind(AssertUnwindSafe(|| {
            DEPTH.sync_scope(2, || {
                DEPTH.set(3);
                panic::resume_unwind(Box::new("expected"));
            });
        }));
        assert!(failed.is_err());
        assert_eq!(DEPTH.get(), 1);
        drive(plain());
        assert_eq!(DEPTH.get(), 5, "R3: a plain fn shares");
    });
}

/// R12
#[test]
fn a_local_lives_as_long_as_it_shows() {
    #[with_context]
    async fn waits() {
        yield_now().await;
    }

    let value = Arc::new(1);
    let alive = || Arc::strong_count(&value) > 1;
    let scope = || Arc::clone(&value);

    Context::new().run(|| {
        UNIT.set(scope());
        let (snapshot, captured) = (Context::current(), waits());
        let closure = bind(|| UNIT.get());
        UNIT.unset();
        assert!(!alive(), "not in a snapshot, not in a capture, not in a bound closure");
        drop((snapshot, captured, closure));

        UNIT.set(scope());
        let mut begun = Box::pin(waits());
        assert!(poll_once(begun.as_mut()).is_pending());
        UNIT.unset();
        assert!(alive(), "it shows in what has been polled");
        drop(begun);
        assert!(!alive());

        UNIT.sync_scope(scope(), || {
            UNIT.unset();
            assert!(!alive());
        });
        let mut scoped = Box::pin(UNIT.scope(scope(), async {
            UNIT.unset();
            yield_now().await;
        }));
        assert!(alive(), "it will show");
        assert!(poll_once(scoped.as_mut()).is_pending());
        assert!(!alive(), "overwritten inside");
        drop(scoped);
        drop(UNIT.scope(scope(), waits()));
        assert!(!alive(), "never polled");
    });
    Context::new().run(|| drop(UNIT.set(scope())));
    assert!(!alive());
}

/// R8: nothing of the request that happens to need it first.
#[test]
fn a_default_sees_no_local() {
    #[context_var]
    static DERIVED: u32 = DEPTH.get() + 1;

    assert_eq!(DEPTH.sync_scope(5, || DERIVED.get()), 1);
}

/// R10
#[test]
fn a_local_at_the_end_of_a_thread() {
    struct AtEnd;

    impl Drop for AtEnd {
        fn drop(&mut self) {
            assert_eq!(DEPTH.get(), 0);
            assert_eq!(DEPTH.sync_scope(1, || DEPTH.get()), 1);
            assert_eq!(ready(DEPTH.scope(2, async { DEPTH.get() })), 2);
        }
    }

    thread_local!(static AT_END: AtEnd = const { AtEnd });
    thread::spawn(|| AT_END.with(|_| DEPTH.sync_scope(1, || ())))
        .join()
        .expect("no panic");
}

/// `Debug` of the variable says so.
#[test]
fn debug_marks_a_local() {
    assert_eq!(
        format!("{DEPTH:?}"),
        r#"ContextVar { name: "DEPTH", local: true, default: 0, .. }"#
    );
    assert_eq!(
        format!("{NAME:?}"),
        r#"ContextVar { name: "NAME", default: "nobody", .. }"#
    );
    SECRET.sync_scope("hunter2".to_owned(), || {
        let mut shown = String::new();
        SECRET.show(&mut |value| shown = format!("{value:?}"));
        assert_eq!((shown.as_str(), SECRET.get().as_str()), ("Some(<redacted>)", "hunter2"));
    });
}

/// R11
#[test]
fn many_locals_are_apart() {
    Context::new().run(|| {
        let all = crate::common::many::all();
        for var in &all {
            var.set(1);
        }
        DEPTH.set(1);
        drop(UNIT.set(Arc::new(2)));
        SECRET.set("three".to_owned());
        assert_eq!(Context::current().len(), all.len());
        assert_eq!(
            (DEPTH.get(), UNIT.get(), SECRET.get()),
            (1, Some(Arc::new(2)), "three".to_owned())
        );
        DEPTH.unset();
        assert_eq!(
            (DEPTH.get(), UNIT.get(), SECRET.get()),
            (0, Some(Arc::new(2)), "three".to_owned())
        );
    });
}
