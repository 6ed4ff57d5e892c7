//! The bodies of responses: with a `BodyLayer` in their requests' contexts, and without one outside.

mod common;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context as Waking, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use contextvars::tower::{BindLayer, BodyFuture, BodyLayer, BodyService, ContextLayer, ResponseBody};
use contextvars::{Context, ContextExt, InContext, context_var, with_context};
use futures::executor::block_on;
use futures::future::join_all;
use futures::{Stream, StreamExt, stream};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::{Request as Get, client};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::yield_now;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_http::trace::TraceLayer;

use common::{Client, Watched, listen, quiet_expected_panics, serve, text};

#[context_var]
static USER: String = "nobody".to_owned();
#[context_var]
static STEP: String = "none".to_owned();
#[context_var]
static COUNT: u32 = 0;
#[context_var]
static HELD: Arc<()>;
#[context_var(local)]
static TRANSACTION: u32 = 0;

fn user_of(request: &Request) -> Option<String> {
    request.headers().get("x-user")?.to_str().ok().map(str::to_owned)
}

/// Serves `routes` with the user bound, and below that with the layer for bodies or without.
async fn serve_with(routes: Router, layered: bool) -> SocketAddr {
    let routes = if layered {
        routes.layer(BodyLayer::new())
    } else {
        routes
    };
    serve(routes.layer(BindLayer::new(&USER, user_of))).await
}

/// The two servers, and whom a body of alice's is for in each.
async fn servers(routes: Router) -> [(SocketAddr, &'static str); 2] {
    let layered = serve_with(routes.clone(), true).await;
    [(layered, "alice"), (serve_with(routes, false).await, "nobody")]
}

fn as_alice(path: &str) -> hyper::http::request::Builder {
    Get::get(path).header("x-user", "alice")
}

/// A body that is made while it is sent.
fn rows(count: u32) -> impl Stream<Item = Result<String, Infallible>> + Send {
    stream::iter(0..count).then(|row| async move {
        yield_now().await;
        Ok(format!("{row} {} {};", USER.get(), STEP.get()))
    })
}

/// A frame for each number left, then trailers, each with the user; and at the end a word of whom it was dropped for.
struct Numbers {
    left: u8,
    trailers: bool,
    /// Is never over.
    endless: bool,
    #[expect(dead_code, reason = "what counts is its `Drop`")]
    report: Option<Report>,
}

/// Says when it is dropped whose context that is in.
struct Report(UnboundedSender<String>);

impl Drop for Report {
    fn drop(&mut self) {
        let _ = self.0.send(USER.get());
    }
}

impl Numbers {
    fn new(left: u8) -> Self {
        Self {
            left,
            trailers: false,
            endless: false,
            report: None,
        }
    }
}

impl HttpBody for Numbers {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Waking<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            Poll::Ready(Some(Ok(Frame::data(Bytes::from(format!("{left} {:>9};", USER.get()))))))
        } else if self.endless {
            Poll::Pending
        } else if std::mem::take(&mut self.trailers) {
            let user = HeaderValue::from_str(&USER.get()).expect("a header");
            Poll::Ready(Some(Ok(Frame::trailers(HeaderMap::from_iter([(
                "x-ended-for".parse().expect("a name"),
                user,
            )])))))
        } else {
            Poll::Ready(None)
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0 && !self.trailers && !self.endless
    }

    fn size_hint(&self) -> SizeHint {
        if self.trailers || self.endless {
            SizeHint::default()
        } else {
            SizeHint::with_exact(u64::from(self.left) * 12)
        }
    }
}

/// Case P5
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_is_polled_in_its_requests_context() {
    async fn handler(Path(number): Path<u32>) -> Body {
        yield_now().await;
        STEP.set(format!("handled {number}"));
        Body::from_stream(rows(5))
    }

    let address = serve_with(Router::new().route("/{number}", get(handler)), true).await;
    let clients = (0..32).map(|client| async move {
        let mut connection = Client::connect(address).await;
        for number in 0..10 {
            let user = format!("user-{client}-{number}");
            let expected = [0, 1, 2, 3, 4].map(|row| format!("{row} {user} handled {number};"));
            assert_eq!(connection.ask_as(&user, &format!("/{number}")).await, expected.concat());
        }
    });
    for client in join_all(clients.map(tokio::spawn)).await {
        client.expect("no panic");
    }
}

