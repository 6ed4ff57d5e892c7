//! Actors of `actix`: a handler runs in its actor's context, and carries along what it is given.

use actix::{Actor, ActorFutureExt, Context, Handler, Message, ResponseActFuture, ResponseFuture, WrapFuture};
use contextvars::{bind, context_var, with_context};

#[context_var]
static USER: &'static str = "nobody";

struct Store(u8);

impl Actor for Store {
    type Context = Context<Self>;
}

#[derive(Message)]
#[rtype(result = "&'static str")]
struct Load(&'static str);

#[derive(Message)]
#[rtype(result = "(&'static str, u8)")]
struct Count(&'static str);

impl Handler<Load> for Store {
    type Result = ResponseFuture<&'static str>;

    #[with_context(USER = message.0)]
    fn handle(&mut self, message: Load, _: &mut Context<Self>) -> ResponseFuture<&'static str> {
        Box::pin(async move {
            actix::clock::sleep(std::time::Duration::from_millis(1)).await;
            USER.get()
        })
    }
}

// A `ResponseActFuture` is no `Future`: what is given to it is.
impl Handler<Count> for Store {
    type Result = ResponseActFuture<Self, (&'static str, u8)>;

    fn handle(&mut self, message: Count, _: &mut Context<Self>) -> Self::Result {
        let future = USER.sync_scope(message.0, || bind!(async { USER.get() }));
        Box::pin(future.into_actor(self).map(|user, store, _| {
            store.0 += 1;
            (user, store.0)
        }))
    }
}

#[actix::test]
#[with_context(USER = "caller")]
async fn handlers_have_a_context_of_their_own() {
    let store = Store(0).start();
    assert_eq!(store.send(Load("alice")).await.unwrap(), "alice");
    assert_eq!(store.send(Count("bob")).await.unwrap(), ("bob", 1));
    assert_eq!(USER.get(), "caller");
}

#[with_context(USER = "caller")]
#[actix::test]
async fn above_the_test() {
    let store = Store(0).start();
    assert_eq!(store.send(Count("bob")).await.unwrap(), ("bob", 1));
    assert_eq!(USER.get(), "caller");
}
