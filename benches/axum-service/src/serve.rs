//! The service behind a socket, on one worker thread.

use std::io;
use std::process::ExitCode;

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

/// Prints the address that it listens at.
pub(crate) fn serve(app: Router) -> ExitCode {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_io().build();
    let Err(error) = runtime.and_then(|runtime| runtime.block_on(listen(app))) else {
        return ExitCode::SUCCESS;
    };
    eprintln!("axum-service: {error}");
    ExitCode::FAILURE
}

async fn listen(app: Router) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, app).await
}
