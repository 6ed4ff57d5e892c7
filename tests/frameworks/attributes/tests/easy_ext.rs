//! `#[ext]` of `easy-ext` copies the attributes of each method to the trait that it makes: ours is expanded before.

use contextvars::{context_var, with_context};
use easy_ext::ext;

#[context_var]
static USER: &'static str = "nobody";

struct Service;

#[with_context(in_place)]
#[ext(ServiceExt)]
impl Service {
    async fn user(&self) -> &'static str {
        tokio::task::yield_now().await;
        USER.get()
    }

    #[with_context(USER = user)]
    async fn bound(&self, user: &'static str) -> &'static str {
        tokio::task::yield_now().await;
        USER.get()
    }

    #[with_context(USER = "plain")]
    fn plain(&self) -> &'static str {
        USER.get()
    }

    #[with_context(skip)]
    async fn skipped(&self) {
        drop(USER.set("skipped"));
    }
}

#[tokio::test]
#[with_context(USER = "alice")]
async fn each_method_has_a_context_of_its_own() {
    assert_eq!(Service.user().await, "alice");
    assert_eq!(Service.bound("bob").await, "bob");
    assert_eq!(Service.plain(), "plain");
    assert_eq!(USER.get(), "alice");
    Service.skipped().await;
    assert_eq!(USER.get(), "skipped");
}
