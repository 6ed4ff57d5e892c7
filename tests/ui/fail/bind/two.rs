use contextvars::bind;

fn main() {
    drop(bind!(|| 1, || 2));
}
