//! Stacks in which a layer makes the inner call on a task of its own: clients, servers.

mod common;

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::{Context as Waking, Poll};
use std::time::Duration;

use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use bytes::Bytes;
use contextvars::tower::{
    BindLayer, CaptureLayer, CaptureService, Captured, ContextLayer, RestoreLayer, RestoreService,
};
use contextvars::{ContextExt, InContext, context_var, with_context};
use futures::future::{BoxFuture, join_all, pending};
use futures::task::noop_waker_ref;
use http_body_util::Empty;
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::task::yield_now;
use tower::buffer::{Buffer, BufferLayer};
use tower::hedge::{self, Hedge};
use tower::limit::ConcurrencyLimitLayer;
use tower::load_shed::error::Overloaded;
use tower::retry;
use tower::spawn_ready::SpawnReadyLayer;
use tower::{BoxError, Layer, Service, ServiceBuilder, ServiceExt, service_fn};

use common::{Client, Watched, serve, text};

#[context_var]
static USER: String = "nobody".to_owned();
#[context_var]
static COUNT: u32 = 0;
#[context_var]
static HELD: Arc<()>;
#[context_var(local)]
static TRANSACTION: u32 = 0;

type Get = hyper::Request<Empty<Bytes>>;

/// A client that writes the user who calls into the request, and the one who awaits behind the answer.
#[derive(Clone)]
struct ForUser(HttpClient<HttpConnector, Empty<Bytes>>);

impl ForUser {
    fn new() -> Self {
        Self(HttpClient::builder(TokioExecutor::new()).build_http())
    }
}

impl Service<Get> for ForUser {
    type Response = String;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<String, BoxError>>;

    fn poll_ready(&mut self, _: &mut Waking<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Get) -> Self::Future {
        let user = USER.get().parse().expect("a header");
        request.headers_mut().insert("x-user", user);
        let response = self.0.request(request);
        Box::pin(async move {
            let response = response.await?;
            let status = response.status();
            let text = format!("{}, awaited by {}", text(response).await, USER.get());
            if status.is_success() {
                Ok(text)
            } else {
                Err(text.into())
            }
        })
    }
}

/// Which users have asked a path so far.
type Asked = Arc<Mutex<HashMap<String, Vec<String>>>>;

/// A server that notes who asks. Its answer to the first who asks for something flaky is an error, and to the first who
/// asks for something slow it never comes.
async fn server() -> (SocketAddr, Asked) {
    async fn handler(
        Path((kind, name)): Path<(String, String)>,
        State(asked): State<Asked>,
        headers: HeaderMap,
    ) -> (StatusCode, String) {
        let user = headers["x-user"].to_str().expect("text").to_owned();
        let attempts = {
            let mut asked = asked.lock().expect("no panic");
            let users = asked.entry(name).or_default();
            users.push(user.clone());
            users.len()
        };
        match &*kind {
            "flaky" if attempts == 1 => (StatusCode::SERVICE_UNAVAILABLE, "try again".to_owned()),
            "slow" if attempts == 1 => pending().await,
            _ => (StatusCode::OK, format!("called for {user}")),
        }
    }

    let asked = Asked::default();
    let routes = Router::new().route("/{kind}/{name}", get(handler));
    (serve(routes.with_state(asked.clone())).await, asked)
}

fn request(server: SocketAddr, path: &str) -> Get {
    hyper::Request::get(format!("http://{server}{path}"))
        .body(Empty::new())
        .expect("a request")
}

/// Asks as `user`. In a box, since the compiler can't see that the future may be sent.
fn ask_as<S, R>(user: &str, service: S, request: R) -> BoxFuture<'static, Result<S::Response, S::Error>>
where
    S: Service<R, Future: Send> + Send + 'static,
    R: Send + 'static,
{
    let asking = async move { service.oneshot(request).await };
    Box::pin(USER.scope(user.to_owned(), asking))
}

/// Case P6: the worker's task has nothing, whoever it works for.
#[tokio::test]
async fn behind_a_buffer_a_call_sees_nothing() {
    let (server, asked) = server().await;
    let client = ServiceBuilder::new().layer(BufferLayer::new(4)).service(ForUser::new());
    let answer = ask_as("alice", client, request(server, "/plain/naive")).await;
    assert_eq!(answer.expect("an answer"), "called for nobody, awaited by alice");
    assert_eq!(asked.lock().expect("no panic")["naive"], ["nobody"]);
}

