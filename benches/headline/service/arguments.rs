//! The service with the identity in the arguments of every call: no context of any kind.

use std::convert::Infallible;

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

pub(crate) async fn serve(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let Some(identity) = Identity::of(request) else {
        return Ok(refuse());
    };
    Ok(respond(handle(&identity).await))
}

async fn handle(identity: &Identity) -> Reply {
    let mut reply = Reply::default();
    tell(&mut reply, Stage::Entry, identity);
    orders(&mut reply, identity).await;
    tell(&mut reply, Stage::Exit, identity);
    reply
}

async fn orders(reply: &mut Reply, identity: &Identity) {
    account(reply, identity).await;
    let audit = tokio::spawn(audit(identity.clone()));
    backend::answer(Query::Orders).await;
    tell(reply, Stage::Orders, identity);
    reply.append(&audit.await.expect("the audit ends"));
}

async fn account(reply: &mut Reply, identity: &Identity) {
    table(reply, identity).await;
}

async fn table(reply: &mut Reply, identity: &Identity) {
    backend::answer(Query::Table).await;
    tell(reply, Stage::Table, identity);
}

async fn audit(identity: Identity) -> Reply {
    yield_now().await;
    let mut reply = Reply::default();
    tell(&mut reply, Stage::Audit, &identity);
    reply
}

fn tell(reply: &mut Reply, stage: Stage, identity: &Identity) {
    reply.saw(stage, Some(identity.user), Some(&identity.request_id));
}
