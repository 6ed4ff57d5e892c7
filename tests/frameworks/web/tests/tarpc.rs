//! tarpc: methods of a `#[tarpc::service]`, each of which is called in the task that its server spawns.

mod users;

use contextvars::with_context;
use futures::StreamExt;
use tarpc::client;
use tarpc::context::{self, Context};
use tarpc::server::{BaseChannel, Channel};
use tarpc::transport::channel::unbounded;
use users::{USER, seen};

#[tarpc::service]
trait World {
    async fn annotated() -> String;
    async fn plain() -> String;
    async fn bound(user: String) -> String;
}

#[derive(Clone)]
struct Server;

impl World for Server {
    #[with_context]
    async fn annotated(self, _: Context) -> String {
        USER.set(USER.get());
        seen().await
    }

    async fn plain(self, _: Context) -> String {
        seen().await
    }

    #[with_context(USER = user)]
    async fn bound(self, _: Context, user: String) -> String {
        seen().await
    }
}

/// A client's connection, each of whose requests is answered in a scope of its user.
fn connect(user: &'static str) -> WorldClient {
    let (transport, server) = unbounded();
    let responses = BaseChannel::with_defaults(server).execute(Server.serve());
    tokio::spawn(responses.for_each(move |response| async move {
        tokio::spawn(USER.scope(user.to_owned(), response));
    }));
    WorldClient::new(client::Config::default(), transport).spawn()
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_see_what_is_bound_around_the_response() {
    let (alice, bob) = (connect("alice"), connect("bob"));
    let now = context::current();
    let (for_alice, for_bob) = tokio::join!(alice.annotated(now), bob.annotated(now));
    assert_eq!(
        (for_alice.unwrap(), for_bob.unwrap()),
        ("alice".to_owned(), "bob".to_owned())
    );
    let (for_alice, for_bob) = tokio::join!(alice.plain(now), bob.plain(now));
    assert_eq!(
        (for_alice.unwrap(), for_bob.unwrap()),
        ("alice".to_owned(), "bob".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_see_what_they_bind() {
    let client = connect("alice");
    let now = context::current();
    let answers = tokio::join!(
        client.bound(now, "carol".to_owned()),
        client.bound(now, "dave".to_owned())
    );
    assert_eq!(
        (answers.0.unwrap(), answers.1.unwrap()),
        ("carol".to_owned(), "dave".to_owned())
    );
}
