//! What a variable is: a name, a type, an identity, perhaps a default.

#[path = "common/mod.rs"]
mod common;

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use contextvars::{Context, ContextVar, NoDefault, WithDefault, context_var, with_context};

use common::{Log, many, outside_and_inside, panic_of};

#[context_var]
static NUMBER: u32 = 42;
#[context_var]
static BARE: u32;
#[context_var]
static TEXT: String = "default".to_owned();

fn copied(number: Option<&u32>) -> Option<u32> {
    number.copied()
}

/// Case 1
#[test]
fn a_variable_is_named_after_its_static() {
    #[allow(non_upper_case_globals, reason = "Python's spelling")]
    #[context_var]
    static aaa: u32 = 1;

    #[context_var]
    static r#TRY: u32;

    assert_eq!(
        [NUMBER.name(), BARE.name(), aaa.name(), TRY.name()],
        ["NUMBER", "BARE", "aaa", "TRY"]
    );
}

/// Its kind is its type.
#[test]
fn the_type_says_whether_there_is_a_default() {
    let _: &'static ContextVar<u32, WithDefault> = &NUMBER;
    let _: &'static ContextVar<u32, NoDefault> = &BARE;
    let _: &'static ContextVar<u32> = &BARE;
    let _: u32 = NUMBER.get();
    let _: Option<u32> = BARE.get();
}

/// Case 26
#[test]
fn with_a_default() {
    outside_and_inside(|| {
        assert_eq!((NUMBER.get(), NUMBER.is_set()), (42, false));
        assert_eq!((NUMBER.try_get(), NUMBER.with(|n| *n)), (Some(42), 42));
        assert_eq!(NUMBER.try_with(copied), Some(42));
    });
    Context::new().run(|| {
        let token = NUMBER.set(1);
        assert_eq!((NUMBER.get(), NUMBER.is_set()), (1, true));
        assert_eq!((NUMBER.try_get(), NUMBER.with(|n| *n)), (Some(1), 1));
        NUMBER.reset(token).expect("its own token");
        assert_eq!((NUMBER.get(), NUMBER.is_set()), (42, false));
    });
}

/// Case 18
#[test]
fn without_a_default() {
    outside_and_inside(|| {
        assert_eq!((BARE.get(), BARE.is_set(), BARE.try_get()), (None, false, None));
        assert_eq!(BARE.with(copied), None);
        assert_eq!(BARE.try_with(copied), None);
        assert_eq!(BARE.get().unwrap_or(7), 7);
    });
    Context::new().run(|| {
        BARE.set(1);
        assert_eq!((BARE.get(), BARE.is_set(), BARE.try_get()), (Some(1), true, Some(1)));
        assert_eq!(BARE.with(copied), Some(1));
        assert_eq!(BARE.try_with(copied), Some(1));
        assert_eq!(BARE.get().unwrap_or(7), 1);
    });
}

/// What both kinds have reads the same for both.
#[test]
fn code_for_both_kinds_has_try_get_and_try_with() {
    macro_rules! read {
        ($variable:ident) => {
            (
                $variable.try_get(),
                $variable.try_with(copied),
                $variable.is_set(),
            )
        };
    }

    assert_eq!(read!(NUMBER), (Some(42), Some(42), false));
    assert_eq!(read!(BARE), (None, None, false));
}

/// Case 125
#[test]
fn a_bound_value_that_equals_the_default_is_bound() {
    Context::new().run(|| {
        NUMBER.set(42);
        assert!(NUMBER.is_set());
        assert_eq!(Context::current().get(&NUMBER), Some(&42));
        NUMBER.unset();
        assert!(!NUMBER.is_set());
        assert_eq!((NUMBER.get(), Context::current().get(&NUMBER)), (42, None));
    });
}

/// Case 169
#[test]
fn any_value_that_threads_may_share_will_do() {
    #[context_var]
    static UNIT: ();
    #[context_var]
    static BIG: [u64; 100] = [7; 100];
    #[context_var]
    static FUNCTION: fn(u32) -> u32 = |n| n + 1;
    #[context_var]
    static OBJECT: Arc<dyn Fn(u32) -> u32 + Send + Sync>;
    #[context_var]
    static LOCKED: Mutex<u32> = Mutex::new(1);
    #[context_var]
    static ALIGNED: Aligned = Aligned(3);

    #[derive(Clone)]
    #[repr(align(256))]
    struct Aligned(u8);

    Context::new().run(|| {
        UNIT.set(());
        BIG.set([8; 100]);
        OBJECT.set(Arc::new(|n| n * 2));
        ALIGNED.set(Aligned(4));
        LOCKED.with(|locked| *locked.lock().expect("not poisoned") += 1);
        assert_eq!(
            LOCKED.with(|locked| *locked.lock().expect("not poisoned")),
            2,
            "one value, changed inside"
        );
        assert_eq!((UNIT.get(), BIG.get()), (Some(()), [8; 100]));
        assert_eq!((FUNCTION.get()(1), OBJECT.get().expect("bound")(2)), (2, 4));
        ALIGNED.with(|aligned| assert_eq!((aligned.0, std::ptr::from_ref(aligned).addr() % 256), (4, 0)));
    });
    assert_eq!((UNIT.get(), BIG.get(), ALIGNED.get().0), (None, [7; 100], 3));
}

