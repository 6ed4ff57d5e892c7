//! Methods: receivers, whole `impl` blocks, traits and their implementations.

use super::{USER, pause, run};
use ::contextvars::with_context;
use ::std::boxed::Box;
use ::std::clone::Clone;
use ::std::future::Future;
use ::std::marker::{Send, Sized, Sync};
use ::std::pin::Pin;
use ::std::prelude::v1::{derive, test};
use ::std::string::{String, ToString};
use ::std::sync::Arc;
use ::std::{assert_eq, format};

#[derive(Clone)]
struct Counter {
    count: u32,
    label: String,
}

impl Counter {
    #[with_context]
    async fn by_ref(&self) -> &str {
        pause().await;
        &self.label
    }

    #[with_context]
    async fn by_mut(&mut self, more: u32) -> &mut u32 {
        pause().await;
        self.count += more;
        &mut self.count
    }

    #[with_context]
    async fn by_value(mut self) -> Self {
        pause().await;
        self.count += 1;
        self
    }

    #[with_context]
    async fn boxed(self: Box<Self>) -> u32 {
        pause().await;
        self.count
    }

    #[with_context]
    async fn pinned(self: Pin<&mut Self>) -> u32 {
        pause().await;
        self.count
    }

    #[with_context]
    async fn shared(self: Arc<Self>) -> String {
        pause().await;
        format!("{} {}", self.label, USER.get())
    }

    #[with_context]
    fn sync(&mut self) -> &mut u32 {
        &mut self.count
    }
}

#[test]
fn receivers() {
    let mut counter = Counter {
        count: 1,
        label: "c".to_string(),
    };
    assert_eq!(run(counter.by_ref()), "c");
    *run(counter.by_mut(1)) += 1;
    *counter.sync() += 1;
    assert_eq!(run(Pin::new(&mut counter).pinned()), 4);
    assert_eq!(run(counter.clone().by_value()).count, 5);
    assert_eq!(run(Box::new(counter.clone()).boxed()), 4);
    assert_eq!(run(Arc::new(counter).shared()), "c nobody");
}

struct Generic<T, const N: usize>([T; N]);

#[with_context(USER = "block")]
impl<T: Clone + Sync, const N: usize> Generic<T, N> {
    const LEN: usize = { N };

    async fn first(&self) -> (T, &'static str) {
        pause().await;
        (self.0[0].clone(), USER.get())
    }

    #[with_context(skip)]
    async fn skipped(&self) -> (usize, &'static str) {
        pause().await;
        (Self::LEN, USER.get())
    }
}

#[test]
fn whole_impl_blocks() {
    let generic = Generic([1, 2]);
    assert_eq!(run(generic.first()), (1, "block"));
    assert_eq!(run(generic.skipped()), (2, "nobody"));
}

trait Service {
    type Reply<'a>
    where
        Self: 'a;

    fn reply<'a>(&'a self, prefix: &'a str) -> impl Future<Output = Self::Reply<'a>> + Send;

    #[with_context]
    async fn provided(&self, more: u8) -> (u8, &'static str)
    where
        Self: Sized,
    {
        pause().await;
        (more, USER.get())
    }
}

impl Service for Counter {
    type Reply<'a> = (&'a str, &'a str);

    #[with_context]
    async fn reply<'a>(&'a self, prefix: &'a str) -> Self::Reply<'a> {
        pause().await;
        (prefix, &self.label)
    }
}

#[test]
fn traits() {
    let counter = Counter {
        count: 0,
        label: "c".to_string(),
    };
    assert_eq!(run(counter.reply("p")), ("p", "c"));
    assert_eq!(run(USER.sync_scope("alice", || counter.provided(1))), (1, "alice"));
}
