//! The attribute macros of [`contextvars`](https://docs.rs/contextvars), which re-exports both.
//!
//! Depend on `contextvars`, not on this crate: the emitted code uses `::contextvars::__private`.

// Each macro parses its input, validates it and expands it, in `context_var/`, `with_context/` and `bind.rs`. All of
// them use `arguments.rs`, the grammar of arguments; `errors.rs`, which collects what is wrong; `crate_path.rs`, the
// path to `contextvars`; and `lints.rs`, the lints that the emitted code switches off.

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
/// The type of the static is the type of the value. With an initializer the static becomes a
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
/// The initializer is the default. It need not be `const`: it is evaluated when it is first needed, outside of every
/// lock and every context. The identifier is the variable's name. Visibility, documentation and attributes stay as
/// written. The macro works in modules, in function bodies and in the output of `macro_rules!`.
///
/// # A default is one value for the whole process
///
/// It is evaluated once, and read wherever the variable is not set. So all requests share a default that can change
/// inside, and see the same value of one that counts:
///
/// ```text
/// #[context_var]
/// static CART: Arc<Mutex<Vec<Item>>> = Arc::default(); // one cart for everybody
/// #[context_var]
/// static REQUEST_ID: u64 = next_id(); // one id for everybody
/// ```
///
/// Declare such variables without a default, and set them where a request begins: `#[with_context(CART = Arc::default())]`.
///
/// # Options
///
/// | option | meaning |
/// | --- | --- |
/// | `local` | the value stays with the context that runs, and with what it awaits; snapshots, captures and bound closures don't inherit it |
/// | `redact` | `Debug` shows `<redacted>` in place of the value |
/// | `required` | a read where it is not bound is reported as lost, in every context; see `contextvars::lost` |
/// | `crate = path` | the path of `contextvars`, if it is renamed or re-exported |
///
/// # Errors
///
/// The macro refuses these, and the message says what to write instead:
///
/// - items other than a `static`, and a `static mut`
/// - a missing type, and `_` or `impl Trait` in the type
/// - `.await` in the initializer
/// - unknown or repeated options
#[proc_macro_attribute]
pub fn context_var(args: TokenStream, item: TokenStream) -> TokenStream {
    context_var::expand(args.into(), item.into()).into()
}

