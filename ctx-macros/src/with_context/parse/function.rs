//! A function or a method, of which syn parses all but the body.

use super::body::Body;
use proc_macro2::TokenStream;
use quote::{ToTokens, TokenStreamExt, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Result, Signature, Token, Visibility};

pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) defaultness: Option<Token![default]>,
    pub(crate) sig: Signature,
    pub(crate) body: Option<Body>,
    /// In place of a body.
    pub(crate) semicolon: Option<Token![;]>,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let (vis, defaultness, sig) = (input.parse()?, input.parse()?, input.parse()?);
        let semicolon: Option<Token![;]> = input.parse()?;
        let body = if semicolon.is_none() {
            Some(input.parse()?)
        } else {
            None
        };
        Ok(Self {
            attrs,
            vis,
            defaultness,
            sig,
            body,
            semicolon,
        })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            attrs,
            vis,
            defaultness,
            sig,
            body,
            semicolon,
        } = self;
        tokens.append_all(attrs);
        tokens.extend(quote!(#vis #defaultness #sig #body #semicolon));
    }
}
