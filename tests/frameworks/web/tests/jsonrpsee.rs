//! jsonrpsee: methods of `#[rpc(server)]`. Those that run in a task or on a thread of their own bind for themselves.

#![allow(
    clippy::missing_errors_doc,
    reason = "the macro makes a public trait of a private one"
)]

mod users;

use async_trait::async_trait;
use contextvars::tower::BindLayer;
use contextvars::{ContextExt, bind, with_context};
use jsonrpsee::core::client::{ClientT, SubscriptionClientT};
use jsonrpsee::core::middleware::{Batch, Notification, Request, RpcServiceBuilder, RpcServiceT};
use jsonrpsee::core::params::BatchRequestBuilder;
use jsonrpsee::core::{RpcResult, SubscriptionResult};
use jsonrpsee::proc_macros::rpc;
use jsonrpsee::server::{HttpRequest, Server, ServerHandle};
use jsonrpsee::{Extensions, PendingSubscriptionSink, RpcModule, rpc_params};
use jsonrpsee_ws_client::{HeaderMap, WsClient, WsClientBuilder};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use users::{USER, seen};

#[rpc(server)]
trait Api {
    #[method(name = "annotated")]
    async fn annotated(&self) -> RpcResult<String>;
    #[method(name = "plain")]
    async fn plain(&self) -> RpcResult<String>;
    #[method(name = "bound")]
    async fn bound(&self, user: String) -> RpcResult<String>;
    #[method(name = "plain_fn")]
    fn plain_fn(&self) -> RpcResult<String>;
    #[method(name = "moved_to_a_thread")]
    async fn moved_to_a_thread(&self) -> RpcResult<String>;

    #[method(name = "blocking", blocking)]
    fn blocking(&self) -> RpcResult<String>;
    #[method(name = "blocking_bound", blocking, with_extensions)]
    fn blocking_bound(&self) -> RpcResult<String>;

    #[subscription(name = "subscribe", item = String)]
    async fn ticks(&self) -> SubscriptionResult;
    #[subscription(name = "subscribe_bound", item = String, with_extensions)]
    async fn ticks_bound(&self) -> SubscriptionResult;
}

struct Methods;

#[async_trait]
impl ApiServer for Methods {
    #[with_context]
    async fn annotated(&self) -> RpcResult<String> {
        USER.set(USER.get());
        Ok(seen().await)
    }

    async fn plain(&self) -> RpcResult<String> {
        Ok(seen().await)
    }

    // `#[async_trait]` comes first, and needs the arguments after this.
    #[with_context(USER = user.clone())]
    async fn bound(&self, user: String) -> RpcResult<String> {
        assert_eq!(USER.get(), user);
        Ok(seen().await)
    }

    #[with_context]
    fn plain_fn(&self) -> RpcResult<String> {
        USER.set(USER.get());
        Ok(USER.get())
    }

    /// In place of a blocking method.
    #[with_context]
    async fn moved_to_a_thread(&self) -> RpcResult<String> {
        let found = tokio::task::spawn_blocking(bind(|| USER.get())).await;
        Ok(found.unwrap())
    }

    #[with_context]
    fn blocking(&self) -> RpcResult<String> {
        Ok(USER.get())
    }

    #[with_context(USER = user_of(extensions))]
    fn blocking_bound(&self, extensions: &Extensions) -> RpcResult<String> {
        Ok(USER.get())
    }

    #[with_context]
    async fn ticks(&self, pending: PendingSubscriptionSink) -> SubscriptionResult {
        send(pending).await
    }

    #[with_context(USER = user_of(extensions))]
    async fn ticks_bound(&self, pending: PendingSubscriptionSink, extensions: &Extensions) -> SubscriptionResult {
        send(pending).await
    }
}

async fn send(pending: PendingSubscriptionSink) -> SubscriptionResult {
    let sink = pending.accept().await?;
    for _ in 0..2 {
        let item = serde_json::value::to_raw_value(&seen().await)?;
        sink.send(item).await?;
    }
    Ok(())
}

#[derive(Clone)]
struct User(String);

fn user_of(extensions: &Extensions) -> String {
    extensions.get::<User>().unwrap().0.clone()
}

/// Runs each call in a scope of its user: a method that is not async is called before there is a future.
struct Authenticated<S>(S);

impl<S: RpcServiceT> RpcServiceT for Authenticated<S> {
    type MethodResponse = S::MethodResponse;
    type NotificationResponse = S::NotificationResponse;
    type BatchResponse = S::BatchResponse;

    fn call<'a>(&self, request: Request<'a>) -> impl Future<Output = S::MethodResponse> + Send + 'a {
        let user = user_of(request.extensions());
        USER.sync_scope(user, || self.0.call(request).in_current_context())
    }

    fn batch<'a>(&self, mut batch: Batch<'a>) -> impl Future<Output = S::BatchResponse> + Send + 'a {
        let user = user_of(batch.extensions());
        USER.sync_scope(user, || self.0.batch(batch).in_current_context())
    }

    fn notification<'a>(
        &self,
        notification: Notification<'a>,
    ) -> impl Future<Output = S::NotificationResponse> + Send + 'a {
        let user = user_of(notification.extensions());
        USER.sync_scope(user, || self.0.notification(notification).in_current_context())
    }
}

