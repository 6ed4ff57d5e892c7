//! The macros take every shape of item that Rust has, and what they emit means what was written.
//!
//! Nothing that they emit may warn, whatever lints a user turns on. `tests/SHAPES.md` is the table of shapes.

#![forbid(unsafe_code)]
#![deny(
    warnings,
    unreachable_pub,
    unused_qualifications,
    unused_results,
    rust_2018_idioms,
    missing_debug_implementations
)]
#![deny(clippy::all, clippy::pedantic)]
#![deny(
    clippy::used_underscore_binding,
    clippy::no_effect_underscore_binding,
    clippy::shadow_same,
    clippy::let_underscore_must_use
)]

mod async_fns;
mod attributes;
mod bind;
mod bindings;
mod closures;
mod declarations;
mod drop_order;
mod entry_points;
mod futures_of_closures;
mod hygiene;
mod impl_blocks;
mod in_place;
mod levels;
mod other_macros;
mod receivers;
mod returned_futures;
mod signatures;
mod sizes;
mod sync_fns;
mod table;

use contextvars::context_var;

#[context_var]
static USER: &'static str = "nobody";

mod vars {
    #[contextvars::context_var]
    pub(crate) static DEPTH: usize;
}

/// Drives a future that waits for nothing outside.
fn run<F: Future>(future: F) -> F::Output {
    futures::executor::block_on(future)
}
