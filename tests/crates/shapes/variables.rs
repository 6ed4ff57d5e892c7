//! Statics: with a default and without, of every visibility, in functions and from `macro_rules!`.

use ::contextvars::{Context, context_var};
use ::std::boxed::Box;
use ::std::marker::{Send, Sync};
use ::std::ops::Fn;
use ::std::option::Option::{self, None, Some};
use ::std::prelude::v1::test;
use ::std::string::{String, ToString};
use ::std::vec::Vec;
use ::std::{assert, assert_eq, format, vec};

/// With a default that is no constant.
#[context_var]
pub(super) static NAMES: Vec<String> = vec!["first".to_string()];

#[context_var]
pub(in crate::shapes) static DEPTH: usize;

#[context_var(redact)]
static SECRET: Option<&'static str>;

#[context_var]
#[allow(non_upper_case_globals)]
static r#type: Box<dyn Fn(&str) -> usize + Send + Sync> = Box::new(|text| text.len() + 1);

struct Opaque;

#[context_var]
static OPAQUE: Opaque;

#[test]
fn forms() {
    #[context_var]
    static LOCAL: u8 = {
        let one = 1;
        one + 1
    };
    assert_eq!(NAMES.get(), ["first"]);
    assert_eq!(DEPTH.get(), None);
    assert_eq!(DEPTH.sync_scope(3, || DEPTH.get()), Some(3));
    assert_eq!(r#type.with(|len| len("four")), 5);
    assert_eq!((r#type.name(), LOCAL.get()), ("type", 2));
}

#[test]
fn debug() {
    let context = Context::new().with(&SECRET, Some("hunter2")).with(&OPAQUE, Opaque);
    let shown = format!("{context:?}");
    assert!(shown.contains("<redacted>") && shown.contains("Opaque"));
    assert!(!shown.contains("hunter2"));
}

macro_rules! variables {
    ($($vis:vis $name:ident: $ty:ty $(= $default:expr)?;)*) => {
        $(
            #[context_var]
            $vis static $name: $ty $(= $default)?;
        )*
    };
}

variables! {
    pub(super) FROM_MACRO: Vec<u8> = vec![1, 2];
    WITHOUT: u8;
}

#[test]
fn from_macro_rules() {
    assert_eq!(FROM_MACRO.get(), [1, 2]);
    assert_eq!(WITHOUT.get(), None);
}
