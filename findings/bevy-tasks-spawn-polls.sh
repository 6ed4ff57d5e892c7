#!/usr/bin/env bash
# `TaskPool::spawn` of bevy_tasks polls inside the call, and not the new task alone.
#
# With its default features a pool has no threads. `spawn` puts the task on the thread's executor and then ticks that
# executor until nothing is ready, so the new task, and every other task that happens to be ready on the thread, is
# polled in the middle of the caller's code. Whatever the caller keeps in a thread-local (a context, a current span, a
# guard) is seen by tasks that know nothing of it, and what they write there the caller finds. With the feature
# `multi_threaded` the same program shows nothing of this, so a test that has it on proves nothing about a build that
# hasn't.
#
# Source: src/single_threaded_task_pool.rs, `spawn`, of https://crates.io/crates/bevy_tasks/0.20.1
# Seen: bevy_tasks 0.20.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none bevy-tasks-spawn-polls
cd bevy-tasks-spawn-polls
cat >>Cargo.toml <<'TOML'
bevy_tasks = "=0.20.1"
futures-channel = "=0.3.34"

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::cell::Cell;

use bevy_tasks::TaskPool;
use futures_channel::oneshot;

thread_local!(static USER: Cell<&str> = const { Cell::new("nobody") });

fn main() {
    let pool = TaskPool::new();
    let (alarm, is_awake) = oneshot::channel();
    pool.spawn(async {
        println!("a stranger begins as {}", USER.get());
        is_awake.await.expect("an alarm");
        println!("a stranger goes on as {}", USER.get());
    })
    .detach();

    USER.set("alice");
    alarm.send(()).expect("the stranger waits");
    println!("alice spawns");
    pool.spawn(async { println!("a bare task runs as {}", USER.get()) })
        .detach();
    println!("alice has spawned");
    USER.set("nobody");
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
a stranger begins as nobody
alice spawns
a stranger goes on as alice
a bare task runs as alice
alice has spawned
SEEN
