//! R13 in all that spawns, polls or drops on behalf of a request: this crate's own ways to spawn, sets of tasks, executors
//! that are handed to a library, streams and bodies.

#[path = "common/spans.rs"]
mod spans;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use contextvars::tokio as inheriting;
use contextvars::tower::BodyLayer;
use contextvars::tracing::CurrentSpan;
use contextvars::{ContextExt, Inherit, bind, with_context};
use futures::executor::{LocalPool, ThreadPool};
use futures::task::{LocalSpawnExt, SpawnExt};
use futures::{Stream, StreamExt, stream};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper::rt::Executor;
use hyper::{Request, Response};
use hyper_util::rt::TokioExecutor;
use spans::{AtDrop, Seen, current};
use std::convert::Infallible;
use std::sync::Once;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::{JoinSet, LocalSet, yield_now};
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_http::trace::TraceLayer;
use tracing::{Instrument, info_span, instrument};

fn run<F: Future>(future: F) -> F::Output {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry()).expect("the first");
        contextvars::carry::<CurrentSpan>();
    });
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_time().build();
    runtime.expect("a runtime").block_on(future)
}

async fn plain() -> Option<&'static str> {
    yield_now().await;
    current()
}

async fn waits(at_drop: AtDrop) {
    let _at_drop = at_drop;
    std::future::pending::<()>().await;
}

/// Long enough for each task to have been polled.
async fn polled() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}

/// Case P19, R13
#[test]
fn this_crates_ways_to_spawn_carry() {
    #[instrument]
    async fn request() {
        assert_eq!(tokio::spawn(plain()).await.expect("no panic"), None, "bare");
        assert_eq!(inheriting::spawn(plain()).await.expect("no panic"), Some("request"));
        let blocking = inheriting::spawn_blocking(current);
        assert_eq!(blocking.await.expect("no panic"), Some("request"));
        let mut tasks = inheriting::JoinSet::new();
        tasks.spawn(plain());
        tasks.spawn(async { plain().await });
        tasks.spawn_blocking(current);
        assert_eq!(tasks.join_all().await, [Some("request"); 3]);
        let local = LocalSet::new();
        let task = local.run_until(async { inheriting::spawn_local(plain()).await });
        assert_eq!(task.await.expect("no panic"), Some("request"));
    }
    run(request());
}

/// Case P21, R13
#[test]
fn a_set_of_tasks_drops_them_in_their_span() {
    #[instrument(skip_all)]
    async fn request(seen: Seen) {
        // Aborted after the first poll, and before it.
        let mut tasks = JoinSet::new();
        tasks.spawn(waits(seen.at_drop()).in_current_context());
        polled().await;
        tasks.spawn(waits(seen.at_drop()).in_current_context());
        tasks.abort_all();
        while tasks.join_next().await.is_some() {}
        // With the set.
        tasks.spawn(waits(seen.at_drop()).in_current_context());
        polled().await;
        drop(tasks);
        let mut tasks = inheriting::JoinSet::new();
        tasks.spawn(waits(seen.at_drop()));
        polled().await;
        tasks.shutdown().await;
        polled().await;
    }
    let seen = Seen::default();
    run(request(seen.clone()));
    assert_eq!(seen.all(), [Some("request"); 4]);
}

/// Case P19, R13
#[test]
fn an_executor_that_inherits_carries() {
    async fn tell(span: oneshot::Sender<Option<&'static str>>) {
        yield_now().await;
        span.send(current()).expect("the test waits");
    }

    #[instrument]
    async fn request() {
        let pool = ThreadPool::builder().pool_size(1).create().expect("a pool");
        let task = Inherit(pool).spawn_with_handle(plain());
        assert_eq!(task.expect("a pool").await, Some("request"));
        let (span, told) = oneshot::channel();
        Inherit(TokioExecutor::new()).execute(tell(span));
        assert_eq!(told.await, Ok(Some("request")));
    }
    run(request());

    let mut pool = LocalPool::new();
    let spawner = Inherit(pool.spawner());
    let task = info_span!("request").in_scope(|| spawner.spawn_local_with_handle(plain()));
    assert_eq!(pool.run_until(task.expect("a pool")), Some("request"));
}

/// Case P19, R13: what a handler spawns has the span that `TraceLayer` made for the request.
#[test]
fn a_handler_of_axum_spawns_in_the_span_of_its_trace_layer() {
    async fn handler() -> &'static str {
        let wrapped = tokio::spawn(plain().in_current_context());
        let blocking = tokio::task::spawn_blocking(bind(current));
        let bare = tokio::spawn(plain());
        assert_eq!(wrapped.await.expect("no panic"), Some("request"));
        assert_eq!(blocking.await.expect("no panic"), Some("request"));
        assert_eq!(bare.await.expect("no panic"), None);
        "done"
    }

    run(async {
        let make_span = |_: &Request<Body>| info_span!("request");
        let app = Router::new().route("/", get(handler));
        let app = app.layer(TraceLayer::new_for_http().make_span_with(make_span));
        let request = Request::get("/").body(Body::empty()).expect("a request");
        let response = app.oneshot(request).await.expect("infallible");
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        assert_eq!(body, "done");
    });
}

fn parts(at_drop: AtDrop) -> impl Stream<Item = Option<&'static str>> + Send {
    stream::unfold((at_drop, 0_u8), |state| async move {
        yield_now().await;
        Some((current(), state))
    })
}

#[with_context]
fn annotated(at_drop: AtDrop) -> impl Stream<Item = Option<&'static str>> {
    parts(at_drop)
}

/// Case P19, R13
#[test]
fn a_stream_is_polled_and_dropped_in_its_span() {
    let seen = Seen::default();
    run(async {
        let stream = info_span!("request").in_scope(|| parts(seen.at_drop()).in_current_context());
        assert_eq!(stream.take(2).collect::<Vec<_>>().await, [Some("request"); 2]);
        assert_eq!(current(), None);
        let stream = info_span!("annotated").in_scope(|| annotated(seen.at_drop()));
        assert_eq!(stream.take(2).collect::<Vec<_>>().await, [Some("annotated"); 2]);
    });
    assert_eq!(seen.all(), [Some("request"), Some("annotated")]);
}

/// The future of the response is in the span, as by a middleware; the body is sent when that is over.
/// Case P19, R13
#[test]
fn with_the_layer_a_body_is_sent_and_dropped_in_its_requests_span() {
    let seen = Seen::default();
    run(async {
        let handler = service_fn(|at_drop: AtDrop| async {
            let body = parts(at_drop).map(|span| {
                let text = span.unwrap_or("none");
                Ok::<_, Infallible>(Frame::data(Bytes::from_static(text.as_bytes())))
            });
            Ok::<_, Infallible>(Response::new(StreamBody::new(body)))
        });
        let layered = ServiceBuilder::new().layer(BodyLayer::new()).service(handler);
        let response = layered.oneshot(seen.at_drop()).instrument(info_span!("request"));
        assert_eq!(first_frame(response.await).await, "request");
        let response = handler.oneshot(seen.at_drop()).instrument(info_span!("request"));
        assert_eq!(first_frame(response.await).await, "none");
    });
    assert_eq!(seen.all(), [Some("request"), None]);
}

async fn first_frame<B>(response: Result<Response<B>, Infallible>) -> Bytes
where
    B: hyper::body::Body<Data = Bytes, Error = Infallible>,
{
    let mut body = Box::pin(response.expect("a response").into_body());
    let frame = body.frame().await.expect("a frame").expect("no error");
    frame.into_data().expect("data")
}
