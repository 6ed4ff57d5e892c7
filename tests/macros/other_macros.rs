//! Attribute macros of other crates, above ours and below: both do their work, whatever the order.

use crate::{USER, run};
use async_recursion::async_recursion;
use contextvars::with_context;

mod instrumented {
    use super::{USER, run, with_context};
    use std::fmt::{Debug, Write};
    use std::pin::Pin;
    use std::sync::{Arc, Mutex};
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id};
    use tracing::{Span, Subscriber, instrument};
    use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

    /// The spans that were made, with their fields.
    #[derive(Clone, Default)]
    struct Spans(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Spans {
        fn on_new_span(&self, attrs: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
            let mut shown = Shown(attrs.metadata().name().to_owned());
            attrs.record(&mut shown);
            self.0.lock().unwrap().push(shown.0);
        }
    }

    struct Shown(String);

    impl Visit for Shown {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            write!(self.0, " {field}={value:?}").unwrap();
        }
    }

    /// Runs `f` with spans recorded, and gives those.
    fn recorded(f: impl FnOnce()) -> Vec<String> {
        let spans = Spans::default();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(spans.clone()), f);
        spans.0.lock().unwrap().drain(..).collect()
    }

    type Seen = (Option<&'static str>, &'static str);

    /// The span and the variable's value.
    async fn seen() -> Seen {
        std::future::ready(()).await;
        (Span::current().metadata().map(tracing::Metadata::name), USER.get())
    }

    #[with_context]
    #[instrument(skip(_secret), fields(len = text.len(), user = USER.get()))]
    async fn above(text: &str, (left, _): (u8, u8), _secret: String) -> Seen {
        assert_eq!(text.len(), usize::from(left));
        seen().await
    }

    #[instrument(skip(_secret), fields(len = text.len(), user = USER.get()))]
    #[with_context]
    async fn below(text: &str, (left, _): (u8, u8), _secret: String) -> Seen {
        assert_eq!(text.len(), usize::from(left));
        seen().await
    }

    #[test]
    fn async_fns() {
        let spans = recorded(|| {
            let above = USER.sync_scope("alice", || above("four", (4, 0), "secret".to_owned()));
            assert_eq!(run(above), (Some("above"), "alice"));
            let below = USER.sync_scope("alice", || below("four", (4, 0), "secret".to_owned()));
            assert_eq!(run(below), (Some("below"), "alice"));
        });
        let expected = ["above", "below"].map(|name| format!("{name} text=\"four\" left=4 len=4 user=\"alice\""));
        assert_eq!(spans, expected);
    }

    #[with_context(USER = "bound")]
    #[instrument]
    fn sync_above(n: u8) -> Seen {
        (Span::current().metadata().map(tracing::Metadata::name), USER.get())
    }

    #[instrument]
    #[with_context(USER = "bound")]
    fn sync_below(n: u8) -> Seen {
        (Span::current().metadata().map(tracing::Metadata::name), USER.get())
    }

    #[test]
    fn plain_fns() {
        let spans = recorded(|| {
            assert_eq!(sync_above(1), (Some("sync_above"), "bound"));
            assert_eq!(sync_below(2), (Some("sync_below"), "bound"));
        });
        assert_eq!(spans, ["sync_above n=1", "sync_below n=2"]);
    }

    #[with_context]
    #[instrument(err(Debug), ret)]
    async fn question(text: &str) -> Result<u8, std::num::ParseIntError> {
        if text.is_empty() {
            return Ok(0);
        }
        let parsed = text.parse::<u8>()?;
        Ok(parsed)
    }

    #[test]
    fn early_returns() {
        let spans = recorded(|| {
            assert_eq!(run(question("")), Ok(0));
            assert_eq!(run(question("5")), Ok(5));
            assert!(run(question("x")).is_err());
        });
        assert_eq!(spans.len(), 3);
    }

    #[with_context]
    #[instrument]
    fn boxed_above(n: u8) -> Pin<Box<dyn Future<Output = Seen> + Send>> {
        Box::pin(async move {
            assert!(n > 0);
            seen().await
        })
    }

    #[instrument]
    #[with_context]
    fn boxed_below(n: u8) -> Pin<Box<dyn Future<Output = Seen> + Send>> {
        Box::pin(async move {
            assert!(n > 0);
            seen().await
        })
    }

    #[test]
    fn boxed_futures() {
        let spans = recorded(|| {
            let above = USER.sync_scope("alice", || boxed_above(1));
            assert_eq!(run(above), (Some("boxed_above"), "alice"));
            let below = USER.sync_scope("alice", || boxed_below(2));
            assert_eq!(run(below), (Some("boxed_below"), "alice"));
        });
        assert_eq!(spans, ["boxed_above n=1", "boxed_below n=2"]);
    }

    #[derive(Debug)]
    struct Service(u8);

    impl Service {
        #[instrument(skip_all, fields(id = self.0))]
        #[with_context]
        async fn method(&self, _guard: String) -> Seen {
            seen().await
        }
    }

    #[async_trait::async_trait]
    trait Call: Sync {
        async fn call(&self, n: u8) -> Seen;
    }

    #[async_trait::async_trait]
    impl Call for Service {
        #[with_context]
        #[instrument]
        async fn call(&self, n: u8) -> Seen {
            assert!(n > 0);
            seen().await
        }
    }

    #[test]
    fn methods() {
        let spans = recorded(|| {
            let method = USER.sync_scope("alice", || Service(7).seen_by_method());
            assert_eq!(method, (Some("method"), "alice"));
            let service = Service(8);
            let call = USER.sync_scope("alice", || service.call(1));
            assert_eq!(run(call), (Some("call"), "alice"));
        });
        assert_eq!(spans, ["method id=7", "call self=Service(8) n=1"]);
    }

    impl Service {
        fn seen_by_method(&self) -> Seen {
            run(self.method(String::new()))
        }
    }

    #[with_context]
    #[tokio::test]
    #[instrument]
    async fn beside_an_entry_point() {
        drop(USER.set("inner"));
        assert_eq!(seen().await.1, "inner");
    }
}

