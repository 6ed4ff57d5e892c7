use contextvars::context_var;

#[context_var]
static mut COUNT: u8 = 0;

fn main() {
    COUNT.get();
}
