//! The layers: what a request brings, whom it is believed, and what goes out.

use crate::common::{TENANT, USER};
use contextvars::baggage::Baggage;
use contextvars::tower::{BindLayer, ExtractLayer, InjectLayer};
use contextvars::{Context, ContextExt};
use futures::executor::block_on;
use http::{HeaderMap, Request};
use std::convert::Infallible;
use std::sync::{Arc, LazyLock, Mutex};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT).with("user.id", &USER));

/// Where the request comes from, as a connection leaves it in the extensions.
#[derive(Clone, Copy, PartialEq)]
enum Peer {
    Gateway,
    World,
}

fn is_from_gateway(request: &Request<()>) -> bool {
    request.extensions().get() == Some(&Peer::Gateway)
}

fn request(line: &str) -> Request<()> {
    Request::get("http://prices.internal/")
        .header("baggage", line)
        .body(())
        .unwrap()
}

fn request_of(peer: Peer, line: &str) -> Request<()> {
    let mut request = request(line);
    request.extensions_mut().insert(peer);
    request
}

type Seen = (Option<String>, Option<u64>);

fn seen() -> Seen {
    (TENANT.get(), USER.get())
}

fn acme(user: u64) -> Seen {
    (Some("acme".to_owned()), Some(user))
}

/// What the handler sees, at its call and after an `.await`.
async fn handle(_: Request<()>) -> Result<Seen, Infallible> {
    let at_once = seen();
    std::future::ready(()).await;
    assert_eq!(at_once, seen());
    Ok(at_once)
}

#[test]
fn a_request_has_what_its_header_brings() {
    let service = ExtractLayer::new(&BAGGAGE).layer(service_fn(handle));
    let (one, other) = block_on(async {
        futures::join!(
            service.clone().oneshot(request("tenant=acme,user.id=7")),
            service.clone().oneshot(request("user.id=8,theirs=1")),
        )
    });
    assert_eq!(one, Ok(acme(7)));
    assert_eq!(other, Ok((None, Some(8))));
    assert_eq!(seen(), (None, None));
}

#[test]
fn the_call_runs_in_the_request_s_context_and_its_writes_end_with_it() {
    let mut service = ExtractLayer::new(&BAGGAGE).layer(service_fn(|_: Request<()>| {
        assert_eq!(USER.get(), Some(7));
        USER.set(8);
        async { Ok::<_, Infallible>(USER.get()) }
    }));
    for _ in 0..2 {
        assert_eq!(block_on(service.call(request("user.id=7"))), Ok(Some(8)));
    }
}

#[test]
fn a_scope_written_around_the_call_applies_to_it() {
    let service = ExtractLayer::new(&BAGGAGE).layer(service_fn(handle));
    let scoped = USER.scope(9, async { service.oneshot(request("tenant=acme")).await });
    assert_eq!(block_on(scoped), Ok(acme(9)));
}

/// The whole of the check: the same header, from two peers.
#[test]
fn a_member_that_claims_another_tenant_is_not_believed_to_an_untrusted_peer() {
    let layer = ExtractLayer::new(&BAGGAGE).only_if(is_from_gateway);
    let service = layer.layer(service_fn(handle));
    let ask = |peer| block_on(service.clone().oneshot(request_of(peer, "tenant=acme,user.id=1")));
    assert_eq!(ask(Peer::Gateway), Ok(acme(1)));
    assert_eq!(ask(Peer::World), Ok((None, None)));
    let unknown = block_on(service.clone().oneshot(request("tenant=acme")));
    assert_eq!(unknown, Ok((None, None)));
}

/// A proxy sends on the headers that it gets.
#[test]
fn what_an_untrusted_peer_has_sent_does_not_go_on_under_our_names() {
    let upstream = service_fn(async |request: Request<()>| Ok::<_, Infallible>(request.headers().clone()));
    let proxy = ServiceBuilder::new()
        .layer(ExtractLayer::new(&BAGGAGE).only_if(is_from_gateway))
        .layer(InjectLayer::new(&BAGGAGE))
        .service(upstream);
    let send = |peer| block_on(proxy.clone().oneshot(request_of(peer, "tenant=acme,theirs=1"))).unwrap();
    assert_eq!(send(Peer::Gateway)["baggage"], "theirs=1,tenant=acme");
    assert_eq!(send(Peer::World)["baggage"], "theirs=1");
}

