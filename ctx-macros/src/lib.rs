//! The attribute macros of [`contextvars`](https://docs.rs/contextvars), which re-exports both.
//!
//! Depend on `contextvars`, not on this crate: what the macros emit names `::contextvars::__private`.

#![forbid(unsafe_code)]

mod arguments;
mod bind;
mod context_var;
mod crate_path;
mod errors;
mod lints;
mod never;
#[cfg(test)]
mod tests;
mod with_context;

use proc_macro::TokenStream;

/// Turns a `static` into a `ContextVar`: a variable whose value belongs to the task, not to the thread.
///
/// The type that is written is the type of the value. With an initializer the static becomes a
/// `ContextVar<T, WithDefault>`, without one a `ContextVar<T>`:
///
/// ```text
/// #[context_var]
/// pub static REQUEST_ID: String = "unknown".to_owned();
///
/// #[context_var(redact)]
/// static API_KEY: SecretKey;
/// ```
///
/// The initializer need not be `const`. It is evaluated when the default is first needed, outside every lock and every
/// context. The variable's name is the identifier; visibility, documentation and attributes stay as written.
/// The macro works in modules, in function bodies and in what `macro_rules!` expand to.
///
/// # A default is one value for the whole process
///
/// It is evaluated once, and shown wherever nobody has bound the variable. So a default that can change from within is
/// shared by all requests, and one that counts is the same for all:
///
/// ```text
/// #[context_var]
/// static CART: Arc<Mutex<Vec<Item>>> = Arc::default(); // one cart for everybody
/// #[context_var]
/// static REQUEST_ID: u64 = next_id(); // one id for everybody
/// ```
///
/// Declare those without a default, and bind them where a request begins: `#[with_context(CART = Arc::default())]`.
///
/// # Options
///
/// | option | meaning |
/// | --- | --- |
/// | `local` | stays with the context that runs, and with what it awaits: no snapshot, capture or bound closure takes it along |
/// | `redact` | `Debug` shows `<redacted>` in place of the value |
/// | `crate = path` | where `contextvars` is found, if it is renamed or re-exported |
///
/// # Errors
///
/// Refused, with what to write instead: anything but a `static`, `static mut`, a missing type, `_` or `impl Trait` in
/// the type, `.await` in the initializer, and unknown or repeated options.
#[proc_macro_attribute]
pub fn context_var(args: TokenStream, item: TokenStream) -> TokenStream {
    context_var::expand(args.into(), item.into()).into()
}

