//! An `async` block that the user has written, put in a context.

use crate::with_context::options::Options;
use crate::with_context::parse::tokens::{end_of_rebindings, is_async_block, regroup};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

/// The `async` block in a wrapper, with the bindings at its start. Other blocks stay as they are.
// Input:
//     async move { body }
//
// Output:
//     Capture::here().future(async move { drop(VAR.set(value)); body })
pub(crate) fn expand(options: &Options, block: TokenStream) -> TokenStream {
    wrapped_block(options, block.clone().into_iter().collect()).unwrap_or(block)
}

/// The same of tokens that may be an `async` block, or not.
pub(super) fn wrapped_block(options: &Options, tokens: Vec<TokenTree>) -> Option<TokenStream> {
    wrapped_with_bindings_at(options, tokens, |_| 0)
}

/// The same of a block that may start by moving the function's arguments in, as `let a = a;`. The bindings stand behind
/// these statements: before them, `VAR.set(a)` would move the argument away.
pub(super) fn wrapped_body(options: &Options, tokens: Vec<TokenTree>) -> Option<TokenStream> {
    wrapped_with_bindings_at(options, tokens, end_of_rebindings)
}

fn wrapped_with_bindings_at(
    options: &Options,
    mut tokens: Vec<TokenTree>,
    position: impl FnOnce(&[TokenTree]) -> usize,
) -> Option<TokenStream> {
    if !is_async_block(&tokens) {
        return None;
    }
    let Some(TokenTree::Group(group)) = tokens.pop() else {
        return None;
    };
    let (capture, bindings) = (options.capture(Span::mixed_site()), options.bindings());
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    let (before, after) = inside.split_at(position(&inside));
    let block = regroup(&group, quote!(#(#before)* #bindings #(#after)*));
    Some(quote_spanned!(Span::mixed_site()=> #capture.future(#(#tokens)* #block)))
}
