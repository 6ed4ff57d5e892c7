use contextvars::{Context, context_var};

#[context_var]
static COUNT: u8 = 0;

fn main() {
    Context::new().run(|| {
        let token = COUNT.set(1);
        let _outer = token.guard();
        let _inner = token.guard();
    });
}
