use contextvars::context_var;

#[context_var]
static COUNT: u8 = 0;

fn main() {
    COUNT.name() = "OTHER";
}
