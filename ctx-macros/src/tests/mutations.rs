//! Random inputs: items and arguments in which tokens are removed, doubled, swapped and replaced.

use super::errors;
use crate::{context_var, with_context};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::collections::HashMap;

type Expand = fn(TokenStream, TokenStream) -> TokenStream;

/// Mutations of each input.
const ROUNDS: usize = 150;

const ARGS: [&str; 7] = [
    "",
    "fresh, crate = a::b, USER = |x, y| f::<u8, u8>(x, y), a::N = 1",
    "skip, fresh, fresh, USER, crate = \"quoted\", never",
    "redact, crate = ::some::path",
    "crate, redact = 1",
    "USER = user.name(), crate = $crate::x",
    "in_place, V = 1",
];

const ITEMS: [&str; 42] = [
    "pub async fn f<'a>(self, a: A, (b, _): (B, B), r: &'a R, n: u8) -> Result<impl Debug, E> where A: B { a; b }",
    "#[inline] pub(crate) default async unsafe extern \"C\" fn f<const N: usize>(#[cfg(a)] mut self: Arc<Self>) {}",
    "async fn f(x: impl Iterator<Item = &u8> + '_, _: impl Fn(&A) -> &B, t: for<'a> fn(&'a u8)) { x.next() }",
    "async fn f(ref a: A, ref mut b: B, c @ Some(d): C, [e, .., f]: [u8; 4], &g: &u8, r#type: T) -> ! { loop {} }",
    "async fn f() -> u8 { #![allow(x)] let a = #[with_context] || 1; vec![#[with_context] move || 2]; a }",
    "async fn f() { if let Some(x) = y else { z } = #[with_context(fresh)] async move { 1 }.await; }",
    "#[tokio::main(flavor = \"x\")] async fn main() -> Result<()> { work().await }",
    "#[test] #[tracing::instrument(skip(x), fields(a = 1))] async fn f(x: X) { x }",
    "#[with_context] #[must_use = \"it\"] async fn f() -> Box<dyn Fn(u8) -> u8 + '_> { Box::new(|x| x + 1) }",
    "#[track_caller] #[cfg_attr(a, track_caller)] fn f() { Location::caller() }",
    "fn f(&self, mut x: u8) -> Option<impl Iterator<Item = u8> + '_> { if x { return None; } Some(x) }",
    "fn f() -> Pin<Box<dyn Future<Output = u8> + Send + 'static>> { Box::pin(async move { 1 }) }",
    "fn f(a: A) -> futures::future::BoxFuture<'_, u8> { async move { a }.boxed() }",
    "fn f() -> impl futures::Stream<Item = Result<u8, E>> + use<> { stream! { yield 1; } }",
    "fn f() -> Self::Future { ::std::boxed::Box::pin(async move { 1 }) }",
    "fn f() -> Alias<'static, [u8; { N }]> { todo!() }",
    "fn main() { let body = async { 1 }; { return Builder::new().build().block_on(body); } }",
    "fn main() { block_on(ex.run(async move { 2 })); fn nested() { block_on(x) } set.block_on(&rt, async {}) }",
    "#[with_context] fn f() { #[with_context] let mut rt = async {}; rt.block_on(#[with_context] async { 3 }) }",
    "fn f() { g(#[with_context] move |x, _: u8| -> u8 { x }, #[with_context(fresh)] #[allow(a)] async {}) }",
    "fn f(x: u8) { match x { #[with_context(fresh)] 0 | 1 if x > 0 => async move { 2 }, _ => 3 } }",
    "fn f() { [#[with_context] move || 1, #[with_context] async move |a: &str| { a.len() }] }",
    "fn f() { #[with_context] let x; #[with_context] struct S; #[with_context] { 1 } #[with_context] one }",
    "pub trait T { const A: u8; #[with_context(skip)] async fn f(&self) {} fn g(); }",
    "impl T for S { #[with_context(V = 1)] async fn f(&self) {} fn g() -> it![] { 1 } }",
    "fn f() { (#[with_context] async { 1 }).await; #[with_context] Box::new(move || 1); #[with_context] m!() }",
    "const fn f() -> u8 { 1 }",
    "async fn f(&self) -> u8;",
    "unsafe impl<T: A<{ 1 }>> S<T> for R { #[with_context(skip)] pub async fn f(&self) {} const A: u8 = 1; m! {} }",
    "#[async_trait] impl S { #![allow(x)] fn f() -> BoxFuture<'_, ()> { g() } async fn h(); type T = u8; fn i() {} }",
    "pub struct S<'a>(&'a str);",
    "mod m { #[with_context] async fn f() {} }",
    "trait T: A { #[with_context] async fn f(&self) { 1 } }",
    "static CALL: fn() = || (#[with_context] move || 1)();",
    "#[with_context] let x = move |x| x + 1;",
    "move |x| { #[with_context] let y = async {}; y }",
    "#[doc = \"x\"] pub(in a::b) static mut NAME: Vec<(u8, [_; 3])> = { 1 + 2 };",
    "static r#type: &'static str = load(async { x.await }).await;",
    "static NAME: Box<dyn Fn(impl A) -> u8 + Send>;",
    "static NAME = Mutex::new(None);",
    "#[cfg(feature = \"x\")] /** text */ pub static NAME: T = { let a = 'a'; let b = \"b\\n\"; (a, b, 1.5, 0xff_u8, b'c') };",
    "macro_rules! m { ($x:expr) => { #[with_context] fn f() { $x } }; }",
];

