use contextvars::context_var;

#[context_var]
static COUNT = 0;

fn main() {
    let _: u8 = COUNT.get();
}
