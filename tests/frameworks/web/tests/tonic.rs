//! tonic: methods of an `#[async_trait]` service, and a layer that binds a variable for each request.

mod users;

use bytes::{Buf, BufMut};
use contextvars::tower::BindLayer;
use contextvars::{ContextExt, with_context};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use std::convert::Infallible;
use std::sync::Arc;
use std::task;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::client::Grpc as Client;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::server::{Grpc, NamedService, ServerStreamingService, UnaryService};
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status};
use tower::Service;
use users::{USER, seen};

type Answer = Result<Response<String>, Status>;
type Answers = Result<Response<BoxStream<'static, Result<String, Status>>>, Status>;

/// As `protoc` would have it.
#[tonic::async_trait]
trait Greeter: Send + Sync + 'static {
    async fn annotated(&self, request: Request<String>) -> Answer;
    async fn plain(&self, request: Request<String>) -> Answer;
    async fn bound(&self, request: Request<String>) -> Answer;
    async fn many(&self, request: Request<String>) -> Answers;
}

struct Methods;

#[tonic::async_trait]
impl Greeter for Methods {
    #[with_context]
    async fn annotated(&self, request: Request<String>) -> Answer {
        USER.set(USER.get());
        Ok(Response::new(format!("{}, {}", request.into_inner(), seen().await)))
    }

    async fn plain(&self, request: Request<String>) -> Answer {
        Ok(Response::new(format!("{}, {}", request.into_inner(), seen().await)))
    }

    #[with_context(USER = request.get_ref().clone())]
    async fn bound(&self, request: Request<String>) -> Answer {
        assert_eq!(USER.get(), request.into_inner());
        Ok(Response::new(seen().await))
    }

    /// The server polls what is streamed when the call is over.
    #[with_context]
    async fn many(&self, _: Request<String>) -> Answers {
        let items = stream::iter(1..=2).then(|_| seen()).map(Ok);
        Ok(Response::new(items.in_current_context().boxed()))
    }
}

struct GreeterServer(Arc<dyn Greeter>);

/// A method of the service, by its name.
struct Method(Arc<dyn Greeter>, String);

impl UnaryService<String> for Method {
    type Response = String;
    type Future = BoxFuture<'static, Answer>;

    fn call(&mut self, request: Request<String>) -> Self::Future {
        let (greeter, name) = (self.0.clone(), self.1.clone());
        Box::pin(async move {
            match &*name {
                "/test.Greeter/annotated" => greeter.annotated(request).await,
                "/test.Greeter/plain" => greeter.plain(request).await,
                _ => greeter.bound(request).await,
            }
        })
    }
}

impl ServerStreamingService<String> for Method {
    type Response = String;
    type ResponseStream = BoxStream<'static, Result<String, Status>>;
    type Future = BoxFuture<'static, Answers>;

    fn call(&mut self, request: Request<String>) -> Self::Future {
        let greeter = self.0.clone();
        Box::pin(async move { greeter.many(request).await })
    }
}

impl Service<http::Request<Body>> for GreeterServer {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> task::Poll<Result<(), Infallible>> {
        task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = Method(self.0.clone(), request.uri().path().to_owned());
        Box::pin(async move {
            let mut grpc = Grpc::new(Text);
            Ok(match &*method.1 {
                "/test.Greeter/many" => grpc.server_streaming(method, request).await,
                _ => grpc.unary(method, request).await,
            })
        })
    }
}

impl Clone for GreeterServer {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl NamedService for GreeterServer {
    const NAME: &'static str = "test.Greeter";
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

async fn connect() -> Client<Channel> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder()
        .layer(BindLayer::new(&USER, |request: &http::Request<_>| {
            Some(request.headers().get("x-user")?.to_str().ok()?.to_owned())
        }))
        .add_service(GreeterServer(Arc::new(Methods)));
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    let channel = Channel::from_shared(format!("http://{address}")).unwrap();
    Client::new(channel.connect().await.unwrap())
}

fn request(text: &str, user: &str) -> Request<String> {
    let mut request = Request::new(text.to_owned());
    request.metadata_mut().insert("x-user", user.parse().unwrap());
    request
}

async fn ask(mut client: Client<Channel>, method: &'static str, text: &str, user: &str) -> String {
    client.ready().await.unwrap();
    let answer = client
        .unary(request(text, user), PathAndQuery::from_static(method), Text)
        .await;
    answer.unwrap().into_inner()
}

/// Both users ask over one connection.
#[tokio::test(flavor = "multi_thread")]
async fn methods_see_what_a_layer_binds_or_they_themselves() {
    let client = connect().await;
    let ask = |method, text, user| ask(client.clone(), method, text, user);
    for method in ["/test.Greeter/annotated", "/test.Greeter/plain"] {
        let answers = tokio::join!(ask(method, "hello", "alice"), ask(method, "bye", "bob"));
        assert_eq!(answers, ("hello, alice".to_owned(), "bye, bob".to_owned()), "{method}");
    }
    let method = "/test.Greeter/bound";
    let answers = tokio::join!(ask(method, "carol", "alice"), ask(method, "dave", "bob"));
    assert_eq!(answers, ("carol".to_owned(), "dave".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_keep_their_context_when_the_call_is_over() {
    let client = connect().await;
    let ask = async |user| {
        let mut client = client.clone();
        client.ready().await.unwrap();
        let path = PathAndQuery::from_static("/test.Greeter/many");
        let answer = client.server_streaming(request("", user), path, Text).await.unwrap();
        answer.into_inner().map(Result::unwrap).collect::<Vec<String>>().await
    };
    let (for_alice, for_bob) = tokio::join!(ask("alice"), ask("bob"));
    assert_eq!(
        (for_alice, for_bob),
        (vec!["alice".to_owned(); 2], vec!["bob".to_owned(); 2])
    );
}
