//! The parts that every kind of function is put together from.

use super::body::Body;
use super::options::Options;
use super::outcome::{self, Known};
use super::returns::{Later, Returns};
use super::tokens::{is_ident, is_punct};
use super::types::{bare, may_mention_impl, without_impl};
use crate::never::never;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ReturnType, Type};

// Output, for `async fn f(a: A) -> T { body }`:
//     Capture::here().future(async move {
//         if false { let __ret: T = loop {}; return __ret; }
//         let a = a;
//         drop(VAR.set(value));
//         { body }
//     })
//
// One that returns a future or a stream has `returning` in place of `future`, or `returning_boxed`, or `returning_held`
// if it is a `Result` of one. If only the compiler knows whether it is one, `ReturningAlias::<T>::call`, or, if nobody can
// name it, `later`, which its kind has.
pub(super) fn async_block(
    options: &Options,
    output: &ReturnType,
    rebound: &TokenStream,
    body: &Body,
    span: Span,
) -> TokenStream {
    let capture = options.capture(span);
    let block = bare_block(options, output, rebound, body, span);
    match Call::of(output, span) {
        Call::Method(name) => quote_spanned!(span=> #capture.#name(#block)),
        Call::Alias(ty) => returning_alias(options, ty, &block),
        Call::Inferred(known, at) => returning_inferred(options, known, &block, at),
    }
}

/// The same as a call of a path. An attribute macro that rewrites the body may look for method calls, and not inside
/// of those that it finds.
// Output:
//     Capture::future(Capture::here(), async move { .. })
pub(super) fn visible_block(
    options: &Options,
    output: &ReturnType,
    rebound: &TokenStream,
    body: &Body,
    span: Span,
) -> TokenStream {
    let (private, capture) = (options.crate_path.private(span), options.capture(span));
    let block = bare_block(options, output, rebound, body, span);
    match Call::of(output, span) {
        Call::Method(name) => quote_spanned!(span=> #private::Capture::#name(#capture, #block)),
        Call::Alias(ty) => returning_alias(options, ty, &block),
        Call::Inferred(known, at) => returning_inferred(options, known, &block, at),
    }
}

/// What the block of an `async fn` is given to.
enum Call<'a> {
    /// A method of the capture.
    Method(Ident),
    /// What the compiler finds for a type that may be an alias of a boxed future.
    Alias(&'a Type),
    /// What it finds for a type that can't be written, and where that is said.
    Inferred(Known, Span),
}

impl<'a> Call<'a> {
    fn of(output: &'a ReturnType, span: Span) -> Self {
        let name = match Later::of(output) {
            Later::Alias(ty) => return Self::Alias(ty),
            Later::Inferred(known) => return Self::Inferred(known, output_span(output)),
            Later::Opaque => "returning",
            Later::HeldOpaque => "returning_held",
            Later::Boxed => "returning_boxed",
            Later::Value => "future",
        };
        Self::Method(Ident::new(name, span))
    }
}

fn output_span(output: &ReturnType) -> Span {
    let span = Span::mixed_site();
    match output {
        ReturnType::Type(_, ty) => span.located_at(ty.span()),
        ReturnType::Default => span,
    }
}

// Output:
//     {
//         let __future = async move { .. };
//         { use kinds::*; (&&&&&KindOf::output(&__future)).__kind() }.later(Capture::here(), __future)
//     }
fn returning_inferred(options: &Options, known: Known, block: &TokenStream, span: Span) -> TokenStream {
    let (private, capture) = (options.crate_path.private(span), options.capture(span));
    let future = Ident::new("__future", span);
    let of = quote_spanned!(span=> #private::KindOf::output(&#future));
    let kind = outcome::kind(options, &of, known, span);
    quote_spanned! {span=>
        {
            let #future = #block;
            #kind.later(#capture, #future)
        }
    }
}

fn returning_alias(options: &Options, ty: &Type, block: &TokenStream) -> TokenStream {
    let span = Span::mixed_site().located_at(ty.span());
    let (private, capture) = (options.crate_path.private(span), options.capture(span));
    quote_spanned! {span=>
        {
            #[allow(unused_imports)]
            use #private::ReturningValue as _;
            #private::ReturningAlias::<#ty>::call(#capture, #block)
        }
    }
}

fn bare_block(options: &Options, output: &ReturnType, rebound: &TokenStream, body: &Body, span: Span) -> TokenStream {
    let returned = expected_output(output);
    let bindings = options.bindings();
    let body = body.block();
    quote_spanned!(span=> async move { #returned #rebound #bindings #body })
}

/// Returns `value` with a statement, which `clippy::implicit_return` has nothing against.
pub(super) fn returning(value: &TokenStream, output: &ReturnType) -> TokenStream {
    if returns_never(output) {
        return value.clone();
    }
    quote_spanned!(Span::mixed_site()=> return #value;)
}

/// Clippy takes an `async` block that ends in a future for a mistake, but not so the `async fn` that was written.
pub(super) fn allow_future(output: &ReturnType) -> TokenStream {
    if let Returns::Value = Returns::of(output) {
        return TokenStream::new();
    }
    quote_spanned!(Span::mixed_site()=> #[allow(clippy::async_yields_async)])
}

/// Tells the type checker what the body must come to: it does not look for that in `impl Future<Output = T>`. Clippy minds a
/// complex type there, but not as what an `async fn` returns.
pub(super) fn expected_output(output: &ReturnType) -> TokenStream {
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
    quote_spanned! {span=>
        #[allow(unreachable_code, clippy::type_complexity)]
        if false {
            let __ret: #ty = loop {};
            return __ret;
        }
    }
}

fn returns_never(output: &ReturnType) -> bool {
    matches!(output, ReturnType::Type(_, ty) if is_never(ty))
}

pub(super) fn is_never(ty: &Type) -> bool {
    matches!(bare(ty), Type::Never(_))
}

/// An `async` block with the context and the bindings put in, if `tokens` are one.
pub(super) fn wrapped_block(options: &Options, tokens: Vec<TokenTree>) -> Option<TokenStream> {
    wrapped_block_behind(options, tokens, |_| 0)
}

/// The same with the bindings behind the arguments, if the block starts by moving those in, as in `let a = a;`: to bind a
/// variable to an argument would else take it away from there.
pub(super) fn wrapped_body(options: &Options, tokens: Vec<TokenTree>) -> Option<TokenStream> {
    wrapped_block_behind(options, tokens, end_of_arguments)
}

fn wrapped_block_behind(
    options: &Options,
    mut tokens: Vec<TokenTree>,
    behind: impl FnOnce(&[TokenTree]) -> usize,
) -> Option<TokenStream> {
    if !is_async_block(&tokens) {
        return None;
    }
    let Some(TokenTree::Group(group)) = tokens.pop() else {
        return None;
    };
    let (capture, bindings) = (options.capture(Span::mixed_site()), options.bindings());
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    let (before, after) = inside.split_at(behind(&inside));
    let block = regroup(&group, quote!(#(#before)* #bindings #(#after)*));
    Some(quote_spanned!(Span::mixed_site()=> #capture.future(#(#tokens)* #block)))
}

/// Where the statements end that move arguments into a block: `let a = a;`, and before those one `if` that tells the type.
fn end_of_arguments(tokens: &[TokenTree]) -> usize {
    let is_brace =
        |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    let mut end = match tokens.first() {
        Some(first) if is_ident(Some(first), "if") => tokens.iter().position(is_brace).map_or(0, |brace| brace + 1),
        _ => 0,
    };
    let hint = end;
    while is_ident(tokens.get(end), "let") {
        let name = end + 1 + usize::from(is_ident(tokens.get(end + 1), "mut"));
        match tokens.get(name..) {
            Some([TokenTree::Ident(_), equals, TokenTree::Ident(_), semicolon, ..])
                if is_punct(Some(equals), '=') && is_punct(Some(semicolon), ';') =>
            {
                end = name + 4;
            }
            _ => break,
        }
    }
    if end == hint { 0 } else { end }
}

/// Whether these are `async { .. }` or `async move { .. }`, and nothing else.
pub(super) fn is_async_block(tokens: &[TokenTree]) -> bool {
    let block = match tokens {
        [first, block] if is_ident(Some(first), "async") => block,
        [first, second, block] if is_ident(Some(first), "async") && is_ident(Some(second), "move") => block,
        _ => return false,
    };
    matches!(block, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// A group like `group`, with `stream` inside.
pub(super) fn regroup(group: &Group, stream: TokenStream) -> Group {
    let mut regrouped = Group::new(group.delimiter(), stream);
    regrouped.set_span(group.span());
    regrouped
}
