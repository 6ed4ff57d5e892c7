//! What a context holds, and how it is built and shown.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::thread;

use contextvars::{Context, ContextVar, context_var};

use crate::common::{many, outside_and_inside};
use crate::{BARE, NUMBER, TEXT};

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
    outside_and_inside(|| {
        let built = Context::current().with(&BARE, 1).without(&NUMBER);
        assert_eq!((built.get(&BARE), BARE.get()), (Some(&1), None));
    });
}

/// Case 30
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
        assert!(!shown.contains("contents.rs"), "the short form has no places: {shown}");
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

/// Cases 30, 92, 93: a variable is the same key whatever it is called.
#[test]
fn a_variable_is_one_key_by_every_name() {
    static ALIAS: &ContextVar<u32> = &BARE;

    let context = Context::new().with(ALIAS, 1);
    for variable in [ALIAS, &BARE] {
        assert_eq!((context.contains(variable), context.get(variable)), (true, Some(&1)));
        assert!(context.without(variable).is_empty());
    }
    assert_eq!((context.contains(&NUMBER), context.get(&NUMBER)), (false, None));
}

/// Case 94
#[test]
fn iterators_go_their_own_ways() {
    fn rest<'a>(iter: impl Iterator<Item = (&'static str, &'a dyn std::fmt::Debug, Place)>) -> Vec<String> {
        iter.map(|(_, value, _)| format!("{value:?}")).collect()
    }
    type Place = &'static std::panic::Location<'static>;

    let mut context = Context::new();
    for (number, variable) in many::all()[..100].iter().enumerate() {
        context = context.with(*variable, number);
    }
    let all = rest(context.iter());
    let mut begun = context.iter();
    begun.by_ref().take(50).for_each(drop);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(rest(context.iter()), all));
        }
        scope.spawn(|| assert_eq!(rest(begun), all[50..], "goes on where it was on another thread"));
    });
}

/// Cases 43, 44: to compare contexts calls no code of their values; to compare the values does, and it may set.
#[test]
fn an_equality_that_sets_changes_no_snapshot() {
    struct Meddler(u32);

    #[context_var]
    static MEDDLER: Meddler;

    impl Meddler {
        fn meddle(&self) {
            drop(MEDDLER.set(Self(self.0 + 100)));
            drop(MEDDLER.unset());
            drop(MEDDLER.set(Self(7)));
        }
    }

    impl PartialEq for Meddler {
        fn eq(&self, other: &Self) -> bool {
            self.meddle();
            self.0 == other.0
        }
    }

    impl Eq for Meddler {}

    impl Hash for Meddler {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.meddle();
            self.0.hash(state);
        }
    }

    Context::new().run(|| {
        let [one, two] = [1, 2].map(|number| {
            MEDDLER.set(Meddler(number));
            Context::current()
        });
        assert!(!one.ptr_eq(&two));
        assert_eq!(
            MEDDLER.with(|now| now.map(|now| now.0)),
            Some(2),
            "nobody has meddled yet"
        );
        assert!(one.get(&MEDDLER) != two.get(&MEDDLER));
        MEDDLER.with(|lent| assert!(lent == one.with(&MEDDLER, Meddler(7)).get(&MEDDLER)));
        let found = HashMap::from([(one.get(&MEDDLER), 1), (two.get(&MEDDLER), 2)]);
        assert_eq!(found.get(&two.get(&MEDDLER)), Some(&2));
        let seen = [&one, &two, &Context::current()].map(|context| context.get(&MEDDLER).map(|meddler| meddler.0));
        assert_eq!(seen, [Some(1), Some(2), Some(7)]);
    });
}

/// It shows no value: it has not read any yet.
#[test]
fn debug_of_an_iteration_says_what_it_is() {
    assert_eq!(format!("{:?}", Context::new().with(&BARE, 1).iter()), "Iter { .. }");
}
