//! `$crate` in `crate = path`: a crate that knows nothing of `contextvars` but what another re-exports.

#![deny(warnings)]

use contextvars_renamed::{annotated, variables};

variables! {
    /// Documented.
    pub USER: &'static str = "nobody";
    DEPTH: usize;
}

annotated! {
    fn plain(depth: usize) -> (&'static str, Option<usize>) {
        (USER.get(), DEPTH.get())
    }
    DEPTH = depth + 1
}

annotated! {
    #[must_use]
    async fn asynchronous(text: String) -> (&'static str, usize) {
        (USER.get(), text.len())
    }
}

#[test]
fn annotated_by_macros() {
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    assert_eq!(plain(1), ("nobody", Some(2)));
    let mut future = Box::pin(USER.sync_scope("alice", || asynchronous("four".to_owned())));
    let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(polled, Poll::Ready(("alice", 4)));
}

/// `bind!` finds the crate by itself, by whatever name.
#[test]
fn bound_by_another_name() {
    use contextvars_renamed::vars::bind;

    let bound = USER.sync_scope("alice", || bind!(|n: usize| (n, USER.get())));
    assert_eq!(bound(1), (1, "alice"));
}

/// Cases 157, T33: one name and one type in two crates are two variables.
#[test]
fn a_namesake_in_another_crate_is_another_variable() {
    use contextvars_renamed::USER as NAMESAKE;
    use contextvars_renamed::vars::Context;

    Context::new().with(&USER, "mine").with(&NAMESAKE, "theirs").run(|| {
        assert_eq!(
            (USER.get(), NAMESAKE.get(), Context::current().len()),
            ("mine", "theirs", 2)
        );
        USER.unset();
        assert_eq!((USER.get(), NAMESAKE.get()), ("nobody", "theirs"));
    });
    assert_eq!([USER.name(), NAMESAKE.name()], ["USER"; 2]);
}