/// Case P5
#[tokio::test]
async fn without_the_layer_a_body_sees_nothing() {
    async fn handler() -> Body {
        STEP.set("handled".to_owned());
        Body::from_stream(rows(2))
    }

    let routes = Router::new().route("/", get(handler));
    let mut connection = Client::connect(serve_with(routes, false).await).await;
    assert_eq!(connection.ask_as("alice", "/").await, "0 nobody none;1 nobody none;");
}

/// Case P5: what a body sets is the body's own, and stays from frame to frame.
#[tokio::test]
async fn what_a_body_sets_stays_in_it() {
    async fn handler() -> Body {
        COUNT.set(10);
        Body::from_stream(stream::iter(0..3).then(|_| async {
            COUNT.set(COUNT.get() + 1);
            yield_now().await;
            Ok::<_, Infallible>(format!("{};", COUNT.get()))
        }))
    }

    let routes = Router::new().route("/", get(handler));
    let mut connection = Client::connect(serve_with(routes, true).await).await;
    for _ in 0..2 {
        assert_eq!(connection.ask_as("alice", "/").await, "11;12;13;");
    }
}

/// Case P5: a write in a body outside is refused, and the message says what to write for bodies.
#[tokio::test]
async fn a_set_in_a_body_outside_names_the_layer() {
    fn refused() -> String {
        let error = match COUNT.try_set(1) {
            Ok(_) => return "set".to_owned(),
            Err(error) => error.to_string(),
        };
        let panicked = catch_unwind(AssertUnwindSafe(|| drop(COUNT.set(1)))).expect_err("no context is entered");
        assert_eq!(panicked.downcast_ref(), Some(&error), "`set` says the same");
        error
    }

    let body = async || Body::from_stream(stream::iter([()]).map(|()| Ok::<_, Infallible>(refused())));
    let routes = Router::new().route("/", get(body));
    let [layered, bare] = servers(routes).await.map(|(address, _)| address);
    let message = Client::connect(bare).await.ask_as("alice", "/").await;
    for word in ["COUNT", "body", "`tower::BodyLayer`"] {
        assert!(message.contains(word), "{word} in {message}");
    }
    assert_eq!(Client::connect(layered).await.ask_as("alice", "/").await, "set");
}

/// Case P5, R7: of a client that goes away in the middle.
#[tokio::test]
async fn a_body_that_is_cut_short_is_dropped_in_its_requests_context() {
    let (report, mut reported) = unbounded_channel();
    let handler = async move || {
        let report = Some(Report(report.clone()));
        Body::new(Numbers {
            endless: true,
            report,
            ..Numbers::new(1)
        })
    };
    for (address, expected) in servers(Router::new().route("/", get(handler))).await {
        let mut connection = Client::connect(address).await;
        let mut response = connection.send(as_alice("/")).await.expect("a response");
        let frame = response.frame().await.expect("one is sent").expect("no error");
        let frame = frame.into_data().expect("data");
        assert!(frame.ends_with(format!("{expected};").as_bytes()), "{frame:?}");
        drop((response, connection));
        assert_eq!(reported.recv().await.as_deref(), Some(expected));
    }
}

/// Case P5, R7: of a `HEAD` request, and of a response that must have none.
#[tokio::test]
async fn a_body_that_is_never_sent_is_dropped_in_its_requests_context() {
    let (report, mut reported) = unbounded_channel();
    let handler = |status: StatusCode| {
        let report = report.clone();
        let body = move || {
            let report = Some(Report(report.clone()));
            Body::new(Numbers {
                report,
                ..Numbers::new(3)
            })
        };
        get(async move || (status, body()))
    };
    let routes = Router::new()
        .route("/", handler(StatusCode::OK))
        .route("/none", handler(StatusCode::NOT_MODIFIED));
    for (address, expected) in servers(routes).await {
        let mut connection = Client::connect(address).await;
        let response = connection.send(as_alice("/").method(Method::HEAD)).await;
        let response = response.expect("a response");
        assert_eq!(response.headers()["content-length"], "36");
        assert_eq!(text(response).await, "");
        assert_eq!(reported.recv().await.as_deref(), Some(expected), "HEAD");
        let response = connection.send(as_alice("/none")).await.expect("a response");
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(reported.recv().await.as_deref(), Some(expected), "not modified");
    }
}

