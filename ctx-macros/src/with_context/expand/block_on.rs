//! A function that starts an executor, as `#[tokio::main]`, `#[tokio::test]` and their like make one.
//!
//! Every task that the executor polls would run in a context that is entered around `block_on`. So the context goes on
//! the future that `block_on` is given.

use super::written_block::wrapped_block;
use crate::errors::Errors;
use crate::with_context::options::Options;
use crate::with_context::parse::block_on::{self, Call, LetBlock, NestedFn};
use crate::with_context::parse::function::Function;
use crate::with_context::parse::source;
use crate::with_context::parse::tokens::{argument, regroup};
use crate::with_context::validate;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};

/// Puts the context on the `async` blocks that are given to `block_on`. Returns `false` if the function calls none.
// Input:                          Output:
//     let body = async { .. };        let body = Capture::here().future(async { .. });
//     runtime.block_on(body)          runtime.block_on(body)
pub(super) fn expand(function: &mut Function, options: &Options, errors: &mut Errors) -> bool {
    let Some(body) = &mut function.body else {
        return false;
    };
    if let Some(statements) = with_annotated_namesake(&body.statements, &function.sig.ident, options) {
        body.statements = statements;
        return true;
    }
    if !block_on::is_mentioned(&body.statements) {
        return false;
    }
    let mut rewriter = Rewriter {
        options,
        unresolved: Vec::new(),
        found_call: false,
    };
    let statements = rewriter.rewrite(body.statements.clone());
    for call in &rewriter.unresolved {
        validate::refuse_block_on(call, errors);
    }
    if rewriter.found_call {
        body.statements = statements;
    }
    rewriter.found_call
}

struct Rewriter<'a> {
    options: &'a Options,
    /// The calls so far whose future is no `async` block that is in scope.
    unresolved: Vec<Call>,
    found_call: bool,
}

impl Rewriter<'_> {
    /// Wraps the blocks that are driven in a scope: a body, or a group inside of it.
    ///
    /// Two kinds of calls are left alone: those in nested functions, and those inside of a block that is driven itself,
    /// since its future makes them, as any `async fn` may.
    fn rewrite(&mut self, tokens: TokenStream) -> TokenStream {
        let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let blocks: Vec<LetBlock> = (0..tokens.len()).filter_map(|at| LetBlock::at(&tokens, at)).collect();
        let first_call = self.unresolved.len();
        let mut nested = NestedFn::default();
        for at in 0..tokens.len() {
            let is_in_block = blocks.iter().any(|block| block.range.contains(&at));
            if !is_in_block && !nested.contains(&tokens[at]) {
                self.descend(&mut tokens, at);
            }
        }
        for block in &blocks {
            if !self.unresolved[first_call..]
                .iter()
                .any(|call| block.is_driven_by(call))
            {
                block.range.clone().for_each(|at| self.descend(&mut tokens, at));
            }
        }
        let calls = self.unresolved.split_off(first_call);
        let is_resolved = |call: &Call| blocks.iter().any(|block| block.is_driven_by(call));
        self.unresolved
            .extend(calls.iter().filter(|call| !is_resolved(call)).cloned());
        let is_driven = |block: &LetBlock| calls.iter().any(|call| block.is_driven_by(call));
        let to_wrap = blocks.iter().filter(|block| is_driven(block) && !block.is_annotated);
        wrap(&tokens, to_wrap, self.options)
    }

    /// Rewrites the inside of the token at `at`, if it is a group.
    fn descend(&mut self, tokens: &mut [TokenTree], at: usize) {
        let TokenTree::Group(group) = &tokens[at] else { return };
        let call = Call::at(tokens, at);
        if call.is_none() && !block_on::is_mentioned(&group.stream()) {
            return;
        }
        self.found_call |= call.is_some();
        let inside = if call.as_ref().is_some_and(Call::drives_block) {
            wrap_argument(group, self.options).unwrap_or_else(|| group.stream())
        } else {
            self.unresolved.extend(call);
            self.rewrite(group.stream())
        };
        tokens[at] = regroup(group, inside).into();
    }
}

/// Annotates a nested `async fn` of the function's own name, if another macro has made one: that macro has moved the
/// body there, and passes the nested function to whatever drives it.
// Input:                                           Output:
//     fn f() { async fn f(a: A) { .. } run(f) }        fn f() { #[with_context] async fn f(a: A) { .. } run(f) }
fn with_annotated_namesake(statements: &TokenStream, name: &Ident, options: &Options) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = statements.clone().into_iter().collect();
    let is_namesake = |three: &[TokenTree]| match three {
        [
            TokenTree::Ident(first),
            TokenTree::Ident(second),
            TokenTree::Ident(third),
        ] => first == "async" && second == "fn" && third == name && source::is_generated(first.span(), "async"),
        _ => false,
    };
    let at = tokens.windows(3).position(is_namesake)?;
    let (before, namesake) = tokens.split_at(at);
    let mut annotated: TokenStream = before.iter().cloned().collect();
    annotated.extend(options.attribute());
    annotated.extend(namesake.iter().cloned());
    Some(annotated)
}

/// The arguments of `block_on` with the future among them wrapped, if it is an `async` block without an attribute.
fn wrap_argument(args: &Group, options: &Options) -> Option<TokenStream> {
    let mut tokens = argument(args);
    let mut future = block_on::split_last(&mut tokens);
    if let Some(args) = block_on::args_of_run(&future) {
        let args = regroup(args, wrap_argument(args, options)?);
        future.pop();
        tokens.extend(future);
        tokens.push(args.into());
    } else {
        tokens.extend(wrapped_block(options, future)?);
    }
    Some(tokens.into_iter().collect())
}

/// Wraps `blocks`, which come in the order of the tokens.
fn wrap<'a>(tokens: &[TokenTree], blocks: impl Iterator<Item = &'a LetBlock>, options: &Options) -> TokenStream {
    let mut wrapped = TokenStream::new();
    let mut at = 0;
    for LetBlock { range, .. } in blocks {
        wrapped.extend(tokens[at..range.start].iter().cloned());
        wrapped.extend(wrapped_block(options, tokens[range.clone()].to_vec()));
        at = range.end;
    }
    wrapped.extend(tokens[at..].iter().cloned());
    wrapped
}
