//! `#[with_context]`: parse the item, validate it, expand it.

mod async_fn;
mod attributes;
pub(crate) mod bind;
mod body;
mod closure;
mod driver;
mod fragments;
mod function;
mod impl_block;
mod inner;
mod item;
mod lifetimes;
mod made;
mod options;
mod outcome;
mod params;
mod returns;
mod sync_fn;
mod target;
#[cfg(test)]
mod tests;
mod tokens;
mod types;
mod wrap;

use crate::errors::Errors;
use item::Item;
use options::Options;
use proc_macro2::{Ident, TokenStream, TokenTree};
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
            refuse(&keyword, &mut errors);
            block.into_token_stream()
        }
        Item::Other { keyword, item } => {
            refuse(&keyword, &mut errors);
            item
        }
        Item::Statement(statement) => {
            errors.at(first_token(&statement), OUTSIDE);
            inner::expand(statement, &options, &mut errors)
        }
        Item::Expression(expression) => {
            let first = first_token(&expression);
            let is_made = first.as_ref().is_some_and(made::is_made_token);
            errors.at(first, if is_made { made::COPIED } else { OUTSIDE });
            let expression = inner::expand(expression, &options, &mut errors);
            return quote!({ #errors #expression });
        }
        Item::Unreadable { error, item } => {
            errors.push(error);
            inner::expand(item, &options, &mut errors)
        }
    };
    quote!(#expanded #errors)
}

fn refuse(keyword: &Ident, errors: &mut Errors) {
    if made::is_made_token(&TokenTree::Ident(keyword.clone())) {
        return errors.at(keyword, made::COPIED);
    }
    let hint = if keyword == "mod" || keyword == "trait" {
        ": annotate the functions in it"
    } else {
        ""
    };
    let message = format!("expected a function or an `impl` block, found `{keyword}`{hint}");
    errors.at(keyword, message);
}

const OUTSIDE: &str = "`#[with_context]` on closures, blocks and `let` works inside an annotated `fn`, \
                       outside of macro calls: annotate the function, or bind the closure first";

fn first_token(tokens: &TokenStream) -> Option<TokenTree> {
    tokens.clone().into_iter().next()
}