/// Case P5
#[tokio::test]
async fn trailers_are_made_in_the_requests_context() {
    async fn handler() -> impl IntoResponse {
        let body = Body::new(Numbers {
            trailers: true,
            ..Numbers::new(1)
        });
        ([("trailer", "x-ended-for")], body)
    }

    for (address, expected) in servers(Router::new().route("/", get(handler))).await {
        let mut connection = Client::connect(address).await;
        let response = connection.send(as_alice("/").header("te", "trailers")).await;
        let body = response
            .expect("a response")
            .into_body()
            .collect()
            .await
            .expect("a body");
        let trailers = body.trailers().expect("it has some");
        assert_eq!(trailers["x-ended-for"], expected);
        assert_eq!(body.to_bytes(), format!("0 {expected:>9};"));
    }
}

/// Case P5: a body of known size stays one, in one piece or in several, and one of unknown size too.
#[tokio::test]
async fn sizes_are_kept() {
    let routes = Router::new()
        .route("/text", get(async || "hello"))
        .route("/empty", get(async || ()))
        .route("/numbers", get(async || Body::new(Numbers::new(3))))
        .route("/rows", get(async || Body::from_stream(rows(1))));
    let [layered, bare] = servers(routes).await.map(|(address, _)| address);
    let (mut layered, mut bare) = (Client::connect(layered).await, Client::connect(bare).await);
    for (path, size) in [
        ("/text", Some("5")),
        ("/empty", Some("0")),
        ("/numbers", Some("36")),
        ("/rows", None),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let mut headers = Vec::new();
            for connection in [&mut layered, &mut bare] {
                let response = connection.send(as_alice(path).method(&method)).await;
                let response = response.expect("a response");
                let length = response.headers().get("content-length").map(HeaderValue::as_bytes);
                assert_eq!(length, size.map(str::as_bytes), "{method} {path}");
                let mut all = response.headers().clone();
                all.remove("date");
                headers.push(all);
                text(response).await;
            }
            assert_eq!(headers[0], headers[1], "{method} {path}");
        }
    }
}

/// Case P5
#[tokio::test]
async fn a_trace_layer_below_knows_the_variables_while_the_body_is_sent() {
    fn trace(routes: Router, report: &UnboundedSender<String>) -> Router {
        let (chunks, ends) = (report.clone(), report.clone());
        let layer = TraceLayer::new_for_http()
            .on_body_chunk(move |chunk: &Bytes, _: Duration, _: &_| {
                let _ = chunks.send(format!("{} bytes for {}", chunk.len(), USER.get()));
            })
            .on_eos(move |trailers: Option<&HeaderMap>, _: Duration, _: &_| {
                let _ = ends.send(format!(
                    "{} trailers for {}",
                    trailers.map_or(0, HeaderMap::len),
                    USER.get()
                ));
            });
        routes.layer(layer)
    }

    async fn handler() -> impl IntoResponse {
        let body = Body::new(Numbers {
            trailers: true,
            ..Numbers::new(2)
        });
        ([("trailer", "x-ended-for")], body)
    }

    let (report, mut reported) = unbounded_channel();
    let routes = || Router::new().route("/", get(handler));
    let below = trace(routes(), &report).layer(BodyLayer::new());
    let above = trace(routes().layer(BodyLayer::new()), &report);
    for (routes, expected) in [
        (below, "alice"),
        (above, "nobody"),
        (trace(routes(), &report), "nobody"),
    ] {
        let address = serve(routes.layer(BindLayer::new(&USER, user_of))).await;
        let mut connection = Client::connect(address).await;
        let response = connection.send(as_alice("/").header("te", "trailers")).await;
        text(response.expect("a response")).await;
        for event in ["12 bytes", "12 bytes", "1 trailers"] {
            assert_eq!(reported.recv().await, Some(format!("{event} for {expected}")));
        }
    }
}

