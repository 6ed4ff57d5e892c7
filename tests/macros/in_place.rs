//! `in_place`: expanded where it stands, before the attributes below, and an `async fn` stays one.

use crate::{USER, run, vars};
use contextvars::with_context;
use macro_rules_attribute::apply;
use std::future::ready;

/// Runs the body of a function on a thread of its own.
macro_rules! threaded {
    ($(#[$attr:meta])* $vis:vis fn $name:ident() -> $output:ty $body:block) => {
        $(#[$attr])*
        $vis fn $name() -> $output {
            fn moved() -> $output $body
            std::thread::spawn(moved).join().unwrap()
        }
    };
}

/// Leaves an `async fn` to be, and runs it to its end.
macro_rules! driven {
    ($(#[$attr:meta])* async fn $name:ident($($arg:ident: $ty:ty),*) -> $output:ty $body:block) => {
        $(#[$attr])*
        fn $name($($arg: $ty),*) -> $output {
            async fn moved($($arg: $ty),*) -> $output $body
            run(moved($($arg),*))
        }
    };
}

#[with_context(in_place, USER = "bound")]
#[apply(threaded!)]
fn on_a_thread() -> &'static str {
    USER.get()
}

#[with_context(in_place, USER = user)]
#[apply(driven!)]
async fn driven(user: &'static str, text: String) -> (&'static str, usize) {
    ready(()).await;
    if text.is_empty() {
        return (USER.get(), 0);
    }
    (USER.get(), text.len())
}

#[test]
fn other_macros_may_move_the_body() {
    assert_eq!(on_a_thread(), "bound");
    assert_eq!(driven("alice", "four".to_owned()), ("alice", 4));
    assert_eq!(driven("alice", String::new()), ("alice", 0));
}

#[with_context(in_place)]
async fn at_the_first_poll(
    (left, _): (u8, String),
    mut text: String,
    _: &str,
) -> Result<String, std::num::ParseIntError> {
    let right: u8 = text.parse()?;
    text.clear();
    text.push_str(USER.get());
    drop(USER.set("inner"));
    ready(()).await;
    assert_eq!((USER.get(), left), ("inner", right));
    Ok(text)
}

#[test]
fn an_async_fn_captures_at_the_first_poll() {
    let call = |text: &str| at_the_first_poll((1, String::new()), text.to_owned(), "");
    let future = USER.sync_scope("at the call", || call("1"));
    USER.sync_scope("at the first poll", || {
        assert_eq!(run(future).as_deref(), Ok("at the first poll"));
        assert_eq!(USER.get(), "at the first poll");
    });
    assert!(run(call("x")).is_err());
}

#[with_context(in_place)]
fn plain(n: usize) -> usize {
    drop(vars::DEPTH.set(n));
    vars::DEPTH.get().unwrap()
}

#[with_context(in_place, USER = "boxed")]
fn boxed() -> futures::future::BoxFuture<'static, &'static str> {
    Box::pin(async { USER.get() })
}

#[with_context(in_place, USER = "later")]
async fn later() -> impl Future<Output = &'static str> {
    ready(()).await;
    async { USER.get() }
}

#[test]
fn other_functions_are_as_ever() {
    assert_eq!((plain(1), vars::DEPTH.get()), (1, None));
    assert_eq!(run(boxed()), "boxed");
    assert_eq!(run(run(later())), "later");
}

trait Named {
    const NAME: &'static str;

    async fn user(&self) -> &'static str;

    async fn name(&self) -> &'static str;
}

struct Service;

#[with_context(in_place, USER = Self::NAME, crate = ::contextvars)]
impl Named for Service {
    const NAME: &'static str = "service";

    async fn user(&self) -> &'static str {
        ready(USER.get()).await
    }

    #[with_context(fresh)]
    async fn name(&self) -> &'static str {
        ready(USER.get()).await
    }
}

#[with_context(in_place)]
trait Default {
    async fn user(&self) -> &'static str {
        drop(USER.set("default"));
        ready(()).await;
        USER.get()
    }

    #[with_context(skip)]
    async fn skipped(&self) {
        drop(USER.set("skipped"));
    }

    #[with_context]
    fn plain(&self) -> &'static str {
        drop(USER.set("plain"));
        USER.get()
    }

    async fn of_the_impl(&self) -> &'static str;
}

impl Default for Service {
    async fn of_the_impl(&self) -> &'static str {
        USER.get()
    }
}

#[test]
fn blocks_and_traits() {
    let test = async {
        assert_eq!(
            (Named::user(&Service).await, Service.name().await),
            ("service", "nobody")
        );
        assert_eq!((Default::user(&Service).await, Service.plain()), ("default", "plain"));
        assert_eq!(Service.of_the_impl().await, "alice");
        Service.skipped().await;
        assert_eq!(USER.get(), "skipped");
    };
    run(USER.scope("alice", test));
}

#[async_trait::async_trait]
trait Call {
    async fn call(self, name: &str) -> (usize, &'static str);
}

#[with_context(in_place, USER = "called")]
#[async_trait::async_trait]
impl Call for String {
    async fn call(self, name: &str) -> (usize, &'static str) {
        ready(()).await;
        (self.len() + name.len(), USER.get())
    }
}

#[test]
fn above_async_trait() {
    assert_eq!(run("four".to_owned().call("five")), (8, "called"));
}
