//! `bind!(..)`: binds a closure or an `async` block to the current context.
//!
//! In the order of the work: `Input` parses what the macro is given, `bind` writes the code or refuses the expression.

use crate::crate_path::CratePath;
use crate::errors::Errors;
use crate::with_context::expand::{closure, nested, written_block};
use crate::with_context::options::Options;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, ExprClosure, Path, Result, Token, parenthesized};

/// The path of the crate, in parentheses, and the expression.
struct Input {
    crate_path: CratePath,
    expr: Result<Expr>,
}

impl Input {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let path;
        parenthesized!(path in input);
        let crate_path = CratePath::new(path.call(Path::parse_mod_style)?);
        let expr = Self::parse_expr(input);
        // What is left behind an error, which would be an error of its own.
        input.parse::<TokenStream>()?;
        Ok(Self { crate_path, expr })
    }

    fn parse_expr(input: ParseStream<'_>) -> Result<Expr> {
        if input.is_empty() {
            let message = "`bind!` needs a closure or an `async` block: `bind!(|arg| ..)`, `bind!(async move { .. })`";
            return Err(input.error(message));
        }
        let start = input.fork();
        let expr = input.parse().map_err(|error| match error.to_string().as_str() {
            "expected an expression" => start.error("expected a closure or an `async` block"),
            _ => error,
        })?;
        input.parse::<Option<Token![,]>>()?;
        match input.parse::<Option<TokenTree>>()? {
            Some(further) => Err(Error::new_spanned(
                further,
                "`bind!` takes one closure or one `async` block",
            )),
            None => Ok(expr),
        }
    }
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(Input { crate_path, expr }) = errors.collect(Input::parse.parse2(input)) else {
        return quote!({ #errors });
    };
    let options = Options::with_crate_path(crate_path);
    let bound = match expr {
        Ok(expr) => bind(expr, &options, &mut errors),
        Err(error) => {
            errors.push(error);
            TokenStream::new()
        }
    };
    if errors.is_empty() {
        return bound;
    }
    quote!({ #errors #bound })
}

fn bind(expr: Expr, options: &Options, errors: &mut Errors) -> TokenStream {
    match expr {
        Expr::Paren(expr) => bind(*expr.expr, options, errors),
        Expr::Group(expr) => bind(*expr.expr, options, errors),
        Expr::Async(block) => {
            let block = nested::expand(block.into_token_stream(), options, errors);
            written_block::expand(options, block)
        }
        Expr::Closure(mut closure) => {
            let body = nested::expand(closure.body.to_token_stream(), options, errors);
            if closure.capture.is_some() || moves_captures(&closure) {
                closure.capture.get_or_insert_with(<Token![move]>::default);
                closure::expand(closure, body, options)
            } else {
                closure::expand_without_move(closure, body, options)
            }
        }
        refused => {
            errors.push(refusal(&refused));
            refused.into_token_stream()
        }
    }
}

/// Whether the body is an `async move` block, which moves all that the closure captures in any case. Then the closure
/// may be `move` too, and the compiler infers the types of its arguments from where it is passed.
fn moves_captures(closure: &ExprClosure) -> bool {
    matches!(&*closure.body, Expr::Async(block) if block.capture.is_some())
}

fn refusal(expr: &Expr) -> Error {
    let shown = shown(expr);
    let message = match expr {
        Expr::Path(_) => format!(
            "expected a closure or an `async` block, found a name: write the call, `bind!(|arg| {shown}(arg))`, \
             so that the future that it may return is bound too"
        ),
        Expr::Call(_) | Expr::MethodCall(_) => format!(
            "expected a closure or an `async` block, found a call: write `bind!(|| {shown})` for a closure, \
             `bind!(async move {{ {shown}.await }})` for a future"
        ),
        Expr::Block(_) => {
            "expected a closure or an `async` block, found a plain block: did you mean `async { .. }`?".to_owned()
        }
        Expr::Macro(_) => "expected a closure or an `async` block, found a macro call".to_owned(),
        _ => "expected a closure or an `async` block, found something else".to_owned(),
    };
    Error::new_spanned(expr, message)
}

/// The expression in one short line, for a message.
fn shown(expr: &Expr) -> String {
    let tokens = expr.to_token_stream().to_string();
    let shown = [
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" . ", "."),
        (" :: ", "::"),
        (" ,", ","),
        ("& ", "&"),
    ]
    .iter()
    .fold(tokens, |shown, (from, to)| shown.replace(from, to));
    if shown.len() > 40 { "..".to_owned() } else { shown }
}
