use contextvars::with_context;

fn parsed(parse: impl Fn(&str) -> u8) -> u8 {
    parse("5")
}

#[with_context]
fn annotated() -> u8 {
    parsed(
        #[with_context]
        move |text| text.parse().unwrap_or_default(),
    )
}

fn main() {
    annotated();
}