fn header<B>(request: &HttpRequest<B>) -> String {
    request.headers()["x-user"].to_str().unwrap().to_owned()
}

/// Those of the trait, and a subscription by hand: its callback is called in the call's context.
fn methods() -> RpcModule<Methods> {
    let mut methods = Methods.into_rpc();
    let subscribe = |_, pending, _, _| send(pending).in_current_context();
    let added = methods.register_subscription("subscribe_by_hand", "item", "unsubscribe_by_hand", subscribe);
    added.unwrap();
    methods
}

/// A server that finds the user in each connection's headers, and binds it for each call.
async fn serve() -> (SocketAddr, ServerHandle) {
    let http = tower::ServiceBuilder::new().map_request(|mut request: HttpRequest<_>| {
        let user = User(header(&request));
        request.extensions_mut().insert(user);
        request
    });
    let server = Server::builder()
        .set_http_middleware(http)
        .set_rpc_middleware(RpcServiceBuilder::new().layer_fn(Authenticated))
        .build("127.0.0.1:0")
        .await
        .unwrap();
    (server.local_addr().unwrap(), server.start(methods()))
}

async fn connect(server: SocketAddr, user: &str) -> WsClient {
    let mut headers = HeaderMap::new();
    headers.insert("x-user", user.parse().unwrap());
    let client = WsClientBuilder::new().set_headers(headers);
    client.build(format!("ws://{server}")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_see_what_is_bound_around_the_call() {
    let (server, _handle) = serve().await;
    let (alice, bob) = (connect(server, "alice").await, connect(server, "bob").await);
    for method in ["annotated", "plain", "plain_fn", "moved_to_a_thread", "blocking_bound"] {
        let ask = async |client: &WsClient| client.request::<String, _>(method, rpc_params![]).await.unwrap();
        let answers = tokio::join!(ask(&alice), ask(&bob));
        assert_eq!(answers, ("alice".to_owned(), "bob".to_owned()), "{method}");
    }
    let mut batch = BatchRequestBuilder::new();
    batch.insert("plain_fn", rpc_params![]).unwrap();
    batch.insert("moved_to_a_thread", rpc_params![]).unwrap();
    let answers = alice.batch_request::<String>(batch).await.unwrap();
    let answers: Vec<_> = answers.into_ok().unwrap().collect();
    assert_eq!(answers, ["alice"; 2]);
    // A blocking method is called on a thread that is nobody's.
    let answer: String = alice.request("blocking", rpc_params![]).await.unwrap();
    assert_eq!(answer, "nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_see_what_they_bind() {
    let (server, _handle) = serve().await;
    let client = connect(server, "alice").await;
    let ask = async |user| client.request::<String, _>("bound", rpc_params![user]).await.unwrap();
    assert_eq!(
        tokio::join!(ask("carol"), ask("dave")),
        ("carol".to_owned(), "dave".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_see_what_they_bind() {
    let (server, _handle) = serve().await;
    let (alice, bob) = (connect(server, "alice").await, connect(server, "bob").await);
    let items = async |client: &WsClient, name| {
        let mut items = client
            .subscribe::<String, _>(name, rpc_params![], "unsubscribe")
            .await
            .unwrap();
        [
            items.next().await.unwrap().unwrap(),
            items.next().await.unwrap().unwrap(),
        ]
    };
    for (name, for_alice, for_bob) in [
        ("subscribe_bound", "alice", "bob"),
        ("subscribe_by_hand", "alice", "bob"),
        // The trait's method is called in a task of its own.
        ("subscribe", "nobody", "nobody"),
    ] {
        let answers = tokio::join!(items(&alice, name), items(&bob, name));
        assert!(
            answers.0 == [for_alice; 2] && answers.1 == [for_bob; 2],
            "{name}: {answers:?}"
        );
    }
}

/// Calls that come as HTTP requests, not over a websocket, are made in their request's context.
#[tokio::test(flavor = "multi_thread")]
async fn a_layer_binds_for_calls_over_http() {
    let http = tower::ServiceBuilder::new().layer(BindLayer::new(&USER, |request: &HttpRequest<_>| header(request)));
    let server = Server::builder()
        .set_http_middleware(http)
        .build("127.0.0.1:0")
        .await
        .unwrap();
    let address = server.local_addr().unwrap();
    let _handle = server.start(Methods.into_rpc());
    let ask = async |user: &str| {
        let call = r#"{"jsonrpc":"2.0","id":1,"method":"annotated"}"#;
        let length = call.len();
        let request = format!(
            "POST / HTTP/1.1\r\nhost: x\r\nx-user: {user}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{call}"
        );
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let (for_alice, for_bob) = tokio::join!(ask("alice"), ask("bob"));
    assert!(for_alice.contains(r#""result":"alice""#), "{for_alice}");
    assert!(for_bob.contains(r#""result":"bob""#), "{for_bob}");
}
