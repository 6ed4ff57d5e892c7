//! What the tests share: servers and clients on real sockets, values whose end can be seen, panics that are expected.

#![allow(dead_code, reason = "every binary uses a part of it")]

use std::net::SocketAddr;
use std::panic;
use std::sync::{Arc, Once};
use std::time::Duration;

use axum::Router;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::http::request::Builder;
use hyper::{Response, StatusCode, body::Incoming};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::yield_now;
use tokio::time::timeout;

/// A port of this machine that nobody else listens on.
pub(crate) async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    (listener, address)
}

/// Serves `app` until the runtime of the test ends.
pub(crate) async fn serve(app: Router) -> SocketAddr {
    let (listener, address) = listen().await;
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

/// A client with one keep-alive connection.
pub(crate) struct Client(SendRequest<Empty<Bytes>>);

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a connection");
        tokio::spawn(connection);
        Self(sender)
    }

    /// The response, its body still to come, or the error if the server went away.
    pub(crate) async fn send(&mut self, request: Builder) -> hyper::Result<Response<Incoming>> {
        let request = request.header("host", "test").body(Empty::new()).expect("a request");
        self.0.ready().await?;
        self.0.send_request(request).await
    }

    /// The status and the whole body.
    pub(crate) async fn ask(&mut self, request: Builder) -> (StatusCode, String) {
        let response = self.send(request).await.expect("a response");
        (response.status(), text(response).await)
    }

    /// The body of the answer for `user`.
    pub(crate) async fn ask_as(&mut self, user: &str, path: &str) -> String {
        let (status, body) = self.ask(hyper::Request::get(path).header("x-user", user)).await;
        assert_eq!(status, StatusCode::OK, "{path} for {user}: {body}");
        body
    }
}

/// The whole body of a response.
pub(crate) async fn text(response: Response<Incoming>) -> String {
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(body.to_vec()).expect("text")
}

/// A value, and how many hold it beside the test.
pub(crate) struct Watched(Arc<()>);

impl Watched {
    pub(crate) fn new() -> Self {
        Self(Arc::new(()))
    }

    pub(crate) fn value(&self) -> Arc<()> {
        Arc::clone(&self.0)
    }

    pub(crate) fn alive(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// Waits until nobody holds it any more, for values that other tasks are about to drop.
    pub(crate) async fn gone(&self) {
        let gone = async {
            while self.alive() {
                yield_now().await;
            }
        };
        timeout(Duration::from_secs(10), gone).await.expect("somebody holds it");
    }
}

/// Calls back when it is dropped.
pub(crate) struct OnDrop<F: FnMut()>(pub(crate) F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Keeps panics that say "expected" out of the output.
pub(crate) fn quiet_expected_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info.payload().downcast_ref() != Some(&"expected") {
                previous(info);
            }
        }));
    });
}
