use contextvars::{Context, context_var};

#[context_var]
static COUNT: u8 = 0;

fn main() {
    Context::new().run(|| {
        let token = COUNT.set(1);
        let _guard = token.guard();
        let _ = COUNT.reset(token);
    });
}
