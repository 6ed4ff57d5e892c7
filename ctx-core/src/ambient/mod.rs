//! Ambient state: what other crates keep in thread-locals of their own, such as a span or a hub.
//!
//! An application names the kinds that it wants carried, once. What captures a context for a future or a closure captures
//! these too, and each poll, call and drop enters those that the thread has none of (rules R13 and R14). Nothing here
//! knows of variables or contexts. `state` says what a kind is, `registry` has those that are carried, [`carried`] what
//! one capture carries, and `reentrancy` keeps them from calling themselves.

pub(crate) mod carried;
mod reentrancy;
mod registry;
mod state;

pub use self::state::Ambient;

pub(crate) use self::registry::{capture, is_any_registered, names};

/// Carries `A` from now on: every capture takes along what the thread has of it.
///
/// Call it once, at start-up. Captures that were made before have none of it. Calling it twice does nothing. There is no
/// call to stop it.
///
/// What captures for a future or a closure carries: a call of an annotated function, `in_current_context`, `scope`, `bind`,
/// `bind_fn`, `bind!` and the tower layers. A [`Context`](crate::Context) carries nothing, so a snapshot in a pool keeps no
/// span open. What is explicit carries nothing either: `#[with_context(fresh)]`, `in_context` and
/// [`outside`](crate::outside). What was captured is let go when the future or closure is dropped or has ended.
///
/// A capture and a poll take two more instructions each, whether anything is carried or not. Once a kind is carried, a
/// capture asks it what there is. If there is something it allocates, and each poll of its future asks the kind whether it
/// is present: `benches/` measures that beside `tracing`'s own wrapper.
///
/// # Panics
///
/// If 64 other kinds are carried already.
pub fn carry<A: Ambient>() {
    registry::register::<A>();
}
