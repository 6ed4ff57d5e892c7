//! What a declared return type tells of the result: whether it is a future or a stream, which goes on in the function's
//! context, or has to be asked of the compiler.
//!
//! In all that follows, streams and sinks count as futures.

use super::types::{argument, bare, is_plain_data, last_name, may_mention_impl};
use syn::{ReturnType, Type, TypeParamBound};

/// How much the compiler knows of the type of a result when the emitted code asks it what the result is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum KnownType {
    /// Nothing yet: the type of a closure's result is inferred.
    Inferred,
    /// All of it: a closure's return type is declared, and must stay.
    Written,
    /// All but what stands as `_` in a closure's return type.
    PartlyWritten,
    /// All of it: a function's return type is declared, and must stay.
    Named,
    /// That it is an `impl Trait`, or what a macro call expands to.
    Opaque,
    /// All of it: the return type of a method that is left as it is.
    LeftOut,
}

/// What a function returns that is not `async`.
pub(crate) enum Returns<'a> {
    /// `impl Future`: it can be wrapped.
    Opaque,
    /// A boxed future: it can be boxed again.
    Boxed(&'a Type),
    /// A `Result` or an `Option` of an opaque future.
    HeldOpaque,
    /// A `Result` or an `Option` of a boxed future.
    HeldBoxed(&'a Type),
    /// A type with the name of a future. It can be boxed again if it is a boxed future; else the compiler refuses it.
    NamedFuture(&'a Type),
    /// Any other type with a name. The compiler finds out whether it is an alias of a boxed future, or holds one.
    Named(&'a Type),
    /// An `impl Trait` of another trait, or a macro call, or a `Result` or an `Option` of that. It has no name, and may
    /// be a future.
    Unnamed,
    /// No future.
    Value,
}

impl<'a> Returns<'a> {
    pub(crate) fn of(output: &'a ReturnType) -> Self {
        match output {
            ReturnType::Type(_, ty) => Self::of_type(ty),
            ReturnType::Default => Self::Value,
        }
    }

    fn of_type(ty: &'a Type) -> Self {
        match bare(ty) {
            bare if is_opaque_future(bare) => Self::Opaque,
            bare if is_boxed_future(bare) => Self::Boxed(ty),
            bare if held(bare).is_some_and(is_opaque_future) => Self::HeldOpaque,
            bare if held(bare).is_some_and(is_boxed_future) && !may_mention_impl(bare) => Self::HeldBoxed(ty),
            bare if is_unnamed(bare) || held(bare).is_some_and(is_unnamed) => Self::Unnamed,
            bare if is_plain_data(bare) => Self::Value,
            bare if has_name_of_future(bare) && !may_mention_impl(bare) => Self::NamedFuture(ty),
            _ => Self::Named(ty),
        }
    }

    /// Whether the type alone says that it is a future.
    pub(crate) fn is_future(&self) -> bool {
        match self {
            Self::Opaque | Self::Boxed(_) | Self::HeldOpaque | Self::HeldBoxed(_) | Self::NamedFuture(_) => true,
            Self::Named(_) | Self::Unnamed | Self::Value => false,
        }
    }
}

/// What the future of an `async fn` comes to: a future inside of it goes on in the same context.
pub(crate) enum AsyncReturns<'a> {
    /// `impl Future`.
    Opaque,
    /// A `Result` or an `Option` of an opaque future.
    HeldOpaque,
    /// A boxed future.
    Boxed,
    /// A type that may be an alias of a boxed future, or a `Result` or an `Option` of one. The compiler finds out.
    Alias(&'a Type),
    /// A type without a name, or one that mentions such a type. The compiler finds out what it is.
    Unnamed(KnownType),
    /// No future.
    Value,
}

impl<'a> AsyncReturns<'a> {
    pub(crate) fn of(output: &'a ReturnType) -> Self {
        let ReturnType::Type(_, ty) = output else {
            return Self::Value;
        };
        let inner = held(ty).unwrap_or(ty);
        match Returns::of_type(ty) {
            Returns::Opaque => Self::Opaque,
            Returns::HeldOpaque => Self::HeldOpaque,
            Returns::Boxed(_) => Self::Boxed,
            Returns::Unnamed => Self::Unnamed(KnownType::Opaque),
            Returns::HeldBoxed(ty) => Self::Alias(ty),
            Returns::Named(ty) if may_mention_impl(ty) => Self::Unnamed(KnownType::Named),
            _ if has_name_of_future(inner) || has_name_of_stream(inner) => Self::Alias(ty),
            _ => Self::Value,
        }
    }
}

/// The type in a `Result` or an `Option`.
fn held(ty: &Type) -> Option<&Type> {
    let name = last_name(ty)?;
    (name == "Result" || name == "Option").then(|| argument(ty))?
}

/// Whether the bound has the name of a trait of futures, streams or sinks. If it is another trait of that name, the
/// compiler refuses the emitted code.
fn is_future(bound: &TypeParamBound) -> bool {
    const NAMES: [&str; 3] = ["Future", "Stream", "Sink"];
    let TypeParamBound::Trait(bound) = bound else {
        return false;
    };
    let last = bound.path.segments.last().map(|segment| segment.ident.to_string());
    last.is_some_and(|last| NAMES.iter().any(|name| last.ends_with(name)))
}

/// Whether the type has the name of a future, be it `std`'s trait or another crate's.
fn has_name_of_future(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| name.ends_with("Future") || name.ends_with("Fut") || name == "AtomicResponse")
}

/// Whether the type has the name of a stream. It need not be a `Stream`: a `TcpStream` is none.
fn has_name_of_stream(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| name.ends_with("Stream"))
}

fn is_opaque_future(ty: &Type) -> bool {
    matches!(bare(ty), Type::ImplTrait(opaque) if opaque.bounds.iter().any(is_future))
}

/// Whether the type is an `impl Trait`, or a macro call that may expand to one.
fn is_unnamed(ty: &Type) -> bool {
    matches!(bare(ty), Type::ImplTrait(_) | Type::Macro(_))
}

fn is_boxed_future(ty: &Type) -> bool {
    match last_name(ty).as_deref() {
        Some("BoxFuture" | "LocalBoxFuture" | "BoxStream" | "LocalBoxStream") => true,
        Some("Pin") => argument(ty).is_some_and(is_box_of_future),
        _ => false,
    }
}

fn is_box_of_future(ty: &Type) -> bool {
    if last_name(ty).as_deref() != Some("Box") {
        return false;
    }
    match argument(ty).map(bare) {
        Some(Type::TraitObject(object)) => object.bounds.iter().any(is_future),
        _ => false,
    }
}
