//! A token remembers, and `reset` goes back to it.

use std::error::Error;
use std::thread;

use contextvars::{Context, Guard, ResetError, SetError, Token, bind, context_var, with_context};

use crate::common::{drive_across_threads, ready, yield_now};
use crate::{BARE, NUMBER, TEXT, TWIN};

/// Case 19
#[test]
fn the_first_token_remembers_that_there_was_nothing() {
    Context::new().run(|| {
        assert_eq!(BARE.set(1).old_value(), None);
        assert_eq!(NUMBER.set(1).old_value(), None, "a default is not an old value");
    });
}

/// Cases 20, 21
#[test]
fn a_token_remembers_what_it_replaced() {
    Context::new().run(|| {
        BARE.set(42);
        let token = BARE.set(43);
        assert_eq!((token.old_value(), BARE.get()), (Some(&42), Some(43)));
        BARE.reset(token).expect("its own token");
        assert_eq!(BARE.get(), Some(42));
    });
}

/// Cases 22, 24
#[test]
fn a_reset_of_the_first_token_unsets() {
    Context::new().run(|| {
        let token = NUMBER.set(1);
        let snapshot = Context::current();
        NUMBER.reset(token).expect("its own token");
        assert_eq!(
            (NUMBER.get(), NUMBER.is_set(), Context::current().len()),
            (42, false, 0)
        );
        assert_eq!(snapshot.get(&NUMBER), Some(&1));
    });
}

/// R2: a fresh future is a context of its own, as any other.
#[test]
fn a_token_of_one_fresh_future_is_refused_in_another() {
    #[with_context(fresh)]
    async fn sets() -> Token<u32> {
        NUMBER.set(1)
    }

    #[with_context(fresh)]
    async fn resets(token: Token<u32>) -> bool {
        NUMBER.set(2);
        let is_refused = matches!(NUMBER.reset(token), Err(ResetError::DifferentContext(_)));
        is_refused && NUMBER.get() == 2
    }

    let token = ready(sets());
    assert!(ready(resets(token)));
}

/// Case 20: the tokens of one context are reset in any order, each to what it remembers.
#[test]
fn tokens_may_be_reset_in_any_order() {
    Context::new().run(|| {
        let one = BARE.set(1);
        let two = BARE.set(2);
        let three = BARE.set(3);
        BARE.reset(two).expect("its own token");
        assert_eq!(BARE.get(), Some(1));
        BARE.reset(three).expect("its own token");
        assert_eq!(BARE.get(), Some(2));
        BARE.reset(one).expect("its own token");
        assert_eq!(BARE.get(), None);
    });
}

/// The value stays.
///
/// Case T11
#[test]
fn a_token_dropped_changes_nothing() {
    Context::new().run(|| {
        drop(BARE.set(1));
        BARE.set(2);
        assert_eq!(BARE.get(), Some(2));
    });
}

#[test]
fn unset_gives_a_token_too() {
    Context::new().run(|| {
        assert_eq!(BARE.unset().old_value(), None, "nothing to unset");
        BARE.set(1);
        let token = BARE.unset();
        assert_eq!((BARE.get(), token.old_value()), (None, Some(&1)));
        BARE.set(2);
        BARE.reset(token).expect("its own token");
        assert_eq!(BARE.get(), Some(1));
        let token = BARE.try_unset().expect("an owner");
        assert_eq!(BARE.get(), None);
        drop(token.guard());
        assert_eq!(BARE.get(), Some(1));
        let token = NUMBER.unset();
        NUMBER.set(3);
        NUMBER.reset(token).expect("its own token");
        assert_eq!((NUMBER.get(), NUMBER.is_set()), (42, false));
    });
}

/// Cases 25, T10
#[test]
fn another_variables_token_is_handed_back() {
    Context::new().run(|| {
        TWIN.set(7);
        let token = BARE.set(1);
        let error = TWIN.reset(token).expect_err("another variable");
        assert!(matches!(error, ResetError::DifferentVariable(_)), "{error:?}");
        assert_eq!((BARE.get(), TWIN.get()), (Some(1), Some(7)));
        let text = error.to_string();
        assert!(text.contains("different variable"), "{text}");
        BARE.reset(error.into_token()).expect("still good for its own");
        assert_eq!((BARE.get(), TWIN.get()), (None, Some(7)));
    });
}

/// Cases 27, T10
#[test]
fn another_contexts_token_is_handed_back() {
    let mut context = Context::new();
    Context::new().with(&BARE, 7).run(|| {
        let token = context.run(|| BARE.set(1));
        let error = BARE.reset(token).expect_err("another context");
        assert!(matches!(error, ResetError::DifferentContext(_)), "{error:?}");
        assert_eq!(BARE.get(), Some(7));
        let text = error.to_string();
        assert!(text.contains("different context"), "{text}");
        let token = context
            .run(|| BARE.reset(error.into_token()))
            .expect_err("every run is an owner of its own");
        assert_eq!(context.get(&BARE), Some(&1));
        assert_eq!(token.into_token().old_value(), None);
    });
}

