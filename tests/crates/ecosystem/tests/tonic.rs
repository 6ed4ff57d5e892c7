//! tonic, client and server on a socket, with a service written by hand where there would be a generated one.

mod common;

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::task::{Context as Waking, Poll};

use bytes::{Buf, BufMut, Bytes};
use contextvars::tower::{BindLayer, BodyLayer, ContextLayer};
use contextvars::{ContextExt, context_var};
use futures::future::{BoxFuture, Ready, join_all, ready};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};
use hyper::body::Body as HttpBody;
use hyper::http;
use tokio::task::yield_now;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, NamedService};
use tonic::service::LayerExt;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request, Response, Status};
use tower::{Service, service_fn};

use common::listen;

#[context_var]
static USER: String = "nobody".to_owned();
#[context_var]
static CALLS: u32 = 0;

/// Messages are text.
#[derive(Clone, Copy, Default)]
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

    fn encode(&mut self, text: String, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(text.as_bytes());
        Ok(())
    }
}

impl Decoder for Text {
    type Item = String;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<String>, Status> {
        let bytes = from.copy_to_bytes(from.remaining());
        let text = String::from_utf8(bytes.to_vec());
        text.map(Some)
            .map_err(|error| Status::invalid_argument(error.to_string()))
    }
}

/// `greeter.Greeter`, with the methods `Greet` and `Count`, the latter of which answers with a stream.
#[derive(Clone)]
struct Greeter;

impl NamedService for Greeter {
    const NAME: &'static str = "greeter.Greeter";
}

impl Service<http::Request<Body>> for Greeter {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Waking<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let mut grpc = Grpc::new(Text);
            Ok(match request.uri().path() {
                "/greeter.Greeter/Greet" => grpc.unary(service_fn(greet), request).await,
                "/greeter.Greeter/Count" => grpc.server_streaming(service_fn(count), request).await,
                other => Status::unimplemented(other).into_http(),
            })
        })
    }
}

async fn greet(request: Request<String>) -> Result<Response<String>, Status> {
    CALLS.set(CALLS.get() + 1);
    for _ in 0..3 {
        yield_now().await;
    }
    if USER.get() == "mallory" {
        return Err(Status::permission_denied(USER.get()));
    }
    Ok(Response::new(format!(
        "{}, {} {}",
        request.into_inner(),
        USER.get(),
        CALLS.get()
    )))
}

type Counted = BoxStream<'static, Result<String, Status>>;

/// Counts in the request's context, or outside of it where nobody asks for that.
fn count(request: Request<String>) -> Ready<Result<Response<Counted>, Status>> {
    let counted = stream::iter(1..=3).then(|number| async move {
        yield_now().await;
        Ok(format!("{number} {}", USER.get()))
    });
    ready(Ok(Response::new(match &*request.into_inner() {
        "wrapped" => counted.in_current_context().boxed(),
        _ => counted.boxed(),
    })))
}

fn user_of<B>(request: &http::Request<B>) -> Option<String> {
    request.headers().get("x-user")?.to_str().ok().map(str::to_owned)
}

/// Serves the greeter below a layer for the whole server.
async fn serve() -> SocketAddr {
    let (listener, address) = listen().await;
    let server = Server::builder()
        .layer(BindLayer::new(&USER, user_of::<Body>))
        .add_service(Greeter);
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    address
}

async fn connect(server: SocketAddr) -> Channel {
    let endpoint = Channel::from_shared(format!("http://{server}")).expect("an address");
    endpoint.connect().await.expect("the server listens")
}

fn request(user: &str, text: &str) -> Request<String> {
    let mut request = Request::new(text.to_owned());
    request.metadata_mut().insert("x-user", user.parse().expect("a header"));
    request
}

/// Greets over any channel, as this request says or as the channel makes it.
async fn greet_over<C>(channel: C, request: Request<String>) -> Result<String, Status>
where
    C: GrpcService<Body>,
    C::ResponseBody: HttpBody<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>> + Send> + Send + 'static,
{
    let mut grpc = tonic::client::Grpc::new(channel);
    let ready = grpc.ready().await;
    ready.map_err(|_| Status::unavailable("no connection"))?;
    let path = "/greeter.Greeter/Greet".parse().expect("a path");
    Ok(grpc.unary(request, path, Text).await?.into_inner())
}

