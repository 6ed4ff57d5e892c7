use contextvars::with_context;
use contextvars_ui_attributes::threaded;

#[with_context]
#[threaded]
fn above() {}

#[threaded]
#[with_context]
fn below() {
    above();
}

fn main() {
    below();
}
