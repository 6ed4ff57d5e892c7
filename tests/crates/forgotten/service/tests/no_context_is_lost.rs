//! The service's own test asks it all that it can be asked, and finds the spawn that somebody forgot to annotate: the report
//! names the line that reads, two crates below.

use axum::body::Body;
use axum::http::Request;
use contextvars::lost::Watch;
use contextvars_forgotten_service::app;
use http_body_util::BodyExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tower::ServiceExt;

async fn ask(method: &str, path: &str) -> String {
    let request = Request::builder().method(method).uri(path).header("x-tenant", "acme");
    let request = request.body(Body::empty()).expect("a request");
    let response = app().oneshot(request).await.expect("infallible");
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(body.to_vec()).expect("text")
}

/// Where `text` stands in a source, as `line:column`, counted from 1.
fn position(source: &str, text: &str) -> String {
    let before = source.split(text).next().expect("a first part");
    assert_ne!(before, source, "`{text}` is not there");
    let line = before.lines().count();
    let column = before.lines().last().map_or(0, str::len) + 1;
    format!("{line}:{column}")
}

#[tokio::test]
async fn the_report_names_the_line_that_reads_in_its_crate() {
    let watch = Watch::this_thread();
    // The symptom.
    assert_eq!(
        ask("POST", "/orders").await,
        "insert into acme.orders; insert into public.audit"
    );

    let report = catch_unwind(AssertUnwindSafe(|| watch.assert_none())).expect_err("the context is lost");
    let report = report.downcast_ref::<String>().expect("a message");
    println!("{report}");
    let at = position(include_str!("../../storage/src/lib.rs"), "get()");
    let place = format!("tests/crates/forgotten/storage/src/lib.rs:{at}");
    let report = report.replace('\\', "/");
    let [title, _, line, _] = &report.lines().collect::<Vec<_>>()[..] else {
        panic!("one place:\n{report}")
    };
    assert_eq!(*title, "context is lost in 1 place:");
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(words[..2], [place.as_str(), "TENANT"]);
}

#[tokio::test]
async fn where_the_annotation_stands_nothing_is_reported() {
    let watch = Watch::this_thread();
    assert_eq!(
        ask("DELETE", "/orders/last").await,
        "insert into acme.cancellations; insert into acme.audit"
    );
    watch.assert_none();
}
