#!/usr/bin/env bash
# A `Shared` future may begin as one user and end as another.
#
# Whoever polls it first drives it, and when that one is cancelled, or another is polled sooner, the next goes on where
# it stopped. A load for everybody that reads its user at two places (which tenant's database, whose cache key, whose
# name in the log) reads alice at the first and bob at the second, and all get the result. No test in which one caller
# waits to the end shows it: it takes a timeout, or two waiters. What all share should be given what it needs, or be
# spawned.
#
# Source: src/future/future/shared.rs of https://crates.io/crates/futures-util/0.3.34
# Seen: futures 0.3.34, tokio 1.54.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none futures-shared-changes-hands
cd futures-shared-changes-hands
cat >>Cargo.toml <<'TOML'
futures = "=0.3.34"
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::time::Duration;

use futures::FutureExt;
use tokio::task_local;
use tokio::time::{sleep, timeout};

task_local!(static USER: &'static str);

async fn load() -> String {
    let first = USER.get();
    sleep(Duration::from_millis(100)).await;
    format!("begun as {first}, ended as {}", USER.get())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let shared = load().shared();

    let hurried = timeout(Duration::from_millis(10), shared.clone());
    let hurried = USER.scope("alice", hurried).await;
    println!("alice gets: {}", hurried.as_deref().unwrap_or("nothing in time"));
    println!("bob gets: {}", USER.scope("bob", shared.clone()).await);
    println!("carol gets: {}", USER.scope("carol", shared).await);
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
alice gets: nothing in time
bob gets: begun as alice, ended as bob
carol gets: begun as alice, ended as bob
SEEN
