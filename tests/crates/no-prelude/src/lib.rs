//! The macros in a crate without a prelude, with names of its own for what is in it.

#![no_implicit_prelude]
#![deny(warnings)]
#![forbid(unsafe_code)]
#![cfg(test)]

#[path = "../../shapes/mod.rs"]
mod shapes;

#[allow(dead_code)]
mod core {}
#[allow(dead_code)]
mod std {}
#[allow(dead_code)]
mod contextvars {}

/// In scope of the macros, beside them.
mod shadowed {
    #![allow(dead_code)]

    mod core {}
    mod std {}
    mod contextvars {}
    struct Option;
    struct Result;
    struct Box;
    struct String;
    struct Some;
    struct Ok;
    trait Send {}
    trait Sync {}
    trait Future {}
    trait FnOnce {}
    trait Iterator {}
    fn drop() {}

    #[::contextvars::context_var]
    static NAME: ::std::string::String = ::std::string::String::new();

    #[::contextvars::with_context(NAME = __ret)]
    async fn annotated(__ret: ::std::string::String, __arg1: u8, (__arg2, _): (u8, u8)) -> ::std::primitive::u8 {
        ::std::assert_eq!(NAME.get(), "name");
        __arg1 + __arg2
    }

    #[::contextvars::with_context]
    fn annotated_sync(__capture: u8, (__arg1, _): (u8, u8)) -> u8 {
        let add = #[::contextvars::with_context]
        move |__arg0: u8| __arg0 + __arg1 + __capture;
        add(1)
    }

    #[::contextvars::with_context]
    fn boxed(__capture: u8) -> ::std::pin::Pin<::std::boxed::Box<dyn ::std::future::Future<Output = u8>>> {
        let future = async move { __capture };
        ::std::boxed::Box::pin(future)
    }

    #[::std::prelude::v1::test]
    fn shadowed_names() {
        let name = ::std::string::ToString::to_string("name");
        let future = async { annotated(name, 1, (2, 0)).await + boxed(3).await };
        let mut future = ::std::boxed::Box::pin(future);
        let mut cx = ::std::task::Context::from_waker(::std::task::Waker::noop());
        let polled = ::std::future::Future::poll(future.as_mut(), &mut cx);
        ::std::assert_eq!(polled, ::std::task::Poll::Ready(6));
        ::std::assert_eq!(annotated_sync(1, (2, 0)), 4);
    }
}
