//! The variable as it is emitted.

use super::options::Options;
use super::validate::Variable;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

// Input:
//     pub static NAME: T = expr;
//
// Output:
//     pub static NAME: ContextVar<T, WithDefault> = {
//         use NoDebug as _;
//         ContextVar { declared: Declared::with_default("NAME", Show::<T>::VALUE, Reach::Inherited, || -> T { expr }) }
//     };
//
// `static` and `;` are the user's tokens: with others, `dead_code` and `unreachable_pub` would stay silent.
pub(super) fn declaration(variable: &Variable, options: &Options) -> TokenStream {
    let Variable {
        attrs,
        vis,
        static_token,
        name,
        ty,
        default,
        semi,
    } = variable;
    // The compiler reports a type that no variable can have at this span.
    let span = Span::mixed_site().located_at(ty.span());
    let private = options.crate_path.private(span);
    let text = name.unraw().to_string();
    let import = options.import_for_show(span);
    let (show, reach, required) = (options.show(ty, span), options.reach(span), options.required(span));
    let (kind, declared) = match default {
        Some(default) => (
            quote_spanned!(span=> #private::WithDefault),
            quote_spanned!(span=> with_default(#text, #show, #reach, || -> #ty { #default })),
        ),
        None => (
            quote_spanned!(span=> #private::NoDefault),
            quote_spanned!(span=> new(#text, #show, #reach)),
        ),
    };
    quote_spanned! {span=>
        #(#attrs)*
        #vis #static_token #name: #private::ContextVar<#ty, #kind> = {
            #import
            #private::ContextVar { declared: #private::Declared::#declared #required }
        } #semi
    }
}
