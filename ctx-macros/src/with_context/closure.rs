//! Closures: they capture where they are made, and each call starts from that.

use super::options::Options;
use super::params::{self, First};
use super::{tokens, wrap};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, ExprClosure, Pat, ReturnType, Stmt};

// Input:
//     move |x| body
//
// Output:
//     {
//         let __capture = Capture::here().bound();
//         move |x| Clone::clone(&__capture).call(|| { let x = x; body })
//     }
//
// An `async` closure has `future(async { .. }).await` in place of `call(|| ..)`.
pub(super) fn expand(mut closure: ExprClosure, body: TokenStream, options: &Options) -> TokenStream {
    let span = Span::mixed_site().located_at(closure.inputs_begin.span);
    let name = Ident::new("__capture", Span::mixed_site());
    let rebound = rebind(&mut closure);
    let (capture, bindings, body) = (options.capture(span), options.bindings(), block(body));
    let ExprClosure {
        attrs,
        lifetimes,
        constness,
        asyncness,
        capture: moves,
        output,
        ..
    } = &closure;
    let (begin, inputs, end) = (&closure.inputs_begin, &closure.inputs, &closure.inputs_end);
    let capture_again = quote_spanned!(span=> ::core::clone::Clone::clone(&#name));
    let call = if asyncness.is_some() {
        let returned = match output {
            ReturnType::Type(..) => wrap::expected_output(output),
            ReturnType::Default => TokenStream::new(),
        };
        quote_spanned!(span=> #capture_again.future(async { #returned #rebound #bindings #body }).await)
    } else {
        quote_spanned!(span=> #capture_again.call(|| #output { #rebound #bindings #body }))
    };
    quote_spanned! {span=>
        {
            let #name = #capture.bound();
            #(#attrs)* #lifetimes #constness #asyncness #moves #begin #inputs #end #output { #call }
        }
    }
}

fn rebind(closure: &mut ExprClosure) -> TokenStream {
    let inputs = closure.inputs.iter_mut().enumerate();
    inputs
        .map(|(index, input)| match input {
            Pat::Type(param) => params::rebind(index, param, &mut First::Rebound),
            pattern => params::bind_inside(index, pattern, &[]),
        })
        .collect()
}

/// The body as what stands behind other statements: an expression that starts with a block needs parentheses there.
fn block(body: TokenStream) -> TokenStream {
    match syn::parse2(body.clone()) {
        Ok(Expr::Block(expr)) if expr.label.is_none() && expr.attrs.is_empty() => {
            let statements: TokenStream = expr.block.stmts.iter().map(ToTokens::to_token_stream).collect();
            if tokens::has_semicolon(&statements) {
                body
            } else {
                statements
            }
        }
        Ok(expr) => Stmt::Expr(expr, None).into_token_stream(),
        Err(_) => body,
    }
}
