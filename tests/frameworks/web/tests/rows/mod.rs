//! What is made while it is sent.

use crate::users::{USER, seen};
use futures::stream::{self, BoxStream, StreamExt};

/// The user, twice: when another request has come as far as this, and then.
pub fn rows() -> BoxStream<'static, String> {
    let second = stream::iter([()]).map(|()| USER.get());
    stream::once(seen()).chain(second).boxed()
}