#[test]
fn what_an_inner_layer_finds_counts() {
    let service = ServiceBuilder::new()
        .layer(ExtractLayer::new(&BAGGAGE))
        .layer(BindLayer::new(&USER, |_: &Request<()>| 42))
        .service(service_fn(handle));
    assert_eq!(
        block_on(service.oneshot(request("tenant=acme,user.id=7"))),
        Ok(acme(42))
    );
}

#[test]
fn rejections_are_told_in_the_context_of_the_request() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&told);
    let layer = ExtractLayer::new(&BAGGAGE).on_rejected(move |rejected| {
        hook.lock().unwrap().push(format!("{:?}: {rejected}", TENANT.get()));
    });
    let service = layer.layer(service_fn(handle));
    assert_eq!(
        block_on(service.oneshot(request("user.id=x,tenant=acme"))).unwrap().1,
        None
    );
    assert_eq!(
        *told.lock().unwrap(),
        [r#"Some("acme"): `user.id` is rejected: its value is refused: invalid digit found in string"#]
    );
}

async fn headers_sent(request: Request<()>) -> Result<HeaderMap, Infallible> {
    Ok(request.headers().clone())
}

#[test]
fn a_request_is_stamped_with_the_context_that_it_is_sent_in() {
    let client = InjectLayer::new(&BAGGAGE).layer(service_fn(headers_sent));
    let send = || client.clone().oneshot(request("theirs=1"));
    let acme = Context::new().with(&TENANT, "acme".to_owned()).with(&USER, 7);
    let stamped = block_on(async { send().await }.in_context(acme)).unwrap();
    assert_eq!(stamped["baggage"], "theirs=1,tenant=acme,user.id=7");
    assert_eq!(block_on(send()).unwrap()["baggage"], "theirs=1");
}

#[test]
fn only_the_requests_that_are_named_are_stamped() {
    let is_internal = |request: &Request<()>| request.uri().host().is_some_and(|host| host.ends_with(".internal"));
    let client = InjectLayer::new(&BAGGAGE)
        .only_if(is_internal)
        .layer(service_fn(headers_sent));
    let send = |uri: &str| {
        let request = Request::get(uri).body(()).unwrap();
        USER.sync_scope(7, || block_on(client.clone().oneshot(request)))
            .unwrap()
    };
    assert_eq!(send("http://prices.internal/")["baggage"], "user.id=7");
    assert!(send("http://example.com/").is_empty());
}

#[test]
fn what_is_left_out_is_told() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&told);
    let layer = InjectLayer::new(&BAGGAGE)
        .within(12)
        .on_left_out(move |left_out| hook.lock().unwrap().push(left_out.to_string()));
    let client = layer.layer(service_fn(headers_sent));
    let bound = Context::new().with(&TENANT, "acme".to_owned()).with(&USER, 7);
    let request = Request::new(());
    let sent = block_on(async { client.oneshot(request).await }.in_context(bound)).unwrap();
    assert_eq!(sent["baggage"], "tenant=acme");
    assert_eq!(
        *told.lock().unwrap(),
        ["`user.id` is left out: the header would take more than 12 bytes"]
    );
}

#[test]
fn a_context_names_the_layer_as_the_place() {
    let layer = ExtractLayer::new(&BAGGAGE);
    let line = line!() - 1;
    let service = layer.layer(service_fn(async |_: Request<()>| {
        let context = Context::current();
        Ok::<_, Infallible>(
            context
                .iter()
                .map(|(_, _, place)| (place.file(), place.line()))
                .collect::<Vec<_>>(),
        )
    }));
    assert_eq!(
        block_on(service.oneshot(request("user.id=7"))),
        Ok(vec![(file!(), line)])
    );
}

/// The type of the body is the service's business.
#[test]
fn a_condition_need_not_name_the_type_of_the_request() {
    let layer = ExtractLayer::new(&BAGGAGE).only_if(|request| request.headers().contains_key("x-verified"));
    let service = layer.layer(service_fn(handle));
    assert_eq!(block_on(service.oneshot(request("tenant=acme"))), Ok((None, None)));

    let layer = InjectLayer::new(&BAGGAGE).only_if(|request| request.uri().port().is_none());
    let client = layer.layer(service_fn(headers_sent));
    let sent = USER.sync_scope(7, || block_on(client.oneshot(request("a=1"))));
    assert_eq!(sent.unwrap()["baggage"], "a=1,user.id=7");
}
