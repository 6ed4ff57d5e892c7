//! An HTTP service whose middleware signs a user in, and whose handlers, data layer, audit task and
//! blocking job read that user without being handed it. A client in the same program loads it over
//! real sockets and checks every identity that was read against the token that was sent.
//!
//! ```sh
//! cargo run --release --example gateway
//! cargo run --release --example gateway -- --carrier thread-local
//! ```
//!
//! The second run keeps the identity in a `thread_local!`, as services did before they were async.
//! Nothing else differs, and requests read each other's users.

#[path = "gateway/audit.rs"]
mod audit;
#[path = "gateway/auth.rs"]
mod auth;
#[path = "gateway/carrier.rs"]
mod carrier;
#[path = "gateway/client.rs"]
mod client;
#[path = "gateway/document.rs"]
mod document;
#[path = "gateway/handlers.rs"]
mod handlers;
#[path = "gateway/options.rs"]
mod options;
#[path = "gateway/progress.rs"]
mod progress;
#[path = "gateway/report.rs"]
mod report;
#[path = "gateway/server.rs"]
mod server;
#[path = "gateway/sighting.rs"]
mod sighting;
#[path = "gateway/store.rs"]
mod store;
#[path = "gateway/tally.rs"]
mod tally;
#[path = "gateway/user.rs"]
mod user;

use std::{
    env,
    io::{self, Write as _},
    net::Ipv4Addr,
    process::ExitCode,
    sync::Arc,
};

use tokio::{net::TcpListener, runtime};

use crate::{
    options::{Command, Options, USAGE},
    report::Report,
    tally::Tally,
};

const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let outcome = match options::parse(env::args_os().skip(1)) {
        Ok(Command::Help) => writeln!(io::stdout(), "{USAGE}").map(|()| ExitCode::SUCCESS),
        Ok(Command::Run(options)) => run(options),
        Err(misuse) => {
            eprintln!("gateway: {misuse}\n{USAGE}");
            return ExitCode::from(MISUSED);
        }
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("gateway: {error}");
        ExitCode::FAILURE
    })
}

fn run(options: Options) -> io::Result<ExitCode> {
    options.carrier.install();
    let report = runtime::Builder::new_multi_thread()
        .worker_threads(options.workers)
        .enable_all()
        .build()?
        .block_on(measure(options))
        .map_err(|error| if_out_of_sockets(error, options))?;
    writeln!(io::stdout(), "{report}")?;
    Ok(report.exit_code())
}

async fn measure(options: Options) -> io::Result<Report> {
    let tally = Arc::new(Tally::default());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(server::serve(listener, Arc::clone(&tally)));
    let load = tokio::select! {
        stopped = server => return Err(stopped.unwrap_or_else(io::Error::other)),
        load = client::run(address, options, Arc::clone(&tally)) => load?,
    };
    Ok(Report::new(options, load, tally))
}

fn if_out_of_sockets(error: io::Error, options: Options) -> io::Error {
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    const WSAEMFILE: i32 = 10_024;

    let out_of_files = matches!(error.raw_os_error(), Some(ENFILE | EMFILE | WSAEMFILE));
    if out_of_files || error.kind() == io::ErrorKind::AddrNotAvailable {
        let sockets = 2 * options.connections;
        io::Error::other(format!(
            "out of sockets: {} connections need {sockets} of them ({error}); \
             lower --connections or raise the limit, on Unix with `ulimit -n`",
            options.connections,
        ))
    } else {
        error
    }
}
