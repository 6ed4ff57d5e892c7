//! `async fn`: a snapshot at the call, a context of its own, and a body that infers as it always did.

use crate::{USER, run};
use contextvars::with_context;
use std::cell::Cell;
use std::fmt::Debug;
use std::sync::Mutex;

#[with_context]
async fn user() -> &'static str {
    USER.get()
}

/// Case T20
#[test]
fn captures_at_the_call_and_not_at_the_first_poll() {
    let future = USER.sync_scope("alice", user);
    assert_eq!(run(future), "alice");
    assert_eq!(run(user()), "nobody");
}

#[with_context]
async fn set_and_get() -> &'static str {
    drop(USER.set("inner"));
    std::future::ready(()).await;
    USER.get()
}

#[test]
fn what_it_sets_stays_inside() {
    let seen = USER.sync_scope("outer", || (run(set_and_get()), USER.get()));
    assert_eq!(seen, ("inner", "outer"));
}

#[with_context]
async fn unit(done: &Cell<bool>) {
    done.set(true);
}

#[with_context]
async fn explicit_unit() -> () {}

#[with_context]
async fn empty() {}

#[test]
fn returns_unit() {
    let done = Cell::new(false);
    run(unit(&done));
    run(explicit_unit());
    run(empty());
    assert!(done.get());
}

#[with_context]
async fn boxed_fn() -> Box<dyn Fn(u8) -> u8> {
    Box::new(|x| x + 1)
}

#[with_context]
async fn fn_pointer() -> fn(u8) -> u8 {
    |x| x + 2
}

#[with_context]
async fn trait_object<'a>(x: &'a u8) -> &'a dyn Debug {
    x
}

#[with_context]
async fn question(text: &str) -> Result<u8, Box<dyn std::error::Error>> {
    if text.is_empty() {
        return Ok(0);
    }
    let parsed = text.parse::<u8>()?;
    Ok(parsed)
}

/// Case T23
#[test]
fn coerces_to_the_return_type() {
    assert_eq!(run(boxed_fn())(1), 2);
    assert_eq!(run(fn_pointer())(1), 3);
    assert_eq!(format!("{:?}", run(trait_object(&7))), "7");
    assert_eq!(run(question("5")).unwrap(), 5);
    assert_eq!(run(question("")).unwrap(), 0);
    assert!(run(question("x")).is_err());
}

#[with_context]
async fn opaque(x: &u8) -> impl Debug {
    *x
}

#[with_context]
async fn nested_opaque(x: &u8) -> Result<(impl Debug, Vec<impl Debug>), String> {
    Ok((*x, vec![*x]))
}

#[test]
fn returns_impl_trait() {
    assert_eq!(format!("{:?}", run(opaque(&1))), "1");
    let (one, many) = run(nested_opaque(&2)).unwrap();
    assert_eq!(format!("{one:?} {many:?}"), "2 [2]");
}

#[with_context]
async fn future_of_a_future(text: String) -> std::pin::Pin<Box<dyn Future<Output = usize>>> {
    Box::pin(async move { text.len() })
}

#[test]
fn returns_a_future() {
    assert_eq!(run(run(future_of_a_future("four".to_owned()))), 4);
}

#[with_context]
async fn diverges() -> ! {
    drop(USER.set("inner"));
    panic!("{}", USER.get())
}

#[test]
fn returns_never() {
    let caught = std::panic::catch_unwind(|| {
        run(async {
            diverges().await;
        });
    });
    assert_eq!(*caught.unwrap_err().downcast::<String>().unwrap(), "inner");
}

#[with_context]
async fn countdown(n: u8) -> u8 {
    if n == 0 {
        return 0;
    }
    1 + Box::pin(countdown(n - 1)).await
}

/// Case T26
#[test]
fn recurses_through_a_box() {
    assert_eq!(run(countdown(3)), 3);
}

#[with_context]
#[allow(dead_code)]
async fn unfinished() -> u8 {
    todo!()
}

#[with_context]
async fn nested_items() -> Vec<u8> {
    #![allow(clippy::items_after_statements)]
    struct Vec;
    let _ = Vec;
    use std::vec::Vec as List;
    List::from([1])
}

mod imported {
    #[derive(Debug)]
    pub(super) struct String;
    pub(super) struct Option;
}

#[with_context]
async fn glob_imports() -> Option<String> {
    use imported::*;
    let (shadowing, _) = (String, Option);
    Some(format!("{shadowing:?}"))
}

#[with_context]
fn sync_glob_imports(text: String) -> Option<String> {
    use imported::*;
    let _ = (String, Option);
    Some(text)
}

/// Case T23
#[test]
fn items_in_the_body_do_not_shadow_the_return_type() {
    assert_eq!(run(nested_items()), [1]);
    assert_eq!(run(glob_imports()).unwrap(), "String");
    assert_eq!(sync_glob_imports("text".to_owned()).unwrap(), "text");
}

#[with_context]
async fn locked(value: Mutex<u8>) -> u8 {
    *value.lock().unwrap()
}

#[test]
fn temporaries_of_the_tail_die_before_the_arguments() {
    assert_eq!(run(locked(Mutex::new(4))), 4);
}

async fn call<F: AsyncFn(&str) -> usize>(f: F) -> usize {
    f("four").await
}

async fn call_each<F, Fut>(f: F) -> usize
where
    F: Fn(u8) -> Fut,
    Fut: Future<Output = u8>,
{
    usize::from(f(3).await)
}

#[with_context]
async fn len(text: &str) -> usize {
    text.len()
}

#[test]
fn the_item_is_a_value() {
    assert_eq!(run(call(len)), 4);
    assert_eq!(run(call_each(countdown)), 3);
    let pointer: fn(u8) -> _ = countdown;
    assert_eq!(run(pointer(2)), 2);
}

/// Case T25
#[test]
fn is_send_where_its_body_is() {
    fn send<T: Send>(value: T) -> T {
        value
    }
    assert_eq!(run(send(user())), "nobody");
    assert_eq!(run(send(len("abc"))), 3);
}

#[with_context]
async fn keeps_a_cell_across_an_await(shared: std::rc::Rc<Cell<u8>>) -> u8 {
    std::future::ready(()).await;
    shared.get()
}

/// Case T25
#[test]
fn need_not_be_send() {
    assert_eq!(run(keeps_a_cell_across_an_await(std::rc::Rc::new(Cell::new(9)))), 9);
}

#[test]
fn futures_stay_small() {
    async fn plain(text: String) -> usize {
        std::future::ready(()).await;
        text.len()
    }
    #[with_context]
    async fn annotated(text: String) -> usize {
        std::future::ready(()).await;
        text.len()
    }
    let (plain, annotated) = (plain(String::new()), annotated(String::new()));
    assert!(size_of_val(&annotated) <= size_of_val(&plain) + 24);
    drop((plain, annotated));
}
