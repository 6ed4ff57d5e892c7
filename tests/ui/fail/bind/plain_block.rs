use contextvars::bind;

fn main() {
    bind!({ 1 });
}
