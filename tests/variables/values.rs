//! What a variable reads as, with a default and without.

use std::sync::{Arc, Mutex};
use std::thread;

use contextvars::{Context, ContextVar, NoDefault, Variable, WithDefault, context_var};

use crate::common::{outside_and_inside, panic_of, ready};
use crate::{BARE, NUMBER, TEXT};

fn copied(number: Option<&u32>) -> Option<u32> {
    number.copied()
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

/// Cases 18, 252
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

/// Cases 204, 207, 208, 209, 210
#[test]
fn sync_scopes_nest_and_shadow() {
    outside_and_inside(|| {
        let mut changed = 0;
        let returned = NUMBER.sync_scope(1, || {
            let one = NUMBER.get();
            let inner = NUMBER.sync_scope(2, || {
                TEXT.sync_scope("text".to_owned(), || {
                    let two = NUMBER.get();
                    let three = NUMBER.sync_scope(3, || NUMBER.get());
                    ([two, three, NUMBER.get()], TEXT.get())
                })
            });
            changed += 1;
            (one, inner, NUMBER.get(), TEXT.get())
        });
        assert_eq!(returned, (1, ([2, 3, 2], "text".to_owned()), 1, "default".to_owned()));
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

/// Case 178
#[test]
fn a_default_may_be_nothing() {
    #[context_var]
    static NOTHING: Option<u32> = None;
    #[context_var]
    static MISSING: Option<u32>;

    assert_eq!((NOTHING.get(), NOTHING.is_set()), (None, false));
    assert_eq!((MISSING.get(), MISSING.is_set()), (None, false));
    assert_eq!((NUMBER.get(), &*TEXT.get()), (42, "default"));
    Context::new().run(|| {
        NOTHING.set(None);
        MISSING.set(None);
        assert_eq!((NOTHING.get(), NOTHING.is_set()), (None, true));
        assert_eq!(
            (MISSING.get(), MISSING.is_set()),
            (Some(None), true),
            "bound to nothing"
        );
    });
}

/// Case 206
#[test]
fn a_sync_scope_that_fails_restores_and_drops() {
    #[context_var]
    static SHARED: Arc<()>;

    outside_and_inside(|| {
        let value = Arc::new(());
        let failed = SHARED.sync_scope(Arc::clone(&value), || "no number".parse::<u32>());
        failed.expect_err("it fails");
        assert_eq!((SHARED.is_set(), Arc::strong_count(&value)), (false, 1));
        let panicked = panic_of(|| SHARED.sync_scope(Arc::clone(&value), || panic!("expected")));
        assert_eq!(panicked.message, "expected");
        assert_eq!((SHARED.is_set(), Arc::strong_count(&value)), (false, 1));
    });
}

/// Case 222
#[test]
fn a_sync_scope_on_a_bare_thread_leaves_nothing_there() {
    thread::spawn(|| {
        let inside = NUMBER.sync_scope(1, || BARE.sync_scope(2, Context::current));
        assert_eq!((inside.len(), inside.get(&BARE)), (2, Some(&2)));
        assert_eq!((NUMBER.get(), BARE.get()), (42, None));
        assert!(Context::current().ptr_eq(&Context::new()));
        BARE.try_set(3).expect_err("no context is entered");
    })
    .join()
    .expect("no panic");
}

/// A value of a type that takes an extension of the processor to be passed in a register.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_vector() {
    use std::arch::x86_64::__m256i;

    #[context_var]
    static VECTOR: __m256i;

    // SAFETY: any bits are a vector.
    let vector = unsafe { std::mem::transmute::<[u64; 4], __m256i>([1, 2, 3, 4]) };
    // SAFETY: and any are four numbers.
    let numbers =
        || VECTOR.with(|vector| vector.map(|vector| unsafe { std::mem::transmute::<__m256i, [u64; 4]>(*vector) }));
    assert_eq!(ready(VECTOR.scope(vector, async { numbers() })), Some([1, 2, 3, 4]));
    assert_eq!(VECTOR.sync_scope(vector, numbers), Some([1, 2, 3, 4]));
    Context::new().with(&VECTOR, vector).run(|| {
        VECTOR.set(vector);
        assert_eq!(numbers(), Some([1, 2, 3, 4]));
    });
}

/// A secret is not even shown to code that knows its type.
#[test]
fn a_redacted_value_is_shown_to_nobody() {
    #[context_var]
    static USER: &str = "alice";
    #[context_var(redact)]
    static PASSWORD: &str = "hunter2";

    let look = |variable: &'static dyn Variable| {
        let mut seen = None;
        variable.show(&mut |value| {
            let value = value.expect("a default");
            seen = Some((value.is_redacted(), value.downcast_ref().copied(), format!("{value:?}")));
        });
        seen.expect("shown")
    };
    let looks = |user: &str| {
        assert_eq!(look(&USER), (false, Some(user), format!("{user:?}")));
        assert_eq!(look(&PASSWORD), (true, None, "<redacted>".to_owned()));
    };
    looks("alice");
    USER.sync_scope("bob", || PASSWORD.sync_scope("hunter3", || looks("bob")));
}
