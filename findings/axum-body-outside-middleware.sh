#!/usr/bin/env bash
# A streamed body is outside the scope that axum's own guide writes around a request.
#
# The guide sets a task-local in a middleware: `USER.scope(user, next.run(request))`. Handlers, extractors and
# `IntoResponse` see it. The body of the response is polled by the server when all of that is over: the first chunk of a
# stream, of server-sent events, of a file that is read as it is sent, has no user. `try_with` falls back in silence,
# and `with` panics in the connection's task, after a 200 (see `hyper-body-panic-hides-the-head.sh`).
#
# Source: "Using task-local variables" in https://docs.rs/axum/0.8.9/axum/
# Seen: axum 0.8.9, tokio 1.54.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none axum-body-outside-middleware
cd axum-body-outside-middleware
cat >>Cargo.toml <<'TOML'
axum = { version = "=0.8.9", default-features = false, features = ["http1", "tokio"] }
futures = "=0.3.34"
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::convert::Infallible;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use futures::stream::once;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task_local;

task_local!(static USER: &'static str);

fn user() -> &'static str {
    USER.try_with(|user| *user).unwrap_or("nobody")
}

struct Answer;

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        println!("into_response: {}", user());
        let chunk = once(async {
            println!("the body's first chunk: {}", user());
            Ok::<_, Infallible>("chunk")
        });
        Body::from_stream(chunk).into_response()
    }
}

async fn handler() -> Answer {
    println!("handler: {}", user());
    Answer
}

async fn authenticate(request: Request, next: Next) -> Response {
    USER.scope("alice", next.run(request)).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let mut client = TcpStream::connect(listener.local_addr().expect("a port"))
        .await
        .expect("a server");
    let router = Router::new().route("/", get(handler)).layer(from_fn(authenticate));
    tokio::spawn(async { axum::serve(listener, router).await });

    let request = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    client.write_all(request).await.expect("a server");
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.expect("an answer");
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
handler: alice
into_response: alice
the body's first chunk: nobody
SEEN
