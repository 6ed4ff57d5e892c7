//! Expressions that `macro_rules!` has substituted for `$x`. They stand in invisible groups, which the compiler drops
//! when a procedural macro returns them (rust-lang/rust#67062): `$x * 2` would become `1 + 2 * 2`.

use super::tokens::{is_punct, regroup};
use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use syn::Expr;

/// Puts parentheses around substituted expressions that would bind to an operator beside them.
pub(crate) fn parenthesize(tokens: TokenStream) -> TokenStream {
    if !has_fragment(&tokens) {
        return tokens;
    }
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let parenthesized = tokens.iter().enumerate().map(|(at, token)| {
        let TokenTree::Group(group) = token else {
            return token.clone();
        };
        if group.delimiter() != Delimiter::None && !has_fragment(&group.stream()) {
            return token.clone();
        }
        let inside = parenthesize(group.stream());
        let needs_parentheses = group.delimiter() == Delimiter::None
            && (ends_in_operator(&tokens[..at]) || starts_with_operator(&tokens[at + 1..]))
            && is_compound(&inside);
        if !needs_parentheses {
            return regroup(group, inside).into();
        }
        let mut parentheses = Group::new(Delimiter::Parenthesis, inside);
        parentheses.set_span(group.span());
        parentheses.into()
    });
    parenthesized.collect()
}

fn has_fragment(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::None || has_fragment(&group.stream()),
        _ => false,
    })
}

/// Whether the fragment is an expression that an operator beside it could split.
///
/// A pattern such as `A | B` parses as one too: in parentheses it means the same.
fn is_compound(fragment: &TokenStream) -> bool {
    matches!(
        syn::parse2(fragment.clone()),
        Ok(Expr::Binary(_) | Expr::Cast(_) | Expr::Closure(_) | Expr::Range(_) | Expr::Reference(_) | Expr::Unary(_))
    )
}

/// Whether the last token is part of an operator, which `,`, `;`, `:`, `=` and `=>` are not.
fn ends_in_operator(before: &[TokenTree]) -> bool {
    let is_joint = |char| match before {
        [.., TokenTree::Punct(first), _] => first.spacing() == Spacing::Joint && first.as_char() == char,
        _ => false,
    };
    match before.last() {
        Some(TokenTree::Punct(punct)) => match punct.as_char() {
            ',' | ';' | ':' => false,
            '=' => ['=', '!', '<', '>'].into_iter().any(is_joint),
            '>' => !is_joint('='),
            _ => true,
        },
        _ => false,
    }
}

/// Whether an operator, a call or an index comes first. `,`, `;`, `=` and `=>` are no operators.
fn starts_with_operator(after: &[TokenTree]) -> bool {
    match after {
        [TokenTree::Punct(first), second, ..] if first.as_char() == '=' => {
            first.spacing() == Spacing::Joint && is_punct(Some(second), '=')
        }
        [TokenTree::Punct(first), ..] => !matches!(first.as_char(), ',' | ';'),
        [TokenTree::Ident(ident), ..] => ident == "as",
        [TokenTree::Group(group), ..] => matches!(group.delimiter(), Delimiter::Parenthesis | Delimiter::Bracket),
        _ => false,
    }
}
