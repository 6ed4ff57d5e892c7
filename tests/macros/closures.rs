//! Inner attributes: closures, `async` closures and `async` blocks of an annotated function.

use crate::{USER, run};
use contextvars::with_context;
use std::thread;

#[with_context]
fn on_a_thread() -> &'static str {
    drop(USER.set("alice"));
    thread::spawn(
        #[with_context]
        move || USER.get(),
    )
    .join()
    .unwrap()
}

#[test]
fn a_closure_carries_its_snapshot() {
    assert_eq!(on_a_thread(), "alice");
}

#[with_context]
fn calls() -> Vec<&'static str> {
    drop(USER.set("made"));
    #[with_context]
    let see = move |change: bool| {
        let before = USER.get();
        if change {
            drop(USER.set("changed"));
            return USER.get();
        }
        before
    };
    drop(USER.set("called"));
    vec![see(true), see(false), USER.get()]
}

#[with_context]
fn mutable_calls() -> [(u8, &'static str, &'static str); 2] {
    drop(USER.set("made"));
    let mut calls = 0;
    let mut see = #[with_context]
    move || {
        calls += 1;
        let before = USER.get();
        drop(USER.set("changed"));
        (calls, before, USER.get())
    };
    drop(USER.set("called"));
    [see(), see()]
}

/// Case 283: what a closure has by itself it keeps, what it has bound it does not.
#[test]
fn each_call_of_a_closure_that_changes_starts_from_the_snapshot() {
    assert_eq!(mutable_calls(), [(1, "made", "changed"), (2, "made", "changed")]);
}

/// Case 283
#[test]
fn each_call_starts_from_the_snapshot() {
    assert_eq!(calls(), ["changed", "made", "called"]);
}

#[with_context]
fn shapes() -> usize {
    let text = String::from("ab");
    let once = #[with_context]
    move || text;
    let mut sum = 0;
    let mut add = #[with_context]
    move |(a, _): (usize, u8), mut b: usize, &c: &usize| -> usize {
        b += a;
        sum += b + c;
        sum
    };
    let lens = ["a", "bc"].map(
        #[with_context]
        move |text| text.len(),
    );
    let reborrow = #[with_context]
    move |text: &mut String| -> usize {
        text.push('c');
        text.len()
    };
    once().len() + add((1, 0), 2, &3) + add((0, 0), 0, &1) + lens[1] + reborrow(&mut String::new())
}

/// Case 159
#[test]
fn closures_of_every_kind() {
    assert_eq!(shapes(), 2 + 6 + 7 + 2 + 1);
}

#[with_context]
fn in_arms_and_arrays(choice: u8) -> usize {
    let array = [
        #[with_context]
        move || USER.get().len(),
    ];
    let arm: Box<dyn Fn() -> usize> = Box::new(match choice {
        #[with_context]
        0 => move || 1,
        _ => return array[0](),
    });
    arm()
}

#[test]
fn match_arms_and_array_elements() {
    assert_eq!(in_arms_and_arrays(0), 1);
    assert_eq!(in_arms_and_arrays(1), "nobody".len());
}

#[with_context]
async fn async_closure() -> (usize, &'static str) {
    drop(USER.set("made"));
    let own = String::from("own");
    #[with_context]
    let len = async move |text: &str| -> Result<usize, std::num::ParseIntError> {
        std::future::ready(()).await;
        let parsed = text.parse::<usize>()?;
        Ok(parsed + own.len() + USER.get().len())
    };
    drop(USER.set("called, and longer"));
    let sum = len("1").await.unwrap() + len("2").await.unwrap();
    assert!(len("x").await.is_err());
    (sum, USER.get())
}

#[test]
fn async_closures() {
    assert_eq!(run(async_closure()), (1 + 2 + 2 * (3 + 4), "called, and longer"));
}

#[with_context]
async fn async_blocks() -> Vec<&'static str> {
    let local = String::from("borrowed");
    let borrowing = #[with_context]
    async {
        drop(USER.set("block"));
        std::future::ready(()).await;
        assert_eq!(local, "borrowed");
        USER.get()
    };
    #[with_context(USER = "bound")]
    let moving = async move { USER.get() };
    drop(USER.set("outer"));
    let read = vec![borrowing.await, moving.await, USER.get()];
    drop(local);
    read
}

#[test]
fn blocks() {
    assert_eq!(run(async_blocks()), ["block", "bound", "outer"]);
}

#[with_context]
fn nested() -> &'static str {
    let outer = #[with_context(USER = "outer")]
    move || {
        let inner = #[with_context]
        move || USER.get();
        drop(USER.set("changed"));
        inner()
    };
    outer()
}

#[test]
fn closures_in_closures() {
    assert_eq!(nested(), "outer");
}

#[with_context]
fn nested_fn() -> (&'static str, &'static str) {
    #[with_context(USER = "nested")]
    fn inner() -> &'static str {
        USER.get()
    }
    let see = #[with_context(fresh)]
    move || USER.get();
    drop(USER.set("outer"));
    (inner(), see())
}

#[test]
fn nested_items_are_left_to_the_compiler() {
    assert_eq!(nested_fn(), ("nested", "nobody"));
}

#[with_context]
fn expressions() -> i32 {
    let less = #[with_context]
    move |x: i32| if x > 0 { 1 } else { 2 } + 10;
    let parts = #[with_context]
    move |x: (i32, String)| match x {
        (n, text) if text.is_empty() => n,
        _ => 0,
    } + 10;
    less(1) + parts((1, String::new()))
}

#[test]
fn bodies_that_start_with_a_block() {
    assert_eq!(expressions(), 22);
}

#[with_context]
async fn in_parentheses() -> usize {
    (#[with_context(USER = "four")]
    async {
        USER.get()
    })
    .await
    .len()
}

#[test]
fn what_is_made_of_a_block() {
    assert_eq!(run(in_parentheses()), 4);
}
