#![deny(warnings)]

use contextvars::{context_var, with_context};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[context_var]
static USER: &'static str = "nobody";

/// # Safety
///
/// `text` must point to a byte.
#[with_context(USER = "alice")]
async unsafe fn first(text: *const u8) -> (u8, &'static str) {
    // SAFETY: the caller promises it.
    (unsafe { *text }, USER.get())
}

#[with_context]
unsafe extern "C" fn first_now(text: *const u8) -> u8 {
    // SAFETY: the caller promises it.
    unsafe { *text }
}

fn main() {
    let text = b"a";
    // SAFETY: it points to one.
    let future = pin!(unsafe { first(text.as_ptr()) });
    let polled = future.poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(polled, Poll::Ready((b'a', "alice")));
    // SAFETY: it points to one.
    assert_eq!(unsafe { first_now(text.as_ptr()) }, b'a');
}
