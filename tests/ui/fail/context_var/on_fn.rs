use contextvars::context_var;

#[context_var]
fn count() -> u8 {
    0
}

fn main() {}
