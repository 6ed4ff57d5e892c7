#!/usr/bin/env bash
# `spawn_blocking` of monoio runs the closure inside the call where the runtime has no threads for it.
#
# A runtime of monoio comes without a pool, and the fallback that its builder offers, `BlockingStrategy::ExecuteLocal`,
# runs the closure before `spawn_blocking` returns: on the caller's thread and stack, in the middle of its poll. Code
# that counts on "blocking work is elsewhere" (a thread-local that must be absent, a lock held by the caller, a context
# that crosses only on purpose) meets itself there. Which of the two it is, the caller can't tell: the call and its type
# are the same.
#
# Source: src/blocking.rs, `spawn_blocking`, of https://crates.io/crates/monoio/0.2.4
# Seen: monoio 0.2.4, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none monoio-blocking-in-the-call
cd monoio-blocking-in-the-call
cat >>Cargo.toml <<'TOML'
monoio = { version = "=0.2.4", features = ["sync"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::cell::Cell;

use monoio::blocking::{BlockingStrategy, DefaultThreadPool};
use monoio::{LegacyDriver, RuntimeBuilder};

thread_local!(static USER: Cell<&str> = const { Cell::new("nobody") });

async fn request() {
    // For the length of the call.
    USER.set("alice");
    let task = monoio::spawn_blocking(|| USER.get());
    USER.set("nobody");
    println!("it ran as {}", task.await.ok().expect("no panic"));
}

fn main() {
    print!("with a pool ");
    let builder = RuntimeBuilder::<LegacyDriver>::new();
    let builder = builder.attach_thread_pool(Box::new(DefaultThreadPool::new(1)));
    builder.build().expect("a runtime").block_on(request());

    print!("without one, by `ExecuteLocal`, ");
    let builder = RuntimeBuilder::<LegacyDriver>::new();
    let builder = builder.with_blocking_strategy(BlockingStrategy::ExecuteLocal);
    builder.build().expect("a runtime").block_on(request());
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
with a pool it ran as nobody
without one, by `ExecuteLocal`, it ran as alice
SEEN
