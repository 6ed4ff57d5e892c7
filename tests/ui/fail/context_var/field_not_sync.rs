use contextvars::context_var;
use std::cell::RefCell;
use std::sync::Arc;

struct App {
    _cart: RefCell<Vec<u32>>,
}

#[context_var]
static APP: Arc<App>;

fn main() {}
