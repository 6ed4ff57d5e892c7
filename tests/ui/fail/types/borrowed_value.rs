use contextvars::{Context, context_var};

#[context_var]
static USER: &'static str;

fn main() {
    Context::new().run(|| {
        let user = String::from("alice");
        USER.set(&user);
    });
}
