//! Streams: a plain one shares the context of its consumer; one with a context keeps it between items.

use std::pin::pin;

use futures::{StreamExt as _, stream};

use crate::{
    executor,
    identity::Identity,
    life::pause,
    tally::Place,
    variables::{self, View},
};

pub(crate) async fn pull(me: &mut Identity) {
    let mut plain = pin!(stream::repeat(()).then(|()| sighting()));
    #[cfg(feature = "futures")]
    let mut own = pin!(own::items(me.fork()));
    for _ in 0..=me.dice.below(4) {
        me.scramble();
        if let Some(seen) = plain.next().await {
            me.check_view(Place::Stream, &seen);
        }
        #[cfg(feature = "futures")]
        own.next().await;
        me.check(Place::Stream);
        pause(me).await;
    }
}

/// What a plain stream sees: no more and no less than its consumer.
async fn sighting() -> Box<View> {
    executor::yield_now().await;
    Box::new(variables::view())
}

#[cfg(feature = "futures")]
mod own {
    use contextvars::with_context;
    use futures::stream::{self, Stream};

    use crate::{identity::Identity, life::pause};

    /// A stream that writes between its items.
    #[with_context]
    pub(super) fn items(me: Identity) -> impl Stream<Item = ()> + Send {
        stream::unfold(me, |mut me| async {
            me.scramble();
            pause(&mut me).await;
            Some(((), me))
        })
    }
}
