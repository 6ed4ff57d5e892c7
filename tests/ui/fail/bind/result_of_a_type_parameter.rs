use contextvars::bind;

fn twice<R>(call: impl Fn() -> R) -> (R, R) {
    let bound = bind!(|| call());
    (bound(), bound())
}

fn main() {
    twice(|| 1);
}
