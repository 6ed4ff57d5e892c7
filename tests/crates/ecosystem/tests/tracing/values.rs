//! What becomes of values of each type.

use std::borrow::Cow;
use std::sync::Arc;

use contextvars::tracing::{ContextFields, WithVariables};
use contextvars::{Variable, context_var};
use serde_json::{Value, json};
use tracing::info;

use crate::captured::{capture, plain};

/// The value in JSON, and in text.
fn shown(var: &'static dyn Variable) -> (Value, String) {
    let fields = ContextFields::new().with_name("var", var);
    let json = |writer| plain!(writer).json().with_variables(fields.clone()).finish();
    let text = |writer| plain!(writer).with_variables(fields.clone()).finish();
    let json = capture(json, || info!("")).json().remove(0)["context"]["var"].take();
    let text = capture(text, || info!("")).text();
    (
        json,
        text.trim_end()
            .strip_prefix(" INFO  var=")
            .expect("it is there")
            .to_owned(),
    )
}

macro_rules! assert_shown {
    ($($type:ty: $value:expr => $json:tt, $text:expr;)*) => {$({
        #[context_var]
        static VAR: $type = $value;
        assert_eq!(shown(&VAR), (json!($json), $text.to_owned()), "{}", stringify!($type));
    })*};
}

#[test]
fn strings_are_strings() {
    assert_shown! {
        String: "é\"".to_owned() => "é\"", r#""é\"""#;
        &'static str: "" => "", r#""""#;
        Arc<str>: "é".into() => "é", r#""é""#;
        Box<str>: "é".into() => "é", r#""é""#;
        Cow<'static, str>: "é".into() => "é", r#""é""#;
        char: '"' => "\"", r#"'"'"#;
    }
}

#[test]
fn numbers_are_numbers() {
    assert_shown! {
        bool: true => true, "true";
        u8: u8::MAX => 255, "255";
        u16: u16::MAX => 65_535, "65535";
        u32: u32::MAX => 4_294_967_295_u32, "4294967295";
        u64: u64::MAX => 18_446_744_073_709_551_615_u64, "18446744073709551615";
        usize: 1 => 1, "1";
        i8: i8::MIN => (-128), "-128";
        i16: -1 => (-1), "-1";
        i32: i32::MIN => (-2_147_483_648), "-2147483648";
        i64: i64::MIN => (i64::MIN), "-9223372036854775808";
        isize: -1 => (-1), "-1";
        f32: 0.1 => 0.1, "0.1";
        f64: 1e-7 => 1e-7, "1e-7";
    }
}

/// A JSON number of more than 64 bits would come back as a float.
#[test]
fn no_digit_is_lost() {
    assert_shown! {
        u128: 7 => 7, "7";
        i128: -7 => (-7), "-7";
        u128: u128::MAX => "340282366920938463463374607431768211455", "340282366920938463463374607431768211455";
        i128: i128::MIN => "-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728";
    }
}

/// JSON has no such numbers.
#[test]
fn what_is_not_finite_is_a_string() {
    assert_shown! {
        f64: f64::NAN => "NaN", "NaN";
        f32: f32::NEG_INFINITY => "-inf", "-inf";
    }
}

#[test]
fn all_else_is_shown_by_its_debug() {
    #[derive(Debug)]
    #[expect(dead_code, reason = "its `Debug` reads them")]
    struct Account {
        id: u32,
        name: &'static str,
    }
    struct Opaque;
    #[context_var]
    static OPAQUE: Opaque = Opaque;

    assert_shown! {
        Account: Account { id: 7, name: "Al" } => r#"Account { id: 7, name: "Al" }"#, r#"Account { id: 7, name: "Al" }"#;
        Option<u32>: None => "None", "None";
        Vec<&'static str>: vec!["a", "b"] => r#"["a", "b"]"#, r#"["a", "b"]"#;
    }
    let (json, text) = shown(&OPAQUE);
    assert!(
        text.ends_with("::Opaque>") && json == json!(text),
        "the name of its type: {text}"
    );
}

#[test]
fn a_secret_of_every_type_is_redacted() {
    #[context_var(redact)]
    static PASSWORD: String = "hunter2".to_owned();
    #[context_var(redact)]
    static PIN: u32 = 1234;
    for var in [&PASSWORD as &'static dyn Variable, &PIN] {
        assert_eq!(shown(var), (json!("<redacted>"), "<redacted>".to_owned()));
    }
}
