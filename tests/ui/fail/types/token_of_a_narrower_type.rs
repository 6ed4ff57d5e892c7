use contextvars::Token;

type Any = for<'a> fn(&'a u8) -> u8;
type Forever = fn(&'static u8) -> u8;

fn narrower(token: Token<Any>) -> Token<Forever> {
    token
}

fn main() {
    let _ = narrower;
}
