use contextvars::{Context, context_var};

#[context_var]
static COUNT: u8 = 0;

fn main() {
    Context::new().run(|| {
        let guard = COUNT.set(1).guard();
        drop(guard);
        COUNT.set(2);
        drop(guard);
    });
}
