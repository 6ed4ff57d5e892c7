//! What can be told of a function's or closure's result by its syntax, and what is emitted to find out the rest.

use super::options::Options;
use super::tokens::{is_ident, mention};
use super::wrap::is_never;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Block, Expr, Path, ReturnType, Stmt, Type, UnOp};

/// What of its result's type is known.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Known {
    /// Nothing: a closure's, which the compiler derives.
    Nothing,
    /// All: it is written, and must stay.
    Written,
    /// The same, but for what stands as `_` in it.
    InPart,
    /// The same of a function's.
    Named,
    /// It is an `impl Trait`, or what a macro call stands for, perhaps one.
    Opaque,
    /// It is that of a method that is left as it is.
    LeftOut,
}

/// The body of a closure, and what is known of what it comes to.
pub(super) struct Body {
    pub(super) tokens: TokenStream,
    pub(super) result: Result,
}

pub(super) enum Result {
    /// A value that is no future, for certain.
    Value,
    /// A future that is boxed by `Box::pin`, which the body is left without: so the box can be of any type still.
    Pinned { pin: TokenStream },
    /// What the compiler has to tell.
    Any(Known),
}

impl Body {
    pub(super) fn of(tokens: TokenStream, output: &ReturnType) -> Self {
        let known = match output {
            ReturnType::Type(_, ty) if is_never(ty) => {
                let result = Result::Value;
                return Self { tokens, result };
            }
            ReturnType::Type(_, ty) if !mention(&ty.to_token_stream(), "_") => Known::Written,
            ReturnType::Type(_, ty) if !matches!(**ty, Type::Infer(_)) => Known::InPart,
            _ => Known::Nothing,
        };
        let expr = syn::parse2::<Expr>(tokens.clone());
        let (Ok(expr), Known::Nothing) = (expr, known) else {
            let result = Result::Any(known);
            return Self { tokens, result };
        };
        let is_value = match ComesTo::of(&expr) {
            ComesTo::Value => true,
            // It may come to what is returned on the way.
            ComesTo::Nothing => !mention(&tokens, "return"),
            ComesTo::Any => false,
        };
        if is_value {
            let result = Result::Value;
            return Self { tokens, result };
        }
        match pinned(&expr) {
            Some((tokens, pin)) => Self {
                tokens,
                result: Result::Pinned { pin },
            },
            None => Self {
                tokens,
                result: Result::Any(known),
            },
        }
    }
}

