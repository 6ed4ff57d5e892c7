//! [`BindLayer`]: sets a variable from each request.

use std::any::Any;
use std::fmt;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::task::{self, Poll};

use contextvars_core::__private::Capture;
use contextvars_core::{ContextVar, InContext, Kind, Value};
use tower_layer::Layer;
use tower_service::Service;

/// Gives each request a context of its own, and sets a variable in it to what a closure finds in the request.
///
/// The closure returns the value, or an `Option` of it: `None` leaves the variable as it is. The closure runs in the
/// new context. So it sees the values of the layers around this one, and the request sees what the closure sets.
///
/// ```
/// use contextvars::{context_var, tower::BindLayer};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// struct Message {
///     sender: &'static str,
///     trace: Option<u64>,
/// }
///
/// #[context_var]
/// static SENDER: &'static str;
/// #[context_var]
/// static TRACE: u64 = 0;
///
/// async fn handle(_: Message) -> Result<String, std::fmt::Error> {
///     Ok(format!("{:?} {}", SENDER.get(), TRACE.get()))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let service = ServiceBuilder::new()
///     .layer(BindLayer::new(&SENDER, |message: &Message| message.sender))
///     .layer(BindLayer::new(&TRACE, |message: &Message| message.trace))
///     .service(service_fn(handle));
///
/// let answer = service.clone().oneshot(Message { sender: "alice", trace: Some(7) }).await;
/// assert_eq!(answer, Ok(r#"Some("alice") 7"#.to_owned()));
/// let answer = service.oneshot(Message { sender: "bob", trace: None }).await;
/// assert_eq!(answer, Ok(r#"Some("bob") 0"#.to_owned()));
/// # }
/// ```
///
/// A value that takes an `.await` to find, such as a session in a database, needs a middleware inside of a
/// [`ContextLayer`](crate::tower::ContextLayer): a plain async fn that calls [`set`](crate::ContextVar::set), and then
/// the rest of the stack.
pub struct BindLayer<F, Request> {
    name: &'static str,
    // No field and no bound names the variable's type or what `F` returns. In a spawned future, the compiler no longer
    // knows which lifetimes are equal or `'static`, and refuses a bound on a type with a lifetime as "not general
    // enough".
    var: &'static (dyn Any + Send + Sync),
    bind: fn(&Self, &Request),
    find: F,
    place: &'static Location<'static>,
}

impl<F, Request> BindLayer<F, Request> {
    /// Sets `var` to what `find` returns: a `T`, or an `Option<T>`.
    ///
    /// Write the type of the request in the closure's argument; `&http::Request<_>` will do. `Debug` of a context names
    /// the place of this call as the one where the value was set.
    #[track_caller]
    pub fn new<T: Value, D: Kind, R>(var: &'static ContextVar<T, D>, find: F) -> Self
    where
        F: Fn(&Request) -> R,
        R: Found<T>,
    {
        Self {
            name: var.name(),
            var,
            bind: Self::bind::<T, D, R>,
            find,
            place: Location::caller(),
        }
    }

    fn bind<T: Value, D: Kind, R>(&self, request: &Request)
    where
        F: Fn(&Request) -> R,
        R: Found<T>,
    {
        if let Some(value) = (self.find)(request).value() {
            let var: &ContextVar<T, D> = self.var.downcast_ref().expect("`new` has chosen both");
            let set = var.try_set_at(value, self.place);
            debug_assert!(set.is_ok(), "`begin` enters a context");
        }
    }
}

impl<F: Clone, Request> Clone for BindLayer<F, Request> {
    fn clone(&self) -> Self {
        Self {
            find: self.find.clone(),
            ..*self
        }
    }
}

/// If the closure panics, the variable has not been set.
impl<F: UnwindSafe, Request> UnwindSafe for BindLayer<F, Request> {}

/// As for [`UnwindSafe`].
impl<F: RefUnwindSafe, Request> RefUnwindSafe for BindLayer<F, Request> {}

impl<F, Request> fmt::Debug for BindLayer<F, Request> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BindLayer")
            .field("var", &self.name)
            .finish_non_exhaustive()
    }
}

impl<F: Clone, Request, S> Layer<S> for BindLayer<F, Request> {
    type Service = BindService<S, F, Request>;

    fn layer(&self, inner: S) -> BindService<S, F, Request> {
        BindService {
            inner,
            layer: self.clone(),
        }
    }
}

/// What the closure of a [`BindLayer`] may return: a `T`, or an `Option<T>`.
#[diagnostic::on_unimplemented(
    message = "the closure of a `BindLayer` for a variable of type `{T}` can't return `{Self}`",
    label = "it returns a `{T}` or an `Option<{T}>`",
    note = "a value that takes an `.await` to find is set by an async middleware inside of a `ContextLayer`"
)]
pub trait Found<T> {
    #[doc(hidden)]
    fn value(self) -> Option<T>;
}

#[diagnostic::do_not_recommend]
impl<T> Found<T> for T {
    fn value(self) -> Option<T> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T> Found<T> for Option<T> {
    fn value(self) -> Self {
        self
    }
}

/// The service of a [`BindLayer`].
pub struct BindService<S, F, Request> {
    inner: S,
    layer: BindLayer<F, Request>,
}

impl<S: Clone, F: Clone, Request> Clone for BindService<S, F, Request> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            layer: self.layer.clone(),
        }
    }
}

impl<S: Service<Request>, F, Request> Service<Request> for BindService<S, F, Request> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = InContext<S::Future>;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> InContext<S::Future> {
        Capture::here().begin(|| {
            (self.layer.bind)(&self.layer, &request);
            self.inner.call(request)
        })
    }
}

impl<S: fmt::Debug, F, Request> fmt::Debug for BindService<S, F, Request> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BindService")
            .field("inner", &self.inner)
            .field("layer", &self.layer)
            .finish()
    }
}
