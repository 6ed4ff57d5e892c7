//! The attributes of an item: which are ours, which of the others must be expanded first, and what some of them mean.

use super::tokens;
use proc_macro2::TokenStream;
use syn::{Attribute, Meta};

/// The compiler's own attributes. A new one goes here.
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

/// Whether the attribute is one of the compiler or of its tools. Their order among other attributes makes no
/// difference.
pub(crate) fn is_inert(attr: &Attribute) -> bool {
    let path = attr.path();
    let Some(first) = path.segments.first() else {
        return true;
    };
    let known: &[&str] = if path.segments.len() == 1 { &INERT } else { &TOOLS };
    known.iter().any(|name| first.ident == name)
}

/// `#[tokio::main]`, `#[async_std::test]` and their like, which start an executor for an `async fn`.
pub(crate) fn is_entry_point(attr: &Attribute) -> bool {
    named(attr, "main") || named(attr, "test") || is_test_table(attr)
}

/// `#[rstest]`, `#[test_case]` and their like. They move the attributes below them to the functions that they make,
/// which call this one.
pub(crate) fn is_test_table(attr: &Attribute) -> bool {
    ["rstest", "test_case", "test_matrix"]
        .iter()
        .any(|name| named(attr, name))
}

pub(crate) fn is_ours(attr: &Attribute) -> bool {
    named(attr, "with_context")
}

/// The tokens in the attribute's parentheses.
pub(crate) fn arguments(attr: &Attribute) -> TokenStream {
    match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    }
}

/// Whether the attribute's path ends in `name`.
fn named(attr: &Attribute, name: &str) -> bool {
    attr.path().segments.last().is_some_and(|segment| segment.ident == name)
}

/// Whether the attribute sets the level of a lint. On a parameter, it is about the binding.
pub(crate) fn is_lint(attr: &Attribute) -> bool {
    ["allow", "deny", "expect", "forbid", "warn"]
        .iter()
        .any(|name| attr.path().is_ident(name))
}

/// `#[naked]` or `#[unsafe(naked)]`: the body is one block of assembly.
pub(crate) fn is_naked(attr: &Attribute) -> bool {
    match &attr.meta {
        Meta::List(list) if list.path.is_ident("unsafe") => tokens::mention(&list.tokens, "naked"),
        meta => meta.path().is_ident("naked"),
    }
}

pub(crate) fn is_cfg(attr: &Attribute) -> bool {
    attr.path().is_ident("cfg")
}

/// `#[track_caller]`, also in a `#[cfg_attr(..)]`.
pub(crate) fn is_track_caller(attr: &Attribute) -> bool {
    match &attr.meta {
        Meta::List(list) if list.path.is_ident("cfg_attr") => tokens::mention(&list.tokens, "track_caller"),
        meta => meta.path().is_ident("track_caller"),
    }
}

pub(crate) fn is_must_use(attr: &Attribute) -> bool {
    attr.path().is_ident("must_use")
}

/// Whether the attribute says whether the function is inlined, or rules it out.
pub(crate) fn decides_inlining(attr: &Attribute) -> bool {
    ["inline", "cold", "no_mangle", "export_name", "unsafe"]
        .iter()
        .any(|name| attr.path().is_ident(name))
}
