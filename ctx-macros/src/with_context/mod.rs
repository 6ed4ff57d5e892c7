//! `#[with_context]`: gives each call of a function a context of its own.
//!
//! In the order of the work: `options.rs` reads the arguments, `parse/` what the attribute is on; `validate.rs` says
//! what is refused; `expand/` writes the code. `expand/function.rs` is where to start reading: it names every way that
//! a function can go.

pub(crate) mod expand;
pub(crate) mod options;
mod parse;
#[cfg(test)]
mod tests;
mod validate;

use crate::errors::Errors;
use expand::{function, impl_block, nested};
use options::Options;
use parse::item::Item;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(args, &mut errors);
    options.refuse_skip(&mut errors);
    let expanded = match Item::parse(item) {
        Item::Function(function) => function::expand(*function, &options, &mut errors),
        Item::Impl(block) => impl_block::expand(block, &options, &mut errors),
        Item::Trait { block, .. } if options.is_in_place() => impl_block::expand(block, &options, &mut errors),
        Item::Trait { keyword, block } => {
            validate::refuse_item(&keyword, &mut errors);
            block.into_token_stream()
        }
        Item::Other { keyword, item } => {
            validate::refuse_item(&keyword, &mut errors);
            item
        }
        Item::Statement(statement) => {
            validate::refuse_statement_outside(&statement, &mut errors);
            nested::expand(statement, &options, &mut errors)
        }
        Item::Expression(expression) => {
            validate::refuse_expression_outside(&expression, &mut errors);
            let expression = nested::expand(expression, &options, &mut errors);
            return quote!({ #errors #expression });
        }
        Item::Unreadable { error, item } => {
            errors.push(error);
            nested::expand(item, &options, &mut errors)
        }
    };
    quote!(#expanded #errors)
}
