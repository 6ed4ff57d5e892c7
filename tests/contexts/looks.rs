//! How a context looks in `{:#?}`: one screen for a person who searches a value.

use contextvars::{Context, context_var, with_context};
use std::fmt;
use std::sync::LazyLock;

mod billing {
    use contextvars::context_var;

    pub(super) const LINE: u32 = line!() + 1;
    #[context_var]
    pub(super) static USER: u32;
}

const LINE: u32 = line!() + 1;
#[context_var]
static USER: &'static str;
#[context_var]
static REQUEST_ID: u64;
#[context_var(redact)]
static PASSWORD: String;
#[context_var(local)]
static TRANSACTION: u32;

const FILE: &str = file!();

/// Name, value, place, in columns, sorted by name.
#[test]
fn a_line_for_each_variable() {
    let line = line!() + 1;
    let context = Context::new().with(&USER, "alice");
    let context = context.with(&REQUEST_ID, 7).with(&PASSWORD, "hunter2".to_owned());
    let next = line + 1;
    assert_eq!(
        format!("{context:#?}"),
        format!(
            "Context {{\n    \
             PASSWORD    <redacted>  {FILE}:{next}\n    \
             REQUEST_ID  7           {FILE}:{next}\n    \
             USER        \"alice\"     {FILE}:{line}\n}}"
        )
    );
    assert_eq!(
        format!("{:?}", context.without(&PASSWORD)),
        r#"Context { REQUEST_ID: 7, USER: "alice" }"#
    );
    assert_eq!(format!("{:#?}", Context::new()), "Context {}");
}

fn columns(shown: &str) -> usize {
    let widths = shown.lines().map(|line| line.chars().count());
    widths.max().expect("a line")
}

/// 24 lines of 100 columns, whatever the values are.
#[test]
fn twenty_variables_are_one_screen() {
    #[derive(Debug)]
    #[allow(dead_code)]
    struct Session {
        roles: Vec<String>,
        text: String,
    }
    static NAME_WITHOUT_END: LazyLock<String> = LazyLock::new(|| "a name that does not end, ".repeat(1000));
    #[context_var]
    static SESSION: Session;
    macro_rules! bind {
        ($($name:ident)*) => {$(
            #[context_var]
            static $name: usize;
            $name.set(4711);
        )*};
    }

    let mut context = Context::new();
    let shown = context.run(|| {
        bind! { ACCOUNT BASKET BUDGET DEADLINE DEPTH FEATURES LANGUAGE LOCALE ORIGIN PEER PLAN PRIORITY }
        bind! { REGION RETRIES SHARD TENANT TRACE_ID ZONE_OF_AVAILABILITY }
        USER.set(NAME_WITHOUT_END.as_str());
        SESSION.set(Session {
            roles: vec!["editor".to_owned(); 10_000],
            text: "line\nline".to_owned(),
        });
        drop(TRANSACTION.set(3));
        format!("{:#?}", Context::current())
    });
    assert_eq!(context.len(), 20);
    assert_eq!(shown.lines().count(), 23, "{shown}");
    assert_eq!(columns(&shown), 100, "{shown}");
    let diff = format!("{:#?}", Context::new().diff(&context));
    assert_eq!(columns(&diff), 100, "{diff}");
    let session = shown
        .lines()
        .find(|line| line.contains("SESSION"))
        .expect("it is bound");
    assert!(session.contains(r#"Session { roles: ["editor", "edit"#), "{session}");
    assert!(session.contains("…  ") && session.contains(FILE), "{session}");
}

/// A `Debug` of several lines stays in its line, and nothing that it writes moves a terminal's cursor.
#[test]
fn a_value_is_in_one_line() {
    struct Tree;

    impl fmt::Debug for Tree {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("\nroot\n    left  leaf\r\n\t")?;
            f.write_str("\n  \u{1b}[31mright\n")
        }
    }
    #[context_var]
    static TREE: Tree;

    let shown = format!("{:#?}", Context::new().with(&TREE, Tree));
    assert!(shown.contains("    TREE  root left  leaf [31mright  tests"), "{shown}");
    assert_eq!(shown.lines().count(), 3);
}

/// As in a struct of the user's.
#[test]
fn a_context_in_another_value_is_indented() {
    let context = Context::new().with(&USER, "alice");
    let shown = format!("{:#?}", Some(context));
    assert!(
        shown.starts_with("Some(\n    Context {\n        USER  \"alice\"  tests"),
        "{shown}"
    );
    assert!(shown.ends_with("\n    },\n)"), "{shown}");
}

/// By the line of their declaration. Others keep their plain name.
#[test]
fn variables_of_one_name_are_told_apart() {
    let context = Context::new()
        .with(&USER, "alice")
        .with(&billing::USER, 7)
        .with(&REQUEST_ID, 1);
    let shown = format!("{context:#?}");
    let labels = shown
        .lines()
        .filter_map(|line| Some(line.trim_start().split_once("  ")?.0));
    let [first, second] = [billing::LINE, LINE].map(|line| format!("USER ({FILE}:{line})"));
    assert_eq!(labels.collect::<Vec<_>>(), ["REQUEST_ID", &first, &second]);
    let shown = format!("{:#?}", Context::new().diff(&context));
    assert!(shown.contains(&format!("{first}  added  7")), "{shown}");
}

/// Where the context is what runs. A snapshot of something else says nothing of what is bound here.
#[test]
fn local_variables_are_shown_where_they_are_bound() {
    #[with_context(USER = "alice", TRANSACTION = 3)]
    fn request() -> Context {
        let current = Context::current();
        let shown = format!("{current:#?}");
        assert!(shown.contains(&format!("TRANSACTION  3        {FILE}:")), "{shown}");
        assert!(shown.contains(" (local)\n"), "{shown}");
        assert!(!shown.contains("alice (local)"), "{shown}");
        assert!(!format!("{current:?}").contains("TRANSACTION"));

        let other = format!("{:#?}", current.with(&REQUEST_ID, 7));
        assert!(!other.contains("TRANSACTION"), "{other}");
        let changed = REQUEST_ID.sync_scope(7, || format!("{current:#?} {:#?}", Context::current()));
        assert_eq!(changed.matches("TRANSACTION").count(), 1, "{changed}");
        current
    }
    let elsewhere = format!("{:#?}", request());
    assert!(
        elsewhere.contains("USER") && !elsewhere.contains("TRANSACTION"),
        "{elsewhere}"
    );
}

/// A `Debug` may fail, and may unwrap: it never gets an error from the column that it is cut to.
#[test]
fn a_debug_may_fail_and_may_unwrap() {
    struct Fails;

    impl fmt::Debug for Fails {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }
    struct Unwraps;

    impl fmt::Debug for Unwraps {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            for _ in 0..1000 {
                f.write_str("unwrapped ").unwrap();
            }
            Ok(())
        }
    }
    #[context_var]
    static FAILS: Fails;
    #[context_var]
    static UNWRAPS: Unwraps;

    let shown = format!("{:#?}", Context::new().with(&FAILS, Fails).with(&UNWRAPS, Unwraps));
    assert!(shown.contains("FAILS    <its Debug failed>"), "{shown}");
    assert!(shown.contains("UNWRAPS  unwrapped unwrapped"), "{shown}");
}
