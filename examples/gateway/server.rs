//! The server: a task a connection, a call of the middleware a request.

use std::{io, sync::Arc};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::{auth::authenticate, tally::Tally};

/// Serves until the listener fails, and returns why it did.
pub(crate) async fn serve(listener: TcpListener, tally: Arc<Tally>) -> io::Error {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(connection(stream, Arc::clone(&tally)))),
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {
                tally.add_fault(format!("accept: {error}"));
            }
            Err(error) => return error,
        }
    }
}

async fn connection(stream: TcpStream, tally: Arc<Tally>) {
    let served = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service_fn(authenticate))
        .await;
    if let Err(error) = served {
        tally.add_fault(format!("server: {error}"));
    }
}
