//! What may hold a future: a `Result`, an `Option`.

/// A `Result` or an `Option`, of a future among others.
#[diagnostic::on_unimplemented(
    message = "`#[with_context]` can't find the future in `{Self}`",
    note = "write `Result` or `Option` for those of `std`"
)]
pub trait Holder {
    /// What it holds, if anything.
    type Held;
    /// The same with something else in it.
    type With<T>;

    #[doc(hidden)]
    fn map_held<T>(self, f: impl FnOnce(Self::Held) -> T) -> Self::With<T>;
}

impl<F, E> Holder for Result<F, E> {
    type Held = F;
    type With<T> = Result<T, E>;

    fn map_held<T>(self, f: impl FnOnce(F) -> T) -> Result<T, E> {
        self.map(f)
    }
}

impl<F> Holder for Option<F> {
    type Held = F;
    type With<T> = Option<T>;

    fn map_held<T>(self, f: impl FnOnce(F) -> T) -> Option<T> {
        self.map(f)
    }
}
