//! Where a boundary is that one does not see: callbacks of things that requests share, batches, initializers, defaults,
//! futures that move, and what is dropped by somebody else. Each test shows what happens, and what to write.

mod batches;
mod callbacks;
mod defaults;
mod drops;
mod initializers;
mod moved;

use contextvars::context_var;

#[context_var]
static USER: &'static str = "nobody";
