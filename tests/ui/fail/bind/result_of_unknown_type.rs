use contextvars::bind;

fn parsed(parse: impl Fn(&str) -> u8) -> u8 {
    parse("5")
}

fn main() {
    // The same with the type of the result compiles.
    parsed(bind!(move |text| -> u8 { text.parse().unwrap_or_default() }));
    parsed(bind!(move |text| text.parse().unwrap_or_default()));
}
