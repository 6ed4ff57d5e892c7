//! The body of an `async fn` as an `async` block in a wrapper.

use super::{output, result};
use crate::lints;
use crate::with_context::options::Options;
use crate::with_context::parse::body::Body;
use crate::with_context::parse::return_type::{AsyncReturns, KnownType, Returns};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{ReturnType, Type};

/// How a method of `Capture` is called.
#[derive(Clone, Copy)]
pub(super) enum CallSyntax {
    /// `Capture::here().future(..)`
    Method,
    /// `Capture::future(Capture::here(), ..)`: an attribute macro that rewrites method calls in a body may not look
    /// inside of those that it finds.
    Path,
}

// Output, for `async fn f(a: A) -> T { body }`:
//     Capture::here().future(async move {
//         if false { let __ret: T = loop {}; return __ret; }
//         let a = a;
//         drop(VAR.set(value));
//         { body }
//     })
//
// `future` is replaced where T is, or may be, a future or a stream:
//
//     T                                    in place of `Capture::here().future(..)`
//     impl Future                          Capture::here().returning(..)
//     Pin<Box<dyn Future>>                 Capture::here().returning_boxed(..)
//     Result<impl Future, E>               Capture::here().returning_held(..)
//     an alias that may be a boxed one     ReturningAlias::<T>::call(Capture::here(), ..)
//     a type without a name                kind.later(Capture::here(), ..)
pub(super) fn async_block(
    options: &Options,
    output: &ReturnType,
    rebound: &TokenStream,
    body: &Body,
    span: Span,
    syntax: CallSyntax,
) -> TokenStream {
    let (hint, bindings) = (output::type_hint(output), options.bindings());
    let body = body.block();
    let block = quote_spanned!(span=> async move { #hint #rebound #bindings #body });
    let name = match AsyncReturns::of(output) {
        AsyncReturns::Alias(ty) => return returning_alias(options, ty, &block),
        AsyncReturns::Unnamed(known) => return returning_unnamed(options, known, &block, span_of(output)),
        AsyncReturns::Opaque => "returning",
        AsyncReturns::HeldOpaque => "returning_held",
        AsyncReturns::Boxed => "returning_boxed",
        AsyncReturns::Value => "future",
    };
    let (name, capture) = (Ident::new(name, span), options.capture(span));
    match syntax {
        CallSyntax::Method => quote_spanned!(span=> #capture.#name(#block)),
        CallSyntax::Path => {
            let private = options.crate_path.private(span);
            quote_spanned!(span=> #private::Capture::#name(#capture, #block))
        }
    }
}

/// The `#[allow]` for the `async` block of an `async fn` that may return a future.
pub(super) fn allow_future_of_future(output: &ReturnType) -> TokenStream {
    match Returns::of(output) {
        Returns::Value => TokenStream::new(),
        _ => lints::allow_future_of_future(),
    }
}

// Output:
//     {
//         let __future = async move { .. };
//         { use kinds::*; (&&&&&KindOf::output(&__future)).__kind() }.later(Capture::here(), __future)
//     }
fn returning_unnamed(options: &Options, known: KnownType, block: &TokenStream, span: Span) -> TokenStream {
    let (private, capture) = (options.crate_path.private(span), options.capture(span));
    let future = Ident::new("__future", span);
    let kind_of = quote_spanned!(span=> #private::KindOf::output(&#future));
    let kind = result::kind(options, &kind_of, known, span);
    quote_spanned! {span=>
        {
            let #future = #block;
            #kind.later(#capture, #future)
        }
    }
}

// Output:
//     {
//         use ReturningValue as _;
//         ReturningAlias::<T>::call(Capture::here(), async move { .. })
//     }
fn returning_alias(options: &Options, ty: &Type, block: &TokenStream) -> TokenStream {
    let span = Span::mixed_site().located_at(ty.span());
    let (private, capture) = (options.crate_path.private(span), options.capture(span));
    let allow = lints::allow_unused_import(span);
    quote_spanned! {span=>
        {
            #allow
            use #private::ReturningValue as _;
            #private::ReturningAlias::<#ty>::call(#capture, #block)
        }
    }
}

fn span_of(output: &ReturnType) -> Span {
    let span = Span::mixed_site();
    match output {
        ReturnType::Type(_, ty) => span.located_at(ty.span()),
        ReturnType::Default => span,
    }
}
