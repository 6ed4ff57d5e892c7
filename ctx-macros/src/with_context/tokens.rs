//! Looks at tokens that nobody has parsed: bodies are left as they are unless they mention something of ours.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Whether a `;` ends a statement of these.
pub(super) fn has_semicolon(tokens: &TokenStream) -> bool {
    tokens
        .clone()
        .into_iter()
        .any(|token| matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ';'))
}

/// Whether `name` occurs anywhere, as an identifier or inside a format string.
pub(super) fn mention(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mention(&group.stream(), name),
        TokenTree::Literal(literal) => literal.to_string().contains(name),
        TokenTree::Punct(_) => false,
    })
}

pub(super) fn is_ident(token: Option<&TokenTree>, name: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == name)
}

pub(super) fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

/// The only argument of a call, without the comma behind it.
pub(super) fn argument(args: &Group) -> Vec<TokenTree> {
    let mut tokens: Vec<TokenTree> = flat(args.stream()).into_iter().collect();
    if is_punct(tokens.last(), ',') {
        tokens.pop();
    }
    tokens
}

/// Sees through the invisible groups that `macro_rules!` put around what they substitute.
fn flat(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => flat(group.stream()),
        (first, second) => first.into_iter().chain(second).chain(tokens).collect(),
    }
}
