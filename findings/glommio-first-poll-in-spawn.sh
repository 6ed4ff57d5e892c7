#!/usr/bin/env bash
# `spawn_local` of glommio polls the task once inside the call, and later elsewhere.
#
# The part of a task before its first `.await` runs in the middle of the caller's code and sees the caller's
# thread-locals; the part behind it runs from the executor's queue and sees none of them. So one and the same task
# answers "who am I?" in two ways, and a value that it takes along early is its spawner's. The documentation promises no
# order; code that expects to begin elsewhere, as with tokio's `spawn_local`, is wrong here.
#
# Source: src/executor/mod.rs, `spawn_local`, of https://crates.io/crates/glommio/0.9.0 (Linux, io_uring)
# Seen: glommio 0.9.0, tokio 1.54.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none glommio-first-poll-in-spawn
cd glommio-first-poll-in-spawn
cat >>Cargo.toml <<'TOML'
glommio = "=0.9.0"
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::cell::Cell;

use glommio::LocalExecutorBuilder;
use tokio::task::{LocalSet, yield_now};

thread_local!(static USER: Cell<&str> = const { Cell::new("nobody") });

async fn task(executor: &'static str) {
    println!("{executor}: before its first await it is {}", USER.get());
    yield_now().await;
    println!("{executor}: after it, it is {}", USER.get());
}

fn main() {
    let builder = LocalExecutorBuilder::default().io_memory(512 << 10).ring_depth(16);
    let executor = builder.make().expect("io_uring, and 512 KiB that may be locked");
    executor.run(async {
        USER.set("alice");
        let spawned = glommio::spawn_local(task("glommio"));
        USER.set("nobody");
        spawned.await;
    });

    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        USER.set("alice");
        let spawned = tokio::task::spawn_local(task("tokio"));
        USER.set("nobody");
        spawned.await.expect("no panic");
    });
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
glommio: before its first await it is alice
glommio: after it, it is nobody
tokio: before its first await it is nobody
tokio: after it, it is nobody
SEEN
