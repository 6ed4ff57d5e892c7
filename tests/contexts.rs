//! The context as a value: made, built, taken, run, looked into.

#[path = "common/mod.rs"]
mod common;

use std::collections::HashMap;
use std::sync::Arc;
use std::thread;

use contextvars::{Context, ContextExt, context_var, with_context};

use common::{drive, many, panic_of, ready, yield_now};

#[context_var]
static NUMBER: u32 = 42;
#[context_var]
static BARE: u32;
#[context_var]
static TEXT: String;

/// Case 7
#[test]
fn a_new_context_is_empty() {
    for context in [Context::new(), Context::default()] {
        assert_eq!(
            (context.len(), context.is_empty(), context.iter().count()),
            (0, true, 0)
        );
        assert_eq!((context.get(&NUMBER), context.contains(&NUMBER)), (None, false));
    }
}

/// Case 10
#[test]
fn the_current_context_of_a_fresh_thread_is_empty() {
    let context = thread::spawn(Context::current).join().expect("no panic");
    assert!(context.is_empty());
}

/// Case 12
#[test]
fn run_takes_any_callable_and_returns_what_it_returns() {
    fn item() -> u32 {
        1
    }

    let moved = String::from("moved");
    let mut counter = 0;
    let mut context = Context::new();
    assert_eq!(context.run(item), 1);
    assert_eq!(context.run(|| moved), "moved", "called once");
    context.run(|| counter += 1);
    assert_eq!(counter, 1);
    assert_eq!(context.run(|| Err::<(), _>("an error")), Err("an error"));
    let borrowed = [1, 2, 3];
    assert_eq!(context.run(|| &borrowed[1..]), [2, 3]);
}

/// Cases 13, 15, 167
#[test]
fn run_passes_a_panic_on() {
    let mut context = Context::new();
    let panicked = panic_of(|| {
        context.run(|| {
            BARE.set(1);
            panic!("expected");
        })
    });
    assert_eq!(panicked.message, "expected");
    assert_eq!(BARE.get(), None);
    assert_eq!(context.run(|| NUMBER.get()), 42, "and the context can be run again");
}

/// Case 14
#[test]
fn what_run_sets_stays_in_its_context() {
    let (mut one, mut two) = (Context::new(), Context::new());
    let snapshot = one.run(|| {
        assert_eq!(TEXT.get(), None);
        TEXT.set("spam".to_owned());
        two.run(|| assert_eq!(TEXT.get(), None));
        assert_eq!(TEXT.get().as_deref(), Some("spam"));
        let snapshot = Context::current();
        assert_eq!(snapshot.len(), 1);
        snapshot
    });
    assert_eq!(TEXT.get(), None);
    assert_eq!(one.get(&TEXT), snapshot.get(&TEXT));
    assert_eq!((one.len(), one.contains(&TEXT), two.is_empty()), (1, true, true));
    assert_eq!(
        one.run(|| TEXT.get()).as_deref(),
        Some("spam"),
        "a second run begins where the first has ended"
    );
}

/// Case 48
#[test]
fn a_context_run_again_has_what_was_written_before() {
    let mut context = Context::new();
    for round in 0..10_u32 {
        context.run(|| {
            assert_eq!(BARE.get(), round.checked_sub(1));
            BARE.set(round);
        });
    }
    context.run(|| drop(BARE.unset()));
    assert!(context.is_empty());
}

/// Case 16
#[test]
fn a_lookup_knows_no_default() {
    let mut context = Context::new();
    context.run(|| {
        assert_eq!((NUMBER.get(), Context::current().get(&NUMBER)), (42, None));
        NUMBER.set(7);
        assert_eq!((NUMBER.get(), Context::current().get(&NUMBER)), (7, Some(&7)));
    });
    assert_eq!(context.get(&NUMBER), Some(&7));
}

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
        let names = || Context::current().iter().map(|(name, ..)| name).collect::<Vec<_>>();
        assert_eq!((NUMBER.get(), names()), (42, vec![]));
        let token = NUMBER.set(1);
        assert_eq!((NUMBER.get(), names()), (1, vec!["NUMBER"]));
        NUMBER.reset(token).expect("its own token");
        assert_eq!((NUMBER.get(), names()), (42, vec![]));
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
        assert_eq!(contents(), []);
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

