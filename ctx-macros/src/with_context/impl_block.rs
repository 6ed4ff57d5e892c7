//! A whole `impl` block: its methods that are `async`, or return a future, are annotated one by one, or expanded.

use super::attributes::{self, arguments, is_ours};
use super::function;
use super::item::{Function, Head};
use super::options::Options;
use super::outcome::{self, Known};
use super::returns::Returns;
use super::tokens;
use super::types::may_mention_impl;
use crate::errors::Errors;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote, quote_spanned};
use std::mem;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
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
            check(&mut function, options);
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
    let is_future = match Returns::of(&function.sig.output) {
        Returns::Opaque | Returns::Boxed(_) | Returns::HeldOpaque | Returns::HeldBoxed(_) | Returns::Called(_) => true,
        Returns::Named(_) | Returns::Unnamed | Returns::Value => false,
    };
    is_future || function.sig.asyncness.is_some()
}

// Input:
//     fn f(&self) -> Reply { body }
//
// Output:
//     fn f(&self) -> Reply {
//         if false {
//             let __written = KindOf::<Reply>::written();
//             { use kinds::*; (&&&&&__written).__kind() }.leave_out(__written);
//         }
//         { body }
//     }
//
// A future by another name would be left without a context, and nobody would know: it is refused, and nothing is run.
fn check(function: &mut Function, options: &Options) {
    let ty = match Returns::of(&function.sig.output) {
        Returns::Named(ty) if !may_mention_impl(ty) => ty,
        _ => return,
    };
    // In a `const fn` no kind can be asked for, nor can a future be boxed.
    let is_asked = function.sig.constness.is_none() && !function.attrs.iter().any(attributes::is_naked);
    let Some(body) = function.body.as_mut().filter(|_| is_asked) else {
        return;
    };
    let span = Span::mixed_site().located_at(ty.span());
    let private = options.crate_path.private(span);
    let written = Ident::new("__written", span);
    let kind = outcome::kind(options, &written.to_token_stream(), Known::LeftOut, span);
    let block = body.block();
    body.statements = quote_spanned! {span=>
        if false {
            let #written = #private::KindOf::<#ty>::written();
            #kind.leave_out(#written);
        }
        #block
    };
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
