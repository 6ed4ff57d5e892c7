//! What a poll or a call has made, when a panic comes in between.

use std::future;
use std::panic::panic_any;
use std::sync::Arc;
use std::thread;

use contextvars::{Context, ContextExt, bind, bind_fn, context_var, with_context};
use futures::stream::{self, StreamExt};

use crate::common::{drive, quiet_expected_panics};
use crate::script::{When, caught, is_clean, panics_in, scripted};
use crate::tag::NAME;

/// R6, R13: what a poll or call has made is nobody's if `exit` panics then, and is dropped.
#[test]
fn what_a_poll_or_call_returns_is_dropped_if_exit_panics() {
    quiet_expected_panics();
    let outputs: [(&str, fn(Arc<()>)); 8] = [
        ("annotated", |output| {
            #[with_context]
            async fn annotated<T>(output: T) -> T {
                output
            }
            drop(drive(annotated(output)));
        }),
        ("wrapper", |output| drop(drive(async { output }.in_current_context()))),
        ("scope", |output| {
            drop(drive(NAME.scope("alice", future::ready(output))))
        }),
        ("stream", |output| {
            let mut stream = Box::pin(stream::once(future::ready(output)).in_current_context());
            drop(drive(stream.next()));
        }),
        ("bind", |output| drop(bind(move || output)())),
        ("bind_fn", |output| drop(bind_fn(move || output.clone())())),
        ("closure", |output| {
            let call = bind!(move || output.clone());
            drop(call());
        }),
        ("closure that returns a future", |output| {
            let future = bind!(move || async { output })();
            drop(drive(future));
        }),
    ];
    for when in [When::Exit, When::Drop] {
        for (way, run) in outputs {
            let script = panics_in(when);
            let output = Arc::new(());
            let given = Arc::clone(&output);
            let ran = caught(|| scripted(&script, || run(given)));
            assert_eq!(ran, None, "{way}: it panics");
            assert_eq!(Arc::strong_count(&output), 1, "{way}, {when:?}");
            is_clean();
        }
    }
}

/// R6: the same if a value panics that was set meanwhile.
#[test]
fn what_a_call_returns_is_dropped_if_a_value_panics() {
    #[context_var]
    static VALUE: Option<Panics> = None;

    #[derive(Clone)]
    struct Panics;

    impl Drop for Panics {
        fn drop(&mut self) {
            if !thread::panicking() {
                panic_any("expected");
            }
        }
    }

    fn with_value<T>(output: T) -> T {
        drop(VALUE.set(Some(Panics)));
        output
    }

    quiet_expected_panics();
    let calls: [(&str, fn(Arc<()>)); 7] = [
        ("bind", |output| drop(bind(|| with_value(output))())),
        ("bind_fn", |output| {
            let call = bind_fn(move || with_value(output.clone()));
            drop(call());
        }),
        ("closure", |output| {
            let call = bind!(move || with_value(output.clone()));
            drop(call());
        }),
        ("function", |output| {
            #[with_context]
            fn function<T>(output: T) -> T {
                with_value(output)
            }
            drop(function(output));
        }),
        ("function of a tuple", |output| {
            #[with_context]
            fn function(output: Arc<()>) -> (u8, Arc<()>) {
                (1, with_value(output))
            }
            drop(function(output));
        }),
        ("sync_scope", |output| {
            drop(NAME.sync_scope("alice", || with_value(output)));
        }),
        ("run", |output| drop(Context::new().run(|| with_value(output)))),
    ];
    for (way, call) in calls {
        let output = Arc::new(());
        let given = Arc::clone(&output);
        assert_eq!(caught(|| call(given)), None, "{way}: it panics");
        assert_eq!(Arc::strong_count(&output), 1, "{way}");
        is_clean();
    }
}