#[with_context]
#[async_recursion]
async fn countdown_above(n: u8, text: &str) -> (usize, &'static str) {
    if n == 0 {
        return (text.len(), USER.get());
    }
    let (len, user) = countdown_above(n - 1, text).await;
    (len + 1, user)
}

#[async_recursion]
#[with_context]
async fn countdown_below(n: u8, text: &str) -> (usize, &'static str) {
    if n == 0 {
        return (text.len(), USER.get());
    }
    let (len, user) = countdown_below(n - 1, text).await;
    (len + 1, user)
}

#[async_recursion(?Send)]
#[with_context(USER = name)]
async fn not_send(n: u8, name: &'static str) -> &'static str {
    let shared = std::rc::Rc::new(n);
    if n > 0 {
        return not_send(*shared - 1, "deeper").await;
    }
    USER.get()
}

#[test]
fn recursive_fns() {
    let above = USER.sync_scope("alice", || countdown_above(2, "four"));
    let below = USER.sync_scope("alice", || countdown_below(2, "four"));
    assert_eq!((run(above), run(below)), ((6, "alice"), (6, "alice")));
    assert_eq!(run(not_send(0, "first")), "first");
    assert_eq!(run(not_send(2, "first")), "deeper");
}

mod tables {
    use super::{USER, with_context};
    use rstest::{fixture, rstest};

    #[fixture]
    fn prefix() -> &'static str {
        "user: "
    }

    #[fixture]
    #[with_context(USER = "fixture")]
    fn from_context() -> &'static str {
        USER.get()
    }

    #[with_context(USER = name)]
    #[rstest]
    #[case("alice", 5)]
    #[case("bob", 3)]
    fn plain_fns(#[case] name: &'static str, #[case] len: usize, prefix: &str, from_context: &str) {
        assert_eq!((USER.get(), prefix, from_context), (name, "user: ", "fixture"));
        assert_eq!(name.len(), len);
    }

    #[with_context(USER = name)]
    #[rstest]
    #[case("alice", 5)]
    #[case("bob", 3)]
    #[tokio::test]
    async fn above(#[case] name: &'static str, #[case] len: usize, prefix: &str) {
        tokio::task::yield_now().await;
        assert_eq!((USER.get().len(), prefix), (len, "user: "));
        assert!(tokio::spawn(async { USER.try_set("leak").is_err() }).await.unwrap());
    }

    // `#[rstest]` moves what is below it to functions without arguments.
    #[rstest]
    #[case("alice", 5)]
    #[case("bob", 3)]
    #[tokio::test]
    #[with_context(USER = "bound")]
    async fn below(#[case] name: &'static str, #[case] len: usize, prefix: &str) {
        tokio::task::yield_now().await;
        assert_eq!((USER.get(), prefix, name.len()), ("bound", "user: ", len));
        assert!(tokio::spawn(async { USER.try_set("leak").is_err() }).await.unwrap());
    }

    #[rstest]
    #[with_context]
    #[tokio::test]
    async fn values(#[values("a", "bc")] name: &'static str) {
        drop(USER.set(name));
        tokio::task::yield_now().await;
        assert_eq!(USER.get(), name);
    }
}

