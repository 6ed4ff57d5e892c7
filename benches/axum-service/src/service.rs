//! The service in four variants, which differ in how its functions learn whose request they work for: who asks, and the
//! number of the request. It answers with a line of the handler's query, and one of the task that it has spawned.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderMap;

pub(crate) type User = Arc<str>;
pub(crate) type RequestId = u64;

pub(crate) const USER: &str = "x-user";
pub(crate) const REQUEST_ID: &str = "x-request-id";

fn user_of(request: &Request) -> User {
    text(request.headers(), USER).unwrap_or("nobody").into()
}

fn request_id_of(request: &Request) -> RequestId {
    text(request.headers(), REQUEST_ID)
        .and_then(|id| id.parse().ok())
        .unwrap_or_default()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

pub(crate) fn line(user: &str, request_id: RequestId) -> String {
    format!("{user} {request_id}")
}

pub(crate) fn lines(found: &str, audited: &str) -> String {
    format!("{found}\n{audited}\n")
}

/// Both values are passed by hand.
pub(crate) mod arguments {
    use super::{RequestId, User, line, lines, request_id_of, user_of};
    use axum::extract::Request;
    use axum::{Router, routing::get};
    use tokio::task::yield_now;

    pub(crate) fn app() -> Router {
        Router::new().route("/orders", get(orders))
    }

    async fn orders(request: Request) -> String {
        let (user, request_id) = (user_of(&request), request_id_of(&request));
        let audit = tokio::spawn(audit(user.clone(), request_id));
        let found = find(&user, request_id).await;
        lines(&found, &audit.await.expect("the audit ends"))
    }

    async fn find(user: &User, request_id: RequestId) -> String {
        account(user, request_id).await
    }

    async fn account(user: &User, request_id: RequestId) -> String {
        table(user, request_id).await
    }

    async fn table(user: &User, request_id: RequestId) -> String {
        row(user, request_id).await
    }

    async fn row(user: &User, request_id: RequestId) -> String {
        yield_now().await;
        line(user, request_id)
    }

    async fn audit(user: User, request_id: RequestId) -> String {
        yield_now().await;
        line(&user, request_id)
    }
}

/// Both values are in `task_local!`s of tokio, bound in a middleware as axum's guide has it.
pub(crate) mod task_local {
    use super::{RequestId, User, line, lines, request_id_of, user_of};
    use axum::extract::Request;
    use axum::middleware::{Next, from_fn};
    use axum::{Router, response::Response, routing::get};
    use tokio::task::yield_now;
    use tokio::task_local;

    task_local! {
        static USER: User;
        static REQUEST_ID: RequestId;
    }

    pub(crate) fn app() -> Router {
        Router::new().route("/orders", get(orders)).layer(from_fn(identify))
    }

    async fn identify(request: Request, next: Next) -> Response {
        let (user, request_id) = (user_of(&request), request_id_of(&request));
        USER.scope(user, REQUEST_ID.scope(request_id, next.run(request))).await
    }

    async fn orders() -> String {
        // Nothing is inherited.
        let audit = tokio::spawn(USER.scope(USER.get(), REQUEST_ID.scope(REQUEST_ID.get(), audit())));
        let found = find().await;
        lines(&found, &audit.await.expect("the audit ends"))
    }

    async fn find() -> String {
        account().await
    }

    async fn account() -> String {
        table().await
    }

    async fn table() -> String {
        row().await
    }

    async fn row() -> String {
        yield_now().await;
        line(&USER.get(), REQUEST_ID.get())
    }

    async fn audit() -> String {
        yield_now().await;
        line(&USER.get(), REQUEST_ID.get())
    }
}

/// Both values are in context variables, bound by scopes in a middleware. No function is annotated.
pub(crate) mod scopes {
    use super::{RequestId, User, line, lines, request_id_of, user_of};
    use axum::extract::Request;
    use axum::middleware::{Next, from_fn};
    use axum::{Router, response::Response, routing::get};
    use contextvars::{ContextExt, context_var};
    use tokio::task::yield_now;

    #[context_var]
    static USER: User = "nobody".into();
    #[context_var]
    static REQUEST_ID: RequestId = 0;

    pub(crate) fn app() -> Router {
        Router::new().route("/orders", get(orders)).layer(from_fn(identify))
    }

    async fn identify(request: Request, next: Next) -> Response {
        let (user, request_id) = (user_of(&request), request_id_of(&request));
        USER.scope(user, REQUEST_ID.scope(request_id, next.run(request))).await
    }

    async fn orders() -> String {
        let audit = tokio::spawn(audit().in_current_context());
        let found = find().await;
        lines(&found, &audit.await.expect("the audit ends"))
    }

    async fn find() -> String {
        account().await
    }

    async fn account() -> String {
        table().await
    }

    async fn table() -> String {
        row().await
    }

    async fn row() -> String {
        yield_now().await;
        line(&USER.get(), REQUEST_ID.get())
    }

    async fn audit() -> String {
        yield_now().await;
        line(&USER.get(), REQUEST_ID.get())
    }
}

/// Both values are in context variables, bound by layers. Every function is annotated.
pub(crate) mod layers {
    use super::{RequestId, User, line, lines, request_id_of, user_of};
    use axum::{Router, routing::get};
    use contextvars::tower::BindLayer;
    use contextvars::{context_var, with_context};
    use tokio::task::yield_now;
    use tower::ServiceBuilder;

    #[context_var]
    static USER: User = "nobody".into();
    #[context_var]
    static REQUEST_ID: RequestId = 0;

    pub(crate) fn app() -> Router {
        let identify = ServiceBuilder::new()
            .layer(BindLayer::new(&USER, user_of))
            .layer(BindLayer::new(&REQUEST_ID, request_id_of));
        Router::new().route("/orders", get(orders)).layer(identify)
    }

    #[with_context]
    async fn orders() -> String {
        let audit = tokio::spawn(audit());
        let found = find().await;
        lines(&found, &audit.await.expect("the audit ends"))
    }

    #[with_context]
    async fn find() -> String {
        account().await
    }

    #[with_context]
    async fn account() -> String {
        table().await
    }

    #[with_context]
    async fn table() -> String {
        row().await
    }

    #[with_context]
    async fn row() -> String {
        yield_now().await;
        line(&USER.get(), REQUEST_ID.get())
    }

    #[with_context]
    async fn audit() -> String {
        yield_now().await;
        line(&USER.get(), REQUEST_ID.get())
    }
}
