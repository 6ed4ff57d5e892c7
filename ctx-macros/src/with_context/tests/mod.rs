//! `#[with_context]` on token streams: a file for each kind of input, and `faults.rs` for what is refused.

mod async_fn;
mod block_on;
mod faults;
mod impl_block;
mod nested;
mod options;
mod other_attributes;
mod sync_fn;

use super::expand;
use crate::tests::{errors, text};
use proc_macro2::TokenStream;

/// The expansion of an item that nothing is wrong with.
fn expanded(args: TokenStream, item: TokenStream) -> String {
    let expanded = expand(args, item);
    assert!(errors(&expanded).is_empty(), "{expanded}");
    text(&expanded)
}
