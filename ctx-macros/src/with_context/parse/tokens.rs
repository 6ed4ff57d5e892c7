//! Questions about tokens that are not parsed.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Whether there is a `;` outside of all groups.
pub(crate) fn has_semicolon(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| is_punct(Some(&token), ';'))
}

/// Whether `name` occurs anywhere, as an identifier or inside a format string.
pub(crate) fn mention(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mention(&group.stream(), name),
        TokenTree::Literal(literal) => literal.to_string().contains(name),
        TokenTree::Punct(_) => false,
    })
}

pub(crate) fn is_ident(token: Option<&TokenTree>, name: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == name)
}

pub(crate) fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

/// Whether the token may be part of a path without generic arguments.
pub(crate) fn is_path_token(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(_)) || is_punct(Some(token), ':')
}

fn is_brace(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Whether these are `async { .. }` or `async move { .. }`, and nothing else.
pub(crate) fn is_async_block(tokens: &[TokenTree]) -> bool {
    match tokens {
        [first, block] => is_ident(Some(first), "async") && is_brace(block),
        [first, second, block] => is_ident(Some(first), "async") && is_ident(Some(second), "move") && is_brace(block),
        _ => false,
    }
}

/// Where the statements end that move arguments into a block, as `let a = a;`. An `if false { .. }` that tells the type
/// of the block may stand before them.
pub(crate) fn end_of_rebindings(tokens: &[TokenTree]) -> usize {
    let mut end = match tokens.first() {
        Some(first) if is_ident(Some(first), "if") => tokens.iter().position(is_brace).map_or(0, |brace| brace + 1),
        _ => 0,
    };
    let hint = end;
    while is_ident(tokens.get(end), "let") {
        let name = end + 1 + usize::from(is_ident(tokens.get(end + 1), "mut"));
        match tokens.get(name..) {
            Some([TokenTree::Ident(_), equals, TokenTree::Ident(_), semicolon, ..])
                if is_punct(Some(equals), '=') && is_punct(Some(semicolon), ';') =>
            {
                end = name + 4;
            }
            _ => break,
        }
    }
    if end == hint { 0 } else { end }
}

/// The only argument of a call, without the comma behind it.
pub(crate) fn argument(args: &Group) -> Vec<TokenTree> {
    let mut tokens: Vec<TokenTree> = without_invisible_groups(args.stream()).into_iter().collect();
    if is_punct(tokens.last(), ',') {
        tokens.pop();
    }
    tokens
}

/// The tokens inside of the invisible groups that `macro_rules!` puts around what it substitutes.
fn without_invisible_groups(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            without_invisible_groups(group.stream())
        }
        (first, second) => first.into_iter().chain(second).chain(tokens).collect(),
    }
}

/// A group like `group`, with `stream` inside.
pub(crate) fn regroup(group: &Group, stream: TokenStream) -> Group {
    let mut regrouped = Group::new(group.delimiter(), stream);
    regrouped.set_span(group.span());
    regrouped
}
