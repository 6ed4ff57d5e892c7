//! The options in the emitted code.

use super::expanded;
use crate::tests::text;
use quote::quote;

#[test]
fn bindings_come_before_the_body() {
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
