//! Context variables for async Rust.

#![forbid(unsafe_code)]

pub use contextvars_core::*;
#[cfg(feature = "macros")]
pub use contextvars_macros::{context_var, with_context};

#[doc(hidden)]
pub use contextvars_core::__private;
