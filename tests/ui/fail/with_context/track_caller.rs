use contextvars::with_context;

#[with_context]
#[track_caller]
fn run() -> u32 {
    std::panic::Location::caller().line()
}

fn main() {
    run();
}
