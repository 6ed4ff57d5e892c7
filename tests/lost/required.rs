//! A required variable is missed in a context, too.

use contextvars::lost::Attempt::{Read, ReadDefault};
use contextvars::lost::Watch;
use contextvars::{Context, context_var, with_context};

use super::seen;

#[context_var(required)]
static ACCOUNT: u32;
#[context_var(required, redact)]
static REGION: &'static str = "eu";
#[context_var(required, local)]
static TRANSACTION: u32;

#[test]
fn in_a_context_that_lacks_it() {
    let watch = Watch::this_thread();
    let first = line!() + 2;
    Context::new().run(|| {
        assert_eq!(ACCOUNT.get(), None);
        assert_eq!(REGION.get(), "eu");
        assert_eq!(TRANSACTION.get(), None);
        assert!(!ACCOUNT.is_set());
    });
    let expected = [
        ("ACCOUNT", Read, first, 1),
        ("REGION", ReadDefault, first + 1, 1),
        ("TRANSACTION", Read, first + 2, 1),
    ];
    assert_eq!(seen(&watch), expected);
    assert!(watch.reports().iter().all(|row| row.report().is_in_context()));
    let text = watch.reports()[0].report().to_string();
    assert!(
        text.ends_with(", where it is required and not bound: it has no value"),
        "{text}"
    );
}

#[test]
fn in_no_context() {
    let watch = Watch::this_thread();
    assert_eq!(ACCOUNT.get(), None);
    assert_eq!(seen(&watch), [("ACCOUNT", Read, line!() - 1, 1)]);
    assert!(!watch.reports()[0].report().is_in_context());
}

#[test]
fn after_it_is_unset() {
    let watch = Watch::this_thread();
    Context::new().with(&ACCOUNT, 1).run(|| {
        assert_eq!(ACCOUNT.get(), Some(1));
        ACCOUNT.unset();
        assert_eq!(ACCOUNT.get(), None);
    });
    assert_eq!(seen(&watch), [("ACCOUNT", Read, line!() - 2, 1)]);
}

#[test]
fn in_a_task_that_a_local_one_does_not_reach() {
    #[with_context]
    async fn insert() -> Option<u32> {
        TRANSACTION.get()
    }
    let line = line!() - 2;

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let watch = Watch::this_thread();
    runtime.block_on(TRANSACTION.scope(1, async {
        assert_eq!(insert().await, Some(1));
        assert_eq!(tokio::spawn(insert()).await.unwrap(), None);
    }));
    assert_eq!(seen(&watch), [("TRANSACTION", Read, line, 1)]);
}

#[test]
fn not_where_it_is_bound() {
    let watch = Watch::this_thread();
    let context = Context::new().with(&ACCOUNT, 1).with(&REGION, "us");
    context.clone().run(|| {
        assert_eq!((ACCOUNT.get(), REGION.get()), (Some(1), "us"));
        TRANSACTION.set(1);
        assert_eq!(TRANSACTION.get(), Some(1));
    });
    watch.assert_none();
}
