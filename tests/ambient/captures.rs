//! Every capture carries, at the moment of the capture.

use std::convert::Infallible;
use std::future::{self, Future};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::thread;

use contextvars::tower::{BindLayer, BodyLayer, CaptureLayer, Captured, ContextLayer, RestoreLayer};
use contextvars::{ContextExt, InContext, bind, bind_fn, with_context};
use futures::executor::block_on;
use futures::future::BoxFuture;
use futures::sink::{self, SinkExt};
use futures::stream::{self, BoxStream, Stream, StreamExt};
use http_body_util::{BodyExt, Full};
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::common::{drive, drive_across_threads, poll_once, yield_now};
use crate::tag::{NAME, probe, tag, tagged, untagged};

type Tags = (Option<&'static str>, Option<&'static str>);

/// The tags of two polls.
async fn tags() -> Tags {
    let first = tag();
    yield_now().await;
    (first, tag())
}

/// Makes a future on a thread that has "captured", and polls it on threads that have none.
fn carried<F: Future<Output: Send> + Send>(make: impl FnOnce() -> F) -> F::Output {
    let future = tagged("captured", make);
    assert_eq!(tag(), None);
    drive_across_threads(future)
}

const CAPTURED: Tags = (Some("captured"), Some("captured"));

#[with_context]
async fn annotated() -> Tags {
    tags().await
}

#[with_context]
fn returned() -> impl Future<Output = Tags> + Send {
    tags()
}

#[with_context]
fn boxed() -> Pin<Box<dyn Future<Output = Tags> + Send>> {
    Box::pin(tags())
}

#[with_context]
fn of_an_alias() -> BoxFuture<'static, Tags> {
    Box::pin(tags())
}

#[with_context]
fn held(fails: bool) -> Result<BoxFuture<'static, Tags>, ()> {
    if fails { Err(()) } else { Ok(Box::pin(tags())) }
}

#[with_context]
async fn returned_later() -> BoxFuture<'static, Tags> {
    yield_now().await;
    Box::pin(tags())
}

#[with_context]
fn stream_of_tags() -> impl Stream<Item = Option<&'static str>> + Send {
    stream::iter(0..2).map(|_| tag())
}

#[with_context]
fn boxed_stream_of_tags() -> BoxStream<'static, Option<&'static str>> {
    stream::iter(0..2).map(|_| tag()).boxed()
}

/// R13
#[test]
fn annotated_functions_carry() {
    assert_eq!(carried(annotated), CAPTURED);
    assert_eq!(carried(returned), CAPTURED);
    assert_eq!(carried(boxed), CAPTURED);
    assert_eq!(carried(of_an_alias), CAPTURED);
    assert_eq!(carried(|| held(false).expect("a future")), CAPTURED);
    assert!(tagged("captured", || held(true)).is_err());
}

/// R13
#[test]
fn a_future_that_an_annotated_async_fn_returns_carries_what_the_function_did() {
    let inner = carried(returned_later);
    assert_eq!(drive_across_threads(inner), CAPTURED);
}

/// R13
#[test]
fn annotated_streams_carry() {
    assert_eq!(carried(|| stream_of_tags().collect::<Vec<_>>()), [Some("captured"); 2]);
    assert_eq!(
        carried(|| boxed_stream_of_tags().collect::<Vec<_>>()),
        [Some("captured"); 2]
    );
}

/// R13
#[test]
fn wrappers_carry() {
    assert_eq!(carried(|| tags().in_current_context()), CAPTURED);
    assert_eq!(carried(|| NAME.scope("alice", tags())), CAPTURED);
}

/// R13
#[test]
fn the_moment_is_that_of_the_capture() {
    let (first, second) = tagged("outer", || {
        let first = tagged("first", annotated);
        (first, NAME.scope("alice", tags()))
    });
    assert_eq!(drive(first), (Some("first"), Some("first")));
    assert_eq!(drive(second), (Some("outer"), Some("outer")));
    let nothing = annotated();
    tagged("later", || {
        let mut nothing = pin!(nothing);
        assert!(poll_once(nothing.as_mut()).is_pending());
        untagged(|| assert_eq!(poll_once(nothing), Poll::Ready((Some("later"), None))));
    });
}

/// R13
#[test]
fn bound_calls_carry() {
    let call = tagged("captured", || bind(tag));
    assert_eq!(thread::spawn(call).join().expect("no panic"), Some("captured"));
    let closure = tagged("captured", || bind!(|suffix: usize| (tag(), suffix)));
    assert_eq!(closure(1), (Some("captured"), 1));
}

/// R13
#[test]
fn many_calls_on_many_threads_carry() {
    let calls = tagged("captured", || bind_fn(tag));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..100 {
                    assert_eq!(calls(), Some("captured"));
                    assert_eq!(tag(), None);
                    assert_eq!(tagged("the thread's", &calls), Some("the thread's"));
                }
            });
        }
    });
}

/// R13
#[test]
fn bound_futures_carry() {
    assert_eq!(carried(|| bind!(async { tags().await })), CAPTURED);
    let closure = tagged("captured", || bind!(async || tags().await));
    assert_eq!(drive_across_threads(closure()), CAPTURED);
    let returns_a_future = tagged("captured", || bind!(|| tags()));
    let future = returns_a_future();
    drop(returns_a_future);
    assert_eq!(drive_across_threads(future), CAPTURED);
    let returns_a_block = tagged("captured", || bind!(|| async { tags().await }));
    assert_eq!(drive_across_threads(tagged("the caller's", returns_a_block)), CAPTURED);
}

