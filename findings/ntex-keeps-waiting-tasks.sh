#!/usr/bin/env bash
# A task of ntex that still waits when its `System` ends is never dropped.
#
# What is ready is dropped with the runtime, what waits (here for a timer) is not. Neither the end of `block_on`, nor
# the drop of the runtime, nor the end of the thread that it ran on drops the future: what it holds (a guard that
# counts, a connection, a snapshot of a request's context) lives until the process ends, and its `Drop` never runs. A
# test that asks whether everything is freed after shut-down fails here for a reason that isn't in the code under test.
# tokio drops its tasks with the runtime, in the same program.
#
# Source: src/rt.rs, `impl Drop for Runtime`, of https://crates.io/crates/ntex-rt/3.17.3
# Seen: ntex 3.12.3, ntex-rt 3.17.3, tokio 1.54.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none ntex-keeps-waiting-tasks
cd ntex-keeps-waiting-tasks
cat >>Cargo.toml <<'TOML'
ntex = { version = "=3.12.3", default-features = false }
ntex-rt = "=3.17.3"
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::thread;
use std::time::Duration;

use ntex::rt::{DefaultRuntime, System};

struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        println!("{}: a task that waits is dropped", self.0);
    }
}

const HOUR: Duration = Duration::from_secs(3600);

async fn wait(guard: Guard, until: impl Future<Output = ()>) {
    println!("{}: a task waits", guard.0);
    until.await;
    drop(guard);
}

fn main() {
    let on_ntex = thread::spawn(|| {
        System::new("finding", DefaultRuntime).block_on(async {
            drop(ntex::rt::spawn(wait(Guard("ntex"), ntex::time::sleep(HOUR))));
            ntex::time::sleep(Duration::from_millis(50)).await;
        });
        println!("ntex: the system has ended");
    });
    on_ntex.join().expect("no panic");
    println!("ntex: its thread has ended");

    let on_tokio = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    on_tokio.block_on(async {
        drop(tokio::spawn(wait(Guard("tokio"), tokio::time::sleep(HOUR))));
        tokio::task::yield_now().await;
    });
    drop(on_tokio);
    println!("tokio: the runtime has ended");
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
ntex: a task waits
ntex: the system has ended
ntex: its thread has ended
tokio: a task waits
tokio: a task that waits is dropped
tokio: the runtime has ended
SEEN
