#!/usr/bin/env bash
# The tasks of tokio's `LocalSet` see the task-locals of whoever drives it.
#
# `tokio::spawn` gives a task nothing of its spawner's, and one comes to rely on it. A `LocalSet` polls its tasks inside
# the future that waits for it, so `USER.scope("alice", set.run_until(..))` shows alice to every task of the set,
# whoever spawned it and whatever it is for, until the next one waits and they see him. A background task on a
# `LocalSet` that reads a task-local reads another user at each turn. The same holds for `FuturesUnordered` and other
# executors that are futures.
#
# Source: src/task/local.rs, `RunUntil`, of https://crates.io/crates/tokio/1.54.1
# Seen: tokio 1.54.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none tokio-localset-shows-its-driver
cd tokio-localset-shows-its-driver
cat >>Cargo.toml <<'TOML'
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use tokio::task::{LocalSet, yield_now};
use tokio::task_local;

task_local!(static USER: &'static str);

async fn background(kind: &str) {
    for turn in 1..=3 {
        let user = USER.try_with(|user| *user).unwrap_or("nobody");
        println!("{kind}, turn {turn}: {user}");
        yield_now().await;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let set = LocalSet::new();
    set.spawn_local(background("spawned on the set"));
    set.run_until(yield_now()).await;
    USER.scope("alice", set.run_until(yield_now())).await;
    USER.scope("bob", set.run_until(yield_now())).await;

    USER.scope("alice", async { tokio::spawn(background("spawned by itself")).await })
        .await
        .expect("no panic");
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
spawned on the set, turn 1: nobody
spawned on the set, turn 2: alice
spawned on the set, turn 3: bob
spawned by itself, turn 1: nobody
spawned by itself, turn 2: nobody
spawned by itself, turn 3: nobody
SEEN
