#!/usr/bin/env bash
# A thread of rayon that waits in `scope` runs somebody else's job meanwhile, on top of the waiting one's stack.
#
# It looks like blocking and is none: while its own jobs are at work elsewhere, the waiting thread takes whatever is in
# the pool's queue. The stranger's job sees the thread-locals of the one that waits, and may change them under it. It
# needs two threads and a moment, so tests with one job at a time never show it, and a busy server does, with one user's
# context in another user's job. `join`, `in_place_scope`, `install` from a second pool and parallel iterators wait
# alike.
#
# Source: src/registry.rs, `wait_until`, of https://crates.io/crates/rayon-core/1.13.0
# Seen: rayon 1.12.0, rayon-core 1.13.0, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none rayon-scope-runs-strangers
cd rayon-scope-runs-strangers
cat >>Cargo.toml <<'TOML'
rayon = "=1.12.0"
rayon-core = "=1.13.0"

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::cell::Cell;
use std::sync::mpsc;

use rayon::ThreadPoolBuilder;

thread_local!(static USER: Cell<&str> = const { Cell::new("nobody") });

fn main() {
    let pool = ThreadPoolBuilder::new().num_threads(2).build().expect("a pool");
    let (begin, has_begun) = mpsc::channel();
    let (finish, may_finish) = mpsc::channel();
    let (tell, told) = mpsc::channel();

    // One of the pool's threads waits for a job, which the other is busy with until the stranger has run.
    let alice = tell.clone();
    pool.spawn(move || {
        USER.set("alice");
        rayon::scope(|scope| {
            let (start, has_started) = mpsc::channel();
            scope.spawn(move |_| {
                start.send(()).expect("alice waits");
                may_finish.recv().expect("a stranger");
            });
            has_started.recv().expect("a second thread");
            begin.send(()).expect("the main thread waits");
        });
        alice
            .send(format!("after her scope alice is {}", USER.get()))
            .expect("main waits");
    });
    has_begun.recv().expect("alice");
    pool.spawn(move || {
        tell.send(format!("a stranger runs as {}", USER.get()))
            .expect("main waits");
        USER.set("bob");
        finish.send(()).expect("alice's job waits");
    });
    for line in told {
        println!("{line}");
    }
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
a stranger runs as alice
after her scope alice is bob
SEEN
