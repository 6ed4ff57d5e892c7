//! `Inherit` under hyper, on real sockets.

mod common;

use std::borrow::Cow;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Mutex;

use contextvars::tower::{BindLayer, ContextLayer};
use contextvars::{Context, ContextExt, Inherit, context_var, with_context};
use futures::executor::block_on;
use futures::future::{BoxFuture, join_all};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::rt::Executor;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tower::{Layer, ServiceBuilder, ServiceExt as _, service_fn as tower_service_fn};

use common::{Client, listen};

#[context_var]
static PEER: SocketAddr;
#[context_var]
static STEPS: u32 = 0;
#[context_var]
static TENANT: &'static str;
#[context_var]
static PLAN: Cow<'static, str>;

type Io = TokioIo<TcpStream>;

/// Says who asks, and what it has written, or that it may not.
async fn handle(_: Request<Incoming>) -> Result<Response<String>, Infallible> {
    let written = STEPS.try_set(STEPS.get() + 1).is_ok();
    for _ in 0..3 {
        yield_now().await;
    }
    let peer = PEER.get().map(|peer| peer.port());
    Ok(Response::new(format!("{peer:?} {written} {}", STEPS.get())))
}

/// Serves with what `connect` makes, in which each connection has its peer bound.
async fn serve<C: Future + Send + 'static>(connect: impl Fn(Io) -> C + Send + 'static) -> SocketAddr
where
    C::Output: Send,
{
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            tokio::spawn(PEER.scope(peer, connect(TokioIo::new(stream))));
        }
    });
    address
}

/// A client with one HTTP/2 connection, and its own port.
struct Http2 {
    sender: SendRequest<Empty<Bytes>>,
    port: u16,
}

impl Http2 {
    async fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).await.expect("the server listens");
        let port = stream.local_addr().expect("an address").port();
        let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .expect("a connection");
        tokio::spawn(connection);
        Self { sender, port }
    }

    async fn ask(&self) -> String {
        let request = Request::get("http://test/").body(Empty::new()).expect("a request");
        let response = self.sender.clone().send_request(request).await.expect("a response");
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        String::from_utf8(body.to_vec()).expect("text")
    }

    async fn ask_at_once(&self, times: usize) -> Vec<String> {
        join_all((0..times).map(|_| self.ask())).await
    }
}

/// R2: each stream has a copy of its connection's context.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_inherit_the_context_of_their_connection() {
    let server =
        serve(|io| http2::Builder::new(Inherit(TokioExecutor::new())).serve_connection(io, service_fn(handle)));
    let server = server.await;
    let clients = join_all((0..4).map(|_| Http2::connect(server))).await;
    let answers = join_all(clients.iter().map(|client| client.ask_at_once(20))).await;
    for (client, answers) in clients.iter().zip(answers) {
        assert_eq!(answers, vec![format!("{:?} true 1", Some(client.port)); 20]);
    }
}

/// R5, R9: what `Inherit` is for.
#[tokio::test]
async fn without_inherit_streams_start_empty() {
    let server = serve(|io| http2::Builder::new(TokioExecutor::new()).serve_connection(io, service_fn(handle))).await;
    let client = Http2::connect(server).await;
    assert_eq!(client.ask_at_once(3).await, ["None false 0"; 3]);
}

/// R4, Case 223: a handler that starts empty does so under `Inherit` too, though hyper calls it before it spawns.
#[tokio::test]
async fn a_fresh_handler_stays_fresh() {
    #[with_context(fresh)]
    async fn fresh(request: Request<Incoming>) -> Result<Response<String>, Infallible> {
        handle(request).await
    }

    let annotated =
        serve(|io| http2::Builder::new(Inherit(TokioExecutor::new())).serve_connection(io, service_fn(fresh))).await;
    let layered = serve(|io| {
        let service = ContextLayer::fresh().layer(tower_service_fn(handle));
        http2::Builder::new(Inherit(TokioExecutor::new())).serve_connection(io, TowerToHyperService::new(service))
    });
    for server in [annotated, layered.await] {
        let client = Http2::connect(server).await;
        assert_eq!(client.ask_at_once(3).await, ["None true 1"; 3]);
    }
}

/// A layer that binds stands in no way of the usual loop, which spawns an async block for each connection: the compiler
/// can see that it may be sent.
#[tokio::test]
async fn a_connection_below_a_binding_may_be_spawned_in_an_async_block() {
    let (listener, server) = listen().await;
    tokio::spawn(async move {
        loop {
            let (stream, peer) = listener.accept().await.expect("a client");
            tokio::spawn(async move {
                let bind = BindLayer::new(&PEER, move |_: &Request<Incoming>| peer);
                let service = TowerToHyperService::new(bind.layer(tower_service_fn(handle)));
                let io = TokioIo::new(stream);
                http2::Builder::new(TokioExecutor::new())
                    .serve_connection(io, service)
                    .await
            });
        }
    });
    let client = Http2::connect(server).await;
    assert_eq!(
        client.ask_at_once(3).await,
        vec![format!("{:?} true 1", Some(client.port)); 3]
    );
}

