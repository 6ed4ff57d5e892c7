//! The context as a value: made, built, looked into, taken, run.

#[path = "../common/mod.rs"]
mod common;

mod contents;
mod differences;
mod looks;
mod runs;
mod snapshots;

use contextvars::context_var;

#[context_var]
static NUMBER: u32 = 42;
#[context_var]
static BARE: u32;
#[context_var]
static TEXT: String;
