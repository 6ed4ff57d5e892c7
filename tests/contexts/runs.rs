//! A context is run: what is set in it stays in it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use contextvars::{Context, ContextExt, bind, bind_fn, context_var, with_context};

use crate::common::{drive, panic_of, ready, yield_now};
use crate::{BARE, NUMBER, TEXT};

/// Case 12
#[test]
fn run_takes_any_callable_and_returns_what_it_returns() {
    fn item() -> u32 {
        1
    }

    let moved = String::from("moved");
    let mut counter = 0;
    let mut context = Context::new();
    assert_eq!(context.run(item), 1);
    assert_eq!(context.run(|| moved), "moved", "called once");
    context.run(|| counter += 1);
    assert_eq!(counter, 1);
    assert_eq!(context.run(|| Err::<(), _>("an error")), Err("an error"));
    let borrowed = [1, 2, 3];
    assert_eq!(context.run(|| &borrowed[1..]), [2, 3]);
}

/// Cases 13, 15, 167
#[test]
fn run_passes_a_panic_on() {
    let mut context = Context::new();
    let panicked = panic_of(|| {
        context.run(|| {
            BARE.set(1);
            panic!("expected");
        })
    });
    assert_eq!(panicked.message, "expected");
    assert_eq!(BARE.get(), None);
    let thrown = AssertUnwindSafe(|| context.run(|| resume_unwind(Box::new(7_u32))));
    let payload = catch_unwind(thrown).expect_err("it panics");
    assert_eq!(payload.downcast_ref(), Some(&7_u32), "the very payload");
    assert_eq!(context.run(|| NUMBER.get()), 42, "and the context can be run again");
}

/// Case 14
#[test]
fn what_run_sets_stays_in_its_context() {
    let (mut one, mut two) = (Context::new(), Context::new());
    let snapshot = one.run(|| {
        assert_eq!(TEXT.get(), None);
        TEXT.set("spam".to_owned());
        two.run(|| assert_eq!(TEXT.get(), None));
        assert_eq!(TEXT.get().as_deref(), Some("spam"));
        let snapshot = Context::current();
        assert_eq!(snapshot.len(), 1);
        snapshot
    });
    assert_eq!(TEXT.get(), None);
    assert_eq!(one.get(&TEXT), snapshot.get(&TEXT));
    assert_eq!((one.len(), one.contains(&TEXT), two.is_empty()), (1, true, true));
    assert_eq!(
        one.run(|| TEXT.get()).as_deref(),
        Some("spam"),
        "a second run begins where the first has ended"
    );
}

/// Case 48
#[test]
fn a_context_run_again_has_what_was_written_before() {
    let mut context = Context::new();
    for round in 0..10_u32 {
        context.run(|| {
            assert_eq!(BARE.get(), round.checked_sub(1));
            BARE.set(round);
        });
    }
    context.run(|| drop(BARE.unset()));
    assert!(context.is_empty());
}

/// Cases 45, 47
#[test]
fn runs_nest_and_restore() {
    let (mut outer, mut inner) = (Context::new().with(&BARE, 1), Context::new().with(&BARE, 2));
    outer.run(|| {
        BARE.set(10);
        inner.run(|| {
            BARE.set(20);
            NUMBER.set(20);
            assert_eq!(Context::current().len(), 2);
        });
        assert_eq!((BARE.get(), NUMBER.get()), (Some(10), 42));
    });
    assert_eq!(
        (outer.get(&BARE), inner.get(&BARE), inner.get(&NUMBER)),
        (Some(&10), Some(&20), Some(&20))
    );
}

/// Case 142
#[test]
fn one_context_after_another() {
    let (empty, one) = (Context::new(), Context::new().with(&NUMBER, 1));
    for (context, expected) in [(&one, 1), (&empty, 42), (&one, 1), (&empty, 42)] {
        assert_eq!(context.clone().run(|| NUMBER.get()), expected);
    }
}