/// Gives each call of a function a context of its own, which starts as a copy of the caller's.
///
/// The call takes the snapshot, before the first poll. So `spawn(handler(request))` takes the caller's context to
/// whatever thread runs the task. The caller does not see what the function sets:
///
/// ```text
/// #[with_context]
/// async fn handler(request: Request) -> Response { .. }
///
/// #[with_context(USER = request.user(), REQUEST_ID = new_id())]
/// async fn entry(request: Request) -> Response { .. }
/// ```
///
/// # Where it goes
///
/// - On an `async fn`: a free function, a method, or a method of a trait or of its implementation.
/// - On a function that returns a future or a stream (`impl Future`, `Pin<Box<dyn Future>>`, `BoxFuture`, `impl Stream`, ..),
///   and on any other function.
/// - On an `impl` block, where it stands for an attribute on each method that is `async` or returns a future.
/// - Inside an annotated function: on `move` closures, `async move` closures and `async` blocks, or on the `let` that
///   binds one.
///
/// ```text
/// #[with_context]
/// fn start(pool: &Pool) {
///     pool.execute(#[with_context] move || work());
/// }
/// ```
///
/// A future or a stream that a function returns runs in the context of that function. So does one that an `async fn`
/// returns, and one in a `Result` or an `Option`.
///
/// On a function that starts an executor, such as one with `#[tokio::main]` or `#[tokio::test]`, the context goes on
/// the future that the executor drives. The order of the two attributes makes no difference. The same holds for other
/// attribute macros that leave the function in its place, such as `#[instrument]` and `#[async_trait]`.
///
/// # Options
///
/// | option | meaning |
/// | --- | --- |
/// | `VARIABLE = value` | the body begins with `VARIABLE.set(value)`; the value may use the arguments |
/// | `fresh` | the context starts empty, not from the caller's; no scope around the call applies to it |
/// | `in_place` | the attribute is expanded before the attributes below it: see [In place](#in-place) |
/// | `crate = path` | the path of `contextvars`, if it is renamed or re-exported |
/// | `skip` | on a method of an annotated `impl` block: the method stays as it is |
///
/// # In place
///
/// Some attribute macros do not leave the function in its place. `#[automock]` of mockall, `#[ext]` of extend and
/// easy-ext, and `#[dynosaur]` copy the attributes of a method to the methods that they make. `#[timeout]` of ntest
/// runs the body on a thread of its own. `#[autometrics]` on an `impl` block drops the attributes below it. Beside such
/// a macro the order does matter. Write
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
/// Put `in_place` above the other macro, on a function, an `impl` block or a trait with default methods: it is expanded
/// before that macro. An `async fn` stays one, so it captures **at its first poll, not at the call**. Awaited, it
/// starts from its caller's context as always, but `spawn(load())` starts empty: write
/// `spawn(load().in_current_context())`. On an `impl` block or a trait, the methods are expanded at once, so that no
/// attribute is left to be copied; `#[with_context(..)]` on a method keeps its meaning. Don't use `in_place` where no
/// macro copies, moves or drops.
///
/// # Limits
///
/// If futures await each other without a box, the type of each contains that of the next. At its default
/// `recursion_limit`, rustc 1.95 gives up at about 25 annotated functions that call each other. For plain functions it
/// is about 30, for those with `#[tracing::instrument]` about 10, and for those with both 8. Box one in seven **as a
/// `dyn Future`**, by `next().boxed().await` or a return type such as `BoxFuture<'_, T>`, or raise the limit. A bare
/// `Box::pin(next())` is enough for a future that is not spawned; for a spawned one, rustc checks whether what is in
/// the box is `Send`.
///
/// A result runs in the function's context if its *type* is a future or a stream, or a `Result` or an `Option` of one.
/// The macro does not see the futures in these results, and they are polled without the context:
///
/// | returned | what to write |
/// | --- | --- |
/// | a future in a tuple, a `Vec` or any other type | `vec![bind!(async move { .. })]`, or `.in_current_context()` on the inner future |
/// | a value of a type parameter that may be a future, as in `fn f<T>(value: T) -> T` | bound it by `Future` and return `impl Future`, or `.in_current_context()` where the future is made |
/// | a value that becomes a future by `IntoFuture`, such as a request builder | `.into_future()`, and return `impl Future` |
/// | a closure, even one that returns a future | `bind!(move \|n\| ..)` |
/// | from an `async fn`, an alias of a boxed future or stream whose name doesn't end in `Future`, `Fut` or `Stream` | the type itself, as `BoxFuture<'_, T>`, or an alias with such a name |
/// | from a method of an annotated `impl` block without an attribute of its own, a future as `impl Job`, where `Job` is a trait of yours | `#[with_context]` on the method |
///
/// An `impl Job` that is a future is wrapped too, so the wrapper must implement `Job`. It does where
/// `impl<F: Future> Job for F` exists; else the compiler refuses the function. Then return `impl Future`, or remove the
/// attribute and write `bind!(async move { .. })` around what `Job` is implemented for.
///
/// The future that a call of an `async` closure returns enters the context at its first poll. If it is dropped before
/// that, the arguments of the call are dropped outside of the context.
///
/// # Errors
///
/// The macro refuses these, and the message says what to write instead:
///
/// - `const fn`, functions with `#[track_caller]`, methods without a body, and items that are no functions
/// - closures that are not `move`
/// - functions that return a concrete future such as `Ready<T>`, by itself or in a `Result` or an `Option`, or a future
///   of another kind such as actix's `ResponseActFuture`
/// - methods of an annotated `impl` block that return a future by another name and are not annotated themselves
/// - calls of `block_on` with anything but an `async` block
/// - attributes that another macro has copied, and bodies that it runs in a task or on a thread of its own
/// - unknown or repeated options
#[proc_macro_attribute]
pub fn with_context(args: TokenStream, item: TokenStream) -> TokenStream {
    with_context::expand(args.into(), item.into()).into()
}

/// `contextvars::bind!` calls this macro with the path of the crate.
#[doc(hidden)]
#[proc_macro]
pub fn __bind(input: TokenStream) -> TokenStream {
    bind::expand(input.into()).into()
}
