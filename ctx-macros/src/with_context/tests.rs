//! The expander on token streams.

mod faults;

use super::expand;
use crate::tests::{errors, text};
use proc_macro2::TokenStream;
use quote::quote;
use syn::ExprMethodCall;
use syn::visit::Visit;

/// The expansion of an item that nothing is wrong with.
fn expanded(args: TokenStream, item: TokenStream) -> String {
    let expanded = expand(args, item);
    assert!(errors(&expanded).is_empty(), "{expanded}");
    text(&expanded)
}

#[test]
fn async_fn() {
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
fn the_first_argument_stays_captured_if_it_is_used() {
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
fn bindings() {
    let expanded = expanded(
        quote!(fresh, crate = x, USER = a.user(), m::N = 1),
        quote!(
            async fn f(a: &A) {}
        ),
    );
    let expected = quote! {
        x::__private::Capture::fresh().future(async move {
            if false { return; }
            ::core::mem::drop(USER.set(a.user()));
            ::core::mem::drop(m::N.set(1));
            {}
        })
    };
    assert!(expanded.contains(&text(&expected)), "{expanded}");
}

#[test]
fn other_functions() {
    for (output, call) in [
        (quote!(), "Capture::here().call(move||"),
        (quote!(-> &u8), "Capture::here().call(move||->&u8"),
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
fn async_fns_that_return_futures() {
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

#[test]
fn a_receiver_that_is_not_used_is_no_fault() {
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
fn a_box_around_the_whole_body_is_kept() {
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

#[test]
fn other_attribute_macros_come_first() {
    let deferred = expanded(
        quote!(V = 1),
        quote!(
            #[inline]
            #[tracing::instrument]
            pub async fn f() {
                1
            }
        ),
    );
    let expected = quote! {
        #[inline]
        #[tracing::instrument]
        #[::contextvars::with_context(__deferred, V = 1)]
        pub async fn f() { 1 }
    };
    assert_eq!(deferred, text(&expected));
    let last = expanded(
        quote!(__deferred, V = 1),
        quote!(
            #[inline]
            #[tracing::instrument]
            async fn f() {
                1
            }
        ),
    );
    assert!(last.contains("Capture::here()"), "{last}");
}

#[test]
fn inert_attributes_are_no_reason_to_wait() {
    let attrs = quote! {
        #[doc = "x"] #[cfg(a)] #[cfg_attr(a, b)] #[allow(x)] #[expect(x)] #[inline] #[must_use] #[deprecated]
        #[clippy::x] #[rustfmt::skip] #[diagnostic::x] #[unsafe(no_mangle)] #[cold] #[test]
    };
    let expanded = expanded(quote!(), quote!(#attrs fn f() {}));
    assert!(expanded.contains("Capture::here()"), "{expanded}");
}

#[test]
fn entry_points_stay_async() {
    let expanded = expanded(
        quote!(),
        quote!(
            #[tokio::main(flavor = "x")]
            async fn main() {
                work()
            }
        ),
    );
    let expected = quote! {
        #[tokio::main(flavor = "x")]
        async fn main() {
            return ::contextvars::__private::Capture::future(
                ::contextvars::__private::Capture::here(),
                async move { if false { return; } { work() } }
            ).await;
        }
    };
    assert_eq!(expanded, text(&expected));
}

#[test]
fn in_place_an_async_fn_stays_async() {
    let function = quote!(
        #[other]
        async fn f(&self, (a, b): (A, B)) -> u8 {
            1
        }
    );
    let expanded = expanded(quote!(in_place, V = a), function);
    let expected = quote! {
        #[other]
        async fn f(&self, __arg1: (A, B)) -> u8 {
            return ::contextvars::__private::Capture::future(
                ::contextvars::__private::Capture::here(),
                async move {
                    #[allow(unreachable_code, clippy::type_complexity)]
                    if false { let __ret: u8 = loop {}; return __ret; }
                    #[allow(clippy::shadow_same, clippy::no_effect_underscore_binding, clippy::used_underscore_binding)]
                    let __arg1 = __arg1;
                    #[allow(clippy::shadow_same, clippy::no_effect_underscore_binding, clippy::used_underscore_binding)]
                    let (a, b) = __arg1;
                    ::core::mem::drop(V.set(a));
                    { 1 }
                }
            ).await;
        }
    };
    assert_eq!(expanded, text(&expected));
}

#[test]
fn in_place_nothing_of_ours_is_left_in_a_block() {
    let methods = quote! {
        async fn a(&self) {}
        #[with_context(V = 1)] #[other] async fn b(&self) {}
        #[with_context] fn c(&self) -> u8 { 1 }
        #[with_context(skip)] async fn d(&self) {}
        fn e(&self) {}
    };
    for head in [quote!(impl S), quote!(pub trait T: Sized)] {
        let block = quote!(#head { #methods });
        let expanded = expanded(quote!(in_place, fresh, crate = x), block);
        assert!(!expanded.contains("with_context"), "{expanded}");
        let count = |what: &str| expanded.matches(what).count();
        assert_eq!(
            (
                count("x::__private::Capture::fresh()"),
                count("x::__private::Capture::here()")
            ),
            (1, 2)
        );
        assert_eq!(
            (
                count("asyncfn"),
                count("::core::mem::drop(V.set(1))"),
                count("#[other]")
            ),
            (3, 1, 1)
        );
        assert!(expanded.contains("asyncfnd(&self){}fne(&self){}"), "{expanded}");
    }
}

#[test]
fn an_entry_point_that_rewrites_method_calls_finds_those_of_the_body() {
    struct OutermostCalls(Vec<String>);

    impl<'ast> Visit<'ast> for OutermostCalls {
        fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
            self.0.push(call.method.to_string());
        }
    }

    let item = quote!(
        #[crate::test]
        async fn f() {
            app.nest("/", inner);
        }
    );
    let mut calls = OutermostCalls(Vec::new());
    calls.visit_item_fn(&syn::parse2(expand(quote!(), item)).unwrap());
    assert_eq!(calls.0, ["nest"]);
}

#[test]
fn the_context_goes_on_what_is_driven() {
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
fn what_is_driven_is_found_in_closures() {
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
fn what_a_driven_future_drives_is_its_own() {
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

#[test]
fn closures() {
    let expanded = expanded(
        quote!(),
        quote! { fn f() { g(#[with_context] move |x, _: u8| -> u8 { x }, #[with_context(fresh)] #[allow(a)] async {}) } },
    );
    let closure = quote! {
        {
            let __capture = ::contextvars::__private::Capture::here().bound();
            move |x, _: u8| -> u8 {{
                let __outcome = ::core::clone::Clone::clone(&__capture)
                    .run(|| -> u8 { #[allow(clippy::shadow_same,)] let x = x; x });
                {
                    #[allow(unused_imports, clippy::wildcard_imports)]
                    use ::contextvars::__private::written::*;
                    (&&&&&__outcome.__kind()).__kind()
                }
                .finish(__outcome)
            }}
        }
    };
    let block = quote!(
        #[allow(a)]
        ::contextvars::__private::Capture::fresh().future(async {})
    );
    assert!(
        expanded.contains(&text(&closure)) && expanded.contains(&text(&block)),
        "{expanded}"
    );
}

#[test]
fn whole_impl_blocks() {
    let block = quote! {
        impl<const N: usize> S<N> where [(); { N }]: {
            #![allow(x)]
            const A: usize = { N };
            type B = u8;
            async fn f<T>(&self, x: [u8; { 1 }]) -> A<{ N }> { 1 }
            #[with_context(skip)]
            async fn g(&self) {}
            fn h() {}
            m! {}
        }
    };
    let expected = text(&block)
        .replace("#[with_context(skip)]", "")
        .replace("asyncfnf", "#[::contextvars::with_context(fresh)]asyncfnf");
    assert_eq!(expanded(quote!(fresh), block), expected);
}
