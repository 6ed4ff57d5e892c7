//! Functions that are not `async`, by what they return.

use super::expanded;
use crate::tests::text;
use quote::quote;

#[test]
fn return_types() {
    for (output, call) in [
        (quote!(), "Capture::for_call().call(move||"),
        (quote!(-> &u8), "Capture::for_call().call(move||->&u8"),
        (quote!(-> Option<impl Debug>), "Capture::here().run(move||->Option<_>"),
        (quote!(-> impl Iterator), "Capture::here().run(move||->_"),
        (
            quote!(-> impl Future<Output = u8> + Send),
            "Capture::here().begin(move||",
        ),
        (
            quote!(-> impl futures::Stream<Item = u8>),
            "Capture::here().begin(move||",
        ),
        (
            quote!(-> Pin<Box<dyn Future<Output = u8> + Send + '_>>),
            "Capture::here().boxed(move||->",
        ),
        (
            quote!(-> futures::future::BoxFuture<'_, u8>),
            "Capture::here().boxed(move||->",
        ),
        (quote!(-> Vec<u8>), "Capture::here().run(move||->Vec<u8>"),
        (quote!(-> ResponseActFuture<A, u8>), "Capture::here().boxed(move||->"),
        (quote!(-> Self::Future), "Capture::here().boxed(move||->"),
        (quote!(-> AtomicResponse<A, u8>), "Capture::here().boxed(move||->"),
        (
            quote!(-> io::Result<impl Stream>),
            "Capture::here().begin_held(move||->io::Result<_>",
        ),
        (
            quote!(-> Option<BoxFuture<'_, u8>>),
            "Capture::here().boxed_held(move||->Option<BoxFuture<'_,u8>>",
        ),
        (
            quote!(-> Option<(u8, impl Future)>),
            "Capture::here().run(move||->Option<",
        ),
        (quote!(-> TcpStream), "Capture::here().run(move||->TcpStream"),
        (quote!(-> it![]), "Capture::here().run(move||->_{"),
        (quote!(-> Option<it![]>), "Capture::here().run(move||->Option<_>"),
        (
            quote!(-> Option<Box<it![]>>),
            "Capture::here().run(move||->Option<Box<it![]>>",
        ),
        (
            quote!(-> Option<(Box<it![]>, impl A)>),
            "Capture::here().run(move||->Option<(Box<it![]>,_)>",
        ),
    ] {
        let expanded = expanded(quote!(), quote!(fn f(&self) #output { loop {} }));
        assert!(expanded.contains(call), "{expanded}");
    }
}

#[test]
fn box_around_the_whole_body_is_kept() {
    let expanded = expanded(
        quote!(V = 1),
        quote!(
            fn f() -> Alias {
                ::std::boxed::Box::pin(async move { 1 })
            }
        ),
    );
    let expected = quote! {
        fn f() -> Alias {
            ::std::boxed::Box::pin(::contextvars::__private::Capture::here().future(async move {
                ::core::mem::drop(V.set(1));
                1
            }))
        }
    };
    assert_eq!(expanded, text(&expected));
}
