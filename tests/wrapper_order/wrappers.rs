//! Wrappers that were made around the future by the same caller.

use std::thread;
use std::time::Duration;

use contextvars::{Context, ContextExt, context_var, with_context};
use futures::FutureExt;

use crate::common::{drive, outside_and_inside, poll_once, ready, yield_now};
use crate::{A, B, C, Seen, annotated, for_every_kind, plain, relay, seen};

/// R4
#[test]
fn a_scope_shows_in_the_handler_that_was_evaluated_before_it() {
    #[context_var]
    static USER: &str;

    #[with_context]
    async fn handler(request: u32) -> (u32, Option<&'static str>) {
        yield_now().await;
        (request, USER.get())
    }

    outside_and_inside(|| {
        assert_eq!(drive(USER.scope("alice", handler(1))), (1, Some("alice")));
        let evaluated_before = handler(2);
        let scoped = USER.scope("bob", evaluated_before);
        assert_eq!(drive(scoped), (2, Some("bob")));
    });
}

/// R4
#[test]
fn a_scope_shows_in_every_kind_of_future() {
    for_every_kind(|c, make, name| {
        assert_eq!(drive(A.scope(1, make())), [1, 0, c], "{name}");
        assert_eq!(drive(C.scope(4, make())), [0, 0, 4], "{name}");
    });
}

/// R4, Case T29
#[test]
fn two_scopes_both_show() {
    for_every_kind(|c, make, name| {
        assert_eq!(drive(A.scope(1, B.scope(2, make()))), [1, 2, c], "{name}");
        assert_eq!(
            drive(A.scope(1, B.scope(2, make()).boxed()).boxed()),
            [1, 2, c],
            "{name}, boxed"
        );
        assert_eq!(
            drive(A.scope(1, relay(B.scope(2, make())))),
            [1, 2, c],
            "{name}, relayed"
        );
        assert_eq!(
            drive(A.scope(1, B.scope(2, C.scope(4, make())))),
            [1, 2, 4],
            "{name}, three"
        );
    });
}

/// R4
#[test]
fn of_two_scopes_of_one_variable_the_inner_one_shows() {
    for_every_kind(|c, make, name| {
        assert_eq!(drive(A.scope(1, A.scope(2, make()))), [2, 0, c], "{name}");
        assert_eq!(drive(A.scope(1, B.scope(5, A.scope(2, make())))), [2, 5, c], "{name}");
    });
}

/// R4
#[test]
fn in_context_replaces_what_was_captured() {
    let given = Context::new().with(&B, 7);
    for_every_kind(|_, make, name| {
        assert_eq!(drive(make().in_context(given.clone())), [0, 7, 0], "{name}");
        assert_eq!(drive(make().in_context(Context::new())), [0, 0, 0], "{name}");
        assert_eq!(
            drive(relay(make().in_context(given.clone()))),
            [0, 7, 0],
            "{name}, relayed"
        );
    });
}

/// R4, Case T29
#[test]
fn a_scope_inside_in_context_adds_to_it() {
    let given = Context::new().with(&B, 7).with(&A, 9);
    for_every_kind(|_, make, name| {
        let scoped = A.scope(1, make()).in_context(given.clone());
        assert_eq!(drive(scoped), [1, 7, 0], "{name}");
        let boxed = A.scope(1, make()).boxed().in_context(given.clone()).boxed();
        assert_eq!(drive(boxed), [1, 7, 0], "{name}, boxed");
        let relayed = relay(A.scope(1, make())).in_context(given.clone());
        assert_eq!(drive(relayed), [1, 7, 0], "{name}, relayed");
    });
}

/// R4: the attribute's own bindings are statements of the body, and so come last.
#[test]
fn the_attributes_bindings_come_after_a_scope() {
    #[with_context(A = B.get() + 5)]
    async fn bound() -> Seen {
        seen()
    }

    outside_and_inside(|| {
        assert_eq!(ready(A.scope(1, bound())), [5, 0, 0]);
        assert_eq!(ready(B.scope(2, bound())), [7, 2, 0]);
    });
}

