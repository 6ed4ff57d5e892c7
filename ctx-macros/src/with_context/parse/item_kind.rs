//! What kind of item begins here: by the keyword at its head, behind attributes and visibility.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, LitStr, Result, Token, Visibility, token};

/// What begins here.
#[derive(Debug, PartialEq)]
pub(crate) enum ItemKind {
    Function,
    Impl,
    Trait(Ident),
    OtherItem(Ident),
    Let,
    /// None: an expression.
    Expression,
}

impl ItemKind {
    /// Looks ahead of `input`, and leaves it where it was.
    pub(crate) fn peek(input: ParseStream<'_>) -> Result<Self> {
        let input = input.fork();
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let Ok(first) = input.fork().call(Ident::parse_any) else {
            return Ok(Self::Expression);
        };
        while let Ok(keyword) = input.call(Ident::parse_any) {
            match keyword.to_string().as_str() {
                "fn" => return Ok(Self::Function),
                "impl" => return Ok(Self::Impl),
                "trait" => return Ok(Self::Trait(first)),
                "default" | "const" | "async" | "unsafe" | "safe" | "gen" => {}
                "extern" => drop(input.parse::<Option<LitStr>>()?),
                _ => break,
            }
        }
        Ok(match first.to_string().as_str() {
            "struct" | "enum" | "mod" | "const" | "type" | "use" | "extern" | "auto" | "macro_rules" => {
                Self::OtherItem(first)
            }
            "union" if input.peek(Ident::peek_any) => Self::OtherItem(first),
            "unsafe" if !input.peek(token::Brace) => Self::OtherItem(first),
            "static" if !input.peek(Token![|]) && !input.peek(Token![||]) => Self::OtherItem(first),
            "let" => Self::Let,
            _ => Self::Expression,
        })
    }
}
