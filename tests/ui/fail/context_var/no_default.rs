use contextvars::context_var;

#[context_var]
static COUNT: u8;

fn main() {
    let _: u8 = COUNT.get();
}
