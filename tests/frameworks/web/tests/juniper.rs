//! juniper: resolvers of `#[graphql_object]`, and a scope around the execution of each request.

#![allow(clippy::unused_self, reason = "these methods are about nothing but the context")]

mod users;

use contextvars::with_context;
use juniper::{DefaultScalarValue, EmptyMutation, EmptySubscription, RootNode, Variables, graphql_object};
use users::{USER, seen};

struct Methods;

#[graphql_object]
impl Methods {
    #[with_context]
    async fn annotated(&self) -> String {
        USER.set(USER.get());
        seen().await
    }

    async fn plain() -> String {
        seen().await
    }

    #[with_context(USER = user)]
    async fn bound(&self, user: String) -> String {
        seen().await
    }

    #[with_context(USER = user)]
    fn bound_plain_fn(user: String) -> String {
        USER.get()
    }
}

struct Above;

#[with_context]
#[graphql_object]
impl Above {
    async fn annotated(&self) -> String {
        USER.set(USER.get());
        seen().await
    }
}

struct Below;

#[graphql_object]
#[with_context]
impl Below {
    async fn annotated(&self) -> String {
        USER.set(USER.get());
        seen().await
    }
}

struct Query;

#[graphql_object]
impl Query {
    fn methods() -> Methods {
        Methods
    }

    fn above() -> Above {
        Above
    }

    fn below() -> Below {
        Below
    }
}

async fn execute(query: &str) -> String {
    let root: RootNode<_, _, _, DefaultScalarValue> =
        RootNode::new(Query, EmptyMutation::<()>::new(), EmptySubscription::<()>::new());
    let (value, errors) = juniper::execute(query, None, &root, &Variables::new(), &())
        .await
        .unwrap();
    assert!(errors.is_empty(), "{errors:?}");
    value.to_string()
}

#[tokio::test]
async fn resolvers_see_what_is_bound_around_the_execution() {
    for (object, field) in [
        ("methods", "annotated"),
        ("methods", "plain"),
        ("above", "annotated"),
        ("below", "annotated"),
    ] {
        let query = format!("{{ {object} {{ {field} }} }}");
        let ask = |user: &str| USER.scope(user.to_owned(), execute(&query));
        let answer = |user| format!(r#"{{"{object}": {{"{field}": "{user}"}}}}"#);
        assert_eq!(tokio::join!(ask("alice"), ask("bob")), (answer("alice"), answer("bob")));
    }
}

/// The fields of a request are resolved at the same time, in one task.
#[tokio::test]
async fn resolvers_of_one_request_see_what_each_binds() {
    let query = r#"{ methods { a: bound(user: "alice") b: bound(user: "bob") c: boundPlainFn(user: "carol") } }"#;
    assert_eq!(
        execute(query).await,
        r#"{"methods": {"a": "alice", "b": "bob", "c": "carol"}}"#
    );
}
