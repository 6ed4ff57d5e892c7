use contextvars::with_context;

#[with_context]
const fn one() -> u8 {
    1
}

fn main() {
    one();
}