mod one {
    #[contextvars::context_var]
    pub(crate) static SAME: u32 = 1;
}

mod two {
    #[contextvars::context_var]
    pub(crate) static SAME: u32 = 2;
}

/// Cases 2, T33
#[test]
fn a_name_is_no_identity() {
    Context::new().run(|| {
        assert_eq!([one::SAME.name(), two::SAME.name()], ["SAME", "SAME"]);
        one::SAME.set(10);
        assert_eq!((one::SAME.get(), two::SAME.get()), (10, 2));
        two::SAME.set(20);
        assert_eq!(
            (one::SAME.get(), two::SAME.get(), Context::current().len()),
            (10, 20, 2)
        );
        one::SAME.unset();
        assert_eq!((one::SAME.get(), two::SAME.get(), Context::current().len()), (1, 20, 1));
    });
}

/// Case T33: a variable in a fn body, also of a generic fn, is one variable.
#[test]
fn a_variable_in_a_generic_fn_is_one_variable() {
    fn bump<T: Default + Into<u32>>() -> u32 {
        #[context_var]
        static LOCAL: u32 = 0;
        LOCAL.set(LOCAL.get() + 1 + T::default().into());
        LOCAL.get()
    }

    Context::new().run(|| assert_eq!([bump::<u8>(), bump::<u16>(), bump::<u8>()], [1, 2, 3]));
}

/// Case T33: a thousand variables of one type, ten names.
#[test]
fn a_thousand_variables_are_a_thousand() {
    let variables = many::all();
    assert_eq!(variables.len(), 1000);
    Context::new().run(|| {
        for (number, variable) in variables.iter().enumerate() {
            assert_eq!((variable.get(), variable.is_set()), (0, false));
            variable.set(number + 1);
        }
        let snapshot = Context::current();
        assert_eq!(snapshot.len(), 1000);
        for (number, variable) in variables.iter().enumerate() {
            assert_eq!(variable.get(), number + 1);
            assert_eq!(snapshot.get(*variable), Some(&(number + 1)));
        }
        let names: HashSet<&str> = snapshot.iter().map(|(name, ..)| name).collect();
        assert_eq!(names.len(), 10);
    });
}

/// Case 138: adds, changes, restores and reads all earlier ones; then removes in the order of insertion.
#[test]
fn variables_come_and_go_beside_each_other() {
    for count in [1, 2, 3, 4, 5, 8, 9, 16, 17, 32, 33, 40, 64, 65] {
        let variables = &many::all()[..count];
        let check = |from: usize, to: usize| {
            for (number, variable) in variables.iter().enumerate() {
                let expected = if (from..to).contains(&number) { number + 1 } else { 0 };
                assert_eq!(variable.get(), expected, "{number} of {count}");
            }
            assert_eq!(Context::current().len(), to - from);
        };
        Context::new().run(|| {
            for (number, variable) in variables.iter().enumerate() {
                variable.set(number + 1);
                let token = variable.set(1000);
                assert_eq!(variable.get(), 1000);
                variable.reset(token).expect("its own token");
                check(0, number + 1);
            }
            for (number, variable) in variables.iter().enumerate() {
                variable.unset();
                check(number + 1, count);
            }
        });
    }
}

/// Case 163
#[test]
fn unsetting_one_leaves_the_others() {
    Context::new().run(|| {
        NUMBER.set(1);
        BARE.set(2);
        TEXT.set("three".to_owned());
        BARE.unset();
        BARE.unset();
        assert_eq!((NUMBER.get(), BARE.get(), &*TEXT.get()), (1, None, "three"));
    });
}

/// Case 3
#[test]
fn debug_of_a_variable_shows_its_name_and_its_default() {
    assert_eq!(NUMBER.get(), 42);
    let shown = format!("{NUMBER:?}");
    assert!(shown.contains("NUMBER") && shown.contains("42"), "{shown}");
    let shown = format!("{BARE:?}");
    assert!(shown.contains("BARE"), "{shown}");
    Context::new().run(|| {
        NUMBER.set(1234);
        BARE.set(5678);
        let shown = format!("{NUMBER:?} {BARE:?}");
        assert!(
            !shown.contains("1234") && !shown.contains("5678"),
            "a variable is a key: {shown}"
        );
    });
}

