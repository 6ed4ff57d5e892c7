use contextvars::with_context;

#[with_context]
#[cfg_attr(all(), track_caller)]
async fn run() -> u32 {
    std::panic::Location::caller().line()
}

fn main() {
    drop(run());
}