/// Case P6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_the_two_layers_each_caller_of_a_buffer_has_its_context() {
    let (server, asked) = server().await;
    let client = ServiceBuilder::new()
        .layer(CaptureLayer::new())
        .layer(BufferLayer::new(4))
        .layer(RestoreLayer::new())
        .service(ForUser::new());
    let callers = (0..32).map(|caller| {
        let client = client.clone();
        async move {
            for number in 0..8 {
                let user = format!("user-{caller}-{number}");
                let request = request(server, &format!("/plain/{user}"));
                let answer = ask_as(&user, client.clone(), request).await;
                let expected = format!("called for {user}, awaited by {user}");
                assert_eq!(answer.expect("an answer"), expected);
                assert_eq!(USER.get(), "nobody");
            }
        }
    });
    for caller in join_all(callers.map(tokio::spawn)).await {
        caller.expect("no panic");
    }
    let asked = asked.lock().expect("no panic");
    assert_eq!(asked.len(), 32 * 8);
    assert!(asked.iter().all(|(name, users)| users == std::slice::from_ref(name)));
}

/// Tries again, up to three times, what has no body: it looks at the request.
#[derive(Clone)]
struct Thrice(u32);

impl Thrice {
    fn decide<T>(&mut self, request: &Get, result: &Result<T, BoxError>) -> Option<Ready<()>> {
        let again = result.is_err() && request.method() == hyper::Method::GET && self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        again.then(|| ready(()))
    }
}

impl<T> retry::Policy<Captured<Get>, T, BoxError> for Thrice {
    type Future = Ready<()>;

    fn retry(&mut self, request: &mut Captured<Get>, result: &mut Result<T, BoxError>) -> Option<Ready<()>> {
        self.decide(request, result)
    }

    fn clone_request(&mut self, request: &Captured<Get>) -> Option<Captured<Get>> {
        Some(request.clone())
    }
}

impl<T> retry::Policy<Get, T, BoxError> for Thrice {
    type Future = Ready<()>;

    fn retry(&mut self, request: &mut Get, result: &mut Result<T, BoxError>) -> Option<Ready<()>> {
        self.decide(request, result)
    }

    fn clone_request(&mut self, request: &Get) -> Option<Get> {
        Some(request.clone())
    }
}

/// Case P6
#[tokio::test]
async fn a_retry_is_made_in_its_callers_context() {
    let (server, asked) = server().await;
    let layered = ServiceBuilder::new()
        .layer(CaptureLayer::new())
        .retry(Thrice(3))
        .layer(BufferLayer::new(4))
        .layer(RestoreLayer::new())
        .service(ForUser::new());
    let naive = ServiceBuilder::new()
        .retry(Thrice(3))
        .layer(BufferLayer::new(4))
        .service(ForUser::new());

    let answer = ask_as("alice", layered, request(server, "/flaky/layered")).await;
    assert_eq!(answer.expect("an answer"), "called for alice, awaited by alice");
    let answer = ask_as("alice", naive, request(server, "/flaky/naive")).await;
    assert_eq!(answer.expect("an answer"), "called for nobody, awaited by alice");
    let asked = asked.lock().expect("no panic");
    assert_eq!(asked["layered"], ["alice", "alice"]);
    assert_eq!(asked["naive"], ["nobody", "nobody"]);
}

/// Asks a second time where an answer takes long.
#[derive(Clone)]
struct Twice;

impl<R: Clone> hedge::Policy<R> for Twice {
    fn clone_request(&self, request: &R) -> Option<R> {
        Some(request.clone())
    }

    fn can_retry(&self, _: &R) -> bool {
        true
    }
}

