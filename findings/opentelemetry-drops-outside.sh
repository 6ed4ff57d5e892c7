#!/usr/bin/env bash
# A future of opentelemetry's `with_context`, and of Sentry's `bind_hub`, is dropped outside its context.
#
# `WithContext` attaches the context for each poll and for nothing else, and so does `SentryFuture` its hub. When the future is cancelled (a timeout, a
# `select!`, a client that hangs up) what it holds is dropped in whatever context the dropper has, so a guard that
# reports in its `Drop` reports for somebody else or for nobody. `Instrumented` of tracing and the `scope` of tokio's
# task-locals enter theirs for the drop. Where a request is carried by all of them, one that is cut off looks different in
# each.
#
# Source: src/context/future_ext.rs of https://crates.io/crates/opentelemetry/0.33.1, src/futures.rs of
# https://crates.io/crates/sentry-core/0.49.5
# Seen: opentelemetry 0.33.1, sentry-core 0.49.5, tracing 0.1.44, tokio 1.54.1, 2026-12-01.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none opentelemetry-drops-outside
cd opentelemetry-drops-outside
cat >>Cargo.toml <<'TOML'
opentelemetry = "=0.33.1"
sentry-core = { version = "=0.49.5", features = ["client"] }
tracing = "=0.1.44"
tracing-subscriber = "=0.3.23"
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::future::pending;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::context::FutureExt;
use sentry_core::{Hub, SentryFutureExt};
use tokio::task_local;
use tokio::time::timeout;
use tracing::{Instrument, Span, info_span};

task_local!(static USER: &'static str);

#[derive(Clone, Copy)]
struct User(&'static str);

struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        show("dropped");
    }
}

fn show(what: &str) {
    let opentelemetry = Context::current().get::<User>().map_or("nobody", |user| user.0);
    let tracing = Span::current().metadata().map_or("none", |span| span.name());
    let tokio = USER.try_with(|user| *user).unwrap_or("nobody");
    let of_scope = Hub::current().configure_scope(|scope| scope.user().and_then(|user| user.username.clone()));
    let sentry = of_scope.as_deref().unwrap_or("nobody");
    println!("{what}: opentelemetry {opentelemetry}, sentry {sentry}, tracing {tracing}, tokio {tokio}");
}

async fn work() {
    let _guard = Guard;
    show("polled");
    pending().await
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    tracing_subscriber::fmt().with_writer(std::io::sink).init();
    let opentelemetry = work().with_context(Context::new().with_value(User("alice")));
    let hub = Hub::new_from_top(Hub::current());
    hub.configure_scope(|scope| {
        let user = sentry_core::User { username: Some("alice".to_owned()), ..Default::default() };
        scope.set_user(Some(user));
    });
    let sentry = opentelemetry.bind_hub(hub);
    let tracing = sentry.instrument(info_span!("alice"));
    let tokio = USER.scope("alice", tracing);
    timeout(Duration::from_millis(10), tokio).await.expect_err("no end");
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
polled: opentelemetry alice, sentry alice, tracing alice, tokio alice
dropped: opentelemetry nobody, sentry nobody, tracing alice, tokio alice
SEEN
