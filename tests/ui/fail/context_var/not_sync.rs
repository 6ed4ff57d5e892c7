use contextvars::context_var;

use std::cell::Cell;

#[context_var]
static COUNT: Cell<u8> = Cell::new(0);

fn main() {}
