//! Functions that start an executor.

use super::expanded;
use crate::tests::text;
use quote::quote;

#[test]
fn driven_blocks_are_wrapped() {
    let expanded = expanded(
        quote!(),
        quote! {
            fn main() {
                let other = async { 0 };
                let body = async { 1 };
                { return Builder::new().build().block_on(body); }
                block_on(async move { 2 });
                block_on(#[with_context] async { 3 });
                LocalSet::new().block_on(&runtime, async { 4 });
                pool.run(|executor| block_on(executor.run(async move { 5 },)));
                fn nested() { block_on(x); block_on(async { 4 }) }
            }
        },
    );
    let expected = quote! {
        fn main() {
            let other = async { 0 };
            let body = ::contextvars::__private::Capture::here().future(async { 1 });
            { return Builder::new().build().block_on(body); }
            block_on(::contextvars::__private::Capture::here().future(async move { 2 }));
            block_on(::contextvars::__private::Capture::here().future(async { 3 }));
            LocalSet::new().block_on(&runtime, ::contextvars::__private::Capture::here().future(async { 4 }));
            pool.run(|executor| block_on(executor.run(
                ::contextvars::__private::Capture::here().future(async move { 5 })
            )));
            fn nested() { block_on(x); block_on(async { 4 }) }
        }
    };
    assert_eq!(expanded, text(&expected));
}

#[test]
fn driven_blocks_in_closures_are_wrapped() {
    let expanded = expanded(
        quote!(),
        quote! {
            fn main() {
                let body = async { 0 };
                lock(|| {
                    let body = async { 1 };
                    let other = async { 2 };
                    { block_on(body) }
                });
                let outer = async { 3 };
                lock(vec![], || { block_on(outer) });
                let last = async { lock(|| { let body = async { 4 }; block_on(body) }) };
            }
        },
    );
    let expected = quote! {
        fn main() {
            let body = async { 0 };
            lock(|| {
                let body = ::contextvars::__private::Capture::here().future(async { 1 });
                let other = async { 2 };
                { block_on(body) }
            });
            let outer = ::contextvars::__private::Capture::here().future(async { 3 });
            lock(vec![], || { block_on(outer) });
            let last = async {
                lock(|| {
                    let body = ::contextvars::__private::Capture::here().future(async { 4 });
                    block_on(body)
                })
            };
        }
    };
    assert_eq!(expanded, text(&expected));
}

#[test]
fn calls_inside_a_driven_block_are_left_alone() {
    let expanded = expanded(
        quote!(),
        quote! {
            fn main() {
                let body = async { block_on(spawn(1)); block_on(async { 2 }) };
                block_on(body);
                block_on(async { block_on(spawn(3)) });
            }
        },
    );
    let expected = quote! {
        fn main() {
            let body = ::contextvars::__private::Capture::here().future(async {
                block_on(spawn(1));
                block_on(async { 2 })
            });
            block_on(body);
            block_on(::contextvars::__private::Capture::here().future(async { block_on(spawn(3)) }));
        }
    };
    assert_eq!(expanded, text(&expected));
}
