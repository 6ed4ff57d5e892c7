//! The `static` as it is written. syn's `ItemStatic` can't parse one without an initializer.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, Ident, Result, Token, Type, Visibility};

pub(super) struct Declaration {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) static_token: Token![static],
    pub(super) mutability: Option<Token![mut]>,
    pub(super) name: Ident,
    pub(super) ty: Option<Type>,
    pub(super) default: Option<TokenStream>,
    pub(super) semi: Token![;],
}

impl Parse for Declaration {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if !input.peek(Token![static]) {
            return Err(not_a_static(input));
        }
        Ok(Self {
            attrs,
            vis,
            static_token: input.parse()?,
            mutability: input.parse()?,
            name: input.call(Ident::parse_any)?,
            ty: match input.parse::<Option<Token![:]>>()? {
                Some(_) => Some(input.parse()?),
                None => None,
            },
            default: match input.parse::<Option<Token![=]>>()? {
                Some(equals) => Some(default(equals, input)?),
                None => None,
            },
            semi: input.parse()?,
        })
    }
}

fn default(equals: Token![=], input: ParseStream<'_>) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![;]) {
        tokens.extend([input.parse::<proc_macro2::TokenTree>()?]);
    }
    if tokens.is_empty() {
        return Err(Error::new_spanned(equals, "expected a default behind `=`"));
    }
    Ok(tokens)
}

fn not_a_static(input: ParseStream<'_>) -> Error {
    let found = input.fork().call(Ident::parse_any);
    let message = match &found {
        Ok(keyword) => format!("expected a `static`, found `{keyword}`: write `static NAME: Type = default;`"),
        Err(_) => "expected a `static`: write `static NAME: Type = default;`".to_owned(),
    };
    match found {
        Ok(keyword) => Error::new_spanned(keyword, message),
        Err(_) => input.error(message),
    }
}
