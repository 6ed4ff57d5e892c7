//! Functions that drive an executor. A context around `block_on` would be lent to every task that the executor polls,
//! so it goes on the future that is driven. `#[tokio::main]`, `#[tokio::test]` and their like leave such functions.

use super::inner::our_attribute;
use super::item::Function;
use super::made;
use super::options::Options;
use super::tokens::{argument, is_ident, is_punct};
use super::wrap::{is_async_block, regroup, wrapped_block};
use crate::errors::Errors;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use std::ops::Range;

/// What drives a future, in every executor, or what the name of a helper ends in that does so.
const NAME: &str = "block_on";

const REFUSED: &str = "`block_on` would lend this function's context to every task that its executor runs: \
                       give it the annotated future, `block_on(#[with_context] async { .. })`";

/// Puts the context on the blocks that reach `block_on`. Gives `false` if nothing is driven here.
// Input:                          Output:
//     let body = async { .. };        let body = Capture::here().future(async { .. });
//     runtime.block_on(body)          runtime.block_on(body)
pub(super) fn expand(function: &mut Function, options: &Options, errors: &mut Errors) -> bool {
    let Some(body) = &mut function.body else {
        return false;
    };
    if let Some(statements) = with_namesake(&body.statements, &function.sig.ident, options) {
        body.statements = statements;
        return true;
    }
    if !mentions_driver(&body.statements) {
        return false;
    }
    let mut driver = Driver {
        options,
        calls: Vec::new(),
        drives: false,
    };
    let statements = driver.scope(body.statements.clone());
    for (name, _) in driver.calls {
        errors.at(name, REFUSED);
    }
    if driver.drives {
        body.statements = statements;
    }
    driver.drives
}

struct Driver<'a> {
    options: &'a Options,
    /// The calls of `block_on` that nothing is known to be driven by yet, with what they are given.
    calls: Vec<(Ident, Group)>,
    /// Whether there is any call.
    drives: bool,
}

impl Driver<'_> {
    /// Wraps what is driven in a body, or in a group inside it, but for what nested functions drive.
    ///
    /// The calls inside of what is driven are left alone: they are made by the future, as in any `async fn`.
    fn scope(&mut self, tokens: TokenStream) -> TokenStream {
        let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let blocks: Vec<Block> = (0..tokens.len()).filter_map(|at| Block::at(&tokens, at)).collect();
        let first_call = self.calls.len();
        let mut nested = NestedFn::default();
        for at in 0..tokens.len() {
            let is_in_block = blocks.iter().any(|block| block.range.contains(&at));
            if !is_in_block && !nested.contains(&tokens[at]) {
                self.descend(&mut tokens, at);
            }
        }
        for block in &blocks {
            if !block.is_driven_by(&self.calls[first_call..]) {
                block.range.clone().for_each(|at| self.descend(&mut tokens, at));
            }
        }
        let calls = self.calls.split_off(first_call);
        let is_known = |args: &Group| blocks.iter().any(|block| is_variable(args, &block.name));
        self.calls
            .extend(calls.iter().filter(|(_, args)| !is_known(args)).cloned());
        let driven = blocks.into_iter().filter(|block| block.is_driven_by(&calls));
        wrap(&tokens, driven.filter(|block| !block.is_annotated), self.options)
    }

    /// Wraps what is driven inside the token at `at`, if it is a group.
    fn descend(&mut self, tokens: &mut [TokenTree], at: usize) {
        let TokenTree::Group(group) = &tokens[at] else { return };
        let called = called(tokens, at);
        if called.is_none() && !mentions_driver(&group.stream()) {
            return;
        }
        self.drives |= called.is_some();
        let inside = if called.is_some() && is_block(group) {
            wrap_driven(group, self.options).unwrap_or_else(|| group.stream())
        } else {
            self.calls.extend(called.map(|name| (name, group.clone())));
            self.scope(group.stream())
        };
        tokens[at] = regroup(group, inside).into();
    }
}

/// Puts the context on a nested `async fn` of the function's own name, if a macro has made one: it has moved the body there,
/// and passes it to whatever drives it.
// Input:                                           Output:
//     fn f() { async fn f(a: A) { .. } run(f) }        fn f() { #[with_context] async fn f(a: A) { .. } run(f) }
fn with_namesake(statements: &TokenStream, name: &Ident, options: &Options) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = statements.clone().into_iter().collect();
    let is_namesake = |three: &[TokenTree]| match three {
        [
            TokenTree::Ident(first),
            TokenTree::Ident(second),
            TokenTree::Ident(third),
        ] => first == "async" && second == "fn" && third == name && made::is_made(first.span(), "async"),
        _ => false,
    };
    let at = tokens.windows(3).position(is_namesake)?;
    let (before, namesake) = tokens.split_at(at);
    let mut with_namesake: TokenStream = before.iter().cloned().collect();
    with_namesake.extend(options.attribute());
    with_namesake.extend(namesake.iter().cloned());
    Some(with_namesake)
}

fn is_driver(name: &Ident) -> bool {
    name.to_string().ends_with(NAME)
}

