//! A function: refused, deferred behind other attributes, or expanded as its kind asks.

use super::{async_fn, block_on, nested, sync_fn};
use crate::errors::Errors;
use crate::with_context::options::Options;
use crate::with_context::parse::attributes;
use crate::with_context::parse::function::Function;
use crate::with_context::validate;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

pub(crate) fn expand(mut function: Function, options: &Options, errors: &mut Errors) -> TokenStream {
    validate::remove_second_attribute(&mut function, errors);
    if !validate::can_run_in_context(&function, errors) {
        expand_nested(&mut function, options, errors);
        return function.into_token_stream();
    }
    let is_entry_point = function.sig.asyncness.is_some() && function.attrs.iter().any(attributes::is_entry_point);
    let stays_async = is_entry_point || options.is_in_place();
    let is_expanded_first = stays_async || function.attrs.iter().any(attributes::is_test_table);
    if !is_expanded_first && !options.is_deferred() && !function.attrs.iter().all(attributes::is_inert) {
        return defer(function, options);
    }
    let asyncness = function.sig.asyncness;
    let starts_executor = asyncness.is_none() && block_on::expand(&mut function, options, errors);
    if !starts_executor {
        validate::refuse_track_caller(&function, errors);
        validate::refuse_moved_body(&function, errors);
    }
    expand_nested(&mut function, options, errors);
    match asyncness {
        Some(asyncness) if stays_async => async_fn::expand_in_place(function, asyncness, options),
        Some(asyncness) => async_fn::expand(function, asyncness, options),
        None if starts_executor => function.into_token_stream(),
        None => sync_fn::expand(function, options),
    }
}

/// An attribute macro that is expanded after ours would find neither the `async fn` nor the body that it expects.
// Input:                                  Output:
//     #[with_context] #[other] fn f()         #[other] #[with_context(__deferred)] fn f()
fn defer(mut function: Function, options: &Options) -> TokenStream {
    let attrs = std::mem::take(&mut function.attrs);
    let ours = options.deferred_attribute();
    quote!(#(#attrs)* #ours #function)
}

fn expand_nested(function: &mut Function, options: &Options, errors: &mut Errors) {
    if let Some(body) = &mut function.body {
        body.statements = nested::expand(body.statements.clone(), options, errors);
    }
}
