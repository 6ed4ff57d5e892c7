//! A hop: what a service is asked, how it hands on, and what it answers.

use std::borrow::Cow;
use std::error::Error;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::sync::LazyLock;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

pub(crate) static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);

/// With a value, the start of a way. Later hops read theirs from the headers.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Hop {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    pub(crate) route: Vec<String>,
}

/// What each hop after the start has read.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Answer {
    pub(crate) read: Vec<Option<String>>,
}

/// Who answers, for the head of a column.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Package {
    pub(crate) name: Cow<'static, str>,
    pub(crate) version: Cow<'static, str>,
    pub(crate) language: Cow<'static, str>,
}

#[derive(Debug)]
pub(crate) struct Failure(reqwest::Error);

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> axum::response::Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0.to_string()).into_response()
    }
}

/// Asks the first service of the route, and hands the rest to it.
pub(crate) async fn hand_on(mut route: Vec<String>, headers: HeaderMap) -> Result<Answer, Failure> {
    if route.is_empty() {
        return Ok(Answer::default());
    }
    let next = route.remove(0);
    let request = CLIENT.post(next).headers(headers).json(&Hop { value: None, route });
    Ok(request.send().await?.error_for_status()?.json().await?)
}

/// Serves for ever, on a port that it prints.
pub(crate) async fn serve(router: Router) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?.port());
    std::io::stdout().flush()?;
    Ok(axum::serve(listener, router).await?)
}
