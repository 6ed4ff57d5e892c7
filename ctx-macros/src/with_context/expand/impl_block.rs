//! An `impl` block, or a trait that is expanded in place: its methods that are `async`, or return a future, are
//! annotated one by one, or expanded.

use super::{function, result};
use crate::errors::Errors;
use crate::with_context::options::Options;
use crate::with_context::parse::attributes::{self, arguments, is_ours};
use crate::with_context::parse::function::Function;
use crate::with_context::parse::impl_block::{ImplBlock, Member};
use crate::with_context::parse::return_type::{KnownType, Returns};
use crate::with_context::parse::types::may_mention_impl;
use crate::with_context::validate;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use std::mem;
use syn::spanned::Spanned;

// Input:
//     impl S { async fn f(&self) { .. } }
//
// Output:
//     impl S { #[with_context] async fn f(&self) { .. } }
//
// In place, the methods are expanded instead: no attribute of ours is left that an attribute below could copy or drop.
pub(crate) fn expand(mut block: ImplBlock, options: &Options, errors: &mut Errors) -> TokenStream {
    let mut is_any_annotated = false;
    let members = mem::take(&mut block.members).into_iter().map(|member| match member {
        Member::Method(function) => method(*function, options, errors).map_or_else(Member::Method, |expanded| {
            is_any_annotated = true;
            Member::Expanded(expanded)
        }),
        member => member,
    });
    block.members = members.collect();
    if !is_any_annotated {
        validate::refuse_block_without_futures(&block, errors);
    }
    block.into_token_stream()
}

/// The method with the attribute put on, taken off or expanded. As an `Err` the method as it was, if it gets none.
fn method(mut function: Function, options: &Options, errors: &mut Errors) -> Result<TokenStream, Box<Function>> {
    let Some(own) = function.attrs.iter().position(is_ours) else {
        let is_future = function.sig.asyncness.is_some() || Returns::of(&function.sig.output).is_future();
        if function.body.is_none() || !is_future {
            refuse_hidden_future(&mut function, options);
            return Err(Box::new(function));
        }
        if options.is_in_place() {
            return Ok(function::expand(function, options, errors));
        }
        let attribute = options.attribute();
        return Ok(quote!(#attribute #function));
    };
    let args = arguments(&function.attrs[own]);
    if args.to_string() == "skip" {
        function.attrs.remove(own);
    } else if options.is_in_place() {
        function.attrs.remove(own);
        let options = options.parse_method(args, errors);
        return Ok(function::expand(function, &options, errors));
    }
    Ok(function.into_token_stream())
}

/// Makes the compiler refuse a method that returns a future under another name: it would run without a context, and
/// nobody would notice. The code that is added never runs.
// Input:
//     fn f(&self) -> Reply { body }
//
// Output:
//     fn f(&self) -> Reply {
//         if false {
//             let __written = KindOf::<Reply>::written();
//             { use kinds::*; (&&&&&__written).__kind() }.leave_out(__written);
//         }
//         { body }
//     }
fn refuse_hidden_future(function: &mut Function, options: &Options) {
    let ty = match Returns::of(&function.sig.output) {
        Returns::Named(ty) if !may_mention_impl(ty) => ty,
        _ => return,
    };
    // A `const fn` can neither call `__kind` nor box a future.
    let is_asked = function.sig.constness.is_none() && !function.attrs.iter().any(attributes::is_naked);
    let Some(body) = function.body.as_mut().filter(|_| is_asked) else {
        return;
    };
    let span = Span::mixed_site().located_at(ty.span());
    let private = options.crate_path.private(span);
    let written = Ident::new("__written", span);
    let kind = result::kind(options, &written.to_token_stream(), KnownType::LeftOut, span);
    let block = body.block();
    body.statements = quote_spanned! {span=>
        if false {
            let #written = #private::KindOf::<#ty>::written();
            #kind.leave_out(#written);
        }
        #block
    };
}