/// Case P5: a layer that makes another body has the one it gets inside, above as below.
#[tokio::test]
async fn another_body_may_be_made_on_either_side() {
    async fn sign(response: Response) -> Response {
        let sign = |chunk: Bytes| Bytes::from([&chunk, "signed for ".as_bytes(), USER.get().as_bytes(), b";"].concat());
        response.map(|body| Body::new(body.map_frame(move |frame| frame.map_data(sign))))
    }

    let routes = || Router::new().route("/", get(async || Body::new(Numbers::new(1))));
    let below = routes().layer(map_response(sign)).layer(BodyLayer::new());
    let above = routes().layer(BodyLayer::new()).layer(map_response(sign));
    for (routes, signer) in [(below, "alice"), (above, "nobody")] {
        let address = serve(routes.layer(BindLayer::new(&USER, user_of))).await;
        let answer = Client::connect(address).await.ask_as("alice", "/").await;
        assert_eq!(answer, format!("0     alice;signed for {signer};"));
    }
}

/// Case P5: hyper's own server, over HTTP/2, sends the bodies of one connection at once, each on a task of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_one_connection_are_apart() {
    type Asked = Get<Incoming>;

    async fn handle(_: Asked) -> Result<Response<Body>, Infallible> {
        STEP.set("handled".to_owned());
        Ok(Response::new(Body::from_stream(rows(5))))
    }

    let (listener, address) = listen().await;
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        let user = |request: &Asked| Some(request.headers().get("x-user")?.to_str().ok()?.to_owned());
        let service = ServiceBuilder::new()
            .layer(BindLayer::new(&USER, user))
            .layer(BodyLayer::new())
            .service(service_fn(handle));
        http2::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
            .await
    });
    let stream = TcpStream::connect(address).await.expect("the server listens");
    let connecting = client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (client, connection) = connecting.await.expect("a connection");
    tokio::spawn(connection);
    let answers = (0..64).map(|number| {
        let mut client = client.clone();
        async move {
            let user = format!("user-{number}");
            let request = Get::get(format!("http://{address}/")).header("x-user", &user);
            let response = client.send_request(request.body(Empty::<Bytes>::new()).expect("a request"));
            let expected = [0, 1, 2, 3, 4].map(|row| format!("{row} {user} handled;"));
            assert_eq!(text(response.await.expect("a response")).await, expected.concat());
        }
    });
    join_all(answers).await;
}

/// Case P5: what there is above every layer that makes a context is nothing, and a body starts from that.
#[tokio::test]
async fn above_the_context_there_is_nothing_to_take_along() {
    async fn handler() -> Body {
        STEP.set("handled".to_owned());
        Body::from_stream(rows(1).map(|row| {
            COUNT.set(COUNT.get() + 1);
            row
        }))
    }

    let routes = Router::new()
        .route("/", get(handler))
        .layer(BindLayer::new(&USER, user_of));
    let mut connection = Client::connect(serve(routes.layer(BodyLayer::new())).await).await;
    assert_eq!(connection.ask_as("alice", "/").await, "0 nobody none;");
}

/// Case P5, R1: an annotated stream keeps what it has captured, and what a body spawns inherits by an annotation.
#[tokio::test]
async fn what_is_annotated_in_a_body_captures_as_everywhere() {
    #[with_context(STEP = "its own".to_owned())]
    fn annotated() -> impl Stream<Item = Result<String, Infallible>> + Send {
        rows(1)
    }

    #[with_context]
    async fn task() -> Result<String, Infallible> {
        Ok(format!("spawned for {};", USER.get()))
    }

    async fn handler() -> Body {
        let spawned = stream::iter([()]).then(|()| async { tokio::spawn(task()).await.expect("no panic") });
        Body::from_stream(annotated().chain(spawned))
    }

    for (address, expected) in servers(Router::new().route("/", get(handler))).await {
        let answer = Client::connect(address).await.ask_as("alice", "/").await;
        assert_eq!(answer, format!("0 alice its own;spawned for {expected};"));
    }
}

