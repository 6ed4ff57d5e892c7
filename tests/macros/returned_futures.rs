//! Functions that return a future or a stream: the part that runs at the call, and what it returns, share a context.

use crate::{USER, run};
use contextvars::with_context;
use futures::future::{BoxFuture, FutureExt, LocalBoxFuture};
use futures::stream::{self, StreamExt};
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

#[with_context]
async fn a_future_later(text: &str) -> impl Future<Output = (usize, &'static str)> + Send {
    drop(USER.set("begun"));
    std::future::ready(()).await;
    async move {
        std::future::ready(()).await;
        (text.len(), USER.get())
    }
}

#[with_context(USER = "begun")]
async fn a_box_later(text: &str) -> BoxFuture<'_, (usize, &'static str)> {
    if text.is_empty() {
        return Box::pin(std::future::ready((0, USER.get())));
    }
    std::future::ready(()).await;
    Box::pin(async move { (text.len(), USER.get()) })
}

#[test]
fn async_fns_end_in_the_context_of_what_they_return() {
    let future = run(USER.scope("alice", a_future_later("four")));
    assert_eq!(USER.sync_scope("bob", || run(future)), (4, "begun"));
    assert_eq!(USER.sync_scope("bob", || run(run(a_box_later("four")))), (4, "begun"));
    assert_eq!(USER.sync_scope("bob", || run(run(a_box_later("")))), (0, "begun"));
    assert_eq!(USER.get(), "nobody");
}

type NoFuture = u8;

type InResult<'a> = Result<Alias<'a, &'static str>, &'static str>;

#[with_context(USER = "begun")]
async fn held(text: &str) -> Result<impl Future<Output = (u8, &'static str)> + use<>, std::num::ParseIntError> {
    let parsed = text.parse::<u8>()?;
    std::future::ready(()).await;
    Ok(async move { (parsed, USER.get()) })
}

#[with_context(USER = "begun")]
async fn optional(is_some: bool) -> Option<BoxFuture<'static, &'static str>> {
    if !is_some {
        return None;
    }
    Some(Box::pin(async { USER.get() }))
}

type UserFuture = Alias<'static, &'static str>;

#[with_context(USER = "begun")]
async fn an_alias_later() -> UserFuture {
    std::future::ready(()).await;
    Box::pin(async { USER.get() })
}

#[with_context(USER = "begun")]
async fn a_held_alias(is_ok: bool) -> Result<UserFuture, u8> {
    if !is_ok {
        Err(1)?;
    }
    Ok(Box::pin(async { USER.get() }))
}

#[with_context]
async fn only_called_so(n: u8) -> NoFuture {
    n
}

#[with_context]
async fn called_so_and_held(n: u8) -> Result<NoFuture, InResult<'static>> {
    Ok(n)
}

trait Make {
    type MadeFuture;

    fn make(self) -> Self::MadeFuture;
}

impl Make for u8 {
    type MadeFuture = Self;

    fn make(self) -> Self {
        self
    }
}

#[with_context]
async fn of_a_parameter<M: Make>(maker: M) -> M::MadeFuture {
    maker.make()
}

#[test]
fn what_async_fns_return_may_hold_a_future_or_be_an_alias() {
    let user = |future: UserFuture| USER.sync_scope("bob", || run(future));
    let future = run(held("1")).unwrap();
    assert_eq!(USER.sync_scope("bob", || run(future)), (1, "begun"));
    assert!(run(held("x")).is_err());
    assert_eq!(user(run(optional(true)).unwrap()), "begun");
    assert!(run(optional(false)).is_none());
    assert_eq!(user(run(an_alias_later())), "begun");
    assert_eq!(user(run(a_held_alias(true)).unwrap()), "begun");
    assert_eq!(run(a_held_alias(false)).err(), Some(1));
    assert_eq!((run(only_called_so(1)), run(of_a_parameter(1))), (1, 1));
    assert!(run(called_so_and_held(1)).is_ok());
}

