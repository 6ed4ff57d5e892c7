//! An adapter for executors that are handed to a library.

use contextvars_core::__private::Capture;
use contextvars_core::InContext;

/// An executor whose tasks inherit: each task runs in a copy of the context that is current when it is spawned.
///
/// Use it for an executor that you give to a library, which spawns its own tasks. Where you spawn yourself, write
/// `spawn(annotated())` or `spawn(future.in_current_context())` instead. With the feature `futures`, `Inherit`
/// implements `Spawn` and `LocalSpawn` if the executor does; with the feature `hyper`, it implements
/// [`Executor`](https://docs.rs/hyper/1/hyper/rt/trait.Executor.html).
///
/// A future that has a context already keeps it: the future of an annotated function, `fresh` or not, and one that was
/// wrapped by `scope` or [`in_context`](crate::ContextExt::in_context) before it was spawned. So a task that must
/// inherit nothing is `future.in_context(Context::new())`, here too. What a task sets stays in the task.
///
/// In addition to what the executor does, a spawn costs one capture and one small allocation.
///
/// ```
/// # #[cfg(feature = "futures")] {
/// use contextvars::{Context, ContextExt, Inherit, context_var};
/// use futures::executor::ThreadPool;
/// use futures::task::SpawnExt;
///
/// #[context_var]
/// static USER: &'static str;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = Inherit(ThreadPool::new()?);
/// let (inherits, detached) = USER.sync_scope("alice", || {
///     let inherits = pool.spawn_with_handle(async { USER.get() });
///     let detached = pool.spawn_with_handle(async { USER.get() }.in_context(Context::new()));
///     (inherits, detached)
/// });
/// assert_eq!(futures::executor::block_on(inherits?), Some("alice"));
/// assert_eq!(futures::executor::block_on(detached?), None);
/// # Ok(())
/// # }
/// # main().unwrap();
/// # }
/// ```
///
/// # With hyper
///
/// hyper spawns tasks for HTTP/2 alone. A server spawns one for each stream, that is for each request, while the
/// *connection* is polled. So the task of a stream inherits the context of the connection's future: wrap that future to
/// give it one. Without `Inherit` the task starts empty, and `set` in it panics.
///
/// ```no_run
/// # #[cfg(feature = "hyper")] {
/// use std::net::SocketAddr;
///
/// use contextvars::{Inherit, context_var};
/// use hyper::{Request, Response, body::Incoming, server::conn::http2, service::service_fn};
/// use hyper_util::rt::{TokioExecutor, TokioIo};
///
/// #[context_var]
/// static PEER: SocketAddr;
///
/// async fn handle(_: Request<Incoming>) -> Result<Response<String>, std::fmt::Error> {
///     Ok(Response::new(format!("you are {:?}", PEER.get())))
/// }
///
/// # async fn serve(listener: tokio::net::TcpListener) -> std::io::Result<()> {
/// let http2 = http2::Builder::new(Inherit(TokioExecutor::new()));
/// loop {
///     let (stream, peer) = listener.accept().await?;
///     let connection = http2.serve_connection(TokioIo::new(stream), service_fn(handle));
///     tokio::spawn(PEER.scope(peer, connection));
/// }
/// # }
/// # }
/// ```
///
/// An HTTP/1 connection polls its requests inline, one after another, and spawns nothing. In `PEER.scope(peer,
/// connection)` all requests of a keep-alive connection *share* its context, and each request sees what the one before it
/// has set. A `ContextLayer` of the feature `tower` gives each request a context of its own. So does an annotated handler:
/// `#[with_context] async fn handle(..)`.
///
/// A client spawns the tasks that drive connections. Each of them outlives the request that opened the connection, as
/// in the pool of hyper-util's client. Don't use `Inherit` there: it would keep that request's values as long.
#[derive(Clone, Copy, Debug, Default)]
pub struct Inherit<E>(
    /// The executor.
    pub E,
);

/// Wraps the future in a capture of the current context. A context that the future has captured itself stays in force,
/// as in a call of an annotated function.
pub(super) fn inherited<F>(future: F) -> InContext<F> {
    Capture::here().wrapper(future)
}
