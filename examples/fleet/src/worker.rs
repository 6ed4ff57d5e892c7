//! A worker: takes jobs, works on many at once, and hands each on.

use std::time::Duration;

use async_nats::jetstream::Message;
use contextvars::ContextExt as _;
use contextvars::tokio::spawn;
use futures::StreamExt as _;
use tokio::time::sleep;

use crate::Failure;
use crate::carrier;
use crate::headers::Headers;
use crate::identity::BAGGAGE;
use crate::jobs::{self, Jobs};
use crate::options::Options;
use crate::seen::Seen;

const HOP: &str = "worker";

pub(crate) async fn run(options: &Options) -> Result<(), Failure> {
    let jobs = Jobs::connect(&options.nats).await?;
    let mut messages = jobs.take("rust").await?;
    println!("ready");
    while let Some(message) = messages.next().await {
        let mut message = message?;
        let headers = Headers(message.message.headers.take().unwrap_or_default());
        let received = BAGGAGE.extract(&headers);
        for rejected in &received.rejected {
            eprintln!("fleet: {rejected}");
        }
        // The task is the message's, and not this loop's.
        tokio::spawn(serve(jobs.clone(), message).in_context(received.context));
    }
    Err("the server has ended the stream of jobs".into())
}

async fn serve(jobs: Jobs, message: Message) {
    if let Err(failure) = carrier::arrived(work(jobs, message)).await {
        eprintln!("fleet: a job: {failure}");
    }
}

async fn work(jobs: Jobs, message: Message) -> Result<(), Failure> {
    let mut job = jobs::read(&message)?;
    let delivery = u64::try_from(message.info()?.delivered)?;
    // In a task of its own, which inherits.
    job.cents = spawn(discount(job.cents)).await?;
    job.seen.push(Seen {
        delivery: Some(delivery),
        ..Seen::here(HOP, job.expected.as_ref())
    });
    jobs.hand_on(job).await?;
    // Not before the next has it: if this process dies, somebody else does the job again.
    message.ack().await
}

/// The tenant's discount, which takes a while to find.
async fn discount(cents: u64) -> u64 {
    sleep(Duration::from_millis(fastrand::u64(5..20))).await;
    let tenant = carrier::identity().map_or(0, |identity| identity.tenant.len() as u64);
    cents - cents * tenant.min(50) / 100
}