/// Macros that are applied as `macro_rules!`: they match the `async fn` that is left to them.
mod applied {
    use super::{USER, with_context};
    use macro_rules_attribute::apply;
    use smol::{Executor, LocalExecutor};
    use smol_macros::{main, test};

    #[apply(test!)]
    #[with_context(USER = "bound")]
    async fn below() {
        smol::future::yield_now().await;
        assert_eq!(USER.get(), "bound");
    }

    #[with_context(USER = "bound")]
    #[apply(test!)]
    async fn above() {
        smol::future::yield_now().await;
        assert_eq!(USER.get(), "bound");
    }

    #[apply(test!)]
    #[with_context]
    async fn with_an_executor(executor: &LocalExecutor<'_>) {
        drop(USER.set("inner"));
        assert!(executor.spawn(async { USER.try_set("leak").is_err() }).await);
        assert_eq!(USER.get(), "inner");
    }

    #[with_context]
    #[apply(test!)]
    async fn with_threads(executor: &Executor<'_>) {
        drop(USER.set("inner"));
        assert!(executor.spawn(async { USER.try_set("leak").is_err() }).await);
        assert_eq!(USER.get(), "inner");
    }

    #[apply(main!)]
    #[with_context(USER = "bound")]
    async fn main() -> &'static str {
        USER.get()
    }

    #[test]
    fn main_functions() {
        assert_eq!(main(), "bound");
    }
}

/// A variable is bound to an argument that the body uses as well: the argument is moved in first, whoever moves it.
mod arguments {
    use contextvars::{context_var, with_context};

    #[context_var]
    static NAME: String;

    #[async_trait::async_trait]
    trait Greets: Sync {
        async fn above(&self, name: String, again: u8) -> (Option<String>, u8);
        async fn below(&self, name: String) -> Option<String>;
    }

    struct Service;

    #[async_trait::async_trait]
    impl Greets for Service {
        #[with_context(NAME = name)]
        async fn above(&self, name: String, mut again: u8) -> (Option<String>, u8) {
            again += 1;
            (NAME.get(), again)
        }

        #[with_context(NAME = name.clone())]
        async fn below(&self, name: String) -> Option<String> {
            NAME.get().filter(|bound| *bound == name)
        }
    }

    #[test]
    fn of_async_traits() {
        assert_eq!(
            super::run(Service.above("alice".to_owned(), 1)),
            (Some("alice".to_owned()), 2)
        );
        assert_eq!(super::run(Service.below("bob".to_owned())), Some("bob".to_owned()));
    }
}
