//! The arguments of `#[context_var(..)]`.

use crate::crate_path::CratePath;
use crate::errors::Errors;
use crate::options;
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Result};

const EXPECTED: &str = "expected one of: `local`, `redact`, `crate = path`";

#[derive(Default)]
pub(super) struct Options {
    pub(super) crate_path: CratePath,
    pub(super) local: bool,
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
            return Err(input.error(EXPECTED));
        }
        let name = input.fork().call(Ident::parse_any)?;
        let is_given = if options::is_crate_path(input) {
            let path = options::crate_path(input)?;
            std::mem::replace(&mut self.crate_path, path).is_given()
        } else {
            let switch = match name.to_string().as_str() {
                "local" => &mut self.local,
                "redact" => &mut self.redact,
                _ => {
                    let message = format!("unknown option `{name}`, {EXPECTED}");
                    return Err(Error::new_spanned(&name, message));
                }
            };
            input.call(Ident::parse_any)?;
            options::no_value(&name, input)?;
            std::mem::replace(switch, true)
        };
        if is_given {
            return Err(Error::new_spanned(&name, format!("option `{name}` is given twice")));
        }
        Ok(())
    }
}
