//! A function that is not `async`: its body runs as a closure, and the future that it may return is wrapped.

use super::params::{self, FirstArgument};
use super::written_block::wrapped_body;
use super::{output, result};
use crate::with_context::options::Options;
use crate::with_context::parse::body::Body;
use crate::with_context::parse::function::Function;
use crate::with_context::parse::return_type::{KnownType, Returns};
use crate::with_context::parse::tokens::{argument, is_ident, is_path_token, regroup};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;

// Input:
//     fn f(a: A) -> R { body }
//
// Output:
//     fn f(a: A) -> R {
//         return Capture::for_call().call(move || -> R { let a = a; { body } });
//     }
//
// `call` is replaced where R is, or may be, a future or a stream:
//
//     R                                in place of `Capture::for_call().call(..)`
//     impl Future                      Capture::here().begin(..)
//     Pin<Box<dyn Future>>             Capture::here().boxed(..)
//     Result<impl Future, E>           Capture::here().begin_held(..)
//     Result<BoxFuture<T>, E>          Capture::here().boxed_held(..)
//     any other type                   kind.finish(Capture::here().run(..))
pub(super) fn expand(mut function: Function, options: &Options) -> TokenStream {
    let Some(body) = &mut function.body else {
        return function.into_token_stream();
    };
    if let Some(boxed) = wrapped_inside_box(&Returns::of(&function.sig.output), body, options) {
        body.statements = boxed;
        return function.into_token_stream();
    }
    let span = Span::mixed_site();
    let capture = options.capture(span);
    let closure = {
        let rebound = params::move_inward(&mut function.sig, FirstArgument::Rebound);
        let (bindings, block) = (options.bindings(), body.block());
        quote_spanned!(span=> { #rebound #bindings #block })
    };
    let output = output::of_closure(&function.sig.output);
    let run = |span| quote_spanned!(span=> #capture.run(move || #output #closure));
    let result = match Returns::of(&function.sig.output) {
        Returns::Opaque => quote_spanned!(span=> #capture.begin(move || #closure)),
        Returns::Boxed(ty) | Returns::NamedFuture(ty) => {
            let span = span.located_at(ty.span());
            quote_spanned!(span=> #capture.boxed(move || -> #ty #closure))
        }
        Returns::HeldOpaque => quote_spanned!(span=> #capture.begin_held(move || #output #closure)),
        Returns::HeldBoxed(ty) => {
            let span = span.located_at(ty.span());
            quote_spanned!(span=> #capture.boxed_held(move || -> #ty #closure))
        }
        Returns::Named(ty) => {
            let span = span.located_at(ty.span());
            result::finish(options, &run(span), KnownType::Named, span)
        }
        Returns::Unnamed => result::finish(options, &run(span), KnownType::Opaque, span),
        Returns::Value => {
            let capture = options.capture_for_call(span);
            quote_spanned!(span=> #capture.call(move || #output #closure))
        }
    };
    body.statements = output::return_statement(&result, &function.sig.output);
    function.into_token_stream()
}

// Input, the whole body:
//     Box::pin(async move { .. })
//
// Output:
//     Box::pin(Capture::here().future(async move { .. }))
//
// `#[async_trait]` makes such bodies. No code is outside of the block, so none has to run in the context, and the
// future is boxed once.
fn wrapped_inside_box(returns: &Returns<'_>, body: &Body, options: &Options) -> Option<TokenStream> {
    if !matches!(returns, Returns::Boxed(_) | Returns::NamedFuture(_) | Returns::Named(_)) {
        return None;
    }
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
    let is_name = |token: &&TokenTree| matches!(token, TokenTree::Ident(_));
    let mut names = tokens.iter().rev().filter(is_name);
    tokens.iter().all(is_path_token) && is_ident(names.next(), "pin") && is_ident(names.next(), "Box")
}
