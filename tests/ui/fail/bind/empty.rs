use contextvars::bind;

fn main() {
    bind!();
}
