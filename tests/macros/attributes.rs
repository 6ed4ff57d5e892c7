//! Other attributes: kept where they are inert, expanded first where they are macros, in either order.

use crate::{USER, run};
use async_trait::async_trait;
use contextvars::with_context;

/// Documented.
#[with_context]
#[doc(alias = "noted")]
#[inline]
#[must_use]
#[cfg(any(test, doc))]
#[cfg_attr(test, allow(clippy::unused_async))]
#[allow(clippy::missing_panics_doc)]
pub(crate) async fn documented() -> u8 {
    1
}

#[with_context]
#[must_use]
#[inline(never)]
pub(crate) fn documented_sync() -> u8 {
    2
}

/// Case T22
#[test]
fn inert_attributes_are_kept() {
    assert_eq!(run(documented()) + documented_sync(), 3);
}

#[deprecated]
#[with_context]
async fn old() -> u8 {
    3
}

#[with_context]
#[deprecated = "it is old"]
#[must_use]
fn old_sync() -> u8 {
    4
}

/// Case T22
#[test]
#[expect(deprecated, unused_must_use, reason = "both attributes are kept")]
fn warnings_about_uses() {
    assert_eq!(run(old()), 3);
    old_sync();
}

#[with_context]
#[test]
fn on_a_test() {
    drop(USER.set("test"));
    assert_eq!(USER.get(), "test");
}

#[test]
#[with_context]
fn below_a_test() {
    drop(USER.set("test"));
    assert_eq!(USER.get(), "test");
}

#[with_context]
async fn with_inner_attributes(n: u64) -> u32 {
    #![allow(clippy::cast_possible_truncation)]
    n as u32
}

#[with_context]
async fn attributes_on_parameters(
    #[expect(unused_variables)] unused: String,
    #[cfg(any(test, doc))] kept: String,
    #[cfg(not(test))] removed: NoSuchType,
    #[allow(unused_mut)] mut not_mutated: String,
) -> usize {
    kept.len() + not_mutated.len()
}

#[test]
fn attributes_inside_are_kept() {
    assert_eq!(run(with_inner_attributes(7)), 7);
    assert_eq!(
        run(attributes_on_parameters(String::new(), "a".to_owned(), "bc".to_owned())),
        3
    );
}

#[async_trait]
trait Service: Sync {
    async fn user(&self, prefix: &str) -> String;

    #[with_context(USER = "default")]
    async fn default(&self) -> &'static str {
        std::future::ready(()).await;
        USER.get()
    }
}

struct Annotated;

#[async_trait]
impl Service for Annotated {
    #[with_context]
    async fn user(&self, prefix: &str) -> String {
        format!("{prefix}{}", USER.get())
    }
}

struct Whole;

#[with_context]
#[async_trait]
impl Service for Whole {
    async fn user(&self, prefix: &str) -> String {
        format!("{prefix}{}", USER.get())
    }
}

struct WholeBelow;

#[async_trait]
#[with_context]
impl Service for WholeBelow {
    async fn user(&self, prefix: &str) -> String {
        format!("{prefix}{}", USER.get())
    }
}

/// Case T21
#[test]
fn async_trait() {
    let services: [Box<dyn Service>; 3] = [Box::new(Annotated), Box::new(Whole), Box::new(WholeBelow)];
    for service in services {
        let future = USER.sync_scope("alice", || service.user("user: "));
        assert_eq!(run(future), "user: alice");
        assert_eq!(run(service.default()), "default");
    }
}
