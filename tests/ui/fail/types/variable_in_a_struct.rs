use contextvars::{ContextVar, NoDefault};

struct Service {
    count: ContextVar<u8, NoDefault>,
}

impl Service {
    fn count(&self) -> Option<u8> {
        self.count.get()
    }
}

fn main() {}
