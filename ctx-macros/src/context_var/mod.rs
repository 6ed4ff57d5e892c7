//! `#[context_var]`: parse the static, validate it, expand it.

mod declaration;
mod expand;
mod options;
#[cfg(test)]
mod tests;
mod validate;

use crate::errors::Errors;
use declaration::Declaration;
use options::Options;
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
