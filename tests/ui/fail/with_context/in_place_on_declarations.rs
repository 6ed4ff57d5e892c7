use contextvars::with_context;

#[with_context(in_place)]
trait T {
    async fn f(&self);
}

struct S;

#[with_context(in_place)]
impl S {
    fn plain() {}
}

fn main() {
    S::plain();
}
