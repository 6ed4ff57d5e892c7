//! The blocking server: so many threads, and a queue of connections between them. A thread takes a
//! connection, serves one request on it and puts it back, so that no connection keeps a thread for itself.

use std::{
    collections::VecDeque,
    io::{self, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
};

use crate::{
    identity::{Identity, REQUEST_ID, USER},
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

/// A connection that ends or breaks is not put back.
fn work(queue: &Queue) {
    loop {
        let mut connection = queue.pop();
        if connection.serve_one().is_ok_and(|served| served) {
            queue.push(connection);
        }
    }
}

#[derive(Debug, Default)]
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

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    /// What was read, and belongs to no request that was served.
    received: Vec<u8>,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            received: Vec::new(),
        }
    }

    /// Waits for a request and answers it; false if the peer has closed the connection.
    fn serve_one(&mut self) -> io::Result<bool> {
        let Some(head) = self.read_head()? else {
            return Ok(false);
        };
        let header = |name| {
            head.lines()
                .filter_map(|line| line.split_once(": "))
                .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
        };
        let identity = header(USER).zip(header(REQUEST_ID));
        let identity = identity.and_then(|(user, request_id)| Identity::parse(user, request_id));
        let response = match identity {
            Some(identity) => {
                let reply = thread_local::serve_blocking(identity).into_text();
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{reply}", reply.len())
            }
            None => "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".to_owned(),
        };
        self.stream.write_all(response.as_bytes())?;
        Ok(true)
    }

    /// The lines before the empty one: the whole of a request that has no body.
    fn read_head(&mut self) -> io::Result<Option<String>> {
        const END: &[u8] = b"\r\n\r\n";
        let mut chunk = [0; 1024];
        loop {
            if let Some(end) = self.received.windows(END.len()).position(|window| window == END) {
                let head: Vec<u8> = self.received.drain(..end + END.len()).collect();
                return String::from_utf8(head).map(Some).map_err(io::Error::other);
            }
            let length = self.stream.read(&mut chunk)?;
            if length == 0 {
                return Ok(None);
            }
            self.received.extend_from_slice(&chunk[..length]);
        }
    }
}