/// The same of a variable whose type names a lifetime, and of a closure that may find nothing.
#[tokio::test]
async fn what_is_bound_may_be_a_reference() {
    async fn tenant(_: Request<Incoming>) -> Result<Response<String>, Infallible> {
        yield_now().await;
        Ok(Response::new(format!("{:?} {:?}", TENANT.get(), PLAN.get())))
    }

    let (listener, server) = listen().await;
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a client");
            tokio::spawn(async move {
                let service = ServiceBuilder::new()
                    .layer(BindLayer::new(&TENANT, |_: &Request<Incoming>| "acme"))
                    .layer(BindLayer::new(&PLAN, |request: &Request<Incoming>| {
                        request.uri().query().map(|_| Cow::Borrowed("free"))
                    }))
                    .service(tower_service_fn(tenant));
                let io = TokioIo::new(stream);
                http2::Builder::new(TokioExecutor::new())
                    .serve_connection(io, TowerToHyperService::new(service))
                    .await
            });
        }
    });
    let client = Http2::connect(server).await;
    assert_eq!(client.ask().await, r#"Some("acme") None"#);

    let service = BindLayer::new(&TENANT, |_: &u8| Some("acme"));
    let service = service.layer(tower_service_fn(|_: u8| async {
        yield_now().await;
        Ok::<_, Infallible>(TENANT.get())
    }));
    let seen = tokio::spawn(async move { service.oneshot(1).await });
    assert_eq!(seen.await.expect("no panic"), Ok(Some("acme")));
}

/// R3, Case P11: HTTP/1 spawns nothing, so requests share the connection's context, unless each is given its own.
#[tokio::test]
async fn requests_of_an_http1_connection_share_its_context() {
    #[with_context]
    async fn annotated(request: Request<Incoming>) -> Result<Response<String>, Infallible> {
        handle(request).await
    }

    let shared = serve(|io| http1::Builder::new().serve_connection(io, service_fn(handle))).await;
    let layered = serve(|io| {
        let service = ContextLayer::new().layer(tower_service_fn(handle));
        http1::Builder::new().serve_connection(io, TowerToHyperService::new(service))
    });
    let annotated = serve(|io| http1::Builder::new().serve_connection(io, service_fn(annotated))).await;
    let mut connection = Client::connect(shared).await;
    for step in 1..=3 {
        let answer = connection.ask_as("alice", "/").await;
        assert!(answer.ends_with(&format!("true {step}")), "{answer}");
    }
    for apart in [layered.await, annotated] {
        let mut connection = Client::connect(apart).await;
        for _ in 1..=3 {
            let answer = connection.ask_as("alice", "/").await;
            assert!(answer.starts_with("Some") && answer.ends_with("true 1"), "{answer}");
        }
    }
}

/// The same executor for both protocols, as most servers have it.
#[tokio::test]
async fn a_server_of_both_protocols_inherits() {
    let server = serve(|io| async move {
        let builder = auto::Builder::new(Inherit(TokioExecutor::new()));
        builder.serve_connection(io, service_fn(handle)).await
    });
    let server = server.await;
    let client = Http2::connect(server).await;
    assert_eq!(client.ask().await, format!("{:?} true 1", Some(client.port)));
    let answer = Client::connect(server).await.ask_as("alice", "/").await;
    assert!(answer.starts_with("Some"), "{answer}");
}

/// R1: captured at the spawn, on whatever executor, which can be got back.
#[test]
fn an_executor_is_given_the_future_with_its_context() {
    #[derive(Default)]
    struct Queue(Mutex<Vec<BoxFuture<'static, u32>>>);

    impl<F: Future<Output = u32> + Send + 'static> Executor<F> for Queue {
        fn execute(&self, future: F) {
            self.0.lock().expect("no panic").push(Box::pin(future));
        }
    }

    let queue = Inherit(Queue::default());
    Context::new().with(&STEPS, 7).run(|| {
        queue.execute(async { STEPS.get() });
        queue.execute(async { STEPS.get() }.in_context(Context::new()));
        STEPS.set(8);
        queue.execute(async { STEPS.get() });
    });
    let Inherit(Queue(tasks)) = queue;
    let seen: Vec<u32> = tasks
        .into_inner()
        .expect("no panic")
        .into_iter()
        .map(block_on)
        .collect();
    assert_eq!(seen, [7, 0, 8]);
}
