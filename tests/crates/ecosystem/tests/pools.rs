//! Detaching: what is made inside a request and outlives it keeps nothing of it, if it is made in a context of its own.

mod common;

use std::any::Any;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::routing::get;
use contextvars::tower::BindLayer;
use contextvars::{Context, ContextExt, Inherit, bind_fn, context_var, with_context};
use futures::future::BoxFuture;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::{OnceCell, mpsc, oneshot};
use tokio::task::{JoinSet, yield_now};
use tokio::time::{interval, sleep};

use common::{Client, Watched, serve};

#[context_var]
static HELD: Arc<()>;
#[context_var]
static USER: String = "nobody".to_owned();

/// A question, and where the answer goes.
type Job = (u32, oneshot::Sender<u32>);

/// Doubles numbers. Annotated, as anything may be that tasks are spawned of, so it holds what its maker has.
#[with_context]
async fn worker(mut jobs: mpsc::UnboundedReceiver<Job>) {
    while let Some((number, answer)) = jobs.recv().await {
        answer.send(number * 2).expect("the asker waits");
    }
}

/// A pool of workers, which ends with its handle.
struct Pool(Vec<mpsc::UnboundedSender<Job>>);

impl Pool {
    fn open(spawn: impl Fn(BoxFuture<'static, ()>)) -> Self {
        Self((0..2).map(|_| Self::connect(&spawn)).collect())
    }

    fn connect(spawn: impl Fn(BoxFuture<'static, ()>)) -> mpsc::UnboundedSender<Job> {
        let (sender, jobs) = mpsc::unbounded_channel();
        spawn(Box::pin(worker(jobs)));
        sender
    }

    async fn double(&self, number: u32) -> u32 {
        let (sender, answer) = oneshot::channel();
        self.0[0].send((number, sender)).expect("a worker");
        answer.await.expect("an answer")
    }
}

fn spawn(task: BoxFuture<'static, ()>) {
    tokio::spawn(task);
}

fn spawn_detached(task: BoxFuture<'static, ()>) {
    tokio::spawn(task.in_context(Context::new()));
}

fn pool() -> Box<dyn Any> {
    Box::new(Pool::open(spawn))
}

/// A cache that a task refreshes.
fn cache() -> Box<dyn Any> {
    #[with_context]
    async fn refresh(entries: Arc<Mutex<u32>>) {
        let mut ticks = interval(Duration::from_secs(3600));
        loop {
            ticks.tick().await;
            *entries.lock().expect("no panic") += 1;
        }
    }

    let entries = Arc::default();
    let mut refresher = JoinSet::new();
    refresher.spawn(refresh(Arc::clone(&entries)));
    Box::new((entries, refresher))
}

/// A timer that is not due for long.
fn timer() -> Box<dyn Any> {
    let mut due = JoinSet::new();
    due.spawn(async { sleep(Duration::from_secs(3600)).await }.in_current_context());
    Box::new(due)
}

/// A callback in somebody's list.
fn callback() -> Box<dyn Any> {
    Box::new(bind_fn(|| HELD.is_set()))
}

type Make = fn() -> Box<dyn Any>;

const LONG_LIVED: [(&str, Make); 4] = [
    ("pool", pool),
    ("cache", cache),
    ("timer", timer),
    ("callback", callback),
];

/// What is called to make something that outlives its maker.
#[with_context(fresh)]
fn detached(make: Make) -> Box<dyn Any> {
    make()
}

/// A request that holds `value`, and makes something.
#[with_context(HELD = value)]
async fn request<T>(value: Arc<()>, make: impl FnOnce() -> T) -> T {
    let long_lived = make();
    settle().await;
    assert!(HELD.is_set());
    long_lived
}

/// Lets every task run that has something to do.
async fn settle() {
    for _ in 0..20 {
        yield_now().await;
    }
}

/// R12, Case T32: made like anything else they hold the request's values for as long as they live.
#[tokio::test]
async fn what_inherits_keeps_the_request_alive() {
    for (name, make) in LONG_LIVED {
        let value = Watched::new();
        let made = request(value.value(), make).await;
        assert!(value.alive(), "{name}");
        drop(made);
        settle().await;
        assert!(!value.alive(), "{name}");
    }
}

/// R12, Cases 223, 251, T32
#[tokio::test]
async fn what_is_made_fresh_keeps_nothing() {
    for (name, make) in LONG_LIVED {
        let value = Watched::new();
        let made = request(value.value(), || detached(make)).await;
        assert!(!value.alive(), "{name}");
        drop(made);
    }
}

/// R12, Case 223: a pool that spawns by what it is given.
#[tokio::test]
async fn tasks_spawned_into_an_empty_context_keep_nothing() {
    for (spawn, keeps) in [(spawn as fn(_), true), (spawn_detached, false)] {
        let value = Watched::new();
        let pool = request(value.value(), || Pool::open(spawn)).await;
        assert_eq!(value.alive(), keeps);
        assert_eq!(pool.double(4).await, 8, "it lives");
    }
}

/// R12: a pool that the first request opens, and that all the others use.
#[tokio::test]
async fn a_pool_opened_by_the_first_request_keeps_nothing_of_it() {
    type Shared = Arc<OnceCell<Pool>>;

    #[with_context(fresh)]
    async fn open() -> Pool {
        yield_now().await;
        Pool::open(spawn)
    }

    async fn handler(State(pool): State<Shared>) -> String {
        let doubled = pool.get_or_init(open).await.double(4).await;
        format!("{doubled} {}", USER.get())
    }

    async fn careless(State(pool): State<Shared>) -> String {
        let doubled = pool.get_or_init(async || Pool::open(spawn)).await.double(4).await;
        format!("{doubled} {}", USER.get())
    }

    for (handler, keeps) in [(get(handler), false), (get(careless), true)] {
        let value = Watched::new();
        let first = Arc::new(Mutex::new(Some(value.value())));
        let app = Router::new()
            .route("/", handler)
            .layer(BindLayer::new(&HELD, move |_: &Request| {
                first.lock().expect("no panic").take()
            }))
            .layer(BindLayer::new(&USER, |request: &Request| {
                request.headers()["x-user"].to_str().ok().map(str::to_owned)
            }))
            .with_state(Shared::default());
        let mut connection = Client::connect(serve(app).await).await;
        assert_eq!(connection.ask_as("alice", "/").await, "8 alice");
        assert_eq!(value.alive(), keeps);
        assert_eq!(connection.ask_as("bob", "/").await, "8 bob");
        assert_eq!(value.alive(), keeps);
    }
}

/// Fetches over a connection from the pool of `client`, in a context that holds `value`.
#[with_context(HELD = value.clone())]
async fn fetch(value: Arc<()>, client: &Pooled<HttpConnector, Empty<Bytes>>, server: SocketAddr) {
    get_all(client, server).await;
    assert!(HELD.with(|held| held.is_some_and(|held| Arc::ptr_eq(held, &value))));
}

async fn get_all(client: &Pooled<HttpConnector, Empty<Bytes>>, server: SocketAddr) {
    let uri = format!("http://{server}/").parse().expect("an address");
    let response = client.get(uri).await.expect("a response");
    response.into_body().collect().await.expect("a body");
    // The connection goes back to the pool.
    settle().await;
}

/// R12, Cases 176, T32: hyper's client spawns a task for each connection, which serves later requests too.
#[tokio::test]
async fn a_connection_keeps_its_opener_where_the_executor_inherits() {
    let server = serve(Router::new().route("/", get(async || "hello"))).await;
    let plain = Pooled::builder(TokioExecutor::new()).build_http();
    let inherits = Pooled::builder(Inherit(TokioExecutor::new())).build_http();
    for (client, keeps) in [(plain, false), (inherits, true)] {
        let [opener, second] = [Watched::new(), Watched::new()];
        fetch(opener.value(), &client, server).await;
        assert_eq!(opener.alive(), keeps);
        fetch(second.value(), &client, server).await;
        assert_eq!(
            [opener.alive(), second.alive()],
            [keeps, false],
            "one connection for both"
        );
        drop(client);
        settle().await;
        assert!(!opener.alive());
    }
}

/// R12, Case 223: and not where the connection is opened by a call that starts empty.
#[tokio::test]
async fn a_connection_opened_fresh_keeps_nothing() {
    #[with_context(fresh)]
    async fn warm_up(client: &Pooled<HttpConnector, Empty<Bytes>>, server: SocketAddr) {
        get_all(client, server).await;
    }

    let server = serve(Router::new().route("/", get(async || "hello"))).await;
    let client = Pooled::builder(Inherit(TokioExecutor::new())).build_http();
    let [opener, second] = [Watched::new(), Watched::new()];
    HELD.scope(opener.value(), async { warm_up(&client, server).await })
        .await;
    assert!(!opener.alive());
    fetch(second.value(), &client, server).await;
    assert!(!second.alive(), "over the connection that is open already");
}
