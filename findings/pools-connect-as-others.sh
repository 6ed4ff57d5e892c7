#!/usr/bin/env bash
# Two pools of connections run the same two hooks of a manager as different users.
#
# bb8 connects in a task of its own, where there is no task-local, and asks `is_valid` in the task of whoever takes the
# connection. deadpool does both in the taker's, so a connection is *made* as the first who needs it, and *recycled* as
# each who comes after. A hook that sets up a session from what the request carries (a tenant, a locale, a trace) works
# in a test with one user, and in production the session stays the first one's, or nobody's.
#
# Source: src/inner.rs of https://crates.io/crates/bb8/0.9.1, src/managed/mod.rs of
# https://crates.io/crates/deadpool/0.13.1
# Seen: bb8 0.9.1, deadpool 0.13.1, tokio 1.54.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none pools-connect-as-others
cd pools-connect-as-others
cat >>Cargo.toml <<'TOML'
bb8 = "=0.9.1"
deadpool = "=0.13.1"
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::convert::Infallible;

use tokio::task_local;

task_local!(static USER: &'static str);

fn show(pool: &str, hook: &str) {
    println!("{pool}: {hook} as {}", USER.try_with(|user| *user).unwrap_or("nobody"));
}

struct Manager;
struct Connection;

impl bb8::ManageConnection for Manager {
    type Connection = Connection;
    type Error = Infallible;

    async fn connect(&self) -> Result<Connection, Infallible> {
        show("bb8", "connects");
        Ok(Connection)
    }

    async fn is_valid(&self, _: &mut Connection) -> Result<(), Infallible> {
        show("bb8", "checks");
        Ok(())
    }

    fn has_broken(&self, _: &mut Connection) -> bool {
        false
    }
}

impl deadpool::managed::Manager for Manager {
    type Type = Connection;
    type Error = Infallible;

    async fn create(&self) -> Result<Connection, Infallible> {
        show("deadpool", "connects");
        Ok(Connection)
    }

    async fn recycle(
        &self,
        _: &mut Connection,
        _: &deadpool::managed::Metrics,
    ) -> deadpool::managed::RecycleResult<Infallible> {
        show("deadpool", "checks");
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let bb8 = bb8::Pool::builder().max_size(1).build_unchecked(Manager);
    let deadpool = deadpool::managed::Pool::<Manager>::builder(Manager)
        .max_size(1)
        .build()
        .expect("a pool");
    for user in ["alice", "bob"] {
        println!("{user} takes one");
        let take = async {
            drop(bb8.get().await.expect("a connection"));
            drop(deadpool.get().await.expect("a connection"));
        };
        USER.scope(user, take).await;
    }
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
alice takes one
bb8: connects as nobody
bb8: checks as alice
deadpool: connects as alice
bob takes one
bb8: checks as bob
deadpool: checks as bob
SEEN
