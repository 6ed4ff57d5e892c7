//! How the value of a variable becomes text, and text a value.

use super::percent::Encoder;
use contextvars_core::{ContextVar, Kind, Value};
use std::fmt::{self, Display, Write as _};
use std::panic::Location;
use std::str::FromStr;

/// A variable whose values are sent as text.
pub(super) trait Codec: Send + Sync {
    /// Writes the value that is bound in the current context, or returns `None` if none is.
    fn write(&self, place: &'static Location<'static>, encoder: &mut Encoder<'_>) -> Option<fmt::Result>;

    /// Sets the variable in the current context to what the text stands for, or says why it stands for nothing.
    fn read(&self, place: &'static Location<'static>, text: &str) -> Result<(), String>;
}

/// The type's own `Display` and `FromStr`.
pub(super) struct OwnText<T: Value, D: Kind>(pub(super) &'static ContextVar<T, D>);

impl<T, D: Kind> Codec for OwnText<T, D>
where
    T: Value + Display + FromStr<Err: Display>,
{
    fn write(&self, place: &'static Location<'static>, encoder: &mut Encoder<'_>) -> Option<fmt::Result> {
        self.0.with_bound_at(place, |value| write!(encoder, "{value}"))
    }

    fn read(&self, place: &'static Location<'static>, text: &str) -> Result<(), String> {
        let value = text.parse().map_err(|error: T::Err| error.to_string())?;
        set(self.0, place, value);
        Ok(())
    }
}

/// Two functions that the user gives.
pub(super) struct Functions<T: Value, D: Kind, To, From> {
    pub(super) var: &'static ContextVar<T, D>,
    pub(super) to_text: To,
    pub(super) from_text: From,
}

impl<T: Value, D: Kind, To, From, E: Display> Codec for Functions<T, D, To, From>
where
    To: Fn(&T) -> String + Send + Sync,
    From: Fn(&str) -> Result<T, E> + Send + Sync,
{
    fn write(&self, place: &'static Location<'static>, encoder: &mut Encoder<'_>) -> Option<fmt::Result> {
        self.var
            .with_bound_at(place, |value| encoder.write_str(&(self.to_text)(value)))
    }

    fn read(&self, place: &'static Location<'static>, text: &str) -> Result<(), String> {
        let value = (self.from_text)(text).map_err(|error| error.to_string())?;
        set(self.var, place, value);
        Ok(())
    }
}

fn set<T: Value, D: Kind>(var: &'static ContextVar<T, D>, place: &'static Location<'static>, value: T) {
    let set = var.try_set_at(value, place);
    debug_assert!(set.is_ok(), "whoever reads has entered a context");
}
