//! What `set` gives back, and what `reset` and a guard make of it.

#[path = "../common/mod.rs"]
mod common;

mod guards;
mod resets;

use contextvars::context_var;

#[context_var]
static NUMBER: u32 = 42;
#[context_var]
static BARE: u32;
#[context_var]
static TWIN: u32;
#[context_var]
static TEXT: String;