/// Gives each call of a function a context of its own, which starts as a snapshot of the caller's.
///
/// The snapshot is taken at the call, before the first poll, so `spawn(handler(request))` carries the caller's context
/// to whatever thread runs it. What the function sets, its caller does not see:
///
/// ```text
/// #[with_context]
/// async fn handler(request: Request) -> Response { .. }
///
/// #[with_context(USER = request.user(), REQUEST_ID = new_id())]
/// async fn entry(request: Request) -> Response { .. }
/// ```
///
/// It goes on `async fn` (free, method, in a trait or its implementation), on functions that return a future or a
/// stream (`impl Future`, `Pin<Box<dyn Future>>`, `BoxFuture`, `impl Stream`, ..), on plain functions, and on `impl`
/// blocks, where it means each method that is `async` or returns a future. A future or a stream that is returned goes on
/// in the function's context: from an `async fn`, too, and in a `Result` or an `Option`. Inside an annotated function it
/// also goes on `move` closures, `async move` closures and `async` blocks, or on the `let` that binds one:
///
/// ```text
/// #[with_context]
/// fn start(pool: &Pool) {
///     pool.execute(#[with_context] move || work());
/// }
/// ```
///
/// On a function that drives an executor, such as one with `#[tokio::main]` or `#[tokio::test]`, the context goes on
/// the future that is driven. The order of the two attributes does not matter, nor does it beside attribute macros that
/// expand the function where it stands, as `#[instrument]` and `#[async_trait]` do.
///
/// # Options
///
/// | option | meaning |
/// | --- | --- |
/// | `VARIABLE = value` | `VARIABLE.set(value)` first, when the body begins; the value sees the arguments |
/// | `fresh` | start from an empty context, not from the caller's; no scope around the call adds to it |
/// | `in_place` | expand here and now, for the sake of other attribute macros: see below |
/// | `crate = path` | where `contextvars` is found, if it is renamed or re-exported |
/// | `skip` | on a method of an annotated `impl` block: leave it as it is |
///
/// # In place
///
/// Some attribute macros do not leave the function where it stands. `#[automock]` of mockall, `#[ext]` of extend and
/// easy-ext and `#[dynosaur]` copy a method's attributes to what they make of it. `#[timeout]` of ntest runs the body on
/// a thread of its own. `#[autometrics]` on an `impl` block drops what is below it. Beside such a macro the order does
/// matter, and what is written is
///
/// ```text
/// #[with_context(in_place)]
/// #[automock]
/// impl Store {
///     async fn load(&self, key: &str) -> Vec<u8> { .. }
///
///     #[with_context(skip)]
///     async fn sign_in(&self) { .. }
/// }
/// ```
///
/// `in_place` stands above the other macro, on a function, an `impl` block or a trait with default methods, and is
/// expanded before it. An `async fn` stays one, so it captures **at its first poll, not at the call**: awaited it starts
/// from its caller's context as ever, but `spawn(load())` starts from nothing. There, write
/// `spawn(load().in_current_context())`. On an `impl` block or a trait the methods are written out: none has an attribute
/// left that could be copied, and `#[with_context(..)]` on a method means what it always does. Where nothing copies, moves
/// or drops, leave `in_place` away.
///
/// # Limits
///
/// Futures that await each other without a box are one type inside the other, and rustc gives up on them at its default
/// `recursion_limit`: some 25 annotated functions deep, where plain ones reach some 30, those with
/// `#[tracing::instrument]` some 10, and those with both 8 (rustc 1.95). Box one in seven **as a `dyn Future`**, by
/// `next().boxed().await` or a return type such as `BoxFuture<'_, T>`, or raise the limit. A bare `Box::pin(next())` does
/// for a future that stays where it is; for one that is spawned it doesn't, since rustc asks what is in the box for `Send`.
///
/// What a function returns goes on in its context if its *type* is a future or a stream, or a `Result` or an `Option` of one.
/// Of these nothing is seen, and what is inside has no context when it is polled:
///
/// | returned | what to write |
/// | --- | --- |
/// | a future in a tuple, a `Vec` or any other holder | `vec![bind!(async move { .. })]`, or `.in_current_context()` on the inner future |
/// | a value of a type parameter that turns out to be a future, as in `fn f<T>(value: T) -> T` | bound it by `Future` and return `impl Future`, or `.in_current_context()` where the future is made |
/// | what becomes a future by `IntoFuture`, such as a request builder | `.into_future()`, and return `impl Future` |
/// | a closure, even one that returns a future | `bind!(move \|n\| ..)` |
/// | by an `async fn`, an alias of a boxed future or stream whose name doesn't end in `Future`, `Fut` or `Stream` | the type itself, as `BoxFuture<'_, T>`, or a name that does |
/// | by a method of an annotated `impl` block that has no attribute of its own, a future as `impl Job`, where `Job` is a trait of yours | `#[with_context]` on the method |
///
/// An `impl Job` that is a future is wrapped like any other, so the wrapper must implement `Job`: it does where
/// `impl<F: Future> Job for F` holds, and else the function is refused. Return `impl Future` there, or leave the attribute
/// away and write `bind!(async move { .. })` around what `Job` is implemented for.
///
/// The future that a call of an `async` closure returns enters the context at its first poll: dropped before that, it
/// drops the call's arguments where it is dropped.
///
/// # Errors
///
/// Refused, with what to write instead: `const fn`, `#[track_caller]`, methods without a body, closures that are not
/// `move`, functions that return a concrete future such as `Ready<T>`, by itself or in a `Result` or an `Option`, or a
/// future of another kind such as actix's `ResponseActFuture`, methods of an annotated `impl` block that return a future by
/// another name and are not annotated themselves, functions that call `block_on` on anything but an `async` block, attributes that another macro has
/// copied, bodies that it runs on a thread, items that are no functions, and unknown or repeated options.
#[proc_macro_attribute]
pub fn with_context(args: TokenStream, item: TokenStream) -> TokenStream {
    with_context::expand(args.into(), item.into()).into()
}

/// What `contextvars::bind!` expands to: it says where the crate is.
#[doc(hidden)]
#[proc_macro]
pub fn __bind(input: TokenStream) -> TokenStream {
    bind::expand(input.into()).into()
}
