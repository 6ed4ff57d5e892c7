//! The async server: a task a connection, a call of the service a request.

use std::{io, net::Ipv4Addr};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};

use crate::{
    carriers::{arguments, contextual, thread_local},
    service::{Answer, Carrier},
};

/// What hyper may buffer for a connection: the least that it takes.
pub(crate) const BUFFER: usize = 8 * 1024;

/// Listens on the first loopback addresses, since each has so many ports for its peers.
pub(crate) async fn listen(addresses: u8) -> io::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for last in 1..=addresses {
        listeners.push(TcpListener::bind((Ipv4Addr::new(127, 0, 0, last), 0)).await?);
    }
    Ok(listeners)
}

/// Serves until the listener fails, and returns why it did.
pub(crate) async fn accept(listener: TcpListener, carrier: Carrier) -> io::Error {
    loop {
        match listener.accept().await {
            // Not sent at once, a reply waits for the acknowledgement of the one before.
            Ok((stream, _)) => match stream.set_nodelay(true) {
                Ok(()) => spawn(stream, carrier),
                Err(error) => return error,
            },
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => return error,
        }
    }
}

/// Serves a connection in a task of its own, which is no larger than its carrier needs.
pub(crate) fn spawn<I>(io: I, carrier: Carrier)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    match carrier {
        Carrier::ContextVars => tokio::spawn(serve(io, contextual::serve)),
        Carrier::Arguments => tokio::spawn(serve(io, arguments::serve)),
        Carrier::ThreadLocal => tokio::spawn(serve(io, thread_local::serve)),
    };
}

/// A connection that breaks loses a reply, and the caller counts those.
async fn serve<I, S, F>(io: I, service: S)
where
    I: AsyncRead + AsyncWrite + Unpin,
    S: Fn(Request<Incoming>) -> F,
    F: Future<Output = Answer>,
{
    let _ = builder().serve_connection(TokioIo::new(io), service_fn(service)).await;
}

/// The HTTP of all servers.
pub(crate) fn builder() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(BUFFER);
    builder
}
