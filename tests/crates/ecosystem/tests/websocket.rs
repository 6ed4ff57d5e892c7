//! A callback that a library calls later, on a task of its own: axum's websockets, over real sockets.

mod common;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use contextvars::tower::BindLayer;
use contextvars::{bind, context_var, with_context};
use futures::future::join_all;
use futures::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite};

use common::serve;

#[context_var]
static USER: String = "nobody".to_owned();
#[context_var]
static MESSAGES: u32 = 0;

/// Answers each message with who asks, and how many messages there were, if that may be counted.
async fn chat(mut socket: WebSocket) {
    while let Some(Ok(Message::Text(text))) = socket.recv().await {
        yield_now().await;
        let counted = MESSAGES.try_set(MESSAGES.get() + 1).is_ok();
        let answer = format!("{text} {} {} {counted}", USER.get(), MESSAGES.get());
        if socket.send(answer.into()).await.is_err() {
            break;
        }
    }
}

#[with_context]
async fn annotated_chat(socket: WebSocket) {
    chat(socket).await;
}

async fn plain(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(chat)
}

async fn annotated(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(annotated_chat)
}

async fn bound(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(bind!(|socket| chat(socket)))
}

async fn bound_block(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(bind!(move |socket| async move { chat(socket).await }))
}

async fn service() -> SocketAddr {
    let app = Router::new()
        .route("/plain", get(plain))
        .route("/annotated", get(annotated))
        .route("/bound", get(bound))
        .route("/block", get(bound_block))
        .layer(BindLayer::new(&USER, |request: &Request| {
            request.headers().get("x-user")?.to_str().ok().map(str::to_owned)
        }));
    serve(app).await
}

struct Client(WebSocketStream<TcpStream>);

impl Client {
    async fn connect(address: SocketAddr, path: &str, user: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        let mut request = format!("ws://test/{path}").into_client_request().expect("a request");
        request.headers_mut().insert("x-user", user.parse().expect("a header"));
        let (socket, _) = client_async(request, stream).await.expect("an upgrade");
        Self(socket)
    }

    async fn ask(&mut self, text: &str) -> String {
        self.0.send(tungstenite::Message::text(text)).await.expect("a socket");
        let answer = self.0.next().await.expect("an answer").expect("a message");
        answer.into_text().expect("text").to_string()
    }
}

/// Case P4: a plain callback runs on the library's task, and an annotated one captures there, where it is called: neither
/// knows the request, nor may the plain one write.
#[tokio::test]
async fn a_callback_that_is_handed_over_by_name_knows_nothing_of_the_request() {
    let service = service().await;
    let mut client = Client::connect(service, "plain", "alice").await;
    assert_eq!(client.ask("hello").await, "hello nobody 0 false");
    let mut client = Client::connect(service, "annotated", "alice").await;
    assert_eq!(client.ask("hello").await, "hello nobody 1 true");
}

/// Case P4: the line to write.
#[tokio::test]
async fn a_bound_callback_carries_the_context_of_its_request() {
    let service = service().await;
    for path in ["bound", "block"] {
        let mut client = Client::connect(service, path, "alice").await;
        for count in 1..=3 {
            assert_eq!(client.ask("hello").await, format!("hello alice {count} true"), "{path}");
        }
    }
}

/// Case P4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_at_once_never_cross() {
    let service = service().await;
    let clients = (0..20).map(|number| async move {
        let user = format!("user-{number}");
        let mut client = Client::connect(service, "bound", &user).await;
        for count in 1..=20 {
            assert_eq!(client.ask("hello").await, format!("hello {user} {count} true"));
        }
    });
    for client in join_all(clients.map(tokio::spawn)).await {
        client.expect("no panic");
    }
}