/// Case 59: two producers, each in a context of its own, and their consumer take turns.
#[test]
fn contexts_taking_turns_do_not_mix() {
    let (mut one, mut two) = (Context::new(), Context::new());
    Context::new().run(|| {
        for round in 0..5_u32 {
            BARE.set(round);
            for (context, offset) in [(&mut one, 100), (&mut two, 200)] {
                context.run(|| {
                    assert_eq!(BARE.get(), round.checked_sub(1).map(|before| before + offset));
                    BARE.set(round + offset);
                });
                assert_eq!(BARE.get(), Some(round));
            }
        }
    });
}

/// Case 168
#[test]
fn an_empty_context_inside_is_an_exit() {
    NUMBER.sync_scope(1, || {
        BARE.sync_scope(2, || {
            Context::new().run(|| assert_eq!((NUMBER.get(), BARE.get()), (42, None)));
            let without = Context::current().without(&NUMBER);
            without
                .clone()
                .run(|| assert_eq!((NUMBER.get(), BARE.get()), (42, Some(2))));
            assert_eq!((NUMBER.get(), BARE.get()), (1, Some(2)));
        });
    });
}

/// Case 175
#[test]
fn an_exit_holds_across_awaits() {
    async fn read() -> [u32; 2] {
        let before = NUMBER.get();
        yield_now().await;
        [before, NUMBER.get()]
    }

    let future = NUMBER.scope(1, async {
        let exit = read().in_context(Context::current().without(&NUMBER)).await;
        (exit, NUMBER.get())
    });
    assert_eq!(drive(future), ([42, 42], 1));
}

/// Case 104: one context through several runs of an executor.
#[test]
fn a_runner_keeps_its_context() {
    async fn step(number: u32) -> Option<u32> {
        let before = BARE.get();
        yield_now().await;
        BARE.set(number);
        before
    }

    let mut context = Context::new();
    assert_eq!(context.run(|| drive(step(1))), None);
    assert_eq!(context.run(|| drive(step(2))), Some(1));
    assert_eq!(context.get(&BARE), Some(&2));
}

/// Case 108: one context through set-up, test and tear-down.
#[test]
fn a_whole_life_cycle_in_one_context() {
    #[context_var]
    static TRACE: Vec<&'static str> = Vec::new();

    fn step(name: &'static str) {
        let mut trace = TRACE.get();
        trace.push(name);
        TRACE.set(trace);
    }

    let mut context = Context::new();
    context.run(|| step("set up"));
    context.run(|| ready(async { step("async set up") }));
    context.run(|| ready(async { step("test") }));
    context.run(|| step("tear down"));
    assert_eq!(
        context.get(&TRACE).map(Vec::as_slice),
        Some(&["set up", "async set up", "test", "tear down"][..])
    );
    assert_eq!(TRACE.get(), Vec::<&str>::new());
}

/// Case 144: in an empty context there is nothing to capture, and what was captured before still works.
#[test]
fn nothing_flows_out_of_an_empty_context() {
    #[with_context]
    async fn handler() -> Option<u32> {
        BARE.get()
    }

    #[with_context(fresh)]
    fn suppressed(check: impl Fn()) {
        check();
    }

    Context::new().with(&BARE, 1).run(|| {
        let earlier = (Context::current(), bind_fn(|| BARE.get()));
        let check = || {
            assert_eq!((BARE.get(), Context::current().is_empty()), (None, true));
            assert_eq!(ready(handler()), None);
            assert_eq!(thread::spawn(bind(|| BARE.get())).join().expect("no panic"), None);
            let (snapshot, bound) = &earlier;
            assert_eq!((snapshot.clone().run(|| BARE.get()), bound()), (Some(1), Some(1)));
        };
        Context::new().run(check);
        Context::new().run(|| Context::new().run(check));
        suppressed(check);
        ready(async { check() }.in_context(Context::new()));
        Context::new().run(|| drop(BARE.set(2)));
        assert_eq!((BARE.get(), ready(handler())), (Some(1), Some(1)));
    });
}
