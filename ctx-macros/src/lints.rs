//! The lints that the emitted code switches off: every `#[allow(..)]` of an expansion is made here.
//!
//! Five lints are kept silent by the form of the emitted code instead:
//!
//! - `clippy::implicit_return`: a value is returned by a `return` statement (`with_context/expand/output.rs`).
//! - `dead_code` and `unreachable_pub` report what the user's tokens enclose: the braces of a function, and the
//!   `static` and `;` of a variable, are emitted as they were written (`with_context/parse/body.rs`,
//!   `context_var/expand.rs`).
//! - `unused_braces`: a lone expression gets new braces (`with_context/parse/body.rs`).
//! - `clippy::unused_self`: the emitted function uses a receiver that its body does not
//!   (`with_context/expand/params.rs`).
//!
//! The crate `tests/crates/hostile-lints` denies all lints, and compiles every shape of item with the macros on it.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

/// For the import of a trait whose method only some types need.
pub(crate) fn allow_unused_import(span: Span) -> TokenStream {
    quote_spanned!(span=> #[allow(unused_imports)])
}

/// For the import of all traits of a module, of which one is needed.
pub(crate) fn allow_glob_import(span: Span) -> TokenStream {
    quote_spanned!(span=> #[allow(unused_imports, clippy::wildcard_imports)])
}

/// For the statement that tells the return type. It is never reached, and Clippy reports a complex type in a `let`, but
/// not as the return type of an `async fn`.
pub(crate) fn allow_type_hint(span: Span) -> TokenStream {
    quote_spanned!(span=> #[allow(unreachable_code, clippy::type_complexity)])
}

/// For `let name = name;`, where `name` may begin with an underscore.
pub(crate) fn allow_rebinding(name: &Ident) -> TokenStream {
    let underscore = name
        .to_string()
        .starts_with('_')
        .then(|| quote!(clippy::no_effect_underscore_binding, clippy::used_underscore_binding));
    quote_spanned!(Span::mixed_site()=> #[allow(clippy::shadow_same, #underscore)])
}

/// For a closure that is called through a `mut` variable, whether it is `FnMut` or not.
pub(crate) fn allow_unused_mut(span: Span) -> TokenStream {
    quote_spanned!(span=> #[allow(unused_mut)])
}

/// For an `async` block that ends in a future. Clippy reports it, but not the `async fn` that the user has written.
pub(crate) fn allow_future_of_future() -> TokenStream {
    quote_spanned!(Span::mixed_site()=> #[allow(clippy::async_yields_async)])
}

/// For a `#[must_use]` that the user has put on an `async fn` for the sake of its output: the future that it returns
/// now is `#[must_use]` already.
pub(crate) fn allow_double_must_use() -> TokenStream {
    quote_spanned!(Span::mixed_site()=> #[allow(clippy::double_must_use)])
}
