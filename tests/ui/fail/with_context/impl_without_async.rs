use contextvars::with_context;

struct Service;

#[with_context]
impl Service {
    fn name(&self) -> &str {
        "service"
    }
}

fn main() {}
