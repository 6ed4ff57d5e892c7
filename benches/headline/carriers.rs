//! The service, written three times: with the identity in context variables, in arguments, and in a thread-local.
//! Handlers, calls, queries and replies are the same; how the identity gets to them is not.

use hyper::{Request, body::Incoming};
use tokio::task::yield_now;

use crate::service::{Answer, Identity, Query, Reply, RequestId, Stage, User, query, query_blocking, refuse, respond};

/// In context variables: below `serve` no function is given the identity.
pub(crate) mod contextual {
    use super::{
        Answer, Identity, Incoming, Query, Reply, Request, RequestId, Stage, User, query, refuse, respond, yield_now,
    };
    use contextvars::{context_var, with_context};

    #[context_var]
    static USER: User;
    #[context_var]
    static REQUEST_ID: RequestId;

    #[with_context]
    pub(crate) async fn serve(request: Request<Incoming>) -> Answer {
        let Some(Identity { user, request_id }) = Identity::of(request) else {
            return Ok(refuse());
        };
        USER.set(user);
        REQUEST_ID.set(request_id);
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
        query(Query::Orders).await;
        ask(reply, Stage::Orders);
        reply.append(&audit.await.expect("the audit ends"));
    }

    async fn account(reply: &mut Reply) {
        table(reply).await;
    }

    async fn table(reply: &mut Reply) {
        query(Query::Table).await;
        ask(reply, Stage::Table);
    }

    #[with_context]
    async fn audit() -> Reply {
        yield_now().await;
        let mut reply = Reply::default();
        ask(&mut reply, Stage::Audit);
        reply
    }

    fn ask(reply: &mut Reply, stage: Stage) {
        REQUEST_ID.with(|request_id| reply.saw(stage, USER.get(), request_id));
    }
}

/// In the arguments of every call: no context of any kind.
pub(crate) mod arguments {
    use super::{Answer, Identity, Incoming, Query, Reply, Request, Stage, query, refuse, respond, yield_now};

    pub(crate) async fn serve(request: Request<Incoming>) -> Answer {
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
        query(Query::Orders).await;
        tell(reply, Stage::Orders, identity);
        reply.append(&audit.await.expect("the audit ends"));
    }

    async fn account(reply: &mut Reply, identity: &Identity) {
        table(reply, identity).await;
    }

    async fn table(reply: &mut Reply, identity: &Identity) {
        query(Query::Table).await;
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
}

/// In a thread-local, twice: on a thread a request, where it is right, and in tasks that share threads, where a reply
/// carries the identities of others.
pub(crate) mod thread_local {
    use super::{
        Answer, Identity, Incoming, Query, Reply, Request, Stage, query, query_blocking, refuse, respond, yield_now,
    };
    use std::cell::RefCell;

    thread_local! {
        static IDENTITY: RefCell<Option<Identity>> = const { RefCell::new(None) };
    }

    pub(crate) async fn serve(request: Request<Incoming>) -> Answer {
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
        query(Query::Orders).await;
        ask(reply, Stage::Orders);
        reply.append(&audit.await.expect("the audit ends"));
    }

    async fn account(reply: &mut Reply) {
        table(reply).await;
    }

    async fn table(reply: &mut Reply) {
        query(Query::Table).await;
        ask(reply, Stage::Table);
    }

    async fn audit() -> Reply {
        yield_now().await;
        let mut reply = Reply::default();
        ask(&mut reply, Stage::Audit);
        reply
    }

    /// Serves a request on the thread that polls it, which serves no other until it is done: nothing is awaited.
    pub(crate) async fn serve_blocking(request: Request<Incoming>) -> Answer {
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
        query_blocking(Query::Orders);
        ask(reply, Stage::Orders);
        ask(reply, Stage::Audit);
    }

    fn account_blocking(reply: &mut Reply) {
        table_blocking(reply);
    }

    fn table_blocking(reply: &mut Reply) {
        query_blocking(Query::Table);
        ask(reply, Stage::Table);
    }

    fn ask(reply: &mut Reply, stage: Stage) {
        IDENTITY.with_borrow(|identity| {
            let user = identity.as_ref().map(|identity| identity.user);
            let request_id = identity.as_ref().map(|identity| &identity.request_id);
            reply.saw(stage, user, request_id);
        });
    }
}
