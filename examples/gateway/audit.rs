//! The audit log: one record a request, written by a task that the request does not wait for.

use std::{sync::OnceLock, time::Duration};

use contextvars::with_context;
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    time::sleep,
};

use crate::sighting::{Sighting, Stage};

#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) request_id: String,
    pub(crate) sighting: Sighting,
}

static LOG: OnceLock<UnboundedSender<Record>> = OnceLock::new();

pub(crate) fn open() -> UnboundedReceiver<Record> {
    let (log, records) = mpsc::unbounded_channel();
    LOG.set(log).expect("the log is opened once");
    records
}

#[with_context]
pub(crate) async fn record(request_id: String) {
    sleep(Duration::from_millis(1)).await;
    let sighting = Sighting::at(Stage::Audit);
    let record = Record { request_id, sighting };
    // A reader that left has judged the run already, missing records and all.
    let _ = LOG.get().map(|log| log.send(record));
}
