//! Functions that return a future.

use super::{USER, pause, run};
use ::contextvars::with_context;
use ::std::boxed::Box;
use ::std::fmt::Debug;
use ::std::future::Future;
use ::std::iter::{Iterator, once};
use ::std::marker::Send;
use ::std::mem::drop;
use ::std::option::Option::{self, None, Some};
use ::std::panic::catch_unwind;
use ::std::pin::Pin;
use ::std::prelude::v1::test;
use ::std::result::Result::{self, Ok};
use ::std::{assert, assert_eq, todo};

type Alias<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[with_context]
fn opaque(text: &str) -> impl Future<Output = (&str, &'static str)> + Send + '_ {
    drop(USER.set("begun"));
    async move {
        pause().await;
        (text, USER.get())
    }
}

#[with_context]
fn boxed(text: &str) -> Pin<Box<dyn Future<Output = (&str, &'static str)> + Send + '_>> {
    drop(USER.set("begun"));
    Box::pin(async move {
        pause().await;
        (text, USER.get())
    })
}

#[with_context(USER = "begun")]
fn alias(text: &str) -> Alias<'_, (&str, &'static str)> {
    Box::pin(async move {
        pause().await;
        (text, USER.get())
    })
}

#[with_context(USER = "begun")]
async fn opaque_later(text: &str) -> impl Future<Output = (&str, &'static str)> + Send + '_ {
    pause().await;
    async move {
        pause().await;
        (text, USER.get())
    }
}

#[with_context(USER = "begun")]
async fn boxed_later(text: &str) -> Pin<Box<dyn Future<Output = (&str, &'static str)> + Send + '_>> {
    pause().await;
    Box::pin(async move {
        pause().await;
        (text, USER.get())
    })
}

#[with_context(in_place, USER = "begun")]
async fn in_place(text: &str, (more, _): (u8, u8), _: u8) -> impl Future<Output = (&str, &'static str)> + Send + '_ {
    pause().await;
    async move {
        pause().await;
        assert_eq!(more, 2);
        (text, USER.get())
    }
}

macro_rules! users {
    () => { impl Iterator<Item = &'static str> };
}

#[with_context(USER = "begun")]
fn macro_as_type() -> users![] {
    once(USER.get())
}

#[with_context(USER = "begun")]
async fn macro_as_type_later() -> users![] {
    pause().await;
    once(USER.get())
}

trait Job: Future<Output = &'static str> {}

impl<F: Future<Output = &'static str>> Job for F {}

#[with_context(USER = "begun")]
fn own_trait(is_some: bool) -> Option<impl Job + Send> {
    if !is_some {
        return None;
    }
    Some(async { USER.get() })
}

#[with_context(USER = "begun")]
async fn own_trait_later() -> impl Job + Send {
    pause().await;
    async { USER.get() }
}

type Fallible<T> = Result<T, u8>;

#[with_context(USER = "begun")]
fn held_alias() -> Fallible<Alias<'static, &'static str>> {
    Ok(Box::pin(async { USER.get() }))
}

#[with_context]
fn to_do() -> impl Debug {
    todo!()
}

#[with_context]
async fn to_do_later() -> impl Debug + Send {
    todo!()
}

#[with_context]
async fn recursive(n: u8) -> u8 {
    if n == 0 {
        return 0;
    }
    1 + Box::pin(recursive(n - 1)).await
}

#[test]
fn they_go_on_in_the_context_that_the_call_began() {
    assert_eq!(run(opaque("text")), ("text", "begun"));
    assert_eq!(run(boxed("text")), ("text", "begun"));
    assert_eq!(run(alias("text")), ("text", "begun"));
    assert_eq!(run(run(opaque_later("text"))), ("text", "begun"));
    assert_eq!(run(run(boxed_later("text"))), ("text", "begun"));
    assert_eq!(run(run(in_place("text", (2, 3), 1))), ("text", "begun"));
    assert_eq!(macro_as_type().next(), Some("begun"));
    assert_eq!(run(macro_as_type_later()).next(), Some("begun"));
    assert_eq!(own_trait(true).map(run), Some("begun"));
    assert!(own_trait(false).is_none());
    assert_eq!(run(run(own_trait_later())), "begun");
    assert_eq!(held_alias().map(run), Ok("begun"));
    let is_sent: fn() -> _ = || drop::<Box<dyn Send>>(Box::new(to_do_later()));
    is_sent();
    let to_do: fn() -> _ = || drop(to_do());
    assert!(catch_unwind(to_do).is_err());
    assert_eq!(run(recursive(3)), 3);
    assert_eq!(USER.get(), "nobody");
}
