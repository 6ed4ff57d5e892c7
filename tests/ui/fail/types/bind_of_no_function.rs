use contextvars::bind;

fn main() {
    let _bound = bind(7);
}
