//! The options of `#[context_var(..)]`: how each is written, and what it changes in the emitted code.
//!
//! The documentation of `crate::context_var` has a table of them.

use crate::arguments;
use crate::crate_path::CratePath;
use crate::errors::Errors;
use crate::lints;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Result, Type};

const EXPECTED: &str = "expected one of: `local`, `redact`, `required`, `crate = path`";

#[derive(Default)]
pub(super) struct Options {
    pub(super) crate_path: CratePath,
    local: bool,
    redact: bool,
    required: bool,
}

impl Options {
    pub(super) fn parse(args: TokenStream, errors: &mut Errors) -> Self {
        let mut parsed = Self::default();
        arguments::each(args, errors, |input| parsed.option(input));
        parsed
    }

    fn option(&mut self, input: ParseStream<'_>) -> Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(EXPECTED));
        }
        let name = input.fork().call(Ident::parse_any)?;
        let is_given = if arguments::is_crate_path(input) {
            let path = arguments::parse_crate_path(input)?;
            std::mem::replace(&mut self.crate_path, path).is_given()
        } else {
            let switch = match name.to_string().as_str() {
                "local" => &mut self.local,
                "redact" => &mut self.redact,
                "required" => &mut self.required,
                _ => {
                    let message = format!("unknown option `{name}`, {EXPECTED}");
                    return Err(Error::new_spanned(&name, message));
                }
            };
            input.call(Ident::parse_any)?;
            arguments::refuse_value(&name, input)?;
            std::mem::replace(switch, true)
        };
        if is_given {
            return Err(arguments::given_twice(&name));
        }
        Ok(())
    }

    /// The import that the expression of [`show`](Self::show) needs, if any.
    pub(super) fn import_for_show(&self, span: Span) -> TokenStream {
        if self.redact {
            return TokenStream::new();
        }
        let (allow, private) = (lints::allow_unused_import(span), self.crate_path.private(span));
        quote_spanned!(span=> #allow use #private::NoDebug as _;)
    }

    /// The function that shows a value of type `ty`, as an expression.
    pub(super) fn show(&self, ty: &Type, span: Span) -> TokenStream {
        let private = self.crate_path.private(span);
        let name = Ident::new(if self.redact { "REDACTED" } else { "VALUE" }, span);
        quote_spanned!(span=> #private::Show::<#ty>::#name)
    }

    /// Which contexts take the variable along, as an expression.
    pub(super) fn reach(&self, span: Span) -> TokenStream {
        let private = self.crate_path.private(span);
        let name = Ident::new(if self.local { "Local" } else { "Inherited" }, span);
        quote_spanned!(span=> #private::Reach::#name)
    }

    /// What is called on the declaration, if anything.
    pub(super) fn required(&self, span: Span) -> TokenStream {
        if self.required {
            quote_spanned!(span=> .required())
        } else {
            TokenStream::new()
        }
    }
}