/// R4: the wrapper's own capture is taken when it is made, whatever its maker does next.
#[test]
fn a_wrapper_polled_late_and_elsewhere_shows_the_same() {
    for_every_kind(|c, make, name| {
        let wrapped = A.scope(1, B.scope(2, make()));
        let given = A.scope(1, make().in_context(Context::new().with(&B, 7)));
        if Context::current().is_empty() {
            C.try_set(99).expect_err("outside every context");
        } else {
            C.set(99);
        }
        let polled = thread::spawn(|| [drive(wrapped), drive(given)])
            .join()
            .expect("no panic");
        assert_eq!(polled, [[1, 2, c], [0, 7, 0]], "{name}");
        if c != 0 {
            C.set(c);
        }
    });
}

/// R4: handler and wrapper made in one context instance, an await and a thread apart.
#[test]
fn a_wrapper_made_after_an_await_has_its_say() {
    #[with_context]
    async fn caller() -> [Seen; 2] {
        C.set(3);
        let handler = annotated();
        yield_now().await;
        C.set(4);
        let around = A.scope(1, handler);
        yield_now().await;
        let handler = annotated();
        async { yield_now().await }.await;
        [around.await, B.scope(2, handler).await]
    }

    outside_and_inside(|| {
        assert_eq!(drive(caller()), [[1, 0, 3], [0, 2, 4]]);
        assert_eq!(crate::common::drive_across_threads(caller()), [[1, 0, 3], [0, 2, 4]]);
    });
}

/// R4: a plain callee is in its caller's context instance, so the wrappers of one serve the futures of the other.
#[test]
fn a_wrapper_of_a_plain_callee_has_its_say() {
    async fn scoped(handler: impl Future<Output = Seen>) -> Seen {
        yield_now().await;
        A.scope(1, handler).await
    }

    #[with_context]
    async fn caller() -> Seen {
        C.set(3);
        scoped(annotated()).await
    }

    assert_eq!(drive(caller()), [1, 0, 3]);
}

/// R4: what was made in a scope's own body has captured the scope already.
#[test]
fn a_handler_made_inside_a_scope_has_captured_it() {
    outside_and_inside(|| {
        let inside = A.scope(1, async {
            A.set(5);
            let handler = annotated();
            A.set(6);
            (handler.await, B.scope(2, annotated()).await)
        });
        assert_eq!(ready(inside), ([5, 0, 0], [6, 2, 0]));
    });
}

/// R4: a wrapper that is older than the capture has no say, even in the same context instance.
#[test]
fn an_older_wrapper_has_no_say() {
    Context::new().run(|| {
        let (send, receive) = futures::channel::oneshot::channel();
        let older = A.scope(1, async { receive.await.expect("a future").await });
        A.set(2);
        assert!(send.send(annotated()).is_ok(), "the scope waits");
        assert_eq!(drive(older), [2, 0, 0]);

        let (send, receive) = futures::channel::oneshot::channel();
        let older = async { receive.await.expect("a future").await }.in_context(Context::new().with(&B, 7));
        assert!(send.send(annotated()).is_ok(), "the wrapper waits");
        assert_eq!(drive(older), [2, 0, 0]);
    });
}

/// R4: of two wrappers, the newer one applies and the older one, further out, does not.
#[test]
fn only_the_newer_of_two_wrappers_has_its_say() {
    Context::new().run(|| {
        let (send, receive) = futures::channel::oneshot::channel();
        let older = A.scope(1, async { receive.await.expect("a future").await });
        let handler = annotated();
        let newer = B.scope(2, handler);
        assert!(send.send(newer).is_ok(), "the scope waits");
        assert_eq!(drive(older), [0, 2, 0]);
    });
}

