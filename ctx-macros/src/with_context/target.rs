//! What an inner `#[with_context]` stands on: parsed off the front of the tokens that are left of a body.

use super::attributes::{arguments, is_ours};
use super::item::Head;
use proc_macro2::TokenStream;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Arm, Attribute, Expr, Local, Result, Stmt, Token};

pub(super) struct Annotated {
    /// The arguments of `#[with_context(..)]`.
    pub(super) args: TokenStream,
    /// The other attributes behind it.
    pub(super) attrs: Vec<Attribute>,
    pub(super) target: Target,
    pub(super) rest: TokenStream,
}

pub(super) enum Target {
    Expr(Expr),
    Local(Local),
    Arm(Arm),
}

impl Annotated {
    /// Gives `None` if the attribute is that of a nested item.
    pub(super) fn parse(tokens: TokenStream) -> Result<Option<Self>> {
        let parse = |input: ParseStream<'_>| {
            if matches!(
                Head::of(input)?,
                Head::Function | Head::Impl | Head::Trait(_) | Head::Other(_)
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
