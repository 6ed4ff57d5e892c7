//! Initializers run inside whoever comes first.

use std::cell::OnceCell;
use std::sync::LazyLock;

use contextvars::{Context, ContextExt, outside};
use tokio::sync::OnceCell as AsyncOnceCell;

use crate::USER;

/// Says who is asked for, and writes where it may.
fn owner() -> String {
    let owner = USER.get().to_owned();
    let wrote = USER.try_set("init").is_ok();
    format!("{owner} {wrote}")
}

/// Case P8: what not to write, and what to write.
#[test]
fn a_lazy_static_is_made_as_its_first_user_unless_outside() {
    static CARELESS: LazyLock<String> = LazyLock::new(owner);
    static CAREFUL: LazyLock<String> = LazyLock::new(|| outside(owner));

    let first = USER.sync_scope("alice", || (CAREFUL.as_str(), CARELESS.as_str(), USER.get()));
    assert_eq!(first, ("nobody false", "alice true", "init"), "and it writes for her");
    assert_eq!(USER.sync_scope("bob", || CARELESS.as_str()), "alice true");
}

/// Case P8
#[test]
fn a_thread_local_is_made_as_its_first_user_unless_outside() {
    thread_local! {
        static CARELESS: String = owner();
        static CAREFUL: String = outside(owner);
        static FILLED_LATER: OnceCell<String> = const { OnceCell::new() };
    }

    fn read(cell: &OnceCell<String>) -> String {
        cell.get_or_init(|| outside(owner)).clone()
    }

    let seen = || {
        [
            CAREFUL.with(Clone::clone),
            FILLED_LATER.with(read),
            CARELESS.with(Clone::clone),
        ]
    };
    assert_eq!(
        USER.sync_scope("alice", seen),
        ["nobody false", "nobody false", "alice true"]
    );
    assert_eq!(
        USER.sync_scope("bob", seen),
        ["nobody false", "nobody false", "alice true"]
    );
}

/// Case P8: one that awaits gets a context of its own.
#[tokio::test]
async fn a_cell_that_is_filled_by_a_future_is_made_as_its_first_user_unless_in_an_empty_context() {
    async fn open() -> String {
        tokio::task::yield_now().await;
        owner()
    }

    let careless = AsyncOnceCell::new();
    let seen = USER.scope("alice", async { careless.get_or_init(open).await.clone() });
    assert_eq!(seen.await, "alice true");

    let careful = AsyncOnceCell::new();
    let open_as_nobody = || open().in_context(Context::new());
    let seen = USER.scope("alice", async {
        (careful.get_or_init(open_as_nobody).await.clone(), USER.get())
    });
    assert_eq!(
        seen.await,
        ("nobody true".to_owned(), "alice"),
        "it writes for itself alone"
    );
}
