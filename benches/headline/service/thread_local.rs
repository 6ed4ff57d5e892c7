//! The service with the identity in a thread-local, twice: on a thread a request, where it is right,
//! and in tasks that share threads, where it goes out under other people's names.

use std::{cell::RefCell, convert::Infallible};

use http_body_util::Full;
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
};
use tokio::task::yield_now;

use crate::{
    backend::{self, Query},
    identity::Identity,
    reply::{Reply, Stage},
    service::{refuse, respond},
};

thread_local! {
    static IDENTITY: RefCell<Option<Identity>> = const { RefCell::new(None) };
}

pub(crate) async fn serve(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let Some(identity) = Identity::of(request) else {
        return Ok(refuse());
    };
    IDENTITY.set(Some(identity));
    Ok(respond(handle().await))
}

async fn handle() -> Reply {
    let mut reply = Reply::default();
    ask(&mut reply, Stage::Entry);
    orders(&mut reply).await;
    ask(&mut reply, Stage::Exit);
    reply
}

async fn orders(reply: &mut Reply) {
    account(reply).await;
    let audit = tokio::spawn(audit());
    backend::answer(Query::Orders).await;
    ask(reply, Stage::Orders);
    reply.append(&audit.await.expect("the audit ends"));
}

async fn account(reply: &mut Reply) {
    table(reply).await;
}

async fn table(reply: &mut Reply) {
    backend::answer(Query::Table).await;
    ask(reply, Stage::Table);
}

async fn audit() -> Reply {
    yield_now().await;
    let mut reply = Reply::default();
    ask(&mut reply, Stage::Audit);
    reply
}

/// Serves a request on the thread that polls it, which serves no other until it is done: nothing is awaited.
pub(crate) async fn serve_blocking(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let Some(identity) = Identity::of(request) else {
        return Ok(refuse());
    };
    IDENTITY.set(Some(identity));
    let reply = handle_blocking();
    IDENTITY.set(None);
    Ok(respond(reply))
}

fn handle_blocking() -> Reply {
    let mut reply = Reply::default();
    ask(&mut reply, Stage::Entry);
    orders_blocking(&mut reply);
    ask(&mut reply, Stage::Exit);
    reply
}

/// Audits on the same thread, which spares it a second one and the copy of the identity.
fn orders_blocking(reply: &mut Reply) {
    account_blocking(reply);
    backend::answer_blocking(Query::Orders);
    ask(reply, Stage::Orders);
    ask(reply, Stage::Audit);
}

fn account_blocking(reply: &mut Reply) {
    table_blocking(reply);
}

fn table_blocking(reply: &mut Reply) {
    backend::answer_blocking(Query::Table);
    ask(reply, Stage::Table);
}

fn ask(reply: &mut Reply, stage: Stage) {
    IDENTITY.with_borrow(|identity| {
        let user = identity.as_ref().map(|identity| identity.user);
        let request_id = identity.as_ref().map(|identity| &identity.request_id);
        reply.saw(stage, user, request_id);
    });
}
