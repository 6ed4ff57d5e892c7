//! What another procedural macro has made of the item: its tokens stand for something else in the source than what they
//! say, and tell of attributes that were copied, and of bodies that were moved.

use super::item::Function;
use crate::errors::Errors;
use proc_macro2::{Span, TokenStream, TokenTree};

pub(super) const COPIED: &str = "another macro has copied this attribute to what it has made: \
                                 write `#[with_context(in_place)]` on the `impl` block or the trait instead, above that macro";

const ELSEWHERE: &str = "another macro has this body run where the context does not reach, in a thread or task of its own: \
                         write `#[with_context(in_place)]` above that macro";

/// Whether a token that reads `text` was written somewhere else. Only the compiler knows.
pub(super) fn is_made(span: Span, text: &str) -> bool {
    span.source_text().is_some_and(|source| source != text)
}

/// Whether nobody has written the token, or the opening of the group, where it stands.
pub(super) fn is_made_token(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => is_made(group.span_open(), token.to_string().get(..1).unwrap_or_default()),
        token => is_made(token.span(), &token.to_string()),
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
