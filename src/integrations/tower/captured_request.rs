//! [`Captured`]: a request together with the context of its caller.

use std::fmt;
use std::ops::{Deref, DerefMut};

use contextvars_core::__private::{Bound, Capture};

/// A request together with the context of its caller. A [`CaptureLayer`](crate::tower::CaptureLayer) makes it of a
/// request, and a [`RestoreLayer`](crate::tower::RestoreLayer) takes it apart.
///
/// It derefs to the request, so that the layers between the two, and a policy for retries, can read and write the
/// request. A clone has the same context. Each service that gets one starts from a copy of that context, and does not
/// see what another one sets.
///
/// ```
/// use contextvars::tower::{Captured, CaptureLayer, RestoreLayer};
/// use contextvars::context_var;
/// use std::future::{Ready, ready};
/// use tower::{ServiceBuilder, ServiceExt, retry::Policy, service_fn};
///
/// #[context_var]
/// static USER: &'static str = "nobody";
///
/// #[derive(Clone)]
/// struct Order {
///     attempts_left: u32,
/// }
///
/// #[derive(Clone)]
/// struct Attempts;
///
/// impl Policy<Captured<Order>, String, String> for Attempts {
///     type Future = Ready<()>;
///
///     fn retry(&mut self, order: &mut Captured<Order>, result: &mut Result<String, String>) -> Option<Ready<()>> {
///         order.attempts_left = order.attempts_left.checked_sub(1)?;
///         result.is_err().then(|| ready(()))
///     }
///
///     fn clone_request(&mut self, order: &Captured<Order>) -> Option<Captured<Order>> {
///         Some(order.clone())
///     }
/// }
///
/// let orders = ServiceBuilder::new()
///     .layer(CaptureLayer::new())
///     .retry(Attempts)
///     .layer(RestoreLayer::new())
///     .service(service_fn(async |order: Order| match order.attempts_left {
///         0 => Ok(format!("ordered by {}", USER.get())),
///         _ => Err("try again".to_owned()),
///     }));
/// # futures::executor::block_on(async {
/// let order = USER.scope("alice", async { orders.oneshot(Order { attempts_left: 2 }).await });
/// assert_eq!(order.await, Ok("ordered by alice".to_owned()));
/// # });
/// ```
///
/// A request that is dropped without being taken apart, since its caller has gone away, is dropped in its context.
#[derive(Clone)]
pub struct Captured<R> {
    /// `Some` until `into_parts` or `drop` takes it.
    request: Option<R>,
    bound: Bound,
}

impl<R> Captured<R> {
    /// Puts `request` together with the context that is current now.
    ///
    /// Use it in layers of your own, and to call a service inside of a `CaptureLayer` by hand.
    #[must_use]
    pub fn new(request: R) -> Self {
        Self::with(request, Capture::here().bound())
    }

    fn with(request: R, bound: Bound) -> Self {
        let request = Some(request);
        Self { request, bound }
    }

    /// The request, without the context.
    #[must_use]
    pub fn into_inner(self) -> R {
        self.into_parts().0
    }

    /// Another request in the same context.
    ///
    /// ```
    /// use contextvars::tower::Captured;
    ///
    /// let order = Captured::new("3").map(str::parse::<u32>);
    /// assert_eq!(order.into_inner(), Ok(3));
    /// ```
    #[must_use]
    pub fn map<T>(self, f: impl FnOnce(R) -> T) -> Captured<T> {
        let (request, bound) = self.into_parts();
        Captured::with(f(request), bound)
    }

    pub(super) fn into_parts(mut self) -> (R, Bound) {
        let request = self.request.take();
        (request.unwrap_or_else(|| unreachable!("{TAKEN}")), self.bound.clone())
    }
}

const TAKEN: &str = "a request is taken by value alone";

impl<R> Drop for Captured<R> {
    fn drop(&mut self) {
        if let Some(request) = self.request.take() {
            self.bound.clone().call_to_drop(|| drop(request));
        }
    }
}

impl<R> Deref for Captured<R> {
    type Target = R;

    fn deref(&self) -> &R {
        self.request.as_ref().unwrap_or_else(|| unreachable!("{TAKEN}"))
    }
}

impl<R> DerefMut for Captured<R> {
    fn deref_mut(&mut self) -> &mut R {
        self.request.as_mut().unwrap_or_else(|| unreachable!("{TAKEN}"))
    }
}

/// Shows the request, but not the context.
impl<R: fmt::Debug> fmt::Debug for Captured<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captured")
            .field("request", &**self)
            .finish_non_exhaustive()
    }
}
