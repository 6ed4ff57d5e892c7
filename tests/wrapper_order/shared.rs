//! Futures that are made at start-up, and first polled by a request: they are nobody's.

use std::pin::Pin;
use std::sync::LazyLock;

use contextvars::{Context, ContextExt, context_var, with_context};
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

use crate::common::{drive, yield_now};

#[context_var]
static USER: &str = "nobody";

type Kept = Shared<BoxFuture<'static, &'static str>>;
type Request = Pin<Box<dyn Future<Output = &'static str> + Send>>;

#[with_context(fresh)]
async fn load() -> &'static str {
    yield_now().await;
    USER.get()
}

#[with_context]
async fn load_here() -> &'static str {
    yield_now().await;
    USER.get()
}

async fn load_plainly() -> &'static str {
    yield_now().await;
    USER.get()
}

/// All that can be made at start-up so that it acts as nobody.
fn kept() -> [Kept; 5] {
    [
        load().boxed().shared(),
        load_here().in_context(Context::new()).boxed().shared(),
        load_plainly().in_context(Context::new()).boxed().shared(),
        Box::pin(async { load().await }).boxed().shared(),
        Context::new().run(|| load().boxed()).shared(),
    ]
}

/// The requests that may be the first to need it.
fn requests() -> [fn(Kept) -> Request; 7] {
    async fn plain(kept: Kept) -> &'static str {
        kept.await
    }

    #[with_context]
    async fn annotated(kept: Kept) -> &'static str {
        kept.await
    }

    #[with_context(USER = "alice")]
    async fn binding(kept: Kept) -> &'static str {
        assert_eq!(USER.get(), "alice");
        kept.await
    }

    #[with_context]
    async fn middleware(next: Request) -> &'static str {
        USER.scope("alice", next).await
    }

    [
        |kept| USER.scope("alice", kept).boxed(),
        |kept| USER.scope("alice", plain(kept)).boxed(),
        |kept| USER.scope("alice", annotated(kept)).boxed(),
        |kept| binding(kept).boxed(),
        |kept| middleware(kept.boxed()).boxed(),
        |kept| USER.scope("alice", kept).in_current_context().boxed(),
        |kept| kept.in_context(Context::new().with(&USER, "alice")).boxed(),
    ]
}

/// Case P1: nobody's value in every combination, and for every later request too.
#[test]
fn what_is_made_fresh_at_start_up_never_acts_as_who_polls_it_first() {
    for request in requests() {
        for kept in kept() {
            assert_eq!(drive(request(kept.clone())), "nobody");
            assert_eq!(drive(USER.scope("bob", kept)), "nobody", "a later request");
        }
    }
}

/// Case P1: the smallest program of the report.
#[test]
fn a_shared_future_forced_in_main_is_nobodys() {
    static KEPT: LazyLock<Kept> = LazyLock::new(|| load().boxed().shared());
    LazyLock::force(&KEPT);
    assert_eq!(drive(USER.scope("alice", async { KEPT.clone().await })), "nobody");
    assert_eq!(drive(USER.scope("bob", async { KEPT.clone().await })), "nobody");
}

/// Case P2: captured outside every context, polled by a worker under a scope of its own.
#[test]
fn what_was_captured_outside_sees_nothing_of_a_workers_scope() {
    #[with_context]
    async fn worker(job: Request) -> &'static str {
        let scoped = async {
            yield_now().await;
            job.await
        };
        USER.scope("worker", scoped).await
    }

    #[with_context]
    async fn wraps(job: Request) -> &'static str {
        USER.scope("worker", job).await
    }

    assert_eq!(drive(worker(load_here().boxed())), "nobody");
    assert_eq!(drive(wraps(load_here().boxed())), "nobody");
    let job = load_here();
    let wrapped = Context::new().run(|| USER.scope("worker", job));
    assert_eq!(drive(wrapped), "nobody");
}

/// Case P2: a scope that was made outside as well, and later, applies as ever.
#[test]
fn what_was_captured_outside_sees_a_scope_made_there_later() {
    assert_eq!(drive(USER.scope("alice", load_here())), "alice");
    let job = load_here();
    let on_a_thread = std::thread::spawn(|| USER.scope("alice", job))
        .join()
        .expect("no panic");
    assert_eq!(drive(on_a_thread), "alice");
    let (send, receive) = futures::channel::oneshot::channel::<Request>();
    let older = USER.scope("alice", async { receive.await.expect("a job").await });
    assert!(send.send(load_here().boxed()).is_ok(), "the worker waits");
    assert_eq!(drive(older), "nobody", "but one made earlier does not");
}

/// Case P2: each place counts its own wrappers. However many there were, a count is compared with no other's.
#[test]
fn many_wrappers_in_one_place_are_no_newer_than_a_capture_in_another() {
    fn many_wrappers() {
        for _ in 0..200_000 {
            drop(USER.scope("passing", std::future::ready(())));
        }
    }

    let job = load_here();
    let wrapped = Context::new().run(|| {
        many_wrappers();
        USER.scope("worker", job)
    });
    assert_eq!(drive(wrapped), "nobody");
    let job = Context::new().run(load_here);
    let wrapped = Context::new().run(|| {
        many_wrappers();
        USER.scope("worker", job)
    });
    assert_eq!(drive(wrapped), "nobody");
}
