use contextvars::ContextVar;

fn main() {
    let _make = ContextVar::<u8>::new;
}
