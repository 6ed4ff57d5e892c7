//! A chat room: each member's feed is a stream in that member's language, whoever reads from it.
//!
//! ```sh
//! cargo run --features futures --example streams
//! ```

use contextvars::{context_var, with_context};
use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::broadcast;
use tokio::task::yield_now;

#[context_var]
static LANGUAGE: &'static str = "en";
/// How many posts the feed has shown.
#[context_var]
static SHOWN: u32 = 0;

#[derive(Clone)]
enum Post {
    Joined(&'static str),
    Said(&'static str, &'static str),
}

/// Called deep below, without an argument for the language.
async fn show(post: Post) -> String {
    yield_now().await; // to ask a translator
    match (post, LANGUAGE.get()) {
        (Post::Joined(name), "cs") => format!("{name} je tu"),
        (Post::Joined(name), _) => format!("{name} is here"),
        (Post::Said(name, text), _) => format!("{name}: {text}"),
    }
}

fn posts(room: &broadcast::Sender<Post>) -> BoxStream<'static, Post> {
    let receiver = room.subscribe();
    let next = async |mut receiver: broadcast::Receiver<_>| Some((receiver.recv().await.ok()?, receiver));
    stream::unfold(receiver, next).boxed()
}

/// The attribute gives the feed a context of its own, which it keeps from item to item.
#[with_context]
fn feed(posts: BoxStream<'static, Post>) -> BoxStream<'static, String> {
    let numbered = async |post| {
        SHOWN.set(SHOWN.get() + 1);
        format!("{}, {}: {}", LANGUAGE.get(), SHOWN.get(), show(post).await)
    };
    posts.then(numbered).boxed()
}

/// One connection reads all feeds in turns, in a context of its own.
#[with_context(LANGUAGE = "the connection's")]
async fn connection(feeds: [BoxStream<'static, String>; 2]) -> Vec<String> {
    let lines = stream::select_all(feeds).collect().await;
    assert_eq!((LANGUAGE.get(), SHOWN.get()), ("the connection's", 0));
    lines
}

#[tokio::main]
async fn main() {
    let room = broadcast::Sender::new(8);

    let alices = feed(posts(&room)); // in the default language
    // A scope goes around a stream as it goes around a future.
    let belas = LANGUAGE.scope("cs", feed(posts(&room))).boxed();
    // A plain stream has no context of its own: it shares its reader's.
    let plain = posts(&room).then(show);

    let connection = tokio::spawn(connection([alices, belas]));
    for post in [Post::Joined("bela"), Post::Said("bela", "ahoj"), Post::Joined("carol")] {
        assert!(room.send(post).is_ok(), "there are listeners");
    }
    drop(room);

    let mut lines = connection.await.expect("the connection ends with the room");
    lines.sort();
    println!("{lines:#?}");
    assert_eq!(
        lines[..3],
        ["cs, 1: bela je tu", "cs, 2: bela: ahoj", "cs, 3: carol je tu"]
    );
    assert_eq!(
        lines[3..],
        ["en, 1: bela is here", "en, 2: bela: ahoj", "en, 3: carol is here"]
    );

    let plain: Vec<_> = LANGUAGE.scope("cs", plain.collect()).await;
    assert_eq!(plain, ["bela je tu", "bela: ahoj", "carol je tu"]);
}