/// R4: newer than the handler, older than the annotated future that the handler came in: it applies to the one only.
#[test]
fn a_wrapper_is_compared_with_each_future_inside_it() {
    #[with_context]
    async fn relay_both(handler: impl Future<Output = Seen>) -> [Seen; 2] {
        [seen(), handler.await]
    }

    Context::new().run(|| {
        let (send, receive) = futures::channel::oneshot::channel();
        let handler = annotated();
        let wrapper = A.scope(1, async { receive.await.expect("a future").await });
        B.set(2);
        let relayed = relay_both(handler);
        assert!(send.send(relayed).is_ok(), "the scope waits");
        assert_eq!(drive(wrapper), [[0, 2, 0], [1, 0, 0]]);
    });
}

/// R4: of two `in_context` the inner one shows, be it the newer one too.
#[test]
fn the_inner_in_context_shows_although_it_is_newer() {
    let [early, late] = [Context::new().with(&B, 7), Context::new().with(&C, 8)];
    Context::new().run(|| {
        let (send, receive) = futures::channel::oneshot::channel();
        let handler = annotated();
        let outer = async { receive.await.expect("a future").await }.in_context(early);
        let inner = handler.in_context(late);
        assert!(send.send(inner).is_ok(), "the wrapper waits");
        assert_eq!(drive(outer), [0, 0, 8]);
    });
}

/// R4: bases and scopes around and between annotated futures.
#[test]
fn wrappers_apply_through_annotated_futures() {
    let [early, late] = [Context::new().with(&B, 7), Context::new().with(&C, 8)];
    for_every_kind(|_, make, name| {
        let given = B.scope(2, relay(A.scope(1, make())).in_context(late.clone()));
        assert_eq!(drive(given), [1, 0, 8], "{name}");
        let given = relay(A.scope(1, relay(make()).in_context(early.clone()))).in_context(late.clone());
        assert_eq!(drive(given), [0, 7, 0], "{name}");
    });
}

/// R4: a middleware that is annotated itself makes its wrappers in a context instance of its own, so for what its
/// caller made it is a stranger, be that made outside every context.
#[test]
fn a_middleware_with_a_context_of_its_own_is_a_stranger() {
    #[with_context]
    async fn middleware(handler: impl Future<Output = Seen>) -> Seen {
        A.scope(1, handler).await
    }

    assert_eq!(drive(middleware(annotated())), [0, 0, 0]);
    assert_eq!(drive(middleware(plain())), [1, 0, 0]);
    Context::new().with(&C, 3).run(|| {
        assert_eq!(drive(middleware(annotated())), [0, 0, 3]);
        assert_eq!(drive(middleware(plain())), [1, 0, 3]);
        let handler = annotated();
        let wrapped = Context::current().run(|| A.scope(1, handler));
        assert_eq!(drive(wrapped), [0, 0, 3], "made inside another run");
        let handler = annotated();
        let wrapped = B.sync_scope(2, || A.scope(1, handler));
        assert_eq!(drive(wrapped), [0, 0, 3], "made inside another scope");
    });
}

/// R4, R2: what runs already is bound no more.
#[test]
fn a_future_that_has_been_polled_is_not_rebound() {
    #[with_context]
    async fn handler() -> [Seen; 2] {
        let before = seen();
        C.set(5);
        yield_now().await;
        [before, seen()]
    }

    outside_and_inside(|| {
        let mut running = Box::pin(handler());
        assert!(poll_once(running.as_mut()).is_pending());
        assert_eq!(ready(A.scope(1, running)), [[0, 0, 0], [0, 0, 5]]);
    });
}

/// R4
#[test]
fn each_future_in_one_wrapper_is_bound_by_it() {
    outside_and_inside(|| {
        let both = futures::future::join(annotated(), relay(annotated()));
        assert_eq!(drive(A.scope(1, both)), ([1, 0, 0], [1, 0, 0]));
        let (one, two) = (annotated(), annotated());
        let one_by_one = A.scope(1, async {
            (
                one.await,
                {
                    B.set(2);
                    two.await
                },
                seen(),
            )
        });
        let (one, two, wrapper) = drive(one_by_one);
        assert_eq!((one, wrapper), ([1, 0, 0], [1, 2, 0]));
        assert_eq!(two[0], 1);
    });
}

