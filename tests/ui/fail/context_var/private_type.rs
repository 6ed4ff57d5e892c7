#![deny(private_interfaces)]

use contextvars::context_var;

struct Private;

#[context_var]
pub static PRIVATE: Private;

fn main() {}
