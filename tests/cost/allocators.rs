//! R8: an allocator may be user code, and finds the context as it was.

use std::cell::Cell;

use contextvars::Context;
use futures::future::pending;

use crate::NUMBER;
use crate::counting::at_each_allocation;

thread_local! {
    /// How often an allocator has looked, and how often it has seen what is bound.
    static SEEN: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

fn look() {
    let (looks, found) = SEEN.get();
    SEEN.set((looks + 1, found + usize::from(NUMBER.get() == 1)));
}

/// Makes ten of something, where more memory is asked for than a thread has spare.
#[track_caller]
fn sees_what_is_bound<T>(make: fn() -> T) {
    Context::new().with(&NUMBER, 1).run(|| {
        SEEN.set((0, 0));
        let mut kept = Vec::with_capacity(10);
        for _ in 0..10 {
            let shown = Context::current();
            let result = at_each_allocation(look, make);
            kept.push((shown, Context::current(), result));
            NUMBER.set(1);
        }
        let (looks, found) = SEEN.get();
        assert!(looks >= 10 && looks == found, "{found} of {looks}");
    });
}

#[test]
fn an_allocator_sees_the_context_around_a_scope() {
    sees_what_is_bound(|| NUMBER.scope(2, pending::<()>()));
    sees_what_is_bound(|| NUMBER.sync_scope(2, Context::current));
}

#[test]
fn an_allocator_sees_the_context_before_a_set() {
    sees_what_is_bound(|| NUMBER.set(2));
}
