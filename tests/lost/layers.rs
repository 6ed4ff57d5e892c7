//! The layers for tower lose nothing, and without them the place is the handler's.

use std::convert::Infallible;

use contextvars::lost::Attempt::{Read, ReadDefault, Write};
use contextvars::lost::Watch;
use contextvars::tower::{BindLayer, CaptureLayer, ContextLayer, RestoreLayer};
use futures::executor::block_on;
use tower::{ServiceBuilder, ServiceExt, service_fn};

use super::{TENANT, USER, seen};

async fn handle(_: &'static str) -> Result<u32, Infallible> {
    let _ = USER.get(); // here
    drop(USER.try_set("bob"));
    Ok(TENANT.get())
}
const LINE: u32 = line!() - 4;

#[test]
fn a_service_without_one_is_reported_at_its_lines() {
    let watch = Watch::this_thread();
    assert_eq!(block_on(service_fn(handle).oneshot("alice")), Ok(7));
    let expected = [
        ("USER", Read, LINE, 1),
        ("USER", Write, LINE + 1, 1),
        ("TENANT", ReadDefault, LINE + 2, 1),
    ];
    assert_eq!(seen(&watch), expected);
}

#[test]
fn a_service_in_one_is_not() {
    let watch = Watch::this_thread();
    let plain = ServiceBuilder::new().layer(ContextLayer::new()).service_fn(handle);
    assert_eq!(block_on(plain.oneshot("alice")), Ok(7));
    let binds = ServiceBuilder::new()
        // What the closure reads is in the request's context already.
        .layer(BindLayer::new(&TENANT, |_: &&str| USER.get().map(|_| 8)))
        .layer(BindLayer::new(&USER, |user: &&'static str| *user))
        .layer(BindLayer::new(&TENANT, |_: &&str| USER.get().map(|_| 9)))
        .service_fn(handle);
    assert_eq!(block_on(binds.oneshot("alice")), Ok(9));
    let buffered = ServiceBuilder::new()
        .layer(ContextLayer::new())
        .layer(CaptureLayer::new())
        .layer(RestoreLayer::new())
        .service_fn(handle);
    assert_eq!(block_on(buffered.oneshot("alice")), Ok(7));
    watch.assert_none();
}
