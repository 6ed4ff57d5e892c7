//! The blocking server: so many threads, and a queue of connections between them. A thread takes a
//! connection, serves one request on it and puts it back, so that no connection keeps a thread for itself.
//!
//! HTTP is hyper's here as well, with the same buffers. What it would wait for blocks, so that a thread needs no
//! more of a run-time than to poll.

use std::{
    collections::VecDeque,
    io,
    net::{TcpListener, TcpStream},
    pin::Pin,
    sync::{Arc, Condvar, Mutex, PoisonError},
    task::{Context, Waker},
    thread,
};

use hyper::service::service_fn;

use crate::{
    blocking::{Blocking, Turn},
    server,
    service::thread_local,
};

/// Serves until the listener fails, and returns why it did.
pub(crate) fn serve(listener: &TcpListener, threads: usize) -> io::Error {
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
        let serving = server::builder().serve_connection(blocking, service_fn(thread_local::serve_blocking));
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
