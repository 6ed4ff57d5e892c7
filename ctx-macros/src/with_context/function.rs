//! A function: refused, put behind other attributes, or expanded as its kind asks.

use super::item::Function;
use super::options::Options;
use super::{async_fn, attributes, driver, inner, made, sync_fn};
use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

pub(super) fn expand(mut function: Function, options: &Options, errors: &mut Errors) -> TokenStream {
    remove_second(&mut function, errors);
    if !validate(&function, errors) {
        expand_inner(&mut function, options, errors);
        return function.into_token_stream();
    }
    let is_entry_point = function.sig.asyncness.is_some() && function.attrs.iter().any(attributes::is_entry_point);
    let stays_async = is_entry_point || options.is_in_place();
    let is_first = stays_async || function.attrs.iter().any(attributes::is_test_table);
    if !is_first && !options.deferred && !function.attrs.iter().all(attributes::is_inert) {
        return defer(function, options);
    }
    let asyncness = function.sig.asyncness;
    let drives = asyncness.is_none() && driver::expand(&mut function, options, errors);
    if !drives {
        refuse_track_caller(&function, errors);
        made::refuse_elsewhere(&function, errors);
    }
    expand_inner(&mut function, options, errors);
    match asyncness {
        Some(asyncness) if stays_async => async_fn::expand_in_place(function, asyncness, options),
        Some(asyncness) => async_fn::expand(function, asyncness, options),
        None if drives => function.into_token_stream(),
        None => sync_fn::expand(function, options),
    }
}

fn remove_second(function: &mut Function, errors: &mut Errors) {
    function.attrs.retain(|attr| {
        let is_ours = attributes::is_ours(attr);
        if is_ours {
            errors.at(attr, "`#[with_context]` is applied twice: once is enough");
        }
        !is_ours
    });
}

fn validate(function: &Function, errors: &mut Errors) -> bool {
    if let Some(constness) = &function.sig.constness {
        errors.at(
            constness,
            "a `const fn` can't run in a context: remove `const`, or the attribute",
        );
        return false;
    }
    if let Some(semicolon) = &function.semicolon {
        let message = if made::is_made(semicolon.span, ";") {
            made::COPIED
        } else {
            "a method without a body has nothing to run in a context: annotate the method in the `impl`"
        };
        errors.at(&function.sig.ident, message);
        return false;
    }
    true
}

/// Outside of the closure or the future that the body becomes, the attribute would silently mean nothing.
fn refuse_track_caller(function: &Function, errors: &mut Errors) {
    for attr in function.attrs.iter().filter(|attr| attributes::is_track_caller(attr)) {
        let message = "`#[track_caller]` has no effect on a body that runs in a context: put it on a plain function \
                       that calls this one, and pass on `Location::caller()`";
        errors.at(attr, message);
    }
}

/// An attribute macro that is expanded after ours would find neither its `async fn` nor its body.
fn defer(mut function: Function, options: &Options) -> TokenStream {
    let attrs = std::mem::take(&mut function.attrs);
    let ours = options.deferred_attribute();
    quote!(#(#attrs)* #ours #function)
}

fn expand_inner(function: &mut Function, options: &Options, errors: &mut Errors) {
    if let Some(body) = &mut function.body {
        body.statements = inner::expand(body.statements.clone(), options, errors);
    }
}
