//! The macros where `contextvars` has another name, and macros for crates that don't depend on it at all.

#![deny(warnings)]

/// All of `contextvars`.
pub use renamed as vars;

/// Declares variables in the crate that calls it.
#[macro_export]
macro_rules! variables {
    ($($(#[$attr:meta])* $vis:vis $name:ident: $ty:ty $(= $default:expr)?;)*) => {
        $(
            #[$crate::vars::context_var(crate = $crate::vars)]
            $(#[$attr])*
            $vis static $name: $ty $(= $default)?;
        )*
    };
}

/// Annotates functions in the crate that calls it.
#[macro_export]
macro_rules! annotated {
    ($(#[$attr:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty $body:block $variable:ident = $value:expr) => {
        #[$crate::vars::with_context(crate = $crate::vars, $variable = $value)]
        $(#[$attr])*
        $vis fn $name($($arg: $ty),*) -> $ret $body
    };
    ($(#[$attr:meta])* $vis:vis async fn $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty $body:block) => {
        #[$crate::vars::with_context(crate = $crate::vars)]
        $(#[$attr])*
        $vis async fn $name($($arg: $ty),*) -> $ret $body
    };
}

variables! {
    /// A namesake, of the same type, of those in other crates.
    pub USER: &'static str = "nobody here";
}

#[cfg(test)]
mod tests {
    use renamed::{context_var, with_context};
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    #[context_var(crate = renamed)]
    static USER: &'static str = "nobody";

    #[context_var(crate = ::renamed, redact)]
    static SECRET: String;

    #[with_context(crate = renamed, USER = name)]
    async fn annotated(name: &'static str) -> (&'static str, Option<String>) {
        let read = #[with_context]
        move || (USER.get(), SECRET.get());
        read()
    }

    #[with_context(crate = crate::vars)]
    fn boxed() -> Pin<Box<dyn Future<Output = &'static str>>> {
        drop(USER.set("begun"));
        let future = async { USER.get() };
        Box::pin(future)
    }

    struct Service;

    #[with_context(crate = super::vars)]
    impl Service {
        async fn method(&self) -> &'static str {
            USER.get()
        }
    }

    #[renamed::with_context(crate = ::renamed)]
    #[must_use]
    fn plain() -> &'static str {
        drop(USER.set("plain"));
        USER.get()
    }

    /// An attribute macro beside ours, which puts ours last.
    #[with_context(crate = renamed)]
    #[::core::prelude::v1::test]
    fn behind_another() {
        drop(USER.set("test"));
        assert_eq!(USER.get(), "test");
    }

    fn ready<F: Future>(future: F) -> F::Output {
        match Box::pin(future).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => output,
            Poll::Pending => unreachable!(),
        }
    }

    #[test]
    fn another_name() {
        assert_eq!(ready(annotated("alice")), ("alice", None));
        assert_eq!(ready(boxed()), "begun");
        assert_eq!(ready(USER.sync_scope("bob", || Service.method())), "bob");
        assert_eq!(plain(), "plain");
    }
}
