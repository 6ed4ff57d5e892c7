#!/usr/bin/env bash
# `#[automock]` on an `impl` copies a method's attributes to fns, a module and an expression that it generates.
#
# A few attributes are on a list of those to leave out (`instrument`, `inline`, `must_use`); every other one is copied.
# An attribute macro is then expanded on the mock's method, on `expect_user`, on a whole `mod`, and on a block
# expression, where rustc allows no macro, so the program does not compile, and the error points at the user's attribute
# and says nothing of mockall. A macro for methods must be expanded before, from the `impl` and above `#[automock]`, and
# leave no attribute.
#
# Source: src/lib.rs, `AttrFormatter`, and src/mock_function.rs of https://crates.io/crates/mockall_derive/0.15.0
# Seen: mockall 0.15.0, 2026-11-30.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none mockall-copies-attributes
cd mockall-copies-attributes
cat >>Cargo.toml <<'TOML'
mockall = "=0.15.0"
mockall_derive = "=0.15.0"
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
use mockall::automock;
use show::show;

struct Service(u8);

#[automock]
impl Service {
    #[show]
    fn user(&self) -> u8 {
        self.0
    }
}

fn main() {
    println!("{}", Service(7).user());
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir"
compiled='it compiles'
cargo check --quiet >log 2>&1 || compiled='it does not compile'
grep '^error' log || true
# What the compiler prints by itself is left out, and the order is not promised.
{ grep '^#\[show\]' log | LC_ALL=C sort; echo "$compiled"; } | tee seen
diff --ignore-all-space - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
#[show] fn expect_user(& mut self) -> & mut __mock_MockService :: __user :: Expectation
#[show] fn user(& self) -> u8
#[show] fn user(& self) -> u8
#[show] pub mod __user
#[show] { self.user.checkpoint(); }
it does not compile
SEEN