/// Gives the future among the results of `run`, an expression of type `Outcome`, the context that it comes from. What is
/// refused is underlined at `span`.
// Output:
//     {
//         let __outcome = run;
//         { use kinds::*; (&&&&&__outcome.__kind()).__kind() }.finish(__outcome)
//     }
pub(super) fn finish(options: &Options, run: &TokenStream, known: Known, span: Span) -> TokenStream {
    let outcome = Ident::new("__outcome", span);
    let kind = kind(options, &quote_spanned!(span=> #outcome.__kind()), known, span);
    quote_spanned! {span=>
        {
            let #outcome = #run;
            #kind.finish(#outcome)
        }
    }
}

/// The kind of a type, of which `of` is the `KindOf`.
pub(super) fn kind(options: &Options, of: &TokenStream, known: Known, span: Span) -> TokenStream {
    let private = options.crate_path.private(span);
    let kinds = match known {
        Known::Nothing => "derived",
        Known::Written => "written",
        Known::InPart => "written_in_part",
        Known::Named => "named",
        Known::Opaque => "opaque",
        Known::LeftOut => "left_out",
    };
    let kinds = Ident::new(kinds, span);
    quote_spanned! {span=>
        {
            #[allow(unused_imports, clippy::wildcard_imports)]
            use #private::#kinds::*;
            (&&&&&#of).__kind()
        }
    }
}

/// What an expression comes to, whatever the types of what it is made of.
#[derive(Clone, Copy, PartialEq)]
enum ComesTo {
    /// A value that is no future.
    Value,
    /// Nothing: it panics or jumps away.
    Nothing,
    /// Something that has to be looked at.
    Any,
}

impl ComesTo {
    fn of(expr: &Expr) -> Self {
        match expr {
            Expr::Paren(expr) => Self::of(&expr.expr),
            Expr::Group(expr) => Self::of(&expr.expr),
            Expr::Block(expr) if expr.label.is_none() => Self::of_block(&expr.block),
            Expr::Unsafe(expr) => Self::of_block(&expr.block),
            Expr::If(expr) => match &expr.else_branch {
                Some((_, otherwise)) => {
                    Self::of_branches([Self::of_block(&expr.then_branch), Self::of(otherwise)].into_iter())
                }
                None => Self::Value,
            },
            Expr::Match(expr) => Self::of_branches(expr.arms.iter().map(|arm| Self::of(&arm.body))),
            Expr::Call(expr) => Self::of_name(&expr.func),
            Expr::Path(_) => Self::of_name(expr),
            Expr::Macro(expr) => Self::of_macro(&expr.mac.path),
            Expr::Break(_) | Expr::Continue(_) => Self::Nothing,
            Expr::Unary(expr) if matches!(expr.op, UnOp::Deref(_)) => Self::Any,
            Expr::Array(_)
            | Expr::Assign(_)
            | Expr::Binary(_)
            | Expr::Closure(_)
            | Expr::ForLoop(_)
            | Expr::Let(_)
            | Expr::Lit(_)
            | Expr::Range(_)
            | Expr::Reference(_)
            | Expr::Repeat(_)
            | Expr::Tuple(_)
            | Expr::Unary(_)
            | Expr::While(_) => Self::Value,
            _ => Self::Any,
        }
    }

    fn of_block(block: &Block) -> Self {
        match block.stmts.last() {
            Some(Stmt::Expr(expr, None)) => Self::of(expr),
            Some(Stmt::Macro(mac)) if mac.semi_token.is_none() => Self::of_macro(&mac.mac.path),
            // It comes to `()`, unless it jumps away, perhaps with a value.
            _ if mention(&block.to_token_stream(), "return") => Self::Any,
            Some(Stmt::Macro(mac)) if Self::of_macro(&mac.mac.path) == Self::Nothing => Self::Nothing,
            _ => Self::Value,
        }
    }

    /// One branch tells for all.
    fn of_branches(branches: impl Iterator<Item = Self>) -> Self {
        let mut all = Self::Nothing;
        for branch in branches {
            match branch {
                Self::Value => return Self::Value,
                Self::Any => all = Self::Any,
                Self::Nothing => {}
            }
        }
        all
    }

    /// `Ok(..)`, `Err(..)`, `Some(..)` and `None` are values.
    fn of_name(expr: &Expr) -> Self {
        let Expr::Path(path) = expr else { return Self::Any };
        match path.path.get_ident() {
            Some(last) if ["Ok", "Err", "Some", "None"].iter().any(|name| last == name) => Self::Value,
            _ => Self::Any,
        }
    }

    fn of_macro(path: &Path) -> Self {
        const VALUES: [&str; 17] = [
            "assert",
            "assert_eq",
            "assert_ne",
            "concat",
            "debug_assert",
            "debug_assert_eq",
            "debug_assert_ne",
            "eprint",
            "eprintln",
            "format",
            "format_args",
            "matches",
            "print",
            "println",
            "stringify",
            "vec",
            "writeln",
        ];
        const NEVER: [&str; 4] = ["panic", "todo", "unimplemented", "unreachable"];
        let last = path.segments.last();
        let is_one_of = |names: &[&str]| last.is_some_and(|last| names.iter().any(|name| last.ident == name));
        if is_one_of(&VALUES) {
            Self::Value
        } else if is_one_of(&NEVER) {
            Self::Nothing
        } else {
            Self::Any
        }
    }
}

/// What `Box::pin` is given at the end of an expression, with the statements before it, and `Box::pin`.
fn pinned(expr: &Expr) -> Option<(TokenStream, TokenStream)> {
    match expr {
        Expr::Paren(expr) => pinned(&expr.expr),
        Expr::Group(expr) => pinned(&expr.expr),
        Expr::Block(expr) if expr.label.is_none() && expr.attrs.is_empty() => {
            let (Stmt::Expr(last, None), before) = expr.block.stmts.split_last()? else {
                return None;
            };
            let before: TokenStream = before.iter().map(ToTokens::to_token_stream).collect();
            // What is returned elsewhere is boxed already.
            if mention(&before, "return") {
                return None;
            }
            let (inside, pin) = pinned(last)?;
            let inside = if before.is_empty() {
                inside
            } else {
                let span = Span::mixed_site().located_at(expr.block.brace_token.span.join());
                quote_spanned!(span=> { #before #inside })
            };
            Some((inside, pin))
        }
        Expr::Call(call) => {
            let pin = call.func.to_token_stream();
            let names: Vec<TokenTree> = pin.clone().into_iter().collect();
            let [.., first, _, _, last] = &names[..] else {
                return None;
            };
            let is_box_pin = is_ident(Some(first), "Box") && is_ident(Some(last), "pin");
            let future = call.args.first().filter(|_| is_box_pin && call.args.len() == 1)?;
            Some((future.to_token_stream(), pin))
        }
        _ => None,
    }
}
