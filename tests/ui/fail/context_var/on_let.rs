use contextvars::context_var;

fn main() {
    #[context_var]
    let count = 0;
}
