//! An adapter for executors that are handed to a library.

use contextvars_core::__private::Capture;
use contextvars_core::InContext;

/// An executor whose tasks inherit: each runs in a copy of the context that is current when it is spawned.
///
/// For executors that are handed to a library, which then spawns in your stead; where you spawn yourself,
/// `spawn(annotated())` and `spawn(future.in_current_context())` need no adapter. With the feature `futures` it is a
/// `Spawn` and a `LocalSpawn` around one, with the feature `hyper` a [`Executor`](https://docs.rs/hyper/1/hyper/rt/trait.Executor.html) around one.
///
/// A future that has a context of its own keeps it: a call of an annotated function, `fresh` included, and whatever was
/// wrapped by `scope` or [`in_context`](crate::ContextExt::in_context) before it was spawned. So a task that is to hold
/// nothing of its spawner is `future.in_context(Context::new())` here too. What the task sets stays in the task.
///
/// A spawn through it costs one capture and one small allocation beside those of the executor.
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
/// hyper spawns tasks of its own for HTTP/2 alone. A server spawns one for each stream, that is for each request, and
/// does so while the *connection* is polled: the stream's task inherits the context of the connection's future, which is
/// what you wrap to give it one. Without `Inherit` the task starts empty, and may write nothing.
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
/// An HTTP/1 connection polls its requests inline, one after another, and spawns nothing: under `PEER.scope(peer,
/// connection)` all requests of a keep-alive connection *share* its context, and each sees what the one before it has
/// set. A `ContextLayer` of the feature `tower` gives each a context of its own, and so does an annotated handler:
/// `#[with_context] async fn handle(..)`.
///
/// A client's executor gets the tasks that drive connections, each of which outlives the request that happened to open
/// it, as in the pool of hyper-util's client: leave `Inherit` away there, or that request's values live as long.
#[derive(Clone, Copy, Debug, Default)]
pub struct Inherit<E>(
    /// The executor.
    pub E,
);

/// The future in a capture of the current context. As in a call of an annotated function, a context that the future has
/// captured before wins.
pub(super) fn inherited<F>(future: F) -> InContext<F> {
    Capture::here().wrapper(future)
}
