//! A variable bound from each request.

use std::fmt;
use std::panic::Location;
use std::task::{self, Poll};

use contextvars_core::__private::Capture;
use contextvars_core::{ContextVar, InContext, Kind, Value};
use tower_layer::Layer;
use tower_service::Service;

/// Gives each request a context of its own, in which a variable is bound to what a closure finds in the request.
///
/// The closure returns the value, or an `Option` of it: `None` leaves the variable as it is. It runs in the new context,
/// so it sees what the layers around it have bound, and what it sets itself holds for the request as well.
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
/// A value that takes an `.await` to find, such as a session in a database, is bound by a middleware below a
/// [`ContextLayer`](crate::tower::ContextLayer): an un-annotated async fn that calls
/// [`set`](crate::ContextVar::set) and then the rest of the stack.
pub struct BindLayer<T: Value, D: Kind, F> {
    // A type without lifetimes: with one, a service in a future that is spawned is refused as "not general enough".
    var: &'static ContextVar<T, D>,
    find: F,
    place: &'static Location<'static>,
}

impl<T: Value, D: Kind, F> BindLayer<T, D, F> {
    /// Binds `var` to what `find` returns: a `T`, or an `Option<T>`.
    ///
    /// Write the type of the request in the closure's argument; `&http::Request<_>` will do. The place of this call is
    /// where `Debug` of a context says that the value was set.
    #[track_caller]
    pub fn new<Request, R>(var: &'static ContextVar<T, D>, find: F) -> Self
    where
        F: Fn(&Request) -> R,
        R: Found<T>,
    {
        let place = Location::caller();
        Self { var, find, place }
    }
}

impl<T: Value, D: Kind, F: Clone> Clone for BindLayer<T, D, F> {
    fn clone(&self) -> Self {
        Self {
            find: self.find.clone(),
            ..*self
        }
    }
}

impl<T: Value, D: Kind, F> fmt::Debug for BindLayer<T, D, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BindLayer")
            .field("var", &self.var.name())
            .finish_non_exhaustive()
    }
}

impl<T: Value, D: Kind, F: Clone, S> Layer<S> for BindLayer<T, D, F> {
    type Service = BindService<S, T, D, F>;

    fn layer(&self, inner: S) -> BindService<S, T, D, F> {
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
    note = "a value that takes an `.await` to find is set by an async middleware below a `ContextLayer`"
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
pub struct BindService<S, T: Value, D: Kind, F> {
    inner: S,
    layer: BindLayer<T, D, F>,
}

impl<S: Clone, T: Value, D: Kind, F: Clone> Clone for BindService<S, T, D, F> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            layer: self.layer.clone(),
        }
    }
}

impl<S, T, D, F, R, Request> Service<Request> for BindService<S, T, D, F>
where
    S: Service<Request>,
    T: Value,
    D: Kind,
    F: Fn(&Request) -> R,
    R: Found<T>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = InContext<S::Future>;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> InContext<S::Future> {
        Capture::here().begin(|| {
            if let Some(value) = (self.layer.find)(&request).value() {
                let set = self.layer.var.try_set_at(value, self.layer.place);
                debug_assert!(set.is_ok(), "`begin` enters a context");
            }
            self.inner.call(request)
        })
    }
}

impl<S: fmt::Debug, T: Value, D: Kind, F> fmt::Debug for BindService<S, T, D, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BindService")
            .field("inner", &self.inner)
            .field("layer", &self.layer)
            .finish()
    }
}
