//! `#[trace]` of fastrace: the span and its properties are made in the context of the call.

use contextvars::{context_var, with_context};
use fastrace::collector::{Config, TestReporter};
use fastrace::prelude::{Event, LocalSpan, Span, SpanContext};
use fastrace::{future::FutureExt as _, trace};
use tokio::task::yield_now;

#[context_var]
static USER: String = "nobody".to_owned();

#[with_context]
#[trace(short_name = true, properties = { "n": "{n}" })]
async fn above(n: u32) -> String {
    seen(n).await
}

#[trace(short_name = true, properties = { "n": "{n}" })]
#[with_context]
async fn below(n: u32) -> String {
    seen(n).await
}

#[with_context(USER = user.to_owned())]
#[trace(short_name = true)]
async fn bound(user: &str) -> String {
    assert_eq!(USER.get(), user);
    seen(0).await
}

#[trace(short_name = true, enter_on_poll = true)]
#[with_context]
async fn polled() -> String {
    seen(0).await
}

#[with_context(USER = "inner".to_owned())]
#[trace(short_name = true)]
fn plain() -> String {
    LocalSpan::add_event(Event::new("plain").with_property(|| ("user", USER.get())));
    USER.get()
}

async fn seen(_: u32) -> String {
    yield_now().await;
    LocalSpan::add_event(Event::new("seen").with_property(|| ("user", USER.get())));
    yield_now().await;
    USER.get()
}

async fn request(user: &'static str) {
    let root = Span::root(user, SpanContext::random());
    let calls = async move {
        assert_eq!(above(1).await, user);
        assert_eq!(
            tokio::spawn(below(2).in_span(Span::enter_with_local_parent("job")))
                .await
                .unwrap(),
            user
        );
        assert_eq!(bound("carol").await, "carol");
        assert_eq!(polled().await, user);
        assert_eq!(plain(), "inner");
        assert_eq!(USER.get(), user);
    };
    calls.in_span(root).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_and_values_are_those_of_the_caller() {
    let (reporter, spans) = TestReporter::new();
    fastrace::set_reporter(reporter, Config::default());
    let tasks = ["alice", "bob"].map(|user| tokio::spawn(USER.scope(user.to_owned(), request(user))));
    for task in tasks {
        task.await.unwrap();
    }
    fastrace::flush();

    let spans = spans.lock();
    for user in ["alice", "bob"] {
        let trace_id = spans.iter().find(|span| span.name == user).unwrap().trace_id;
        let mut events: Vec<_> = spans
            .iter()
            .filter(|span| span.trace_id == trace_id)
            .flat_map(|span| span.events.iter().map(|event| (&*span.name, &*event.properties[0].1)))
            .collect();
        events.sort_unstable();
        let expected = [
            ("above", user),
            ("below", user),
            ("bound", "carol"),
            ("plain", "inner"),
            ("polled", user),
        ];
        assert_eq!(events, expected);
    }
}
