//! What a function or a closure has returned: a future, which goes on in the context that made it, or a plain value.
//!
//! The macros don't know types. What they emit asks for the kind of a result by a method call, `(&&&&&kind).__kind()`: the
//! compiler looks through the references from outside in, and takes the first trait that the result's type has.

// Kinds are empty: methods are called on them for the sake of their types.
#![allow(clippy::unused_self)]

use crate::boxed::Boxed;
use crate::frame::{Frame, Origin};
use crate::layer::{Begun, Change, Layer};
use crate::map::Map;
use crate::returning::Holder;
use crate::wrapper::InContext;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

/// A result, and the context in which it came about.
pub struct Outcome<R> {
    pub(crate) result: R,
    pub(crate) frame: Frame,
    pub(crate) started: Started,
}

/// What that context started from.
pub(crate) struct Started {
    pub(crate) bindings: Map,
    pub(crate) locals: Map,
    pub(crate) origin: Origin,
}

impl<R> Outcome<R> {
    /// The type of the result, to be asked for its kind.
    #[must_use]
    #[inline]
    pub fn __kind(&self) -> KindOf<R> {
        KindOf(PhantomData)
    }

    /// The same of what is held, if anything.
    pub(crate) fn map_held<T>(self, f: impl FnOnce(Outcome<R::Held>) -> T) -> R::With<T>
    where
        R: Holder,
    {
        let Self { result, frame, started } = self;
        result.map_held(|result| f(Outcome { result, frame, started }))
    }

    /// The future, which goes on in the context.
    pub(crate) fn into_future(self) -> InContext<R> {
        let Self { result, frame, started } = self;
        let origin = started.origin;
        let change = if is_untouched(&frame, &started.bindings) {
            Change::Nothing
        } else {
            Change::Begun(Box::new(Begun::of(&frame, &started.bindings, &started.locals)))
        };
        InContext::new(result, frame.bindings, origin, Layer { origin, change })
    }
}

/// Whether nothing was written in the frame, and nothing captured: then the future is as one that starts from the capture.
fn is_untouched(frame: &Frame, captured: &Map) -> bool {
    frame.identity == 0 && !frame.clock.has_room() && frame.bindings.ptr_eq(captured)
}

/// A type whose kind is asked for.
#[derive(Debug)]
pub struct KindOf<R>(PhantomData<fn() -> R>);

impl<R> KindOf<R> {
    /// The type that is written.
    #[must_use]
    pub fn written() -> Self {
        Self(PhantomData)
    }

    /// The type of what `future` comes to.
    #[must_use]
    pub fn output<F: Future<Output = R>>(_: &F) -> Self {
        Self(PhantomData)
    }
}

/// A boxed future or stream, which stays of its type.
#[derive(Debug)]
pub struct AsBoxed;

/// A boxed future or stream, or what is never returned.
#[derive(Debug)]
pub struct AsInferred;

/// A future or stream.
#[derive(Debug)]
pub struct AsFuture;

/// Anything else.
#[derive(Debug)]
pub struct AsValue;

/// A boxed future, if it is one.
#[derive(Debug)]
pub struct AsGuessed;

/// What can't be told.
#[derive(Debug)]
pub struct AsUnknown;

/// A boxed future or stream in a `Result` or an `Option`, which stays of its type.
#[derive(Debug)]
pub struct AsHeldBoxed;

/// A future or stream in a `Result` or an `Option`.
#[derive(Debug)]
pub struct AsHeldFuture;

/// Boxed futures, for the sake of what is said where the type of a result is found out too late.
#[diagnostic::on_unimplemented(
    message = "the type of this closure's result is not known here, nor whether it is a future",
    label = "write the type, `|..| -> T {{ .. }}`: it is known too late to be `{Self}`",
    note = "a future that a closure returns gets the closure's context"
)]
pub trait BoxedForCertain: Boxed {}

#[diagnostic::do_not_recommend]
impl<R: Boxed> BoxedForCertain for R {}

/// Boxed futures, and what the type of a body comes to that never returns, such as `todo!()`: that is told last of all.
pub trait Inferred: Sized {
    #[doc(hidden)]
    fn boxed_by(self, wrap: impl FnOnce(Self) -> InContext<Self>) -> Self;
}

