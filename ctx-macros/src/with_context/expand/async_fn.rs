//! An `async fn`: it becomes a function that captures, and returns the future.

use super::async_block::{CallSyntax, allow_future_of_future, async_block};
use super::params::{self, FirstArgument};
use super::{lifetimes, output};
use crate::lints;
use crate::with_context::options::Options;
use crate::with_context::parse::attributes;
use crate::with_context::parse::function::Function;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Attribute, Token};

// Input:
//     async fn f(self, a: A, r: &R) -> T { body }
//
// Output:
//     #[inline]
//     fn f(self, a: A, r: &R) -> impl Future<Output = T> {
//         return Capture::here().future(async move { ..; { body } });
//     }
pub(super) fn expand(mut function: Function, asyncness: Token![async], options: &Options) -> TokenStream {
    let Some(body) = &mut function.body else {
        return function.into_token_stream();
    };
    let span = Span::mixed_site().located_at(asyncness.span);
    let sig = &mut function.sig;
    sig.asyncness = None;
    lifetimes::name_elided(sig);
    let used = params::use_receiver(sig, &body.statements);
    let first = FirstArgument::CapturedIfMentioned { body: &body.statements };
    let rebound = params::move_inward(sig, first);
    let future = async_block(options, &sig.output, &rebound, body, span, CallSyntax::Method);
    let allow = allow_future_of_future(&sig.output);
    body.statements = quote_spanned!(span=> #used #allow return #future;);
    sig.output = output::future_of(&sig.output, span);
    let (inline, allow) = (inline(&function.attrs), allow_double_must_use(&function.attrs));
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
// A function that is expanded in place becomes the same, whatever the attributes below do with it.
pub(super) fn expand_in_place(mut function: Function, asyncness: Token![async], options: &Options) -> TokenStream {
    if let Some(body) = &mut function.body {
        let span = Span::mixed_site().located_at(asyncness.span);
        let first = FirstArgument::CapturedIfMentioned { body: &body.statements };
        let rebound = params::move_inward(&mut function.sig, first);
        let future = async_block(options, &function.sig.output, &rebound, body, span, CallSyntax::Path);
        let allow = allow_future_of_future(&function.sig.output);
        let returned = output::return_statement(&quote_spanned!(span=> #future.await), &function.sig.output);
        body.statements = quote_spanned!(span=> #allow #returned);
    }
    function.into_token_stream()
}

/// `#[inline]`, unless another attribute decides that. A call is a capture and the moves of the arguments; inlined, it
/// makes the future where the caller wants it.
fn inline(attrs: &[Attribute]) -> TokenStream {
    if attrs.iter().any(attributes::decides_inlining) {
        return TokenStream::new();
    }
    quote_spanned!(Span::mixed_site()=> #[inline])
}

fn allow_double_must_use(attrs: &[Attribute]) -> TokenStream {
    if attrs.iter().any(attributes::is_must_use) {
        lints::allow_double_must_use()
    } else {
        TokenStream::new()
    }
}