/// Case P6
#[tokio::test]
async fn a_hedge_is_made_in_its_callers_context() {
    fn hedged<R, S>(service: S) -> Hedge<S, Twice>
    where
        S: Service<R, Error = BoxError> + Clone,
        R: Clone,
    {
        let minute = Duration::from_secs(60);
        Hedge::new_with_mock_latencies::<R>(service, Twice, 1, 0.9, minute, &[10; 20])
    }

    let (server, asked) = server().await;
    let buffered = ServiceBuilder::new()
        .layer(BufferLayer::new(4))
        .layer(RestoreLayer::new())
        .service(ForUser::new());
    let layered = CaptureLayer::new().layer(hedged::<Captured<Get>, _>(buffered));
    let naive = hedged::<Get, _>(BufferLayer::new(4).layer(ForUser::new()));

    let answer = ask_as("alice", layered, request(server, "/slow/layered")).await;
    assert_eq!(answer.expect("an answer"), "called for alice, awaited by alice");
    let answer = ask_as("alice", naive, request(server, "/slow/naive")).await;
    assert_eq!(answer.expect("an answer"), "called for nobody, awaited by alice");
    let asked = asked.lock().expect("no panic");
    assert_eq!(asked["layered"], ["alice", "alice"]);
    assert_eq!(asked["naive"], ["nobody", "nobody"]);
}

/// Case P6: `SpawnReady` waits on a task of its own until the limit has room, and the buffer calls on another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_waits_for_room_takes_nothing_away() {
    let (server, asked) = server().await;
    let limited = || {
        ServiceBuilder::new()
            .layer(SpawnReadyLayer::new())
            .layer(ConcurrencyLimitLayer::new(1))
    };
    let layered = ServiceBuilder::new()
        .layer(CaptureLayer::new())
        .layer(BufferLayer::new(4))
        .layer(limited())
        .layer(RestoreLayer::new())
        .service(ForUser::new());
    let naive = ServiceBuilder::new()
        .layer(BufferLayer::new(4))
        .layer(limited())
        .service(ForUser::new());

    let callers = (0..16).map(|caller| {
        let layered = layered.clone();
        async move {
            let user = format!("user-{caller}");
            let answer = ask_as(&user, layered, request(server, &format!("/plain/{user}"))).await;
            assert_eq!(
                answer.expect("an answer"),
                format!("called for {user}, awaited by {user}")
            );
        }
    });
    for caller in join_all(callers.map(tokio::spawn)).await {
        caller.expect("no panic");
    }
    ask_as("alice", naive, request(server, "/plain/naive"))
        .await
        .expect("an answer");
    assert_eq!(asked.lock().expect("no panic")["naive"], ["nobody"]);
}

/// Case P6: what is shed is shed, and what isn't has its context.
#[tokio::test]
async fn what_is_not_shed_has_its_callers_context() {
    let (server, asked) = server().await;
    let layered = ServiceBuilder::new()
        .layer(CaptureLayer::new())
        .layer(BufferLayer::new(4))
        .load_shed()
        .layer(ConcurrencyLimitLayer::new(1))
        .layer(RestoreLayer::new())
        .service(ForUser::new());
    let naive = ServiceBuilder::new()
        .layer(BufferLayer::new(4))
        .load_shed()
        .layer(ConcurrencyLimitLayer::new(1))
        .service(ForUser::new());

    let slow = tokio::spawn(ask_as("alice", layered.clone(), request(server, "/slow/layered")));
    while asked.lock().expect("no panic").is_empty() {
        yield_now().await;
    }
    let shed = ask_as("bob", layered.clone(), request(server, "/plain/shed")).await;
    assert!(shed.expect_err("there is room for one").is::<Overloaded>());
    slow.abort();
    assert!(slow.await.is_err());
    let answer = ask_as("carol", layered, request(server, "/plain/later")).await;
    assert_eq!(answer.expect("an answer"), "called for carol, awaited by carol");
    ask_as("alice", naive, request(server, "/plain/naive"))
        .await
        .expect("an answer");
    let asked = asked.lock().expect("no panic");
    assert_eq!(asked["layered"], ["alice"]);
    assert!(!asked.contains_key("shed"));
    assert_eq!(asked["naive"], ["nobody"]);
}

/// Sees for whom it is called, and for whom its future is polled.
fn who((): ()) -> impl Future<Output = Result<[String; 2], BoxError>> + Send {
    let called = USER.get();
    COUNT.try_set(COUNT.get() + 1).ok();
    async move {
        yield_now().await;
        COUNT.set(COUNT.get() + 1);
        Ok([format!("{called} {}", COUNT.get()), USER.get()])
    }
}

