//! What the attribute was put on. Only as much of it is parsed as must be known, so that a body in syntax that syn
//! does not know, or half typed, is no obstacle.

use super::body::Body;
use super::impl_block::ImplBlock;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Error, LitStr, Result, Signature, Token, Visibility, token};

pub(super) enum Item {
    Function(Box<Function>),
    Impl(ImplBlock),
    Trait { keyword: Ident, block: ImplBlock },
    Other { keyword: Ident, item: TokenStream },
    Statement(TokenStream),
    Expression(TokenStream),
    Unreadable { error: Error, item: TokenStream },
}

pub(super) struct Function {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) defaultness: Option<Token![default]>,
    pub(super) sig: Signature,
    pub(super) body: Option<Body>,
    /// In place of a body.
    pub(super) semicolon: Option<Token![;]>,
}

/// What kind of item the tokens behind attributes and visibility begin.
#[derive(Debug, PartialEq)]
pub(super) enum Head {
    Function,
    Impl,
    Trait(Ident),
    Other(Ident),
    Let,
    Expression,
}

impl Item {
    pub(super) fn parse(item: TokenStream) -> Self {
        let head = |input: ParseStream<'_>| {
            let head = Head::of(input)?;
            input.parse::<TokenStream>()?;
            Ok(head)
        };
        let parsed = match head.parse2(item.clone()) {
            Ok(Head::Function) => syn::parse2(item.clone()).map(|function| Self::Function(Box::new(function))),
            Ok(Head::Impl) => syn::parse2(item.clone()).map(Self::Impl),
            Ok(Head::Trait(keyword)) => {
                return match syn::parse2(item.clone()) {
                    Ok(block) => Self::Trait { keyword, block },
                    Err(_) => Self::Other { keyword, item },
                };
            }
            Ok(Head::Other(keyword)) => return Self::Other { keyword, item },
            Ok(Head::Let) => return Self::Statement(item),
            Ok(Head::Expression) => return Self::Expression(item),
            Err(error) => Err(error),
        };
        parsed.unwrap_or_else(|error| Self::Unreadable { error, item })
    }
}

impl Head {
    /// Looks ahead of `input`, and leaves it where it was.
    pub(super) fn of(input: ParseStream<'_>) -> Result<Self> {
        let input = input.fork();
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let Ok(first) = input.fork().call(Ident::parse_any) else {
            return Ok(Self::Expression);
        };
        while let Ok(keyword) = input.call(Ident::parse_any) {
            match keyword.to_string().as_str() {
                "fn" => return Ok(Self::Function),
                "impl" => return Ok(Self::Impl),
                "trait" => return Ok(Self::Trait(first)),
                "default" | "const" | "async" | "unsafe" | "safe" | "gen" => {}
                "extern" => drop(input.parse::<Option<LitStr>>()?),
                _ => break,
            }
        }
        Ok(match first.to_string().as_str() {
            "struct" | "enum" | "mod" | "const" | "type" | "use" | "extern" | "auto" | "macro_rules" => {
                Self::Other(first)
            }
            "union" if input.peek(Ident::peek_any) => Self::Other(first),
            "unsafe" if !input.peek(token::Brace) => Self::Other(first),
            "static" if !input.peek(Token![|]) && !input.peek(Token![||]) => Self::Other(first),
            "let" => Self::Let,
            _ => Self::Expression,
        })
    }
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let (vis, defaultness, sig) = (input.parse()?, input.parse()?, input.parse()?);
        let semicolon: Option<Token![;]> = input.parse()?;
        let body = if semicolon.is_none() {
            Some(input.parse()?)
        } else {
            None
        };
        Ok(Self {
            attrs,
            vis,
            defaultness,
            sig,
            body,
            semicolon,
        })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            attrs,
            vis,
            defaultness,
            sig,
            body,
            semicolon,
        } = self;
        tokens.append_all(attrs);
        tokens.extend(quote!(#vis #defaultness #sig #body #semicolon));
    }
}
