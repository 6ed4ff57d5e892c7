//! Plain functions: a context of their own for as long as they run.

use crate::USER;
use contextvars::with_context;
use std::cell::Cell;
use std::fmt::Display;

#[with_context]
fn set_and_get() -> &'static str {
    drop(USER.set("inner"));
    USER.get()
}

#[test]
fn what_it_sets_stays_inside() {
    USER.sync_scope("outer", || {
        assert_eq!(set_and_get(), "inner");
        assert_eq!(USER.get(), "outer");
    });
}

#[with_context]
fn unit(done: &Cell<bool>) {
    if done.get() {
        return;
    }
    done.set(true);
}

#[with_context]
fn question(text: &str) -> Result<u8, Box<dyn std::error::Error>> {
    let parsed = text.parse::<u8>()?;
    Ok(parsed)
}

#[with_context]
fn boxed() -> Box<dyn Fn(u8) -> u8> {
    Box::new(|x| x + 1)
}

#[with_context]
fn opaque(n: u8) -> impl Display {
    n
}

#[with_context]
fn nested_opaque(items: &[u8]) -> Option<impl Iterator<Item = u8> + '_> {
    if items.is_empty() {
        return None;
    }
    Some(items.iter().copied())
}

#[with_context]
fn never() -> ! {
    panic!("never")
}

#[with_context]
fn push<'a>(list: &'a mut Vec<u8>, item: u8) -> &'a mut u8 {
    list.push(item);
    list.last_mut().unwrap()
}

#[with_context]
fn consume(list: &mut Vec<u8>, text: String) -> String {
    list.clear();
    text
}

#[with_context]
fn recurse(n: u8) -> u8 {
    if n == 0 { 0 } else { 1 + recurse(n - 1) }
}

#[test]
fn return_types() {
    let done = Cell::new(false);
    unit(&done);
    assert!(done.get());
    assert_eq!(question("1").unwrap(), 1);
    assert!(question("x").is_err());
    assert_eq!(boxed()(1), 2);
    assert_eq!(opaque(3).to_string(), "3");
    assert_eq!(nested_opaque(&[1, 2]).unwrap().sum::<u8>(), 3);
    assert!(std::panic::catch_unwind(|| never()).is_err());
    assert_eq!(recurse(3), 3);
}

#[test]
fn mutable_arguments() {
    let mut list = vec![];
    *push(&mut list, 1) += 1;
    assert_eq!(list, [2]);
    assert_eq!(consume(&mut list, "text".to_owned()), "text");
    assert!(list.is_empty());
}

#[with_context]
fn apply<T>(f: impl FnOnce() -> T) -> T {
    f()
}

#[with_context]
fn next<I: Iterator>(items: &mut I) -> I::Item {
    items.next().unwrap()
}

#[test]
fn generic_return_types() {
    assert_eq!(apply(|| 1), 1);
    assert_eq!(next(&mut [1].iter()), &1);
}

/// A method with this name has nothing to do with the attribute.
trait WithContext: Sized {
    fn with_context(self, _: &str) -> Self {
        self
    }
}

impl WithContext for u8 {}

#[with_context]
fn named_alike() -> u8 {
    1.with_context("one")
}

#[test]
fn a_method_of_the_same_name() {
    assert_eq!(named_alike(), 1);
}
