//! `#[dynosaur]` copies the attributes of each method to the trait that it makes: ours is expanded before, in the trait.

use contextvars::{context_var, with_context};
use dynosaur::dynosaur;

#[context_var]
static USER: &'static str = "nobody";

#[with_context(in_place)]
#[dynosaur(DynService = dyn(box) Service)]
trait Service {
    async fn user(&self) -> &'static str {
        drop(USER.set(self.name()));
        tokio::task::yield_now().await;
        USER.get()
    }

    async fn own(&self) -> &'static str;

    fn name(&self) -> &'static str;
}

struct Alice;

#[with_context]
impl Service for Alice {
    async fn own(&self) -> &'static str {
        USER.get()
    }

    fn name(&self) -> &'static str {
        "alice"
    }
}

#[tokio::test]
#[with_context(USER = "caller")]
async fn default_methods_have_a_context_of_their_own() {
    let service = DynService::new_box(Alice);
    assert_eq!((service.user().await, Alice.user().await), ("alice", "alice"));
    assert_eq!(service.own().await, "caller");
    assert_eq!(USER.get(), "caller");
}