fn mentions_driver(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(name) => is_driver(&name),
        TokenTree::Group(group) => mentions_driver(&group.stream()),
        _ => false,
    })
}

/// Whether one is between a `fn` and the end of its body.
#[derive(Default)]
struct NestedFn(bool);

impl NestedFn {
    /// Takes the next token, and tells whether it belongs to a nested function.
    fn contains(&mut self, token: &TokenTree) -> bool {
        let was_inside = self.0;
        match token {
            TokenTree::Ident(ident) if ident == "fn" => self.0 = true,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => self.0 = false,
            TokenTree::Punct(punct) if punct.as_char() == ';' => self.0 = false,
            _ => {}
        }
        was_inside
    }
}

/// The `block_on` in front of the arguments at `at`.
fn called(tokens: &[TokenTree], at: usize) -> Option<Ident> {
    match (tokens.get(at.checked_sub(1)?)?, &tokens[at]) {
        (TokenTree::Ident(name), TokenTree::Group(args))
            if is_driver(name) && args.delimiter() == Delimiter::Parenthesis =>
        {
            Some(name.clone())
        }
        _ => None,
    }
}

fn is_variable(args: &Group, name: &Ident) -> bool {
    matches!(&driven(args)[..], [TokenTree::Ident(future)] if future == name)
}

/// Whether an `async` block is driven, annotated or not.
fn is_block(args: &Group) -> bool {
    let future = driven(args);
    let is_annotated = our_attribute(&future).is_some();
    is_async_block(if is_annotated { &future[2..] } else { &future })
}

/// The future among the arguments of `block_on`: the last of them, as in `set.block_on(&runtime, future)`, or what that
/// runs, as in `block_on(executor.run(future))`.
fn driven(args: &Group) -> Vec<TokenTree> {
    let future = split_last(&mut argument(args));
    match runs(&future) {
        Some(args) => driven(args),
        None => future,
    }
}

/// The arguments with the future among them wrapped, if it is an `async` block.
fn wrap_driven(args: &Group, options: &Options) -> Option<TokenStream> {
    let mut tokens = argument(args);
    let mut future = split_last(&mut tokens);
    if let Some(args) = runs(&future) {
        let args = regroup(args, wrap_driven(args, options)?);
        future.pop();
        tokens.extend(future);
        tokens.push(args.into());
    } else {
        tokens.extend(wrapped_block(options, future)?);
    }
    Some(tokens.into_iter().collect())
}

fn split_last(args: &mut Vec<TokenTree>) -> Vec<TokenTree> {
    let comma = args.iter().rposition(|token| is_punct(Some(token), ','));
    args.split_off(comma.map_or(0, |comma| comma + 1))
}

/// What `executor.run(..)` and `set.run_until(..)` are given.
fn runs(tokens: &[TokenTree]) -> Option<&Group> {
    match tokens {
        [.., dot, TokenTree::Ident(name), TokenTree::Group(args)]
            if is_punct(Some(dot), '.') && (name == "run" || name == "run_until") =>
        {
            Some(args)
        }
        _ => None,
    }
}

/// `let name = async { .. };`
struct Block {
    name: Ident,
    /// From `async` to the end of its braces.
    range: Range<usize>,
    is_annotated: bool,
}

impl Block {
    /// The block whose `let` is at `at`.
    fn at(tokens: &[TokenTree], at: usize) -> Option<Self> {
        if !is_ident(tokens.get(at), "let") {
            return None;
        }
        let after_mut = at + 1 + usize::from(is_ident(tokens.get(at + 1), "mut"));
        let Some(TokenTree::Ident(name)) = tokens.get(after_mut) else {
            return None;
        };
        if !is_punct(tokens.get(after_mut + 1), '=') {
            return None;
        }
        let value = after_mut + 2;
        let is_inside = our_attribute(&tokens[value..]).is_some();
        let start = value + if is_inside { 2 } else { 0 };
        let end = start + tokens[start..].iter().position(|token| is_punct(Some(token), ';'))?;
        let is_outside = at
            .checked_sub(2)
            .is_some_and(|attr| our_attribute(&tokens[attr..]).is_some());
        is_async_block(&tokens[start..end]).then(|| Self {
            name: name.clone(),
            range: start..end,
            is_annotated: is_inside || is_outside,
        })
    }

    fn is_driven_by(&self, calls: &[(Ident, Group)]) -> bool {
        calls.iter().any(|(_, args)| is_variable(args, &self.name))
    }
}

/// Wraps `blocks`, which come in the order of the tokens.
fn wrap(tokens: &[TokenTree], blocks: impl Iterator<Item = Block>, options: &Options) -> TokenStream {
    let mut wrapped = TokenStream::new();
    let mut at = 0;
    for Block { range, .. } in blocks {
        wrapped.extend(tokens[at..range.start].iter().cloned());
        wrapped.extend(wrapped_block(options, tokens[range.clone()].to_vec()));
        at = range.end;
    }
    wrapped.extend(tokens[at..].iter().cloned());
    wrapped
}
