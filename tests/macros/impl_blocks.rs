//! A whole `impl` block: its `async` methods and those that return a future, but for those with `skip`.

use crate::{USER, run};
use contextvars::with_context;
use futures::future::BoxFuture;
use std::fmt::Display;
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

type Held = Result<BoxFuture<'static, &'static str>, u8>;

/// Methods that return a future in something else.
struct Holding;

#[with_context]
impl Holding {
    fn in_a_result(&self, is_ok: bool) -> Result<BoxFuture<'static, &'static str>, u8> {
        let Self = self;
        if is_ok {
            Ok(Box::pin(async { USER.get() }))
        } else {
            Err(1)
        }
    }

    fn opaque_in_an_option(&self) -> Option<impl Future<Output = &'static str> + use<>> {
        let Self = self;
        Some(async { USER.get() })
    }

    #[with_context]
    fn by_another_name(&self) -> Held {
        let Self = self;
        Ok(Box::pin(async { USER.get() }))
    }

    #[with_context(skip)]
    #[allow(clippy::unnecessary_wraps)]
    fn skipped(&self) -> Held {
        let Self = self;
        Ok(Box::pin(async { USER.get() }))
    }
}

#[test]
fn what_a_method_returns_may_hold_a_future() {
    let (result, option, named, skipped) = USER.sync_scope("alice", || {
        (
            Holding.in_a_result(true),
            Holding.opaque_in_an_option(),
            Holding.by_another_name(),
            Holding.skipped(),
        )
    });
    assert_eq!(run(result.unwrap()), "alice");
    assert_eq!(Holding.in_a_result(false).err(), Some(1));
    assert_eq!(run(option.unwrap()), "alice");
    assert_eq!(run(named.unwrap()), "alice");
    assert_eq!(run(skipped.unwrap()), "nobody");
}

/// Returns all sorts of things that are no futures, and is left alone.
#[derive(Clone, Debug, PartialEq)]
struct Left<'a, T, const N: usize> {
    items: [&'a T; N],
}

trait Give {
    type Given<'b>
    where
        Self: 'b;

    fn give(&self) -> Self::Given<'_>;

    fn user(&self) -> impl Future<Output = &'static str>;
}

#[with_context]
impl<'a, T: Clone + Display, const N: usize> Left<'a, T, N> {
    async fn user(&self) -> (usize, &'static str) {
        (self.items.len(), USER.get())
    }

    const fn new(items: [&'a T; N]) -> Self {
        Self { items }
    }

    fn items(&self) -> std::slice::Iter<'_, &'a T> {
        self.items.iter()
    }

    fn same(&self) -> Left<'a, T, N> {
        use std::clone::Clone as Same;

        Same::clone(self)
    }

    fn array(&self) -> [&'a T; N] {
        self.items
    }

    fn map<R, E>(&self, f: impl Fn(&T) -> Result<R, E>) -> Result<Vec<R>, E> {
        self.items.iter().copied().map(f).collect()
    }

    fn object(&self) -> Box<dyn Fn(usize) -> Option<T> + '_> {
        Box::new(|n| self.items.get(n).copied().cloned())
    }

    fn shown(&self) -> impl Iterator<Item = String> {
        self.items.iter().map(ToString::to_string)
    }

    fn first<U>(&self) -> U
    where
        T: Into<U>,
    {
        drop(USER.try_set("first"));
        self.items[0].clone().into()
    }

    fn taken(self) -> Option<<Vec<&'a T> as IntoIterator>::Item> {
        let mut items = self.items.into_iter();
        items.next()
    }

    fn unit(&self) {
        assert!(!self.items.is_empty());
    }

    fn never(&self) -> ! {
        panic!("{}", self.items.len())
    }
}

#[with_context]
impl<T: Display, const N: usize> Give for Left<'_, T, N> {
    type Given<'b>
        = Option<&'b T>
    where
        Self: 'b;

    fn give(&self) -> Self::Given<'_> {
        self.items.first().copied()
    }

    async fn user(&self) -> &'static str {
        USER.get()
    }
}

#[test]
fn what_returns_no_future_is_left_as_it_is() {
    let left = Left::new([&1_u8, &2]);
    assert_eq!(run(USER.scope("alice", left.user())), (2, "alice"));
    assert_eq!(left.items().len(), 2);
    assert_eq!(left.same(), left);
    assert_eq!(left.array(), [&1, &2]);
    assert_eq!(left.map(|&n| Ok::<_, u8>(n + 1)), Ok(vec![2, 3]));
    assert_eq!(left.object()(1), Some(2));
    assert!(left.shown().eq(["1", "2"]));
    USER.sync_scope("alice", || {
        assert_eq!(left.first::<u16>(), 1);
        assert_eq!(USER.get(), "first");
    });
    left.unit();
    assert_eq!(left.give(), Some(&1));
    assert_eq!(run(USER.scope("alice", Give::user(&left))), "alice");
    assert_eq!(left.clone().taken(), Some(&1));
    assert!(std::panic::catch_unwind(|| left.never()).is_err());
}
