use contextvars::context_var;

#[context_var]
static SHOWN: Box<impl std::fmt::Debug> = Box::new(0);

fn main() {
    let _: Box<dyn std::fmt::Debug> = SHOWN.get();
}
