//! R13: what an application registers is carried by every capture, and entered where the thread has none of its kind.
//!
//! Registrations are for the process, and tests run beside each other. So each kind keeps its state in a thread-local, and
//! a thread that has none captures none.

#![cfg(all(feature = "futures", feature = "http-body", feature = "tower"))]
#![allow(
    clippy::items_after_statements,
    reason = "an annotated function stands beside its use"
)]
#![allow(clippy::redundant_async_block, reason = "`bind!` wants a block")]

#[path = "../common/mod.rs"]
mod common;
mod program;
mod reckoned;
mod script;
mod tag;

mod captures;
mod dropped;
mod entered;
mod executors;
mod explicit;
mod extremes;
mod hostile;
mod kinds;
mod let_go;
mod limit;
mod misuse;
mod outputs;
mod random;
mod shape;
mod with_contexts;
