//! A variable is a key: it has a name, and is told from others by what it is.

use std::collections::HashSet;

use contextvars::{Context, ContextVar, Variable, WithDefault, context_var};

use crate::common::{many, ready};
use crate::{BARE, NUMBER, TEXT};

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

/// Case 3: a default that holds its own variable is shown once.
#[test]
fn debug_of_a_variable_whose_default_holds_it() {
    #[derive(Debug)]
    struct Holds {
        #[expect(dead_code, reason = "is shown")]
        variable: &'static ContextVar<Holds, WithDefault>,
    }

    #[context_var]
    static HOLDS: Holds = Holds { variable: &HOLDS };

    for _ in 0..2 {
        let shown = format!("{HOLDS:?}");
        assert_eq!(shown.matches("HOLDS").count(), 2, "{shown}");
        assert_eq!(shown.matches("<being shown>").count(), 1, "{shown}");
    }
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
    let inside = ready(NUMBER.scope(1, async { Context::current() }));
    assert_eq!(line(&inside), line!() - 1);
    let built = Context::new().with(&NUMBER, 1);
    assert_eq!(line(&built), line!() - 1);
}

/// A logger's list of variables.
#[test]
fn a_variable_of_any_type_has_its_name() {
    let variables: [&'static dyn Variable; 2] = [&NUMBER, &TEXT];
    assert_eq!(variables.map(Variable::name), ["NUMBER", "TEXT"]);
}
