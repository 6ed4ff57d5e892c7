//! A whole `impl` block: its `async` methods and those that return a future, but for those with `skip`.

use crate::{USER, run};
use contextvars::with_context;
use std::pin::Pin;

#[derive(Debug)]
struct Service<const N: usize>(&'static str);

/// Documented.
#[with_context]
impl<const N: usize> Service<N> {
    const LIMIT: usize = { N + 1 };

    async fn capturing(&self) -> (&'static str, &'static str, usize) {
        (self.0, USER.get(), Self::LIMIT)
    }

    #[with_context(skip)]
    async fn skipped(&self) -> (&'static str, &'static str) {
        std::future::ready(()).await;
        (self.0, USER.get())
    }

    #[with_context(USER = "own")]
    async fn own(&self) -> (&'static str, &'static str) {
        (self.0, USER.get())
    }

    fn opaque(&self) -> impl Future<Output = (&'static str, &'static str)> + use<N> {
        std::future::ready((self.0, USER.get()))
    }

    fn boxed(&self) -> Pin<Box<dyn Future<Output = (&'static str, &'static str)> + '_>> {
        Box::pin(async { (self.0, USER.get()) })
    }

    fn plain(&self) -> &'static str {
        drop(USER.try_set("plain"));
        self.0
    }
}

#[test]
fn methods_are_annotated_one_by_one() {
    let service = Service::<3>("s");
    USER.sync_scope("alice", || {
        assert_eq!(service.plain(), "s");
        assert_eq!(USER.get(), "plain");
    });
    let (capturing, skipped, own, opaque, boxed) = USER.sync_scope("alice", || {
        (
            service.capturing(),
            service.skipped(),
            service.own(),
            service.opaque(),
            service.boxed(),
        )
    });
    assert_eq!(run(capturing), ("s", "alice", 4));
    assert_eq!(run(skipped), ("s", "nobody"));
    assert_eq!(run(own), ("s", "own"));
    assert_eq!(run(opaque), ("s", "alice"));
    assert_eq!(run(boxed), ("s", "alice"));
}

/// As `tower` has it.
trait Call {
    type Future;

    fn call(&self) -> Self::Future;
}

#[with_context]
impl Call for Service<1> {
    type Future = Pin<Box<dyn Future<Output = &'static str>>>;

    fn call(&self) -> Self::Future {
        Box::pin(async { USER.get() })
    }
}

#[test]
fn what_is_called_a_future_is_one() {
    let call = USER.sync_scope("alice", || Service("s").call());
    assert_eq!(run(call), "alice");
}
