//! What both macros' arguments share: a comma-separated list that goes on after a wrong element.

use crate::crate_path::CratePath;
use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Path, Result, Token, token};

/// Calls `element` for each element of `args`, and resumes behind the next comma where it fails.
pub(crate) fn each(args: TokenStream, errors: &mut Errors, mut element: impl FnMut(ParseStream<'_>) -> Result<()>) {
    let list = |input: ParseStream<'_>| {
        while !input.is_empty() {
            let parsed = element(input).and_then(|()| end_of_element(input));
            if errors.note(parsed).is_none() {
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
pub(crate) fn crate_path(input: ParseStream<'_>) -> Result<CratePath> {
    let keyword: Token![crate] = input.parse()?;
    if !input.peek(Token![=]) {
        return Err(syn::Error::new_spanned(
            keyword,
            "`crate` needs a path: `crate = some::path`",
        ));
    }
    let equals: Token![=] = input.parse()?;
    if input.peek(LitStr) {
        let quoted: LitStr = input.parse()?;
        let message = format!("expected a path without quotes: `crate = {}`", quoted.value());
        return Err(syn::Error::new_spanned(quoted, message));
    }
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new_spanned(
            equals,
            "`crate` needs a path: `crate = some::path`",
        ));
    }
    input.call(Path::parse_mod_style).map(CratePath::new)
}

/// Refuses `name = value` and `name(value)`.
pub(crate) fn no_value(name: &Ident, input: ParseStream<'_>) -> Result<()> {
    if input.peek(Token![=]) || input.peek(token::Paren) {
        return Err(input.error(format!("`{name}` takes no value")));
    }
    Ok(())
}

fn end_of_element(input: ParseStream<'_>) -> Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(input.error("expected `,`"))
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}
