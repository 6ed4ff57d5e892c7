//! The value of a variable as a log writes it: a string, a number, or the output of its `Debug`.

use std::borrow::Cow;
use std::sync::Arc;

use contextvars_core::Shown;

/// A value, by the types that formats such as JSON distinguish.
#[derive(Debug)]
pub(crate) enum FieldValue<'a> {
    Str(&'a str),
    Char(char),
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    SignedWide(i128),
    UnsignedWide(u128),
    Single(f32),
    Double(f64),
    /// Any other type, and every redacted value.
    Other,
}

impl<'a> FieldValue<'a> {
    pub(crate) fn of(value: Shown<'a>) -> Self {
        if value.is_redacted() {
            return Self::Other;
        }
        str_of(value)
            .map(Self::Str)
            .or_else(|| unsigned_of(value).map(Self::Unsigned))
            .or_else(|| signed_of(value).map(Self::Signed))
            .or_else(|| copied(value).map(Self::Bool))
            .or_else(|| copied(value).map(Self::Double))
            .or_else(|| copied(value).map(Self::Single))
            .or_else(|| copied(value).map(Self::Char))
            .or_else(|| copied(value).map(Self::UnsignedWide))
            .or_else(|| copied(value).map(Self::SignedWide))
            .unwrap_or(Self::Other)
    }
}

fn str_of(value: Shown<'_>) -> Option<&str> {
    fn deref<T: AsRef<str> + 'static>(value: Shown<'_>) -> Option<&str> {
        value.downcast_ref::<T>().map(AsRef::as_ref)
    }
    deref::<String>(value)
        .or_else(|| deref::<&str>(value))
        .or_else(|| deref::<Arc<str>>(value))
        .or_else(|| deref::<Box<str>>(value))
        .or_else(|| deref::<Cow<'static, str>>(value))
}

fn unsigned_of(value: Shown<'_>) -> Option<u64> {
    int::<u64, _>(value)
        .or_else(|| int::<u32, _>(value))
        .or_else(|| int::<usize, _>(value))
        .or_else(|| int::<u16, _>(value))
        .or_else(|| int::<u8, _>(value))
}

fn signed_of(value: Shown<'_>) -> Option<i64> {
    int::<i64, _>(value)
        .or_else(|| int::<i32, _>(value))
        .or_else(|| int::<isize, _>(value))
        .or_else(|| int::<i16, _>(value))
        .or_else(|| int::<i8, _>(value))
}

fn int<T: Copy + TryInto<U> + 'static, U>(value: Shown<'_>) -> Option<U> {
    copied::<T>(value)?.try_into().ok()
}

fn copied<T: Copy + 'static>(value: Shown<'_>) -> Option<T> {
    value.downcast_ref().copied()
}
