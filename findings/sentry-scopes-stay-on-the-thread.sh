#!/usr/bin/env bash
# What a task writes to Sentry's scope stays on its thread for the next task.
#
# Each thread has a hub at any time, so `configure_scope` in a task that has no hub bound does not fail and does not do
# nothing: it writes to the hub of the worker thread. The next task there reports as this one's user, and one on another
# thread as nobody. A task whose future is bound by `bind_hub` to a hub of its own leaves nothing behind. Sentry's
# documentation says that concurrent tasks need hubs; a service finds out by the tags of its events.
#
# Source: `THREAD_HUB` in src/hub_impl.rs of https://crates.io/crates/sentry-core/0.49.5
# Seen: sentry-core 0.49.5, tokio 1.54.1, 2026-12-01.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none sentry-scopes-stay-on-the-thread
cd sentry-scopes-stay-on-the-thread
cat >>Cargo.toml <<'TOML'
sentry-core = { version = "=0.49.5", features = ["test"] }
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use sentry_core::test::with_captured_events;
use sentry_core::{Hub, Level, SentryFutureExt, capture_message, configure_scope};

async fn alice() {
    configure_scope(|scope| scope.set_tag("user", "alice"));
    capture_message("alice's", Level::Info);
}

async fn somebody() {
    capture_message("somebody's", Level::Info);
}

async fn tasks(is_bound: bool) {
    if is_bound {
        let hub = Hub::new_from_top(Hub::current());
        tokio::spawn(alice().bind_hub(hub)).await.expect("no panic");
    } else {
        tokio::spawn(alice()).await.expect("no panic");
    }
    tokio::spawn(somebody()).await.expect("no panic");
}

fn main() {
    for is_bound in [false, true] {
        println!("{}:", if is_bound { "with bind_hub" } else { "without a hub bound" });
        let events = with_captured_events(|| {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            runtime.build().expect("a runtime").block_on(tasks(is_bound));
        });
        for event in events {
            let user = event.tags.get("user").map_or("nobody", String::as_str);
            println!("  {} event has the user {user}", event.message.expect("a message"));
        }
    }
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
without a hub bound:
  alice's event has the user alice
  somebody's event has the user alice
with bind_hub:
  alice's event has the user alice
  somebody's event has the user nobody
SEEN
