//! What another procedural macro has made of the item: its tokens stand for something else in the source than what they
//! say, and tell of attributes that were copied, and of bodies that were moved.

use super::item::Function;
use crate::errors::Errors;
use proc_macro2::{Span, TokenStream, TokenTree};

pub(super) const COPIED: &str = "another macro has copied this attribute: \
                                 write `#[with_context(in_place)]` above that macro, on the `impl` block or the trait";

const ELSEWHERE: &str = "another macro runs this body on a thread or in a task of its own, where the context does not \
                         reach: write `#[with_context(in_place)]` above that macro";

/// Whether a token that reads `text` was written somewhere else. Only the compiler knows.
pub(super) fn is_made(span: Span, text: &str) -> bool {
    span.source_text().is_some_and(|source| source != text)
}

/// Whether nobody has written the token, or the group, where it stands.
pub(super) fn is_made_token(token: &TokenTree) -> bool {
    let text = token.to_string();
    match token {
        TokenTree::Group(group) => {
            let source = group.span_open().source_text();
            source.is_some_and(|source| source.get(..1) != text.get(..1))
        }
        token => is_made(token.span(), &text),
    }
}

/// Refuses a body that another macro spawns. One in which nothing is left as it was written tells nothing.
pub(super) fn refuse_elsewhere(function: &Function, errors: &mut Errors) {
    let Some(body) = &function.body else { return };
    if spawns(&body.statements) && !is_made_throughout(&body.statements) {
        errors.at(&function.sig.ident, ELSEWHERE);
    }
}

fn spawns(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "spawn" && is_made(ident.span(), "spawn"),
        TokenTree::Group(group) => spawns(&group.stream()),
        _ => false,
    })
}

fn is_made_throughout(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().all(|token| {
        let is_made_inside = match &token {
            TokenTree::Group(group) => is_made_throughout(&group.stream()),
            _ => true,
        };
        is_made_token(&token) && is_made_inside
    })
}
