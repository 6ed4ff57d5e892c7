//! A `#[with_context]` inside a body, on an expression, a `let` or a match arm.

use super::attributes::{arguments, is_ours};
use super::item_kind::ItemKind;
use super::tokens::{is_ident, is_path_token, is_punct};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Arm, Attribute, Expr, Local, Result, Stmt, Token};

/// What the attribute is on, parsed off the front of the tokens.
pub(crate) struct Annotated {
    /// The arguments of `#[with_context(..)]`.
    pub(crate) args: TokenStream,
    /// The other attributes.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) target: Target,
    /// The tokens behind the target.
    pub(crate) rest: TokenStream,
}

pub(crate) enum Target {
    Expr(Expr),
    Local(Local),
    Arm(Arm),
}

impl Annotated {
    /// Returns `None` if the attribute is on an item.
    pub(crate) fn parse(tokens: TokenStream) -> Result<Option<Self>> {
        let parse = |input: ParseStream<'_>| {
            if matches!(
                ItemKind::peek(input)?,
                ItemKind::Function | ItemKind::Impl | ItemKind::Trait(_) | ItemKind::OtherItem(_)
            ) {
                input.parse::<TokenStream>()?;
                return Ok(None);
            }
            let mut attrs = input.call(Attribute::parse_outer)?;
            let ours = attrs.iter().position(is_ours).map(|at| attrs.remove(at));
            let args = ours.as_ref().map(arguments).unwrap_or_default();
            Ok(Some(Self {
                args,
                attrs,
                target: input.call(Target::parse)?,
                rest: input.parse()?,
            }))
        };
        parse.parse2(tokens)
    }
}

impl Target {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(Token![let]) {
            return match input.parse()? {
                Stmt::Local(local) => Ok(Self::Local(local)),
                _ => Err(input.error("expected `let`")),
            };
        }
        let ahead = input.fork();
        if let Ok(arm) = ahead.parse() {
            input.advance_to(&ahead);
            return Ok(Self::Arm(arm));
        }
        input.parse().map(Self::Expr)
    }
}

/// The brackets of the `#[with_context]` at the front of `tokens`.
pub(crate) fn our_attribute<'a>(tokens: impl IntoIterator<Item = &'a TokenTree>) -> Option<&'a Group> {
    let mut tokens = tokens.into_iter();
    let (hash, Some(TokenTree::Group(brackets))) = (tokens.next(), tokens.next()) else {
        return None;
    };
    let is_attribute = is_punct(hash, '#') && brackets.delimiter() == Delimiter::Bracket;
    let last = brackets.stream().into_iter().take_while(is_path_token).last();
    (is_attribute && is_ident(last.as_ref(), "with_context")).then_some(brackets)
}

/// Whether there is a `#[with_context]` among the tokens. The name alone does not count: `anyhow` has a method of it.
pub(crate) fn is_present(tokens: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Punct(_) => our_attribute(&tokens[at..]).is_some(),
        TokenTree::Group(group) => is_present(&group.stream()),
        _ => false,
    })
}
