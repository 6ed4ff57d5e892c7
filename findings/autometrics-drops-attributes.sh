#!/usr/bin/env bash
# `#[autometrics]` on an `impl` drops the attributes that stand below it on that `impl`.
#
# They are not refused and not moved: they are never expanded, and rustc says nothing. An attribute that gives every
# method a span, a log line or a context looks as if it were there. On the other side of `#[autometrics]`, or on a
# method or a fn, the same attribute works, so the order of two lines decides. `async_trait` alone is searched for in
# the text and put back.
#
# Source: src/lib.rs, `instrument_impl_block` and `check_async_trait`, of
# https://crates.io/crates/autometrics-macros/3.0.0
# Seen: autometrics 3.0.0, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none autometrics-drops-attributes
cd autometrics-drops-attributes
cat >>Cargo.toml <<'TOML'
autometrics = { version = "=3.0.0", features = ["prometheus-exporter"] }
autometrics-macros = "=3.0.0"
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
use autometrics::autometrics;
use show::show;

struct Above;
struct Below;
struct Method;

#[show]
#[autometrics]
impl Above {
    fn call(&self) {}
}

#[autometrics]
#[show]
impl Below {
    fn call(&self) {}
}

#[autometrics]
impl Method {
    #[show]
    fn call(&self) {}
}

fn main() {
    Above.call();
    Below.call();
    Method.call();
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
# What the compiler prints by itself is left out, and the order is not promised.
cargo check --quiet &>log || { cat log >&2; exit 101; }
grep '^#\[show\]' log | LC_ALL=C sort | tee seen
diff --ignore-all-space - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
#[show] fn call(& self)
#[show] impl Above
SEEN
