//! The current context of `opentelemetry`, as ambient state.

use contextvars_core::Ambient;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context, ContextGuard};
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};

/// The current context of `opentelemetry`, for [`carry`](crate::carry): then an annotation carries the active span and the
/// baggage too, and no spawn needs a `.with_current_context()`.
///
/// What captures a context captures it, if it has an active span or baggage. It is attached for each poll and call, and
/// for the drop, where the thread's own has neither. A context that has other values alone can't be told from an empty
/// one from outside, and is not carried.
///
/// With `tracing-opentelemetry`, carry [`tracing::CurrentSpan`](crate::tracing::CurrentSpan) (feature `tracing`): the
/// spans are those of `tracing`, and from version 0.32 on that crate attaches their contexts itself.
///
/// ```
/// use contextvars::ContextExt;
/// use contextvars::opentelemetry::CurrentContext;
/// use opentelemetry::baggage::BaggageExt;
/// use opentelemetry::{Context, KeyValue};
///
/// contextvars::carry::<CurrentContext>(); // once, in `main`
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let attached = Context::current_with_baggage([KeyValue::new("tenant", "acme")]).attach();
/// let task = tokio::spawn(async { Context::current().baggage().get("tenant").map(ToString::to_string) }.in_current_context());
/// drop(attached);
/// assert_eq!(task.await.unwrap().as_deref(), Some("acme"));
/// # });
/// ```
#[derive(Debug)]
pub struct CurrentContext(Context);

thread_local! {
    /// What is entered on this thread, the last one last.
    static ATTACHED: RefCell<Vec<ContextGuard>> = const { RefCell::new(Vec::new()) };
}

/// Whether there is something in a context that anybody would miss.
fn has_content(context: &Context) -> bool {
    context.has_active_span() || !context.baggage().is_empty()
}

/// Asks the current context, or a thread that ends, whose context is gone.
fn ask<R>(f: impl FnOnce(&Context) -> R) -> Option<R> {
    // Its thread-local may be gone already, which `opentelemetry` panics at.
    panic::catch_unwind(AssertUnwindSafe(|| Context::map_current(f))).ok()
}

impl Ambient for CurrentContext {
    fn capture() -> Option<Self> {
        ask(|context| has_content(context).then(|| Self(context.clone()))).flatten()
    }

    fn is_present() -> bool {
        ask(has_content).unwrap_or(true)
    }

    fn enter(&self) {
        let attached = self.0.clone().attach();
        // A thread that ends keeps nothing: the guard is dropped, and the context is not entered.
        let _ = ATTACHED.try_with(|all| all.borrow_mut().push(attached));
    }

    fn exit(&self) {
        let attached = ATTACHED.try_with(|all| all.borrow_mut().pop());
        drop(attached);
    }
}
