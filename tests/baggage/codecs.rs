//! Values of one's own types, and code of one's own that runs meanwhile.

use crate::common::{TENANT, baggage, injected, rejections, tenant};
use contextvars::baggage::{Baggage, Carrier, RejectedReason};
use contextvars::{Context, context_var};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

#[context_var]
static ROLE: String;

#[derive(Debug, PartialEq)]
struct User {
    id: u64,
    name: String,
}

#[context_var]
static USER: Arc<User>;

fn to_text(user: &Arc<User>) -> String {
    format!("{}/{}", user.id, user.name)
}

fn from_text(text: &str) -> Result<Arc<User>, String> {
    let (id, name) = text.split_once('/').ok_or("no slash")?;
    let id = id.parse().map_err(|error| format!("{error}"))?;
    let name = name.to_owned();
    Ok(Arc::new(User { id, name }))
}

#[test]
fn a_type_without_text_has_functions_for_it() {
    let baggage = Baggage::new().with_codec("user", &USER, to_text, from_text);
    let user = Arc::new(User {
        id: 7,
        name: "J\u{fc}rgen".to_owned(),
    });
    let (line, _) = injected(&baggage, &Context::new().with(&USER, user.clone()), &[]);
    let line = line.unwrap();
    assert_eq!(line, "user=7%2FJ%C3%BCrgen");
    assert_eq!(baggage.extract_lines([line.as_str()]).context.get(&USER), Some(&user));
    let refused = RejectedReason::Refused("no slash".to_owned());
    assert_eq!(rejections(&baggage.extract_lines(["user=7"])), [("user", refused)]);
}

#[test]
fn a_panic_leaves_the_carrier_as_it_was() {
    let to_text = |_: &Arc<User>| -> String { panic!("no text") };
    let baggage = baggage().with_codec("user", &USER, to_text, from_text);
    let user = Arc::new(User {
        id: 7,
        name: String::new(),
    });
    let there = vec![("Baggage".to_owned(), "a=1,tenant=x".to_owned())];
    let mut carrier = there.clone();
    let mut context = tenant("acme").with(&USER, user);
    let result = catch_unwind(AssertUnwindSafe(|| context.run(|| baggage.inject(&mut carrier))));
    assert_eq!(result.unwrap_err().downcast_ref(), Some(&"no text"));
    assert_eq!(carrier, there);
}

#[test]
fn a_panic_of_from_text_leaves_the_current_context_as_it_was() {
    let from_text = |_: &str| -> Result<Arc<User>, String> { panic!("no user") };
    let baggage = baggage().with_codec("user", &USER, to_text, from_text);
    tenant("x").run(|| {
        let result = catch_unwind(|| baggage.extract_lines(["tenant=acme,user=7"]));
        assert_eq!(result.unwrap_err().downcast_ref(), Some(&"no user"));
        assert_eq!(TENANT.get().as_deref(), Some("x"));
    });
}

#[test]
fn from_text_sees_what_was_read_before_it() {
    let from_text = |text: &str| match TENANT.get() {
        Some(tenant) => Ok(format!("{text} of {tenant}")),
        None => Err("whose?"),
    };
    let baggage = baggage().with_codec("role", &ROLE, String::clone, from_text);
    let context = baggage.extract_lines(["role=admin,tenant=acme"]).context;
    assert_eq!(context.get(&ROLE).unwrap(), "admin of acme");
}

/// A carrier that answers while it is being read, as one behind a lock or a logger may.
struct Curious(Vec<(String, String)>);

impl Carrier for Curious {
    fn read<'a>(&'a self, name: &str, each: &mut dyn FnMut(&'a [u8])) {
        assert_eq!(TENANT.get().as_deref(), Some("acme"));
        self.0.read(name, each);
    }

    fn replace(&mut self, name: &'static str, value: Option<Vec<u8>>) {
        assert_eq!(TENANT.get().as_deref(), Some("acme"));
        self.0.replace(name, value);
    }
}

#[test]
fn a_carrier_may_read_variables() {
    let mut carrier = Curious(vec![]);
    tenant("acme").run(|| {
        baggage().inject(&mut carrier);
        assert_eq!(carrier.0[0].1, "tenant=acme");
        assert_eq!(baggage().extract(&carrier).context.len(), 1);
    });
}
