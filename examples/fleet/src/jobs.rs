//! Jobs in `JetStream`: one stream, a subject and a consumer for each kind of worker, and one for those that are done.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::pull::{self, Stream};
use async_nats::jetstream::stream::{Config, RetentionPolicy};
use async_nats::jetstream::{self, Message};
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::carrier;
use crate::headers::Headers;
use crate::identity::{BAGGAGE, Identity};
use crate::seen::Seen;

const STREAM: &str = "FLEET";

/// A worker that dies keeps a job from others for so long.
const ACK_WAIT: Duration = Duration::from_secs(2);

/// Who has no language works in none: the gateway reads what is done.
pub(crate) const DONE: &str = "done";

/// The payload, which the workers in other languages read and write too.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) item: String,
    pub(crate) cents: u64,
    /// Whose it is, by what the client says. Only for the check.
    pub(crate) expected: Option<Identity>,
    /// Who is to work on it still.
    pub(crate) route: Vec<String>,
    pub(crate) seen: Vec<Seen>,
}

#[derive(Clone, Debug)]
pub(crate) struct Jobs(jetstream::Context);

impl Jobs {
    /// Connects, and makes the stream and its consumers if nobody has yet.
    pub(crate) async fn connect(url: &str) -> Result<Self, Failure> {
        let client = async_nats::connect(url)
            .await
            .map_err(|error| format!("NATS at {url:?}: {error}"))?;
        let context = jetstream::new(client);
        let stream = Config {
            name: STREAM.to_owned(),
            subjects: vec!["jobs.>".to_owned()],
            retention: RetentionPolicy::WorkQueue,
            ..Config::default()
        };
        let stream = context.get_or_create_stream(stream).await?;
        for worker in ["rust", "node", "python", DONE] {
            let consumer = pull::Config {
                durable_name: Some(worker.to_owned()),
                filter_subject: format!("jobs.{worker}"),
                ack_wait: ACK_WAIT,
                ..pull::Config::default()
            };
            stream.get_or_create_consumer(worker, consumer).await?;
        }
        Ok(Self(context))
    }

    /// The jobs for this kind of worker, as long as there is a server.
    pub(crate) async fn take(&self, worker: &str) -> Result<Stream, Failure> {
        let consumer = self
            .0
            .get_consumer_from_stream::<pull::Config, _, _>(worker, STREAM)
            .await?;
        // No more than a worker can do before others would get them.
        Ok(consumer.stream().max_messages_per_batch(32).messages().await?)
    }

    /// Gives the job to the next on its route, with the identity of the current context in its headers.
    pub(crate) async fn hand_on(&self, mut job: Job) -> Result<(), Failure> {
        let next = if job.route.is_empty() {
            DONE.to_owned()
        } else {
            job.route.remove(0)
        };
        let mut headers = Headers(HeaderMap::new());
        // A job that is worked on twice is handed on once.
        headers.0.insert("Nats-Msg-Id", format!("{}.{next}", job.id));
        carrier::leaving(async { BAGGAGE.inject(&mut headers) }).await;
        let payload = serde_json::to_vec(&job)?.into();
        let stored = self
            .0
            .publish_with_headers(format!("jobs.{next}"), headers.0, payload)
            .await?;
        stored.await?;
        Ok(())
    }
}

/// The job in a message.
pub(crate) fn read(message: &Message) -> Result<Job, Failure> {
    Ok(serde_json::from_slice(&message.payload)?)
}
