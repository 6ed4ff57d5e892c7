//! Types, as far as their tokens tell what they are.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, PathArguments, PathSegment, Token, Type, TypeImplTrait, TypeInfer, TypeMacro};

const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128",
    "usize", "str",
];

/// The type inside parentheses and the invisible groups of `macro_rules!`.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        _ => ty,
    }
}

pub(crate) fn is_never(ty: &Type) -> bool {
    matches!(bare(ty), Type::Never(_))
}

/// Whether values of the type are known to have no destructor.
pub(crate) fn is_plain_data(ty: &Type) -> bool {
    match bare(ty) {
        Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) | Type::Never(_) => true,
        Type::Tuple(tuple) => tuple.elems.iter().all(is_plain_data),
        Type::Path(path) => path
            .path
            .get_ident()
            .is_some_and(|name| PRIMITIVES.iter().any(|known| name == known)),
        _ => false,
    }
}

/// Whether the type mentions an `impl Trait`, or a macro call that may expand to one. In a `Box`, a macro call expands
/// to a `dyn Trait`, or to a type that has a name.
pub(crate) fn may_mention_impl(ty: &Type) -> bool {
    struct Mentions {
        found: bool,
        in_box: bool,
    }

    impl<'ast> Visit<'ast> for Mentions {
        fn visit_type_impl_trait(&mut self, _: &'ast TypeImplTrait) {
            self.found = true;
        }

        fn visit_type_macro(&mut self, _: &'ast TypeMacro) {
            self.found |= !self.in_box;
        }

        fn visit_path_segment(&mut self, segment: &'ast PathSegment) {
            let outer = self.in_box;
            self.in_box |= segment.ident == "Box";
            visit::visit_path_segment(self, segment);
            self.in_box = outer;
        }
    }

    let mut mentions = Mentions {
        found: false,
        in_box: false,
    };
    mentions.visit_type(ty);
    mentions.found
}

/// The type with `_` in place of each `impl Trait`, and of each macro call that may expand to one. Such a type may be
/// written in a `let` or on a closure.
pub(crate) fn without_impl(ty: &Type) -> Type {
    struct Inferred {
        in_box: bool,
    }

    impl VisitMut for Inferred {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            let is_inferred = match ty {
                Type::ImplTrait(_) => true,
                Type::Macro(_) => !self.in_box,
                _ => false,
            };
            if is_inferred {
                let underscore_token = Token![_](ty.span());
                *ty = Type::Infer(TypeInfer {
                    attrs: Vec::new(),
                    underscore_token,
                });
            } else {
                visit_mut::visit_type_mut(self, ty);
            }
        }

        fn visit_path_segment_mut(&mut self, segment: &mut PathSegment) {
            let outer = self.in_box;
            self.in_box |= segment.ident == "Box";
            visit_mut::visit_path_segment_mut(self, segment);
            self.in_box = outer;
        }
    }

    let mut ty = ty.clone();
    Inferred { in_box: false }.visit_type_mut(&mut ty);
    ty
}

/// The last name in the path of a type.
pub(crate) fn last_name(ty: &Type) -> Option<String> {
    let Type::Path(path) = bare(ty) else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

/// The first type argument of a path type.
pub(crate) fn argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = bare(ty) else { return None };
    let PathArguments::AngleBracketed(args) = &path.path.segments.last()?.arguments else {
        return None;
    };
    args.args.iter().find_map(|arg| match arg {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
