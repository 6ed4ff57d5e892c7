//! A snapshot keeps what it saw, and clones go separate ways.

use std::future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use contextvars::{Context, ContextExt, bind, bind_fn, context_var, with_context};

use crate::common::{OnDrop, many, ready};
use crate::{BARE, NUMBER, TEXT};

/// Cases 23, 24
#[test]
fn a_snapshot_keeps_what_it_saw() {
    Context::new().run(|| {
        let token = BARE.set(1);
        let one = Context::current();
        BARE.reset(token).expect("its own token");
        let none = Context::current();
        BARE.set(2);
        assert_eq!(
            (one.get(&BARE), one.contains(&BARE), one.len(), one.iter().count()),
            (Some(&1), true, 1, 1)
        );
        assert_eq!(
            (none.get(&BARE), none.contains(&BARE), none.len(), none.iter().count()),
            (None, false, 0, 0)
        );
        assert_eq!(none.get(&BARE).unwrap_or(&5), &5);
        assert_eq!(BARE.get(), Some(2));
    });
}

/// Case 26
#[test]
fn a_snapshot_of_each_step() {
    Context::new().run(|| {
        let seen = || {
            let context = Context::current();
            let names: Vec<_> = context.iter().map(|(name, ..)| name).collect();
            (context.get(&NUMBER).copied(), context.contains(&NUMBER), names)
        };
        assert_eq!((NUMBER.get(), seen()), (42, (None, false, vec![])));
        let token = NUMBER.set(1);
        assert_eq!((NUMBER.get(), seen()), (1, (Some(1), true, vec!["NUMBER"])));
        NUMBER.reset(token).expect("its own token");
        assert_eq!((NUMBER.get(), seen()), (42, (None, false, vec![])));
    });
}

/// Case 28
#[test]
fn a_new_value_is_the_childs_and_a_shared_one_is_shared() {
    #[context_var]
    static LIST: Arc<std::sync::Mutex<Vec<u32>>>;

    let contents = || LIST.get().expect("bound").lock().expect("not poisoned").clone();
    Context::new().run(|| {
        LIST.set(Arc::default());
        Context::current().run(|| {
            LIST.set(Arc::default());
            LIST.get().expect("bound").lock().expect("not poisoned").push(1);
            assert_eq!(contents(), [1]);
        });
        assert_eq!(contents(), Vec::<u32>::new());
        Context::current().run(|| LIST.get().expect("bound").lock().expect("not poisoned").push(2));
        assert_eq!(contents(), [2]);
    });
}

/// Cases 29, 141
#[test]
fn a_clone_goes_its_own_way() {
    let mut one = Context::new();
    one.run(|| BARE.set(10));
    let mut two = one.clone();
    assert!(one.ptr_eq(&two));
    one.run(|| BARE.set(20));
    assert_eq!((one.get(&BARE), two.get(&BARE)), (Some(&20), Some(&10)));
    two.run(|| {
        assert_eq!(BARE.get(), Some(10));
        BARE.set(30);
    });
    assert_eq!((one.get(&BARE), two.get(&BARE)), (Some(&20), Some(&30)));
    assert!(!one.ptr_eq(&two));
}

/// Case 143
#[test]
fn dropped_clones_do_no_harm() {
    let context = Context::new().with(&BARE, 1);
    for _ in 0..3 {
        drop(context.clone());
    }
    assert_eq!(context.get(&BARE), Some(&1));
}

/// Cases 30, 147
#[test]
fn ptr_eq_tells_one_snapshot_from_another() {
    Context::new().run(|| {
        BARE.set(1);
        let one = Context::current();
        assert!(one.ptr_eq(&one) && one.ptr_eq(&one.clone()));
        assert!(one.ptr_eq(&Context::current()), "nothing has been written in between");
        BARE.set(2);
        assert!(!one.ptr_eq(&Context::current()));
        assert!(!one.ptr_eq(&one.with(&BARE, 3)));
        assert!(!one.ptr_eq(&one.without(&BARE)));
        let other = Context::new().with(&BARE, 1);
        assert!(!one.ptr_eq(&other), "the same content, made apart");
    });
}

/// Case 126
#[test]
fn a_snapshot_is_run_where_something_else_is_set() {
    Context::new().run(|| {
        NUMBER.set(1);
        let mut snapshot = Context::current();
        NUMBER.set(12);
        snapshot.run(|| {
            assert_eq!(NUMBER.get(), 1);
            NUMBER.set(56);
        });
        assert_eq!((NUMBER.get(), snapshot.get(&NUMBER)), (12, Some(&56)));
    });
}

/// Cases 127, 128
#[test]
fn a_snapshot_of_nothing_is_run_where_something_is_set() {
    for count in 1..=40 {
        let variables = &many::all()[..count];
        Context::new().run(|| {
            let mut snapshot = Context::current();
            NUMBER.set(12);
            snapshot.run(|| {
                assert_eq!(NUMBER.get(), 42);
                for variable in variables {
                    variable.set(1);
                }
            });
            assert!(variables.iter().all(|variable| !variable.is_set()));
            assert_eq!((NUMBER.get(), snapshot.len()), (12, count));
        });
    }
}

