#!/usr/bin/env bash
# What is set around a connection reaches the handler with HTTP/1, and with HTTP/2 its `call` alone.
#
# With HTTP/1 hyper polls the handler's future inside the connection's. With HTTP/2 it calls the service there too, and
# gives the future that comes back to its executor, as a task of its own. A task-local around `serve_connection` (the
# peer's address, a listener's name) is seen by an `async` handler until a client speaks the other protocol, which a
# client may choose by itself where both are served. What is read in `call`, before the future, is there in both.
#
# Source: src/proto/h2/server.rs, `execute_h2stream`, of https://crates.io/crates/hyper/1.12.0
# Seen: hyper 1.12.0, hyper-util 0.1.21, tokio 1.54.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none hyper-http2-leaves-the-connection
cd hyper-http2-leaves-the-connection
cat >>Cargo.toml <<'TOML'
bytes = "=1.12.2"
http-body-util = "=0.1.5"
hyper = { version = "=1.12.0", features = ["client", "http1", "http2", "server"] }
hyper-util = { version = "=0.1.21", features = ["http1", "http2", "server", "tokio"] }
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::service::service_fn;
use hyper::{Request, Response, client};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{DuplexStream, duplex};
use tokio::task_local;

task_local!(static PEER: &'static str);

fn show(place: &str) {
    println!(
        "  {place} the peer is {}",
        PEER.try_with(|peer| *peer).unwrap_or("unknown")
    );
}

/// The same for both protocols.
fn serve() -> TokioIo<DuplexStream> {
    let (client, server) = duplex(64 << 10);
    let handler = service_fn(|_: Request<_>| {
        show("in the call");
        async {
            show("in its future");
            Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
        }
    });
    tokio::spawn(PEER.scope("10.0.0.1", async move {
        let builder = auto::Builder::new(TokioExecutor::new());
        builder
            .serve_connection(TokioIo::new(server), handler)
            .await
            .expect("a client");
    }));
    TokioIo::new(client)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let request = || {
        Request::get("http://localhost/")
            .body(Empty::<Bytes>::new())
            .expect("a request")
    };

    println!("HTTP/1:");
    let (mut sender, connection) = client::conn::http1::handshake(serve()).await.expect("a server");
    tokio::spawn(connection);
    sender.send_request(request()).await.expect("an answer");

    println!("HTTP/2:");
    let executor = TokioExecutor::new();
    let (mut sender, connection) = client::conn::http2::handshake(executor, serve())
        .await
        .expect("a server");
    tokio::spawn(connection);
    sender.send_request(request()).await.expect("an answer");
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
HTTP/1:
  in the call the peer is 10.0.0.1
  in its future the peer is 10.0.0.1
HTTP/2:
  in the call the peer is 10.0.0.1
  in its future the peer is unknown
SEEN