/// Case 3: what cannot be shown is named.
#[test]
fn debug_of_a_variable_whose_type_has_none() {
    struct Opaque;

    #[context_var]
    static OPAQUE: Opaque = Opaque;

    OPAQUE.with(|_| ());
    let shown = format!("{OPAQUE:?}");
    assert!(shown.contains("OPAQUE"), "{shown}");
}

/// `redact`: shown nowhere.
#[test]
fn a_redacted_variable_shows_no_value_anywhere() {
    #[context_var(redact)]
    static SECRET: String = "hunter1".to_owned();

    assert_eq!(SECRET.get(), "hunter1");
    Context::new().run(|| {
        let token = SECRET.set("hunter2".to_owned());
        let second = SECRET.set("hunter3".to_owned());
        let context = Context::current();
        let shown = format!("{SECRET:?} {SECRET:#?} {token:?} {second:#?} {context:?} {context:#?}");
        assert!(!shown.contains("hunter"), "{shown}");
        assert!(format!("{context:?}").contains("<redacted>"), "{context:?}");
        for (name, value, _) in &context {
            assert_eq!((name, &*format!("{value:?}")), ("SECRET", "<redacted>"));
        }
        let refused = OTHER_TEXT.reset(second).expect_err("another variable");
        assert!(!format!("{refused} {refused:?}").contains("hunter"));
        SECRET.reset(refused.into_token()).expect("a variable like any other");
        assert_eq!(SECRET.get(), "hunter2");
    });
    let refused = SECRET.try_set("hunter4".to_owned()).expect_err("no context is entered");
    assert!(!format!("{refused} {refused:?}").contains("hunter"));
}

#[context_var]
static OTHER_TEXT: String;

/// A default is evaluated on first need, and once.
#[test]
fn a_default_is_lazy() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);

    #[context_var]
    static LAZY: usize = RUNS.fetch_add(1, Ordering::Relaxed) + 100;

    Context::new().run(|| {
        LAZY.set(1);
        assert_eq!((LAZY.get(), LAZY.is_set(), LAZY.name()), (1, true, "LAZY"));
        LAZY.with(|_| ());
        let _ = (Context::current(), format!("{:?}", Context::current()));
    });
    assert!(!LAZY.is_set());
    assert_eq!(RUNS.load(Ordering::Relaxed), 0, "nobody has needed it yet");
    assert_eq!([LAZY.get(), LAZY.get(), LAZY.with(|lazy| *lazy)], [100; 3]);
    assert_eq!(thread::spawn(|| LAZY.get()).join().expect("no panic"), 100);
    assert_eq!(RUNS.load(Ordering::Relaxed), 1);
}

/// Several may run, and one result wins.
#[test]
fn racing_readers_agree_on_one_default() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    static TOGETHER: Barrier = Barrier::new(4);

    #[context_var]
    static RACED: usize = {
        // All four are in here at once, so that no lock can be held around the initializer.
        TOGETHER.wait();
        RUNS.fetch_add(1, Ordering::Relaxed)
    };

    let seen = Log::new();
    thread::scope(|scope| {
        for _ in 0..4 {
            let seen = seen.clone();
            scope.spawn(move || seen.push(RACED.get()));
        }
    });
    let mut seen = seen.take();
    seen.push(RACED.get());
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(RUNS.load(Ordering::Relaxed), 4);
}

/// A panic is passed on, and the next read tries again.
#[test]
fn a_default_that_panics_is_retried() {
    static FAILS: AtomicBool = AtomicBool::new(true);

    #[context_var]
    static FRAGILE: u32 = {
        assert!(!FAILS.load(Ordering::Relaxed), "expected");
        7
    };

    Context::new().with(&BARE, 1).run(|| {
        for _ in 0..3 {
            assert_eq!(panic_of(|| FRAGILE.get()).message, "expected");
            assert_eq!(BARE.get(), Some(1), "and leaves the caller's context as it was");
        }
        assert_eq!(FRAGILE.sync_scope(1, || FRAGILE.get()), 1);
        FAILS.store(false, Ordering::Relaxed);
        assert_eq!(FRAGILE.get(), 7);
        BARE.set(2);
    });
}

