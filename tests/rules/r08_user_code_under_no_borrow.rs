//! R8: user code never runs under a lock or a borrow, and what is lent outlives the loan.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use contextvars::{Context, ContextExt, bind, context_var, with_context};
use futures::executor::block_on;

use crate::common::{Log, OnDrop, panic_of, ready};

#[context_var]
static TEXT: String = text("default");
#[context_var]
static BARE: String;
#[context_var]
static OTHER: u32 = 0;

/// Long enough to lie on the heap, where a use after free reads something else.
fn text(word: &str) -> String {
    word.repeat(50)
}

/// Allocates over what may just have been freed.
fn churn() {
    let over: Vec<String> = (0..64).map(|i| char::from(b'!' + i).to_string().repeat(350)).collect();
    std::hint::black_box(over);
}

/// Lends the bound "first" to a closure in which `change` runs, in all four kinds of loan.
fn lent_across(change: impl Fn()) {
    let bound = || Context::new().with(&TEXT, text("first")).with(&BARE, text("first"));
    let check = |lent: &String| {
        change();
        churn();
        assert_eq!(*lent, text("first"));
        change();
        churn();
        assert_eq!(*lent, text("first"));
    };
    bound().run(|| TEXT.with(check));
    bound().run(|| TEXT.try_with(|lent| check(lent.expect("bound"))));
    bound().run(|| BARE.with(|lent| check(lent.expect("bound"))));
    bound().run(|| BARE.try_with(|lent| check(lent.expect("bound"))));
    // As the sole owner of the value: bound in the running context, and in no snapshot.
    Context::new().run(|| {
        drop(TEXT.set(text("first")));
        drop(BARE.set(text("first")));
        TEXT.with(check);
    });
    Context::new().run(|| {
        drop(TEXT.set(text("first")));
        drop(BARE.set(text("first")));
        BARE.with(|lent| check(lent.expect("bound")));
    });
}

/// R8
#[test]
fn a_loan_outlives_a_set() {
    lent_across(|| {
        drop(TEXT.set(text("second")));
        drop(BARE.set(text("second")));
        assert_eq!(TEXT.get(), text("second"));
    });
    lent_across(|| {
        for _ in 0..100 {
            drop(TEXT.set(text("second")));
            drop(BARE.set(text("third")));
        }
    });
}

/// R8
#[test]
fn a_loan_outlives_an_unset() {
    lent_across(|| {
        drop(TEXT.unset());
        drop(BARE.unset());
        assert_eq!((TEXT.get(), BARE.get()), (text("default"), None));
    });
}

/// R8
#[test]
fn a_loan_outlives_a_reset() {
    lent_across(|| {
        let token = TEXT.set(text("second"));
        TEXT.reset(token).expect("its own token");
        drop(BARE.set(text("second")).guard());
    });
}

/// R8: the value lent is the one that the reset takes away, and the token the last that holds another.
#[test]
fn a_loan_outlives_the_reset_of_its_own_token() {
    Context::new().run(|| {
        let outer = TEXT.set(text("first"));
        let inner = TEXT.set(text("second"));
        TEXT.with(|second| {
            TEXT.reset(inner).expect("its own token");
            churn();
            assert_eq!(*second, text("second"));
            TEXT.with(|first| {
                TEXT.reset(outer).expect("its own token");
                churn();
                assert_eq!((&**first, &**second), (&*text("first"), &*text("second")));
                assert_eq!(TEXT.get(), text("default"));
            });
        });
    });
}

/// R8
#[test]
fn a_loan_outlives_the_drop_of_a_token() {
    Context::new().run(|| {
        drop(TEXT.set(text("first")));
        TEXT.with(|first| {
            let token = TEXT.set(text("second"));
            assert_eq!(token.old_value(), Some(&text("first")));
            drop(token);
            churn();
            assert_eq!(*first, text("first"));
        });
    });
}

/// R8
#[test]
fn a_loan_outlives_snapshots_and_other_variables() {
    lent_across(|| {
        let snapshot = Context::current();
        drop(TEXT.set(text("second")));
        drop(BARE.unset());
        drop(snapshot);
        for number in 0..20 {
            OTHER.set(number);
        }
        drop(Context::current());
    });
}

