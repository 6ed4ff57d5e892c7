//! What is refused, and the messages that say so. The messages about options are in `options.rs`.
//!
//! A refused item is emitted all the same, so that its uses don't fail too. `tests/ui/fail` pins each message.

use super::parse::attributes;
use super::parse::block_on::Call;
use super::parse::function::Function;
use super::parse::impl_block::ImplBlock;
use super::parse::source::{is_generated, is_generated_token, is_moved_elsewhere};
use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::{Error, Expr, Pat};

/// A `#[with_context]` among the tokens that a macro is given.
pub(super) const IN_MACRO: &str = "`#[with_context]` can't be seen inside a macro call: \
                                   bind the closure or the block with `let` first, and annotate it there";

/// What syntax allows inside an annotated function alone.
pub(super) const OUTSIDE: &str = "`#[with_context]` on closures, blocks and `let` works inside an annotated `fn`, \
                                  outside of macro calls: annotate the function, or bind the closure first";

const COPIED: &str = "another macro has copied this attribute: \
                      write `#[with_context(in_place)]` above that macro, on the `impl` block or the trait";

const MOVED: &str = "another macro runs this body on a thread or in a task of its own, where the context does not \
                     reach: write `#[with_context(in_place)]` above that macro";

/// Refuses an item that is neither a function nor an `impl` block.
pub(super) fn refuse_item(keyword: &Ident, errors: &mut Errors) {
    if is_generated_token(&TokenTree::Ident(keyword.clone())) {
        return errors.at(keyword, COPIED);
    }
    let hint = if keyword == "mod" || keyword == "trait" {
        ": annotate the functions in it"
    } else {
        ""
    };
    let message = format!("expected a function or an `impl` block, found `{keyword}`{hint}");
    errors.at(keyword, message);
}

/// Refuses a `let` outside of an annotated function.
pub(super) fn refuse_statement_outside(statement: &TokenStream, errors: &mut Errors) {
    errors.at(first_token(statement), OUTSIDE);
}

/// Refuses an expression outside of an annotated function.
pub(super) fn refuse_expression_outside(expression: &TokenStream, errors: &mut Errors) {
    let first = first_token(expression);
    let is_copied = first.as_ref().is_some_and(is_generated_token);
    errors.at(first, if is_copied { COPIED } else { OUTSIDE });
}

fn first_token(tokens: &TokenStream) -> Option<TokenTree> {
    tokens.clone().into_iter().next()
}

pub(super) fn remove_second_attribute(function: &mut Function, errors: &mut Errors) {
    function.attrs.retain(|attr| {
        let is_ours = attributes::is_ours(attr);
        if is_ours {
            errors.at(attr, "`#[with_context]` is applied twice: once is enough");
        }
        !is_ours
    });
}

/// Refuses functions that have no body, or one that can't be moved into a closure.
pub(super) fn can_run_in_context(function: &Function, errors: &mut Errors) -> bool {
    if let Some(constness) = &function.sig.constness {
        errors.at(
            constness,
            "a `const fn` can't run in a context: remove `const`, or the attribute",
        );
        return false;
    }
    if let Some(semicolon) = &function.semicolon {
        let message = if is_generated(semicolon.span, ";") {
            COPIED
        } else {
            "a method without a body has nothing to run in a context: annotate the method in the `impl`"
        };
        errors.at(&function.sig.ident, message);
        return false;
    }
    true
}

/// The attribute would have no effect, and nobody would notice: the body becomes a closure or a future, which it does
/// not apply to.
pub(super) fn refuse_track_caller(function: &Function, errors: &mut Errors) {
    for attr in function.attrs.iter().filter(|attr| attributes::is_track_caller(attr)) {
        let message = "`#[track_caller]` has no effect on a body that runs in a context: put it on a plain function \
                       that calls this one, and pass on `Location::caller()`";
        errors.at(attr, message);
    }
}

/// Refuses a body that another macro runs in a task or on a thread of its own.
pub(super) fn refuse_moved_body(function: &Function, errors: &mut Errors) {
    let body = function.body.as_ref();
    if body.is_some_and(|body| is_moved_elsewhere(&body.statements)) {
        errors.at(&function.sig.ident, MOVED);
    }
}

/// Refuses a block of whose methods none is `async` or returns a future.
pub(super) fn refuse_block_without_futures(block: &ImplBlock, errors: &mut Errors) {
    let message = if block.is_trait() {
        "this trait has no `async fn` with a body, and no method with one that returns a future"
    } else {
        "this `impl` block has no `async fn`, and no method that returns a future"
    };
    errors.at(&block.head, message);
}

/// Refuses a call of `block_on` whose future can't be wrapped: every task that the executor runs would be in the
/// context of this function.
pub(super) fn refuse_block_on(call: &Call, errors: &mut Errors) {
    let message = "`block_on` would run every task of its executor in this function's context: \
                   give it the annotated future, `block_on(#[with_context] async { .. })`";
    errors.at(&call.name, message);
}

pub(super) fn refuse_let_without_value(pat: &Pat, errors: &mut Errors) {
    errors.at(pat, "this `let` has no value to run in a context");
}

/// Refuses an annotated expression that is neither a `move` closure nor an `async` block.
pub(super) fn refuse_nested(expr: &Expr, errors: &mut Errors) {
    let found = match expr {
        Expr::Closure(closure) => {
            let (begin, inputs, end) = (&closure.inputs_begin, &closure.inputs, &closure.inputs_end);
            let message = "an annotated closure must be `move`: it carries its snapshot away, \
                           so it can't borrow from where it is made";
            return errors.at(quote!(#begin #inputs #end), message);
        }
        Expr::Call(_) => "a call: put the attribute on the closure or block among its arguments",
        Expr::Await(_) | Expr::MethodCall(_) | Expr::Try(_) | Expr::Field(_) => {
            "an operation on one: put it in parentheses together with its attribute, `(#[with_context] ..)`"
        }
        Expr::Macro(_) => "a macro call: bind the closure or block with `let` before it, and annotate that",
        Expr::Path(_) => "a name: annotate the closure or block where it is made",
        Expr::Block(_) => "a plain block: did you mean `async { .. }`?",
        _ => "something else",
    };
    let message = format!("expected a `move` closure or an `async` block, found {found}");
    errors.push(Error::new_spanned(expr, message));
}
