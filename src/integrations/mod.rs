//! What connects context variables with other crates: a file or a folder for each crate, behind a feature of its name.
//!
//! - `inherit.rs` has [`Inherit`], an adapter for executors; `futures.rs` and `hyper.rs` implement their executors'
//!   traits for it.
//! - `tower/` has the layers. `tower/body.rs` is the one for the bodies of the crate `http-body`, whose `Body` is
//!   implemented for `InContext` in `contextvars-core`, as `Stream` and `Sink` of `futures` are.
//! - `baggage/` writes variables into headers and reads them; `tower/baggage/` has the layers that do so, and
//!   `baggage/propagator.rs` does it for opentelemetry.
//! - `lost.rs` adds `log()`, which writes what is lost to the log, to the module of `contextvars-core`.
//! - `tokio/` has tokio's own ways to spawn, with tasks that inherit.
//! - `log.rs` and `tracing/` show variables in logs. Both use `context_fields.rs`, the choice of the variables that a
//!   log shows, and `field_value.rs`, their values.
//!
//! Only `contextvars_core` is used here, and nothing from the root of the crate, which re-exports all of this.

#[cfg(feature = "baggage")]
pub mod baggage;
#[cfg(any(feature = "log", feature = "tracing"))]
mod context_fields;
#[cfg(any(feature = "log", feature = "tracing"))]
mod field_value;
#[cfg(feature = "futures")]
mod futures;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(any(feature = "futures", feature = "hyper"))]
mod inherit;
#[cfg(feature = "log")]
pub mod log;
pub mod lost;
#[cfg(feature = "tokio")]
pub mod tokio;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "tracing")]
pub mod tracing;

#[cfg(any(feature = "futures", feature = "hyper"))]
pub use inherit::Inherit;
