//! async-graphql: resolvers of `#[Object]`, and a scope around the execution of each request.

mod users;

use async_graphql::{EmptyMutation, EmptySubscription, MergedObject, Object, Request, Response, Schema, Subscription};
use contextvars::{Context, ContextExt, with_context};
use futures::{Stream, StreamExt, stream};
use users::{USER, seen};

#[derive(Default)]
struct Methods;

#[Object]
impl Methods {
    #[with_context]
    async fn annotated(&self) -> String {
        USER.set(USER.get());
        seen().await
    }

    #[with_context]
    #[graphql(name = "renamed")]
    async fn with_a_name(&self, ctx: &async_graphql::Context<'_>) -> String {
        assert_eq!(ctx.field().name(), "renamed");
        seen().await
    }

    async fn plain(&self) -> String {
        seen().await
    }

    #[with_context(USER = user)]
    async fn bound(&self, user: String) -> String {
        seen().await
    }
}

#[derive(Default)]
struct Above;

#[with_context]
#[Object]
impl Above {
    async fn block_above(&self) -> String {
        USER.set(USER.get());
        seen().await
    }
}

#[derive(Default)]
struct Below;

#[Object]
#[with_context]
impl Below {
    async fn block_below(&self) -> String {
        USER.set(USER.get());
        seen().await
    }
}

#[derive(Default, MergedObject)]
struct Query(Methods, Above, Below);

fn value_of(response: Response, field: &str) -> String {
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    let data = response.data.into_json().unwrap();
    data[field].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn resolvers_see_what_is_bound_around_the_execution() {
    let schema = Schema::new(Query::default(), EmptyMutation, EmptySubscription);
    let ask = async |query: &'static str, user: &str| {
        let request = Request::new(format!("{{ {query} }}"));
        let response = USER.scope(user.to_owned(), schema.execute(request)).await;
        value_of(response, query)
    };
    for query in ["annotated", "renamed", "plain", "blockAbove", "blockBelow"] {
        let answers = tokio::join!(ask(query, "alice"), ask(query, "bob"));
        assert_eq!(answers, ("alice".to_owned(), "bob".to_owned()), "{query}");
    }
}

/// The fields of a request are resolved at the same time, in one task.
#[tokio::test]
async fn resolvers_of_one_request_see_what_each_binds() {
    let schema = Schema::new(Query::default(), EmptyMutation, EmptySubscription);
    let request = r#"{ a: bound(user: "alice") b: bound(user: "bob") }"#;
    let data = schema.execute(request).await.data.into_json().unwrap();
    assert_eq!((&data["a"], &data["b"]), (&"alice".into(), &"bob".into()));
}

struct Ticks;

#[Subscription]
impl Ticks {
    async fn ticks(&self) -> impl Stream<Item = String> {
        let after = USER.get();
        stream::iter(1..=2).then(move |_| {
            let after = after.clone();
            async move { format!("{after} {}", seen().await) }
        })
    }

    async fn kept(&self) -> impl Stream<Item = String> {
        stream::iter(1..=2).then(|_| seen()).in_current_context()
    }
}

#[tokio::test]
async fn subscriptions_see_what_the_stream_of_responses_is_given() {
    let schema = Schema::new(Query::default(), EmptyMutation, Ticks);
    let ask = async |user: &str| {
        let context = Context::new().with(&USER, user.to_owned());
        let responses = schema.execute_stream("subscription { ticks }").in_context(context);
        responses
            .map(|response| value_of(response, "ticks"))
            .collect::<Vec<_>>()
            .await
    };
    let (for_alice, for_bob) = tokio::join!(ask("alice"), ask("bob"));
    assert_eq!(
        (for_alice, for_bob),
        (vec!["alice alice".to_owned(); 2], vec!["bob bob".to_owned(); 2])
    );
}

/// Who takes the responses one by one may be in another context at each.
#[tokio::test]
async fn a_bound_stream_keeps_what_its_resolver_saw() {
    let schema = Schema::new(Query::default(), EmptyMutation, Ticks);
    let ask = async |user: &str| {
        let mut responses = schema.execute_stream("subscription { kept }").boxed();
        let first = USER.scope(user.to_owned(), responses.next()).await.unwrap();
        let second = responses.next().await.unwrap();
        [first, second].map(|response| value_of(response, "kept"))
    };
    let (for_alice, for_bob) = tokio::join!(ask("alice"), ask("bob"));
    assert_eq!(
        (for_alice, for_bob),
        (["alice"; 2].map(str::to_owned), ["bob"; 2].map(str::to_owned))
    );
}
