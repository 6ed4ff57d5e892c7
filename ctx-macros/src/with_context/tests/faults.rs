//! Input that is wrong, half typed, or in syntax that syn does not know. The macro never panics, and keeps the item.

use super::expanded;
use crate::tests::{errors, every_prefix, text};
use crate::with_context::expand;
use crate::with_context::validate::OUTSIDE;
use quote::quote;

#[test]
fn bodies_that_syn_can_not_parse() {
    let expanded = expanded(
        quote!(),
        quote!(async fn f() -> u8 { let x = ; if some new syntax <- { 1 } }),
    );
    assert!(expanded.contains("{letx=;ifsomenewsyntax<-{1}}"), "{expanded}");
}

#[test]
fn faults_are_reported_together_and_the_item_is_kept() {
    let item = quote! {
        async fn f() {
            let a = #[with_context] || 1;
            let b = vec![#[with_context] move || 2];
            let c = #[with_context(never)] move || 3;
            let d = #[with_context] async { 4 }.await;
        }
    };
    let expanded = expand(quote!(empty, fresh, fresh, USER), item);
    let found = errors(&expanded);
    let expected = [
        "unknown option `empty`",
        "option `fresh` is given twice",
        "`USER` needs a value: `USER = value`",
        "an annotated closure must be `move`",
        "`#[with_context]` can't be seen inside a macro call",
        "unknown option `never`",
        "expected a `move` closure or an `async` block, found an operation on one",
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}");
    }
    let item = text(&expanded).split("compile_error!").next().unwrap().to_owned();
    assert!(item.contains("fnf()") && !item.contains("#[with_context"), "{item}");
}

#[test]
fn refused_items_are_named() {
    for (item, keyword) in [
        (
            quote!(
                pub struct S;
            ),
            "struct",
        ),
        (
            quote!(
                enum E {}
            ),
            "enum",
        ),
        (quote!(union U { a: u8 }), "union"),
        (
            quote!(
                mod m {}
            ),
            "mod",
        ),
        (
            quote!(
                pub(crate) trait T {}
            ),
            "trait",
        ),
        (
            quote!(
                unsafe trait T {}
            ),
            "unsafe",
        ),
        (
            quote!(
                const C: u8 = 1;
            ),
            "const",
        ),
        (
            quote!(
                static S: u8 = 1;
            ),
            "static",
        ),
        (
            quote!(
                type T = u8;
            ),
            "type",
        ),
        (
            quote!(
                use a::b;
            ),
            "use",
        ),
        (
            quote!(
                extern "C" {}
            ),
            "extern",
        ),
    ] {
        let message = format!("expected a function or an `impl` block, found `{keyword}`");
        let expanded = expand(quote!(), item.clone());
        assert!(errors(&expanded)[0].starts_with(&message));
        assert!(text(&expanded).starts_with(&text(&item)));
    }
}

#[test]
fn nested_attributes_outside_of_annotated_functions() {
    for item in [
        quote!(let x = move || 1;),
        quote!(move || 1),
        quote!(|| 1),
        quote!(async {}),
        quote!({ 1 }),
        quote!(),
    ] {
        assert_eq!(errors(&expand(quote!(), item)), [OUTSIDE]);
    }
}

#[test]
fn half_typed() {
    let args = quote!(fresh, crate = a::b, USER = |x, y| f::<u8, u8>(x, y), a::N = 1);
    every_prefix(args.clone(), |args| {
        expand(
            args,
            quote!(
                async fn f(a: A) {
                    a
                }
            ),
        )
    });
    let items = [
        quote! {
            #[inline] pub(crate) default async unsafe extern "C" fn f<'a, const N: usize>(
                #[cfg(a)] mut self: Arc<Self>, mut a: A, (b, _): (B, C), _: impl Iterator<Item = &u8> + '_, r: &'a R
            ) -> Result<impl Debug + 'a, [u8; { N }]> where A: Clone { #![allow(x)] let x = a; x }
        },
        quote! {
            fn f(x: u8) -> Pin<Box<dyn Future<Output = u8> + Send>> {
                let body = #[with_context] async move { 1 };
                match x { #[with_context(fresh)] 0 | 1 if x > 0 => async move { 2 }, _ => 3 }
                runtime.block_on(body);
                call(#[with_context] async move |x, &y: &u8| -> u8 { x }, [#[with_context] move || 1]);
                Box::pin(async move { 1 })
            }
        },
        quote!(
            unsafe impl<T> S<T> for R {
                #[with_context(skip)]
                pub async fn f(&self) -> u8 {
                    1
                }
                const A: u8 = 1;
            }
        ),
        quote! {
            #[other]
            pub unsafe trait T: Sized {
                const A: u8;
                type B: Clone;
                #[with_context(V = 1)]
                async fn f(&self) -> u8 { 1 }
                fn g();
            }
        },
        quote!(#[with_context] let x = move |x| x + 1;),
    ];
    for item in items {
        every_prefix(item.clone(), |item| expand(args.clone(), item));
        every_prefix(item, |item| expand(quote!(in_place), item));
    }
}
