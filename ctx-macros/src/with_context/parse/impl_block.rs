//! An `impl` block, or a trait. Of its members, only the methods are looked at.

use super::function::Function;
use super::item_kind::ItemKind;
use super::tokens::{self, regroup};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, ImplItem, Result};

pub(crate) struct ImplBlock {
    /// All tokens before the brace.
    pub(crate) head: TokenStream,
    brace: Group,
    inner_attrs: Vec<Attribute>,
    pub(crate) members: Vec<Member>,
}

pub(crate) enum Member {
    Method(Box<Function>),
    /// A method that has been expanded.
    Expanded(TokenStream),
    Other(Box<ImplItem>),
}

impl ImplBlock {
    pub(crate) fn is_trait(&self) -> bool {
        tokens::mention(&self.head, "trait")
    }
}

impl Parse for ImplBlock {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut head = TokenStream::new();
        loop {
            match input.parse()? {
                TokenTree::Group(brace) if brace.delimiter() == Delimiter::Brace && input.is_empty() => {
                    let Inside { inner_attrs, members } = syn::parse2(brace.stream())?;
                    return Ok(Self {
                        head,
                        brace,
                        inner_attrs,
                        members,
                    });
                }
                token => head.append(token),
            }
        }
    }
}

/// What is between the braces.
struct Inside {
    inner_attrs: Vec<Attribute>,
    members: Vec<Member>,
}

impl Parse for Inside {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let inner_attrs = input.call(Attribute::parse_inner)?;
        let mut members = Vec::new();
        while !input.is_empty() {
            members.push(match ItemKind::peek(input)? {
                ItemKind::Function => Member::Method(input.parse().map(Box::new)?),
                _ => Member::Other(input.parse().map(Box::new)?),
            });
        }
        Ok(Self { inner_attrs, members })
    }
}

impl ToTokens for ImplBlock {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.head.to_tokens(tokens);
        let mut inside = TokenStream::new();
        inside.append_all(&self.inner_attrs);
        inside.append_all(&self.members);
        tokens.append(regroup(&self.brace, inside));
    }
}

impl ToTokens for Member {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Method(function) => function.to_tokens(tokens),
            Self::Expanded(function) => function.to_tokens(tokens),
            Self::Other(item) => item.to_tokens(tokens),
        }
    }
}
