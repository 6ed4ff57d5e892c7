use contextvars::bind;

fn main() {
    bind!(|n: u8| n + 1)("one");
}
