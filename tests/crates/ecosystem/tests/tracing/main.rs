//! Variables in what `tracing-subscriber` writes, through real subscribers.

mod captured;
mod forged;
mod formatters;
mod json;
mod layers;
mod reentrant;
mod text;
mod values;
mod whose;

use contextvars::context_var;
use contextvars::tracing::ContextFields;

#[context_var]
static USER: &'static str;
#[context_var]
static REQUEST_ID: u64;

/// The user, then the request's id.
fn fields() -> ContextFields {
    ContextFields::new().with(&USER).with(&REQUEST_ID)
}
