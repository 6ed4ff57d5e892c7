//! `VAR = expr`, `fresh` and `crate = path`.

use crate::{USER, run};
use contextvars::{context_var, with_context};

mod reexport {
    pub(super) use contextvars as inner;
}

#[with_context(USER = name, super::vars::DEPTH = name.len() + depth)]
async fn named(name: &'static str, depth: usize) -> (&'static str, Option<usize>) {
    (USER.get(), crate::vars::DEPTH.get())
}

#[with_context(USER = name, crate::vars::DEPTH = 1,)]
fn named_sync(name: &'static str) -> (&'static str, Option<usize>) {
    (USER.get(), crate::vars::DEPTH.get())
}

#[with_context(USER = name)]
fn named_future(name: &'static str) -> impl Future<Output = &'static str> {
    let first = USER.get();
    async move {
        assert_eq!(first, USER.get());
        first
    }
}

#[test]
fn the_values_see_the_arguments() {
    assert_eq!(run(named("four", 1)), ("four", Some(5)));
    assert_eq!(named_sync("four"), ("four", Some(1)));
    assert_eq!(run(named_future("alice")), "alice");
    assert_eq!(USER.get(), "nobody");
}

#[context_var]
static TRACE: Vec<u8> = vec![0];

#[with_context(TRACE = { let mut trace = TRACE.get(); trace.push(1); trace })]
async fn extends() -> Vec<u8> {
    TRACE.get()
}

#[test]
fn the_values_see_the_capture() {
    let future = TRACE.sync_scope(vec![9], extends);
    assert_eq!(run(future), [9, 1]);
}

#[with_context(fresh)]
async fn fresh() -> &'static str {
    USER.get()
}

#[with_context(fresh, TRACE = vec![])]
fn fresh_sync() -> (&'static str, Vec<u8>) {
    (USER.get(), TRACE.get())
}

#[test]
fn fresh_starts_from_nothing() {
    assert_eq!(USER.sync_scope("alice", || run(fresh())), "nobody");
    assert_eq!(USER.sync_scope("alice", fresh_sync), ("nobody", vec![]));
}

#[context_var(crate = reexport::inner)]
static RENAMED: u8 = 1;

#[with_context(crate = crate::bindings::reexport::inner, RENAMED = 2)]
async fn renamed() -> u8 {
    let read = #[with_context]
    move || RENAMED.get();
    read()
}

/// Case T27
#[test]
fn the_crate_may_be_elsewhere() {
    assert_eq!(run(renamed()), 2);
}
