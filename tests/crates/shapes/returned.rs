//! Functions that return a future.

use super::{USER, pause, run};
use ::contextvars::with_context;
use ::std::assert_eq;
use ::std::boxed::Box;
use ::std::future::Future;
use ::std::marker::Send;
use ::std::mem::drop;
use ::std::pin::Pin;
use ::std::prelude::v1::test;

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
    assert_eq!(run(recursive(3)), 3);
    assert_eq!(USER.get(), "nobody");
}
