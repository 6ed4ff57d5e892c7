use contextvars::bind;

fn main() {
    bind!(fn chat() {});
}
