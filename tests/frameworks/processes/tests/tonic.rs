//! tonic: layers on both sides, and an interceptor for the client.

use bytes::{Buf, BufMut};
use contextvars::baggage::Baggage;
use contextvars::context_var;
use contextvars::tower::{ExtractLayer, InjectLayer};
use futures::future::BoxFuture;
use std::convert::Infallible;
use std::sync::LazyLock;
use std::task;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::client::{Grpc as Client, GrpcService};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status};
use tower::{Service, ServiceBuilder};

#[context_var]
static TENANT: String = "nobody".to_owned();
static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT));

/// Some servers refuse calls from 8 KiB of all metadata.
const ROOM: usize = 4096;

async fn connect() -> Channel {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder()
        .layer(ExtractLayer::new(&BAGGAGE))
        .add_service(Tenants);
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    let channel = Channel::from_shared(format!("http://{address}")).unwrap();
    channel.connect().await.unwrap()
}

#[tokio::test]
async fn a_call_takes_the_tenant_along_by_a_layer() {
    let channel = connect().await;
    let channel = ServiceBuilder::new()
        .layer(InjectLayer::new(&BAGGAGE).within(ROOM))
        .service(channel);
    ask_for_three(&Client::new(channel)).await;
}

/// `Result<Request<()>, Status>` is large, and what tonic asks for.
#[allow(clippy::result_large_err, clippy::unnecessary_wraps)]
fn send_baggage(mut request: Request<()>) -> Result<Request<()>, Status> {
    BAGGAGE.inject_within(ROOM, request.metadata_mut().as_mut());
    Ok(request)
}

#[tokio::test]
async fn a_call_takes_the_tenant_along_by_an_interceptor() {
    let channel = connect().await;
    let channel = InterceptedService::new(channel, send_baggage);
    ask_for_three(&Client::new(channel)).await;
}

/// A server without the layer, for one method.
#[tokio::test]
async fn the_metadata_of_a_request_is_a_carrier() {
    let mut request = Request::new(());
    TENANT.sync_scope("acme".to_owned(), || {
        BAGGAGE.inject_within(ROOM, request.metadata_mut().as_mut());
    });
    assert_eq!(request.metadata().get("baggage").unwrap(), "tenant=acme");
    let received = BAGGAGE.extract(request.metadata().as_ref());
    assert_eq!(received.context.get(&TENANT).unwrap(), "acme");
}

/// What is in the budget of the metadata goes out, and what is not is reported.
#[tokio::test]
async fn no_more_than_the_room_is_taken() {
    let mut request = Request::new(());
    let left_out = TENANT.sync_scope("x".repeat(4090), || {
        BAGGAGE.inject_within(ROOM, request.metadata_mut().as_mut())
    });
    assert_eq!(left_out.len(), 1);
    assert!(request.metadata().is_empty());
}

async fn ask_for_three<S>(client: &Client<S>)
where
    S: GrpcService<Body, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Clone,
    S::ResponseBody: tonic::codegen::Body<Data = bytes::Bytes> + Send + 'static,
    <S::ResponseBody as tonic::codegen::Body>::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
{
    let ask = async || {
        let mut client = client.clone();
        assert!(client.ready().await.is_ok());
        let path = PathAndQuery::from_static("/test.Tenants/tenant");
        let answer = client.unary(Request::new(String::new()), path, Text).await;
        answer.unwrap().into_inner()
    };
    let for_acme = TENANT.scope("acme".to_owned(), async { ask().await });
    let for_other = TENANT.scope(" J\u{fc}rgen & co ".to_owned(), async { ask().await });
    let answers = tokio::join!(for_acme, for_other, ask());
    assert_eq!(answers, ("acme".into(), " J\u{fc}rgen & co ".into(), "nobody".into()));
}

/// As `protoc` would have it: a service whose one method says whose call it is.
#[derive(Clone)]
struct Tenants;

impl UnaryService<String> for Tenants {
    type Response = String;
    type Future = BoxFuture<'static, Result<Response<String>, Status>>;

    fn call(&mut self, _: Request<String>) -> Self::Future {
        Box::pin(async { Ok(Response::new(TENANT.get())) })
    }
}

impl Service<http::Request<Body>> for Tenants {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> task::Poll<Result<(), Infallible>> {
        task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async { Ok(Grpc::new(Text).unary(Tenants, request).await) })
    }
}

impl NamedService for Tenants {
    const NAME: &'static str = "test.Tenants";
}

/// Messages that are a text.
struct Text;

impl Codec for Text {
    type Encode = String;
    type Decode = String;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Text {
    type Item = String;
    type Error = Status;

    fn encode(&mut self, item: String, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(item.as_bytes());
        Ok(())
    }
}

impl Decoder for Text {
    type Item = String;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<String>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        Ok(Some(String::from_utf8(bytes.to_vec()).unwrap()))
    }
}
