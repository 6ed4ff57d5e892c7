#!/usr/bin/env bash
# `#[Subscription]` of async-graphql rewrites a method before the attributes below it see it.
#
# A method is written `-> impl Stream`. An attribute macro on it is given a fn of another shape: it returns a `Result`
# of the stream, has an argument more, and its body is a closure with an `async` block in it. A macro that decides by
# the signature what to do (here: keep a context, a span, a metric for the stream, not only for the call that makes it)
# decides for the `Result`, and the items of the stream are left out, without an error. Above `#[Subscription]`, on the
# whole `impl`, a macro sees what is written.
#
# Source: src/subscription.rs, around line 209, of https://crates.io/crates/async-graphql-derive/7.2.1
# Seen: async-graphql 7.2.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none async-graphql-subscription-wraps
cd async-graphql-subscription-wraps
cat >>Cargo.toml <<'TOML'
async-graphql = { version = "=7.2.1", default-features = false }
async-graphql-derive = "=7.2.1"
futures = "=0.3.34"
show = { path = "show" }

[profile.dev]
debug = false
TOML
cargo new --quiet --vcs none --lib show
cat >>show/Cargo.toml <<'TOML'

[lib]
proc-macro = true
TOML
cat >show/src/lib.rs <<'RUST'
use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Prints the head of what it is given, without attributes, and gives it back.
#[proc_macro_attribute]
pub fn show(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut head = Vec::new();
    let mut tokens = item.clone().into_iter();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => drop(tokens.next()),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => break,
            _ => head.push(token),
        }
    }
    let head = if head.is_empty() {
        item.clone()
    } else {
        TokenStream::from_iter(head)
    };
    let head = head.to_string();
    eprintln!("#[show] {}", head.split_whitespace().collect::<Vec<_>>().join(" "));
    item
}
RUST
cat >src/main.rs <<'RUST'
use async_graphql::Subscription;
use futures::{Stream, stream};
use show::show;

struct Ticks;

#[Subscription]
impl Ticks {
    #[show]
    async fn ticks(&self) -> impl Stream<Item = u8> {
        stream::iter([1, 2])
    }
}

fn main() {
    let _ = Ticks;
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
# What the compiler prints by itself is left out, and the order is not promised.
cargo check --quiet &>log || { cat log >&2; exit 101; }
grep '^#\[show\]' log | LC_ALL=C sort | tee seen
diff --ignore-all-space - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
#[show] async fn ticks(& self, _ : & :: async_graphql :: Context < '_ >) -> :: async_graphql :: Result < impl Stream < Item = u8 > >
SEEN