/// Case P5, R4: what has captured before the body did keeps its own, and what is fresh stays fresh.
#[tokio::test]
async fn what_a_body_is_made_of_is_not_bound_anew() {
    fn users() -> impl Stream<Item = Result<String, Infallible>> + Send + use<> {
        stream::iter([()]).map(|()| Ok(format!("{};", USER.get())))
    }

    #[with_context]
    fn captured() -> impl Stream<Item = Result<String, Infallible>> + Send + use<> {
        users()
    }

    #[with_context(fresh)]
    fn fresh() -> impl Stream<Item = Result<String, Infallible>> + Send + use<> {
        users()
    }

    let shared = Arc::new(Mutex::new(Some(fresh())));
    let handler = async move || {
        let captured = captured();
        let shared = shared.lock().expect("no panic").take().expect("asked once");
        USER.set("later".to_owned());
        Body::from_stream(captured.chain(fresh()).chain(shared).chain(users()))
    };
    let routes = Router::new().route("/", get(handler));
    let mut connection = Client::connect(serve_with(routes, true).await).await;
    assert_eq!(connection.ask_as("alice", "/").await, "alice;nobody;nobody;later;");
}

/// Case P5: a transaction of the handler is over when the body is sent.
#[tokio::test]
async fn local_variables_stay_with_the_handler() {
    async fn handler() -> Body {
        TRANSACTION.set(7);
        Body::from_stream(stream::iter([()]).map(|()| Ok::<_, Infallible>(TRANSACTION.get().to_string())))
    }

    let routes = Router::new().route("/", get(handler));
    let mut connection = Client::connect(serve_with(routes, true).await).await;
    assert_eq!(connection.ask_as("alice", "/").await, "0");
}

/// Case P5, R12: what the request has bound lives as long as its body, and no longer.
#[tokio::test]
async fn a_body_keeps_what_its_request_has_bound_until_it_is_dropped() {
    let value = Watched::new();
    let given = Arc::new(Mutex::new(Some(value.value())));
    let handler = async move || {
        HELD.set(given.lock().expect("no panic").take().expect("asked once"));
        Body::from_stream(stream::iter([Ok::<_, Infallible>("first")]).chain(stream::pending()))
    };
    let mut connection = Client::connect(serve_with(Router::new().route("/", get(handler)), true).await).await;
    let mut response = connection.send(Get::get("/")).await.expect("a response");
    response.frame().await.expect("one is sent").expect("no error");
    assert!(value.alive());
    drop((response, connection));
    value.gone().await;
}

/// Case P5, R6: a body that panics takes its connection along, and nothing else.
#[tokio::test]
async fn a_panic_in_a_body_leaves_nothing_behind() {
    async fn handler() -> Body {
        Body::from_stream(stream::iter([()]).map(|()| -> Result<String, Infallible> {
            COUNT.set(1);
            panic!("expected")
        }))
    }

    quiet_expected_panics();
    let seen = async || format!("{} {}", USER.get(), COUNT.is_set());
    let routes = Router::new().route("/panic", get(handler)).route("/", get(seen));
    let address = serve_with(routes, true).await;
    for _ in 0..2 {
        let mut connection = Client::connect(address).await;
        let whole = async { connection.send(as_alice("/panic")).await?.into_body().collect().await };
        whole.await.expect_err("it is cut off");
        let mut connection = Client::connect(address).await;
        assert_eq!(connection.ask(Get::get("/")).await.1, "nobody false");
    }
    assert!(!COUNT.is_set());
}

