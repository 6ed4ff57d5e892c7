//! The handlers. None of them is told whom it serves.

use contextvars::bind;
use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
};
use tokio::task::{JoinError, spawn_blocking};

use crate::{
    audit, document,
    sighting::{Sighting, Stage},
    store,
};

pub(crate) const REQUEST_ID: &str = "x-request-id";

pub(crate) async fn route(request: Request<Incoming>) -> Response<Full<Bytes>> {
    tokio::spawn(audit::record(request_id(&request)));
    let sightings = match request.uri().path() {
        "/orders" => orders().await,
        "/profile" => profile().await,
        _ => return respond(StatusCode::NOT_FOUND, String::new()),
    };
    match sightings {
        Ok(sightings) => respond(StatusCode::OK, lines(&sightings)),
        Err(error) => respond(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

pub(crate) fn respond(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response
}

/// Reads first, then renders what it read.
async fn orders() -> Result<Vec<Sighting>, JoinError> {
    let mut sightings = vec![Sighting::at(Stage::Entry)];
    sightings.extend(store::orders().await);
    sightings.push(spawn_blocking(bind(document::invoice)).await?);
    sightings.push(Sighting::at(Stage::Exit));
    Ok(sightings)
}

/// Renders while it reads.
async fn profile() -> Result<Vec<Sighting>, JoinError> {
    let mut sightings = vec![Sighting::at(Stage::Entry)];
    let portrait = spawn_blocking(bind(document::portrait));
    sightings.extend(store::account().await);
    sightings.push(portrait.await?);
    sightings.push(Sighting::at(Stage::Exit));
    Ok(sightings)
}

fn request_id(request: &Request<Incoming>) -> String {
    let id = request.headers().get(REQUEST_ID);
    id.and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned()
}

fn lines(sightings: &[Sighting]) -> String {
    let lines: Vec<_> = sightings.iter().map(Sighting::to_string).collect();
    lines.join("\n")
}
