#!/usr/bin/env bash
# In a pooled client of hyper-util, uploads of all run in the task that the first request has spawned.
#
# A request opens a connection and a task that drives it; both outlive the request, in the pool. That task polls
# the bodies that are sent over it. With `TokioExecutor` a body sees no task-local at all. With an executor that hands
# the spawner's on, as one writes to have spans in the client's tasks, bob's upload runs as alice, for as long as the
# connection is reused. Handing on at a spawn is right for a job of the request, and wrong for one of the pool; the
# executor can't tell them apart.
#
# Source: src/client/legacy/client.rs, `connect_to`, of https://crates.io/crates/hyper-util/0.1.21
# Seen: hyper 1.12.0, hyper-util 0.1.21, tokio 1.54.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none hyper-util-client-keeps-the-first
cd hyper-util-client-keeps-the-first
cat >>Cargo.toml <<'TOML'
bytes = "=1.12.2"
futures = "=0.3.34"
http-body-util = "=0.1.5"
hyper = { version = "=1.12.0", features = ["client", "http1", "server"] }
hyper-util = { version = "=0.1.21", features = ["client-legacy", "http1", "tokio"] }
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::convert::Infallible;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{BoxStream, once};
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::rt::Executor;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::task_local;

task_local!(static USER: &'static str);

fn user() -> &'static str {
    USER.try_with(|user| *user).unwrap_or("nobody")
}

/// Hands the task-local of who spawns to what is spawned.
#[derive(Clone)]
struct Inherit;

impl<F: Future<Output: Send> + Send + 'static> Executor<F> for Inherit {
    fn execute(&self, task: F) {
        tokio::spawn(USER.scope(user(), task));
    }
}

async fn serve(listener: TcpListener) {
    let handler = service_fn(async |request: Request<Incoming>| {
        request.into_body().collect().await.expect("a body");
        Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
    });
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), handler));
    }
}

type Upload = StreamBody<BoxStream<'static, Result<Frame<Bytes>, Infallible>>>;

fn upload(of: &'static str) -> Upload {
    let chunk = once(async move {
        println!("  the upload of {of} runs as {}", user());
        Ok(Frame::data(Bytes::from("chunk")))
    });
    StreamBody::new(chunk.boxed())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let uri = format!("http://{}/", listener.local_addr().expect("a port"));
    tokio::spawn(serve(listener));
    let (plain, inherits) = (
        Client::builder(TokioExecutor::new()).build_http::<Upload>(),
        Client::builder(Inherit).build_http::<Upload>(),
    );
    for (executor, client) in [("`TokioExecutor`", plain), ("an executor that hands on", inherits)] {
        println!("{executor}:");
        for user in ["alice", "bob"] {
            let request = Request::post(&uri).body(upload(user)).expect("a request");
            let answer = USER.scope(user, client.request(request)).await.expect("an answer");
            answer.into_body().collect().await.expect("an end");
        }
    }
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
`TokioExecutor`:
  the upload of alice runs as nobody
  the upload of bob runs as nobody
an executor that hands on:
  the upload of alice runs as alice
  the upload of bob runs as alice
SEEN
