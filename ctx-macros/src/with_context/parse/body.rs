//! The body of a function: its braces, its inner attributes, and the tokens of its statements.

use super::fragments;
use super::tokens::has_semicolon;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Result, braced, token};

pub(crate) struct Body {
    brace: token::Brace,
    inner_attrs: Vec<Attribute>,
    pub(crate) statements: TokenStream,
}

impl Body {
    /// The statements in a block of their own, so that no item in them shadows a name that is emitted around them.
    pub(crate) fn block(&self) -> TokenStream {
        if has_semicolon(&self.statements) {
            return self.enclose(self.statements.clone());
        }
        // `unused_braces` reports the user's braces around a lone expression.
        let statements = &self.statements;
        quote_spanned!(Span::mixed_site().located_at(self.brace.span.join())=> { #statements })
    }

    /// The user's braces around `tokens`.
    fn enclose(&self, inside: TokenStream) -> TokenStream {
        let mut tokens = TokenStream::new();
        self.brace.surround(&mut tokens, |tokens| tokens.extend(inside));
        tokens
    }
}

impl Parse for Body {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let content;
        Ok(Self {
            brace: braced!(content in input),
            inner_attrs: content.call(Attribute::parse_inner)?,
            statements: fragments::parenthesize(content.parse()?),
        })
    }
}

impl ToTokens for Body {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let mut inside = TokenStream::new();
        inside.append_all(&self.inner_attrs);
        self.statements.to_tokens(&mut inside);
        tokens.extend(self.enclose(inside));
    }
}
