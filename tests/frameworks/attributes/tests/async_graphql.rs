//! Resolvers and subscriptions of `async-graphql`, whose macros make a `Result` of what a method returns.

use async_graphql::{EmptyMutation, Object, Result, Schema, Subscription};
use contextvars::{context_var, with_context};
use futures::{Stream, StreamExt, stream};

#[context_var]
static USER: &'static str = "nobody";

struct Query;

#[Object]
impl Query {
    #[with_context]
    async fn user(&self) -> &'static str {
        drop(USER.set("set by the resolver"));
        tokio::task::yield_now().await;
        USER.get()
    }

    async fn plain(&self) -> &'static str {
        USER.get()
    }
}

fn users() -> impl Stream<Item = &'static str> {
    stream::iter(0..2).then(|_| async {
        tokio::task::yield_now().await;
        USER.get()
    })
}

struct Subscriptions;

#[Subscription]
impl Subscriptions {
    #[with_context]
    async fn inherits(&self) -> impl Stream<Item = &'static str> {
        users()
    }

    #[with_context(USER = "bound")]
    async fn bound(&self, user: String) -> Result<impl Stream<Item = String>> {
        if user.is_empty() {
            return Err("no user".into());
        }
        Ok(users().map(move |seen| format!("{user} {seen}")))
    }
}

struct InPlace;

#[with_context(in_place)]
#[Subscription]
impl InPlace {
    async fn users(&self) -> impl Stream<Item = &'static str> {
        drop(USER.set("in place"));
        users()
    }
}

/// What the items of a subscription say, each polled by bob.
async fn items(stream: impl Stream<Item = async_graphql::Response>) -> Vec<String> {
    let items = stream.map(|response| match response.errors.first() {
        None => response.data.to_string(),
        Some(error) => error.message.clone(),
    });
    USER.scope("bob", items.collect::<Vec<_>>()).await
}

#[tokio::test]
async fn resolvers_have_a_context_of_their_own() {
    let schema = Schema::new(Query, EmptyMutation, Subscriptions);
    let response = USER.scope("alice", schema.execute("{ user plain }")).await;
    assert_eq!(
        response.data.to_string(),
        r#"{user: "set by the resolver", plain: "alice"}"#
    );
}

#[tokio::test]
async fn items_see_the_context_of_their_subscription() {
    let schema = Schema::new(Query, EmptyMutation, Subscriptions);
    let inherited = items(schema.execute_stream("subscription { inherits }")).await;
    assert_eq!(inherited, [r#"{inherits: "bob"}"#; 2]);
    let bound = items(schema.execute_stream(r#"subscription { bound(user: "carol") }"#)).await;
    assert_eq!(bound, [r#"{bound: "carol bound"}"#; 2]);
    assert_eq!(
        items(schema.execute_stream(r#"subscription { bound(user: "") }"#)).await,
        ["no user"]
    );

    let schema = Schema::new(Query, EmptyMutation, InPlace);
    let in_place = items(schema.execute_stream("subscription { users }")).await;
    assert_eq!(in_place, [r#"{users: "in place"}"#; 2]);
}
