//! `async fn`: it becomes a function that takes the snapshot and returns the future.

use super::item::Function;
use super::options::Options;
use super::params::{self, First};
use super::{attributes, lifetimes, wrap};
use crate::never::never;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{ReturnType, Token, Type};

// Input:
//     async fn f(self, a: A, r: &R) -> T { body }
//
// Output:
//     #[inline]
//     fn f(self, a: A, r: &R) -> impl Future<Output = T> {
//         return Capture::here().future(async move { ..; { body } });
//     }
//
// `impl Future` carries this crate's edition: since 2024 it captures every lifetime, as an `async fn` always did.
pub(super) fn expand(mut function: Function, asyncness: Token![async], options: &Options) -> TokenStream {
    let Some(body) = &mut function.body else {
        return function.into_token_stream();
    };
    let span = Span::mixed_site().located_at(asyncness.span);
    let sig = &mut function.sig;
    sig.asyncness = None;
    lifetimes::name_elided(sig);
    let used = params::use_receiver(sig, &body.statements);
    let rebound = params::move_inward(sig, First::Captured { body: &body.statements });
    let future = wrap::async_block(options, &sig.output, &rebound, body, span);
    let allow = wrap::allow_future(&sig.output);
    body.statements = quote_spanned!(span=> #used #allow return #future;);
    sig.output = future_of(&sig.output, span);
    let (inline, allow) = (
        attributes::inline(&function.attrs),
        attributes::allow_must_use(&function.attrs),
    );
    quote_spanned!(span=> #inline #allow #function)
}

// Input:
//     #[tokio::main] async fn f(a: A) -> T { body }
//
// Output:
//     #[tokio::main] async fn f(a: A) -> T {
//         return Capture::future(Capture::here(), async move { ..; { body } }).await;
//     }
//
// The same for one that is expanded in place, whatever the attributes below do with it.
pub(super) fn expand_in_place(mut function: Function, asyncness: Token![async], options: &Options) -> TokenStream {
    if let Some(body) = &mut function.body {
        let span = Span::mixed_site().located_at(asyncness.span);
        let rebound = params::move_inward(&mut function.sig, First::Captured { body: &body.statements });
        let future = wrap::visible_block(options, &function.sig.output, &rebound, body, span);
        let allow = wrap::allow_future(&function.sig.output);
        let returned = wrap::returning(&quote_spanned!(span=> #future.await), &function.sig.output);
        body.statements = quote_spanned!(span=> #allow #returned);
    }
    function.into_token_stream()
}

fn future_of(output: &ReturnType, span: Span) -> ReturnType {
    let (arrow, output) = match output {
        ReturnType::Default => (Token![->](span), quote_spanned!(span=> ())),
        ReturnType::Type(arrow, ty) if wrap::is_never(ty) => (*arrow, never(span)),
        ReturnType::Type(arrow, ty) => (*arrow, ty.to_token_stream()),
    };
    let future = quote_spanned!(span=> impl ::core::future::Future<Output = #output>);
    ReturnType::Type(arrow, Box::new(Type::Verbatim(future)))
}
