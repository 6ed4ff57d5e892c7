use contextvars::context_var;
use std::rc::Rc;

struct App {
    _name: Rc<str>,
}

#[context_var]
static APP: App;

fn main() {}
