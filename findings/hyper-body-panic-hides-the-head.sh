#!/usr/bin/env bash
# A panic in the first poll of a response's body takes the response's head with it.
#
# With HTTP/1 hyper asks the body for its first frame before it writes anything to the socket. The handler has returned
# 200, logs and metrics say so, and the client sees a connection that is closed without a byte, if the body panics when
# it is first polled (here for want of a task-local, which the handler had and the body has not). A body that was
# pending once before, and panics then, leaves a head behind. What wraps the handler to turn a panic into a 500 sees
# neither.
#
# Source: src/proto/h1/dispatch.rs, `poll_write` and `poll_flush`, of https://crates.io/crates/hyper/1.12.0
# Seen: hyper 1.12.0, hyper-util 0.1.21, tokio 1.54.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none hyper-body-panic-hides-the-head
cd hyper-body-panic-hides-the-head
cat >>Cargo.toml <<'TOML'
bytes = "=1.12.2"
futures = "=0.3.34"
http-body-util = "=0.1.5"
hyper = { version = "=1.12.0", features = ["http1", "server"] }
hyper-util = { version = "=0.1.21", features = ["tokio"] }
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::convert::Infallible;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::once;
use http_body_util::StreamBody;
use hyper::body::Frame;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::task::yield_now;
use tokio::task_local;

task_local!(static USER: &'static str);

async fn serve(waits_first: bool) {
    let (mut client, server) = duplex(4096);
    let handler = service_fn(move |_: Request<_>| {
        USER.scope("alice", async move {
            let body = once(async move {
                if waits_first {
                    yield_now().await;
                }
                USER.with(|user| Ok::<_, Infallible>(Frame::data(Bytes::from(*user))))
            });
            println!("the handler returns 200 to {}", USER.get());
            Ok::<_, Infallible>(Response::new(StreamBody::new(body.boxed())))
        })
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(server), handler);
    let connection = tokio::spawn(connection);

    client
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .expect("a server");
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.expect("an end");
    println!("the client gets {:?}", answer.lines().next());
    println!(
        "the connection's task has panicked: {}",
        connection.await.is_err_and(|error| error.is_panic())
    );
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // Shown by the last line of `serve`.
    std::panic::set_hook(Box::new(|_| {}));
    println!("the first poll of the body panics:");
    serve(false).await;
    println!("the second does:");
    serve(true).await;
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
the first poll of the body panics:
the handler returns 200 to alice
the client gets None
the connection's task has panicked: true
the second does:
the handler returns 200 to alice
the client gets Some("HTTP/1.1 200 OK")
the connection's task has panicked: true
SEEN