/// R4: a timeout of tokio, on its runtime.
#[tokio::test]
async fn a_scope_shows_through_a_timeout() {
    let hour = Duration::from_secs(3600);
    let outside = A.scope(1, tokio::time::timeout(hour, annotated())).await;
    assert_eq!(outside, Ok([1, 0, 0]));
    let inside = C.scope(3, async move {
        let timed = tokio::time::timeout(hour, relay(annotated()));
        A.scope(1, B.scope(2, timed).boxed()).await
    });
    assert_eq!(inside.await, Ok([1, 2, 3]));
}

/// R4: spawned, and so polled first where no context is entered.
#[tokio::test]
#[with_context]
async fn a_scope_shows_in_a_spawned_handler() {
    C.set(3);
    let task = tokio::spawn(A.scope(1, B.scope(2, annotated())));
    C.set(4);
    assert_eq!(task.await.expect("no panic"), [1, 2, 3]);
    let given = Context::new().with(&B, 7);
    let task = tokio::spawn(A.scope(1, annotated()).in_context(given.clone()));
    assert_eq!(task.await.expect("no panic"), [1, 7, 0]);
    let task = tokio::spawn(A.scope(1, plain().in_context(given)));
    assert_eq!(task.await.expect("no panic"), [0, 7, 0]);
}

/// R4, Case T26: as many wrappers as one likes.
#[test]
fn a_hundred_wrappers_have_their_say() {
    outside_and_inside(|| {
        let mut future = annotated().boxed();
        for number in 1..=100 {
            future = if number % 2 == 0 {
                A.scope(number, future).boxed()
            } else {
                relay(future).boxed()
            };
        }
        assert_eq!(drive(B.scope(7, future)), [2, 7, 0], "the innermost of them");
    });
}

/// R4: bound closures always keep their own, and so do the futures of their calls, whoever wraps them.
#[test]
fn the_future_of_a_bound_async_closure_is_not_rebound() {
    #[with_context(A = 1)]
    async fn outer() -> [Seen; 2] {
        let call = #[with_context]
        async move || seen();
        let in_context = call().in_context(Context::new().with(&C, 3)).await;
        [A.scope(2, B.scope(2, call())).await, in_context]
    }

    outside_and_inside(|| assert_eq!(ready(outer()), [[1, 0, 0]; 2]));
}

/// R4: a context that runs sees no wrapper that is put around it now, and nor does what it captured and begins there: the
/// two agree. Here a future is driven inside a scope that it has made itself.
#[test]
fn what_begins_in_its_own_context_sees_what_that_sees() {
    use std::pin::Pin;
    use std::sync::{Arc, Mutex};

    use crate::Boxed;
    use futures::future;

    type Owner = Pin<Box<dyn Future<Output = (Seen, Seen)> + Send>>;
    type Kept<T> = Arc<Mutex<Option<T>>>;

    #[with_context]
    async fn owner(owner: Kept<Owner>, scope: Kept<Boxed<(Seen, Seen)>>) -> (Seen, Seen) {
        let early = annotated();
        let drives = future::poll_fn(move |cx| {
            let taken = owner.lock().expect("no panic").take();
            let mut taken = taken.expect("it is not polled twice at once");
            taken.as_mut().poll(cx)
        });
        *scope.lock().expect("no panic") = Some(Box::pin(A.scope(7, drives)));
        yield_now().await;
        (seen(), early.await)
    }

    let (kept, scope) = (Arc::default(), Arc::default());
    let mut future: Owner = Box::pin(owner(Arc::clone(&kept), Arc::clone(&scope)));
    assert!(future.as_mut().now_or_never().is_none(), "it waits");
    *kept.lock().expect("no panic") = Some(future);
    let scope = scope.lock().expect("no panic").take().expect("it was made");
    let (in_owner, in_early) = scope.now_or_never().expect("it is done");
    assert_eq!((in_owner, in_early), ([0; 3], [0; 3]));
}