/// R8, Case T14
#[test]
fn inside_a_loan_everything_else_works() {
    #[with_context]
    async fn handler() -> String {
        TEXT.set(text("handler"));
        TEXT.get()
    }

    lent_across(|| {
        assert_eq!(block_on(handler()), text("handler"));
        assert_eq!(TEXT.sync_scope(text("scope"), || TEXT.get()), text("scope"));
        assert_eq!(ready(TEXT.scope(text("scope"), async { TEXT.get() })), text("scope"));
        let mut context = Context::current();
        assert_eq!(context.run(|| TEXT.with(String::clone)), text("first"));
        context.run(|| {
            TEXT.set(text("run"));
            BARE.unset();
        });
        assert_eq!(bind(|| TEXT.get())(), text("first"));
        assert_eq!(ready(async { TEXT.get() }.in_context(context)), text("run"));
        TEXT.with(|again| assert_eq!(*again, text("first")));
    });
}

/// R8: a loan inside a future, in its own context.
#[test]
fn a_loan_in_a_future_outlives_its_writes() {
    #[with_context]
    async fn handler() {
        TEXT.set(text("first"));
        TEXT.with(|lent| {
            drop(TEXT.set(text("second")));
            churn();
            assert_eq!(*lent, text("first"));
        });
    }

    block_on(handler());
    block_on(TEXT.scope(text("first"), async {
        TEXT.with(|lent| {
            drop(TEXT.unset());
            churn();
            assert_eq!(*lent, text("first"));
        });
    }));
}

/// R8: the loan of a default.
#[test]
fn the_loan_of_a_default_outlives_a_set() {
    Context::new().run(|| {
        TEXT.with(|lent| {
            drop(TEXT.set(text("second")));
            churn();
            assert_eq!(*lent, text("default"));
        });
    });
}

/// R8, Case T15: a panic inside a loan ends the loan, and nothing else.
#[test]
fn a_panic_in_a_loan_ends_it() {
    Context::new().run(|| {
        drop(TEXT.set(text("first")));
        let panicked = panic_of(|| {
            TEXT.with(|_| {
                drop(TEXT.set(text("second")));
                panic!("expected");
            })
        });
        assert_eq!(panicked.message, "expected");
        assert_eq!(TEXT.get(), text("second"));
        drop(TEXT.set(text("third")));
        assert_eq!(TEXT.get(), text("third"));
    });
}

/// Calls back into everything from the code of its own that the crate runs.
#[derive(Default)]
struct Meddler(String);

#[context_var]
static MEDDLER: Meddler = Meddler(text("default"));

impl Meddler {
    fn meddle(&self) -> String {
        let before = self.0.clone();
        if let Ok(token) = MEDDLER.try_set(Self(text("meddled"))) {
            drop(token);
            churn();
            assert_eq!(self.0, before, "what was lent is still there");
            drop(MEDDLER.try_unset().expect("an owner"));
            churn();
        }
        OTHER.sync_scope(1, || assert_eq!(OTHER.get(), 1));
        assert!(Context::current().len() < 10);
        assert_eq!(self.0, before, "what was lent is still there");
        before
    }
}

impl Clone for Meddler {
    fn clone(&self) -> Self {
        Self(self.meddle())
    }
}

impl fmt::Debug for Meddler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.meddle())
    }
}

/// R8, Cases 286, T16
#[test]
fn a_clone_may_call_back() {
    Context::new().run(|| {
        drop(MEDDLER.set(Meddler(text("mine"))));
        assert_eq!(MEDDLER.get().0, text("mine"));
        assert!(!MEDDLER.is_set(), "the clone has unset it");
        assert_eq!(MEDDLER.get().0, text("default"));
    });
    assert_eq!(MEDDLER.get().0, text("default"));
    assert_eq!(MEDDLER.try_get().expect("a default").0, text("default"));
}

