//! Elided lifetimes inside `impl Trait` parameters. An `async fn` may have them, the `fn` that it becomes may not: they
//! get names.

use proc_macro2::Span;
use syn::visit_mut::{self, VisitMut};
use syn::{
    BoundLifetimes, FnArg, GenericParam, Generics, Lifetime, LifetimeParam, ParenthesizedGenericArguments, Signature,
    TypeFnPtr, TypeImplTrait, TypeReference,
};

// Input:
//     fn f(x: impl Iterator<Item = &u8> + '_)
//
// Output:
//     fn f<'__elided0, '__elided1>(x: impl Iterator<Item = &'__elided0 u8> + '__elided1)
pub(super) fn name_elided(sig: &mut Signature) {
    let mut naming = Naming {
        inside_impl: false,
        named: Vec::new(),
        generics: &sig.generics,
    };
    for input in &mut sig.inputs {
        if let FnArg::Typed(param) = input {
            naming.visit_type_mut(&mut param.ty);
        }
    }
    let Naming { named, .. } = naming;
    for lifetime in named.into_iter().rev() {
        sig.generics
            .params
            .insert(0, GenericParam::Lifetime(LifetimeParam::new(lifetime)));
    }
}

struct Naming<'a> {
    inside_impl: bool,
    named: Vec<Lifetime>,
    /// The generics of the function, whose lifetimes have their names already.
    generics: &'a Generics,
}

impl Naming<'_> {
    fn new_name(&mut self, span: Span) -> Lifetime {
        let mut name = format!("'__elided{}", self.named.len());
        while self
            .generics
            .lifetimes()
            .any(|param| param.lifetime.to_string() == name)
        {
            name.push('_');
        }
        let lifetime = Lifetime::new(&name, Span::mixed_site().located_at(span));
        self.named.push(lifetime.clone());
        lifetime
    }
}

impl VisitMut for Naming<'_> {
    fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
        let outer = std::mem::replace(&mut self.inside_impl, true);
        visit_mut::visit_type_impl_trait_mut(self, ty);
        self.inside_impl = outer;
    }

    fn visit_type_reference_mut(&mut self, ty: &mut TypeReference) {
        if self.inside_impl && ty.lifetime.is_none() {
            ty.lifetime = Some(self.new_name(ty.and_token.span));
        }
        visit_mut::visit_type_reference_mut(self, ty);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.inside_impl && lifetime.ident == "_" {
            *lifetime = self.new_name(lifetime.span());
        }
    }

    // `Fn(&A) -> &B` and `fn(&A) -> &B` bind their elided lifetimes themselves.
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {}

    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}

    fn visit_bound_lifetimes_mut(&mut self, _: &mut BoundLifetimes) {}
}
