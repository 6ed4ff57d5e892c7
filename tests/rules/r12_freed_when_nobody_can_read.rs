//! R12: a value dies as soon as nobody can read it.

mod histories;
mod pools;
mod tasks;

use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use contextvars::{Context, ContextExt, bind, bind_fn, context_var, with_context};
use futures::future::pending;

use crate::common::{poll_once, ready, yield_now};

#[context_var]
static VALUE: Arc<u32>;
#[context_var]
static OTHER: u32 = 0;

/// A value, and how many hold it beside the test.
struct Watched(Arc<u32>);

impl Watched {
    fn new(number: u32) -> Self {
        Self(Arc::new(number))
    }

    fn value(&self) -> Arc<u32> {
        Arc::clone(&self.0)
    }

    fn alive(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

/// R12, Case 205
#[test]
fn at_the_end_of_a_scope() {
    crate::common::outside_and_inside(|| {
        let value = Watched::new(1);
        VALUE.sync_scope(value.value(), || assert!(value.alive()));
        assert!(!value.alive());
        ready(VALUE.scope(value.value(), async { assert!(value.alive()) }));
        assert!(!value.alive());
        Context::new().run(|| drop(VALUE.set(value.value())));
        assert!(!value.alive());
        let mut context = Context::new().with(&VALUE, value.value());
        context.run(|| ());
        assert!(value.alive());
        drop(context);
        assert!(!value.alive());
    });
}

/// R12, Case 174
#[test]
fn when_it_is_overwritten_unset_or_reset() {
    Context::new().run(|| {
        let [one, two, three] = [1, 2, 3].map(Watched::new);
        VALUE.set(one.value());
        VALUE.set(two.value());
        assert!(!one.alive(), "overwritten, its token dropped");
        let token = VALUE.set(three.value());
        assert!(two.alive(), "the token remembers it");
        VALUE.reset(token).expect("its own token");
        assert!(!three.alive(), "reset");
        assert!(two.alive());
        drop(VALUE.set(three.value()).guard());
        assert!(!three.alive(), "guarded");
        let token = VALUE.unset();
        assert!(two.alive(), "the token remembers it");
        drop(token);
        assert!(!two.alive(), "unset");
    });
}

/// R12
#[test]
fn when_the_last_snapshot_goes() {
    Context::new().run(|| {
        let [one, two] = [1, 2].map(Watched::new);
        VALUE.set(one.value());
        let snapshot = Context::current();
        let copy = snapshot.clone();
        let without = snapshot.without(&VALUE);
        let rebound = snapshot.with(&VALUE, two.value());
        VALUE.unset();
        drop(snapshot);
        assert!(one.alive());
        drop(copy);
        assert!(!one.alive(), "neither `without` nor `rebound` can show it");
        assert!(two.alive());
        drop((without, rebound));
        assert!(!two.alive());
    });
}

/// R12, R8: what is displaced while it is lent dies with the last loan of it.
#[test]
fn when_the_loan_in_which_it_was_displaced_ends() {
    Context::new().run(|| {
        let [one, two] = [1, 2].map(Watched::new);
        VALUE.set(one.value());
        VALUE.with(|_| {
            VALUE.with(|_| drop(VALUE.set(two.value())));
            assert!(one.alive(), "lent further out");
            crate::common::panic_of(|| {
                VALUE.with(|_| {
                    drop(VALUE.unset());
                    assert!(two.alive());
                    panic!("expected");
                })
            });
            assert!(!two.alive());
            assert!(one.alive());
        });
        assert!(!one.alive());
    });
}

/// A future of its own, that has set or unset `VALUE` at its first poll, and then waits.
fn rebound_children(new: &Watched) -> Vec<Pin<Box<dyn Future<Output = ()> + Send>>> {
    #[with_context]
    async fn sets(value: Arc<u32>) {
        VALUE.set(value);
        pending::<()>().await;
    }

    #[with_context]
    async fn unsets() {
        VALUE.unset();
        pending::<()>().await;
    }

    #[with_context]
    async fn sets_others_first(value: Arc<u32>) {
        OTHER.set(1);
        let token = OTHER.set(2);
        VALUE.set(value);
        OTHER.reset(token).expect("its own token");
        pending::<()>().await;
    }

    #[with_context]
    fn boxed(value: Arc<u32>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        VALUE.set(value);
        Box::pin(pending())
    }

    vec![
        boxed(new.value()),
        Box::pin(sets(new.value())),
        Box::pin(unsets()),
        Box::pin(sets_others_first(new.value())),
        Box::pin(VALUE.scope(new.value(), pending())),
        Box::pin(VALUE.scope(new.value(), sets(new.value()))),
        Box::pin(VALUE.scope(new.value(), OTHER.scope(1, pending()))),
        Box::pin(pending().in_context(Context::current().with(&VALUE, new.value()))),
        Box::pin(pending().in_context(Context::current().without(&VALUE))),
    ]
}

/// R12: a child that rebinds a variable does not keep its parent's value.
///
/// A child `in_current_context` is not among them: as a wrapper that is alive it can still show what it was given, to
/// a handler inside it that was made before it and is polled later (R4).
#[test]
fn when_a_child_has_rebound_it() {
    let [parents, new] = [1, 2].map(Watched::new);
    for child in 0..9 {
        Context::new().run(|| {
            OTHER.set(7);
            VALUE.set(parents.value());
            let mut future = rebound_children(&new).swap_remove(child);
            assert!(poll_once(future.as_mut()).is_pending());
            assert!(parents.alive());
            VALUE.unset();
            assert!(!parents.alive(), "child {child}");
            assert!(poll_once(future.as_mut()).is_pending());
            drop(future);
            assert!(!new.alive(), "child {child}");
        });
    }
}

/// R12: so also for a child that is bound in a scope and not yet polled.
#[test]
fn when_a_scope_never_polled_has_rebound_it() {
    let [parents, new] = [1, 2].map(Watched::new);
    Context::new().run(|| {
        VALUE.set(parents.value());
        let scope = VALUE.scope(new.value(), pending::<()>());
        VALUE.unset();
        assert!(!parents.alive(), "the scope can show its own value only");
        assert!(new.alive());
        drop(scope);
        assert!(!new.alive());
    });
}

/// R12: and for one that a function has rebound before it returned the future.
#[test]
fn when_a_function_has_rebound_it_for_its_future() {
    #[with_context]
    fn rebinds(first: Arc<u32>, then: Arc<u32>) -> Pin<Box<dyn Future<Output = ()>>> {
        VALUE.set(first);
        Box::pin(async {
            VALUE.set(then);
            pending::<()>().await;
        })
    }

    let [parents, first, then] = [1, 2, 3].map(Watched::new);
    Context::new().run(|| {
        VALUE.set(parents.value());
        let mut future = rebinds(first.value(), then.value());
        VALUE.unset();
        assert!(!parents.alive() && first.alive());
        assert!(poll_once(future.as_mut()).is_pending());
        assert!(!first.alive() && then.alive());
        drop(future);
        assert!(!then.alive());
    });
}

/// R12: a wrapper that is done holds nothing, though somebody holds the wrapper.
#[test]
fn when_a_wrapper_is_done_and_kept() {
    #[with_context]
    async fn handler(value: Arc<u32>) {
        VALUE.set(value);
    }

    crate::common::outside_and_inside(|| {
        let value = Watched::new(1);
        let done: [Pin<Box<dyn Future<Output = ()>>>; 5] = [
            Box::pin(handler(value.value())),
            Box::pin(VALUE.scope(value.value(), async {})),
            Box::pin(async {}.in_context(Context::new().with(&VALUE, value.value()))),
            Box::pin(VALUE.scope(value.value(), OTHER.scope(1, handler(value.value())))),
            Box::pin(VALUE.scope(value.value(), async {}.in_context(Context::current()))),
        ];
        let kept = done.map(|mut future| {
            assert!(poll_once(future.as_mut()).is_ready());
            future
        });
        assert!(!value.alive());
        drop(kept);
    });
}

/// R12: the same when many variables are bound.
#[test]
fn when_a_child_has_rebound_it_among_many() {
    let [parents, new] = [1, 2].map(Watched::new);
    for bound in [0, 1, 3, 4, 7, 8, 9, 16, 33, 100, 1000] {
        Context::new().run(|| {
            for (number, variable) in crate::common::many::all().into_iter().take(bound).enumerate() {
                variable.set(number);
            }
            VALUE.set(parents.value());
            let snapshot = Context::current();
            let mut future = Box::pin(VALUE.scope(new.value(), pending::<()>()));
            assert!(poll_once(future.as_mut()).is_pending());
            let rebound = snapshot.with(&VALUE, new.value());
            let without = snapshot.without(&VALUE);
            drop(snapshot);
            drop(VALUE.set(new.value()));
            assert!(!parents.alive(), "{bound} variables");
            drop((future, rebound, without, VALUE.unset()));
            assert!(!new.alive(), "{bound} variables");
        });
    }
}

/// R12, Case 279
#[test]
fn when_a_future_is_done_cancelled_or_has_panicked() {
    #[with_context]
    async fn handler(value: Arc<u32>, panics: bool) {
        VALUE.set(value);
        yield_now().await;
        assert!(!panics, "expected");
    }

    crate::common::outside_and_inside(|| {
        let value = Watched::new(1);
        crate::common::drive(handler(value.value(), false));
        assert!(!value.alive(), "done");
        let mut future = Box::pin(handler(value.value(), false));
        assert!(poll_once(future.as_mut()).is_pending());
        assert!(value.alive());
        drop(future);
        assert!(!value.alive(), "cancelled");
        drop(handler(value.value(), false));
        drop(VALUE.scope(value.value(), pending::<()>()));
        assert!(!value.alive(), "never polled");
        let panicked = crate::common::panic_of(|| crate::common::drive(handler(value.value(), true)));
        assert_eq!(panicked.message, "expected");
        assert!(!value.alive(), "panicked");
    });
}

/// R12: a call that panicked keeps nothing either.
#[test]
fn when_a_call_has_panicked() {
    let value = Watched::new(1);
    crate::common::panic_of(|| VALUE.sync_scope(value.value(), || panic!("expected")));
    assert!(!value.alive());
    crate::common::panic_of(|| {
        Context::new().run(|| {
            let _guard = VALUE.set(value.value()).guard();
            panic!("expected");
        })
    });
    assert!(!value.alive());
}

/// R12
#[test]
fn when_a_bound_closure_is_used_up() {
    Context::new().run(|| {
        let [captured, called] = [1, 2].map(Watched::new);
        VALUE.set(captured.value());
        let (once, unused, many) = (bind(|| VALUE.get()), bind(|| ()), {
            let called = called.value();
            bind_fn(move || drop(VALUE.set(Arc::clone(&called))))
        });
        VALUE.unset();
        assert!(captured.alive());
        assert_eq!(once().as_deref(), Some(&1));
        many();
        assert!(captured.alive(), "the others hold it");
        thread::spawn(move || drop(many)).join().expect("no panic");
        assert!(!called.alive());
        drop(unused);
        assert!(!captured.alive());
    });
}

/// R12, Case 174: a handler that captured it, and was polled when it was gone from everywhere else.
#[test]
fn when_the_last_capture_goes() {
    #[with_context]
    async fn handler() -> Option<u32> {
        VALUE.with(|value| value.map(|value| **value))
    }

    let value = Watched::new(1);
    let futures = Context::new()
        .with(&VALUE, value.value())
        .run(|| [handler(), handler(), handler()]);
    assert!(value.alive());
    for future in futures {
        assert_eq!(thread::spawn(|| ready(future)).join().expect("no panic"), Some(1));
    }
    assert!(!value.alive());
}

/// R12, Case T13: a chain of captures is no nest: each context stands for itself.
#[test]
fn when_a_long_chain_of_contexts_goes() {
    let value = Watched::new(1);
    let mut context = Context::new().with(&VALUE, value.value());
    for number in 0..1_000_000 {
        context = context.with(&OTHER, number);
    }
    assert_eq!(context.len(), 2);
    drop(context);
    assert!(!value.alive());
}
