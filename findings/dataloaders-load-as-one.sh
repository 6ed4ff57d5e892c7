#!/usr/bin/env bash
# A batch loader loads the keys of several callers as one of them, and two loaders differ in which, and in what.
#
# `dataloader` has no task: the caller whose turns are over first runs the batch inside its own `load().await`, so bob's
# key is loaded in alice's task-local. `async-graphql`'s loader spawns the batch, so no task-local is there, but with
# its feature `tracing` it puts the batch into the span of the caller that came first: the log says alice, and a
# task-local that the load reads says nobody. A loader that asks for the current user is right in every test
# with one caller.
#
# Source: src/non_cached.rs of https://crates.io/crates/dataloader/0.18.0, src/dataloader/mod.rs of
# https://crates.io/crates/async-graphql/7.2.1
# Seen: dataloader 0.18.0, async-graphql 7.2.1, tokio 1.54.1, tracing 0.1.44, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none dataloaders-load-as-one
cd dataloaders-load-as-one
cat >>Cargo.toml <<'TOML'
async-graphql = { version = "=7.2.1", default-features = false, features = ["dataloader", "tracing"] }
dataloader = "=0.18.0"
futures = "=0.3.34"
tracing = "=0.1.44"
tracing-subscriber = "=0.3.23"
tokio = { version = "=1.54.1", features = ["full"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;

use async_graphql::dataloader::{DataLoader, Loader};
use dataloader::BatchFn;
use tokio::task_local;
use tracing::{Instrument, Span, info_span};

task_local!(static USER: &'static str);

struct Load;

impl Load {
    fn load(loader: &str, keys: &[&'static str]) -> HashMap<&'static str, ()> {
        let user = USER.try_with(|user| *user).unwrap_or("nobody");
        // The outermost: the loader may open spans of its own.
        let span = Span::current().with_subscriber(|(id, subscriber)| {
            let registry = subscriber
                .downcast_ref::<tracing_subscriber::Registry>()
                .expect("a registry");
            let span = tracing_subscriber::registry::LookupSpan::span(registry, id).expect("a span");
            span.scope().from_root().next().expect("a root").name()
        });
        let keys = keys.iter().copied().collect::<BTreeSet<_>>();
        println!(
            "{loader} loads the keys {keys:?} as user {user}, in the span {}",
            span.unwrap_or("none")
        );
        keys.into_iter().map(|key| (key, ())).collect()
    }
}

impl BatchFn<&'static str, ()> for Load {
    async fn load(&mut self, keys: &[&'static str]) -> HashMap<&'static str, ()> {
        Load::load("dataloader", keys)
    }
}

impl Loader<&'static str> for Load {
    type Value = ();
    type Error = Infallible;

    async fn load(&self, keys: &[&'static str]) -> Result<HashMap<&'static str, ()>, Infallible> {
        Ok(Load::load("async-graphql", keys))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    tracing_subscriber::fmt().with_writer(std::io::sink).init();

    let loader = dataloader::non_cached::Loader::new(Load);
    let alice = USER
        .scope("alice", loader.load("alice's"))
        .instrument(info_span!("alice"));
    let bob = USER.scope("bob", loader.load("bob's")).instrument(info_span!("bob"));
    tokio::join!(alice, bob);

    let loader = DataLoader::new(Load, tokio::spawn);
    let alice = USER
        .scope("alice", loader.load_one("alice's"))
        .instrument(info_span!("alice"));
    let bob = USER
        .scope("bob", loader.load_one("bob's"))
        .instrument(info_span!("bob"));
    let (alice, bob) = tokio::join!(alice, bob);
    (alice.expect("no error"), bob.expect("no error"));
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
dataloader loads the keys {"alice's", "bob's"} as user alice, in the span alice
async-graphql loads the keys {"alice's", "bob's"} as user nobody, in the span alice
SEEN
