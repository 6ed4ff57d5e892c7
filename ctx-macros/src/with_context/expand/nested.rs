//! A `#[with_context]` inside an annotated function. What it is on is parsed and expanded; all other tokens stay as
//! they are.

use super::{closure, written_block};
use crate::errors::Errors;
use crate::with_context::options::Options;
use crate::with_context::parse::nested::{Annotated, Target, is_present, our_attribute};
use crate::with_context::parse::tokens::{is_ident, is_punct, regroup};
use crate::with_context::validate;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::VecDeque;
use syn::{Attribute, Expr};

/// Expands the attributes in `tokens`, and removes those that stand in the wrong place.
pub(crate) fn expand(tokens: TokenStream, options: &Options, errors: &mut Errors) -> TokenStream {
    Rewriter { options, errors }.rewrite(tokens, false)
}

struct Rewriter<'a> {
    options: &'a Options,
    errors: &'a mut Errors,
}

impl Rewriter<'_> {
    fn rewrite(&mut self, tokens: TokenStream, in_macro: bool) -> TokenStream {
        if !is_present(&tokens) {
            return tokens;
        }
        let mut left: VecDeque<TokenTree> = tokens.into_iter().collect();
        let mut done = Vec::new();
        while !left.is_empty() {
            if our_attribute(&left).is_some() {
                left = self.annotated(left, in_macro, &mut done);
            } else if let Some(token) = left.pop_front() {
                let token = self.descend(token, &done, in_macro);
                done.push(token);
            }
        }
        done.into_iter().collect()
    }

    /// Rewrites the inside of a group. The tokens before it, `done`, tell whether it is the input of a macro.
    fn descend(&mut self, token: TokenTree, done: &[TokenTree], in_macro: bool) -> TokenTree {
        match token {
            TokenTree::Group(group) if is_present(&group.stream()) => {
                let in_macro = in_macro || is_macro_call(done);
                regroup(&group, self.rewrite(group.stream(), in_macro)).into()
            }
            token => token,
        }
    }

    /// Moves the front of `tokens`, which is an attribute of ours, to `done`, expanded together with what it is on.
    /// Returns the tokens that are left.
    fn annotated(
        &mut self,
        mut tokens: VecDeque<TokenTree>,
        in_macro: bool,
        done: &mut Vec<TokenTree>,
    ) -> VecDeque<TokenTree> {
        let parsed = match Annotated::parse(tokens.iter().cloned().collect()) {
            Ok(Some(annotated)) if !in_macro => {
                done.extend(self.target(annotated.args, &annotated.attrs, annotated.target));
                return annotated.rest.into_iter().collect();
            }
            Ok(Some(_)) => Err(validate::IN_MACRO.to_owned()),
            Ok(None) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        let attribute: Vec<TokenTree> = tokens.drain(..2).collect();
        match parsed {
            // It is on an item: rustc expands it.
            Ok(()) => done.extend(attribute),
            Err(message) => self.errors.at(attribute.into_iter().collect::<TokenStream>(), message),
        }
        tokens
    }

    fn target(&mut self, args: TokenStream, attrs: &[Attribute], target: Target) -> TokenStream {
        let options = self.options.parse_nested(args, self.errors);
        match target {
            Target::Expr(expr) => {
                let expr = self.expression(expr, &options);
                quote!(#(#attrs)* #expr)
            }
            Target::Local(mut local) => {
                match &mut local.init {
                    Some(init) => self.replace(&mut init.expr, &options),
                    None => validate::refuse_let_without_value(&local.pat, self.errors),
                }
                quote!(#(#attrs)* #local)
            }
            Target::Arm(mut arm) => {
                self.replace(&mut arm.body, &options);
                quote!(#(#attrs)* #arm)
            }
        }
    }

    fn replace(&mut self, expr: &mut Expr, options: &Options) {
        let taken = std::mem::replace(expr, Expr::Verbatim(TokenStream::new()));
        *expr = Expr::Verbatim(self.expression(taken, options));
    }

    fn expression(&mut self, expr: Expr, options: &Options) -> TokenStream {
        match expr {
            Expr::Paren(expr) => self.expression(*expr.expr, options),
            Expr::Group(expr) => self.expression(*expr.expr, options),
            Expr::Closure(closure) if closure.capture.is_some() => {
                let body = self.rewrite(closure.body.to_token_stream(), false);
                closure::expand(closure, body, options)
            }
            Expr::Async(block) => {
                let block = self.rewrite(block.into_token_stream(), false);
                written_block::expand(options, block)
            }
            refused => {
                validate::refuse_nested(&refused, self.errors);
                self.rewrite(refused.into_token_stream(), false)
            }
        }
    }
}

/// Whether `name!` or `macro_rules! name` comes last. A `!` behind a keyword negates.
fn is_macro_call(tokens: &[TokenTree]) -> bool {
    const KEYWORDS: [&str; 10] = [
        "break", "else", "if", "in", "let", "match", "move", "return", "while", "yield",
    ];
    let is_name = |token: &TokenTree| match token {
        TokenTree::Ident(ident) => !KEYWORDS.iter().any(|keyword| ident == keyword),
        _ => false,
    };
    match tokens {
        [.., name, bang] if is_punct(Some(bang), '!') => is_name(name),
        [.., name, bang, TokenTree::Ident(_)] if is_punct(Some(bang), '!') => is_ident(Some(name), "macro_rules"),
        _ => false,
    }
}
