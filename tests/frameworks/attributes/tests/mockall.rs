//! `#[automock]` copies the attributes of each method to what it makes of it: ours is expanded before.

use contextvars::{context_var, with_context};
use mockall::automock;

#[context_var]
static USER: &'static str = "nobody";

struct Service(u8);

#[with_context(in_place)]
#[automock]
impl Service {
    async fn user(&self) -> &'static str {
        drop(USER.set("service"));
        tokio::task::yield_now().await;
        USER.get()
    }

    #[with_context(USER = user)]
    fn plain(&self, user: &'static str) -> (u8, &'static str) {
        (self.0, USER.get())
    }
}

#[with_context(in_place)]
#[automock]
trait Store {
    async fn load(&self) -> &'static str {
        drop(USER.set("store"));
        tokio::task::yield_now().await;
        USER.get()
    }
}

struct Memory;

impl Store for Memory {}

#[tokio::test]
#[with_context(USER = "caller")]
async fn the_methods_that_are_mocked_have_a_context_of_their_own() {
    assert_eq!(Service(1).user().await, "service");
    assert_eq!(Service(1).plain("plain"), (1, "plain"));
    assert_eq!(Memory.load().await, "store");
    assert_eq!(USER.get(), "caller");
}

/// They share: what returns is what the test says.
#[tokio::test]
#[with_context(USER = "caller")]
async fn mocks_have_none() {
    let mut mock = MockService::new();
    mock.expect_user().returning(|| USER.get());
    mock.expect_plain()
        .returning(|user| (user.len().try_into().unwrap(), USER.get()));
    assert_eq!((mock.user().await, mock.plain("four")), ("caller", (4, "caller")));
    let mut mock = MockStore::new();
    mock.expect_load().returning(|| USER.get());
    assert_eq!(mock.load().await, "caller");
}
