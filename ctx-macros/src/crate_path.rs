//! The path by which the emitted code reaches `contextvars`: `::contextvars`, or the one given as `crate = path`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Path;

#[derive(Clone, Default)]
pub(crate) struct CratePath(Option<Path>);

impl CratePath {
    pub(crate) fn new(path: Path) -> Self {
        Self(Some(path))
    }

    pub(crate) fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// The module of the items that the emitted code alone uses.
    pub(crate) fn private(&self, span: Span) -> TokenStream {
        let root = self.root(span);
        quote_spanned!(span=> #root::__private)
    }

    /// The attribute macro `with_context`.
    pub(crate) fn with_context(&self) -> TokenStream {
        let root = self.root(Span::mixed_site());
        quote_spanned!(Span::mixed_site()=> #root::with_context)
    }

    fn root(&self, span: Span) -> TokenStream {
        let default = || quote_spanned!(span=> ::contextvars);
        self.0.as_ref().map_or_else(default, ToTokens::to_token_stream)
    }
}
