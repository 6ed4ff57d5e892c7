//! What is emitted of a function's return type.

use crate::lints;
use crate::never::never;
use crate::with_context::parse::types::{is_never, may_mention_impl, without_impl};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{ReturnType, Token, Type};

// Input:
//     -> T
//
// Output:
//     -> impl Future<Output = T>
//
// `impl Future` carries this crate's edition: since 2024 it captures every lifetime, as an `async fn` always did.
pub(super) fn future_of(output: &ReturnType, span: Span) -> ReturnType {
    let (arrow, output) = match output {
        ReturnType::Default => (Token![->](span), quote_spanned!(span=> ())),
        ReturnType::Type(arrow, ty) if is_never(ty) => (*arrow, never(span)),
        ReturnType::Type(arrow, ty) => (*arrow, ty.to_token_stream()),
    };
    let future = quote_spanned!(span=> impl ::core::future::Future<Output = #output>);
    ReturnType::Type(arrow, Box::new(Type::Verbatim(future)))
}

/// The return type of the closure that the body becomes. A closure's can't have an `impl Trait` in it.
pub(super) fn of_closure(output: &ReturnType) -> TokenStream {
    match output {
        ReturnType::Type(arrow, ty) => {
            let ty = without_impl(ty);
            quote_spanned!(Span::mixed_site()=> #arrow #ty)
        }
        ReturnType::Default => TokenStream::new(),
    }
}

/// Tells the compiler the type of an `async` block: it does not infer that from `impl Future<Output = T>`.
// Output:
//     if false { let __ret: T = loop {}; return __ret; }
pub(super) fn type_hint(output: &ReturnType) -> TokenStream {
    let span = Span::mixed_site();
    let ReturnType::Type(_, ty) = output else {
        return quote_spanned!(span=> if false { return; });
    };
    let span = span.located_at(ty.span());
    let ty = if is_never(ty) {
        never(span)
    } else if may_mention_impl(ty) {
        without_impl(ty).into_token_stream()
    } else {
        ty.to_token_stream()
    };
    let allow = lints::allow_type_hint(span);
    quote_spanned! {span=>
        #allow
        if false {
            let __ret: #ty = loop {};
            return __ret;
        }
    }
}

/// Returns `value` by a statement: `clippy::implicit_return` reports a tail expression.
pub(super) fn return_statement(value: &TokenStream, output: &ReturnType) -> TokenStream {
    if matches!(output, ReturnType::Type(_, ty) if is_never(ty)) {
        return value.clone();
    }
    quote_spanned!(Span::mixed_site()=> return #value;)
}
