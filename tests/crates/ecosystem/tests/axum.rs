//! axum, served on a port: un-annotated handlers below the layers.

mod common;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use contextvars::tower::{BindLayer, ContextLayer};
use contextvars::{ContextExt, context_var};
use futures::future::{join_all, pending};
use futures::{StreamExt, stream};
use hyper::{Request as Get, StatusCode};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::yield_now;

use common::{Client, OnDrop, Watched, quiet_expected_panics, serve, text};

#[context_var]
static USER: String = "nobody".to_owned();
#[context_var]
static STEPS: Vec<&'static str> = Vec::new();
#[context_var]
static HELD: Arc<()>;

fn user_of(request: &Request) -> Option<String> {
    request.headers().get("x-user")?.to_str().ok().map(str::to_owned)
}

fn step(name: &'static str) {
    let mut steps = STEPS.get();
    steps.push(name);
    STEPS.set(steps);
}

/// Each of these is called as it stands; none is annotated.
async fn deep() -> String {
    yield_now().await;
    deeper().await
}

async fn deeper() -> String {
    step("deeper");
    yield_now().await;
    deepest()
}

fn deepest() -> String {
    format!("{} {:?}", USER.get(), STEPS.get())
}

/// R2, R3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_requests_never_cross() {
    async fn handler(Path(number): Path<u32>) -> String {
        let before = deep().await;
        USER.set(format!("{}/{number}", USER.get()));
        for _ in 0..number % 5 {
            yield_now().await;
        }
        format!("{before}, {}", deep().await)
    }

    let app = Router::new()
        .route("/{number}", get(handler))
        .layer(BindLayer::new(&USER, user_of));
    let address = serve(app).await;
    let clients = (0..32).map(|client| async move {
        let mut connection = Client::connect(address).await;
        for number in 0..25 {
            let user = format!("user-{client}-{number}");
            let answer = connection.ask_as(&user, &format!("/{number}")).await;
            let expected = format!("{user} [\"deeper\"], {user}/{number} [\"deeper\", \"deeper\"]");
            assert_eq!(answer, expected);
        }
    });
    for client in join_all(clients.map(tokio::spawn)).await {
        client.expect("no panic");
    }
}

/// R2, Case 176
#[tokio::test]
async fn requests_of_one_connection_see_nothing_of_each_other() {
    let app = Router::new().route("/", get(deep)).layer(ContextLayer::new());
    let mut connection = Client::connect(serve(app).await).await;
    for _ in 0..3 {
        assert_eq!(connection.ask_as("alice", "/").await, "nobody [\"deeper\"]");
    }
}

/// R5: what the layer is for.
#[tokio::test]
async fn without_a_layer_a_handler_may_not_write() {
    async fn handler() -> String {
        STEPS.try_set(vec!["mine"]).is_err().to_string()
    }

    let app = Router::new()
        .route("/layered", get(handler))
        .layer(ContextLayer::new())
        .route("/bare", get(handler));
    let mut connection = Client::connect(serve(app).await).await;
    assert_eq!(connection.ask_as("alice", "/layered").await, "false");
    assert_eq!(connection.ask_as("alice", "/bare").await, "true");
}