/// The builders leave what they build on as it is.
#[test]
fn builders_build_new_contexts() {
    let empty = Context::new();
    let number = empty.with(&NUMBER, 1);
    let both = number.with(&BARE, 2);
    let changed = both.with(&NUMBER, 3);
    let without = changed.without(&BARE).without(&TEXT);
    let contents = |context: &Context| {
        (
            context.get(&NUMBER).copied(),
            context.get(&BARE).copied(),
            context.len(),
        )
    };
    assert_eq!(contents(&empty), (None, None, 0));
    assert_eq!(contents(&number), (Some(1), None, 1));
    assert_eq!(contents(&both), (Some(1), Some(2), 2));
    assert_eq!(contents(&changed), (Some(3), Some(2), 2));
    assert_eq!(contents(&without), (Some(3), None, 1));
    assert_eq!(contents(&without.without(&NUMBER)), (None, None, 0));
}

/// Building needs no owner, and writes to none.
#[test]
fn builders_leave_the_current_context_alone() {
    common::outside_and_inside(|| {
        let built = Context::current().with(&BARE, 1).without(&NUMBER);
        assert_eq!((built.get(&BARE), BARE.get()), (Some(&1), None));
    });
}

/// Cases 45, 47
#[test]
fn runs_nest_and_restore() {
    let (mut outer, mut inner) = (Context::new().with(&BARE, 1), Context::new().with(&BARE, 2));
    outer.run(|| {
        BARE.set(10);
        inner.run(|| {
            BARE.set(20);
            NUMBER.set(20);
            assert_eq!(Context::current().len(), 2);
        });
        assert_eq!((BARE.get(), NUMBER.get()), (Some(10), 42));
    });
    assert_eq!(
        (outer.get(&BARE), inner.get(&BARE), inner.get(&NUMBER)),
        (Some(&10), Some(&20), Some(&20))
    );
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
    for count in 1..40 {
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

/// Case 142
#[test]
fn one_context_after_another() {
    let (empty, one) = (Context::new(), Context::new().with(&NUMBER, 1));
    for (context, expected) in [(&one, 1), (&empty, 42), (&one, 1), (&empty, 42)] {
        assert_eq!(context.clone().run(|| NUMBER.get()), expected);
    }
}

/// Case 160
#[test]
fn a_snapshot_taken_under_one_scope_is_run_under_another() {
    let mut snapshot = NUMBER.sync_scope(123, Context::current);
    assert_eq!(NUMBER.sync_scope(321, || snapshot.run(|| NUMBER.get())), 123);
}

/// Case 168
#[test]
fn an_empty_context_inside_is_an_exit() {
    NUMBER.sync_scope(1, || {
        BARE.sync_scope(2, || {
            Context::new().run(|| assert_eq!((NUMBER.get(), BARE.get()), (42, None)));
            let without = Context::current().without(&NUMBER);
            without
                .clone()
                .run(|| assert_eq!((NUMBER.get(), BARE.get()), (42, Some(2))));
            assert_eq!((NUMBER.get(), BARE.get()), (1, Some(2)));
        });
    });
}

/// Case 175
#[test]
fn an_exit_holds_across_awaits() {
    async fn read() -> [u32; 2] {
        let before = NUMBER.get();
        yield_now().await;
        [before, NUMBER.get()]
    }

    let future = NUMBER.scope(1, async {
        let exit = read().in_context(Context::current().without(&NUMBER)).await;
        (exit, NUMBER.get())
    });
    assert_eq!(drive(future), ([42, 42], 1));
}

/// Case 104: one context through several runs of an executor.
#[test]
fn a_runner_keeps_its_context() {
    async fn step(number: u32) -> Option<u32> {
        let before = BARE.get();
        yield_now().await;
        BARE.set(number);
        before
    }

    let mut context = Context::new();
    assert_eq!(context.run(|| drive(step(1))), None);
    assert_eq!(context.run(|| drive(step(2))), Some(1));
    assert_eq!(context.get(&BARE), Some(&2));
}

/// Case 108: one context through set-up, test and tear-down.
#[test]
fn a_whole_life_cycle_in_one_context() {
    #[context_var]
    static TRACE: Vec<&'static str> = Vec::new();

    fn step(name: &'static str) {
        let mut trace = TRACE.get();
        trace.push(name);
        TRACE.set(trace);
    }

    let mut context = Context::new();
    context.run(|| step("set up"));
    context.run(|| ready(async { step("async set up") }));
    context.run(|| ready(async { step("test") }));
    context.run(|| step("tear down"));
    assert_eq!(
        context.get(&TRACE).map(Vec::as_slice),
        Some(&["set up", "async set up", "test", "tear down"][..])
    );
    assert_eq!(TRACE.get(), Vec::<&str>::new());
}

#[test]
fn iter_gives_names_values_and_places() {
    Context::new().run(|| {
        BARE.set(1);
        let bare = line!() - 1;
        TEXT.set("text".to_owned());
        let text = line!() - 1;
        let context = Context::current();
        let mut all: Vec<_> = context
            .iter()
            .map(|(name, value, place)| (name, format!("{value:?}"), place.file(), place.line()))
            .collect();
        all.sort();
        let expected = [
            ("BARE", "1".to_owned(), file!(), bare),
            ("TEXT", "\"text\"".to_owned(), file!(), text),
        ];
        assert_eq!(all, expected);
        assert_eq!(context.len(), 2);
    });
}

/// Each is there once, however often it was bound.
#[test]
fn iter_gives_each_variable_once() {
    let variables = many::all();
    Context::new().run(|| {
        for round in 0..3 {
            for (number, variable) in variables
                .iter()
                .enumerate()
                .filter(|(number, _)| number % (round + 1) == 0)
            {
                variable.set(number * 10 + round);
                if number % 7 == 0 {
                    drop(Context::current());
                }
            }
        }
        for variable in &variables[..100] {
            variable.unset();
        }
        let context = Context::current();
        let mut shown: HashMap<String, u32> = HashMap::new();
        for (_, value, _) in &context {
            *shown.entry(format!("{value:?}")).or_default() += 1;
        }
        assert_eq!((context.len(), shown.len()), (900, 900));
        for (number, variable) in variables.iter().enumerate().skip(100) {
            let round = if number % 3 == 0 {
                2
            } else {
                usize::from(number % 2 == 0)
            };
            assert_eq!(context.get(*variable), Some(&(number * 10 + round)));
        }
    });
}

/// Values without `Debug` are shown by the name of their type.
#[test]
fn debug_shows_names_and_values() {
    struct Opaque;

    #[context_var]
    static OPAQUE: Opaque;

    Context::new().run(|| {
        BARE.set(1234);
        TEXT.set("text".to_owned());
        OPAQUE.set(Opaque);
        let context = Context::current();
        let shown = format!("{context:?}");
        for part in ["BARE", "1234", "TEXT", "\"text\"", "OPAQUE", "Opaque"] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        assert!(!shown.contains("contexts.rs"), "the short form has no places: {shown}");
    });
    assert!(!format!("{:?}", Context::new()).contains("BARE"));
}

/// The long form says where each was set.
#[test]
fn long_debug_shows_the_places() {
    Context::new().run(|| {
        BARE.set(1234);
        let bare = line!() - 1;
        let built = Context::current().with(&NUMBER, 5678);
        let number = line!() - 1;
        let shown = format!("{built:#?}");
        for part in [
            "1234",
            "5678",
            &format!("{}:{bare}", file!()),
            &format!("{}:{number}", file!()),
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
    });
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
            thread::scope(|scope| {
                for reader in 0..4 {
                    let snapshot = &snapshot;
                    scope.spawn(move || {
                        for (number, variable) in variables.iter().enumerate() {
                            assert_eq!(snapshot.get(*variable), Some(&(number + round)));
                        }
                        assert_eq!((snapshot.len(), snapshot.iter().count()), (64, 64));
                        snapshot.clone().run(|| {
                            variables[reader].set(usize::MAX);
                            assert_eq!(variables[reader].get(), usize::MAX);
                        });
                        assert_eq!(snapshot.get(variables[reader]), Some(&(reader + round)));
                    });
                }
                for variable in variables {
                    variable.set(usize::MAX);
                }
            });
        }
    });
}

/// Case 59: two producers, each in a context of its own, and their consumer take turns.
#[test]
fn contexts_taking_turns_do_not_mix() {
    let (mut one, mut two) = (Context::new(), Context::new());
    Context::new().run(|| {
        for round in 0..5_u32 {
            BARE.set(round);
            for (context, offset) in [(&mut one, 100), (&mut two, 200)] {
                context.run(|| {
                    assert_eq!(BARE.get(), round.checked_sub(1).map(|before| before + offset));
                    BARE.set(round + offset);
                });
                assert_eq!(BARE.get(), Some(round));
            }
        }
    });
}

/// A context is a value: it lives where its user puts it.
#[test]
fn a_context_may_be_bound_in_a_context() {
    #[context_var]
    static SAVED: Context;

    Context::new().run(|| {
        BARE.set(1);
        SAVED.set(Context::current());
        BARE.set(2);
        let mut saved = SAVED.get().expect("bound");
        assert_eq!(saved.run(|| (BARE.get(), SAVED.is_set())), (Some(1), false));
        assert_eq!(BARE.get(), Some(2));
    });
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
