use contextvars::bind;

fn each(call: impl Fn(String) -> usize) -> usize {
    call(String::new())
}

fn main() {
    // The same with `move`, or with the type of the argument, compiles.
    each(bind!(move |text| text.len()));
    each(bind!(|text: String| text.len()));
    each(bind!(|text| text.len()));
}
