//! `!` as a type, which stable Rust lets nobody write but as a return type.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

pub(crate) fn never(span: Span) -> TokenStream {
    quote_spanned!(span=> <::core::iter::RepeatWith<fn() -> !> as ::core::iter::Iterator>::Item)
}
