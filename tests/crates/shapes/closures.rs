//! Inner attributes: closures, `async` closures, `async` blocks and `let`.

use super::{USER, pause, run};
use ::contextvars::with_context;
use ::std::boxed::Box;
use ::std::mem::drop;
use ::std::num::ParseIntError;
use ::std::ops::Fn;
use ::std::prelude::v1::test;
use ::std::result::Result::{self, Ok};
use ::std::string::{String, ToString};
use ::std::{assert_eq, thread};

#[with_context]
fn on_a_thread() -> &'static str {
    drop(USER.set("alice"));
    let seen = thread::spawn(
        #[with_context]
        move || USER.get(),
    );
    drop(USER.set("bob"));
    seen.join().unwrap()
}

#[with_context]
fn calls(own: String) -> usize {
    #[with_context(USER = "four")]
    let add = move |(a, _): (usize, String), mut b: usize, &c: &usize| -> usize {
        if c == 0 {
            return own.len();
        }
        b += a;
        b + c + USER.get().len()
    };
    add((1, String::new()), 2, &3) + add((0, String::new()), 0, &0)
}

#[with_context]
fn in_arms(choice: bool) -> usize {
    let len: Box<dyn Fn(&str) -> usize> = Box::new(match choice {
        #[with_context]
        true => move |text: &str| text.len(),
        false => return 0,
    });
    len("four")
}

#[with_context]
async fn asynchronous() -> (usize, &'static str, &'static str) {
    drop(USER.set("made"));
    let own = "own".to_string();
    let len = #[with_context]
    async move |text: &str| -> Result<usize, ParseIntError> {
        pause().await;
        let parsed = text.parse::<usize>()?;
        Ok(parsed + own.len() + USER.get().len())
    };
    let block = #[with_context]
    async {
        pause().await;
        USER.get()
    };
    drop(USER.set("changed"));
    (len("1").await.unwrap(), block.await, USER.get())
}

#[test]
fn they_carry_their_snapshot() {
    assert_eq!(on_a_thread(), "alice");
    assert_eq!(calls("own".to_string()), 10 + 3);
    assert_eq!(in_arms(true) + in_arms(false), 4);
    assert_eq!(run(asynchronous()), (8, "made", "changed"));
}
