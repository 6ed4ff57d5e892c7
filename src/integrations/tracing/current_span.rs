//! The span that a thread is in, as ambient state.

use contextvars_core::Ambient;
use std::fmt;
use tracing_core::dispatcher::{self, Dispatch};
use tracing_core::span::Id;

/// The span that a thread is in, for [`carry`](crate::carry): then an annotation carries the span too, and no spawn needs
/// an `.in_current_span()`.
///
/// What captures a context captures the current span. It is entered for each poll and call, and for the drop, where the
/// thread is in no span. A future with a span of its own (`.instrument(span)`, `#[instrument]`), and a job under its
/// worker's span, keep that. A span that is carried stays open until the future or closure has ended; a
/// [`Context`](crate::Context) keeps none open.
///
/// The span is entered in the subscriber that made it, as [`Instrument`] does. A subscriber that does not know its current
/// span carries nothing; those of `tracing-subscriber` know it.
///
/// [`Instrument`]: https://docs.rs/tracing/0.1/tracing/trait.Instrument.html
///
/// ```
/// use contextvars::ContextExt;
/// use contextvars::tracing::CurrentSpan;
/// use tracing::{Span, info_span};
///
/// tracing_subscriber::fmt().init();
/// contextvars::carry::<CurrentSpan>(); // once, in `main`
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let request = info_span!("request");
/// let task = request.in_scope(|| tokio::spawn(async { Span::current().id() }.in_current_context()));
/// assert_eq!(task.await.unwrap(), request.id());
/// # });
/// ```
pub struct CurrentSpan {
    subscriber: Dispatch,
    id: Id,
}

impl Ambient for CurrentSpan {
    fn capture() -> Option<Self> {
        dispatcher::get_default(|subscriber| {
            let current = subscriber.current_span();
            let id = subscriber.clone_span(current.id()?);
            Some(Self {
                subscriber: subscriber.clone(),
                id,
            })
        })
    }

    fn is_present() -> bool {
        dispatcher::get_default(|subscriber| subscriber.current_span().id().is_some())
    }

    fn enter(&self) {
        self.subscriber.enter(&self.id);
    }

    fn exit(&self) {
        self.subscriber.exit(&self.id);
    }
}

impl Drop for CurrentSpan {
    fn drop(&mut self) {
        self.subscriber.try_close(self.id.clone());
    }
}

impl fmt::Debug for CurrentSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CurrentSpan")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