/// Case P5: nothing of a response is another but the body's type.
#[tokio::test]
async fn a_response_is_as_it_was() {
    #[derive(Clone, Debug, PartialEq)]
    struct Extension(u32);

    async fn handle(body: Full<Bytes>) -> Result<Response<Full<Bytes>>, &'static str> {
        if body.is_end_stream() {
            return Err("nothing to say");
        }
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::IM_A_TEAPOT;
        response.headers_mut().insert("x-kind", HeaderValue::from_static("tea"));
        response.extensions_mut().insert(Extension(7));
        Ok(response)
    }

    let service = ServiceBuilder::new()
        .layer(BodyLayer::new())
        .service(service_fn(handle));
    let response = service.clone().oneshot(Full::from("hello")).await.expect("no error");
    assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
    assert_eq!(response.headers()["x-kind"], "tea");
    assert_eq!(response.headers().len(), 1);
    assert_eq!(response.extensions().get(), Some(&Extension(7)));
    let body: ResponseBody<Full<Bytes>> = response.into_body();
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(5), false));
    assert_eq!(body.collect().await.expect("no error").to_bytes(), "hello");
    assert_eq!(service.oneshot(Full::default()).await.err(), Some("nothing to say"));
}

/// Case P5: any body takes any context, with no layer.
#[tokio::test]
async fn a_body_can_be_given_a_context() {
    let alice = Context::new().with(&USER, "alice".to_owned());
    let mut body = Numbers::new(1).in_context(alice.clone());
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(12), false));
    let frame = body.frame().await.expect("one is left").expect("no error");
    assert_eq!(frame.into_data().expect("data"), "0     alice;");
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(0), true));
    assert!(body.frame().await.is_none());
    assert!(body.frame().await.is_none(), "may be asked again");
    assert!(Empty::<Bytes>::new().in_context(alice).is_end_stream());
}

/// Case P5: size and end are asked where the caller is, and nothing is left of what has been dropped at completion.
#[test]
fn sizes_are_asked_where_the_caller_is() {
    /// As long as the name of who asks; a future as well, to be done with.
    struct Named;

    impl HttpBody for Named {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Waking<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(None)
        }

        fn is_end_stream(&self) -> bool {
            USER.get() == "nobody"
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(USER.get().len() as u64)
        }
    }

    impl Future for Named {
        type Output = ();

        fn poll(self: Pin<&mut Self>, _: &mut Waking<'_>) -> Poll<()> {
            Poll::Ready(())
        }
    }

    let mut body = Named.in_context(Context::new().with(&USER, "alice".to_owned()));
    let asked = |body: &InContext<Named>| (body.size_hint().exact(), body.is_end_stream());
    assert_eq!(asked(&body), (Some(6), true));
    USER.sync_scope("bob".to_owned(), || assert_eq!(asked(&body), (Some(3), false)));
    block_on(&mut body);
    USER.sync_scope("bob".to_owned(), || assert_eq!(asked(&body), (Some(0), true)));
}

/// Layers, services and response futures can be named, cloned and shown.
#[test]
fn types_are_nameable_and_shown() {
    type Answer = Result<Response<Empty<Bytes>>, Infallible>;

    #[derive(Clone, Debug)]
    struct Sync;

    impl Service<()> for Sync {
        type Response = Response<Empty<Bytes>>;
        type Error = Infallible;
        type Future = Ready<Answer>;

        fn poll_ready(&mut self, _: &mut Waking<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, (): ()) -> Ready<Answer> {
            ready(Ok(Response::new(Empty::new())))
        }
    }

    let mut service: BodyService<ContextServiceOf<Sync>> = BodyLayer::new().layer(ContextLayer::new().layer(Sync));
    let response: BodyFuture<InContext<Ready<Answer>>> = service.clone().call(());
    assert_eq!(format!("{:?}", BodyLayer::default()), "BodyLayer");
    assert_eq!(
        format!("{service:?}"),
        "BodyService { inner: ContextService { inner: Sync, start: Inherited } }"
    );
    assert_eq!(format!("{response:?}"), "BodyFuture { inner: InContext { .. } }");
    assert!(block_on(response).expect("no error").body().is_end_stream());
    assert!(block_on(service.ready()).is_ok());
}

type ContextServiceOf<S> = contextvars::tower::ContextService<S>;