/// R8, Case 286
#[test]
fn a_debug_may_call_back() {
    Context::new().run(|| {
        drop(MEDDLER.set(Meddler(text("mine"))));
        let shown = format!("{:?}", Context::current());
        assert!(shown.contains(&text("mine")), "{shown}");
        drop(MEDDLER.set(Meddler(text("mine"))));
        let mut context = Context::current();
        context.run(|| {
            for (_, value, _) in &Context::current() {
                assert!(format!("{value:?}").contains(&text("mine")));
            }
        });
        drop(MEDDLER.set(Meddler(text("mine"))));
        MEDDLER.with(|lent| assert_eq!(format!("{lent:?}"), text("mine")));
        let _ = format!("{MEDDLER:?}");
    });
}

/// R8, Cases 286, T16
#[test]
fn a_default_may_call_back() {
    #[context_var]
    static CALLS_BACK: (String, u32, usize) = {
        let inner = OTHER.sync_scope(5, || OTHER.get());
        let ran = Context::new().with(&OTHER, 6).run(|| OTHER.get());
        (TEXT.get(), inner + ran, Context::current().len())
    };

    Context::new().with(&TEXT, text("caller's")).with(&OTHER, 100).run(|| {
        assert_eq!(CALLS_BACK.get(), (text("default"), 11, 0));
        assert_eq!((TEXT.get(), OTHER.get()), (text("caller's"), 100));
    });
}

/// R8, Case T15
#[test]
fn a_panic_in_a_clone_leaves_the_thread_as_it_was() {
    #[derive(Debug)]
    struct Fragile;

    #[context_var]
    static FRAGILE: Fragile = Fragile;

    static PANICS: AtomicBool = AtomicBool::new(true);

    impl Clone for Fragile {
        fn clone(&self) -> Self {
            assert!(!PANICS.load(Ordering::Relaxed), "expected");
            Self
        }
    }

    assert_eq!(panic_of(|| FRAGILE.get()).message, "expected");
    Context::new().run(|| {
        let token = FRAGILE.set(Fragile);
        OTHER.set(1);
        assert_eq!(panic_of(|| FRAGILE.get()).message, "expected");
        assert_eq!(OTHER.get(), 1);
        PANICS.store(false, Ordering::Relaxed);
        let Fragile = FRAGILE.get();
        FRAGILE.reset(token).expect("its own token");
        assert!(!FRAGILE.is_set());
    });
}

/// R8, Case T15
#[test]
fn a_panic_in_a_debug_leaves_the_thread_as_it_was() {
    struct Fragile;

    #[context_var]
    static FRAGILE: Fragile;

    impl fmt::Debug for Fragile {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("expected");
        }
    }

    Context::new().run(|| {
        let token = FRAGILE.set(Fragile);
        assert_eq!(panic_of(|| format!("{:?}", Context::current())).message, "expected");
        OTHER.set(1);
        assert_eq!(OTHER.get(), 1);
        FRAGILE.reset(token).expect("its own token");
    });
}

/// R8: a value that is cloned while a loan of it is open, as deep as one likes.
#[test]
fn loans_nest() {
    static LEFT: AtomicU32 = AtomicU32::new(200);

    fn deeper() {
        if LEFT.fetch_sub(1, Ordering::Relaxed) > 0 {
            TEXT.with(|lent| {
                let copy = lent.clone();
                drop(TEXT.set(format!("{}{}", &lent[1..], &lent[..1])));
                deeper();
                churn();
                assert_eq!(*lent, copy);
            });
        }
    }

    Context::new().run(|| {
        drop(TEXT.set(text("first")));
        deeper();
    });
}

/// R8: the value lent leaves its context during the loan, and panics when the loan is over.
#[test]
fn what_a_loan_returns_is_dropped_though_the_value_panics() {
    #[context_var]
    static PANICS_AT_DEATH: OnDrop<fn()>;

    let log = Log::new();
    panic_of(|| {
        Context::new().run(|| {
            PANICS_AT_DEATH.set(OnDrop(|| panic!("expected")));
            PANICS_AT_DEATH.with(|_| {
                drop(PANICS_AT_DEATH.unset());
                let log = log.clone();
                OnDrop(move || log.push("the result"))
            })
        })
    });
    assert_eq!(log.take(), ["the result"]);
}
