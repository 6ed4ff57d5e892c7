//! A function's body: its brace, its inner attributes and the tokens of its statements.

use super::{fragments, tokens};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Result, braced, token};

pub(super) struct Body {
    pub(super) brace: token::Brace,
    pub(super) inner_attrs: Vec<Attribute>,
    pub(super) statements: TokenStream,
}

impl Body {
    /// The statements as a block of their own: what they declare can't shadow what is emitted around it.
    pub(super) fn block(&self) -> TokenStream {
        if tokens::has_semicolon(&self.statements) {
            return self.with(self.statements.clone());
        }
        // Around one lone expression, the user's brace would be reported by `unused_braces`.
        let statements = &self.statements;
        quote_spanned!(Span::mixed_site().located_at(self.brace.span.join())=> { #statements })
    }

    /// The user's brace around `statements`.
    pub(super) fn with(&self, statements: TokenStream) -> TokenStream {
        let mut tokens = TokenStream::new();
        self.brace.surround(&mut tokens, |inside| inside.extend(statements));
        tokens
    }

    /// The whole body, with `statements` in place of its own.
    pub(super) fn replaced(&self, statements: &TokenStream) -> TokenStream {
        let mut inside = TokenStream::new();
        inside.append_all(&self.inner_attrs);
        statements.to_tokens(&mut inside);
        self.with(inside)
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
        tokens.extend(self.replaced(&self.statements));
    }
}
