//! The type `!`. On stable Rust it can be written as a return type alone, so it is emitted as an associated type.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

pub(crate) fn never(span: Span) -> TokenStream {
    quote_spanned!(span=> <::core::iter::RepeatWith<fn() -> !> as ::core::iter::Iterator>::Item)
}