#[test]
fn mutated_inputs() {
    let mut random = Random(1);
    let pool: Vec<TokenTree> = ITEMS
        .iter()
        .chain(&ARGS)
        .flat_map(|input| flatten(parse(input)))
        .collect();
    let expanders: [(Expand, &str); 2] = [
        (with_context::expand, "with_context"),
        (context_var::expand, "context_var"),
    ];
    let mut refused = 0;
    for item in ITEMS {
        for round in 0..ROUNDS {
            let mut item = parse(item);
            let mut args = parse(ARGS[random.below(ARGS.len())]);
            for _ in 0..round % 4 {
                item = mutated(item, &pool, &mut random);
            }
            if round % 3 == 0 {
                args = mutated(args, &pool, &mut random);
            }
            // The compiler gives a macro only what its lexer accepts.
            let (Ok(args), Ok(item)) = (args.to_string().parse(), item.to_string().parse()) else {
                continue;
            };
            for (expand, name) in expanders {
                refused += usize::from(is_refused(expand, name, &args, &item));
            }
        }
    }
    assert!(refused > ITEMS.len() * ROUNDS, "{refused}");
}

/// Whether the macro refuses the input. If it does, it must keep the item.
fn is_refused(expand: Expand, name: &str, args: &TokenStream, item: &TokenStream) -> bool {
    let expanded = expand(args.clone(), item.clone());
    let lexed: Result<TokenStream, _> = expanded.to_string().parse();
    assert!(lexed.is_ok(), "#[{name}({args})] {item}\n{expanded}");
    let errors = errors(&expanded);
    // The macro drops a type that no variable can have.
    if !errors.iter().any(|error| error.contains("type of a context variable")) && !errors.is_empty() {
        let left = words(&expanded);
        for (word, count) in words(item) {
            let found = left.get(&word).copied().unwrap_or(0);
            assert!(found >= count, "`{word}` is lost: #[{name}({args})] {item}\n{expanded}");
        }
    }
    !errors.is_empty()
}

/// How often each identifier and each literal occurs. Words that an expansion may drop don't count.
fn words(tokens: &TokenStream) -> HashMap<String, usize> {
    let mut words = HashMap::new();
    for token in flatten(without_ours(tokens.clone())) {
        let word = token.to_string();
        if !matches!(token, TokenTree::Group(_) | TokenTree::Punct(_))
            && !["async", "mut", "_"].contains(&word.as_str())
        {
            *words.entry(word).or_default() += 1;
        }
    }
    words
}

/// The tokens without the attributes that the macros remove.
fn without_ours(tokens: TokenStream) -> TokenStream {
    let mut left = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if is_ours(&group) && left.last().is_some_and(is_hash) => {
                drop(left.pop());
            }
            TokenTree::Group(group) => {
                left.push(Group::new(group.delimiter(), without_ours(group.stream())).into());
            }
            token => left.push(token),
        }
    }
    left.into_iter().collect()
}

fn is_hash(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == '#')
}

fn is_ours(group: &Group) -> bool {
    group.delimiter() == Delimiter::Bracket && group.stream().to_string().contains("with_context")
}

fn parse(text: &str) -> TokenStream {
    text.replace('$', "").parse().unwrap()
}

/// All tokens, also those inside of groups.
fn flatten(tokens: TokenStream) -> Vec<TokenTree> {
    let inside = |token: TokenTree| match &token {
        TokenTree::Group(group) => [vec![token.clone()], flatten(group.stream())].concat(),
        _ => vec![token],
    };
    tokens.into_iter().flat_map(inside).collect()
}

fn mutated(tokens: TokenStream, pool: &[TokenTree], random: &mut Random) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if tokens.is_empty() {
        return pool[random.below(pool.len())].clone().into();
    }
    let at = random.below(tokens.len());
    match &tokens[at] {
        TokenTree::Group(group) if random.below(4) > 0 => {
            tokens[at] = Group::new(group.delimiter(), mutated(group.stream(), pool, random)).into();
            return tokens.into_iter().collect();
        }
        _ => {}
    }
    match random.below(5) {
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(at, tokens[at].clone()),
        2 => {
            let with = random.below(tokens.len());
            tokens.swap(at, with);
        }
        3 => tokens.insert(at, pool[random.below(pool.len())].clone()),
        _ => tokens[at] = pool[random.below(pool.len())].clone(),
    }
    tokens.into_iter().collect()
}

/// `SplitMix64`: the same inputs in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }
}
