//! The grammar that the arguments of both attributes share: a comma-separated list, and the option `crate = path`.
//!
//! The options themselves are in `context_var/options.rs` and `with_context/options.rs`.

use crate::crate_path::CratePath;
use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Error, LitStr, Path, Result, Token, token};

/// Calls `element` for each element of `args`. After an error, parsing goes on behind the next comma.
pub(crate) fn each(args: TokenStream, errors: &mut Errors, mut element: impl FnMut(ParseStream<'_>) -> Result<()>) {
    let list = |input: ParseStream<'_>| {
        while !input.is_empty() {
            let parsed = element(input).and_then(|()| expect_end_of_element(input));
            if errors.collect(parsed).is_none() {
                skip_to_comma(input);
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    if let Err(error) = list.parse2(args) {
        errors.push(error);
    }
}

/// Whether `crate = path` comes next.
pub(crate) fn is_crate_path(input: ParseStream<'_>) -> bool {
    input.peek(Token![crate]) && !input.peek2(Token![::])
}

/// Parses `crate = path`.
pub(crate) fn parse_crate_path(input: ParseStream<'_>) -> Result<CratePath> {
    const MISSING: &str = "`crate` needs a path: `crate = some::path`";
    let keyword: Token![crate] = input.parse()?;
    if !input.peek(Token![=]) {
        return Err(Error::new_spanned(keyword, MISSING));
    }
    let equals: Token![=] = input.parse()?;
    if input.peek(LitStr) {
        let quoted: LitStr = input.parse()?;
        let message = format!("expected a path without quotes: `crate = {}`", quoted.value());
        return Err(Error::new_spanned(quoted, message));
    }
    if input.is_empty() || input.peek(Token![,]) {
        return Err(Error::new_spanned(equals, MISSING));
    }
    input.call(Path::parse_mod_style).map(CratePath::new)
}

/// Refuses `name = value` and `name(value)`.
pub(crate) fn refuse_value(name: &Ident, input: ParseStream<'_>) -> Result<()> {
    if input.peek(Token![=]) || input.peek(token::Paren) {
        return Err(input.error(format!("`{name}` takes no value")));
    }
    Ok(())
}

/// The error for the second of two options of one name.
pub(crate) fn given_twice(name: impl ToTokens) -> Error {
    let message = format!("option `{}` is given twice", name.to_token_stream());
    Error::new_spanned(name, message)
}

fn expect_end_of_element(input: ParseStream<'_>) -> Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(input.error("expected `,`"))
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}
