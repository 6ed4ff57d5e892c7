//! Free functions: lifetimes, patterns, `impl Trait`, generics, early returns, and what a call captures.

use super::{USER, pause, run};
use ::contextvars::with_context;
use ::std::boxed::Box;
use ::std::clone::Clone;
use ::std::convert::From;
use ::std::error::Error;
use ::std::fmt::Debug;
use ::std::future::Future;
use ::std::iter::Iterator;
use ::std::marker::Send;
use ::std::mem::drop;
use ::std::ops::Fn;
use ::std::option::Option::{self, None, Some};
use ::std::prelude::v1::test;
use ::std::result::Result::{self, Ok};
use ::std::string::{String, ToString};
use ::std::sync::Mutex;
use ::std::vec::Vec;
use ::std::{assert, assert_eq, format, panic, vec};

#[with_context]
async fn captured() -> &'static str {
    pause().await;
    USER.get()
}

#[with_context]
async fn sets() -> &'static str {
    drop(USER.set("inner"));
    pause().await;
    USER.get()
}

#[test]
fn the_context_is_that_of_the_call() {
    let future = USER.sync_scope("alice", captured);
    assert_eq!(USER.sync_scope("bob", || run(future)), "alice");
    let seen = USER.sync_scope("bob", || (run(sets()), USER.get()));
    assert_eq!(seen, ("inner", "bob"));
}

#[with_context(USER = name)]
async fn bound<'a>(name: &'static str, text: &'a str, _other: &str) -> (&'static str, &'a str) {
    pause().await;
    (USER.get(), text)
}

#[with_context]
async fn elided(list: &mut Vec<u8>, mut item: u8) -> Option<&mut u8> {
    item += 1;
    list.push(item);
    list.last_mut()
}

#[with_context]
async fn opaque_arguments(shown: impl Debug + '_, mut items: impl Iterator<Item = &u8>) -> String {
    pause().await;
    format!("{shown:?} {:?}", items.next())
}

#[test]
fn lifetimes() {
    let mut list = vec![1];
    assert_eq!(run(bound("alice", "text", "")), ("alice", "text"));
    assert_eq!(run(elided(&mut list, 1)), Some(&mut 2));
    assert_eq!(run(opaque_arguments(&1, list.iter())), "1 Some(1)");
}

struct Point {
    x: u8,
    y: u8,
}

#[with_context]
async fn patterns((a, _): (u8, String), Point { x, y: z }: Point, [first, ..]: [u8; 2], &c: &u8, _: String) -> u8 {
    pause().await;
    a + x + z + first + c
}

#[with_context]
fn sync_patterns((a, mut b): (u8, u8), whole @ Point { y, .. }: Point, _: String) -> u8 {
    b += 1;
    a + b + y + whole.x
}

#[test]
fn patterns_in_parameters() {
    let point = || Point { x: 1, y: 2 };
    assert_eq!(
        run(patterns((1, String::new()), point(), [3, 0], &4, String::new())),
        11
    );
    assert_eq!(sync_patterns((1, 1), point(), String::new()), 6);
}

#[with_context]
async fn nested_opaque(n: &u8) -> Result<(impl Debug, Vec<impl Debug>), Box<dyn Error>> {
    if *n > 9 {
        let _: u8 = "x".parse()?;
    }
    Ok((*n, vec![*n]))
}

#[with_context]
async fn boxed_fn<F>(add: F) -> Box<dyn Fn(u8) -> u8>
where
    F: Fn(u8) -> u8 + Clone + 'static,
{
    Box::new(move |n| add(n) + 1)
}

#[with_context]
async fn array<const N: usize>(items: [u8; N]) -> usize {
    items.iter().map(|item| usize::from(*item)).sum::<usize>() + N
}

#[with_context]
async fn never() -> ! {
    panic!("{}", USER.get())
}

#[test]
fn return_types() {
    let (one, many) = run(nested_opaque(&1)).unwrap();
    assert_eq!(format!("{one:?} {many:?}"), "1 [1]");
    assert!(run(nested_opaque(&10)).is_err());
    assert_eq!(run(boxed_fn(|n| n + 1))(1), 3);
    assert_eq!(run(array([1, 2])), 5);
    drop(never());
}

// A temporary of the tail borrows from an argument, which is older.
#[with_context]
async fn lone_tail(value: Mutex<u8>) -> u8 {
    *value.lock().unwrap()
}

#[with_context]
async fn tail(_first: String, value: Mutex<u8>) -> u8 {
    let one = 1;
    *value.lock().unwrap() + one
}

#[with_context]
fn sync_tail(value: Mutex<u8>) -> u8 {
    let one = 1;
    *value.lock().unwrap() + one
}

#[test]
#[allow(clippy::significant_drop_tightening)]
fn temporaries_of_the_tail() {
    assert_eq!(run(lone_tail(Mutex::new(1))), 1);
    assert_eq!(run(tail(String::new(), Mutex::new(1))), 2);
    assert_eq!(sync_tail(Mutex::new(1)), 2);
}

#[with_context]
fn question(text: &str) -> Result<u8, Box<dyn Error>> {
    if text.is_empty() {
        return Ok(0);
    }
    let parsed = text.parse::<u8>()?;
    Ok(parsed)
}

#[with_context(USER = "bound")]
fn opaque(items: &[u8]) -> Option<impl Iterator<Item = (u8, &'static str)> + '_> {
    let user = USER.get();
    if items.is_empty() {
        return None;
    }
    Some(items.iter().map(move |item| (*item, user)))
}

#[test]
fn plain_functions() {
    assert_eq!(question("").unwrap() + question("1").unwrap(), 1);
    assert!(question("x").is_err());
    assert!(opaque(&[]).is_none());
    assert_eq!(opaque(&[1]).unwrap().next(), Some((1, "bound")));
}

macro_rules! functions {
    ($($vis:vis $name:ident<$($life:lifetime),*>($($pat:pat => $ty:ty),*) -> $ret:ty $body:block)*) => {
        $(
            #[with_context]
            $vis async fn $name<$($life),*>($($pat: $ty),*) -> $ret $body
        )*
    };
}

macro_rules! operands {
    ($name:ident = $value:expr) => {
        #[with_context]
        fn $name() -> i32 {
            let twice = #[with_context]
            move || $value * 2;
            twice() - $value
        }
    };
}

functions! {
    pub(super) sum<>((a, _) => (u8, String), mut b => u8) -> u8 { b += a; b }
    first<'a>(text => &'a str, other => &str) -> &'a str { if other.is_empty() { text } else { &text[..1] } }
}

operands!(value = 1 + 2);

#[test]
fn from_macro_rules() {
    assert_eq!(run(sum((1, "x".to_string()), 2)), 3);
    assert_eq!(run(first("abc", "b")), "a");
    assert_eq!(value(), 3);
}

#[test]
fn send() {
    fn check<F: Future + Send>(future: F) -> F::Output {
        run(future)
    }
    assert_eq!(check(captured()), "nobody");
}
