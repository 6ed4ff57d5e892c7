//! What is not reported.

use contextvars::lost::Watch;
use contextvars::{Context, Variable, context_var, outside, with_context};

use super::{TENANT, USER, seen};

#[test]
fn reads_that_find_their_value() {
    let watch = Watch::this_thread();
    Context::new().with(&USER, "alice").with(&TENANT, 8).run(|| {
        assert_eq!((USER.get(), TENANT.get()), (Some("alice"), 8));
        assert_eq!((USER.try_get(), TENANT.try_get()), (Some("alice"), Some(8)));
        TENANT.with(|tenant| assert_eq!(*tenant, 8));
    });
    watch.assert_none();
}

#[test]
fn reads_that_find_nothing_in_a_context() {
    let watch = Watch::this_thread();
    Context::new().run(|| {
        assert_eq!((USER.get(), TENANT.get()), (None, 7));
        assert_eq!((USER.try_get(), TENANT.try_get()), (None, Some(7)));
        USER.set("alice");
        USER.unset();
        assert_eq!(USER.get(), None);
    });
    watch.assert_none();
}

#[test]
fn a_token_of_another_context() {
    let token = Context::new().run(|| USER.set("alice"));
    let guard = Context::new().run(|| USER.set("alice").guard());
    let watch = Watch::this_thread();
    Context::new().run(|| assert!(USER.reset(token).is_err()));
    drop(guard);
    watch.assert_none();
}

#[test]
fn questions() {
    let watch = Watch::this_thread();
    assert!(!USER.is_set() && !TENANT.is_set());
    assert_eq!(Context::new().get(&USER), None);
    assert!(!Context::current().contains(&USER));
    watch.assert_none();
}

/// So a log line of `main` is no lost context, as the loggers show variables by this.
#[test]
fn what_is_shown() {
    let watch = Watch::this_thread();
    USER.show(&mut |value| assert!(value.is_none()));
    TENANT.show(&mut |value| assert!(value.is_some()));
    let _ = format!("{USER:?} {TENANT:?}");
    watch.assert_none();
}

#[test]
fn what_the_expression_of_a_default_reads() {
    #[context_var]
    static LABEL: String = format!("{}, {:?}", TENANT.get(), USER.get());

    let watch = Watch::this_thread();
    Context::new().run(|| assert_eq!(LABEL.get(), "7, None"));
    watch.assert_none();
}

#[test]
fn code_that_says_it_wants_no_context() {
    #[with_context(fresh)]
    async fn clean_up() -> u32 {
        TENANT.get()
    }

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let watch = Watch::this_thread();
    assert_eq!(Context::new().run(|| TENANT.get()), 7);
    assert_eq!(runtime.block_on(async { tokio::spawn(clean_up()).await.unwrap() }), 7);
    watch.assert_none();
}

/// It can't be told from a bare task.
#[test]
fn not_silent_is_what_is_outside() {
    let watch = Watch::this_thread();
    USER.sync_scope("alice", || outside(|| assert_eq!(TENANT.get(), 7)));
    assert_eq!(seen(&watch).len(), 1);
}
