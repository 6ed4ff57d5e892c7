//! Whether a token was written where it stands, or made by another procedural macro.
//!
//! A token that a macro has made points to other text of the source than it says. That tells of attributes that the
//! macro has copied, and of bodies that it has moved.

use proc_macro2::{Span, TokenStream, TokenTree};

/// Whether a macro has made a token that reads `text`. Only the compiler knows: in unit tests the answer is `false`.
pub(crate) fn is_generated(span: Span, text: &str) -> bool {
    span.source_text().is_some_and(|source| source != text)
}

/// The same of a whole token. Of a group, only the opening delimiter counts.
pub(crate) fn is_generated_token(token: &TokenTree) -> bool {
    let text = token.to_string();
    match token {
        TokenTree::Group(group) => {
            let source = group.span_open().source_text();
            source.is_some_and(|source| source.get(..1) != text.get(..1))
        }
        token => is_generated(token.span(), &text),
    }
}

/// Whether a macro has put the tokens of a body into a task or a thread: the `spawn` is the macro's, other tokens are not.
pub(crate) fn is_moved_elsewhere(body: &TokenStream) -> bool {
    has_generated_spawn(body) && !is_generated_throughout(body)
}

fn has_generated_spawn(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "spawn" && is_generated(ident.span(), "spawn"),
        TokenTree::Group(group) => has_generated_spawn(&group.stream()),
        _ => false,
    })
}

fn is_generated_throughout(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().all(|token| {
        let is_generated_inside = match &token {
            TokenTree::Group(group) => is_generated_throughout(&group.stream()),
            _ => true,
        };
        is_generated_token(&token) && is_generated_inside
    })
}
