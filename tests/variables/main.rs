//! What a variable is: a name, a type, an identity, perhaps a default.

#[path = "../common/mod.rs"]
mod common;

mod defaults;
mod identity;
mod locals;
mod values;

use contextvars::context_var;

#[context_var]
static NUMBER: u32 = 42;
#[context_var]
static BARE: u32;
#[context_var]
static TEXT: String = "default".to_owned();