/// Case P6, R2: call and future are one context, which is no other call's and not the caller's.
#[tokio::test]
async fn what_a_call_sets_its_future_sees_and_nobody_else() {
    let service = ServiceBuilder::new()
        .layer(CaptureLayer::new())
        .layer(BufferLayer::new(4))
        .layer(RestoreLayer::new())
        .service_fn(who);
    let asking = async {
        COUNT.set(10);
        for _ in 0..2 {
            let answer = service.clone().oneshot(()).await.expect("an answer");
            assert_eq!(answer, ["alice 12", "alice"]);
        }
        assert_eq!(COUNT.get(), 10);
    };
    USER.scope("alice".to_owned(), asking).await;
}

/// Case P6, R4: a scope around a response reaches its future, which the caller polls; the call is the worker's.
#[tokio::test]
async fn a_scope_around_a_response_comes_too_late_for_the_call_and_its_future() {
    let mut service = ServiceBuilder::new()
        .layer(CaptureLayer::new())
        .layer(BufferLayer::new(4))
        .layer(RestoreLayer::new())
        .service_fn(who);
    let asking = async {
        let response = service.ready().await.expect("no error").call(());
        USER.scope("bob".to_owned(), response).await
    };
    let answer = USER.scope("alice".to_owned(), asking).await;
    assert_eq!(answer.expect("an answer"), ["alice 2", "alice"], "both are one user's");
}

/// Case P6: a request whose caller has gone away while it waited is dropped by the worker, in its context.
#[tokio::test]
async fn a_request_that_is_never_served_is_dropped_in_its_callers_context() {
    struct Request(std::sync::mpsc::Sender<String>);

    impl Drop for Request {
        fn drop(&mut self) {
            let user = USER.get();
            self.0.send(user).expect("the test listens");
        }
    }

    let (sender, dropped) = std::sync::mpsc::channel();
    let client = ServiceBuilder::new()
        .layer(CaptureLayer::new())
        .layer(BufferLayer::new(4))
        .layer(RestoreLayer::new())
        .concurrency_limit(1)
        .service_fn(async |request: Request| {
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(request);
            Ok::<_, BoxError>(())
        });
    let slow = tokio::spawn(USER.scope("alice".to_owned(), client.clone().oneshot(Request(sender.clone()))));
    tokio::time::sleep(Duration::from_millis(10)).await;
    let gone = USER.scope("bob".to_owned(), async {
        tokio::time::timeout(Duration::from_millis(10), client.clone().oneshot(Request(sender))).await
    });
    assert!(gone.await.is_err(), "bob goes away");
    slow.await.expect("no panic").expect("no error");
    drop(client);
    let dropped = tokio::task::spawn_blocking(move || dropped.iter().collect::<Vec<_>>());
    assert_eq!(dropped.await.expect("no panic"), ["alice", "bob"]);
}

/// Case P6: a future that is handed to another task keeps its caller's context.
#[tokio::test]
async fn a_response_that_is_awaited_elsewhere_keeps_its_context() {
    #[with_context(USER = "a worker".to_owned())]
    async fn worker<F: Future>(response: F) -> F::Output {
        response.await
    }

    let mut service = ServiceBuilder::new()
        .layer(CaptureLayer::new())
        .layer(BufferLayer::new(4))
        .layer(RestoreLayer::new())
        .service_fn(who);
    let asking = async {
        let response = service.ready().await.expect("no error").call(());
        tokio::spawn(async move { worker(response).await }).await
    };
    let answer = USER.scope("alice".to_owned(), asking).await.expect("no panic");
    assert_eq!(answer.expect("an answer"), ["alice 2", "alice"]);
}

/// Case P6: a local variable stays with who awaits: the future, which the caller polls, and not the worker's call.
#[tokio::test]
async fn local_variables_do_not_cross_to_the_worker() {
    let service = ServiceBuilder::new()
        .layer(CaptureLayer::new())
        .layer(BufferLayer::new(4))
        .layer(RestoreLayer::new())
        .service_fn(|()| {
            let called = TRANSACTION.get();
            async move { Ok::<_, BoxError>((called, TRANSACTION.get())) }
        });
    let asking = async {
        TRANSACTION.set(7);
        service.oneshot(()).await.expect("an answer")
    };
    assert_eq!(asking.in_current_context().await, (0, 7));
}