/// Case 27: also where no context is entered.
#[test]
fn a_token_is_refused_outside_every_context() {
    let token = Context::new().run(|| BARE.set(1));
    let error = BARE.reset(token).expect_err("no context");
    assert!(matches!(error, ResetError::DifferentContext(_)), "{error:?}");
    let error = TWIN
        .reset(error.into_token())
        .expect_err("neither variable nor context");
    drop(error.into_token().guard());
    assert_eq!(BARE.get(), None);
}

/// Case 27: a token is used in its own context, when that is the current one again.
#[test]
fn a_token_refused_inside_is_good_outside() {
    Context::new().run(|| {
        let token = BARE.set(1);
        let token = Context::current()
            .run(|| BARE.reset(token))
            .expect_err("a copy is another context")
            .into_token();
        let token = NUMBER
            .sync_scope(1, || BARE.reset(token))
            .expect_err("a scope is one too")
            .into_token();
        let token = ready(NUMBER.scope(1, async { BARE.reset(token) }))
            .expect_err("this one too")
            .into_token();
        BARE.reset(token).expect("its own");
        assert_eq!(BARE.get(), None);
    });
}

/// Cases 282, T11: a token crosses threads with its future.
#[test]
fn a_token_crosses_threads_with_its_future() {
    #[with_context]
    async fn handler() -> [Option<u32>; 2] {
        BARE.set(1);
        let token = BARE.set(2);
        yield_now().await;
        let during = BARE.get();
        BARE.reset(token).expect("the same context on another thread");
        yield_now().await;
        [during, BARE.get()]
    }

    assert_eq!(drive_across_threads(handler()), [Some(2), Some(1)]);
}

/// Case T11
#[test]
fn a_token_is_refused_on_another_thread() {
    Context::new().run(|| {
        let token = BARE.set(1);
        let token = thread::spawn(|| BARE.reset(token))
            .join()
            .expect("no panic")
            .expect_err("no context there");
        BARE.reset(token.into_token()).expect("its own");
        assert_eq!(BARE.get(), None);
    });
}

/// Cases 288, T7
#[test]
fn tokens_and_guards_are_send_and_sync() {
    fn check<T: Send + Sync>() {}

    check::<Token<u32>>();
    check::<Token<String>>();
    check::<Guard<String>>();
    check::<SetError<String>>();
    check::<ResetError<String>>();
    check::<Context>();
}

/// Cases 4, 5
#[test]
fn debug_of_a_token_names_the_variable_and_shows_no_value() {
    Context::new().run(|| {
        TEXT.set("old".repeat(3));
        let token = TEXT.set("new".repeat(3));
        let error = OTHER_TEXT.reset(token).expect_err("another variable");
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(shown.contains("TEXT"), "{shown}");
        assert!(!shown.contains("oldold") && !shown.contains("newnew"), "{shown}");
        let token = error.into_token();
        let shown = format!("{token:?} {token:#?}");
        assert!(shown.contains("TEXT"), "{shown}");
        assert!(!shown.contains("oldold") && !shown.contains("newnew"), "{shown}");
        let guard = token.guard();
        let shown = format!("{guard:?} {guard:#?}");
        assert!(shown.contains("TEXT"), "{shown}");
        assert!(!shown.contains("oldold") && !shown.contains("newnew"), "{shown}");
    });
}

#[context_var]
static OTHER_TEXT: String;

/// The errors are errors, whether or not the value can be shown.
#[test]
fn errors_are_errors_for_any_value() {
    struct Opaque;

    #[context_var]
    static OPAQUE: Opaque;

    #[context_var]
    static OTHER: Opaque;

    fn text(error: &dyn Error) -> String {
        format!("{error} {error:?}")
    }

    let refused = OPAQUE.try_set(Opaque).map(drop).expect_err("no context is entered");
    assert!(text(&refused).contains("OPAQUE"), "{}", text(&refused));
    let Opaque = refused.into_value();
    Context::new().run(|| {
        let refused = OTHER.reset(OPAQUE.set(Opaque)).expect_err("another variable");
        assert!(text(&refused).contains("OPAQUE"), "{}", text(&refused));
    });
}

/// Case 67
#[test]
fn a_reset_on_a_thread_goes_back_to_what_was_carried_there() {
    let child = Context::new().with(&BARE, 1).run(|| {
        bind(|| {
            let token = BARE.set(2);
            assert_eq!((token.old_value(), BARE.get()), (Some(&1), Some(2)));
            BARE.reset(token).expect("its own token");
            BARE.get()
        })
    });
    assert_eq!(thread::spawn(child).join().expect("no panic"), Some(1));
}

/// A failed `unwrap` names the variable, and puts no value into a log.
#[test]
fn errors_name_the_variable_and_show_no_value() {
    let error = TEXT.try_set("secret".to_owned()).expect_err("no context is entered");
    assert_eq!(format!("{error:?}"), r#"SetError { var: "TEXT", .. }"#);
    Context::new().run(|| {
        let token = NUMBER.set(1);
        let error = TWIN.reset(token).expect_err("another variable's");
        assert_eq!(
            format!("{error:?}"),
            r#"DifferentVariable(Token { var: "NUMBER", .. })"#
        );
        let error = Context::new().run(|| NUMBER.reset(error.into_token()));
        let error = error.expect_err("another context's");
        assert_eq!(format!("{error:?}"), r#"DifferentContext(Token { var: "NUMBER", .. })"#);
    });
}
