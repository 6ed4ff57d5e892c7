//! `#[with_context]` inside an annotated function. Only what it annotates is parsed, all other tokens stay as they are.

use super::closure;
use super::options::Options;
use super::target::{Annotated, Target};
use super::tokens::{is_ident, is_punct};
use super::wrap::{regroup, wrapped_block};
use crate::errors::Errors;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::VecDeque;
use syn::{Attribute, Error, Expr};

const IN_MACRO: &str = "`#[with_context]` can't be seen inside a macro call: \
                        bind the closure or the block with `let` first, and annotate it there";

/// Expands the inner attributes in `tokens`, and removes those that stand in the wrong place.
pub(super) fn expand(tokens: TokenStream, options: &Options, errors: &mut Errors) -> TokenStream {
    Inner { options, errors }.rewrite(tokens, false)
}

/// The brackets of the `#[with_context]` that `tokens` start with.
pub(super) fn our_attribute<'a>(tokens: impl IntoIterator<Item = &'a TokenTree>) -> Option<&'a Group> {
    let mut tokens = tokens.into_iter();
    let (hash, Some(TokenTree::Group(brackets))) = (tokens.next(), tokens.next()) else {
        return None;
    };
    let is_attribute = is_punct(hash, '#') && brackets.delimiter() == Delimiter::Bracket;
    let is_path = |token: &TokenTree| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    };
    let last = brackets.stream().into_iter().take_while(is_path).last();
    (is_attribute && is_ident(last.as_ref(), "with_context")).then_some(brackets)
}

/// Whether any `#[with_context]` is among the tokens. Other things have that name too: `anyhow` has a method.
pub(super) fn is_present(tokens: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Punct(_) => our_attribute(&tokens[at..]).is_some(),
        TokenTree::Group(group) => is_present(&group.stream()),
        _ => false,
    })
}

struct Inner<'a> {
    options: &'a Options,
    errors: &'a mut Errors,
}

impl Inner<'_> {
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

    /// Rewrites the inside of a group, which may be the arguments of a macro: `done` is what is in front of it.
    fn descend(&mut self, token: TokenTree, done: &[TokenTree], in_macro: bool) -> TokenTree {
        match token {
            TokenTree::Group(group) if is_present(&group.stream()) => {
                let in_macro = in_macro || is_macro_call(done);
                regroup(&group, self.rewrite(group.stream(), in_macro)).into()
            }
            token => token,
        }
    }

    /// Expands what the attribute at the front of `tokens` annotates, and gives the tokens behind that.
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
            Ok(Some(_)) => Err(IN_MACRO.to_owned()),
            Ok(None) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        let attribute: Vec<TokenTree> = tokens.drain(..2).collect();
        match parsed {
            // An item: rustc expands its attribute.
            Ok(()) => done.extend(attribute),
            Err(message) => self.errors.at(attribute.into_iter().collect::<TokenStream>(), message),
        }
        tokens
    }

    fn target(&mut self, args: TokenStream, attrs: &[Attribute], target: Target) -> TokenStream {
        let options = self.options.parse_inside(args, self.errors);
        match target {
            Target::Expr(expr) => {
                let expr = self.expression(expr, &options);
                quote!(#(#attrs)* #expr)
            }
            Target::Local(mut local) => {
                match &mut local.init {
                    Some(init) => self.in_place(&mut init.expr, &options),
                    None => self
                        .errors
                        .at(&local.pat, "this `let` has no value to run in a context"),
                }
                quote!(#(#attrs)* #local)
            }
            Target::Arm(mut arm) => {
                self.in_place(&mut arm.body, &options);
                quote!(#(#attrs)* #arm)
            }
        }
    }

    fn in_place(&mut self, expr: &mut Expr, options: &Options) {
        let inner = std::mem::replace(expr, Expr::Verbatim(TokenStream::new()));
        *expr = Expr::Verbatim(self.expression(inner, options));
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
                wrapped_block(options, block.clone().into_iter().collect()).unwrap_or(block)
            }
            refused => {
                self.errors.push(refusal(&refused));
                self.rewrite(refused.into_token_stream(), false)
            }
        }
    }
}

fn refusal(expr: &Expr) -> Error {
    let found = match expr {
        Expr::Closure(closure) => {
            let (begin, inputs, end) = (&closure.inputs_begin, &closure.inputs, &closure.inputs_end);
            let message = "an annotated closure must be `move`: it carries its snapshot away, \
                           so it can't borrow from where it is made";
            return Error::new_spanned(quote!(#begin #inputs #end), message);
        }
        Expr::Call(_) => "a call: put the attribute on the closure or block among its arguments",
        Expr::Await(_) | Expr::MethodCall(_) | Expr::Try(_) | Expr::Field(_) => {
            "what is made of one: put it in parentheses together with its attribute, `(#[with_context] ..)`"
        }
        Expr::Macro(_) => "a macro call: annotate the closure or block that it is given, bound with `let` before",
        Expr::Path(_) => "a name: annotate the closure or block where it is made",
        Expr::Block(_) => "a plain block: did you mean `async { .. }`?",
        _ => "something else",
    };
    let message = format!("expected a `move` closure or an `async` block, found {found}");
    Error::new_spanned(expr, message)
}

/// Whether `name!` or `macro_rules! name` comes last, and not the `!` that negates.
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
