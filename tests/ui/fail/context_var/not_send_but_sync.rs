use contextvars::context_var;

use std::sync::MutexGuard;

#[context_var]
static LOCKED: MutexGuard<'static, u8>;

fn main() {}
