//! An executor is driven in a context, which its main futures share.

use std::time::Duration;

use contextvars::{Context, context_var};

use crate::common::yield_now;
use crate::executor::Executor;

#[context_var]
static NUMBER: u32;
#[context_var]
static TRACE: Vec<&'static str> = Vec::new();

/// R3, Case 104: one context through several runs of an executor.
pub(crate) fn a_runner_keeps_its_context<E: Executor>() {
    async fn step<E: Executor>(number: u32) -> [Option<u32>; 2] {
        let before = NUMBER.get();
        yield_now().await;
        NUMBER.set(number);
        E::sleep(Duration::from_millis(1)).await;
        [before, NUMBER.get()]
    }

    let mut context = Context::new();
    assert_eq!(context.run(|| E::run(step::<E>(1))), [None, Some(1)]);
    assert_eq!(context.run(|| E::run(step::<E>(2))), [Some(1), Some(2)]);
    assert_eq!((context.get(&NUMBER), NUMBER.get()), (Some(&2), None));
}

/// R3, Case 108: one context through set-up, test, tear-down and clean-up.
pub(crate) fn a_whole_life_cycle_in_one_context<E: Executor>() {
    fn step(name: &'static str) {
        let mut trace = TRACE.get();
        trace.push(name);
        TRACE.set(trace);
    }

    async fn async_step(name: &'static str) {
        yield_now().await;
        step(name);
        yield_now().await;
    }

    let mut context = Context::new();
    context.run(|| step("set up"));
    for name in ["async set up", "test", "async tear down"] {
        context.run(|| E::run(async_step(name)));
    }
    context.run(|| step("tear down"));
    context.run(|| E::run(async_step("async clean-up")));
    context.run(|| step("clean-up"));
    assert_eq!(
        context.get(&TRACE).map(Vec::as_slice),
        Some(
            &[
                "set up",
                "async set up",
                "test",
                "async tear down",
                "tear down",
                "async clean-up",
                "clean-up"
            ][..]
        )
    );
    assert_eq!(TRACE.get(), Vec::<&str>::new());
}
