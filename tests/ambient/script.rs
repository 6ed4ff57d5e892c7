//! A kind whose functions run a script, and all ways to a future that carries.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;

use contextvars::tower::Captured;
use contextvars::{Ambient, ContextExt, bind, bind_fn, carry, context_var, with_context};
use futures::sink::{self, SinkExt};
use futures::stream::{self, StreamExt};

use crate::common::{OnDrop, drive, yield_now};
use crate::tag::{NAME, tag, tagged, untagged};

#[context_var(local)]
pub(crate) static LOCAL: &str = "none";

/// The functions of a kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum When {
    Capture,
    IsPresent,
    Enter,
    Exit,
    Drop,
}

pub(crate) const ALL: [When; 5] = [When::Capture, When::IsPresent, When::Enter, When::Exit, When::Drop];

pub(crate) type Script = Arc<dyn Fn(When) + Send + Sync>;

thread_local! {
    static SCRIPT: RefCell<Option<Script>> = const { RefCell::new(None) };
    static IS_CAPTURED: Cell<bool> = const { Cell::new(false) };
    static ENTERED: Cell<bool> = const { Cell::new(false) };
}

pub(crate) struct Scripted(Script);

pub(crate) fn script() -> Option<Script> {
    SCRIPT.try_with(|script| script.borrow().clone()).ok().flatten()
}

impl Ambient for Scripted {
    fn capture() -> Option<Self> {
        let script = script().filter(|_| IS_CAPTURED.get())?;
        script(When::Capture);
        Some(Self(script))
    }

    fn is_present() -> bool {
        if let Some(script) = script() {
            script(When::IsPresent);
        }
        is_entered()
    }

    fn enter(&self) {
        (self.0)(When::Enter);
        assert!(!ENTERED.replace(true), "entered where there is none");
    }

    fn exit(&self) {
        assert!(ENTERED.replace(false), "exited where it was entered");
        (self.0)(When::Exit);
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        (self.0)(When::Drop);
    }
}

/// Runs `f` where this script is captured and asked.
pub(crate) fn scripted<R>(script: &Script, f: impl FnOnce() -> R) -> R {
    carry::<Scripted>();
    asked(script, || {
        let _reset = OnDrop(|| IS_CAPTURED.set(false));
        IS_CAPTURED.set(true);
        f()
    })
}

/// Runs `f` where this script is asked, and not captured.
pub(crate) fn asked<R>(script: &Script, f: impl FnOnce() -> R) -> R {
    let before = SCRIPT.replace(Some(Arc::clone(script)));
    let _reset = OnDrop(move || drop(SCRIPT.replace(before.clone())));
    f()
}

pub(crate) fn is_entered() -> bool {
    ENTERED.get()
}

/// The thread is as a new one.
#[track_caller]
pub(crate) fn is_clean() {
    assert_eq!(
        (tag(), NAME.get(), LOCAL.get(), is_entered()),
        (None, "nobody", "none", false)
    );
    assert!(NAME.try_set("outside").is_err(), "no context is current");
    // What keeps kinds from calling themselves is off, and destructors find what was current before them.
    let future = tagged("still carried", || {
        waits(OnDrop(|| assert_eq!(tag(), Some("still carried"))))
    });
    untagged(|| drop(future));
    assert_eq!(
        drive(tagged("still carried", || async { tag() }.in_current_context())),
        Some("still carried")
    );
    assert_eq!((tag(), NAME.get()), (None, "nobody"));
}

pub(crate) type BoxedFuture = Pin<Box<dyn Future<Output = &'static str> + Send>>;

#[with_context]
pub(crate) async fn waits<P>(argument: P) -> &'static str {
    NAME.set("inside");
    yield_now().await;
    drop(argument);
    NAME.get()
}

pub(crate) async fn plain<P>(argument: P) -> &'static str {
    let _set = NAME.try_set("inside");
    yield_now().await;
    drop(argument);
    NAME.get()
}

#[with_context]
pub(crate) fn returned<P: Send + 'static>(argument: P) -> BoxedFuture {
    LOCAL.set("prelude's");
    Box::pin(plain(argument))
}

#[with_context]
pub(crate) async fn returns<P: Send + 'static>(argument: P) -> BoxedFuture {
    yield_now().await;
    Box::pin(plain(argument))
}

pub(crate) type Make = fn(Arc<()>) -> BoxedFuture;

/// All ways to a future that carries. They let go of the argument when they end.
pub(crate) const MAKES: [(&str, Make); 11] = [
    ("annotated", |argument| Box::pin(waits(argument))),
    ("returned", |argument| returned(argument)),
    ("returns", |argument| {
        let later = returns(argument);
        Box::pin(async { later.await.await })
    }),
    ("wrapper", |argument| Box::pin(plain(argument).in_current_context())),
    ("scope", |argument| Box::pin(NAME.scope("scope's", plain(argument)))),
    ("local scope", |argument| {
        Box::pin(LOCAL.scope("scope's", plain(argument)))
    }),
    ("stream", |argument| {
        let mut stream = Box::pin(stream::once(plain(argument)).in_current_context());
        Box::pin(async move { stream.next().await.expect("one item") })
    }),
    ("sink", |argument| {
        let sink = sink::unfold(argument, |argument, ()| async {
            plain(()).await;
            Ok::<_, Infallible>(argument)
        });
        let mut sink = Box::pin(sink.in_current_context());
        Box::pin(async move {
            let Ok(()) = sink.send(()).await;
            "inside"
        })
    }),
    ("request", |argument| {
        let request = Captured::new(argument);
        Box::pin(async move {
            yield_now().await;
            drop(request);
            "inside"
        })
    }),
    ("block", |argument| {
        Box::pin(bind!(async move { plain(argument).await }))
    }),
    ("closure", |argument| {
        let call = bind_fn(move || drive(plain(Arc::clone(&argument))));
        Box::pin(async move {
            yield_now().await;
            call()
        })
    }),
];

pub(crate) fn caught<R>(f: impl FnOnce() -> R) -> Option<R> {
    catch_unwind(AssertUnwindSafe(f)).ok()
}

pub(crate) fn panics_in(when: When) -> Script {
    Arc::new(move |now| {
        assert!(now != when, "expected");
    })
}
