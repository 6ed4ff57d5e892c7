//! The arguments of `#[context_var(..)]`.

use crate::crate_path::CratePath;
use crate::errors::Errors;
use crate::options;
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Result};

#[derive(Default)]
pub(super) struct Options {
    pub(super) crate_path: CratePath,
    pub(super) redact: bool,
}

impl Options {
    pub(super) fn parse(args: TokenStream, errors: &mut Errors) -> Self {
        let mut parsed = Self::default();
        options::each(args, errors, |input| parsed.option(input));
        parsed
    }

    fn option(&mut self, input: ParseStream<'_>) -> Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error("expected one of: `redact`, `crate = path`"));
        }
        let name = input.fork().call(Ident::parse_any)?;
        let repeated = || Error::new_spanned(&name, format!("option `{name}` is given twice"));
        if options::is_crate_path(input) {
            let path = options::crate_path(input)?;
            if self.crate_path.is_given() {
                return Err(repeated());
            }
            self.crate_path = path;
        } else if name == "redact" {
            input.call(Ident::parse_any)?;
            options::no_value(&name, input)?;
            if self.redact {
                return Err(repeated());
            }
            self.redact = true;
        } else {
            let message = format!("unknown option `{name}`, expected one of: `redact`, `crate = path`");
            return Err(Error::new_spanned(&name, message));
        }
        Ok(())
    }
}
