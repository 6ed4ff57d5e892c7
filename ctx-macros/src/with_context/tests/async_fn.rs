//! An `async fn` of each shape.

use super::expanded;
use crate::tests::text;
use quote::quote;

#[test]
fn all_parts_of_a_signature() {
    let item = quote! {
        #[inline]
        pub async fn f<'a>(self, a: A, (b, _): (B, B), r: &'a R, n: u8) -> Result<(u8, Vec<E>), E> where A: B { a; b }
    };
    let expected = quote! {
        #[inline]
        pub fn f<'a>(self, a: A, __arg2: (B, B), r: &'a R, n: u8)
            -> impl ::core::future::Future<Output = Result<(u8, Vec<E>), E>> where A: B
        {
            #[allow(clippy::async_yields_async)]
            return ::contextvars::__private::Capture::here().future(async move {
                #[allow(unreachable_code, clippy::type_complexity)]
                if false {
                    let __ret: Result<(u8, Vec<E>), E> = loop {};
                    return __ret;
                }
                let _ = &self;
                #[allow(clippy::shadow_same,)]
                let a = a;
                #[allow(clippy::shadow_same, clippy::no_effect_underscore_binding, clippy::used_underscore_binding)]
                let __arg2 = __arg2;
                #[allow(clippy::shadow_same, clippy::no_effect_underscore_binding, clippy::used_underscore_binding)]
                let (b, _) = __arg2;
                { a; b }
            });
        }
    };
    assert_eq!(expanded(quote!(), item), text(&expected));
}

#[test]
fn first_argument_is_captured_if_mentioned() {
    let used = expanded(
        quote!(),
        quote!(
            async fn f(a: A, b: B) {
                println!("{a}");
            }
        ),
    );
    assert!(used.contains("let_=&a;") && used.contains("letb=b;"), "{used}");
    let unused = expanded(
        quote!(),
        quote!(
            async fn f(a: A, b: B) {
                b;
            }
        ),
    );
    assert!(unused.contains("leta=a;") && unused.contains("letb=b;"), "{unused}");
}

#[test]
fn unused_receivers_are_used() {
    for (receiver, body, is_noted) in [
        (quote!(&self), quote!(1), true),
        (quote!(&mut self), quote!(1), true),
        (quote!(self: &Self), quote!(1), true),
        (quote!(&self), quote!(println!("{self}")), false),
        (quote!(this: &Self), quote!(1), false),
    ] {
        let expanded = expanded(quote!(), quote!(async fn f(#receiver) { #body }));
        assert_eq!(expanded.contains("{let_=&self;return"), is_noted, "{expanded}");
    }
}

#[test]
fn returned_futures() {
    const LATER: &str = ".later(::contextvars::__private::Capture::here(),__future)";
    for (output, call) in [
        (quote!(-> u8), "Capture::here().future(asyncmove"),
        (quote!(-> Vec<u8>), "Capture::here().future(asyncmove"),
        (quote!(-> it![]), LATER),
        (
            quote!(-> SomeFuture),
            "ReturningAlias::<SomeFuture>::call(::contextvars::__private::Capture::here(),asyncmove",
        ),
        (
            quote!(-> Result<StringStream, E>),
            "ReturningAlias::<Result<StringStream,E>>::call",
        ),
        (
            quote!(-> io::Result<BoxStream<u8>>),
            "ReturningAlias::<io::Result<BoxStream<u8>>>::call",
        ),
        (
            quote!(-> Option<impl Stream>),
            "Capture::here().returning_held(asyncmove",
        ),
        (quote!(-> Result<(), SomeFuture>), "Capture::here().future(asyncmove"),
        (quote!(-> impl Iterator), LATER),
        (quote!(-> Result<impl IntoResponse, E>), LATER),
        (quote!(-> impl Stream<Item = u8>), "Capture::here().returning(asyncmove"),
        (quote!(-> impl Future + Send), "Capture::here().returning(asyncmove"),
        (
            quote!(-> BoxStream<'_, u8>),
            "Capture::here().returning_boxed(asyncmove",
        ),
    ] {
        let expanded = expanded(quote!(), quote!(async fn f(&self) #output { loop {} }));
        assert!(expanded.contains(call), "{expanded}");
    }
}
