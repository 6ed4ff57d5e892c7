//! What a static must be to become a variable, and what is left of it to emit when it isn't.

use super::declaration::Declaration;
use crate::errors::Errors;
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

/// Reports what is wrong. As long as the type is known there is a variable to emit, so that its uses don't fail too.
pub(super) fn declaration(declared: Declaration, errors: &mut Errors) -> Option<Variable> {
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
    let default = default.map(|default| evaluable(default, errors));
    let Some(ty) = ty else {
        errors.at(&name, format!("missing type: write `{name}: Type`"));
        return None;
    };
    let mut placeholders = Placeholders { errors, found: false };
    placeholders.visit_type(&ty);
    if placeholders.found {
        return None;
    }
    Some(Variable {
        attrs,
        vis,
        static_token,
        name,
        ty,
        default,
        semi,
    })
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
            "`impl Trait` is no type of a context variable: name the type, or use `Arc<dyn Trait>`",
        );
        visit::visit_type_impl_trait(self, ty);
    }
}

/// The default itself, or one that fails no further if it would wait for something.
fn evaluable(default: TokenStream, errors: &mut Errors) -> TokenStream {
    let Some(span) = awaits(default.clone()) else {
        return default;
    };
    let message = "a default can't `.await`: it is evaluated by whoever reads the variable first";
    errors.push(syn::Error::new(span, message));
    quote_spanned!(Span::mixed_site()=> loop {})
}

/// Where `tokens` have an `.await` that no `async` block or closure of their own contains.
fn awaits(tokens: TokenStream) -> Option<Span> {
    let mut is_async = false;
    let mut after_dot = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if ident == "async" => is_async = true,
            TokenTree::Ident(ident) if after_dot && ident == "await" && !is_async => return Some(ident.span()),
            TokenTree::Group(group) if is_async && group.delimiter() == Delimiter::Brace => is_async = false,
            TokenTree::Group(group) => {
                if let Some(span) = awaits(group.stream()) {
                    return Some(span);
                }
            }
            _ => {}
        }
        after_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
    }
    None
}
