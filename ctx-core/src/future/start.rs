//! What a future or a call starts from: the caller's context, or an explicit one.

/// What an annotated future or a call starts from.
pub trait Start: sealed::Sealed {
    /// Whether no wrapper around it applies to anything inside it.
    #[doc(hidden)]
    const IS_EXPLICIT: bool;
}

/// The caller's context.
#[derive(Debug)]
pub enum Captured {}

impl Start for Captured {
    const IS_EXPLICIT: bool = false;
}

/// An explicit context, as `fresh` and bound closures have it: nothing passes through to what is inside, wherever that was
/// captured.
#[derive(Debug)]
pub enum Explicit {}

impl Start for Explicit {
    const IS_EXPLICIT: bool = true;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Captured {}
    impl Sealed for super::Explicit {}
}
