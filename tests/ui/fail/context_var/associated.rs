use contextvars::context_var;

struct Service;

impl Service {
    #[context_var]
    static COUNT: u8 = 0;
}

fn main() {}
