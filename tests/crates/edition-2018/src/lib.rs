//! The macros in a crate of edition 2018, whose own elided lifetimes and keywords they must keep.

#![deny(warnings)]
#![cfg(test)]

#[path = "../../shapes/mod.rs"]
mod shapes;

use contextvars::with_context;

/// No keyword before edition 2024.
#[with_context]
async fn gen(gen: &str) -> &str {
    gen
}

#[with_context]
fn sync_gen(gen: &mut [u8]) -> Option<&mut u8> {
    gen.first_mut()
}

/// Whose body may do what is unsafe, before edition 2024.
#[with_context]
async unsafe fn first(list: *const u8) -> u8 {
    *list
}

#[with_context]
unsafe fn sync_first(list: *const u8) -> u8 {
    *list
}

#[test]
fn unsafe_bodies() {
    // SAFETY: the future is never polled, so nothing reads through the pointer.
    let future = unsafe { first([1].as_ptr()) };
    drop(future);
    // SAFETY: the array lives to the end of the statement.
    assert_eq!(unsafe { sync_first([2].as_ptr()) }, 2);
}

#[test]
fn later_keywords() {
    let mut future = Box::pin(gen("text"));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let polled = std::future::Future::poll(future.as_mut(), &mut cx);
    assert_eq!(polled, std::task::Poll::Ready("text"));
    assert_eq!(sync_gen(&mut [1]), Some(&mut 1));
}
