//! Functions that are not `async`: their body runs as a closure, and the future that they return, if any, is wrapped.

use super::body::Body;
use super::item::Function;
use super::options::Options;
use super::outcome::{self, Known};
use super::params::{self, First};
use super::returns::Returns;
use super::tokens::{argument, is_ident};
use super::types::without_impl;
use super::wrap::{self, regroup, wrapped_body};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::ReturnType;
use syn::spanned::Spanned;

// Input:
//     fn f(a: A) -> R { body }
//
// Output, where R is a plain value:
//     fn f(a: A) -> R {
//         return Capture::here().call(move || -> R { let a = a; { body } });
//     }
//
// `impl Future` has `begin(move || { .. })` in place of `call`, a boxed future `boxed`, a `Result` of one `begin_held` or
// `boxed_held`, and a type that may be one
// by another name `finish(run(move || -> R { .. }))`.
pub(super) fn expand(mut function: Function, options: &Options) -> TokenStream {
    let Some(body) = &mut function.body else {
        return function.into_token_stream();
    };
    let span = Span::mixed_site();
    let returns = Returns::of(&function.sig.output);
    if let Returns::Boxed(_) | Returns::Called(_) | Returns::Named(_) = returns {
        if let Some(boxed) = inside_box(body, options) {
            body.statements = boxed;
            return function.into_token_stream();
        }
    }
    let capture = options.capture(span);
    let closure = {
        let rebound = params::move_inward(&mut function.sig, First::Rebound);
        let (bindings, block) = (options.bindings(), body.block());
        quote_spanned!(span=> { #rebound #bindings #block })
    };
    let result = match Returns::of(&function.sig.output) {
        Returns::Opaque => quote_spanned!(span=> #capture.begin(move || #closure)),
        Returns::Boxed(ty) | Returns::Called(ty) => {
            let span = span.located_at(ty.span());
            quote_spanned!(span=> #capture.boxed(move || -> #ty #closure))
        }
        Returns::HeldOpaque => {
            let output = annotation(&function.sig.output);
            quote_spanned!(span=> #capture.begin_held(move || #output #closure))
        }
        Returns::HeldBoxed(ty) => {
            let span = span.located_at(ty.span());
            quote_spanned!(span=> #capture.boxed_held(move || -> #ty #closure))
        }
        Returns::Named(ty) => {
            let span = span.located_at(ty.span());
            let output = annotation(&function.sig.output);
            let run = quote_spanned!(span=> #capture.run(move || #output #closure));
            outcome::finish(options, &run, Known::Named, span)
        }
        Returns::Unnamed => {
            let output = annotation(&function.sig.output);
            let run = quote_spanned!(span=> #capture.run(move || #output #closure));
            outcome::finish(options, &run, Known::Opaque, span)
        }
        Returns::Value => {
            let output = annotation(&function.sig.output);
            quote_spanned!(span=> #capture.call(move || #output #closure))
        }
    };
    body.statements = wrap::returning(&result, &function.sig.output);
    function.into_token_stream()
}

/// The closure's return type, without what a closure's can't name.
fn annotation(output: &ReturnType) -> TokenStream {
    match output {
        ReturnType::Type(arrow, ty) => {
            let ty = without_impl(ty);
            quote_spanned!(Span::mixed_site()=> #arrow #ty)
        }
        ReturnType::Default => TokenStream::new(),
    }
}

// Input, the whole body:
//     Box::pin(async move { .. })
//
// Output:
//     Box::pin(Capture::here().future(async move { .. }))
//
// `#[async_trait]` makes such bodies; there is nothing outside the block that would have to run in the context.
fn inside_box(body: &Body, options: &Options) -> Option<TokenStream> {
    let mut tokens: Vec<TokenTree> = body.statements.clone().into_iter().collect();
    let Some(TokenTree::Group(args)) = tokens.pop() else {
        return None;
    };
    if args.delimiter() != Delimiter::Parenthesis || !is_box_pin(&tokens) {
        return None;
    }
    let arg = argument(&args);
    let wrapped = is_ident(arg.get(1), "move").then(|| wrapped_body(options, arg))??;
    tokens.push(TokenTree::Group(regroup(&args, wrapped)));
    Some(tokens.into_iter().collect())
}

/// Whether these are the tokens of a path that ends in `Box::pin`.
fn is_box_pin(tokens: &[TokenTree]) -> bool {
    let is_path = tokens.iter().all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    });
    let names = |token: &&TokenTree| matches!(token, TokenTree::Ident(_));
    let mut names = tokens.iter().rev().filter(names);
    is_path && is_ident(names.next(), "pin") && is_ident(names.next(), "Box")
}
