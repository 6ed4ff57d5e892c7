//! A closure: it captures where it is made, and each call runs in a copy of that context.

use super::params::{self, FirstArgument};
use super::{output, result};
use crate::lints;
use crate::with_context::options::Options;
use crate::with_context::parse::closure_body::{ClosureBody, ClosureResult};
use crate::with_context::parse::return_type::KnownType;
use crate::with_context::parse::tokens::has_semicolon;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Expr, ExprClosure, Pat, ReturnType, Stmt, Token};

/// A `move` closure.
// Input:
//     move |x| body
//
// Output:
//     {
//         let __capture = Capture::here().bound();
//         move |x| finish(Clone::clone(&__capture).run(|| { let x = x; body }))
//     }
//
// A closure whose result is certainly no future has `call_for_value` in place of `finish(run)`, an `async` closure has
// `future(async { .. }).await`.
pub(crate) fn expand(mut closure: ExprClosure, body: TokenStream, options: &Options) -> TokenStream {
    let span = Span::mixed_site().located_at(closure.inputs_begin.span);
    let (rebound, bindings) = (rebind(&mut closure), options.bindings());
    let output = &closure.output;
    let call = if closure.asyncness.is_some() {
        let returned = match output {
            ReturnType::Type(..) => output::type_hint(output),
            ReturnType::Default => TokenStream::new(),
        };
        let body = block(body);
        call_async(
            &quote_spanned!(span=> async { #returned #rebound #bindings #body }),
            span,
        )
    } else {
        let ClosureBody { tokens, result } = ClosureBody::of(body, output);
        let body = block(tokens);
        let closure_in_context = quote_spanned!(span=> || #output { #rebound #bindings #body });
        call(&closure_in_context, &result, options, end_of_inputs(&closure))
    };
    bound(&closure, &call, options, span)
}

/// A closure without `move`. It keeps its captures, by reference or by value: as a whole it is moved into another
/// closure, which captures the context and calls it.
// Input:
//     |x: X| body
//
// Output:
//     {
//         let mut __closure = |x: X| body;
//         let __capture = Capture::here().bound();
//         move |__arg0: X| finish(Clone::clone(&__capture).run(|| __closure(__arg0)))
//     }
pub(crate) fn expand_without_move(mut closure: ExprClosure, body: TokenStream, options: &Options) -> TokenStream {
    let span = Span::mixed_site().located_at(closure.inputs_begin.span);
    let name = Ident::new("__closure", Span::mixed_site());
    let mut outer = closure.clone();
    outer.attrs.clear();
    outer.capture = Some(Token![move](span));
    let args: Vec<Ident> = outer.inputs.iter_mut().enumerate().map(name_arg).collect();
    let inner_call = quote_spanned!(span=> #name(#(#args),*));
    let (call, body) = if closure.asyncness.is_some() {
        (call_async(&inner_call, span), body)
    } else {
        let ClosureBody { tokens, result } = ClosureBody::of(body, &closure.output);
        (
            call(
                &quote_spanned!(span=> || #inner_call),
                &result,
                options,
                end_of_inputs(&closure),
            ),
            tokens,
        )
    };
    *closure.body = syn::parse2(body.clone()).unwrap_or(Expr::Verbatim(body));
    let bound = bound(&outer, &call, options, span);
    let allow = lints::allow_unused_mut(span);
    quote_spanned! {span=>
        {
            #allow
            let mut #name = #closure;
            #bound
        }
    }
}

/// The closure with `call` as its body, in a block that captures the context.
fn bound(closure: &ExprClosure, call: &TokenStream, options: &Options, span: Span) -> TokenStream {
    let (name, capture) = (capture_name(), options.capture(span));
    let ExprClosure {
        attrs,
        lifetimes,
        constness,
        asyncness,
        capture: moves,
        output,
        ..
    } = closure;
    let (begin, inputs, end) = (&closure.inputs_begin, &closure.inputs, &closure.inputs_end);
    quote_spanned! {span=>
        {
            let #name = #capture.bound();
            #(#attrs)* #lifetimes #constness #asyncness #moves #begin #inputs #end #output { #call }
        }
    }
}

/// Calls `closure` in the context. If it returns a future, the future runs in the same context.
fn call(closure: &TokenStream, result: &ClosureResult, options: &Options, span: Span) -> TokenStream {
    let capture = clone_capture(span);
    let run = quote_spanned!(span=> #capture.run(#closure));
    match result {
        ClosureResult::Value => quote_spanned!(span=> #capture.call_for_value(#closure)),
        ClosureResult::Pinned { pin } => {
            let future = result::finish(options, &run, KnownType::Inferred, span);
            quote_spanned!(span=> #pin(#future))
        }
        ClosureResult::Unknown(known) => result::finish(options, &run, *known, span),
    }
}

/// The place where the return type would be written.
fn end_of_inputs(closure: &ExprClosure) -> Span {
    Span::mixed_site().located_at(closure.inputs_end.span)
}

fn call_async(future: &TokenStream, span: Span) -> TokenStream {
    let capture = clone_capture(span);
    quote_spanned!(span=> #capture.future(#future).await)
}

fn capture_name() -> Ident {
    Ident::new("__capture", Span::mixed_site())
}

fn clone_capture(span: Span) -> TokenStream {
    let name = capture_name();
    quote_spanned!(span=> ::core::clone::Clone::clone(&#name))
}

/// Puts a name in place of a pattern. A type stays.
fn name_arg((index, input): (usize, &mut Pat)) -> Ident {
    let name = format_ident!("__arg{index}", span = Span::mixed_site());
    let pattern = match input {
        Pat::Type(param) => {
            param.attrs.clear();
            &mut *param.pat
        }
        pattern => pattern,
    };
    *pattern = params::named(&name);
    name
}

fn rebind(closure: &mut ExprClosure) -> TokenStream {
    let inputs = closure.inputs.iter_mut().enumerate();
    inputs
        .map(|(index, input)| match input {
            Pat::Type(param) => params::rebind(index, param, &mut FirstArgument::Rebound),
            pattern => params::bind_inside(index, pattern, &[]),
        })
        .collect()
}

/// The body in a form that may stand behind other statements: an expression that starts with a block needs parentheses
/// there.
fn block(body: TokenStream) -> TokenStream {
    match syn::parse2(body.clone()) {
        Ok(Expr::Block(expr)) if expr.label.is_none() && expr.attrs.is_empty() => {
            let statements: TokenStream = expr.block.stmts.iter().map(ToTokens::to_token_stream).collect();
            if has_semicolon(&statements) { body } else { statements }
        }
        Ok(expr) => Stmt::Expr(expr, None).into_token_stream(),
        Err(_) => body,
    }
}
