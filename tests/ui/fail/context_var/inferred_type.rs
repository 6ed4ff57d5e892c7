use contextvars::context_var;

#[context_var]
static COUNTS: Vec<_> = vec![0];

fn main() {
    let _: Vec<u8> = COUNTS.get();
}
