//! The parameters, moved into the body.
//!
//! A plain `async fn` keeps each argument until its future ends, used or not, and drops the arguments in reverse order.
//! The emitted future does the same.

use crate::lints;
use crate::with_context::parse::attributes::{is_cfg, is_lint};
use crate::with_context::parse::tokens;
use crate::with_context::parse::types::{bare, is_plain_data};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use std::mem;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Pat, PatIdent, PatType, Receiver, ReceiverKind, Signature, Token, Type};

/// What happens to the first argument that has a destructor.
#[derive(Clone, Copy)]
pub(super) enum FirstArgument<'a> {
    /// It is rebound like the others.
    Rebound,
    /// If the body mentions it, it stays among the captures of the `async` block. These are dropped after all rebound
    /// arguments, so in the right order, and a capture takes its space once, a rebound argument twice.
    CapturedIfMentioned { body: &'a TokenStream },
}

impl FirstArgument<'_> {
    fn captures(self, name: &Ident) -> bool {
        match self {
            Self::Rebound => false,
            Self::CapturedIfMentioned { body } => tokens::mention(body, &name.to_string()),
        }
    }
}

/// Replaces the patterns of the parameters by names, and returns the statements that bind the patterns inside of the
/// body.
///
/// References and other plain data have no destructor: the body captures them if it uses them.
pub(super) fn move_inward(sig: &mut Signature, mut first: FirstArgument<'_>) -> TokenStream {
    let mut statements = TokenStream::new();
    for (index, input) in sig.inputs.iter_mut().enumerate() {
        match input {
            FnArg::Receiver(receiver) if is_by_value(receiver) => {
                let self_token = receiver.self_token;
                let span = Span::mixed_site().located_at(self_token.span);
                statements.extend(quote_spanned!(span=> let _ = &#self_token;));
                first = FirstArgument::Rebound;
            }
            FnArg::Receiver(_) => {}
            FnArg::Typed(param) => statements.extend(rebind(index, param, &mut first)),
        }
    }
    statements
}

/// Uses a receiver that the body does not use: an `async fn` moves it into its future, so that no lint reports it as
/// unused. The statement goes outside of the future, where the receiver takes no space.
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
pub(super) fn rebind(index: usize, param: &mut PatType, first: &mut FirstArgument<'_>) -> TokenStream {
    let is_plain = is_plain_data(&param.ty);
    let first = if is_plain {
        FirstArgument::Rebound
    } else {
        mem::replace(first, FirstArgument::Rebound)
    };
    match &*param.pat {
        Pat::Wild(_) if is_plain => return TokenStream::new(),
        Pat::Ident(pat) if is_name(pat) && pat.mutability.is_none() => {
            if is_plain {
                return TokenStream::new();
            }
            if first.captures(&pat.ident) {
                return capture(&param.attrs, &pat.ident);
            }
        }
        _ => {}
    }
    let attrs = binding_attrs(param);
    bind_inside(index, &mut param.pat, &attrs)
}

/// Puts a name in place of `pattern`, and returns the statements that bind the pattern to that name.
pub(super) fn bind_inside(index: usize, pattern: &mut Pat, attrs: &[Attribute]) -> TokenStream {
    match pattern {
        Pat::Ident(pat) if is_name(pat) => {
            let name = pat.ident.clone();
            let pattern = mem::replace(pattern, named(&name));
            return bind(attrs, pattern, &name);
        }
        _ => {}
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

/// Whether the pattern has a `ref mut`.
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

/// The name as a pattern.
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

/// The statement that makes the `async` block capture an argument as a whole.
fn capture(attrs: &[Attribute], name: &Ident) -> TokenStream {
    let span = Span::mixed_site().located_at(name.span());
    let cfgs = attrs.iter().filter(|attr| is_cfg(attr));
    quote_spanned!(span=> #(#cfgs)* let _ = &#name;)
}

/// Moves the lint attributes of the parameter to its binding inside of the body, which the lints are about. A `#[cfg]`
/// goes on both.
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
    let allow = lints::allow_rebinding(name);
    quote_spanned! {Span::mixed_site()=>
        #(#attrs)*
        #allow
        let #pattern = #name;
    }
}
