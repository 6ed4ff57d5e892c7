//! Local variables in functions that return a future: what they bind goes on there, and what they found does not.

use std::sync::Arc;

use contextvars::{ResetError, context_var, with_context};

use super::{DEPTH, NAME, UNIT};
use crate::common::{poll_once, ready, yield_now};

/// What such a fn binds before it returns its future is the future's, and the rest is where that is polled.
#[test]
fn a_returned_future_has_the_locals_that_its_function_bound() {
    #[with_context]
    fn returns() -> impl Future<Output = (u32, Option<Arc<u32>>)> {
        assert_eq!(DEPTH.get(), 1);
        UNIT.set(Arc::new(7));
        async { (DEPTH.get(), UNIT.get()) }
    }

    #[with_context]
    fn unsets() -> impl Future<Output = u32> {
        DEPTH.unset();
        async { DEPTH.get() }
    }

    let (returned, unset) = DEPTH.sync_scope(1, || (returns(), unsets()));
    DEPTH.sync_scope(2, || {
        assert_eq!(ready(returned), (2, Some(Arc::new(7))));
        assert_eq!(ready(unset), 0);
    });
}

/// A token that such a fn has made could bring its caller's value back, in another task by then.
#[test]
fn a_returned_future_can_not_bring_its_callers_local_back() {
    #[with_context]
    fn returns() -> impl Future<Output = (bool, u32)> {
        let token = DEPTH.set(5);
        async move {
            let refused = matches!(DEPTH.reset(token), Err(ResetError::DifferentContext(_)));
            (refused, DEPTH.get())
        }
    }

    let returned = DEPTH.sync_scope(1, returns);
    assert_eq!(ready(returned), (true, 5));
}

/// Nor hide the one where it is polled, if there was none at the call.
#[test]
fn a_returned_future_can_not_hide_the_local_where_it_is_polled() {
    #[with_context]
    fn returns() -> impl Future<Output = (bool, u32)> {
        let token = DEPTH.set(5);
        drop(DEPTH.unset());
        async move { (DEPTH.reset(token).is_ok(), DEPTH.get()) }
    }

    let returned = returns();
    assert_eq!(DEPTH.sync_scope(2, || ready(returned)), (false, 2));
}

/// A local that such a fn binds takes no effect from the tokens of other variables.
#[test]
fn a_guard_of_the_call_goes_on_beside_a_local() {
    #[with_context(DEPTH = 1)]
    fn returns() -> impl Future<Output = [&'static str; 2]> {
        let guard = NAME.set("alice").guard();
        async move {
            let before = NAME.get();
            drop(guard);
            [before, NAME.get()]
        }
    }

    assert_eq!(ready(returns()), ["alice", "nobody"]);
    assert_eq!(DEPTH.sync_scope(2, || ready(returns())), ["alice", "nobody"]);
}

/// R12: what such a fn has bound goes when its future unbinds it.
#[test]
fn what_a_fn_bound_before_its_future_dies_when_that_unbinds_it() {
    #[context_var]
    static SHARED: Arc<u32>;

    #[with_context]
    fn returns(value: Arc<u32>) -> impl Future<Output = ()> {
        UNIT.set(Arc::clone(&value));
        SHARED.set(value);
        async {
            UNIT.unset();
            SHARED.unset();
            yield_now().await;
        }
    }

    let value = Arc::new(1);
    let mut alone = Box::pin(returns(Arc::clone(&value)));
    let mut scoped = Box::pin(DEPTH.scope(1, SHARED.scope(Arc::new(2), returns(Arc::clone(&value)))));
    assert!(poll_once(alone.as_mut()).is_pending() && poll_once(scoped.as_mut()).is_pending());
    assert_eq!(Arc::strong_count(&value), 1);
}
