//! The current context of `opentelemetry`, as ambient state.

use contextvars_core::Ambient;
use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::TraceContextExt;

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

/// Whether there is something in a context that anybody would miss.
fn has_content(context: &Context) -> bool {
    context.has_active_span() || !context.baggage().is_empty()
}

impl Ambient for CurrentContext {
    fn capture() -> Option<Self> {
        Context::map_current(|context| has_content(context).then(|| Self(context.clone())))
    }

    fn is_present() -> bool {
        Context::map_current(has_content)
    }

    fn within(&self, f: &mut dyn FnMut()) {
        let _attached = self.0.clone().attach();
        f();
    }
}
