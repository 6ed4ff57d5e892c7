use contextvars::with_context;

#[with_context]
struct Service;

fn main() {
    let _ = Service;
}
