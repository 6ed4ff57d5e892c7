//! zbus: methods of an `#[interface]`, each of which is called in a task of its own, so they bind for themselves.

#![allow(clippy::unused_self, reason = "these methods are about nothing but the context")]

mod users;

use contextvars::with_context;
use std::os::unix::net::UnixStream;
use users::{USER, seen};
use zbus::connection::Builder;
use zbus::message::Header;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, Guid, interface};

struct Greeter;

#[interface(name = "test.Greeter")]
impl Greeter {
    #[with_context(USER = user)]
    async fn bound(&self, user: String) -> String {
        seen().await
    }

    #[with_context(USER = header.path().unwrap().to_string())]
    async fn bound_by_header(&self, #[zbus(header)] header: Header<'_>) -> String {
        seen().await
    }

    #[with_context]
    async fn annotated(&mut self, user: String) -> String {
        assert_eq!(USER.get(), "nobody");
        USER.set(user);
        USER.get()
    }

    #[with_context(USER = "property".to_owned())]
    #[zbus(property)]
    async fn property(&self) -> String {
        USER.get()
    }
}

struct Block;

#[interface(name = "test.Block")]
#[with_context]
impl Block {
    async fn annotated(&self, user: String) -> String {
        USER.set(user);
        seen().await
    }
}

/// The two ends of a connection.
async fn connect() -> [Connection; 2] {
    let (server, client) = UnixStream::pair().unwrap();
    let stream = |end: UnixStream| {
        end.set_nonblocking(true).unwrap();
        Builder::unix_stream(tokio::net::UnixStream::from_std(end).unwrap()).p2p()
    };
    let server = stream(server)
        .server(Guid::generate())
        .unwrap()
        .serve_at("/alice", Greeter)
        .unwrap()
        .serve_at("/bob", Greeter)
        .unwrap()
        .serve_at("/block", Block)
        .unwrap();
    let (server, client) = tokio::try_join!(server.build(), stream(client).build()).unwrap();
    [server, client]
}

#[tokio::test]
async fn properties_see_what_they_bind() {
    let [_server, client] = connect().await;
    let properties = Some("org.freedesktop.DBus.Properties");
    let get = client.call_method(None::<&str>, "/alice", properties, "Get", &("test.Greeter", "Property"));
    let answer: OwnedValue = get.await.unwrap().body().deserialize().unwrap();
    assert_eq!(String::try_from(answer).unwrap(), "property");
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_see_what_they_bind() {
    let [_server, client] = connect().await;
    let ask = async |path: &str, interface: &str, method: &str, user: &str| {
        let interface = format!("test.{interface}");
        let answer = match method {
            "BoundByHeader" => {
                client
                    .call_method(None::<&str>, path, Some(&*interface), method, &())
                    .await
            }
            _ => {
                client
                    .call_method(None::<&str>, path, Some(&*interface), method, &user)
                    .await
            }
        };
        answer.unwrap().body().deserialize::<String>().unwrap()
    };
    let both = tokio::join!(
        ask("/alice", "Greeter", "Bound", "alice"),
        ask("/alice", "Greeter", "Bound", "bob")
    );
    assert_eq!(both, ("alice".to_owned(), "bob".to_owned()));
    let both = tokio::join!(
        ask("/alice", "Greeter", "BoundByHeader", ""),
        ask("/bob", "Greeter", "BoundByHeader", "")
    );
    assert_eq!(both, ("/alice".to_owned(), "/bob".to_owned()));
    let both = tokio::join!(
        ask("/block", "Block", "Annotated", "alice"),
        ask("/block", "Block", "Annotated", "bob")
    );
    assert_eq!(both, ("alice".to_owned(), "bob".to_owned()));
    assert_eq!(ask("/alice", "Greeter", "Annotated", "carol").await, "carol");
}
