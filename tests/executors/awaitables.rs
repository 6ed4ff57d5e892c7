//! Awaitables written by hand see the value wherever they are awaited, and may poll others.

use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context as Waking, Poll};
use std::thread;

use contextvars::{ContextExt, context_var, with_context};
use futures::channel::mpsc;
use futures::future;
use futures::stream::StreamExt;

use crate::common::{OnDrop, poll_once, yield_now};
use crate::executor::Executor;

#[context_var]
static NAME: &str = "nobody";

/// Ready at its second poll, with what it saw at each.
#[derive(Default)]
struct Reads(Option<&'static str>);

impl Future for Reads {
    type Output = [&'static str; 2];

    fn poll(mut self: Pin<&mut Self>, waking: &mut Waking<'_>) -> Poll<Self::Output> {
        if let Some(first) = self.0 {
            return Poll::Ready([first, NAME.get()]);
        }
        self.0 = Some(NAME.get());
        waking.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Becomes a future where it is awaited, and remembers what it saw there.
struct Query;

impl IntoFuture for Query {
    type Output = [&'static str; 3];
    type IntoFuture = Pin<Box<dyn Future<Output = [&'static str; 3]> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let made = NAME.get();
        Box::pin(async move {
            let [first, second] = Reads::default().await;
            [made, first, second]
        })
    }
}

/// R3, Case 172
#[with_context]
pub(crate) async fn an_awaitable_sees_the_value_in_every_form<E: Executor>() {
    #[with_context]
    async fn annotated(name: &'static str) -> [&'static str; 3] {
        NAME.set(name);
        Query.await
    }

    #[with_context]
    fn returned() -> Pin<Box<dyn Future<Output = [&'static str; 2]> + Send>> {
        NAME.set("returned");
        Box::pin(Reads::default())
    }

    NAME.set("caller");
    assert_eq!(Reads::default().await, ["caller"; 2], "awaited");
    assert_eq!(Query.await, ["caller"; 3], "awaited");
    assert_eq!(annotated("annotated").await, ["annotated"; 3]);
    let boxed: Pin<Box<dyn Future<Output = [&'static str; 2]> + Send>> = Box::pin(Reads::default());
    assert_eq!(boxed.await, ["caller"; 2], "boxed");
    assert_eq!(returned().await, ["returned"; 2], "boxed, annotated");
    let carried = E::spawn(Reads::default().in_current_context());
    let scoped = E::spawn(NAME.scope("scope", Query.into_future()));
    let raw = E::spawn(Reads::default());
    NAME.set("later");
    assert_eq!(carried.join().await.expect("no panic"), ["caller"; 2]);
    assert_eq!(scoped.join().await.expect("no panic"), ["caller", "scope", "scope"]);
    assert_eq!(raw.join().await.expect("no panic"), ["nobody"; 2]);
}

/// R7, Case T28: a destructor polls a future that it makes, and one that it was given.
#[with_context]
pub(crate) async fn a_destructor_may_poll<E: Executor>() {
    #[with_context]
    async fn dropped(mut given: Pin<Box<dyn Future<Output = &'static str> + Send>>, seen: mpsc::UnboundedSender<Seen>) {
        NAME.set("dropped");
        let _end = OnDrop(move || {
            let mut made = Box::pin(echo("made"));
            let pending = (poll_once(made.as_mut()), poll_once(given.as_mut()));
            assert!(pending.0.is_pending() && pending.1.is_pending());
            let polled = [poll_once(made.as_mut()), poll_once(given.as_mut())];
            seen.unbounded_send((polled, NAME.get())).expect("the test listens");
        });
        future::pending::<()>().await;
    }

    type Seen = ([Poll<&'static str>; 2], &'static str);

    #[with_context]
    async fn echo(name: &'static str) -> &'static str {
        let before = NAME.get();
        NAME.set(name);
        yield_now().await;
        if NAME.get() == name { before } else { "lost" }
    }

    NAME.set("caller");
    let (seen, mut listen) = mpsc::unbounded();
    let mut future = Box::pin(dropped(Box::pin(echo("given")), seen));
    assert!(poll_once(future.as_mut()).is_pending());
    NAME.set("later");
    E::spawn(async move { drop(future) }).join().await.expect("no panic");
    let polled = ["dropped", "caller"].map(Poll::Ready);
    assert_eq!(listen.next().await, Some((polled, "dropped")));
    assert_eq!(NAME.get(), "later");
}

/// R7, Case T6: polled here and on a thread, dropped on another thread or by a raw task.
#[with_context]
pub(crate) async fn a_future_is_dropped_in_its_context_wherever_it_ends_up<E: Executor>() {
    #[with_context]
    async fn travels(seen: mpsc::UnboundedSender<&'static str>) {
        NAME.set("first poll");
        let _end = OnDrop(move || seen.unbounded_send(NAME.get()).expect("the test listens"));
        yield_now().await;
        NAME.set("second poll");
        future::pending::<()>().await;
    }

    NAME.set("caller");
    let (seen, mut listen) = mpsc::unbounded();
    for dropped_by_a_thread in [true, false] {
        let mut future = Box::pin(travels(seen.clone()));
        assert!(poll_once(future.as_mut()).is_pending());
        let polled = thread::spawn(|| {
            assert!(poll_once(future.as_mut()).is_pending());
            future
        });
        let future = polled.join().expect("no panic");
        if dropped_by_a_thread {
            thread::spawn(|| drop(future)).join().expect("no panic");
        } else {
            E::spawn(async { drop(future) }).join().await.expect("no panic");
        }
        assert_eq!(listen.next().await, Some("second poll"));
        assert_eq!(NAME.get(), "caller");
    }
}
