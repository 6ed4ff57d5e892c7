//! Plain tower services below the layers.

mod common;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context as Waking, Poll};

use contextvars::tower::{BindLayer, BindService, ContextLayer, ContextService};
use contextvars::{Context, InContext, context_var, with_context};
use futures::FutureExt;
use futures::executor::block_on;
use tokio::task::yield_now;
use tower::buffer::BufferLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

use common::{Watched, quiet_expected_panics};

#[context_var]
static USER: &'static str = "nobody";
#[context_var]
static COUNT: u32 = 0;
#[context_var]
static HELD: Arc<()>;

type Answer<T> = Result<T, Infallible>;

fn alice() -> Context {
    Context::new().with(&USER, "alice").with(&COUNT, 1)
}

/// Adds, waits and reads.
async fn add(number: u32) -> Answer<(&'static str, u32)> {
    COUNT.set(COUNT.get() + number);
    yield_now().await;
    Ok((USER.get(), COUNT.get()))
}

/// Does all its work in `call`, and in `poll_ready` says where it is asked.
#[derive(Clone, Debug)]
struct Sync;

impl Service<u32> for Sync {
    type Response = u32;
    type Error = &'static str;
    type Future = Ready<Result<u32, &'static str>>;

    fn poll_ready(&mut self, _: &mut Waking<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Err(USER.get()))
    }

    fn call(&mut self, number: u32) -> Self::Future {
        COUNT.set(COUNT.get() + number);
        ready(Ok(COUNT.get()))
    }
}

/// R1, R2
#[test]
fn each_call_starts_from_the_callers_context_or_empty() {
    let mut inherits = ContextLayer::new().layer(service_fn(add));
    let mut default = ContextLayer::default().layer(service_fn(add));
    let mut fresh = ContextLayer::fresh().layer(service_fn(add));
    alice().run(|| {
        for _ in 0..2 {
            assert_eq!(block_on(inherits.call(1)), Ok(("alice", 2)));
            assert_eq!(block_on(default.call(1)), Ok(("alice", 2)));
            assert_eq!(block_on(fresh.call(1)), Ok(("nobody", 1)));
        }
        assert_eq!(COUNT.get(), 1, "the caller sees nothing of it");
    });
    let made = alice().run(|| inherits.call(1));
    assert_eq!(block_on(made), Ok(("alice", 2)), "captured at the call");
}

/// R2: the part of a call that is not async has the request's context, and the future goes on in it.
#[test]
fn call_itself_runs_inside() {
    alice().run(|| {
        assert_eq!(block_on(ContextLayer::new().layer(Sync).call(5)), Ok(6));
        assert_eq!(block_on(ContextLayer::fresh().layer(Sync).call(5)), Ok(5));
        assert_eq!(
            block_on(BindLayer::new(&COUNT, |n: &u32| *n).layer(Sync).call(5)),
            Ok(10)
        );
        assert_eq!(COUNT.get(), 1);

        let mut goes_on = ContextLayer::new().layer(service_fn(|number| {
            COUNT.set(number);
            add(1)
        }));
        assert_eq!(block_on(goes_on.call(7)), Ok(("alice", 8)));
    });
}