impl<R: Boxed> Inferred for R {
    fn boxed_by(self, wrap: impl FnOnce(R) -> InContext<R>) -> R {
        R::boxed(wrap(self))
    }
}

/// Names `!`, which stable Rust lets nobody write but as a return type.
pub trait Returning {
    #[doc(hidden)]
    type Type;
}

impl<R> Returning for fn() -> R {
    type Type = R;
}

impl Inferred for <fn() -> ! as Returning>::Type {
    fn boxed_by(self, _: impl FnOnce(Self) -> InContext<Self>) -> Self {
        self
    }
}

/// What `!` comes to before the edition of 2024.
impl Inferred for () {
    fn boxed_by(self, _: impl FnOnce(()) -> InContext<()>) {}
}

/// A future in something else.
#[derive(Debug)]
pub struct AsHeld;

/// Implemented for nothing.
#[diagnostic::on_unimplemented(
    message = "the future in `{Self}` would be without the closure's context",
    label = "write the result's type, `|..| -> {Self} {{ .. }}`: then a boxed future in it is covered, any other left as it is",
    note = "or give the future a context where it is made: `bind!(async move {{ .. }})`, `.in_current_context()`"
)]
pub trait HoldsNoFuture {}

/// Implemented for nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may be a future, and would then need the closure's context",
    label = "if it is none, write that this is the result's type, `|..| -> {Self} {{ .. }}`",
    note = "if it is one, bound it by `Future`"
)]
pub trait NoFuture {}

impl AsBoxed {
    /// Boxes the future again, with its context.
    pub fn finish<R: Boxed>(self, outcome: Outcome<R>) -> R {
        R::boxed(outcome.into_future())
    }
}

/// Implemented for nothing.
#[diagnostic::on_unimplemented(
    message = "`#[with_context]` on the `impl` block leaves out this method, though it returns a future or a stream",
    label = "another name of `{Self}`",
    note = "write `#[with_context]` on the method, too, or `#[with_context(skip)]` to leave it as it is"
)]
pub trait LeftOut {}

impl AsFuture {
    /// Refused.
    pub fn leave_out<R: LeftOut>(self, _: KindOf<R>) {}
}

impl AsHeldFuture {
    /// Refused.
    pub fn leave_out<R: LeftOut>(self, _: KindOf<R>) {}
}

impl AsValue {
    /// Has no need of a context.
    pub fn leave_out<R>(self, _: KindOf<R>) {}
}

impl AsInferred {
    /// See the trait.
    pub fn finish<R: Inferred>(self, outcome: Outcome<R>) -> R {
        let Outcome { result, frame, started } = outcome;
        result.boxed_by(|result| Outcome { result, frame, started }.into_future())
    }
}

impl AsHeldBoxed {
    /// Boxes the future again that may be held, with its context.
    pub fn finish<R: Holder<Held: Boxed>>(self, outcome: Outcome<R>) -> R::With<R::Held> {
        outcome.map_held(|held| AsBoxed.finish(held))
    }
}

impl AsHeldFuture {
    /// Wraps the future that may be held.
    pub fn finish<R: Holder>(self, outcome: Outcome<R>) -> R::With<InContext<R::Held>> {
        outcome.map_held(Outcome::into_future)
    }
}

impl AsGuessed {
    /// As of a boxed future.
    pub fn finish<R: BoxedForCertain>(self, outcome: Outcome<R>) -> R {
        AsBoxed.finish(outcome)
    }
}

impl AsHeld {
    /// Refused.
    pub fn finish<R: HoldsNoFuture>(self, outcome: Outcome<R>) -> R {
        AsValue.finish(outcome)
    }
}

impl AsUnknown {
    /// Refused.
    pub fn finish<R: NoFuture>(self, outcome: Outcome<R>) -> R {
        AsValue.finish(outcome)
    }
}

impl AsFuture {
    /// Wraps the future.
    pub fn finish<R>(self, outcome: Outcome<R>) -> InContext<R> {
        outcome.into_future()
    }
}

impl AsValue {
    /// The value. Its context is over.
    #[inline]
    pub fn finish<R>(self, outcome: Outcome<R>) -> R {
        outcome.result
    }
}

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

impl<R> std::fmt::Debug for Outcome<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outcome").finish_non_exhaustive()
    }
}
