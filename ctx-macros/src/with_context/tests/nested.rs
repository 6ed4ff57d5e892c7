//! Attributes inside of a body.

use super::expanded;
use crate::tests::text;
use quote::quote;

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
