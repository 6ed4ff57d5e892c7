//! The client: many keep-alive connections, each with a token of its own, and a verdict on every
//! identity that comes back.

use std::{error::Error, io, net::SocketAddr, str, sync::Arc, time::Duration};

use http_body_util::{BodyExt as _, Empty};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::http1::{self, SendRequest},
    header::{AUTHORIZATION, HOST},
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpStream,
    sync::mpsc::UnboundedReceiver,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{
    audit,
    handlers::REQUEST_ID,
    options::Options,
    progress::Progress,
    sighting::{Sighting, Stage},
    tally::Tally,
    user::User,
};

/// How long a reply or a late audit record may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// One request in so many carries a forged token.
const FORGERY_EVERY: u32 = 16;

type Fault = Box<dyn Error + Send + Sync>;

#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) elapsed: Duration,
    pub(crate) latencies: Vec<u32>,
}

/// Sends requests for the time that `options` give, and returns when the last one is answered and
/// its audit record judged.
///
/// # Errors
///
/// When a connection cannot be opened. One that fails later is a fault in the tally.
pub(crate) async fn run(address: SocketAddr, options: Options, tally: Arc<Tally>) -> io::Result<Load> {
    let mut streams = Vec::new();
    for number in 0..options.connections {
        let stream = TcpStream::connect(address).await?;
        streams.push((User::numbered(number), stream));
    }

    let _progress = Progress::start(Arc::clone(&tally));
    let auditor = tokio::spawn(judge_audits(audit::open(), Arc::clone(&tally)));
    let start = Instant::now();
    let mut callers = JoinSet::new();
    for (user, stream) in streams {
        let caller = Caller::new(user, Arc::clone(&tally));
        callers.spawn(caller.run(stream, start + options.duration));
    }

    let mut latencies = Vec::new();
    while let Some(caller) = callers.join_next().await {
        match caller {
            Ok(mut more) => latencies.append(&mut more),
            Err(panic) => tally.add_fault(format!("client: {panic}")),
        }
    }
    let elapsed = start.elapsed();
    await_audits(&tally).await;
    auditor.abort();
    Ok(Load { elapsed, latencies })
}

/// A user, and the connection it calls over.
struct Caller {
    user: User,
    tally: Arc<Tally>,
    latencies: Vec<u32>,
}

impl Caller {
    fn new(user: User, tally: Arc<Tally>) -> Self {
        Self {
            user,
            tally,
            latencies: Vec::new(),
        }
    }

    async fn run(mut self, stream: TcpStream, deadline: Instant) -> Vec<u32> {
        if let Err(fault) = self.converse(stream, deadline).await {
            self.tally.add_fault(format!("{}: {fault}", self.user));
        }
        self.latencies
    }

    async fn converse(&mut self, stream: TcpStream, deadline: Instant) -> Result<(), Fault> {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let mut serial = 0;
        while Instant::now() < deadline {
            timeout(PATIENCE, self.request(&mut sender, serial))
                .await
                .map_err(|_| format!("no reply in {PATIENCE:?}"))??;
            serial += 1;
        }
        drop(sender);
        Ok(connection.await??)
    }

    async fn request(&mut self, sender: &mut SendRequest<Empty<Bytes>>, serial: u32) -> Result<(), Fault> {
        let forged = serial % FORGERY_EVERY == FORGERY_EVERY - 1;
        let bearer = self.user.bearer();
        let request = Request::get(["/orders", "/profile"][serial as usize % 2])
            .header(HOST, "gateway")
            .header(REQUEST_ID, format!("{}/{serial}", self.user))
            .header(AUTHORIZATION, if forged { format!("{bearer}0") } else { bearer })
            .body(Empty::new())?;

        let start = Instant::now();
        sender.ready().await?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        let latency = start.elapsed();

        match (forged, status) {
            (false, StatusCode::OK) => {
                self.judge(&body, Some(self.user), Stage::OF_A_REPLY)?;
                self.tally.count_request();
                let micros = u32::try_from(latency.as_micros())?;
                self.latencies.push(micros);
            }
            (true, StatusCode::UNAUTHORIZED) => {
                self.judge(&body, None, Stage::OF_A_REFUSAL)?;
                self.tally.count_refusal();
            }
            (false, _) => return Err(format!("request refused with {status}").into()),
            (true, _) => return Err(format!("forged token answered with {status}").into()),
        }
        Ok(())
    }

    fn judge(&self, body: &[u8], expected: Option<User>, stages: &[Stage]) -> Result<(), Fault> {
        let sightings = str::from_utf8(body)?
            .lines()
            .map(str::parse)
            .collect::<Result<Vec<Sighting>, _>>()?;
        if !sightings.iter().map(|seen| seen.stage).eq(stages.iter().copied()) {
            return Err(format!("reply reports {sightings:?}, expected {stages:?}").into());
        }
        for sighting in sightings {
            self.tally.judge(expected, sighting);
        }
        Ok(())
    }
}

/// Judges records as they come: the request id, which no context carries, tells whose each is.
async fn judge_audits(mut records: UnboundedReceiver<audit::Record>, tally: Arc<Tally>) {
    while let Some(record) = records.recv().await {
        let owner = record.request_id.split('/').next().map(str::parse);
        match owner {
            Some(Ok(user)) => {
                tally.judge(Some(user), record.sighting);
                tally.count_audit();
            }
            _ => tally.add_fault(format!("audit record of request `{}`", record.request_id)),
        }
    }
}

async fn await_audits(tally: &Tally) {
    let all = async {
        while tally.audits() < tally.requests() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    if timeout(PATIENCE, all).await.is_err() {
        let (audits, requests) = (tally.audits(), tally.requests());
        tally.add_fault(format!("{requests} requests left {audits} audit records"));
    }
}