/// Leaves a note of when it is dropped, and of the user that it sees.
struct Note<'a>(&'static str, &'a std::cell::RefCell<Vec<(&'static str, &'static str)>>);

impl Drop for Note<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push((self.0, USER.get()));
    }
}

#[with_context(USER = "begun")]
async fn with_arguments<'a>(used: Note<'a>, _: Note<'a>, _unused: Note<'a>) -> impl Future<Output = ()> + use<'a> {
    let local = Note("returned", used.1);
    std::future::ready(()).await;
    async move { drop(local) }
}

#[test]
fn arguments_are_dropped_when_the_async_fn_returns() {
    let notes = std::cell::RefCell::default();
    let note = |name| Note(name, &notes);
    let future = run(with_arguments(note("used"), note("placeholder"), note("unused")));
    let expected = [("unused", "begun"), ("placeholder", "begun"), ("used", "begun")];
    assert_eq!(notes.take(), expected);
    run(future);
    assert_eq!(notes.take(), [("returned", "begun")]);
}

#[with_context]
fn held_at_once(text: &str) -> Result<impl Future<Output = (u8, &'static str)> + use<>, std::num::ParseIntError> {
    let parsed = text.parse::<u8>()?;
    drop(USER.set("begun"));
    Ok(async move { (parsed, USER.get()) })
}

#[with_context]
fn optional_at_once(text: &str) -> Option<BoxFuture<'_, (usize, &'static str)>> {
    if text.is_empty() {
        return None;
    }
    drop(USER.set("begun"));
    Some(async move { (text.len(), USER.get()) }.boxed())
}

#[test]
fn what_is_returned_may_hold_a_future() {
    let future = USER.sync_scope("alice", || held_at_once("1").unwrap());
    assert_eq!(USER.sync_scope("bob", || run(future)), (1, "begun"));
    assert!(held_at_once("x").is_err());
    let future = optional_at_once("four").unwrap();
    assert_eq!(USER.sync_scope("bob", || run(future)), (4, "begun"));
    assert!(optional_at_once("").is_none());
    assert_eq!(USER.get(), "nobody");
}

type Fallible<T> = Result<T, &'static str>;

type Maybe<'a> = Option<BoxFuture<'a, (usize, &'static str)>>;

type Fut = LocalBoxFuture<'static, &'static str>;

#[with_context(USER = "begun")]
fn held_by_another_name(text: &str) -> Fallible<BoxFuture<'_, (usize, &'static str)>> {
    if text.is_empty() {
        return Err("empty");
    }
    Ok(async move { (text.len(), USER.get()) }.boxed())
}

#[with_context(USER = "begun")]
fn optional_by_another_name(text: &str) -> Maybe<'_> {
    (!text.is_empty()).then(|| async move { (text.len(), USER.get()) }.boxed())
}

#[with_context(USER = "begun")]
fn an_alias_in_a_result(is_ok: bool) -> Result<Fut, ()> {
    if is_ok {
        Ok(async { USER.get() }.boxed_local())
    } else {
        Err(())
    }
}

#[with_context(USER = "begun")]
fn an_alias_in_an_option() -> Option<Fut> {
    Some(async { USER.get() }.boxed_local())
}

#[with_context]
fn a_parameter_in_a_result<T>(value: T) -> Fallible<T> {
    Ok(value)
}

#[test]
fn what_is_returned_by_another_name_may_hold_a_future() {
    assert_eq!(run(held_by_another_name("four").unwrap()), (4, "begun"));
    assert_eq!(held_by_another_name("").err(), Some("empty"));
    assert_eq!(run(optional_by_another_name("four").unwrap()), (4, "begun"));
    assert!(optional_by_another_name("").is_none());
    assert_eq!(run(an_alias_in_a_result(true).unwrap()), "begun");
    assert!(an_alias_in_a_result(false).is_err());
    assert_eq!(run(an_alias_in_an_option().unwrap()), "begun");
    assert_eq!(a_parameter_in_a_result(1), Ok(1));
}

/// Macros in the place of a type: what they stand for may be an `impl Trait`.
mod macros_as_types {
    use super::{FutureExt, USER, run, with_context};