async fn ask(channel: Channel, user: &str) -> Result<String, Status> {
    greet_over(channel, request(user, "hello")).await
}

async fn ask_to_count(channel: Channel, user: &str, how: &str) -> Vec<String> {
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.expect("the server listens");
    let path = "/greeter.Greeter/Count".parse().expect("a path");
    let response = grpc
        .server_streaming(request(user, how), path, Text)
        .await
        .expect("a stream");
    response.into_inner().try_collect().await.expect("no error")
}

/// R2: calls that share a connection share nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_calls_never_cross() {
    let channel = connect(serve().await).await;
    let calls = (0..100).map(|number| {
        let channel = channel.clone();
        async move {
            let user = format!("user-{number}");
            let answer = ask(channel, &user).await.expect("an answer");
            assert_eq!(answer, format!("hello, {user} 1"));
        }
    });
    join_all(calls).await;
}

/// R12: nor does one that fails leave anything to the next.
#[tokio::test]
async fn a_call_that_fails_leaves_nothing_behind() {
    let channel = connect(serve().await).await;
    for _ in 0..2 {
        let refused = ask(channel.clone(), "mallory").await.expect_err("denied");
        assert_eq!(refused.message(), "mallory");
        assert_eq!(
            ask(channel.clone(), "alice").await.expect("an answer"),
            "hello, alice 1"
        );
    }
}

/// The stream of a response is polled by the server when the call's context has ended.
#[tokio::test]
async fn a_streaming_response_inherits_where_it_is_wrapped() {
    let channel = connect(serve().await).await;
    let wrapped = ask_to_count(channel.clone(), "alice", "wrapped").await;
    assert_eq!(wrapped, ["1 alice", "2 alice", "3 alice"]);
    let bare = ask_to_count(channel, "alice", "bare").await;
    assert_eq!(bare, ["1 nobody", "2 nobody", "3 nobody"]);
}

/// Case P5: one layer brings them all in, and the status of a call is in its trailers as before.
#[tokio::test]
async fn a_streaming_response_is_polled_in_its_calls_context() {
    let (listener, address) = listen().await;
    let server = Server::builder()
        .layer(BindLayer::new(&USER, user_of::<Body>)) // the first is the outermost
        .layer(BodyLayer::new())
        .add_service(Greeter);
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    let channel = connect(address).await;
    let bare = ask_to_count(channel.clone(), "alice", "bare").await;
    assert_eq!(bare, ["1 alice", "2 alice", "3 alice"]);
    let refused = ask(channel.clone(), "mallory").await.expect_err("denied");
    assert_eq!(refused.code(), Code::PermissionDenied);
    let next = ask_to_count(channel, "bob", "bare").await;
    assert_eq!(next, ["1 bob", "2 bob", "3 bob"]);
}

/// A layer around one service, which keeps its name.
#[tokio::test]
async fn one_service_of_a_server_may_have_the_layer() {
    let (listener, address) = listen().await;
    let service = ContextLayer::new().named_layer(Greeter);
    let server = Server::builder().add_service(service);
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    let channel = connect(address).await;
    for _ in 0..2 {
        assert_eq!(
            ask(channel.clone(), "alice").await.expect("an answer"),
            "hello, nobody 1"
        );
    }
}

/// An un-annotated interceptor of a client runs where the call is made, and passes on what is bound there.
#[tokio::test]
async fn a_client_passes_its_user_on() {
    async fn greet_as_current_user(channel: Channel) -> String {
        let channel = InterceptedService::new(channel, |mut request: Request<()>| {
            let user = USER.get().parse().expect("a header");
            request.metadata_mut().insert("x-user", user);
            Ok(request)
        });
        let answer = greet_over(channel, Request::new("hello".to_owned())).await;
        answer.expect("an answer")
    }

    let channel = connect(serve().await).await;
    let calls = ["alice", "bob"].map(|user| USER.scope(user.to_owned(), greet_as_current_user(channel.clone())));
    assert_eq!(join_all(calls).await, ["hello, alice 1", "hello, bob 1"]);
}
