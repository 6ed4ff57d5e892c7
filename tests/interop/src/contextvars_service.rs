//! This crate's service, as a user writes one: a layer reads, the handler sees a variable, and sends it on.

use std::sync::LazyLock;

use axum::routing::post;
use axum::{Json, Router};
use contextvars::baggage::Baggage;
use contextvars::context_var;
use contextvars::tower::ExtractLayer;
use http::HeaderMap;

use crate::hop::{self, Answer, Failure, Hop, Package};
use crate::peer::{OURS, PLUS_IS_SPACE};

#[context_var]
static VALUE: String;

static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("value", &VALUE));
static FROM_PYTHON: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("value", &VALUE).plus_is_space(true));

/// The service that a caller in any language but Python needs.
pub(crate) fn exact() -> Router {
    router(OURS, &BAGGAGE)
}

/// The service that a caller in Python needs.
pub(crate) fn from_python() -> Router {
    router(PLUS_IS_SPACE, &FROM_PYTHON)
}

fn router(name: &'static str, baggage: &'static Baggage) -> Router {
    // No version: it is the one in this repository.
    let name = move || async move {
        Json(Package {
            name: name.into(),
            version: "".into(),
            language: "Rust".into(),
        })
    };
    Router::new()
        .route("/", post(answer).get(name))
        .layer(ExtractLayer::new(baggage))
}

async fn answer(Json(hop): Json<Hop>) -> Result<Json<Answer>, Failure> {
    let mut read = Vec::new();
    match hop.value {
        Some(value) => drop(VALUE.set(value)),
        None => read.push(VALUE.get()),
    }
    let mut headers = HeaderMap::new();
    // An empty value is left out; the table tells.
    BAGGAGE.inject(&mut headers);
    read.extend(hop::hand_on(hop.route, headers).await?.read);
    Ok(Json(Answer { read }))
}
