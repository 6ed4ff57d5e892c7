#![deny(unreachable_pub)]

mod vars {
    use contextvars::context_var;

    #[context_var]
    pub static COUNT: u8 = 0;
}

fn main() {
    let _ = vars::COUNT.get();
}
