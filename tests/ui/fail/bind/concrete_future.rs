use contextvars::bind;
use std::future::{Ready, ready};

fn main() {
    drop(bind!(|| -> Ready<u8> { ready(1) })());
}
