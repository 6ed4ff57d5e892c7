//! `impl` blocks.

use super::expanded;
use crate::tests::text;
use quote::quote;

#[test]
fn methods_are_annotated() {
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