/// R13
#[test]
fn what_is_annotated_inside_an_annotated_function_carries() {
    #[with_context]
    async fn parts() -> (Tags, Tags, Option<&'static str>) {
        let (block, call, closure) = tagged("inside", || {
            let block = #[with_context]
            async {
                tags().await
            };
            let call = #[with_context]
            async move || tags().await;
            let closure = #[with_context]
            move || tag();
            (block, call, closure)
        });
        untagged(|| {
            let closure = thread::spawn(closure).join().expect("no panic");
            (drive(block), drive(call()), closure)
        })
    }
    let inside = (Some("inside"), Some("inside"));
    assert_eq!(drive(parts()), (inside, inside, Some("inside")));
}

/// R13
#[test]
fn a_synchronous_function_has_the_threads() {
    #[with_context]
    fn plain() -> Option<&'static str> {
        tag()
    }
    assert_eq!(plain(), None);
    assert_eq!(tagged("the thread's", plain), Some("the thread's"));
    assert_eq!(plain(), None);
}

/// R13
#[test]
fn streams_and_sinks_carry() {
    let items = tagged("captured", || stream::iter(0..2).map(|_| tag()).in_current_context());
    assert_eq!(block_on(items.collect::<Vec<_>>()), [Some("captured"); 2]);

    let (mut seen, tell) = (Vec::new(), "scoped");
    let sink = tagged("captured", || {
        let sink = sink::unfold((), |(), _item: u8| {
            seen.push((tag(), NAME.get()));
            future::ready(Ok::<_, Infallible>(()))
        });
        NAME.scope(tell, sink)
    });
    let mut sink = Box::pin(sink);
    block_on(async {
        sink.send(1).await.expect("infallible");
        sink.send(2).await.expect("infallible");
        sink.close().await.expect("infallible");
    });
    drop(sink);
    assert_eq!(seen, [(Some("captured"), "scoped"); 2]);
    assert_eq!(tag(), None);
}

/// R13
#[test]
fn bodies_carry() {
    let body = tagged("captured", || {
        let full = Full::new(&b"text"[..]).map_frame(|frame| {
            assert_eq!(tag(), Some("captured"));
            frame
        });
        full.in_current_context()
    });
    let bytes = block_on(body.collect()).expect("infallible").to_bytes();
    assert_eq!(&*bytes, b"text");
    assert_eq!(tag(), None);
}

/// R13
#[test]
fn the_context_layer_carries() {
    let mut service = ContextLayer::new().layer(service_fn(|(): ()| async { Ok::<_, Infallible>(tags().await) }));
    let response = carried(|| service.call(()));
    assert_eq!(response, Ok(CAPTURED));
    let mut fresh = ContextLayer::fresh().layer(service_fn(|(): ()| async { Ok::<_, Infallible>(tags().await) }));
    assert_eq!(carried(|| fresh.call(())), Ok((None, None)));
}

/// R13
#[test]
fn the_bind_layer_carries() {
    let service = service_fn(|(): ()| async { Ok::<_, Infallible>((tags().await, NAME.get())) });
    let mut service = BindLayer::new(&NAME, |(): &()| Some("bound")).layer(service);
    assert_eq!(carried(|| service.call(())), Ok((CAPTURED, "bound")));
}

/// R13
#[test]
fn a_captured_request_carries() {
    /// Hands out its requests, as a buffer does.
    #[derive(Clone)]
    struct Queue<R>(std::sync::mpsc::Sender<R>);

    impl<R: Send + 'static> Service<R> for Queue<R> {
        type Response = ();
        type Error = Infallible;
        type Future = future::Ready<Result<(), Infallible>>;

        fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: R) -> Self::Future {
            self.0.send(request).expect("the test listens");
            future::ready(Ok(()))
        }
    }

    let (send, receive) = std::sync::mpsc::channel::<Captured<u8>>();
    let outer = CaptureLayer::new().layer(Queue(send));
    tagged("captured", || block_on(outer.oneshot(1))).expect("infallible");
    let mut inner = RestoreLayer::new().layer(service_fn(|number: u8| {
        let at_the_call = tag();
        async move { Ok::<_, Infallible>((number, at_the_call, tags().await)) }
    }));
    let request = receive.recv().expect("a request");
    let response: InContext<_> = inner.call(request);
    assert_eq!(drive_across_threads(response), Ok((1, CAPTURED.0, CAPTURED)));
}

/// R7, R13
#[test]
fn a_captured_request_is_dropped_with_what_it_carries() {
    let mut seen = Vec::new();
    let request = tagged("captured", || {
        NAME.sync_scope("alice", || Captured::new(probe(|here| seen.push(here))))
    });
    drop(request);
    assert_eq!(seen, [(Some("captured"), "alice")]);
}

/// R13
#[test]
fn the_body_layer_carries() {
    let service = service_fn(|_request: hyper::Request<()>| async {
        let body = Full::new(&b"text"[..]).map_frame(|frame| {
            assert_eq!(tag(), Some("captured"));
            frame
        });
        Ok::<_, Infallible>(hyper::Response::new(body))
    });
    let mut service = ContextLayer::new().layer(BodyLayer::new().layer(service));
    let response = carried(|| service.call(hyper::Request::new(())));
    let body = response.expect("infallible").into_body();
    assert_eq!(&*block_on(body.collect()).expect("infallible").to_bytes(), b"text");
}

/// R13: and what one that is not fresh returns goes on with what that one ran with.
#[test]
fn what_an_async_fn_returns_carries_what_the_function_did() {
    #[with_context]
    async fn returns() -> Pin<Box<dyn Future<Output = Option<&'static str>>>> {
        yield_now().await;
        Box::pin(async { tag() })
    }
    let outer = tagged("caller's", returns);
    let inner = drive(outer);
    assert_eq!(drive(inner), Some("caller's"));
    let outer = tagged("caller's", returns);
    let inner = tagged("poller's", || drive(outer));
    assert_eq!(drive(inner), Some("poller's"));
}
