//! A caller: a user with a connection of its own, who judges every identity that comes back.

use std::{
    error::Error,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use http_body_util::{BodyExt as _, Empty};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::http1::{self, SendRequest},
    header::HOST,
};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{
    server::BUFFER,
    service::{REQUEST_ID, Stage, USER, User},
};

pub(crate) type Fault = Box<dyn Error + Send + Sync>;

#[derive(Debug)]
pub(crate) struct Caller {
    user: String,
    serial: u32,
    sender: SendRequest<Empty<Bytes>>,
    tally: Arc<Tally>,
}

impl Caller {
    pub(crate) async fn connect<I>(number: u32, io: I, tally: Arc<Tally>) -> hyper::Result<Self>
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER)
            .handshake(TokioIo::new(io))
            .await?;
        // An error of the connection is one of the request too.
        tokio::spawn(connection);
        Ok(Self {
            user: User::numbered(number).to_string(),
            serial: 0,
            sender,
            tally,
        })
    }

    /// Sends a request, and judges the reply to it.
    ///
    /// # Errors
    ///
    /// When no reply comes, or one that doesn't have the lines that it should.
    pub(crate) async fn call(&mut self) -> Result<(), Fault> {
        let request_id = format!("{}/{}", self.user, self.serial);
        self.serial += 1;
        let request = Request::get("/orders")
            .header(HOST, "headline")
            .header(USER, &self.user)
            .header(REQUEST_ID, &request_id)
            .body(Empty::new())?;

        self.tally.count_sent();
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if status != StatusCode::OK {
            return Err(format!("{request_id} was answered with {status}").into());
        }
        self.judge(str::from_utf8(&body)?, &request_id)?;
        self.tally.count_answered();
        Ok(())
    }

    fn judge(&self, reply: &str, request_id: &str) -> Result<(), Fault> {
        let mut lines = reply.lines();
        for stage in Stage::ALL {
            let line = lines.next().unwrap_or_default();
            let mut words = line.split(' ');
            if words.next() != Some(stage.name()) {
                return Err(format!("{request_id}: `{line}` is not of `{}`", stage.name()).into());
            }
            self.tally.judge(words.eq([self.user.as_str(), request_id]));
        }
        Ok(())
    }
}

/// What was sent, what came back, and whose names were in it.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    sent: AtomicU64,
    answered: AtomicU64,
    checked: AtomicU64,
    leaks: AtomicU64,
    first_fault: Mutex<Option<String>>,
}

/// The tally of a run that has ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) answered: u64,
    /// Requests that were sent and never answered as they should.
    pub(crate) lost: u64,
    pub(crate) checked: u64,
    /// Places where a request was told another's identity, or none.
    pub(crate) leaks: u64,
}

impl Tally {
    fn count_sent(&self) {
        self.sent.fetch_add(1, Relaxed);
    }

    fn count_answered(&self) {
        self.answered.fetch_add(1, Relaxed);
    }

    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Relaxed)
    }

    fn judge(&self, is_right: bool) {
        self.checked.fetch_add(1, Relaxed);
        self.leaks.fetch_add(u64::from(!is_right), Relaxed);
    }

    /// A fault shows in the count of what was lost; the first one is kept to say why.
    pub(crate) fn add_fault(&self, fault: String) {
        let mut first = self.first_fault.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(fault);
    }

    pub(crate) fn verdict(&self) -> Verdict {
        if let Some(fault) = &*self.first_fault.lock().unwrap_or_else(PoisonError::into_inner) {
            eprintln!("headline: {fault}");
        }
        Verdict {
            answered: self.answered(),
            lost: self.sent.load(Relaxed) - self.answered(),
            checked: self.checked.load(Relaxed),
            leaks: self.leaks.load(Relaxed),
        }
    }
}
