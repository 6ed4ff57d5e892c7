//! A default is one value for the whole process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use contextvars::{context_var, with_context};
use futures::executor::block_on;
use futures::future::join;

type Cart = Arc<Mutex<Vec<&'static str>>>;

/// Case P10: what not to write, and what to write.
#[test]
fn a_default_that_can_change_is_shared_by_all_requests() {
    #[context_var]
    static SHARED: Cart = Arc::default();
    #[context_var]
    static CART: Cart;

    fn put(cart: &Cart, item: &'static str) -> Vec<&'static str> {
        let mut items = cart.lock().expect("no panic");
        items.push(item);
        items.clone()
    }

    #[with_context]
    async fn careless(item: &'static str) -> Vec<&'static str> {
        put(&SHARED.get(), item)
    }

    #[with_context(CART = Arc::default())]
    async fn careful(item: &'static str) -> Vec<&'static str> {
        put(&CART.get().expect("bound above"), item)
    }

    assert_eq!(block_on(careless("apple")), ["apple"]);
    assert_eq!(block_on(careless("pear")), ["apple", "pear"], "one cart for everybody");
    let [apple, pear] = block_on(async { join(careful("apple"), careful("pear")).await.into() });
    assert_eq!((apple, pear), (vec!["apple"], vec!["pear"]));
}

/// Case P10: a default is evaluated once, so an id that it makes is everybody's.
#[test]
fn a_default_that_counts_is_the_same_for_all() {
    static NEXT: AtomicU64 = AtomicU64::new(1);

    fn next() -> u64 {
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    #[context_var]
    static ID: u64 = next();

    #[with_context]
    async fn careless() -> u64 {
        ID.get()
    }

    #[with_context(ID = next())]
    async fn careful() -> u64 {
        ID.get()
    }

    assert_eq!((block_on(careless()), block_on(careless())), (1, 1));
    assert_eq!((block_on(careful()), block_on(careful())), (2, 3));
}