/// Case P6, R12: nothing of a request stays in the buffer or its worker.
#[tokio::test]
async fn a_buffer_keeps_nothing_of_what_it_carried() {
    let service = ServiceBuilder::new()
        .layer(CaptureLayer::new())
        .layer(BufferLayer::new(4))
        .layer(RestoreLayer::new())
        .service_fn(async |()| Ok::<_, BoxError>(HELD.is_set()));
    let value = Watched::new();
    let asking = HELD.scope(value.value(), {
        let service = service.clone();
        async move { service.oneshot(()).await }
    });
    assert!(asking.await.expect("an answer"));
    value.gone().await;
    assert!(!service.oneshot(()).await.expect("an answer"));
}

/// Case P6: a layer may spawn the whole of an inner call.
#[tokio::test]
async fn a_layer_that_spawns_the_call_takes_nothing_away() {
    /// Makes each call on a task of its own.
    #[derive(Clone)]
    struct Spawn<S>(S);

    impl<S, R> Service<R> for Spawn<S>
    where
        S: Service<R, Response: Send, Error: Into<BoxError> + Send, Future: Send> + Clone + Send + 'static,
        R: Send + 'static,
    {
        type Response = S::Response;
        type Error = BoxError;
        type Future = BoxFuture<'static, Result<S::Response, BoxError>>;

        fn poll_ready(&mut self, cx: &mut Waking<'_>) -> Poll<Result<(), BoxError>> {
            self.0.poll_ready(cx).map_err(Into::into)
        }

        fn call(&mut self, request: R) -> Self::Future {
            let unready = self.0.clone();
            let ready = std::mem::replace(&mut self.0, unready);
            let response = tokio::spawn(async move { { ready }.call(request).await.map_err(Into::into) });
            Box::pin(async { response.await? })
        }
    }

    let (server, asked) = server().await;
    let layered = CaptureLayer::new().layer(Spawn(RestoreLayer::new().layer(ForUser::new())));
    let answer = ask_as("alice", layered, request(server, "/plain/layered")).await;
    assert_eq!(answer.expect("an answer"), "called for alice, awaited by alice");
    let answer = ask_as("alice", Spawn(ForUser::new()), request(server, "/plain/naive")).await;
    assert_eq!(answer.expect("an answer"), "called for nobody, awaited by nobody");
    let asked = asked.lock().expect("no panic");
    assert_eq!((&*asked["layered"][0], &*asked["naive"][0]), ("alice", "nobody"));
}

fn user_of(request: &Request) -> Option<String> {
    request.headers().get("x-user")?.to_str().ok().map(str::to_owned)
}

/// Binds how long the name is of the user that it sees: where it captures nothing, nobody's.
fn count_user(_: &Request) -> u32 {
    u32::try_from(USER.get().len()).expect("short")
}

async fn handler() -> String {
    yield_now().await;
    format!("{} {}", USER.get(), COUNT.get())
}

async fn error_handler(error: BoxError) -> (StatusCode, String) {
    (StatusCode::SERVICE_UNAVAILABLE, format!("{}: {error}", USER.get()))
}

async fn answers(routes: Router) -> Vec<String> {
    let address = serve(routes).await;
    let clients = ["alice", "bob", "caroline"].map(async |user| Client::connect(address).await.ask_as(user, "/").await);
    join_all(clients).await
}

const A_MINUTE: Duration = Duration::from_secs(60);

/// Case P6: a layer below the buffer that binds more captures on the worker's task.
#[tokio::test]
async fn in_a_server_a_layer_below_the_buffer_has_what_is_bound_above() {
    let routes = || Router::new().route("/", get(handler));
    let layered = ServiceBuilder::new()
        .layer(BindLayer::new(&USER, user_of))
        .layer(HandleErrorLayer::new(error_handler))
        .layer(CaptureLayer::new())
        .layer(BufferLayer::new(4))
        .rate_limit(1000, A_MINUTE)
        .layer(RestoreLayer::new())
        .layer(BindLayer::new(&COUNT, count_user));
    let naive = ServiceBuilder::new()
        .layer(BindLayer::new(&USER, user_of))
        .layer(HandleErrorLayer::new(error_handler))
        .layer(BufferLayer::new(4))
        .rate_limit(1000, A_MINUTE)
        .layer(BindLayer::new(&COUNT, count_user));
    assert_eq!(
        answers(routes().layer(layered)).await,
        ["alice 5", "bob 3", "caroline 8"]
    );
    assert_eq!(
        answers(routes().layer(naive)).await,
        ["nobody 6", "nobody 6", "nobody 6"]
    );
}

