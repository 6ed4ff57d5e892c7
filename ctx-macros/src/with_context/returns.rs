//! What the return type of a function that is not `async` says about it.

use super::outcome::Known;
use super::types::{argument, bare, is_plain_data, last_name, may_mention_impl};
use syn::{ReturnType, Type, TypeParamBound};

pub(super) enum Returns<'a> {
    /// `impl Future`, `impl Stream`: can be wrapped.
    Opaque,
    /// A boxed future or stream: can be boxed again.
    Boxed(&'a Type),
    /// A `Result` or an `Option` of an opaque one.
    HeldOpaque,
    /// A `Result` or an `Option` of a boxed one.
    HeldBoxed(&'a Type),
    /// Called a future, but not known: can be boxed again if the compiler knows it, and else is refused.
    Called(&'a Type),
    /// Could be an alias of a boxed future, or hold one: the compiler knows.
    Named(&'a Type),
    /// Another `impl Trait`, or what a macro stands for, which may be one; or a `Result` or an `Option` of that. Nobody can
    /// name it, and it is not known to be a future.
    Unnamed,
    /// No future.
    Value,
}

impl<'a> Returns<'a> {
    pub(super) fn of(output: &'a ReturnType) -> Self {
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
            bare if is_called_a_future(bare) && !may_mention_impl(bare) => Self::Called(ty),
            _ => Self::Named(ty),
        }
    }
}

/// What an `async fn` returns, as far as it could go on in the context.
pub(super) enum Later<'a> {
    /// `impl Future`, `impl Stream`.
    Opaque,
    /// A `Result` or an `Option` of that.
    HeldOpaque,
    /// A boxed future or stream.
    Boxed,
    /// Could be an alias of a boxed future or stream, or a `Result` or an `Option` of one: the compiler knows.
    Alias(&'a Type),
    /// What nobody can name, or a type that mentions it: the compiler knows what it is.
    Inferred(Known),
    /// None of these.
    Value,
}

impl<'a> Later<'a> {
    pub(super) fn of(output: &'a ReturnType) -> Self {
        let ReturnType::Type(_, ty) = output else {
            return Self::Value;
        };
        let inner = held(ty).unwrap_or(ty);
        match Returns::of_type(ty) {
            Returns::Opaque => Self::Opaque,
            Returns::HeldOpaque => Self::HeldOpaque,
            Returns::Boxed(_) => Self::Boxed,
            Returns::Unnamed => Self::Inferred(Known::Opaque),
            Returns::HeldBoxed(ty) => Self::Alias(ty),
            Returns::Named(ty) if may_mention_impl(ty) => Self::Inferred(Known::Named),
            _ if is_called_a_future(inner) || is_called_a_stream(inner) => Self::Alias(ty),
            _ => Self::Value,
        }
    }
}

/// What is in a `Result` or in an `Option`.
fn held(ty: &Type) -> Option<&Type> {
    let name = last_name(ty)?;
    (name == "Result" || name == "Option").then(|| argument(ty))?
}

/// Whether the trait is one of futures, streams or sinks. Of a trait that is only called so, the compiler says whether what
/// is emitted implements it.
fn is_future(bound: &TypeParamBound) -> bool {
    const NAMES: [&str; 3] = ["Future", "Stream", "Sink"];
    let TypeParamBound::Trait(bound) = bound else {
        return false;
    };
    let last = bound.path.segments.last().map(|segment| segment.ident.to_string());
    last.is_some_and(|last| NAMES.iter().any(|name| last.ends_with(name)))
}

/// Whether the name is that of a future, of `std`'s kind or of another's.
fn is_called_a_future(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| name.ends_with("Future") || name.ends_with("Fut") || name == "AtomicResponse")
}

/// Whether the name is that of a stream, or of something else that streams: a `TcpStream` is no `Stream`.
fn is_called_a_stream(ty: &Type) -> bool {
    last_name(ty).is_some_and(|name| name.ends_with("Stream"))
}

fn is_opaque_future(ty: &Type) -> bool {
    matches!(bare(ty), Type::ImplTrait(opaque) if opaque.bounds.iter().any(is_future))
}

/// Whether it is an `impl Trait`, or may be.
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
