//! What the three variants of the service share: the identity that a request is served for, the reply, the simulated
//! back end. `carriers` has the variants, which differ in how the identity gets
//! to the functions that read it.

use std::{
    convert::Infallible,
    fmt::{self, Write as _},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use http_body_util::Full;
use hyper::{HeaderMap, Request, Response, StatusCode, body::Bytes};
use tokio::{sync::Barrier, time::sleep};

/// What carries the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    ContextVars,
    Arguments,
    ThreadLocal,
}

impl Carrier {
    pub(crate) const ALL: [Self; 3] = [Self::ContextVars, Self::Arguments, Self::ThreadLocal];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ContextVars => "contextvars",
            Self::Arguments => "arguments",
            Self::ThreadLocal => "thread-local",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|carrier| carrier.name() == name)
    }
}

pub(crate) const USER: &str = "x-user";
pub(crate) const REQUEST_ID: &str = "x-request-id";

#[derive(Clone, Copy, Debug)]
pub(crate) struct User(u32);

#[derive(Clone, Debug)]
pub(crate) struct RequestId(Arc<str>);

/// Whom a request is served for, as its headers say.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) user: User,
    pub(crate) request_id: RequestId,
}

impl Identity {
    /// Drops the request, whose head keeps the buffer that it was read into: hyper has had another one since.
    #[expect(clippy::needless_pass_by_value, reason = "it is dropped here")]
    pub(crate) fn of<B>(request: Request<B>) -> Option<Self> {
        let headers = request.headers();
        Self::parse(header(headers, USER)?, header(headers, REQUEST_ID)?)
    }

    fn parse(user: &str, request_id: &str) -> Option<Self> {
        Some(Self {
            user: User(user.strip_prefix("user-")?.parse().ok()?),
            request_id: RequestId(request_id.into()),
        })
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

impl User {
    pub(crate) fn numbered(number: u32) -> Self {
        Self(number)
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "user-{}", self.0)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place in the service that reads the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The handler, before it has awaited anything.
    Entry,
    /// Three calls deep, after the first answer of the back end.
    Table,
    /// After the second answer.
    Orders,
    /// The child task, which is spawned between the two.
    Audit,
    /// The handler again, with everything awaited.
    Exit,
}

impl Stage {
    /// In the order of the lines.
    pub(crate) const ALL: [Self; 5] = [Self::Entry, Self::Table, Self::Orders, Self::Audit, Self::Exit];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Table => "table",
            Self::Orders => "orders",
            Self::Audit => "audit",
            Self::Exit => "exit",
        }
    }
}

/// A line for each place that read the identity, with what it read.
#[derive(Debug, Default)]
pub(crate) struct Reply(String);

/// Stands for an identity that is not there.
const NOBODY: &str = "-";

impl Reply {
    pub(crate) fn saw(&mut self, stage: Stage, user: Option<User>, request_id: Option<&RequestId>) {
        let Self(text) = self;
        text.push_str(stage.name());
        match user {
            Some(user) => write!(text, " {user}"),
            None => write!(text, " {NOBODY}"),
        }
        .expect("a string takes it");
        match request_id {
            Some(request_id) => writeln!(text, " {request_id}"),
            None => writeln!(text, " {NOBODY}"),
        }
        .expect("a string takes it");
    }

    pub(crate) fn append(&mut self, Self(more): &Self) {
        self.0.push_str(more);
    }
}

/// What a service returns to hyper.
pub(crate) type Answer = Result<Response<Full<Bytes>>, Infallible>;

pub(crate) fn respond(reply: Reply) -> Response<Full<Bytes>> {
    let Reply(text) = reply;
    Response::new(Full::from(text))
}

pub(crate) fn refuse() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

/// A query of the back end. The two queries of a request take a set time together, or wait until all other requests have
/// sent theirs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Query {
    Table,
    Orders,
}

impl Query {
    fn time(self) -> Duration {
        let fifth = Duration::from_millis(MILLIS.load(Relaxed).into()) / 5;
        match self {
            Self::Table => fifth * 2,
            Self::Orders => fifth * 3,
        }
    }
}

/// What both queries of a request take together, unless told otherwise.
pub(crate) const USUAL_MILLIS: u32 = 5;

/// The service has no argument to learn these from, so they are the process's.
static MILLIS: AtomicU32 = AtomicU32::new(USUAL_MILLIS);
static GATE: OnceLock<Gate> = OnceLock::new();

/// From now on both queries of a request take so long together.
pub(crate) fn take_millis(millis: u32) {
    MILLIS.store(millis, Relaxed);
}

/// From now on queries wait for `requests` others, not for the clock.
pub(crate) fn hold_queries(requests: usize) -> &'static Gate {
    GATE.get_or_init(|| Gate::new(requests))
}

pub(crate) async fn query(query: Query) {
    match GATE.get() {
        Some(gate) => gate.pass().await,
        None => sleep(query.time()).await,
    }
}

pub(crate) fn query_blocking(query: Query) {
    thread::sleep(query.time());
}

/// Holds every request until all have arrived, so that all are in flight at one moment.
#[derive(Debug)]
pub(crate) struct Gate {
    barrier: Barrier,
    held: AtomicUsize,
    peak: AtomicUsize,
}

impl Gate {
    /// Opens when `requests` of them stand before it, and closes behind them.
    fn new(requests: usize) -> Self {
        Self {
            barrier: Barrier::new(requests),
            held: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        }
    }

    async fn pass(&self) {
        let held = self.held.fetch_add(1, Relaxed) + 1;
        self.peak.fetch_max(held, Relaxed);
        self.barrier.wait().await;
        self.held.fetch_sub(1, Relaxed);
    }

    /// How many requests it has held at one moment.
    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Relaxed)
    }
}
