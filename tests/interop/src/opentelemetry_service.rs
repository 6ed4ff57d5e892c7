//! The service of opentelemetry for Rust.

use axum::routing::post;
use axum::{Json, Router};
use http::HeaderMap;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_sdk::propagation::BaggagePropagator;

use crate::hop::{self, Answer, Failure, Hop, Package};
use crate::locked;

pub(crate) fn router() -> Router {
    Router::new().route("/", post(answer).get(name))
}

async fn name() -> Json<Package> {
    Json(Package {
        name: "opentelemetry_sdk".into(),
        version: locked::version("opentelemetry_sdk").into(),
        language: "Rust".into(),
    })
}

async fn answer(headers: HeaderMap, Json(hop): Json<Hop>) -> Result<Json<Answer>, Failure> {
    let propagator = BaggagePropagator::new();
    let mut read = Vec::new();
    let value = if let Some(value) = hop.value {
        Some(value)
    } else {
        let context = propagator.extract_with_context(&Context::new(), &HeaderExtractor(&headers));
        let value = context.baggage().get("value").map(ToString::to_string);
        read.push(value.clone());
        value
    };
    let mut headers = HeaderMap::new();
    if let Some(value) = value {
        let context = Context::new().with_baggage([KeyValue::new("value", value)]);
        propagator.inject_context(&context, &mut HeaderInjector(&mut headers));
    }
    read.extend(hop::hand_on(hop.route, headers).await?.read);
    Ok(Json(Answer { read }))
}
