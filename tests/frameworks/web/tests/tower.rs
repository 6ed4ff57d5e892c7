//! Layers of tower between ours and the service: those that spawn a task belong above.

mod users;

use contextvars::tower::BindLayer;
use contextvars::with_context;
use std::convert::Infallible;
use std::time::Duration;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt, service_fn};
use users::{USER, seen};

#[with_context]
async fn annotated(_: String) -> Result<String, Infallible> {
    USER.set(USER.get());
    Ok(seen().await)
}

async fn plain(_: String) -> Result<String, Infallible> {
    Ok(seen().await)
}

async fn two_users<S>(service: S) -> [String; 2]
where
    S: Service<String, Response = String, Error = BoxError> + Clone,
{
    let ask = |user: &str| service.clone().oneshot(user.to_owned());
    let (for_alice, for_bob) = tokio::join!(ask("alice"), ask("bob"));
    [for_alice.unwrap(), for_bob.unwrap()]
}

#[tokio::test]
async fn a_buffer_belongs_above_the_layer_that_binds() {
    let bind = || BindLayer::new(&USER, String::clone);
    let above = ServiceBuilder::new().buffer(8).layer(bind());
    assert_eq!(two_users(above.service(service_fn(annotated))).await, ["alice", "bob"]);
    let above = ServiceBuilder::new().buffer(8).layer(bind());
    assert_eq!(two_users(above.service(service_fn(plain))).await, ["alice", "bob"]);

    // The buffer calls the service in its own task; the caller polls what that returns.
    let below = ServiceBuilder::new().layer(bind()).buffer(8);
    assert_eq!(two_users(below.service(service_fn(plain))).await, ["alice", "bob"]);
    let below = ServiceBuilder::new().layer(bind()).buffer(8);
    let called = service_fn(|_: String| {
        let user = USER.get();
        async { Ok::<_, Infallible>(user) }
    });
    assert_eq!(two_users(below.service(called)).await, ["nobody", "nobody"]);
}

#[tokio::test]
async fn layers_that_spawn_nothing_may_be_anywhere() {
    let service = ServiceBuilder::new()
        .concurrency_limit(2)
        .timeout(Duration::from_secs(60))
        .layer(BindLayer::new(&USER, String::clone))
        .timeout(Duration::from_secs(60))
        .load_shed()
        .concurrency_limit(2)
        .map_request(|request: String| {
            assert_eq!(USER.get(), request);
            request
        })
        .service(service_fn(annotated));
    assert_eq!(two_users(service).await, ["alice", "bob"]);
}
