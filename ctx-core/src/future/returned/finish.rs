//! What is done with a result of each kind: it gets the context that it comes from, or stays as it is, or is refused.

// These are empty: methods are called on them for the sake of their types.
#![allow(clippy::unused_self)]

use crate::future::in_context::InContext;
use crate::future::returned::boxed::Boxed;
use crate::future::returned::holder::Holder;
use crate::future::returned::outcome::{KindOf, Outcome};

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

/// A future in a `Result` or an `Option` whose type is not written.
#[derive(Debug)]
pub struct AsHeld;

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

/// Implemented for nothing.
#[diagnostic::on_unimplemented(
    message = "`#[with_context]` on the `impl` block leaves out this method, though it returns a future or a stream",
    label = "another name of `{Self}`",
    note = "write `#[with_context]` on the method, too, or `#[with_context(skip)]` to leave it as it is"
)]
pub trait LeftOut {}

impl AsBoxed {
    /// Boxes the future again, with its context.
    pub fn finish<R: Boxed>(self, outcome: Outcome<R>) -> R {
        R::boxed(outcome.into_future())
    }
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

    /// Refused.
    pub fn leave_out<R: LeftOut>(self, _: KindOf<R>) {}
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

    /// Refused.
    pub fn leave_out<R: LeftOut>(self, _: KindOf<R>) {}
}

impl AsValue {
    /// The value. Its context is over.
    #[inline]
    pub fn finish<R>(self, outcome: Outcome<R>) -> R {
        let Outcome { result, frame, started } = outcome;
        // Here and not at the end of the block: if what they hold panics when it is dropped, `result` is dropped too.
        drop((frame, started));
        result
    }

    /// Has no need of a context.
    pub fn leave_out<R>(self, _: KindOf<R>) {}
}
