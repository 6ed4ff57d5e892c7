//! The service: it binds the tenant of each request, and calls the domain.

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::{delete, post};
use contextvars::tower::BindLayer;
use contextvars_forgotten_domain::{cancel_order, place_order};
use contextvars_forgotten_storage::TENANT;

fn tenant_of(request: &Request) -> Option<String> {
    let tenant = request.headers().get("x-tenant")?.to_str().ok()?;
    Some(tenant.to_owned())
}

/// The routes of the service.
pub fn app() -> Router {
    Router::new()
        .route("/orders", post(place))
        .route("/orders/last", delete(cancel))
        .layer(BindLayer::new(&TENANT, tenant_of))
}

async fn place() -> Result<String, StatusCode> {
    statements(place_order().await)
}

async fn cancel() -> Result<String, StatusCode> {
    statements(cancel_order().await)
}

fn statements<E>(statements: Result<[String; 2], E>) -> Result<String, StatusCode> {
    let statements = statements.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(statements.join("; "))
}
