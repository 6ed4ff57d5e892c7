//! The attributes of other macros: which are expanded first, and what `in_place` changes.

use super::expanded;
use crate::tests::text;
use crate::with_context::expand;
use quote::quote;
use syn::ExprMethodCall;
use syn::visit::Visit;

#[test]
fn other_macros_are_expanded_first() {
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
fn compiler_attributes_are_not_waited_for() {
    let attrs = quote! {
        #[doc = "x"] #[cfg(a)] #[cfg_attr(a, b)] #[allow(x)] #[expect(x)] #[inline] #[must_use] #[deprecated]
        #[clippy::x] #[rustfmt::skip] #[diagnostic::x] #[unsafe(no_mangle)] #[cold] #[test]
    };
    let expanded = expanded(quote!(), quote!(#attrs fn f() {}));
    assert!(expanded.contains("Capture::for_call()"), "{expanded}");
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
fn method_calls_of_the_body_are_outermost() {
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
fn in_place_a_block_keeps_no_attribute_of_ours() {
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
                count("x::__private::Capture::here()") + count("x::__private::Capture::for_call()")
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
