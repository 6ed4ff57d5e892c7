//! Parameters, generics and qualifiers.

use crate::run;
use contextvars::with_context;
use std::collections::HashMap;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;

#[with_context]
async fn elided(text: &str, _other: &mut u8) -> usize {
    text.len()
}

#[with_context]
async fn output<'a>(text: &'a str, _other: &str) -> &'a str {
    text
}

#[with_context]
async fn outlives<'a, 'b: 'a>(a: &'a str, b: &'b str) -> &'a str {
    if a.is_empty() { b } else { a }
}

#[with_context]
async fn elided_output(map: &HashMap<u8, String>) -> Option<&String> {
    map.get(&1)
}

#[with_context]
async fn mutable(list: &mut Vec<u8>, mut item: u8) -> &mut u8 {
    item += 1;
    list.push(item);
    list.last_mut().unwrap()
}

/// Cases T21, T24
#[test]
fn lifetimes() {
    let map = HashMap::from([(1, "one".to_owned())]);
    let mut list = vec![];
    assert_eq!(run(elided("abc", &mut 0)), 3);
    assert_eq!(run(output("abc", "")), "abc");
    assert_eq!(run(outlives("", "b")), "b");
    assert_eq!(run(elided_output(&map)).unwrap(), "one");
    *run(mutable(&mut list, 1)) += 1;
    assert_eq!(list, [3]);
}

#[with_context]
async fn impl_argument(x: impl Debug, y: &impl Display) -> String {
    format!("{x:?}{y}")
}

#[with_context]
async fn impl_with_elided<'__elided0>(
    x: impl Debug + '_,
    items: impl Iterator<Item = &u8>,
    call: impl Fn(&str) -> &str,
    text: &'__elided0 str,
) -> String {
    let items: Vec<_> = items.collect();
    format!("{x:?}{items:?}{}", call(text))
}

#[test]
fn impl_trait_arguments() {
    assert_eq!(run(impl_argument(1, &"x")), "1x");
    assert_eq!(run(impl_with_elided(&1, [1].iter(), |text| text, "t")), "1[1]t");
}

struct Point {
    x: i32,
    y: i32,
}

struct Tuple(#[allow(dead_code)] i32, i32);

#[with_context]
async fn patterns(
    (a, b): (i32, i32),
    Point { x, .. }: Point,
    [first, ..]: [i32; 3],
    &copied: &i32,
    Tuple(_, second): Tuple,
    whole @ Point { y, .. }: Point,
    (left, _): &(String, i32),
) -> i32 {
    a + b + x + first + copied + second + y + whole.x + i32::try_from(left.len()).unwrap()
}

#[with_context]
fn sync_patterns((a, mut b): (i32, i32), Point { x, .. }: Point, mut n: i32, _: i32) -> i32 {
    b += 1;
    n += 1;
    a + b + x + n
}

#[allow(clippy::toplevel_ref_arg)]
#[with_context]
async fn by_ref(ref a: String, ref mut b: String, ref c @ ref d: String) -> usize {
    b.push('!');
    a.len() + b.len() + c.len() * d.len()
}

/// Case T21
#[test]
fn patterns_in_parameters() {
    let point = || Point { x: 1, y: 2 };
    assert_eq!(
        run(patterns(
            (1, 1),
            point(),
            [1, 0, 0],
            &1,
            Tuple(0, 1),
            point(),
            &(String::new(), 0)
        )),
        9
    );
    assert_eq!(sync_patterns((1, 1), point(), 1, 0), 6);
    assert_eq!(run(by_ref("a".to_owned(), "b".to_owned(), "c".to_owned())), 4);
}

#[with_context]
async fn raw(r#type: String, r#match: u8) -> usize {
    r#type.len() + usize::from(r#match)
}

#[with_context]
async fn r#move(text: String) -> String {
    format!("{text}!")
}

#[test]
fn raw_identifiers() {
    assert_eq!(run(raw("abc".to_owned(), 1)), 4);
    assert_eq!(run(r#move("a".to_owned())), "a!");
}

#[with_context]
async fn generic<T, const N: usize>(items: [T; N]) -> Vec<T>
where
    T: Clone + Default,
    [T; N]: Sized,
{
    let mut items = items.to_vec();
    items.push(T::default());
    items
}

#[with_context]
async fn higher_ranked<F>(f: F) -> usize
where
    F: for<'a> Fn(&'a str) -> &'a str,
{
    f("abc").len()
}

#[with_context]
async fn associated<I: IntoIterator>(items: I) -> Option<I::Item> {
    items.into_iter().next()
}

#[with_context]
fn generic_sync<T: Into<String>>(text: T) -> Result<String, PhantomData<T>> {
    Ok(text.into())
}

/// Case T21
#[test]
fn generics() {
    assert_eq!(run(generic([1, 2])), [1, 2, 0]);
    assert_eq!(run(higher_ranked(|text| &text[1..])), 2);
    assert_eq!(run(associated([1])), Some(1));
    assert_eq!(generic_sync("a"), Ok("a".to_owned()));
}

#[with_context]
async extern "C" fn with_abi(n: u8) -> u8 {
    n
}

#[with_context]
extern "C" fn with_abi_sync(n: u8) -> u8 {
    n
}

/// Case T21
#[test]
fn qualifiers() {
    assert_eq!(run(with_abi(1)) + with_abi_sync(1), 2);
}

#[with_context]
async fn not_sync(cell: std::cell::Cell<u8>, n: String) -> usize {
    std::future::ready(()).await;
    usize::from(cell.get()) + n.len()
}

#[test]
fn arguments_need_not_be_sync() {
    fn send<F: Future + Send>(future: F) -> F::Output {
        run(future)
    }
    assert_eq!(send(not_sync(std::cell::Cell::new(1), "a".to_owned())), 2);
}