/// Case P6: where all that binds is below the buffer nothing has to cross, and the two layers do no harm.
#[tokio::test]
async fn in_a_server_layers_below_the_buffer_bind_all_the_same() {
    let routes = || Router::new().route("/", get(handler));
    let layered = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(error_handler))
        .layer(CaptureLayer::new())
        .layer(BufferLayer::new(4))
        .rate_limit(1000, A_MINUTE)
        .layer(RestoreLayer::new())
        .layer(BindLayer::new(&USER, user_of))
        .layer(BindLayer::new(&COUNT, count_user));
    let naive = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(error_handler))
        .layer(BufferLayer::new(4))
        .rate_limit(1000, A_MINUTE)
        .layer(BindLayer::new(&USER, user_of))
        .layer(BindLayer::new(&COUNT, count_user));
    for answers in [
        answers(routes().layer(layered)).await,
        answers(routes().layer(naive)).await,
    ] {
        assert_eq!(answers, ["alice 5", "bob 3", "caroline 8"]);
    }
}

/// Case P6: the errors of the stack are handled where its layer stands: below what binds.
#[tokio::test]
async fn an_error_handler_below_the_binding_knows_whose_request_it_was() {
    let stack = ServiceBuilder::new()
        .layer(BindLayer::new(&USER, user_of))
        .layer(HandleErrorLayer::new(error_handler))
        .layer(CaptureLayer::new())
        .layer(BufferLayer::new(4))
        .load_shed()
        .rate_limit(1, A_MINUTE)
        .layer(RestoreLayer::new())
        .layer(ContextLayer::new());
    let address = serve(Router::new().route("/", get(handler)).layer(stack)).await;
    let mut connection = Client::connect(address).await;
    assert_eq!(connection.ask_as("alice", "/").await, "alice 0");
    let (status, text) = connection.ask(hyper::Request::get("/").header("x-user", "bob")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(text, "bob: service overloaded");
}

/// A request that was captured is read and written like itself, and tells nothing of the context.
#[test]
fn a_captured_request_is_its_request() {
    let mut captured = USER.sync_scope("alice".to_owned(), || Captured::new(vec![1, 2]));
    captured.push(3);
    assert_eq!(captured.len(), 3);
    assert_eq!(format!("{captured:?}"), "Captured { request: [1, 2, 3], .. }");
    let mut other = captured.clone();
    other.clear();
    assert_eq!(captured.into_inner(), [1, 2, 3]);
    let text = other.map(|list| format!("{list:?}"));
    assert_eq!(*text, "[]");

    let mut service = RestoreLayer::new().layer(service_fn(async |text: String| Ok::<_, BoxError>(text + &USER.get())));
    assert_eq!(
        futures::executor::block_on(service.call(text)).expect("no error"),
        "[]alice"
    );
}

/// Readiness is the service's and no request's, so it is asked where the caller is. The types can be named and shown.
#[test]
fn poll_ready_stays_with_the_caller() {
    #[derive(Clone, Debug)]
    struct Unready;

    impl Service<u8> for Unready {
        type Response = ();
        type Error = String;
        type Future = Ready<Result<(), String>>;

        fn poll_ready(&mut self, _: &mut Waking<'_>) -> Poll<Result<(), String>> {
            Poll::Ready(Err(USER.get()))
        }

        fn call(&mut self, _: u8) -> Self::Future {
            ready(Ok(()))
        }
    }

    type Stack = CaptureService<RestoreService<Unready>>;

    let mut service: Stack = CaptureLayer::default().layer(RestoreLayer::default().layer(Unready));
    assert_eq!(
        format!("{service:?}"),
        "CaptureService { inner: RestoreService { inner: Unready } }"
    );
    let mut waking = Waking::from_waker(noop_waker_ref());
    let readiness = USER.sync_scope("alice".to_owned(), || service.poll_ready(&mut waking));
    assert_eq!(readiness, Poll::Ready(Err("alice".to_owned())));
    let response: InContext<Ready<Result<(), String>>> = service.call(1);
    assert_eq!(futures::executor::block_on(response), Ok(()));
}

/// What crosses threads: a buffer of captured requests of any kind that does.
#[test]
fn captured_requests_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Captured<String>>();
    crosses::<Buffer<Captured<String>, InContext<BoxFuture<'static, Result<(), BoxError>>>>>();
    crosses::<CaptureLayer>();
    crosses::<RestoreLayer>();
}
