#!/usr/bin/env bash
# In the answer to a unary call, tonic's client has one map of metadata: trailers take the place of headers of their name.
#
# A server may send metadata before the message and after it. `Response::metadata` has both, and of a name that is in
# both only what came last. Of a name with several values in the headers, all go. The two can't be told apart either: a
# context that is read from there may be from before the work or from after it. A streaming call keeps them apart.
#
# Source: src/client/grpc.rs, `unary`, and src/metadata/map.rs, `merge`, of https://crates.io/crates/tonic/0.14.9
# Seen: tonic 0.14.9, 2026-12-01.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cargo new --quiet --vcs none tonic-trailers-replace-headers
cd tonic-trailers-replace-headers
cat >>Cargo.toml <<'TOML'
bytes = "=1.12.2"
futures = "=0.3.34"
http = "=1.5.0"
http-body = "=1.0.1"
http-body-util = "=0.1.5"
tokio = { version = "=1.54.1", features = ["full"] }
tonic = { version = "=0.14.9", default-features = false }
tower = { version = "=0.5.3", features = ["util"] }

[profile.dev]
debug = false
TOML
cat >src/main.rs <<'RUST'
use std::convert::Infallible;

use bytes::{Buf, BufMut, Bytes};
use http::{HeaderMap, HeaderValue, Response, Uri};
use http_body::Frame;
use http_body_util::StreamBody;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::{Request, Status};
use tower::service_fn;

/// Messages without content.
#[derive(Default)]
struct Empty;

impl Codec for Empty {
    type Encode = ();
    type Decode = ();
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Empty {
    type Item = ();
    type Error = Status;

    fn encode(&mut self, (): (), _: &mut EncodeBuf<'_>) -> Result<(), Status> {
        Ok(())
    }
}

impl Decoder for Empty {
    type Item = ();
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<()>, Status> {
        from.advance(from.remaining());
        Ok(Some(()))
    }
}

/// What a server sends: headers, an empty message, trailers.
async fn serve<B>(_: http::Request<B>) -> Result<Response<impl http_body::Body<Data = Bytes, Error = Infallible>>, Infallible> {
    let mut message = Vec::new();
    message.put_slice(&[0; 5]);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    trailers.insert("x-user", HeaderValue::from_static("carol, in the trailers"));
    let frames = [Ok(Frame::data(Bytes::from(message))), Ok(Frame::trailers(trailers))];
    let mut response = Response::new(StreamBody::new(futures::stream::iter(frames)));
    let headers = response.headers_mut();
    headers.append("x-user", HeaderValue::from_static("alice, in the headers"));
    headers.append("x-user", HeaderValue::from_static("bob, in the headers"));
    Ok(response)
}

fn show(what: &str, metadata: &MetadataMap) {
    let users: Vec<_> = metadata.get_all("x-user").iter().collect();
    println!("{what}: {users:?}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut client = Grpc::new(service_fn(serve));
    let path = || Uri::from_static("/test.Test/Call").path_and_query().cloned().expect("a path");

    client.ready().await.expect("a service");
    let response = client.unary(Request::new(()), path(), Empty).await.expect("an answer");
    show("unary, all there is", response.metadata());

    client.ready().await.expect("a service");
    let request = Request::new(());
    let response = client.server_streaming(request, path(), Empty).await.expect("an answer");
    show("streaming, headers", response.metadata());
    let trailers = response.into_inner().trailers().await.expect("an end");
    show("streaming, trailers", &trailers.expect("trailers"));
}
RUST
cargo fetch --quiet
cargo tree --quiet --depth 1 --prefix none | grep --invert-match --fixed-strings "$dir" | grep tonic
cargo run --quiet | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
unary, all there is: ["carol, in the trailers"]
streaming, headers: ["alice, in the headers", "bob, in the headers"]
streaming, trailers: ["carol, in the trailers"]
SEEN
