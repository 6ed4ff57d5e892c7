//! `#[context_var]`: turns a `static` into a variable.
//!
//! In the order of the work: `options.rs` reads the arguments, `parse.rs` the static; `validate.rs` reports what is
//! wrong with it; `expand.rs` writes the variable.

mod expand;
mod options;
mod parse;
#[cfg(test)]
mod tests;
mod validate;

use crate::errors::Errors;
use options::Options;
use parse::Declaration;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(args, &mut errors);
    let declared = match syn::parse2::<Declaration>(item.clone()) {
        Ok(declaration) => {
            let variable = validate::declaration(declaration, &mut errors);
            expand::declaration(&variable, &options)
        }
        Err(error) => {
            errors.push(error);
            item
        }
    };
    quote!(#declared #errors)
}
