use contextvars::{context_var, with_context};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

#[context_var]
static LEVEL: usize = 0;

macro_rules! levels {
    ($outer:ident $inner:ident $($more:ident)*) => {
        #[with_context(LEVEL = LEVEL.get() + 1)]
        async fn $outer(left: usize) -> usize {
            $inner(left).await
        }
        levels!($inner $($more)*);
    };
    ($innermost:ident) => {
        #[with_context(LEVEL = LEVEL.get() + 1)]
        fn $innermost(left: usize) -> Pin<Box<dyn Future<Output = usize> + Send>> {
            Box::pin(async move { if left == 0 { LEVEL.get() } else { first(left - 1).await } })
        }
    };
}

// Ten in a row before a box: at the default recursion limit annotated functions reach some fourteen, plain ones thirty.
levels!(first second third fourth fifth sixth seventh eighth ninth tenth);

fn main() {
    let polled = pin!(first(9)).poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(polled, Poll::Ready(100));
}
