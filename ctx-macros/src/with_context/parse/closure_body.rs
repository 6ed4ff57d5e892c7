//! What is known of the result of a closure, from its return type or else from its body.

use super::return_type::KnownType;
use super::tokens::{is_ident, mention};
use super::types::is_never;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Block, Expr, Path, ReturnType, Stmt, Type, UnOp};

/// The body of a closure, and what is known of its result.
pub(crate) struct ClosureBody {
    pub(crate) tokens: TokenStream,
    pub(crate) result: ClosureResult,
}

pub(crate) enum ClosureResult {
    /// A value that is certainly no future.
    Value,
    /// A future in a `Box::pin(..)`. The body is left without that call, which is made again around the future's
    /// wrapper, so that the compiler still infers the type of the box.
    Pinned { pin: TokenStream },
    /// The compiler finds out what it is.
    Unknown(KnownType),
}

impl ClosureBody {
    pub(crate) fn of(tokens: TokenStream, output: &ReturnType) -> Self {
        let known = match output {
            ReturnType::Type(_, ty) if is_never(ty) => {
                let result = ClosureResult::Value;
                return Self { tokens, result };
            }
            ReturnType::Type(_, ty) if !mention(&ty.to_token_stream(), "_") => KnownType::Written,
            ReturnType::Type(_, ty) if !matches!(**ty, Type::Infer(_)) => KnownType::PartlyWritten,
            _ => KnownType::Inferred,
        };
        let expr = syn::parse2::<Expr>(tokens.clone());
        let (Ok(expr), KnownType::Inferred) = (expr, known) else {
            let result = ClosureResult::Unknown(known);
            return Self { tokens, result };
        };
        let is_value = match Evaluates::of(&expr) {
            Evaluates::ToValue => true,
            // A `return` on the way may have a value.
            Evaluates::Never => !mention(&tokens, "return"),
            Evaluates::Unknown => false,
        };
        if is_value {
            let result = ClosureResult::Value;
            return Self { tokens, result };
        }
        match pinned(&expr) {
            Some((tokens, pin)) => Self {
                tokens,
                result: ClosureResult::Pinned { pin },
            },
            None => Self {
                tokens,
                result: ClosureResult::Unknown(known),
            },
        }
    }
}

/// What an expression evaluates to, whatever the types of its parts.
#[derive(Clone, Copy, PartialEq)]
enum Evaluates {
    /// A value that is no future.
    ToValue,
    /// It panics or jumps away.
    Never,
    /// The compiler has to say.
    Unknown,
}

impl Evaluates {
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
                None => Self::ToValue,
            },
            Expr::Match(expr) => Self::of_branches(expr.arms.iter().map(|arm| Self::of(&arm.body))),
            Expr::Call(expr) => Self::of_name(&expr.func),
            Expr::Path(_) => Self::of_name(expr),
            Expr::Macro(expr) => Self::of_macro(&expr.mac.path),
            Expr::Break(_) | Expr::Continue(_) => Self::Never,
            Expr::Unary(expr) if matches!(expr.op, UnOp::Deref(_)) => Self::Unknown,
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
            | Expr::While(_) => Self::ToValue,
            _ => Self::Unknown,
        }
    }

    fn of_block(block: &Block) -> Self {
        match block.stmts.last() {
            Some(Stmt::Expr(expr, None)) => Self::of(expr),
            Some(Stmt::Macro(mac)) if mac.semi_token.is_none() => Self::of_macro(&mac.mac.path),
            // It evaluates to `()`, unless a `return` in it has another value.
            _ if mention(&block.to_token_stream(), "return") => Self::Unknown,
            Some(Stmt::Macro(mac)) if Self::of_macro(&mac.mac.path) == Self::Never => Self::Never,
            _ => Self::ToValue,
        }
    }

    /// All branches have one type, so one of them tells for all.
    fn of_branches(branches: impl Iterator<Item = Self>) -> Self {
        let mut all = Self::Never;
        for branch in branches {
            match branch {
                Self::ToValue => return Self::ToValue,
                Self::Unknown => all = Self::Unknown,
                Self::Never => {}
            }
        }
        all
    }

    /// `Ok(..)`, `Err(..)`, `Some(..)` and `None` are values.
    fn of_name(expr: &Expr) -> Self {
        let Expr::Path(path) = expr else { return Self::Unknown };
        match path.path.get_ident() {
            Some(last) if ["Ok", "Err", "Some", "None"].iter().any(|name| last == name) => Self::ToValue,
            _ => Self::Unknown,
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
            Self::ToValue
        } else if is_one_of(&NEVER) {
            Self::Never
        } else {
            Self::Unknown
        }
    }
}

/// The argument of a `Box::pin(..)` at the end of an expression, together with the statements before it; and the path
/// of `Box::pin`.
fn pinned(expr: &Expr) -> Option<(TokenStream, TokenStream)> {
    match expr {
        Expr::Paren(expr) => pinned(&expr.expr),
        Expr::Group(expr) => pinned(&expr.expr),
        Expr::Block(expr) if expr.label.is_none() && expr.attrs.is_empty() => {
            let (Stmt::Expr(last, None), before) = expr.block.stmts.split_last()? else {
                return None;
            };
            let before: TokenStream = before.iter().map(ToTokens::to_token_stream).collect();
            // A `return` elsewhere returns a box.
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
