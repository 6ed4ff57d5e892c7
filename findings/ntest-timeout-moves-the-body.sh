#!/usr/bin/env bash
# `#[timeout]` of ntest runs the body of the test on a thread of its own.
#
# It has to, to stop waiting for it, but the thread starts with nothing, and the order of attributes decides what is
# lost. An attribute above has rewritten the body already and moves with it; one below is copied to the fn that waits,
# and what it sets up (a runtime, a subscriber, a fixture in a thread-local) stays there. So `#[timeout] #[tokio::test]`
# compiles, starts a runtime, and runs a body that has none, and the other order is right. A thread-local that the
# caller has set is lost in both.
#
# Source: src/lib.rs, `timeout`, of https://crates.io/crates/ntest_timeout/0.9.5
# Seen: ntest 0.9.5, tokio 1.54.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none --lib ntest-timeout-moves-the-body
cd ntest-timeout-moves-the-body
cat >>Cargo.toml <<'TOML'
ntest = "=0.9.5"
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/lib.rs <<'RUST'
#![cfg(test)]

use std::cell::Cell;

use ntest::timeout;
use tokio::runtime::Handle;

thread_local!(static USER: Cell<&str> = const { Cell::new("nobody") });

#[tokio::test]
#[timeout(60_000)]
async fn above() {
    println!(
        "\nseen: #[tokio::test] above #[timeout]: a runtime: {}",
        Handle::try_current().is_ok()
    );
}

#[timeout(60_000)]
#[tokio::test]
async fn below() {
    println!(
        "\nseen: #[tokio::test] below #[timeout]: a runtime: {}",
        Handle::try_current().is_ok()
    );
}

#[timeout(60_000)]
fn load() -> &'static str {
    USER.get()
}

#[test]
fn values() {
    USER.set("alice");
    println!("\nseen: what alice calls, a fn with #[timeout], runs as {}", load());
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo test --quiet -- --nocapture --test-threads 1 >log || { cat log >&2; exit 101; }
grep '^seen: ' log | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
seen: #[tokio::test] above #[timeout]: a runtime: true
seen: #[tokio::test] below #[timeout]: a runtime: false
seen: what alice calls, a fn with #[timeout], runs as nobody
SEEN
