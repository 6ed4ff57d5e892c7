//! Histories: each context holds what it can show, and none of those before it.

use contextvars::{Context, context_var};

use super::{VALUE, Watched};

/// R12: no history hides behind a snapshot.
#[test]
fn when_each_snapshot_holds_its_own() {
    Context::new().run(|| {
        let values: Vec<_> = (0..100).map(Watched::new).collect();
        let mut snapshots: Vec<_> = values
            .iter()
            .map(|value| {
                VALUE.set(value.value());
                Context::current()
            })
            .collect();
        VALUE.unset();
        assert!(values.iter().all(Watched::alive));
        for kill in [99, 50, 0, 49] {
            snapshots[kill] = Context::new();
            assert!(!values[kill].alive(), "{kill}");
        }
        assert_eq!(values.iter().filter(|value| value.alive()).count(), 96);
        for (value, snapshot) in values.iter().zip(&snapshots) {
            assert_eq!(snapshot.get(&VALUE).is_some(), value.alive());
        }
    });
}

/// R12: contexts that hold each other as values are the user's own list, and go from outside in.
#[test]
fn when_contexts_hold_contexts() {
    #[context_var]
    static PARENT: Context;

    let values: Vec<_> = (0..100).map(Watched::new).collect();
    let mut nested = Context::new();
    for value in &values {
        nested = Context::new().with(&PARENT, nested).with(&VALUE, value.value());
    }
    for (number, value) in values.iter().enumerate().rev() {
        assert!(value.alive());
        nested = nested.get(&PARENT).expect("bound").clone();
        assert!(!value.alive());
        assert!(values[..number].iter().all(Watched::alive));
    }
}

/// R12: no generation keeps the one before it, also where another variable is bound for a while. The last is dropped on a
/// stack that has no room for a deep recursion.
#[test]
fn when_generations_bind_another_variable_for_a_while() {
    #[context_var]
    static ID: u32;
    #[context_var]
    static TRACED: bool;

    let small = std::thread::Builder::new().stack_size(256 * 1024);
    let generations = || {
        let mut context = Context::new();
        for id in 0..50_000 {
            let traced = context.with(&TRACED, true);
            context = traced.without(&TRACED).with(&ID, id);
        }
        assert_eq!(context.get(&ID), Some(&49_999));
    };
    small.spawn(generations).expect("a thread").join().expect("it ends");
}
