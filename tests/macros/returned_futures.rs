//! Functions that return a future or a stream: the part that runs at the call, and what it returns, share a context.

use crate::{USER, run};
use contextvars::with_context;
use futures::future::{BoxFuture, FutureExt, LocalBoxFuture};
use std::pin::Pin;

type Alias<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[with_context]
fn opaque(text: &str) -> impl Future<Output = (usize, &'static str)> + Send {
    drop(USER.set("begun"));
    async move {
        std::future::ready(()).await;
        (text.len(), USER.get())
    }
}

#[with_context]
fn early(at_once: bool) -> impl Future<Output = &'static str> {
    if at_once {
        return std::future::ready("at once").left_future();
    }
    drop(USER.set("later"));
    async { USER.get() }.right_future()
}

#[with_context]
fn pinned(text: &str) -> Pin<Box<dyn Future<Output = (usize, &'static str)> + '_>> {
    drop(USER.set("begun"));
    Box::pin(async move { (text.len(), USER.get()) })
}

#[with_context]
fn box_future(text: &str) -> BoxFuture<'_, (usize, &'static str)> {
    drop(USER.set("begun"));
    async move { (text.len(), USER.get()) }.boxed()
}

#[with_context]
fn local_box_future(text: &str) -> LocalBoxFuture<'_, (usize, &'static str)> {
    drop(USER.set("begun"));
    if text.is_empty() {
        return std::future::ready((0, "empty")).boxed_local();
    }
    async move { (text.len(), USER.get()) }.boxed_local()
}

#[with_context]
fn alias(text: &str) -> Alias<'_, (usize, &'static str)> {
    drop(USER.set("begun"));
    Box::pin(async move { (text.len(), USER.get()) })
}

#[with_context(USER = "begun")]
fn whole_body(text: &str) -> Alias<'_, (usize, &'static str)> {
    Box::pin(async move { (text.len(), USER.get()) })
}

/// Case T21
#[test]
fn they_go_on_in_the_context_that_the_call_began() {
    assert_eq!(run(opaque("four")), (4, "begun"));
    assert_eq!(run(pinned("four")), (4, "begun"));
    assert_eq!(run(box_future("four")), (4, "begun"));
    assert_eq!(run(local_box_future("four")), (4, "begun"));
    assert_eq!(run(local_box_future("")), (0, "empty"));
    assert_eq!(run(alias("four")), (4, "begun"));
    assert_eq!(run(whole_body("four")), (4, "begun"));
    assert_eq!(run(early(true)), "at once");
    assert_eq!(run(early(false)), "later");
    assert_eq!(USER.get(), "nobody");
}

#[with_context]
fn boxes_its_block(text: &'static str) -> Alias<'static, &'static str> {
    Box::pin(async move {
        std::future::ready(()).await;
        assert_eq!(text, "four");
        USER.get()
    })
}

#[test]
fn a_whole_body_is_boxed_once() {
    let text = "four";
    let plain: Alias<'_, &str> = Box::pin(async move {
        std::future::ready(()).await;
        assert_eq!(text, "four");
        USER.get()
    });
    let annotated = USER.sync_scope("alice", || boxes_its_block("four"));
    assert_eq!(size_of_val(&*annotated), size_of_val(&*plain) + 24);
    assert_eq!(run(annotated), "alice");
}

/// As `tower` has it.
trait Service<R> {
    type Future: Future;

    fn call(&mut self, request: R) -> Self::Future;
}

struct Echo;

impl Service<&'static str> for Echo {
    type Future = Alias<'static, (&'static str, &'static str)>;

    #[with_context(USER = request)]
    fn call(&mut self, request: &'static str) -> Self::Future {
        let seen = USER.get();
        async move { (seen, USER.get()) }.boxed()
    }
}

#[test]
fn associated_types() {
    assert_eq!(run(Echo.call("alice")), ("alice", "alice"));
}

#[with_context]
fn no_future(text: &str) -> Option<Box<dyn Fn() -> usize + '_>> {
    Some(Box::new(|| text.len()))
}

#[test]
fn other_values_are_returned_as_they_are() {
    assert_eq!(no_future("four").unwrap()(), 4);
}

#[cfg(feature = "futures")]
mod streams {
    use super::{USER, run, with_context};
    use futures::stream::{self, BoxStream, Stream, StreamExt};

    #[with_context]
    fn opaque() -> impl Stream<Item = &'static str> {
        drop(USER.set("begun"));
        stream::iter(0..2).map(|_| USER.get())
    }

    #[with_context]
    fn boxed(n: usize) -> BoxStream<'static, &'static str> {
        drop(USER.set("begun"));
        stream::iter(0..n).map(|_| USER.get()).boxed()
    }

    #[test]
    fn streams() {
        assert_eq!(run(opaque().collect::<Vec<_>>()), ["begun", "begun"]);
        assert_eq!(run(boxed(2).collect::<Vec<_>>()), ["begun", "begun"]);
    }

    /// A stream that waits, sets and yields.
    #[with_context]
    fn generated(count: usize) -> impl Stream<Item = (usize, &'static str)> {
        async_stream::stream! {
            for n in 0..count {
                yield (n, USER.get());
                std::future::ready(()).await;
                drop(USER.set("set by the stream"));
            }
        }
    }

    #[with_context]
    fn fallible(text: &str) -> impl Stream<Item = Result<(u8, &'static str), std::num::ParseIntError>> {
        async_stream::try_stream! {
            for part in text.split(' ') {
                let parsed = part.parse::<u8>()?;
                yield (parsed, USER.get());
            }
        }
    }

    #[with_context]
    fn generated_and_boxed(text: &str) -> BoxStream<'_, (&str, &'static str)> {
        Box::pin(async_stream::stream! {
            for part in text.split(' ') {
                std::future::ready(()).await;
                yield (part, USER.get());
            }
        })
    }

    #[with_context(USER = name)]
    fn generated_and_pinned<'a>(name: &'static str) -> std::pin::Pin<Box<dyn Stream<Item = &'static str> + 'a>> {
        let stream = async_stream::stream! {
            yield USER.get();
            std::future::ready(()).await;
            yield USER.get();
        };
        Box::pin(stream)
    }

    #[test]
    fn each_item_is_produced_in_the_captured_context() {
        let stream = USER.sync_scope("alice", || generated(3));
        let items = USER.sync_scope("bob", || run(stream.collect::<Vec<_>>()));
        let set = "set by the stream";
        assert_eq!(items, [(0, "alice"), (1, set), (2, set)]);

        let stream = USER.sync_scope("alice", || fallible("1 x"));
        let items = USER.sync_scope("bob", || run(stream.collect::<Vec<_>>()));
        assert_eq!(items[0], Ok((1, "alice")));
        assert!(items[1].is_err());

        let mut stream = USER.sync_scope("alice", || generated_and_boxed("a b"));
        USER.sync_scope("bob", || {
            assert_eq!(run(stream.next()), Some(("a", "alice")));
            assert_eq!(run(stream.next()), Some(("b", "alice")));
            assert_eq!(run(stream.next()), None);
            assert_eq!(USER.get(), "bob");
        });

        let items = run(generated_and_pinned("alice").collect::<Vec<_>>());
        assert_eq!(items, ["alice", "alice"]);
    }
}
