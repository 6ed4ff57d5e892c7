//! How deep annotated functions go that are instrumented as well, at the default recursion limit.

use contextvars::{context_var, with_context};
use futures::FutureExt;
use tracing::instrument;

use crate::run;

#[context_var]
static LEVEL: usize = 0;

/// Functions that await each other, from the first to the last of a list; what stands in brackets is boxed by its caller.
macro_rules! levels {
    ([$($attributes:tt)*] $outer:ident [$inner:ident] $($more:tt)*) => {
        levels!(@ [$($attributes)*] $outer $inner().boxed());
        levels!([$($attributes)*] $inner $($more)*);
    };
    ([$($attributes:tt)*] $outer:ident $inner:ident $($more:tt)*) => {
        levels!(@ [$($attributes)*] $outer $inner());
        levels!([$($attributes)*] $inner $($more)*);
    };
    ([$($attributes:tt)*] $innermost:ident) => {
        levels!(@ [$($attributes)*] $innermost std::future::ready(LEVEL.get()));
    };
    (@ [$($attributes:tt)*] $name:ident $next:expr) => {
        $($attributes)*
        pub(super) async fn $name() -> usize {
            let _token = LEVEL.set(LEVEL.get() + 1);
            $next.await
        }
    };
}

mod above {
    use super::*;
    levels!([#[with_context] #[instrument]] f1 f2 f3 f4 f5 f6 f7 [f8] f9 f10 f11 f12 f13 f14 [f15] f16 f17 f18 f19 f20);
}

mod below {
    use super::*;
    levels!([#[instrument] #[with_context]] f1 f2 f3 f4 f5 f6 f7 [f8] f9 f10 f11 f12 f13 f14 [f15] f16 f17 f18 f19 f20);
}

/// Case P17: twenty levels, boxed as `dyn Future` by sevens; a `Box::pin` alone is no end to what `Send` must look at.
#[test]
fn a_boxed_chain_of_twenty_instrumented_functions_may_be_spawned() {
    fn spawned<F: Future + Send + 'static>(future: F) -> F {
        future
    }

    assert_eq!(run(spawned(above::f1())), 20);
    assert_eq!(run(spawned(below::f1())), 20);
}
