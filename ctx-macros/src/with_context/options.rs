//! The options of `#[with_context(..)]`: how each is written, and the code that it emits.
//!
//! The documentation of `crate::with_context` has a table of them.

use crate::arguments;
use crate::crate_path::CratePath;
use crate::errors::Errors;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Expr, Path, Result, Token};

const EXPECTED: &str = "expected one of: `fresh`, `in_place`, `crate = path`, `VARIABLE = value`";

/// The mark of an attribute that the macro itself has moved behind the others.
const DEFERRED: &str = "__deferred";

#[derive(Default)]
pub(crate) struct Options {
    pub(super) crate_path: CratePath,
    deferred: bool,
    in_place: Option<Ident>,
    skip: Option<Ident>,
    fresh: bool,
    bindings: Vec<Binding>,
    args: TokenStream,
}

struct Binding {
    variable: Path,
    value: Expr,
}

impl Options {
    pub(super) fn parse(args: TokenStream, errors: &mut Errors) -> Self {
        let mut parsed = Self::default();
        arguments::each(args.clone(), errors, |input| parsed.option(input));
        if errors.is_empty() {
            parsed.args = args;
        }
        parsed
    }

    /// No options but the path of the crate.
    pub(crate) fn with_crate_path(crate_path: CratePath) -> Self {
        Self {
            crate_path,
            ..Self::default()
        }
    }

    /// The options of an attribute inside the annotated function.
    pub(super) fn parse_nested(&self, args: TokenStream, errors: &mut Errors) -> Self {
        let parsed = Self::parse(args, errors);
        parsed.refuse_skip(errors);
        if let Some(in_place) = &parsed.in_place {
            let message = "`in_place` is for functions, `impl` blocks and traits: remove it here";
            errors.at(in_place, message);
        }
        parsed.inherit_crate_path(self)
    }

    /// The options of a method in an annotated `impl` block that is expanded in place.
    pub(super) fn parse_method(&self, args: TokenStream, errors: &mut Errors) -> Self {
        let mut parsed = Self::parse(args, errors);
        parsed.refuse_skip(errors);
        parsed.in_place.clone_from(&self.in_place);
        parsed.inherit_crate_path(self)
    }

    /// Takes the path of the crate from the options around, unless it has one of its own.
    fn inherit_crate_path(mut self, outer: &Self) -> Self {
        if !self.crate_path.is_given() {
            self.crate_path = outer.crate_path.clone();
        }
        self
    }

    /// Whether the item is expanded before the attributes below, and an `async fn` stays one.
    pub(super) fn is_in_place(&self) -> bool {
        self.in_place.is_some()
    }

    /// Whether the item is expanded now, whatever attributes are on it.
    pub(super) fn is_deferred(&self) -> bool {
        self.deferred
    }

    /// Reports a `skip`. Where it has a meaning, it is removed before.
    pub(super) fn refuse_skip(&self, errors: &mut Errors) {
        if let Some(skip) = &self.skip {
            let message = "`skip` is for methods of an annotated `impl` block: remove the attribute instead";
            errors.at(skip, message);
        }
    }

    /// The attribute again, to be put behind the other attributes of the item.
    pub(super) fn deferred_attribute(&self) -> TokenStream {
        let marker = Ident::new(DEFERRED, Span::mixed_site());
        let (path, args) = (self.crate_path.with_context(), &self.args);
        quote!(#[#path(#marker, #args)])
    }

    /// The attribute again, for a method of the annotated block.
    pub(super) fn attribute(&self) -> TokenStream {
        let (path, args) = (self.crate_path.with_context(), &self.args);
        quote!(#[#path(#args)])
    }

    /// The capture that the context starts from, as an expression.
    pub(super) fn capture(&self, span: Span) -> TokenStream {
        let private = self.crate_path.private(span);
        if self.fresh {
            quote_spanned!(span=> #private::Capture::fresh())
        } else {
            quote_spanned!(span=> #private::Capture::here())
        }
    }

    /// The same for a call that is made at once, and comes to no future.
    pub(super) fn capture_for_call(&self, span: Span) -> TokenStream {
        if self.fresh {
            return self.capture(span);
        }
        let private = self.crate_path.private(span);
        quote_spanned!(span=> #private::Capture::for_call())
    }

    /// The bindings, as the first statements of the body.
    pub(super) fn bindings(&self) -> TokenStream {
        self.bindings.iter().map(ToTokens::to_token_stream).collect()
    }

    fn option(&mut self, input: ParseStream<'_>) -> Result<()> {
        if arguments::is_crate_path(input) {
            let keyword: Token![crate] = input.fork().parse()?;
            let path = arguments::parse_crate_path(input)?;
            if self.crate_path.is_given() {
                return Err(arguments::given_twice(keyword));
            }
            self.crate_path = path;
            return Ok(());
        }
        let Ok(path) = input.call(Path::parse_mod_style) else {
            return Err(input.error(EXPECTED));
        };
        match path.get_ident() {
            Some(name) if name == "fresh" || name == "in_place" || name == "skip" || name == DEFERRED => {
                self.switch(name, input)
            }
            _ => self.binding(path, input),
        }
    }

    fn switch(&mut self, name: &Ident, input: ParseStream<'_>) -> Result<()> {
        arguments::refuse_value(name, input)?;
        let is_given = if name == "fresh" {
            std::mem::replace(&mut self.fresh, true)
        } else if name == "in_place" {
            self.in_place.replace(name.clone()).is_some()
        } else if name == "skip" {
            self.skip.replace(name.clone()).is_some()
        } else {
            std::mem::replace(&mut self.deferred, true)
        };
        if is_given {
            return Err(arguments::given_twice(name));
        }
        Ok(())
    }

    fn binding(&mut self, variable: Path, input: ParseStream<'_>) -> Result<()> {
        let name = text(&variable);
        let Some(equals) = input.parse::<Option<Token![=]>>()? else {
            let message = if is_variable(&variable) {
                format!("`{name}` needs a value: `{name} = value`")
            } else {
                format!("unknown option `{name}`, {EXPECTED}")
            };
            return Err(Error::new_spanned(variable, message));
        };
        if input.is_empty() || input.peek(Token![,]) {
            return Err(Error::new_spanned(
                equals,
                format!("`{name}` needs a value: `{name} = value`"),
            ));
        }
        let value = input.parse()?;
        if self.bindings.iter().any(|binding| text(&binding.variable) == name) {
            return Err(Error::new_spanned(variable, format!("`{name}` is bound twice")));
        }
        self.bindings.push(Binding { variable, value });
        Ok(())
    }
}

impl ToTokens for Binding {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { variable, value } = self;
        let span = Span::mixed_site().located_at(variable.span());
        tokens.extend(quote_spanned!(span=> ::core::mem::drop(#variable.set(#value));));
    }
}

/// Whether `path` looks like that of a static, rather than like a mistyped option.
fn is_variable(path: &Path) -> bool {
    let last = path.segments.last().map(|segment| segment.ident.to_string());
    path.segments.len() > 1 || last.is_some_and(|name| !name.contains(char::is_lowercase))
}

fn text(path: &Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}
