//! A whole `impl` block: its methods that are `async`, or return a future, are annotated one by one.

use super::attributes::is_ours;
use super::item::{Function, Head};
use super::options::Options;
use super::returns::Returns;
use crate::errors::Errors;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, ImplItem, Meta, Result};

/// The block, of which only the methods are looked at.
pub(super) struct ImplBlock {
    /// All that is in front of the brace, which is the last group.
    head: TokenStream,
    brace: Group,
    members: Members,
}

struct Members {
    inner_attrs: Vec<Attribute>,
    items: Vec<Member>,
}

enum Member {
    Method {
        annotation: Option<TokenStream>,
        function: Box<Function>,
    },
    Other(Box<ImplItem>),
}

// Input:
//     impl S { async fn f(&self) { .. } }
//
// Output:
//     impl S { #[with_context] async fn f(&self) { .. } }
pub(super) fn expand(mut block: ImplBlock, options: &Options, errors: &mut Errors) -> TokenStream {
    let mut is_empty = true;
    for member in &mut block.members.items {
        let Member::Method { annotation, function } = member else {
            continue;
        };
        match function.attrs.iter().position(is_ours) {
            Some(at) if is_skip(&function.attrs[at]) => drop(function.attrs.remove(at)),
            Some(_) => {}
            None if returns_future(function) => *annotation = Some(options.attribute()),
            None => continue,
        }
        is_empty = false;
    }
    if is_empty {
        errors.at(
            &block.head,
            "this `impl` block has no `async fn`, and no method that returns a future",
        );
    }
    block.into_token_stream()
}

fn is_skip(attr: &Attribute) -> bool {
    matches!(&attr.meta, Meta::List(list) if list.tokens.to_string() == "skip")
}

fn returns_future(function: &Function) -> bool {
    let returns = Returns::of(&function.sig.output);
    function.sig.asyncness.is_some() || matches!(returns, Returns::Opaque | Returns::Boxed(_) | Returns::Called(_))
}

impl Parse for ImplBlock {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut head = TokenStream::new();
        loop {
            match input.parse()? {
                TokenTree::Group(brace) if brace.delimiter() == Delimiter::Brace && input.is_empty() => {
                    let members = syn::parse2(brace.stream())?;
                    return Ok(Self { head, brace, members });
                }
                token => head.append(token),
            }
        }
    }
}

impl Parse for Members {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let inner_attrs = input.call(Attribute::parse_inner)?;
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(match Head::of(input)? {
                Head::Function => Member::Method {
                    annotation: None,
                    function: input.parse().map(Box::new)?,
                },
                _ => Member::Other(input.parse().map(Box::new)?),
            });
        }
        Ok(Self { inner_attrs, items })
    }
}

impl ToTokens for ImplBlock {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.head.to_tokens(tokens);
        let mut inside = TokenStream::new();
        inside.append_all(&self.members.inner_attrs);
        inside.append_all(&self.members.items);
        tokens.append(super::wrap::regroup(&self.brace, inside));
    }
}

impl ToTokens for Member {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Method { annotation, function } => tokens.extend(quote!(#annotation #function)),
            Self::Other(item) => item.to_tokens(tokens),
        }
    }
}
