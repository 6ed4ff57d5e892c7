//! A whole `impl` block: its methods that are `async`, or return a future, are annotated one by one, or expanded.

use super::attributes::{arguments, is_ours};
use super::function;
use super::item::{Function, Head};
use super::options::Options;
use super::returns::Returns;
use super::tokens;
use crate::errors::Errors;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use std::mem;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, ImplItem};

/// The block, or the trait, of which only the methods are looked at.
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
    Method(Box<Function>),
    Expanded(TokenStream),
    Other(Box<ImplItem>),
}

// Input:
//     impl S { async fn f(&self) { .. } }
//
// Output:
//     impl S { #[with_context] async fn f(&self) { .. } }
//
// In place, the methods are written out instead: nothing of ours is left that an attribute below could copy or drop.
pub(super) fn expand(mut block: ImplBlock, options: &Options, errors: &mut Errors) -> TokenStream {
    let members = mem::take(&mut block.members.items).into_iter();
    let mut is_empty = true;
    let members = members.map(|member| match member {
        Member::Method(function) => method(*function, options, errors).map_or_else(Member::Method, |expanded| {
            is_empty = false;
            Member::Expanded(expanded)
        }),
        member => member,
    });
    block.members.items = members.collect();
    if is_empty {
        let message = if tokens::mention(&block.head, "trait") {
            "this trait has no `async fn` with a body, and no method with one that returns a future"
        } else {
            "this `impl` block has no `async fn`, and no method that returns a future"
        };
        errors.at(&block.head, message);
    }
    block.into_token_stream()
}

/// The method with its attribute put on, taken off or expanded; as it was, if nothing asks for that.
fn method(mut function: Function, options: &Options, errors: &mut Errors) -> Result<TokenStream, Box<Function>> {
    let Some(own) = function.attrs.iter().position(is_ours) else {
        if function.body.is_none() || !returns_future(&function) {
            return Err(Box::new(function));
        }
        if options.is_in_place() {
            return Ok(function::expand(function, options, errors));
        }
        let attribute = options.attribute();
        return Ok(quote!(#attribute #function));
    };
    let args = arguments(&function.attrs[own]);
    if args.to_string() == "skip" {
        function.attrs.remove(own);
    } else if options.is_in_place() {
        function.attrs.remove(own);
        let options = options.parse_method(args, errors);
        return Ok(function::expand(function, &options, errors));
    }
    Ok(function.into_token_stream())
}

fn returns_future(function: &Function) -> bool {
    let returns = Returns::of(&function.sig.output);
    function.sig.asyncness.is_some() || matches!(returns, Returns::Opaque | Returns::Boxed(_) | Returns::Called(_))
}

impl Parse for ImplBlock {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
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
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let inner_attrs = input.call(Attribute::parse_inner)?;
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(match Head::of(input)? {
                Head::Function => Member::Method(input.parse().map(Box::new)?),
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
            Self::Method(function) => function.to_tokens(tokens),
            Self::Expanded(function) => function.to_tokens(tokens),
            Self::Other(item) => item.to_tokens(tokens),
        }
    }
}