/// Cases 3, T16
#[test]
fn a_default_that_reads_itself_panics_and_names_the_variable() {
    #[context_var]
    static ITSELF: u32 = ITSELF.get() + 1;
    #[context_var]
    static TICK: u32 = TOCK.get() + 1;
    #[context_var]
    static TOCK: u32 = TICK.try_get().map_or(0, |tick| tick + 1);

    let panicked = panic_of(|| ITSELF.get());
    assert!(panicked.message.contains("ITSELF"), "{panicked:?}");
    let panicked = panic_of(|| TICK.with(|tick| *tick));
    assert!(panicked.message.contains("TICK"), "{panicked:?}");
    let panicked = panic_of(|| ITSELF.get());
    assert!(panicked.message.contains("ITSELF"), "again: {panicked:?}");
    Context::new().with(&ITSELF, 5).run(|| assert_eq!(ITSELF.get(), 5));
    // To show the default is to need it: that may panic, too, but must come to an end.
    if let Err(payload) = std::panic::catch_unwind(|| format!("{ITSELF:?}")) {
        assert!(
            payload
                .downcast_ref()
                .is_some_and(|message: &String| message.contains("ITSELF"))
        );
    }
}

/// A default of one request's user would be everybody's.
#[test]
fn a_default_runs_in_an_empty_context_that_it_cannot_write() {
    #[context_var]
    static PEEKS: (Option<u32>, u32, usize, bool) = (
        BARE.get(),
        NUMBER.get(),
        Context::current().len(),
        BARE.try_set(9).is_err(),
    );

    let peeked = Context::new().with(&BARE, 1).with(&NUMBER, 2).run(|| {
        let peeked = PEEKS.get();
        assert_eq!((BARE.get(), NUMBER.get(), PEEKS.is_set()), (Some(1), 2, false));
        peeked
    });
    assert_eq!(peeked, (None, 42, 0, true));
}

/// A default that needs an owner gets one the way everybody does.
#[test]
fn a_default_may_run_an_annotated_fn() {
    #[with_context]
    fn computed() -> u32 {
        BARE.set(5);
        BARE.get().expect("bound") + 1
    }

    #[context_var]
    static COMPUTED: u32 = computed();

    outside_and_inside(|| assert_eq!((COMPUTED.get(), BARE.get()), (6, None)));
}

/// A default that drives a future hears no scope around the request that needs it first.
#[test]
fn a_default_hears_no_wrapper() {
    #[with_context]
    async fn annotated() -> (u32, Option<u32>) {
        (NUMBER.get(), BARE.get())
    }

    #[context_var]
    static DRIVES: [(u32, Option<u32>); 2] = [
        common::ready(annotated()),
        common::ready(async { (NUMBER.get(), BARE.get()) }),
    ];

    let request = NUMBER.scope(1, BARE.scope(2, async { (DRIVES.get(), NUMBER.get(), BARE.get()) }));
    assert_eq!(common::ready(request), ([(42, None); 2], 1, Some(2)));
}

/// Cases 204, 207, 208, 209
#[test]
fn sync_scopes_nest_and_shadow() {
    outside_and_inside(|| {
        let mut changed = 0;
        let returned = NUMBER.sync_scope(1, || {
            let one = NUMBER.get();
            let inner = NUMBER.sync_scope(2, || {
                TEXT.sync_scope("text".to_owned(), || {
                    (NUMBER.get(), TEXT.get(), NUMBER.sync_scope(3, || NUMBER.get()))
                })
            });
            changed += 1;
            (one, inner, NUMBER.get(), TEXT.get())
        });
        assert_eq!(returned, (1, (2, "text".to_owned(), 3), 1, "default".to_owned()));
        assert_eq!((NUMBER.get(), changed), (42, 1));
    });
}

/// Cases 209, 162: a scope is a context of its own, so all that is set inside it ends with it.
#[test]
fn a_sync_scope_is_a_context_of_its_own() {
    Context::new().run(|| {
        let token = BARE.set(1);
        let inner = NUMBER.sync_scope(2, || {
            NUMBER.set(3);
            BARE.set(4)
        });
        assert_eq!((NUMBER.get(), BARE.get()), (42, Some(1)));
        BARE.reset(inner).expect_err("a token of the scope");
        BARE.reset(token).expect("its own token");
    });
}

/// A binding knows where it was made: at the user's line.
#[test]
fn a_binding_knows_its_line() {
    let line = |context: &Context| {
        let (_, _, place) = context.iter().next().expect("one");
        assert_eq!(place.file(), file!());
        place.line()
    };
    Context::new().run(|| {
        NUMBER.set(1);
        assert_eq!(line(&Context::current()), line!() - 1);
        let _ = NUMBER.try_set(1);
        assert_eq!(line(&Context::current()), line!() - 1);
    });
    let inside = NUMBER.sync_scope(1, Context::current);
    assert_eq!(line(&inside), line!() - 1);
    let inside = common::ready(NUMBER.scope(1, async { Context::current() }));
    assert_eq!(line(&inside), line!() - 1);
    let built = Context::new().with(&NUMBER, 1);
    assert_eq!(line(&built), line!() - 1);
}
