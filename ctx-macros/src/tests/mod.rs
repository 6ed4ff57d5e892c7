//! What the unit tests of the macros share. `mutations.rs` tests both macros with random input.

mod mutations;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Tokens as text without spaces, to compare and to search.
pub(crate) fn text(tokens: &TokenStream) -> String {
    tokens.to_string().replace(' ', "")
}

/// The messages of the `compile_error!`s in `tokens`.
pub(crate) fn errors(tokens: &TokenStream) -> Vec<String> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut messages = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let name = at.checked_sub(2).map(|name| tokens[name].to_string());
        if name.as_deref() == Some("compile_error") {
            let message: syn::LitStr = syn::parse2(group.stream()).unwrap();
            messages.push(message.value());
        } else {
            messages.extend(errors(&group.stream()));
        }
    }
    messages
}

/// Calls `expand` with each input that is typed on the way to `tokens`: it must not panic.
pub(crate) fn every_prefix(tokens: TokenStream, expand: impl Fn(TokenStream) -> TokenStream) {
    for prefix in prefixes(tokens) {
        let _: TokenStream = expand(prefix);
    }
}

/// The tokens up to each place between two of them, with the groups that are open there closed.
fn prefixes(tokens: TokenStream) -> Vec<TokenStream> {
    let mut prefixes = vec![TokenStream::new()];
    let mut typed = TokenStream::new();
    for token in tokens {
        match &token {
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                prefixes.extend(prefixes_inside(group, &typed));
            }
            _ => {}
        }
        typed.extend([token]);
        prefixes.push(typed.clone());
    }
    prefixes
}

fn prefixes_inside<'a>(group: &'a Group, typed: &'a TokenStream) -> impl Iterator<Item = TokenStream> + use<'a> {
    prefixes(group.stream()).into_iter().map(|inside| {
        let open = TokenTree::Group(Group::new(group.delimiter(), inside));
        typed.clone().into_iter().chain([open]).collect()
    })
}
