//! Methods: every receiver, in types, traits and implementations.

use crate::{USER, run};
use contextvars::with_context;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

#[derive(Clone, Debug, Default, PartialEq)]
struct Counter {
    count: u32,
    label: String,
}

impl Counter {
    const STEP: u32 = 2;

    #[with_context]
    async fn by_ref(&self) -> u32 {
        self.count
    }

    #[with_context]
    async fn by_mut(&mut self) -> &mut u32 {
        self.count += Self::STEP;
        &mut self.count
    }

    #[with_context]
    async fn by_value(self) -> String {
        self.label
    }

    #[with_context]
    async fn by_mut_value(mut self) -> Self {
        self.count += 1;
        self
    }

    #[with_context]
    async fn unused(self) {}

    #[with_context]
    async fn boxed(self: Box<Self>) -> u32 {
        self.count
    }

    #[with_context]
    async fn in_arc(self: Arc<Self>) -> usize {
        Arc::strong_count(&self)
    }

    #[with_context]
    async fn in_rc(self: Rc<Self>) -> usize {
        Rc::strong_count(&self)
    }

    #[with_context]
    async fn pinned(self: Pin<&mut Self>) -> u32 {
        self.count
    }

    #[with_context]
    #[allow(clippy::needless_arbitrary_self_type)]
    async fn typed(self: &Self, more: u32) -> u32 {
        self.count + more
    }

    #[with_context]
    async fn in_macros(&self) -> String {
        format!("{} {self:?} {}", self.count, USER.get())
    }

    #[with_context]
    async fn make(count: u32) -> Self {
        Self {
            count,
            ..Self::default()
        }
    }

    #[with_context]
    fn sync_by_ref(&self) -> &str {
        &self.label
    }

    #[with_context]
    fn sync_by_mut(&mut self) -> &mut u32 {
        &mut self.count
    }

    #[with_context]
    fn sync_by_value(mut self) -> String {
        self.label.push('!');
        self.label
    }

    #[with_context]
    fn sync_boxed(self: Box<Self>) -> Self {
        *self
    }
}

/// Case T21
#[test]
fn inherent_methods() {
    let mut counter = run(Counter::make(1));
    assert_eq!(run(counter.by_ref()), 1);
    assert_eq!(*run(counter.by_mut()), 3);
    assert_eq!(run(counter.typed(1)), 4);
    assert_eq!(run(Pin::new(&mut counter).pinned()), 3);
    assert_eq!(run(counter.in_macros()), "3 Counter { count: 3, label: \"\" } nobody");
    assert_eq!(run(Box::new(counter.clone()).boxed()), 3);
    assert_eq!(run(Arc::new(counter.clone()).in_arc()), 1);
    assert_eq!(run(Rc::new(counter.clone()).in_rc()), 1);
    assert_eq!(run(counter.clone().by_mut_value()).count, 4);
    run(counter.clone().unused());
    assert_eq!(run(counter.by_value()), "");
}

#[test]
fn sync_methods() {
    let mut counter = Counter {
        count: 1,
        label: "c".to_owned(),
    };
    assert_eq!(counter.sync_by_ref(), "c");
    *counter.sync_by_mut() += 1;
    assert_eq!(counter.count, 2);
    assert_eq!(Box::new(counter.clone()).sync_boxed(), counter);
    assert_eq!(counter.sync_by_value(), "c!");
}

trait Service {
    type Reply<'a>
    where
        Self: 'a;

    async fn reply<'a>(&'a self, prefix: &'a str) -> Self::Reply<'a>;

    #[with_context]
    async fn provided(&self, more: u32) -> u32
    where
        Self: Sized,
    {
        more + 1
    }

    #[with_context]
    async fn sized(self) -> &'static str
    where
        Self: Sized,
    {
        USER.get()
    }
}

impl Service for Counter {
    type Reply<'a> = (&'a str, &'a str);

    #[with_context]
    async fn reply<'a>(&'a self, prefix: &'a str) -> Self::Reply<'a> {
        (prefix, &self.label)
    }
}

/// Case T21
#[test]
fn trait_methods() {
    let counter = Counter {
        count: 0,
        label: "c".to_owned(),
    };
    assert_eq!(run(counter.reply("p")), ("p", "c"));
    assert_eq!(run(counter.provided(1)), 2);
    assert_eq!(run(USER.sync_scope("alice", || counter.sized())), "alice");
}

trait Spawnable {
    fn work(&self, by: u8) -> impl Future<Output = u8> + Send;
}

impl Spawnable for u8 {
    #[with_context]
    async fn work(&self, by: u8) -> u8 {
        *self * by
    }
}

/// Case T25
#[test]
fn implements_a_method_that_must_be_send() {
    fn send<F: Future + Send>(future: F) -> F::Output {
        run(future)
    }
    assert_eq!(send(2.work(3)), 6);
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Idle,
    Busy(u8),
}

struct Wrapped(State);

impl State {
    const START: Self = Self::Busy(1);

    #[with_context]
    async fn next(self) -> Self {
        match self {
            Self::Idle => Self::START,
            Self::Busy(n) if n > 1 => Self::Idle,
            Self::Busy(n) => Self::Busy(n + 1),
        }
    }
}

impl Wrapped {
    #[with_context]
    async fn next(self) -> Self {
        Self(self.0.next().await)
    }

    #[with_context]
    fn sync_next(&self) -> Self {
        Self(run(
            #[with_context]
            async {
                self.0.next().await
            },
        ))
    }

    #[with_context]
    async fn in_select(&mut self) -> (State, &'static str) {
        tokio::select! {
            biased;
            next = self.0.next() => {
                self.0 = next;
                (self.0, USER.get())
            }
            () = std::future::pending() => unreachable!(),
        }
    }
}

#[test]
fn self_in_types_patterns_and_macros() {
    let mut wrapped = run(Wrapped(State::Idle).next());
    assert_eq!(wrapped.0, State::Busy(1));
    assert_eq!(wrapped.sync_next().0, State::Busy(2));
    let seen = USER.sync_scope("alice", || run(wrapped.in_select()));
    assert_eq!(seen, (State::Busy(2), "alice"));
}

struct Borrowing<'a>(&'a str);

impl Borrowing<'_> {
    #[with_context]
    async fn get(&self) -> &str {
        self.0
    }
}

#[test]
fn types_with_lifetimes() {
    assert_eq!(run(Borrowing("text").get()), "text");
}
