//! R1: captured at the call.

use std::pin::Pin;

use contextvars::{Context, ContextExt, ContextVar, WithDefault, bind, bind_fn, context_var, with_context};

use crate::common::{Log, ready, yield_now};

#[context_var]
static NAME: &str = "nobody";
#[context_var]
static OTHER: u32 = 0;

#[with_context]
async fn annotated() -> &'static str {
    NAME.get()
}

#[with_context]
fn returns_a_future() -> impl Future<Output = &'static str> {
    async { NAME.get() }
}

#[with_context]
fn returns_a_box() -> Pin<Box<dyn Future<Output = &'static str> + Send>> {
    Box::pin(async { NAME.get() })
}

struct Service(&'static ContextVar<&'static str, WithDefault>);

static SERVICE: Service = Service(&NAME);

impl Service {
    #[with_context]
    async fn handle(&self) -> &'static str {
        self.0.get()
    }
}

trait Handler {
    #[with_context]
    async fn by_default(&self) -> &'static str {
        NAME.get()
    }

    async fn by_impl(&self) -> &'static str;
}

impl Handler for Service {
    #[with_context]
    async fn by_impl(&self) -> &'static str {
        self.0.get()
    }
}

/// Makes a future where `NAME` is "at the call", and polls it where it is "at the poll".
fn made_here_polled_there<F: Future<Output = &'static str>>(make: impl FnOnce() -> F) -> &'static str {
    Context::new().run(|| {
        NAME.set("at the call");
        let future = make();
        NAME.set("at the poll");
        ready(future)
    })
}

/// R1, Case T20
#[test]
fn an_annotated_future_sees_its_caller_at_the_call() {
    assert_eq!(made_here_polled_there(annotated), "at the call");
    assert_eq!(made_here_polled_there(returns_a_future), "at the call");
    assert_eq!(made_here_polled_there(returns_a_box), "at the call");
    assert_eq!(made_here_polled_there(|| SERVICE.handle()), "at the call");
    assert_eq!(made_here_polled_there(|| SERVICE.by_default()), "at the call");
    assert_eq!(made_here_polled_there(|| SERVICE.by_impl()), "at the call");
}

/// R1
#[test]
fn a_wrapped_future_sees_its_caller_at_the_call() {
    let plain = || async { NAME.get() };
    assert_eq!(made_here_polled_there(|| plain().in_current_context()), "at the call");
    assert_eq!(
        made_here_polled_there(|| plain().in_context(Context::current())),
        "at the call"
    );
    assert_eq!(made_here_polled_there(|| OTHER.scope(1, plain())), "at the call");
    assert_eq!(
        made_here_polled_there(plain),
        "at the poll",
        "a plain one sees where it is polled"
    );
}

/// R1, Case 160
#[test]
fn a_bound_closure_sees_where_it_was_made() {
    Context::new().run(|| {
        NAME.set("made");
        let once = bind(|| NAME.get());
        let many = bind_fn(|| NAME.get());
        NAME.set("called");
        assert_eq!(once(), "made");
        assert_eq!([many(), many()], ["made", "made"]);
    });
}

/// R1
#[test]
fn annotated_closures_and_blocks_capture_where_they_are_made() {
    #[with_context]
    fn make() -> [&'static str; 3] {
        NAME.set("made");
        let closure = #[with_context]
        move || NAME.get();
        let block = #[with_context]
        async move {
            NAME.get()
        };
        let asynchronous = #[with_context]
        async move || NAME.get();
        NAME.set("later");
        [closure(), ready(block), ready(asynchronous())]
    }

    assert_eq!(make(), ["made", "made", "made"]);
}

/// R1, Cases 68, 69
#[test]
fn two_calls_capture_twice() {
    Context::new().run(|| {
        let none = annotated();
        NAME.set("one");
        let one = annotated();
        NAME.set("two");
        let two = annotated();
        NAME.unset();
        assert_eq!([ready(two), ready(none), ready(one)], ["two", "nobody", "one"]);
    });
}

/// R1, Case 284: a call inside an annotated future captures that future's context.
#[test]
fn a_nested_call_captures_its_callers_context() {
    #[with_context]
    async fn outer() -> (&'static str, &'static str) {
        NAME.set("outer");
        yield_now().await;
        let inner = annotated();
        NAME.set("outer, later");
        (inner.await, NAME.get())
    }

    Context::new().run(|| {
        NAME.set("caller");
        assert_eq!(crate::common::drive(outer()), ("outer", "outer, later"));
    });
}

/// R1, Case 284
#[test]
fn wrapping_twice_captures_once() {
    assert_eq!(
        made_here_polled_there(|| annotated().in_current_context()),
        "at the call"
    );
    let twice = || async { NAME.get() }.in_current_context().in_current_context();
    assert_eq!(made_here_polled_there(twice), "at the call");
}

/// R1: `fresh` captures nothing.
#[test]
fn fresh_starts_empty() {
    #[with_context(fresh)]
    async fn fresh() -> (&'static str, bool, usize) {
        let seen = NAME.get();
        OTHER.set(1);
        (seen, NAME.is_set(), Context::current().len())
    }

    #[with_context(fresh)]
    fn fresh_sync() -> (&'static str, usize) {
        (NAME.get(), Context::current().len())
    }

    Context::new().run(|| {
        NAME.set("caller");
        assert_eq!(ready(fresh()), ("nobody", false, 1));
        assert_eq!(fresh_sync(), ("nobody", 0));
        assert_eq!((NAME.get(), OTHER.get()), ("caller", 0));
    });
}

/// R1: the bindings of the attribute run at the first poll, in the new context, and see the parameters.
#[test]
fn the_attributes_bindings_are_the_first_statements() {
    #[with_context(OTHER = { log.push(NAME.get()); number + 1 }, NAME = if OTHER.get() == 42 { "bound" } else { "?" })]
    async fn bound(number: u32, log: Log<&'static str>) -> (u32, &'static str) {
        yield_now().await;
        (OTHER.get(), NAME.get())
    }

    let log = Log::new();
    Context::new().run(|| {
        NAME.set("at the call");
        let future = bound(41, log.clone());
        assert_eq!(log.take(), Vec::<&str>::new(), "nothing has run yet");
        NAME.set("later");
        assert_eq!(crate::common::drive(future), (42, "bound"));
        assert_eq!(log.take(), ["at the call"]);
        assert_eq!((NAME.get(), OTHER.get()), ("later", 0));
    });
}
