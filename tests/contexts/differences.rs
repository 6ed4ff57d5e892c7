//! What is different between two contexts, and where it was set.

use contextvars::{Change, Context, context_var};

use crate::common::many;

#[context_var]
static USER: &str;
#[context_var]
static DEPTH: u32 = 0;
#[context_var]
static TENANT: Option<u32> = None;
#[context_var(redact)]
static PASSWORD: String;
#[context_var(local)]
static LOCAL: u32 = 0;

fn shown(value: Option<(&dyn std::fmt::Debug, &'static std::panic::Location<'static>)>) -> Option<(String, u32)> {
    value.map(|(value, place)| (format!("{value:?}"), place.line()))
}

/// Added, changed and removed, each with its place.
#[test]
fn a_difference_tells_what_and_where() {
    let (before, alice) = (Context::new().with(&USER, "alice"), line!());
    let (before, tenant) = (before.with(&TENANT, Some(7)).with(&DEPTH, 1), line!());
    let mut after = before.clone();
    let root = after.run(|| {
        TENANT.unset();
        PASSWORD.set("hunter2".to_owned());
        LOCAL.set(1);
        (USER.set("root"), line!()).1
    });
    let diff = before.diff(&after);
    let changes: Vec<_> = diff
        .iter()
        .map(|change| (change.name(), shown(change.before()), shown(change.after())))
        .collect();
    let set = |value: &str, line| Some((value.to_owned(), line));
    assert_eq!(
        changes,
        [
            ("PASSWORD", None, set("<redacted>", root - 2)),
            ("TENANT", set("Some(7)", tenant), None),
            ("USER", set("\"alice\"", alice), set("\"root\"", root)),
        ]
    );
    assert_eq!((diff.len(), diff.is_empty()), (3, false));
}

/// In both forms of `Debug`.
#[test]
fn debug_of_a_difference_reads_well() {
    let line = line!() + 1;
    let before = Context::new().with(&USER, "alice").with(&TENANT, Some(7));
    let after = before.without(&TENANT).with(&USER, "root").with(&DEPTH, 1);
    let diff = before.diff(&after);
    assert_eq!(
        format!("{diff:?}"),
        r#"Diff { DEPTH: added 1, TENANT: removed Some(7), USER: changed "alice" -> "root" }"#
    );
    let file = file!();
    assert_eq!(
        format!("{:#?}", USER.sync_scope("bob", Context::current).diff(&Context::new()))
            .lines()
            .count(),
        3
    );
    let expected = format!(
        "Diff {{\n    \
         DEPTH   added    1        {file}:{next}\n    \
         TENANT  removed  Some(7)  {file}:{line}\n    \
         USER    changed  \"alice\"  {file}:{line}\n            \
         to       \"root\"   {file}:{next}\n}}",
        next = line + 1
    );
    assert_eq!(format!("{diff:#?}"), expected);
    let user = diff
        .into_iter()
        .find(|change| change.name() == "USER")
        .expect("it has changed");
    assert_eq!(format!("{user:?}"), r#"Change { USER: changed "alice" -> "root" }"#);
    assert_eq!(format!("{user:#?}").lines().count(), 4);
}

/// The same versions, equal by chance, and there and back.
#[test]
fn no_difference() {
    let context = Context::new().with(&USER, "alice");
    assert!(context.diff(&context).is_empty());
    assert!(context.diff(&context.clone()).is_empty());
    assert!(Context::new().diff(&Context::new()).is_empty());
    assert_eq!(
        format!("{:?} {:#?}", context.diff(&context), context.diff(&context)),
        "Diff Diff {}"
    );
    let mut back = context.clone();
    back.run(|| {
        let token = USER.set("root");
        USER.reset(token).expect("its own token");
        DEPTH.set(1);
        DEPTH.unset();
    });
    assert!(context.diff(&back).is_empty(), "the same bindings in another version");
    let again = context.with(&USER, "alice");
    assert_eq!(context.diff(&again).len(), 1, "bound again, to an equal value");
}

/// R11: a look at each of them, not at each pair.
#[test]
fn a_difference_among_a_thousand() {
    let mut full = Context::new();
    full.run(|| {
        for (number, var) in many::all().into_iter().enumerate() {
            var.set(number);
        }
    });
    let mut rebound = full.clone();
    rebound.run(|| drop(many::all()[500].set(0)));
    assert_eq!(full.diff(&rebound).len(), 1);
    assert_eq!(
        Context::new()
            .diff(&full)
            .iter()
            .filter(|it| it.before().is_none())
            .count(),
        1000
    );
    assert_eq!(
        full.diff(&Context::new())
            .iter()
            .filter(|it| it.after().is_none())
            .count(),
        1000
    );
    let names: Vec<&str> = full.diff(&Context::new()).iter().map(Change::name).collect();
    assert!(names.is_sorted());
}

/// By reference and by value, as a list does.
#[test]
fn a_difference_is_iterated_as_a_list_is() {
    let (before, after) = (Context::new(), Context::new().with(&USER, "alice").with(&DEPTH, 1));
    let diff = before.diff(&after);
    let by_reference: Vec<&str> = (&diff).into_iter().map(Change::name).collect();
    let by_value: Vec<&str> = diff.clone().into_iter().map(|change| change.name()).collect();
    assert_eq!(by_reference, ["DEPTH", "USER"]);
    assert_eq!(by_value, by_reference);
}
