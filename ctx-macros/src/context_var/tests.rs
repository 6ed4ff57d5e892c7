//! `#[context_var]` on token streams: what it emits, what it refuses, and half-typed input.

use super::expand;
use crate::tests::{errors, every_prefix, text};
use quote::quote;

#[test]
fn with_a_default() {
    let expanded = expand(
        quote!(),
        quote! {
            /// Documented.
            #[cfg(feature = "x")]
            pub(crate) static r#type: Vec<u8> = vec![1];
        },
    );
    let expected = quote! {
        /// Documented.
        #[cfg(feature = "x")]
        pub(crate) static r#type: ::contextvars::__private::ContextVar<Vec<u8>, ::contextvars::__private::WithDefault> = {
            #[allow(unused_imports)]
            use ::contextvars::__private::NoDebug as _;
            ::contextvars::__private::ContextVar {
                declared: ::contextvars::__private::Declared::with_default(
                    "type",
                    ::contextvars::__private::Show::<Vec<u8> >::VALUE,
                    ::contextvars::__private::Reach::Inherited,
                    || -> Vec<u8> { vec![1] }
                )
            }
        };
    };
    assert_eq!(text(&expanded), text(&expected));
}

#[test]
fn without_a_default() {
    let expanded = expand(
        quote!(redact, required, local, crate = renamed::here),
        quote!(
            static TOKEN: String;
        ),
    );
    let expected = quote! {
        static TOKEN: renamed::here::__private::ContextVar<String, renamed::here::__private::NoDefault> = {
            renamed::here::__private::ContextVar {
                declared: renamed::here::__private::Declared::new(
                    "TOKEN",
                    renamed::here::__private::Show::<String>::REDACTED,
                    renamed::here::__private::Reach::Local
                )
                .required()
            }
        };
    };
    assert_eq!(text(&expanded), text(&expected));
}

#[test]
fn every_fault_is_reported_at_once() {
    let expanded = expand(
        quote!(hidden, redact, redact, local = true, crate),
        quote!(
            static mut NAMES: Vec<_> = load().await;
        ),
    );
    assert_eq!(
        errors(&expanded),
        [
            "unknown option `hidden`, expected one of: `local`, `redact`, `required`, `crate = path`",
            "option `redact` is given twice",
            "`local` takes no value",
            "`crate` needs a path: `crate = some::path`",
            "context variables are never `mut`: write `static`, and bind values with `set` or `scope`",
            "a default can't `.await`: the first read of the variable evaluates it",
            "the type of a context variable can't be inferred: write it out",
        ]
    );
}

#[test]
fn what_can_still_be_declared_is() {
    for (item, kind) in [
        (
            quote!(
                static mut NAME: u8;
            ),
            "NoDefault",
        ),
        (
            quote!(
                static NAME: u8 = load().await;
            ),
            "WithDefault",
        ),
    ] {
        let expanded = text(&expand(quote!(), item));
        assert!(
            expanded.contains("staticNAME:") && expanded.contains(kind),
            "{expanded}"
        );
    }
}

#[test]
fn awaits_of_async_blocks_are_their_own() {
    for default in [
        quote!(Box::pin(async move { load().await })),
        quote!(async || { wait().await }),
        quote!(async || wait().await),
    ] {
        assert!(errors(&expand(quote!(), quote!(static LOAD: Load = Load::new(#default);))).is_empty());
    }
    let default = quote!((async { 1 }, load().await));
    assert_eq!(
        errors(&expand(quote!(), quote!(static LOAD: Load = #default;))).len(),
        1
    );
}

#[test]
fn half_typed() {
    every_prefix(quote!(local, redact, crate = ::some::path), |args| {
        expand(
            args,
            quote!(
                static NAME: u8;
            ),
        )
    });
    every_prefix(
        quote!(
            #[doc = "x"]
            pub(in a::b) static mut NAME: Vec<(u8, [_; 3])> = { 1 + 2 };
        ),
        |item| expand(quote!(), item),
    );
    for item in [
        quote!(
            fn f() {}
        ),
        quote!(let x = 1;),
        quote!(static),
        quote!(static X),
        quote!(static X: = 1;),
    ] {
        assert!(!errors(&expand(quote!(), item)).is_empty());
    }
}
