//! The kinds of results that there are: futures, boxed or not, streams, values.
//!
//! The macros don't know types. What they emit asks for the kind of a result by a method call, `(&&&&&kind).__kind()`: the
//! compiler looks through the references from outside in, and takes the first trait that the result's type has.

use crate::future::returned::boxed::Boxed;
use crate::future::returned::finish::{
    AsBoxed, AsFuture, AsGuessed, AsHeld, AsHeldBoxed, AsHeldFuture, AsInferred, AsUnknown, AsValue, BoxedForCertain,
    Inferred,
};
use crate::future::returned::outcome::KindOf;
use std::future::Future;
use std::pin::Pin;

/// Boxed futures and streams.
pub trait BoxedKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsBoxed {
        AsBoxed
    }
}

impl<R: Boxed> BoxedKind for &&&&KindOf<R> {}

/// The same, as the first guess of all: so it is taken for what is not known yet, too.
pub trait GuessedKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsGuessed {
        AsGuessed
    }
}

impl<R: BoxedForCertain> GuessedKind for &&&&KindOf<R> {}

/// The same, and what is never returned: so this, too, is taken for what is not known yet.
pub trait InferredKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsInferred {
        AsInferred
    }
}

impl<R: Inferred> InferredKind for &&&&KindOf<R> {}

/// Futures of a type that may change.
pub trait FutureKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsFuture {
        AsFuture
    }
}

impl<R: Future> FutureKind for &&&KindOf<R> {}

/// Futures of a type that is written and must stay: unless boxed they are refused.
pub trait WrittenFutureKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsBoxed {
        AsBoxed
    }
}

impl<R: Future> WrittenFutureKind for &&&KindOf<R> {}

/// Streams of a type that may change.
#[cfg(feature = "futures")]
pub trait StreamKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsFuture {
        AsFuture
    }
}

#[cfg(feature = "futures")]
impl<R: futures_core::Stream> StreamKind for &&KindOf<R> {}

/// What is pinned, and neither a future nor a stream that is known here, is most likely another kind of future: refused.
pub trait PinnedKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsBoxed {
        AsBoxed
    }
}

impl<P> PinnedKind for &KindOf<Pin<P>> {}

/// Boxed futures and streams in a `Result` or an `Option`.
pub trait HeldBoxedKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsHeldBoxed {
        AsHeldBoxed
    }
}

impl<R: Boxed, E> HeldBoxedKind for &&&KindOf<Result<R, E>> {}
impl<R: Boxed> HeldBoxedKind for &&&KindOf<Option<R>> {}

/// Futures of a type that may change, in a `Result` or an `Option`.
pub trait HeldFutureKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsHeldFuture {
        AsHeldFuture
    }
}

impl<R: Future, E> HeldFutureKind for &&KindOf<Result<R, E>> {}
impl<R: Future> HeldFutureKind for &&KindOf<Option<R>> {}

/// Futures of a type that is written and must stay, in a `Result` or an `Option`: unless boxed they are refused.
pub trait WrittenHeldKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsHeldBoxed {
        AsHeldBoxed
    }
}

impl<R: Future, E> WrittenHeldKind for &&KindOf<Result<R, E>> {}
impl<R: Future> WrittenHeldKind for &&KindOf<Option<R>> {}

/// Streams of a type that may change, in a `Result` or an `Option`.
#[cfg(feature = "futures")]
pub trait HeldStreamKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsHeldFuture {
        AsHeldFuture
    }
}

#[cfg(feature = "futures")]
impl<R: futures_core::Stream, E> HeldStreamKind for &KindOf<Result<R, E>> {}
#[cfg(feature = "futures")]
impl<R: futures_core::Stream> HeldStreamKind for &KindOf<Option<R>> {}

/// Futures in a `Result` or an `Option`.
pub trait HeldKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsHeld {
        AsHeld
    }
}

impl<R: Future, E> HeldKind for &KindOf<Result<R, E>> {}
impl<R: Future> HeldKind for &KindOf<Option<R>> {}

/// What can be moved after a poll: neither an `async` block, nor a type parameter that could stand for one.
pub trait MovableKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsValue {
        AsValue
    }
}

impl<R: Unpin> MovableKind for KindOf<R> {}

/// All that is left.
pub trait AnyKind {
    /// See the module.
    #[inline]
    fn __kind(&self) -> AsValue {
        AsValue
    }
}

impl<R> AnyKind for KindOf<R> {}

/// What may be a future or not.
pub trait UnknownKind: Sized {
    /// See the module.
    fn __kind(self) -> AsUnknown {
        AsUnknown
    }
}

impl<R> UnknownKind for KindOf<R> {}

/// A value that is no future is checked to be none: one impl holds for all types, and another for futures too, so that for
/// those the compiler can't tell which is meant. Unlike a method call it waits until the type is known.
pub trait NotAFuture<Which> {}

/// The impl for all types.
#[derive(Debug)]
pub struct Plain;

/// That for futures, and those for what holds one.
#[derive(Debug)]
pub struct OfFuture;

/// The same for streams.
#[cfg(feature = "futures")]
#[derive(Debug)]
pub struct OfStream;

impl<R: ?Sized> NotAFuture<Plain> for R {}
impl<R: Future + ?Sized> NotAFuture<OfFuture> for R {}
impl<R: Future, E> NotAFuture<(OfFuture, E)> for Result<R, E> {}
impl<R: Future> NotAFuture<(OfFuture,)> for Option<R> {}
#[cfg(feature = "futures")]
impl<R: futures_core::Stream + ?Sized> NotAFuture<OfStream> for R {}

/// The kinds that the result of a closure can have whose type is not written.
pub mod derived {
    #[cfg(feature = "futures")]
    pub use super::StreamKind;
    pub use super::{FutureKind, GuessedKind, HeldKind, MovableKind, PinnedKind, UnknownKind};
}

/// The kinds that a result can have whose type is written, and must stay.
pub mod written {
    pub use super::{AnyKind, BoxedKind, HeldBoxedKind, PinnedKind, WrittenFutureKind};
}

/// The same of a type that is written in part, where what is left out may not be known yet.
pub mod written_in_part {
    pub use super::{AnyKind, BoxedKind, PinnedKind, WrittenFutureKind};
}

/// The kinds that the result of a function can have whose type is written, and must stay.
pub mod named {
    pub use super::{AnyKind, BoxedKind, HeldBoxedKind, PinnedKind, WrittenFutureKind, WrittenHeldKind};
}

/// The kinds that the result of a method can have that is not annotated.
pub mod left_out {
    pub use super::{AnyKind, FutureKind, HeldFutureKind};
    #[cfg(feature = "futures")]
    pub use super::{HeldStreamKind, StreamKind};
}

/// The kinds that a result can have whose type is opaque.
pub mod opaque {
    pub use super::{AnyKind, FutureKind, HeldBoxedKind, HeldFutureKind, InferredKind};
    #[cfg(feature = "futures")]
    pub use super::{HeldStreamKind, StreamKind};
}
