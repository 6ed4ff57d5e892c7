//! Parameters on their way into the body. A plain `async fn` keeps each argument until its future ends, used or not,
//! and drops them in reverse order; so must the future that is made from it.

use super::attributes::{is_cfg, is_lint};
use super::tokens;
use super::types::{bare, is_plain_data};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use std::mem;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Pat, PatIdent, PatType, Receiver, ReceiverKind, Signature, Token, Type};

/// What becomes of the first argument that has a destructor.
#[derive(Clone, Copy)]
pub(super) enum First<'a> {
    /// It is rebound like the others.
    Rebound,
    /// If the body mentions it, it stays in the future's captures: they are dropped after all rebound arguments,
    /// which is when it is its turn, and it takes its space once.
    Captured { body: &'a TokenStream },
}

/// Replaces patterns by names, and gives the statements that bind them inside.
///
/// References have no destructor, so they are captured if the body uses them; so is other plain data.
pub(super) fn move_inward(sig: &mut Signature, mut first: First<'_>) -> TokenStream {
    let mut statements = TokenStream::new();
    for (index, input) in sig.inputs.iter_mut().enumerate() {
        match input {
            FnArg::Receiver(receiver) if is_by_value(receiver) => {
                let self_token = receiver.self_token;
                let span = Span::mixed_site().located_at(self_token.span);
                statements.extend(quote_spanned!(span=> let _ = &#self_token;));
                first = First::Rebound;
            }
            FnArg::Receiver(_) => {}
            FnArg::Typed(param) => statements.extend(rebind(index, param, &mut first)),
        }
    }
    statements
}

/// Uses a receiver that the body does not: an `async fn` moves it into its future, and no lint calls it unused. Outside
/// of the future, where it takes no space.
pub(super) fn use_receiver(sig: &Signature, body: &TokenStream) -> TokenStream {
    match sig.receiver() {
        Some(receiver) if !is_by_value(receiver) && !tokens::mention(body, "self") => {
            let self_token = receiver.self_token;
            let span = Span::mixed_site().located_at(self_token.span);
            quote_spanned!(span=> let _ = &#self_token;)
        }
        _ => TokenStream::new(),
    }
}

fn is_by_value(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Value => true,
        ReceiverKind::Typed(_, ty) => !matches!(bare(ty), Type::Reference(_)),
        _ => false,
    }
}

// Input:                 Output:
//     a: A                   a: A              let a = a;
//     mut b: B               b: B              let mut b = b;
//     (c, _): (C, D)         __arg2: (C, D)    let __arg2 = __arg2; let (c, _) = __arg2;
//     _: E                   __arg3: E         let __arg3 = __arg3;
//     f: &F                  f: &F
pub(super) fn rebind(index: usize, param: &mut PatType, first: &mut First<'_>) -> TokenStream {
    let is_plain = is_plain_data(&param.ty);
    let is_first = if is_plain {
        First::Rebound
    } else {
        mem::replace(first, First::Rebound)
    };
    match &*param.pat {
        Pat::Wild(_) if is_plain => return TokenStream::new(),
        Pat::Ident(pat) if is_name(pat) && pat.mutability.is_none() => {
            if is_plain {
                return TokenStream::new();
            }
            if let First::Captured { body } = is_first {
                if tokens::mention(body, &pat.ident.to_string()) {
                    return capture(&param.attrs, &pat.ident);
                }
            }
        }
        _ => {}
    }
    let attrs = binding_attrs(param);
    bind_inside(index, &mut param.pat, &attrs)
}

/// Puts a name in place of `pattern`, and binds the pattern to that.
pub(super) fn bind_inside(index: usize, pattern: &mut Pat, attrs: &[Attribute]) -> TokenStream {
    if let Pat::Ident(pat) = pattern {
        if is_name(pat) {
            let name = pat.ident.clone();
            let pattern = mem::replace(pattern, named(&name));
            return bind(attrs, pattern, &name);
        }
    }
    let name = format_ident!("__arg{index}", span = Span::mixed_site());
    let pattern = mem::replace(pattern, named(&name));
    let mutability = has_ref_mut(&pattern).then(<Token![mut]>::default);
    let whole = bind(attrs, quote_spanned!(Span::mixed_site()=> #mutability #name), &name);
    if matches!(pattern, Pat::Wild(_)) {
        return whole;
    }
    let parts = bind(attrs, pattern, &name);
    quote_spanned!(Span::mixed_site()=> #whole #parts)
}

/// `name` or `mut name`.
fn is_name(pat: &PatIdent) -> bool {
    pat.attrs.is_empty() && pat.by_ref.is_none() && pat.subpat.is_none()
}

/// Whether the pattern borrows mutably from what it is bound to.
fn has_ref_mut(pattern: &Pat) -> bool {
    struct RefMut(bool);

    impl Visit<'_> for RefMut {
        fn visit_pat_ident(&mut self, pat: &PatIdent) {
            self.0 |= pat.by_ref.is_some() && pat.mutability.is_some();
            visit::visit_pat_ident(self, pat);
        }
    }

    let mut ref_mut = RefMut(false);
    ref_mut.visit_pat(pattern);
    ref_mut.0
}

pub(super) fn named(name: &Ident) -> Pat {
    let ident = name.clone();
    Pat::Ident(PatIdent {
        attrs: Vec::new(),
        by_ref: None,
        mutability: None,
        ident,
        subpat: None,
    })
}

fn capture(attrs: &[Attribute], name: &Ident) -> TokenStream {
    let span = Span::mixed_site().located_at(name.span());
    let cfgs = attrs.iter().filter(|attr| is_cfg(attr));
    quote_spanned!(span=> #(#cfgs)* let _ = &#name;)
}

/// Takes the lint attributes off the parameter: the binding inside is the one that they are about.
fn binding_attrs(param: &mut PatType) -> Vec<Attribute> {
    let (lints, others) = mem::take(&mut param.attrs).into_iter().partition::<Vec<_>, _>(is_lint);
    param.attrs = others;
    param
        .attrs
        .iter()
        .filter(|attr| is_cfg(attr))
        .cloned()
        .chain(lints)
        .collect()
}

fn bind(attrs: &[Attribute], pattern: impl ToTokens, name: &Ident) -> TokenStream {
    let underscore = name
        .to_string()
        .starts_with('_')
        .then(|| quote!(clippy::no_effect_underscore_binding, clippy::used_underscore_binding));
    quote_spanned! {Span::mixed_site()=>
        #(#attrs)*
        #[allow(clippy::shadow_same, #underscore)]
        let #pattern = #name;
    }
}
