//! The emitted code.
//!
//! 1. `function.rs` picks the kind of a function; `async_fn.rs`, `sync_fn.rs` and `block_on.rs` expand one kind each.
//! 2. `impl_block.rs` annotates or expands the methods of a block.
//! 3. `nested.rs` expands the attributes inside a body, and `closure.rs` the closures among them.
//!
//! These are put together from:
//!
//! 4. `async_block.rs`, the body of an `async fn` in a wrapper, and `written_block.rs`, an `async` block of the user in
//!    one.
//! 5. `params.rs` and `lifetimes.rs`, which move the parameters into the body.
//! 6. `output.rs`, the return type, and `result.rs`, the question whether a result is a future.
//!
//! The `#[allow]`s are in `crate::lints`; the options emit their part themselves, in `options.rs`.

mod async_block;
mod async_fn;
mod block_on;
pub(crate) mod closure;
pub(crate) mod function;
pub(crate) mod impl_block;
mod lifetimes;
pub(crate) mod nested;
mod output;
mod params;
mod result;
mod sync_fn;
pub(crate) mod written_block;