/// Readiness is the service's and no request's, so it is asked where the caller is.
#[test]
fn poll_ready_stays_with_the_caller() {
    fn readiness(mut service: impl Service<u32, Error = &'static str>) -> &'static str {
        let mut waking = Waking::from_waker(futures::task::noop_waker_ref());
        match service.poll_ready(&mut waking) {
            Poll::Ready(Err(user)) => user,
            _ => panic!("`Sync` says who asks"),
        }
    }

    alice().run(|| {
        assert_eq!(readiness(ContextLayer::fresh().layer(Sync)), "alice");
        assert_eq!(readiness(BindLayer::new(&USER, |_: &u32| "bob").layer(Sync)), "alice");
    });
}

/// A closure that returns a value binds it for each request, one that returns `None` binds nothing.
#[test]
fn a_variable_is_bound_from_the_request() {
    let always = BindLayer::new(&COUNT, |number: &u32| number * 10);
    let sometimes = BindLayer::new(&USER, |number: &u32| (*number > 1).then_some("bob"));
    let service = ServiceBuilder::new()
        .layer(always)
        .layer(sometimes)
        .service(service_fn(add));
    assert_eq!(block_on(service.clone().oneshot(1)), Ok(("nobody", 11)));
    assert_eq!(block_on(service.clone().oneshot(2)), Ok(("bob", 22)));
    alice().run(|| {
        assert_eq!(block_on(service.clone().oneshot(1)), Ok(("alice", 11)));
        assert_eq!(block_on(service.clone().oneshot(2)), Ok(("bob", 22)));
        assert_eq!((USER.get(), COUNT.get()), ("alice", 1));
    });
}

/// A variable whose values are options can be bound to `None` by saying so.
#[test]
fn an_optional_value_is_told_from_no_value() {
    #[context_var]
    static LIMIT: Option<u32> = Some(100);

    async fn limit<R>(_: R) -> Answer<Option<u32>> {
        Ok(LIMIT.get())
    }

    let bound = BindLayer::new(&LIMIT, |limit: &Option<u32>| *limit).layer(service_fn(limit));
    assert_eq!(block_on(bound.clone().oneshot(None)), Ok(None));
    assert_eq!(block_on(bound.oneshot(Some(1))), Ok(Some(1)));
    let left = BindLayer::new(&LIMIT, |(): &()| None::<Option<u32>>).layer(service_fn(limit));
    assert_eq!(block_on(left.oneshot(())), Ok(Some(100)));
}

/// The closure runs in the request's context: it sees what was bound further out, and may write.
#[test]
fn the_closure_reads_and_sets() {
    let service = ServiceBuilder::new()
        .layer(BindLayer::new(&USER, |_: &u32| "carol"))
        .layer(BindLayer::new(&HELD, |number: &u32| {
            COUNT.set(number + u32::try_from(USER.get().len()).expect("short"));
            None
        }))
        .service(service_fn(add));
    assert_eq!(block_on(service.oneshot(1)), Ok(("carol", 7)));
    assert_eq!((USER.get(), COUNT.get()), ("nobody", 0));
}

/// R4: a scope made around the call applies to it.
#[test]
fn a_scope_around_the_call_reaches_the_service() {
    #[with_context]
    async fn annotated(number: u32) -> Answer<(&'static str, u32)> {
        add(number).await
    }

    let mut layered = ServiceBuilder::new()
        .layer(ContextLayer::new())
        .layer(BindLayer::new(&COUNT, |number: &u32| *number))
        .service(service_fn(annotated));
    alice().run(|| {
        assert_eq!(block_on(layered.call(3)), Ok(("alice", 6)));
        assert_eq!(block_on(USER.scope("bob", layered.call(3))), Ok(("bob", 6)));
        assert_eq!(
            block_on(COUNT.scope(50, layered.call(3))),
            Ok(("alice", 6)),
            "the layer binds below the scope"
        );
    });
}

/// The place of a value is in the program, not in the layer.
#[test]
fn a_bound_value_was_set_where_the_layer_was_made() {
    let line = line!() + 1;
    let layer = BindLayer::new(&COUNT, |number: &u32| *number);
    let mut layered = layer.layer(service_fn(|_: u32| async {
        let context = Context::current();
        let (_, _, place) = context.iter().next().expect("one is bound");
        Answer::Ok((place.file(), place.line()))
    }));
    assert_eq!(block_on(layered.call(1)), Ok((file!(), line)));
}

/// R6, R12
#[test]
fn a_panic_restores_and_frees() {
    quiet_expected_panics();
    let value = Watched::new();
    let held = value.value();
    let mut in_closure = BindLayer::new(&COUNT, |(): &()| -> u32 { panic!("expected") }).layer(service_fn(|()| add(1)));
    let mut in_call = BindLayer::new(&USER, |(): &()| "bob").layer(service_fn(|()| -> Ready<Answer<()>> {
        COUNT.set(9);
        HELD.set(held.clone());
        panic!("expected")
    }));
    let mut in_future = ContextLayer::new().layer(service_fn(|()| async {
        HELD.set(held.clone());
        yield_now().await;
        HELD.with(|_| -> Answer<()> { panic!("expected") })
    }));
    alice().run(|| {
        assert!(catch_unwind(AssertUnwindSafe(|| drop(in_closure.call(())))).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| drop(in_call.call(())))).is_err());
        assert!(block_on(AssertUnwindSafe(in_future.call(())).catch_unwind()).is_err());
        assert_eq!((USER.get(), COUNT.get(), HELD.is_set()), ("alice", 1, false));
    });
    assert_eq!(Arc::strong_count(&held), 2, "the test's two alone");
}

/// R12: nothing is kept by the service, nor by a response future that is done.
#[test]
fn a_value_is_freed_with_its_response() {
    async fn handle(_: Option<Arc<()>>) -> Answer<bool> {
        yield_now().await;
        Ok(HELD.is_set())
    }

    let mut service = BindLayer::new(&HELD, Option::<Arc<()>>::clone).layer(service_fn(handle));
    for finish in [true, false] {
        let value = Watched::new();
        let mut response = Box::pin(service.call(Some(value.value())));
        if finish {
            assert_eq!(block_on(&mut response), Ok(true));
        } else {
            assert!(response.as_mut().now_or_never().is_none());
            assert!(value.alive());
            drop(response);
        }
        assert!(!value.alive());
    }
}

/// A buffer calls the service in a task of its own: a layer above it reaches the future alone, not the call.
#[tokio::test]
async fn below_a_buffer_the_whole_call_runs_inside() {
    fn who(_: &'static str) -> impl Future<Output = Answer<[&'static str; 2]>> + Send {
        let called = USER.get();
        async move { Ok([called, USER.get()]) }
    }

    let bind = || BindLayer::new(&USER, |user: &&'static str| *user);
    let buffer = || BufferLayer::new(1);
    let below = ServiceBuilder::new().layer(buffer()).layer(bind()).service_fn(who);
    let above = ServiceBuilder::new().layer(bind()).layer(buffer()).service_fn(who);
    assert_eq!(below.oneshot("alice").await.expect("no error"), ["alice"; 2]);
    assert_eq!(above.oneshot("alice").await.expect("no error"), ["nobody", "alice"]);
}

/// Layers, services and response futures can be named, cloned and shown.
#[test]
fn types_are_nameable_and_shown() {
    type Find = fn(&u32) -> u32;
    struct Stack {
        layer: BindLayer<Find, u32>,
        service: BindService<ContextService<Sync>, Find, u32>,
        response: InContext<InContext<Ready<Result<u32, &'static str>>>>,
    }

    let layer = BindLayer::new(&COUNT, (|number| *number) as Find);
    let mut service = layer.layer(ContextLayer::new().layer(Sync));
    let stack = Stack {
        layer,
        response: service.call(1),
        service: service.clone(),
    };
    assert_eq!(block_on(stack.response), Ok(2));
    assert_eq!(format!("{:?}", stack.layer), r#"BindLayer { var: "COUNT", .. }"#);
    assert_eq!(
        format!("{:?}", stack.service),
        r#"BindService { inner: ContextService { inner: Sync, start: Inherited }, layer: BindLayer { var: "COUNT", .. } }"#
    );
    assert_eq!(format!("{:?}", ContextLayer::fresh()), "ContextLayer { start: Fresh }");
}
