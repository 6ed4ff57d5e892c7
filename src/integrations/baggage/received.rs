//! [`Received`]: what a header has brought.

use super::rejected::Rejected;
use contextvars_core::Context;
use std::time::Duration;

/// What [`extract`](crate::baggage::Baggage::extract) has found.
///
/// Nothing is entered by it: run the work in the context.
///
/// ```
/// use contextvars::baggage::Baggage;
/// use contextvars::{ContextExt, context_var};
/// use std::collections::HashMap;
///
/// #[context_var]
/// static TENANT: String;
///
/// # futures::executor::block_on(async {
/// let headers = HashMap::from([("baggage".to_owned(), "tenant=acme".to_owned())]);
/// let received = Baggage::new().with("tenant", &TENANT).extract(&headers);
/// for rejected in &received.rejected {
///     eprintln!("{rejected}");
/// }
/// let work = async { TENANT.get() };
/// assert_eq!(work.in_context(received.context).await.as_deref(), Some("acme"));
/// # });
/// ```
#[derive(Clone, Debug)]
#[must_use = "what was received is in the `context`, which nothing has entered"]
#[non_exhaustive]
pub struct Received {
    /// The context that was current, with what was received.
    pub context: Context,
    /// The members with our names that were not taken, at most a few for each name.
    pub rejected: Vec<Rejected>,
    /// How long ago it was sent, if the header says so: see
    /// [`Baggage::with_sent_at`](crate::baggage::Baggage::with_sent_at). Zero if the sender's clock is ahead of ours.
    pub age: Option<Duration>,
}
