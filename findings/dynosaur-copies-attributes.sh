#!/usr/bin/env bash
# `#[dynosaur]` copies the attributes of a method to the erased trait's method, which is another kind of fn.
#
# One attribute on `async fn user` is expanded twice: on the trait's own method, and on that of a hidden trait, where it
# is a plain fn without a body that returns a `Pin<Box<dyn Future>>` of types named nowhere in the source. A macro that
# must act once (count, open a span, capture a context), or that refuses a method without a body, has two chances to go
# wrong by one line. On the whole trait, above `#[dynosaur]`, it is expanded before the copy is made; it must leave
# nothing behind.
#
# Source: src/lib.rs, `mk_erased_trait`, of https://crates.io/crates/dynosaur_derive/0.3.1
# Seen: dynosaur 0.3.1, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none dynosaur-copies-attributes
cd dynosaur-copies-attributes
cat >>Cargo.toml <<'TOML'
dynosaur = "=0.3.1"
dynosaur_derive = "=0.3.1"
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
use dynosaur::dynosaur;
use show::show;

#[dynosaur(DynService = dyn(box) Service)]
trait Service {
    #[show]
    async fn user(&self) -> u8 {
        7
    }
}

fn main() {}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
# What the compiler prints by itself is left out, and the order is not promised.
cargo check --quiet &>log || { cat log >&2; exit 101; }
grep '^#\[show\]' log | LC_ALL=C sort | tee seen
diff --ignore-all-space - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
#[show] async fn user(& self) -> u8
#[show] fn user < 'life0, 'dynosaur > (& 'life0 self) -> _Pin < _Box < dyn :: core :: future :: Future < Output = u8 > + 'dynosaur > > where 'life0 : 'dynosaur, Self : 'dynosaur;
SEEN
