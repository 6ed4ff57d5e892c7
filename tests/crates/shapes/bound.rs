//! `bind!`: closures of every kind and `async` blocks, and the futures that they return.

use super::{USER, pause, run};
use ::contextvars::bind;
use ::std::boxed::Box;
use ::std::future::Future;
use ::std::marker::Send;
use ::std::ops::Fn;
use ::std::pin::Pin;
use ::std::prelude::v1::test;
use ::std::string::{String, ToString};
use ::std::{assert_eq, thread, unreachable};

type Boxed = Pin<Box<dyn Future<Output = (u8, &'static str)> + Send>>;

async fn see(number: u8) -> (u8, &'static str) {
    pause().await;
    (number, USER.get())
}

fn calls() -> (usize, usize, &'static str) {
    let mut sum = 0;
    let own: String = "own".to_string();
    let mut add = bind!(|(a, _): (usize, String), mut b: usize, &c: &usize| {
        b += a;
        sum += b + c + USER.get().len();
    });
    add((1, String::new()), 2, &3);
    let moved = bind!(move |text: &str| -> usize { text.len() + own.len() });
    (sum, moved("four"), bind!(|| USER.get())())
}

fn futures() -> [Boxed; 4] {
    let boxes: [Box<dyn Fn(u8) -> Boxed>; 3] = [
        Box::new(bind!(|number| Box::pin(see(number)))),
        Box::new(bind!(move |number| Box::pin(async move { see(number).await }))),
        Box::new(bind!(|number| -> Boxed { Box::pin(see(number)) })),
    ];
    let call = bind!(|number| match number {
        0 => unreachable!(),
        other => see(other),
    });
    let [one, two, three] = boxes;
    [one(1), two(2), three(3), Box::pin(call(4))]
}

async fn blocks() -> [(u8, &'static str); 2] {
    let number = 1;
    let borrowed = bind!(async { see(number).await });
    let closure = bind!(async move |number: u8| see(number).await);
    [borrowed.await, closure(2).await]
}

#[test]
fn bound() {
    USER.sync_scope("alice", || {
        assert_eq!(calls(), (1 + 2 + 3 + 5, 7, "alice"));
        assert_eq!(thread::spawn(bind!(|| USER.get())).join().unwrap(), "alice");
    });
    let (made, futures) = USER.sync_scope("alice", || (bind!(async { blocks().await }), futures()));
    USER.sync_scope("bob", || assert_eq!(run(made), [(1, "alice"), (2, "alice")]));
    assert_eq!(
        futures.map(run),
        [(1, "alice"), (2, "alice"), (3, "alice"), (4, "alice")]
    );
}
