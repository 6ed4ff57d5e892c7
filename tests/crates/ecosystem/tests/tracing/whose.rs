//! Tasks, threads and requests show their own values.

use std::thread;

use contextvars::tracing::WithVariables;
use contextvars::{ContextExt, bind, with_context};
use tracing::instrument::WithSubscriber;
use tracing::{Instrument, dispatcher, info, info_span, instrument};

use crate::captured::{capture, plain};
use crate::{REQUEST_ID, USER, fields};

/// What `body` logs on a runtime of two threads, sorted.
fn logged<F: Future<Output = ()> + Send + 'static>(body: impl FnOnce() -> F) -> Vec<String> {
    let subscriber = |writer| plain!(writer).with_variables(fields()).finish();
    let captured = capture(subscriber, || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .build()
            .unwrap();
        let body = body().with_current_subscriber();
        runtime.block_on(async { tokio::spawn(body).await.expect("it ends well") });
    });
    let mut lines: Vec<_> = captured.text().lines().map(|line| line.replace(" INFO ", "")).collect();
    lines.sort();
    lines
}

#[with_context]
async fn annotated() {
    tokio::task::yield_now().await;
    info!("annotated");
}

async fn plain_fn() {
    tokio::task::yield_now().await;
    info!("plain");
}

#[test]
fn spawned_tasks_show_what_they_inherit() {
    #[with_context(USER = "alice")]
    async fn request() {
        let inherits = tokio::spawn(annotated().with_current_subscriber());
        let wrapped = tokio::spawn(plain_fn().in_current_context().with_current_subscriber());
        let bare = tokio::spawn(plain_fn().with_current_subscriber());
        USER.set("mallory");
        for task in [inherits, wrapped, bare] {
            task.await.expect("it ends well");
        }
    }
    assert_eq!(
        logged(request),
        ["annotated USER=\"alice\"", "plain", "plain USER=\"alice\""]
    );
}

#[test]
fn bound_threads_show_what_they_were_given() {
    #[with_context(USER = "alice", REQUEST_ID = 7)]
    async fn request() {
        let dispatch = dispatcher::get_default(Clone::clone);
        let also = dispatch.clone();
        let bound = thread::spawn(bind(move || dispatcher::with_default(&dispatch, || info!("bound"))));
        let bare = thread::spawn(move || dispatcher::with_default(&also, || info!("bare")));
        bound.join().expect("it ends well");
        bare.join().expect("it ends well");
        let dispatch = dispatcher::get_default(Clone::clone);
        let blocking = bind(move || dispatcher::with_default(&dispatch, || info!("blocking")));
        tokio::task::spawn_blocking(blocking).await.expect("it ends well");
    }
    let expected = [
        "bare",
        "blocking USER=\"alice\" REQUEST_ID=7",
        "bound USER=\"alice\" REQUEST_ID=7",
    ];
    assert_eq!(logged(request), expected);
}

/// R2: two requests take turns on one thread, and each line has its own id and user.
#[test]
fn interleaved_requests_show_their_own() {
    #[with_context(REQUEST_ID = id)]
    async fn request(id: u64, user: &'static str) {
        info!("begins");
        tokio::task::yield_now().await;
        USER.set(user);
        tokio::task::yield_now().await;
        info!("ends");
    }
    async fn both() {
        futures::join!(request(1, "alice"), request(2, "bob"));
    }
    let expected = [
        "begins REQUEST_ID=1",
        "begins REQUEST_ID=2",
        "ends USER=\"alice\" REQUEST_ID=1",
        "ends USER=\"bob\" REQUEST_ID=2",
    ];
    assert_eq!(logged(both), expected);
}

/// `#[instrument]` makes its span at the first poll; where it stands decides in which context.
#[test]
fn an_instrumented_fn_has_a_span_that_shows_variables() {
    #[with_context(USER = "alice")]
    #[instrument(skip_all)]
    async fn inside() {
        info!("inside");
    }
    #[instrument(skip_all)]
    #[with_context]
    async fn around() {
        USER.set("bob");
        info!("around");
    }
    async fn both() {
        inside().await;
        around().await;
    }
    let both = || both().in_current_context();
    assert_eq!(
        logged(both),
        [
            "around: around USER=\"bob\"",
            "inside{USER=\"alice\"}: inside USER=\"alice\""
        ]
    );
}

/// A span that travels with a future shows its creator's values, wherever the future is polled.
#[test]
fn a_span_created_in_one_context_and_entered_in_another() {
    #[with_context(USER = "alice")]
    async fn creator() {
        let span = info_span!("job");
        let job = USER
            .scope("worker", async { info!("runs") }.in_current_context())
            .instrument(span);
        tokio::spawn(job.with_current_subscriber()).await.expect("it ends well");
    }
    assert_eq!(logged(creator), ["job{USER=\"alice\"}: runs USER=\"worker\""]);
}