/// R3: an un-annotated middleware sets for what is below it, and sees what that has set.
#[tokio::test]
async fn middleware_shares_the_requests_context() {
    async fn authenticate(request: Request, next: Next) -> Result<Response, StatusCode> {
        let user = user_of(&request).ok_or(StatusCode::UNAUTHORIZED)?;
        yield_now().await;
        USER.set(user);
        step("authenticate");
        let mut response = next.run(request).await;
        let steps = STEPS.get().join(",").parse().expect("a header");
        response.headers_mut().insert("x-steps", steps);
        Ok(response)
    }

    struct Caller(String);

    impl<S: Sync> FromRequestParts<S> for Caller {
        type Rejection = Infallible;

        async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
            step("extract");
            Ok(Self(USER.get()))
        }
    }

    async fn handler(Caller(user): Caller) -> String {
        step("handle");
        user
    }

    let app = Router::new()
        .route("/", get(handler))
        .layer(from_fn(authenticate))
        .layer(ContextLayer::new());
    let mut connection = Client::connect(serve(app).await).await;
    for user in ["alice", "bob"] {
        let request = Get::get("/").header("x-user", user);
        let response = connection.send(request).await.expect("a response");
        assert_eq!(response.headers()["x-steps"], "authenticate,extract,handle");
        assert_eq!(text(response).await, user);
    }
    let (status, _) = connection.ask(Get::get("/")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

/// What the next request is to bind.
#[derive(Clone, Default)]
struct Given(Arc<Mutex<Option<Arc<()>>>>);

impl Given {
    fn put(&self, value: &Watched) {
        *self.0.lock().expect("no panic") = Some(value.value());
    }

    fn take(&self) -> Arc<()> {
        self.0.lock().expect("no panic").take().expect("one for each request")
    }
}

/// R12: an error, like a success, frees what the request had bound, and so does a panic.
#[tokio::test]
async fn errors_and_panics_leave_nothing_behind() {
    async fn handler(Path(how): Path<String>, State(given): State<Given>) -> StatusCode {
        HELD.set(given.take());
        yield_now().await;
        match &*how {
            "panic" => panic!("expected"),
            _ => StatusCode::IM_A_TEAPOT,
        }
    }

    quiet_expected_panics();
    let given = Given::default();
    let app = Router::new()
        .route("/{how}", get(handler))
        .layer(ContextLayer::new())
        .with_state(given.clone());
    let address = serve(app).await;
    for how in ["/error", "/panic", "/error", "/panic"] {
        let value = Watched::new();
        given.put(&value);
        let response = Client::connect(address).await.send(Get::get(how)).await;
        let status = response.ok().map(|response| response.status());
        assert_eq!(status, (how == "/error").then_some(StatusCode::IM_A_TEAPOT));
        assert!(!value.alive(), "{how}");
    }
}

/// R7: a request whose client has gone is dropped in its context.
#[tokio::test]
async fn a_cancelled_request_ends_in_its_context() {
    async fn handler(State(seen): State<UnboundedSender<String>>) {
        let _guard = OnDrop(|| seen.send(USER.get()).expect("the test waits"));
        seen.send(format!("{} waits", USER.get())).expect("the test waits");
        pending::<()>().await;
    }

    let (sender, mut seen) = unbounded_channel();
    let app = Router::new()
        .route("/", get(handler))
        .layer(BindLayer::new(&USER, user_of))
        .with_state(sender);
    let address = serve(app).await;
    for user in ["alice", "bob"] {
        let asking = tokio::spawn(async move { Client::connect(address).await.ask_as(user, "/").await });
        assert_eq!(seen.recv().await, Some(format!("{user} waits")));
        asking.abort();
        assert_eq!(seen.recv().await.as_deref(), Some(user));
    }
}

/// R1, R9
#[tokio::test]
async fn tasks_of_a_handler_inherit_where_they_are_wrapped() {
    async fn handler() -> String {
        let wrapped = tokio::spawn(deep().in_current_context());
        let bare = tokio::spawn(async { USER.get() });
        format!(
            "{}, {}",
            wrapped.await.expect("no panic"),
            bare.await.expect("no panic")
        )
    }

    let app = Router::new()
        .route("/", get(handler))
        .layer(BindLayer::new(&USER, user_of));
    let mut connection = Client::connect(serve(app).await).await;
    assert_eq!(connection.ask_as("alice", "/").await, "alice [\"deeper\"], nobody");
}

/// The body is polled by the server when the request's context has ended.
#[tokio::test]
async fn a_streaming_body_inherits_where_it_is_wrapped() {
    fn rows() -> impl stream::Stream<Item = Result<String, Infallible>> + Send {
        stream::iter(0..3).then(|row| async move {
            yield_now().await;
            Ok(format!("{row} {};", USER.get()))
        })
    }

    let app = Router::new()
        .route("/wrapped", get(async || Body::from_stream(rows().in_current_context())))
        .route("/bare", get(async || Body::from_stream(rows())))
        .layer(BindLayer::new(&USER, user_of));
    let mut connection = Client::connect(serve(app).await).await;
    assert_eq!(connection.ask_as("alice", "/wrapped").await, "0 alice;1 alice;2 alice;");
    assert_eq!(connection.ask_as("bob", "/bare").await, "0 nobody;1 nobody;2 nobody;");
}

/// R12: what the request bound is freed when its response is there, though the body is still to come.
#[tokio::test]
async fn a_slow_body_keeps_nothing_of_its_request() {
    async fn handler(State(given): State<Given>) -> Body {
        HELD.set(given.take());
        Body::from_stream(stream::pending::<Result<String, Infallible>>())
    }

    let given = Given::default();
    let app = Router::new()
        .route("/", get(handler))
        .layer(ContextLayer::new())
        .with_state(given.clone());
    let value = Watched::new();
    given.put(&value);
    let mut connection = Client::connect(serve(app).await).await;
    let response = connection.send(Get::get("/")).await.expect("a response");
    assert!(!value.alive());
    drop(response);
}