/// Case 160
#[test]
fn a_snapshot_taken_under_one_scope_is_run_under_another() {
    let mut snapshot = NUMBER.sync_scope(123, Context::current);
    assert_eq!(NUMBER.sync_scope(321, || snapshot.run(|| NUMBER.get())), 123);
}

/// What an annotated fn hands out is what it had.
#[test]
fn a_handlers_snapshot_shows_what_it_set() {
    #[with_context]
    async fn handler() -> Context {
        BARE.set(2);
        Context::current()
    }

    let context = Context::new().with(&NUMBER, 1).run(|| ready(handler()));
    assert_eq!(
        (context.get(&NUMBER), context.get(&BARE), context.len()),
        (Some(&1), Some(&2), 2)
    );
}

/// Case 71, T31: one snapshot is read and run on many threads at once, while its maker writes on.
#[test]
fn a_snapshot_is_read_and_run_on_many_threads_at_once() {
    let variables = &many::all()[..64];
    let rounds = 50;
    Context::new().run(|| {
        for round in 0..rounds {
            for (number, variable) in variables.iter().enumerate() {
                variable.set(number + round);
            }
            let snapshot = Context::current();
            let reading = AtomicUsize::new(4);
            thread::scope(|scope| {
                for reader in 0..4 {
                    let (snapshot, reading) = (&snapshot, &reading);
                    scope.spawn(move || {
                        let _done = OnDrop(|| {
                            reading.fetch_sub(1, Ordering::Relaxed);
                        });
                        for (number, variable) in variables.iter().enumerate() {
                            assert_eq!(snapshot.get(*variable), Some(&(number + round)));
                        }
                        assert_eq!((snapshot.len(), snapshot.iter().count()), (64, 64));
                        assert!(variables.iter().all(|variable| snapshot.contains(*variable)));
                        assert!(snapshot.ptr_eq(&snapshot.clone()));
                        snapshot.clone().run(|| {
                            variables[reader].set(usize::MAX);
                            assert_eq!(variables[reader].get(), usize::MAX);
                        });
                        assert_eq!(snapshot.get(variables[reader]), Some(&(reader + round)));
                    });
                }
                while reading.load(Ordering::Relaxed) > 0 {
                    for variable in variables {
                        variable.set(usize::MAX);
                    }
                }
            });
        }
    });
}

/// Cases 75, 147: to read, to be run and to remove what is not there is no write.
#[test]
fn what_writes_nothing_leaves_the_version() {
    #[context_var]
    static NEVER_BOUND: u32;

    assert!(Context::new().ptr_eq(&Context::new().without(&BARE)));
    let mut context = Context::new()
        .with(&TEXT, "text".to_owned())
        .with(&BARE, 1)
        .without(&TEXT);
    let before = context.clone();
    assert!(context.without(&TEXT).ptr_eq(&before));
    assert!(context.without(&NEVER_BOUND).ptr_eq(&before));
    context.run(|| {
        assert_eq!(BARE.get(), Some(1));
        let tokens = (TEXT.unset(), NEVER_BOUND.unset());
        TEXT.reset(tokens.0).expect("its own token");
        assert!(Context::current().ptr_eq(&before));
    });
    assert!(context.ptr_eq(&before));
}

/// Cases 76, 147: a value that is equal to the old one, or the very same, is a new binding with a token of its own.
#[test]
fn a_set_of_the_same_value_is_a_write() {
    #[context_var]
    static SHARED: Arc<str>;

    let [value, equal] = [(); 2].map(|()| Arc::<str>::from("value"));
    let holds = |context: &Context, value| context.get(&SHARED).is_some_and(|held| Arc::ptr_eq(held, value));
    Context::new().run(|| {
        SHARED.set(Arc::clone(&value));
        let first = Context::current();
        let token = SHARED.set(Arc::clone(&value));
        let second = Context::current();
        assert!(!second.ptr_eq(&first));
        assert!(holds(&first, &value) && holds(&second, &value));
        SHARED.set(Arc::clone(&equal));
        assert!(holds(&Context::current(), &equal) && holds(&second, &value));
        SHARED.reset(token).expect("its own token");
        assert!(holds(&Context::current(), &value));
    });
}

/// Cases 288, T25
#[test]
fn what_holds_values_crosses_threads() {
    fn crosses<T: Send + Sync>(_: &T) {}

    crosses(&NUMBER);
    crosses(&Context::new());
    crosses(&Context::new().iter());
    crosses(&(bind(|| ()), bind_fn(|| ())));
    crosses(&NUMBER.scope(1, future::ready(())));
    crosses(&future::ready(()).in_current_context());
    crosses(&future::ready(()).in_context(Context::new()));
}
