use contextvars::context_var;

use std::rc::Rc;

#[context_var]
static COUNT: Rc<u8>;

fn main() {}
