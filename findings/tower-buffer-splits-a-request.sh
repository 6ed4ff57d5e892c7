#!/usr/bin/env bash
# Behind tower's `Buffer` one request is half in its caller's task and half in another's.
#
# The worker's task makes the inner `call`; the future that it returns goes back through a channel, and the caller polls
# it. So a task-local that the caller has set is absent in `call` (where layers look, add headers, count) and present in
# the future of the very same request. A `tracing` span, which `Buffer` sends along on purpose, is there in both: logs
# look right, and the tenant or the locale that is read beside them is a default. A service that is written `fn call(..)
# { async move { .. } }` shows nothing of it, until a layer between reads the value in `call`.
#
# Source: src/buffer/service.rs and worker.rs of https://crates.io/crates/tower/0.5.3
# Seen: tower 0.5.3, tokio 1.54.1, tracing 0.1.44, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none tower-buffer-splits-a-request
cd tower-buffer-splits-a-request
cat >>Cargo.toml <<'TOML'
tokio = { version = "=1.54.1", features = ["full"] }
tower = { version = "=0.5.3", features = ["buffer", "util"] }
tracing = "=0.1.44"
tracing-subscriber = "=0.3.23"

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::convert::Infallible;

use tokio::task_local;
use tower::buffer::Buffer;
use tower::{Service, ServiceExt, service_fn};
use tracing::{Instrument, Span, info_span};

task_local!(static USER: &'static str);

fn show(place: &str) {
    let user = USER.try_with(|user| *user).unwrap_or("nobody");
    let span = Span::current().metadata().map_or("none", |span| span.name());
    println!("{place}: user {user}, span {span}");
}

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt().with_writer(std::io::sink).init();
    let inner = service_fn(|()| {
        show("in the call");
        async {
            show("in its future");
            Ok::<_, Infallible>(())
        }
    });

    let mut service = Buffer::new(inner, 1);
    let request = async { service.ready().await.expect("a worker").call(()).await };
    let request = USER.scope("alice", request).instrument(info_span!("request"));
    request.await.expect("an answer");
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
in the call: user nobody, span request
in its future: user alice, span request
SEEN
