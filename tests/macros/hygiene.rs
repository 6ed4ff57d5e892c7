//! What is emitted means the same wherever it lands: among shadowed names, in macros, without a prelude.

use crate::run;
use std::collections::BTreeSet;

mod shadowed {
    #![allow(dead_code)]

    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod contextvars {}
    pub(super) struct Option;
    pub(super) struct Result;
    pub(super) struct Box;
    pub(super) trait Send {}
    pub(super) trait Future {}
    pub(super) const fn drop() {}

    #[::contextvars::context_var]
    pub(super) static NAMED: ::std::string::String = ::std::string::String::new();

    #[::contextvars::with_context(NAMED = __ret)]
    pub(super) async fn annotated(__ret: ::std::string::String, __arg1: u8, __capture: u8) -> usize {
        NAMED.get().len() + __arg1 as usize + __capture as usize
    }

    #[::contextvars::with_context]
    pub(super) fn annotated_sync(__capture: u8, (__arg1, _): (u8, u8)) -> u8 {
        let add = #[::contextvars::with_context]
        move |__arg0: u8| __arg0 + __arg1 + __capture;
        add(1)
    }
}

#[no_implicit_prelude]
mod bare {
    #[::contextvars::context_var]
    pub(super) static BARE: u8 = 1;

    #[::contextvars::with_context(BARE = 2)]
    pub(super) async fn annotated(_: ::std::string::String) -> u8 {
        BARE.get()
    }

    #[::contextvars::with_context(BARE = 3)]
    pub(super) fn annotated_sync() -> ::std::string::String {
        ::std::string::ToString::to_string(&BARE.get())
    }
}

/// Case T23
#[test]
fn shadowed_names() {
    assert_eq!(run(shadowed::annotated("abc".to_owned(), 1, 1)), 5);
    assert_eq!(shadowed::annotated_sync(1, (2, 0)), 4);
}

#[test]
fn no_prelude() {
    assert_eq!(run(bare::annotated(String::new())), 2);
    assert_eq!(bare::annotated_sync(), "3");
}

macro_rules! functions {
    ($(
        $(#[$attr:meta])* $vis:vis $name:ident<$($life:lifetime),*>($([$pat:pat] $ty:ty),*) -> $ret:ty $body:block
    )*) => {
        $(
            $(#[$attr])*
            #[with_context]
            $vis async fn $name<$($life),*>($($pat: $ty),*) -> $ret $body
        )*
    };
}

macro_rules! item {
    ($item:item) => {
        #[contextvars::with_context]
        $item
    };
}

macro_rules! expression {
    ($name:ident = $value:expr) => {
        #[contextvars::with_context(crate = ::contextvars)]
        fn $name() -> i32 {
            let twice = #[contextvars::with_context]
            move || $value * 2;
            twice() + $value
        }
    };
}

use contextvars::with_context;

functions! {
    /// Documented.
    pub(crate) sum<>([(a, _)] (u8, String), [mut b] u8) -> u8 { b += a; b }
    first<'a, 'b>([text] &'a str, [other] &'b str) -> &'a str { if other.is_empty() { text } else { &text[..1] } }
    never<>([_] &str) -> ! { panic!("never") }
}

item! {
    async fn item(text: String) -> usize {
        text.len()
    }
}

expression!(value = 1 + 2);

macro_rules! operands {
    ($name:ident($n:ident, $m:ident, $left:expr, $right:expr, $negative:expr, $pattern:pat)) => {
        #[with_context]
        #[allow(clippy::cast_lossless)]
        async fn $name($n: u8, $m: bool) -> (i32, bool, u32, i64) {
            let alone = $left;
            let doubled = if let $pattern = $n {
                $left * 2 - $left
            } else {
                alone
            };
            (
                doubled,
                $n == 0 || true == $right,
                $negative.unsigned_abs(),
                $left as i64,
            )
        }
    };
}

operands!(operands(n, m, 1 + 2, n > 9 && m, -1_i32, 0 | 1));

macro_rules! paths {
    ($name:ident<$life:lifetime> $value:literal $arg:ident: $ty:path) => {
        #[with_context($crate::USER = $value)]
        async fn $name<$life>($arg: &$life $ty) -> (&'static str, &$life $ty) {
            ($crate::USER.get(), $arg)
        }
    };
}

paths!(paths<'a> "macro" text: BTreeSet<u8>);

#[test]
fn from_macro_rules() {
    assert_eq!(run(paths(&BTreeSet::from([1]))), ("macro", &BTreeSet::from([1])));
    assert_eq!(run(sum((1, String::new()), 2)), 3);
    assert_eq!(run(first("abc", "")), "abc");
    assert_eq!(run(item("abc".to_owned())), 3);
    assert_eq!(value(), 9);
    assert_eq!(run(operands(0, true)), (3, true, 1, 3));
    assert_eq!(run(operands(9, true)), (3, false, 1, 3));
    drop(never(""));
}
