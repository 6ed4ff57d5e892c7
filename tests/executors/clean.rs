//! What is left on the executor's threads when its tasks have come and gone: nothing.

use contextvars::{Context, context_var};

use crate::common::yield_now;
use crate::executor::Executor;

#[context_var]
static CANARY: u32 = 0;

/// Raw tasks find every thread of the executor outside every context.
pub(crate) async fn threads_are_clean<E: Executor>() {
    let raw: Vec<_> = (0..32)
        .map(|_| {
            E::spawn(async {
                let before = Context::current().is_empty();
                yield_now().await;
                (before, Context::current().is_empty(), CANARY.try_set(1).is_err())
            })
        })
        .collect();
    for task in raw {
        assert_eq!(task.join().await.expect("no panic"), (true, true, true));
    }
}