    macro_rules! users {
        () => { impl Iterator<Item = &'static str> };
    }

    macro_rules! text {
        () => { &'static str };
    }

    #[with_context(USER = "bound")]
    fn sync() -> users![] {
        std::iter::once(USER.get())
    }

    #[with_context(USER = "bound")]
    fn sync_option(is_some: bool) -> Option<users![]> {
        if !is_some {
            return None;
        }
        Some(std::iter::once(USER.get()))
    }

    #[with_context(USER = "bound")]
    async fn asynchronous() -> users!() {
        std::iter::once(USER.get())
    }

    #[with_context(USER = "bound")]
    async fn asynchronous_result() -> Result<users! {}, std::num::ParseIntError> {
        let _: u8 = "1".parse()?;
        Ok(std::iter::once(USER.get()))
    }

    macro_rules! future {
        () => { impl Future<Output = &'static str> };
    }

    #[with_context(USER = "bound")]
    async fn future_later() -> future![] {
        std::future::ready(()).await;
        async { USER.get() }
    }

    macro_rules! object {
        (fn) => { dyn Fn() -> &'static str };
        (async) => { dyn Future<Output = &'static str> };
    }

    #[with_context(USER = "bound")]
    async fn in_a_box(is_bound: bool) -> Box<object![fn]> {
        if is_bound {
            let user = USER.get();
            return Box::new(move || user);
        }
        Box::new(|| "other")
    }

    #[with_context(USER = "bound")]
    fn pinned_in_a_box() -> std::pin::Pin<Box<object![async]>> {
        Box::pin(async { USER.get() }.map(|user| user))
    }

    #[with_context(USER = "bound")]
    fn no_impl() -> text![] {
        USER.get()
    }

    #[with_context(USER = "bound")]
    async fn no_impl_later() -> text![] {
        USER.get()
    }

    #[test]
    fn macros_as_return_types() {
        assert!(sync().eq(["bound"]));
        assert!(sync_option(true).unwrap().eq(["bound"]));
        assert!(sync_option(false).is_none());
        assert!(run(asynchronous()).eq(["bound"]));
        assert!(run(asynchronous_result()).unwrap().eq(["bound"]));
        assert_eq!(run(run(future_later())), "bound");
        assert_eq!((run(in_a_box(true))(), run(in_a_box(false))()), ("bound", "other"));
        assert_eq!(run(pinned_in_a_box()), "bound");
        assert_eq!((no_impl(), run(no_impl_later())), ("bound", "bound"));
    }
}

#[cfg(feature = "futures")]
mod streams {
    use super::{Fallible, USER, run, with_context};
    use futures::stream::{self, BoxStream, Stream, StreamExt};

    type Items = BoxStream<'static, &'static str>;

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

    #[with_context(USER = "begun")]
    fn held_by_another_name(is_ok: bool) -> Fallible<Items> {
        if is_ok {
            Ok(stream::iter([()]).map(|()| USER.get()).boxed())
        } else {
            Err("none")
        }
    }

    #[test]
    fn a_boxed_stream_may_be_held_by_another_name() {
        let items = held_by_another_name(true).unwrap();
        assert_eq!(run(items.collect::<Vec<_>>()), ["begun"]);
        assert_eq!(held_by_another_name(false).err(), Some("none"));
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

    #[with_context]
    async fn subscription(count: usize) -> impl Stream<Item = (usize, &'static str)> + Send {
        std::future::ready(()).await;
        generated_by(count)
    }

    fn generated_by(count: usize) -> impl Stream<Item = (usize, &'static str)> {
        async_stream::stream! {
            for n in 0..count {
                yield (n, USER.get());
                std::future::ready(()).await;
                drop(USER.set("set by the stream"));
            }
        }
    }

    #[with_context(USER = name)]
    async fn boxed_subscription(name: &'static str, is_empty: bool) -> BoxStream<'static, &'static str> {
        if is_empty {
            return stream::empty().boxed();
        }
        std::future::ready(()).await;
        Box::pin(stream::iter(0..2).map(|_| USER.get()))
    }

    /// As `juniper` has it.
    type UserStream = std::pin::Pin<Box<dyn Stream<Item = &'static str> + Send>>;

    /// As of `tokio`.
    struct TcpStream(u8);

    #[with_context(USER = "begun")]
    async fn fallible_subscription(
        text: &str,
    ) -> Result<impl Stream<Item = (u8, &'static str)>, std::num::ParseIntError> {
        let parsed = text.parse::<u8>()?;
        std::future::ready(()).await;
        Ok(stream::iter(0..2).map(move |_| (parsed, USER.get())))
    }

    #[with_context(USER = "begun")]
    async fn subscription_of_an_alias() -> UserStream {
        stream::iter(0..2).map(|_| USER.get()).boxed()
    }

    #[with_context(USER = "begun")]
    async fn connection() -> TcpStream {
        TcpStream(1)
    }

    #[test]
    fn subscriptions_may_be_fallible_or_aliases() {
        let fallible = run(fallible_subscription("1")).unwrap();
        assert_eq!(run(fallible.collect::<Vec<_>>()), [(1, "begun"), (1, "begun")]);
        assert!(run(fallible_subscription("x")).is_err());
        let alias = run(subscription_of_an_alias());
        assert_eq!(run(alias.collect::<Vec<_>>()), ["begun", "begun"]);
        assert_eq!(run(connection()).0, 1);
    }

    #[test]
    fn items_of_a_subscription_see_the_context_that_its_fn_had() {
        let stream = run(USER.scope("alice", subscription(3)));
        let items = USER.sync_scope("bob", || run(stream.collect::<Vec<_>>()));
        let set = "set by the stream";
        assert_eq!(items, [(0, "alice"), (1, set), (2, set)]);

        let items = |is_empty| run(async { boxed_subscription("alice", is_empty).await.collect::<Vec<_>>().await });
        assert_eq!(USER.sync_scope("bob", || items(false)), ["alice", "alice"]);
        assert!(items(true).is_empty());
    }
}

type Users = stream::BoxStream<'static, &'static str>;

#[with_context]
fn stream_by_another_name() -> Users {
    stream::iter([()]).map(|()| USER.get()).boxed()
}

/// An alias of a boxed stream is one.
#[test]
fn a_boxed_stream_by_another_name_keeps_its_context() {
    let stream = USER.sync_scope("alice", stream_by_another_name);
    assert_eq!(run(stream.collect::<Vec<_>>()), ["alice"]);
}

/// What is a future, or may be, by a trait of one's own.
mod own_traits {
    use super::{USER, run, with_context};
    use std::fmt::Display;
    use std::future::Ready;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    /// An alias of bounds.
    trait Job: Future<Output = &'static str> {}

    impl<F: Future<Output = &'static str>> Job for F {}

    #[with_context(USER = "begun")]
    fn job() -> impl Job {
        async { USER.get() }
    }

    #[with_context(USER = "begun")]
    fn job_in_a_result(is_ok: bool) -> Result<impl Job + Send, u8> {
        if !is_ok {
            Err(1)?;
        }
        Ok(async { USER.get() })
    }

    #[with_context(USER = "begun")]
    async fn job_later() -> impl Job + Send {
        std::future::ready(()).await;
        async { USER.get() }
    }

    #[with_context(USER = "begun")]
    async fn job_in_an_option_later(is_some: bool) -> Option<impl Job> {
        std::future::ready(()).await;
        if !is_some {
            return None;
        }
        Some(async { USER.get() })
    }

    #[with_context(USER = "begun")]
    async fn boxed_later() -> impl Job + Unpin {
        let boxed: super::UserFuture = Box::pin(async { USER.get() });
        boxed
    }

    struct Machine;

    impl Machine {
        #[with_context]
        fn job(&self) -> impl Job + use<> {
            let Self = self;
            async { USER.get() }
        }
    }

    #[test]
    fn a_future_by_a_trait_of_ones_own_keeps_its_context() {
        assert_eq!(run(job()), "begun");
        assert_eq!(run(job_in_a_result(true).ok().unwrap()), "begun");
        assert_eq!(job_in_a_result(false).err(), Some(1));
        assert_eq!(run(run(job_later())), "begun");
        assert_eq!(run(run(job_in_an_option_later(true)).unwrap()), "begun");
        assert!(run(job_in_an_option_later(false)).is_none());
        assert_eq!(run(run(boxed_later())), "begun");
        let future = USER.sync_scope("alice", || Machine.job());
        assert_eq!(run(future), "alice");
    }

    #[with_context]
    fn parameter<T: Display>(value: T) -> impl Display {
        value
    }

    #[with_context]
    fn parameter_in_a_result<T: Display, E>(value: T) -> Result<impl Display, E> {
        Ok(value)
    }

    #[with_context]
    async fn parameter_later<T: Display>(value: T) -> impl Display {
        value
    }

    #[with_context]
    fn closure<'a, T>(values: &'a [T]) -> impl Fn(usize) -> Option<&'a T> + use<'a, T> {
        move |n| values.get(n)
    }

    #[with_context]
    fn of_iterators<I: IntoIterator>(items: I) -> impl Iterator<Item = impl Into<Option<I::Item>>> {
        items.into_iter().map(Some)
    }

    #[with_context]
    fn in_a_tuple(n: u8) -> (impl Display, Vec<impl Display>) {
        (n, vec![n])
    }

    #[with_context]
    fn literal() -> impl Display {
        1
    }

    #[with_context]
    async fn literal_later() -> Option<impl Display> {
        Some(1.5)
    }

    #[with_context]
    fn unit() -> impl PartialEq<()> {}

    #[with_context]
    async fn unit_later() -> impl PartialEq<()> {}

    #[with_context]
    fn to_do() -> impl Display {
        todo!()
    }

    #[with_context]
    async fn to_do_later() -> impl Display + Send {
        todo!()
    }

    #[with_context]
    async fn waits_for_ever() -> impl Display {
        std::future::pending::<std::convert::Infallible>().await
    }

    #[with_context]
    fn recursive(n: u8) -> impl Display {
        if n > 0 {
            return recursive(n - 1).to_string();
        }
        String::from("end")
    }

    #[test]
    fn what_is_no_future_is_returned_as_it_is() {
        assert_eq!(parameter(1).to_string(), "1");
        assert_eq!(parameter_in_a_result::<_, u8>(1).ok().unwrap().to_string(), "1");
        assert_eq!(run(parameter_later(1)).to_string(), "1");
        assert_eq!(closure(&[1, 2])(1), Some(&2));
        assert!(of_iterators([1, 2]).map(Into::into).eq([Some(1), Some(2)]));
        let (number, list) = in_a_tuple(1);
        assert_eq!((number.to_string(), list.len()), ("1".to_owned(), 1));
        assert_eq!(literal().to_string(), "1");
        assert_eq!(run(literal_later()).unwrap().to_string(), "1.5");
        assert!(unit() == () && run(unit_later()) == ());
        assert!(std::panic::catch_unwind(|| to_do().to_string()).is_err());
        assert!(std::panic::catch_unwind(|| run(to_do_later()).to_string()).is_err());
        drop(waits_for_ever());
        assert_eq!(recursive(2).to_string(), "end");
    }

    /// A bound that is no future's, of a type that is one.
    trait Named {
        fn name(&self) -> &'static str;
    }

    struct Task(Ready<u8>);

    impl Future for Task {
        type Output = u8;

        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u8> {
            Pin::new(&mut self.0).poll(cx)
        }
    }

    impl<F: Future> Named for F {
        fn name(&self) -> &'static str {
            "a task"
        }
    }

    #[with_context]
    fn task() -> impl Named {
        Task(std::future::ready(1))
    }

    #[test]
    fn another_bound_may_hide_a_future() {
        assert_eq!(task().name(), "a task");
    }
}
