//! The other attributes of an item, and which of them must be expanded before ours.

use super::tokens;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Attribute, Meta};

/// Built-in attributes, which expand to nothing.
const INERT: [&str; 30] = [
    "allow",
    "automatically_derived",
    "bench",
    "cfg",
    "cfg_attr",
    "cold",
    "coverage",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "ignore",
    "inline",
    "instruction_set",
    "link_section",
    "must_use",
    "naked",
    "no_mangle",
    "optimize",
    "sanitize",
    "should_panic",
    "target_feature",
    "test",
    "track_caller",
    "unsafe",
    "unstable",
    "stable",
    "warn",
];

/// The tools whose attributes rustc leaves alone.
const TOOLS: [&str; 5] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];

/// Attributes of the compiler and its tools: what order they come in makes no difference.
pub(super) fn is_inert(attr: &Attribute) -> bool {
    let path = attr.path();
    let Some(first) = path.segments.first() else {
        return true;
    };
    let known: &[&str] = if path.segments.len() == 1 { &INERT } else { &TOOLS };
    known.iter().any(|name| first.ident == name)
}

/// `#[tokio::main]`, `#[async_std::test]` and their like, on the `async fn` that they drive.
pub(super) fn is_entry_point(attr: &Attribute) -> bool {
    named(attr, "main") || named(attr, "test") || is_test_table(attr)
}

/// `#[rstest]`, `#[test_case]` and their like, which take the attributes below them away to the functions that call this
/// one.
pub(super) fn is_test_table(attr: &Attribute) -> bool {
    ["rstest", "test_case", "test_matrix"]
        .iter()
        .any(|name| named(attr, name))
}

pub(super) fn is_ours(attr: &Attribute) -> bool {
    named(attr, "with_context")
}

/// What is in the attribute's parentheses.
pub(super) fn arguments(attr: &Attribute) -> TokenStream {
    match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    }
}

/// Whether the attribute's path ends in `name`.
pub(super) fn named(attr: &Attribute, name: &str) -> bool {
    attr.path().segments.last().is_some_and(|segment| segment.ident == name)
}

/// Whether the attribute is for a parameter's binding, rather than for its type or its presence.
pub(super) fn is_lint(attr: &Attribute) -> bool {
    ["allow", "deny", "expect", "forbid", "warn"]
        .iter()
        .any(|name| attr.path().is_ident(name))
}

/// `#[naked]`, in an `unsafe(..)` or not: the body is one block of assembly.
pub(super) fn is_naked(attr: &Attribute) -> bool {
    match &attr.meta {
        Meta::List(list) if list.path.is_ident("unsafe") => tokens::mention(&list.tokens, "naked"),
        meta => meta.path().is_ident("naked"),
    }
}

pub(super) fn is_cfg(attr: &Attribute) -> bool {
    attr.path().is_ident("cfg")
}

/// `#[track_caller]`, on some condition or on none.
pub(super) fn is_track_caller(attr: &Attribute) -> bool {
    match &attr.meta {
        Meta::List(list) if list.path.is_ident("cfg_attr") => tokens::mention(&list.tokens, "track_caller"),
        meta => meta.path().is_ident("track_caller"),
    }
}

/// An `async fn` may be `#[must_use]` for its output's sake, but the future that it becomes is so already.
pub(super) fn allow_must_use(attrs: &[Attribute]) -> TokenStream {
    if !attrs.iter().any(|attr| attr.path().is_ident("must_use")) {
        return TokenStream::new();
    }
    quote_spanned!(Span::mixed_site()=> #[allow(clippy::double_must_use)])
}

/// `#[inline]`, unless it says something about that itself: a call is a capture and the moves of the arguments, and a caller
/// that sees this makes the future where it will be.
pub(super) fn inline(attrs: &[Attribute]) -> TokenStream {
    const OTHERS: [&str; 4] = ["inline", "cold", "no_mangle", "export_name"];
    let is_other =
        |attr: &Attribute| OTHERS.iter().any(|name| attr.path().is_ident(name)) || attr.path().is_ident("unsafe");
    if attrs.iter().any(is_other) {
        return TokenStream::new();
    }
    quote_spanned!(Span::mixed_site()=> #[inline])
}
