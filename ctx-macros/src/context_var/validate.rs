//! What a `static` must be to become a variable. A wrong one is reported, and repaired as far as possible.

use super::parse::Declaration;
use crate::errors::Errors;
use crate::never::never;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Token, Type, TypeImplTrait, TypeInfer, Visibility};

pub(super) struct Variable {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) static_token: Token![static],
    pub(super) name: Ident,
    pub(super) ty: Type,
    pub(super) default: Option<TokenStream>,
    pub(super) semi: Token![;],
}

/// Reports what is wrong, and returns a variable to emit in any case, so that its uses don't fail too. If its type is
/// unknown, the variable holds a `!`, which converts to every type.
pub(super) fn declaration(declared: Declaration, errors: &mut Errors) -> Variable {
    let Declaration {
        attrs,
        vis,
        static_token,
        mutability,
        name,
        ty,
        default,
        semi,
    } = declared;
    if let Some(token) = mutability {
        errors.at(
            token,
            "context variables are never `mut`: write `static`, and bind values with `set` or `scope`",
        );
    }
    let await_span = default.clone().and_then(find_await);
    if let Some(span) = await_span {
        let message = "a default can't `.await`: the first read of the variable evaluates it";
        errors.push(syn::Error::new(span, message));
    }
    if ty.is_none() {
        errors.at(&name, format!("missing type: write `{name}: Type`"));
    }
    let ty = ty.filter(|ty| is_written_out(ty, errors));
    let is_usable = ty.is_some() && await_span.is_none();
    let default = default.map(|default| {
        if is_usable {
            default
        } else {
            unevaluated(&default, await_span)
        }
    });
    let unknown = || Type::Verbatim(never(Span::mixed_site().located_at(name.span())));
    Variable {
        attrs,
        vis,
        static_token,
        ty: ty.unwrap_or_else(unknown),
        name,
        default,
        semi,
    }
}

fn is_written_out(ty: &Type, errors: &mut Errors) -> bool {
    let mut placeholders = Placeholders { errors, found: false };
    placeholders.visit_type(ty);
    !placeholders.found
}

/// A default that fits every type. The compiler still checks the user's expression, as far as it can.
fn unevaluated(default: &TokenStream, await_span: Option<Span>) -> TokenStream {
    let span = Span::mixed_site();
    let asyncness = await_span.map(|_| quote_spanned!(span=> async));
    quote_spanned!(span=> let _ = #asyncness || { #default }; loop {})
}

struct Placeholders<'a> {
    errors: &'a mut Errors,
    found: bool,
}

impl<'ast> Visit<'ast> for Placeholders<'_> {
    fn visit_type_infer(&mut self, ty: &'ast TypeInfer) {
        self.found = true;
        self.errors
            .at(ty, "the type of a context variable can't be inferred: write it out");
    }

    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        self.found = true;
        self.errors.at(
            ty,
            "`impl Trait` can't be the type of a context variable: name the type, or use `Arc<dyn Trait>`",
        );
        visit::visit_type_impl_trait(self, ty);
    }
}

/// The first `.await` in `tokens` outside of their `async` blocks and closures.
fn find_await(tokens: TokenStream) -> Option<Span> {
    let mut is_async = false;
    let mut after_dot = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if ident == "async" => is_async = true,
            TokenTree::Ident(ident) if after_dot && ident == "await" && !is_async => return Some(ident.span()),
            TokenTree::Group(group) if is_async && group.delimiter() == Delimiter::Brace => is_async = false,
            TokenTree::Group(group) => {
                if let Some(span) = find_await(group.stream()) {
                    return Some(span);
                }
            }
            _ => {}
        }
        after_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
    }
    None
}
