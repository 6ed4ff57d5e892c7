//! The two servers: a task a connection, and threads that block. HTTP is hyper's in both, with the same buffers.
//!
//! The threads of the blocking server share a queue of connections. A thread takes a connection, serves one request on it
//! and puts it back, so that no connection keeps a thread for itself. A read or write blocks where hyper would wait, so a
//! thread only has to poll, and needs no run-time.

use std::{
    collections::VecDeque,
    io::{self, IoSlice, Read as _, Write as _},
    net::{self, Ipv4Addr, Shutdown, TcpStream},
    pin::Pin,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll, Waker},
    thread,
};

use hyper::{
    Request,
    body::Incoming,
    rt::{Read, ReadBufCursor, Write},
    server::conn::http1,
    service::service_fn,
};
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

/// Listens on the first loopback addresses: the ports of one address do not suffice for all callers.
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
fn builder() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(BUFFER);
    builder
}

/// Serves on this number of threads until the listener fails, and returns why it did.
pub(crate) fn serve_on_threads(listener: &net::TcpListener, threads: usize) -> io::Error {
    let queue = Arc::new(Queue::default());
    for _ in 0..threads {
        let queue = Arc::clone(&queue);
        thread::spawn(move || work(&queue));
    }
    loop {
        match listener.accept() {
            Ok((stream, _)) => match stream.set_nodelay(true) {
                Ok(()) => queue.push(Connection::new(stream)),
                Err(error) => return error,
            },
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => return error,
        }
    }
}

fn work(queue: &Queue) {
    loop {
        let mut connection = queue.pop();
        if connection.is_open_after_turn() {
            queue.push(connection);
        }
    }
}

#[derive(Default)]
struct Queue {
    connections: Mutex<VecDeque<Connection>>,
    pushed: Condvar,
}

impl Queue {
    fn push(&self, connection: Connection) {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        connections.push_back(connection);
        self.pushed.notify_one();
    }

    fn pop(&self) -> Connection {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = connections.pop_front() {
                return connection;
            }
            connections = self.pushed.wait(connections).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

struct Connection {
    turn: Turn,
    serving: Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        let turn = Turn::default();
        let blocking = Blocking {
            stream,
            turn: turn.clone(),
        };
        let serving = builder().serve_connection(blocking, service_fn(thread_local::serve_blocking));
        Self {
            turn,
            serving: Box::pin(serving),
        }
    }

    /// Waits for the peer to send and serves what it has sent; false if the peer has closed the connection, or it broke.
    fn is_open_after_turn(&mut self) -> bool {
        self.turn.begin();
        let mut context = Context::from_waker(Waker::noop());
        self.serving.as_mut().poll(&mut context).is_pending()
    }
}

/// More than the head of a request, which has no body.
const CHUNK: usize = 1024;

/// Lets a connection read once.
#[derive(Clone, Debug, Default)]
struct Turn(Arc<AtomicBool>);

impl Turn {
    /// The caller polls the connection next, on this thread.
    fn begin(&self) {
        self.0.store(true, Relaxed);
    }

    fn take(&self) -> bool {
        self.0.swap(false, Relaxed)
    }
}

/// A TCP connection that blocks, for hyper: a poll waits in the call, for one read.
///
/// It writes whatever it is given, and reads once a turn: a connection with a request served has then nothing left to do but
/// to wait, and can be put aside.
#[derive(Debug)]
struct Blocking {
    stream: TcpStream,
    turn: Turn,
}

impl Read for Blocking {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, mut buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        if !self.turn.take() {
            return Poll::Pending;
        }
        let mut chunk = [0; CHUNK];
        let room = buffer.remaining().min(CHUNK);
        let length = self.stream.read(&mut chunk[..room])?;
        buffer.put_slice(&chunk[..length]);
        Poll::Ready(Ok(()))
    }
}

impl Write for Blocking {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.stream.write(bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.stream.write_vectored(slices))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.stream.shutdown(Shutdown::Write))
    }
}
