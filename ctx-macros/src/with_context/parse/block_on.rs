//! The calls of `block_on` in a body, and the futures that they are given.

use super::nested::our_attribute;
use super::tokens::{argument, is_async_block, is_ident, is_punct};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use std::ops::Range;

/// The function that drives a future in every executor. The names of helpers that do so end in it.
const NAME: &str = "block_on";

/// A call of `block_on`.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) name: Ident,
    pub(crate) args: Group,
}

impl Call {
    /// The call whose arguments are at `at`.
    pub(crate) fn at(tokens: &[TokenTree], at: usize) -> Option<Self> {
        match (tokens.get(at.checked_sub(1)?)?, &tokens[at]) {
            (TokenTree::Ident(name), TokenTree::Group(args))
                if is_name(name) && args.delimiter() == Delimiter::Parenthesis =>
            {
                let (name, args) = (name.clone(), args.clone());
                Some(Self { name, args })
            }
            _ => None,
        }
    }

    /// Whether the future is an `async` block, annotated or not.
    pub(crate) fn drives_block(&self) -> bool {
        let future = future(&self.args);
        let is_annotated = our_attribute(&future).is_some();
        is_async_block(if is_annotated { &future[2..] } else { &future })
    }

    fn drives_variable(&self, name: &Ident) -> bool {
        matches!(&future(&self.args)[..], [TokenTree::Ident(future)] if future == name)
    }
}

/// A `let name = async { .. };`
pub(crate) struct LetBlock {
    name: Ident,
    /// From `async` to the end of its braces.
    pub(crate) range: Range<usize>,
    /// Whether a `#[with_context]` is on the block or on the `let`.
    pub(crate) is_annotated: bool,
}

impl LetBlock {
    /// The block whose `let` is at `at`.
    pub(crate) fn at(tokens: &[TokenTree], at: usize) -> Option<Self> {
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

    pub(crate) fn is_driven_by(&self, call: &Call) -> bool {
        call.drives_variable(&self.name)
    }
}

/// Whether `block_on` is among the tokens.
pub(crate) fn is_mentioned(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(name) => is_name(&name),
        TokenTree::Group(group) => is_mentioned(&group.stream()),
        _ => false,
    })
}

fn is_name(name: &Ident) -> bool {
    name.to_string().ends_with(NAME)
}

/// The future among the arguments of `block_on`: the last of them, as in `set.block_on(&runtime, future)`, or the one
/// that this runs, as in `block_on(executor.run(future))`.
fn future(args: &Group) -> Vec<TokenTree> {
    let future = split_last(&mut argument(args));
    match args_of_run(&future) {
        Some(args) => self::future(args),
        None => future,
    }
}

/// Takes the last of several arguments off.
pub(crate) fn split_last(args: &mut Vec<TokenTree>) -> Vec<TokenTree> {
    let comma = args.iter().rposition(|token| is_punct(Some(token), ','));
    args.split_off(comma.map_or(0, |comma| comma + 1))
}

/// The arguments of `executor.run(..)` and `set.run_until(..)`.
pub(crate) fn args_of_run(tokens: &[TokenTree]) -> Option<&Group> {
    match tokens {
        [.., dot, TokenTree::Ident(name), TokenTree::Group(args)]
            if is_punct(Some(dot), '.') && (name == "run" || name == "run_until") =>
        {
            Some(args)
        }
        _ => None,
    }
}

/// Tells, token by token, which ones belong to a nested function: from behind its `fn` to the end of its body.
#[derive(Default)]
pub(crate) struct NestedFn {
    is_inside: bool,
}

impl NestedFn {
    /// Takes the next token.
    pub(crate) fn contains(&mut self, token: &TokenTree) -> bool {
        let was_inside = self.is_inside;
        match token {
            TokenTree::Ident(ident) if ident == "fn" => self.is_inside = true,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => self.is_inside = false,
            TokenTree::Punct(punct) if punct.as_char() == ';' => self.is_inside = false,
            _ => {}
        }
        was_inside
    }
}
