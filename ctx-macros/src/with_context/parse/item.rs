//! What the attribute is on.

use super::function::Function;
use super::impl_block::ImplBlock;
use super::item_kind::ItemKind;
use proc_macro2::{Ident, TokenStream};
use syn::Error;
use syn::parse::{ParseStream, Parser};

pub(crate) enum Item {
    Function(Box<Function>),
    Impl(ImplBlock),
    Trait { keyword: Ident, block: ImplBlock },
    Other { keyword: Ident, item: TokenStream },
    Statement(TokenStream),
    Expression(TokenStream),
    Unreadable { error: Error, item: TokenStream },
}

impl Item {
    pub(crate) fn parse(item: TokenStream) -> Self {
        let keyword = |input: ParseStream<'_>| {
            let keyword = ItemKind::peek(input)?;
            input.parse::<TokenStream>()?;
            Ok(keyword)
        };
        let parsed = match keyword.parse2(item.clone()) {
            Ok(ItemKind::Function) => syn::parse2(item.clone()).map(|function| Self::Function(Box::new(function))),
            Ok(ItemKind::Impl) => syn::parse2(item.clone()).map(Self::Impl),
            Ok(ItemKind::Trait(keyword)) => {
                return match syn::parse2(item.clone()) {
                    Ok(block) => Self::Trait { keyword, block },
                    Err(_) => Self::Other { keyword, item },
                };
            }
            Ok(ItemKind::OtherItem(keyword)) => return Self::Other { keyword, item },
            Ok(ItemKind::Let) => return Self::Statement(item),
            Ok(ItemKind::Expression) => return Self::Expression(item),
            Err(error) => Err(error),
        };
        parsed.unwrap_or_else(|error| Self::Unreadable { error, item })
    }
}
