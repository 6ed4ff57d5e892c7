//! `#[context_var]`: every place and form of static.

use contextvars::{Context, ContextVar, NoDefault, WithDefault, context_var};
use std::sync::Arc;

/// Documented.
#[context_var]
#[doc(alias = "identifier")]
pub(crate) static REQUEST_ID: String = "unknown".to_owned();

#[context_var]
pub(in crate::declarations) static PEER: Option<Arc<str>>;

#[context_var]
#[allow(non_upper_case_globals)]
static r#type: u8 = {
    let one = 1;
    one + 1
};

#[context_var(redact)]
static SECRET: &'static str;

struct Opaque;

#[context_var]
static OPAQUE: Opaque = Opaque;

#[context_var]
#[cfg(not(test))]
static ABSENT: NoSuchType;

#[context_var]
static CALLBACK: fn(&str) -> usize = |text| text.len();

#[context_var]
static STATIC_STR: &str = "elided";

#[test]
fn the_type_tells_whether_there_is_a_default() {
    let _: &ContextVar<String, WithDefault> = &REQUEST_ID;
    let _: &ContextVar<Option<Arc<str>>, NoDefault> = &PEER;
    assert_eq!(REQUEST_ID.get(), "unknown");
    assert_eq!(PEER.get(), None);
    assert_eq!(CALLBACK.get()("four"), 4);
    assert_eq!(STATIC_STR.get(), "elided");
}

#[test]
fn the_name_is_the_identifier() {
    assert_eq!(REQUEST_ID.name(), "REQUEST_ID");
    assert_eq!(r#type.name(), "type");
    assert_eq!(r#type.get(), 2);
}

#[test]
fn debug_shows_what_it_may() {
    let context = Context::new()
        .with(&SECRET, "hunter2")
        .with(&REQUEST_ID, "r-1".to_owned())
        .with(&OPAQUE, Opaque);
    let shown = format!("{context:?}");
    assert!(shown.contains("<redacted>") && !shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("r-1") && shown.contains("Opaque"), "{shown}");
}

#[test]
fn in_a_function() {
    #[context_var]
    static LOCAL: u8 = 5;
    #[context_var]
    static OTHER: Vec<u8>;
    assert_eq!(LOCAL.get(), 5);
    assert_eq!(OTHER.sync_scope(vec![1], || OTHER.get()), Some(vec![1]));
}

macro_rules! variables {
    ($($vis:vis $name:ident: $ty:ty $(= $default:expr)?;)*) => {
        $(
            #[context_var(crate = ::contextvars)]
            $vis static $name: $ty $(= $default)?;
        )*
    };
}

variables! {
    pub(crate) FROM_MACRO: Vec<u8> = vec![1, 2];
    WITHOUT: u8;
}

#[test]
fn from_macro_rules() {
    assert_eq!(FROM_MACRO.get(), [1, 2]);
    assert_eq!(WITHOUT.get(), None);
}
