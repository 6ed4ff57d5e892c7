//! The macros in a crate that denies every lint that it can bear: what they emit may trip none of them.

#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    unused_results,
    unused_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    let_underscore_drop,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    unnameable_types,
    unit_bindings,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
#![forbid(unsafe_code)]

#[cfg(test)]
#[path = "../../shapes/mod.rs"]
mod shapes;

use contextvars::{context_var, with_context};
use std::pin::Pin;

/// The user.
#[context_var]
pub static USER: String = "nobody".to_owned();

/// How deep.
#[context_var]
pub static DEPTH: usize;

/// A service.
#[derive(Clone, Debug, Default)]
pub struct Service {
    name: String,
}

impl Service {
    /// A method.
    #[with_context(USER = name, DEPTH = 1)]
    #[must_use]
    pub async fn method(&self, name: String, (more, _): (usize, String), _: String) -> usize {
        std::future::ready(()).await;
        self.name.len() + USER.get().len() + more
    }

    /// A method that takes itself.
    ///
    /// # Errors
    ///
    /// None.
    #[with_context]
    pub async fn by_value(mut self, text: &str) -> Result<Self, std::num::ParseIntError> {
        let parsed = text.parse::<u8>()?;
        self.name.push(char::from(parsed));
        Ok(self)
    }

    /// A method that needs no receiver, which a plain `async fn` may have all the same.
    #[with_context]
    async fn no_self(&self) -> usize {
        std::future::ready(1).await
    }

    /// Another.
    #[with_context(DEPTH = 1)]
    async fn bound(&self, text: String) -> usize {
        text.len()
    }

    /// A return type that clippy minds in a plain function, but not in an `async fn`.
    #[with_context]
    pub async fn complex(&self) -> Option<Result<(Option<Self>, Option<usize>), (Option<String>, Option<Vec<Self>>)>> {
        std::future::ready(None).await
    }

    /// The same, that stays an `async fn`.
    #[with_context(in_place)]
    pub async fn complex_in_place(
        &self,
    ) -> Option<Result<(Option<Self>, Option<usize>), (Option<String>, Option<Vec<Self>>)>> {
        std::future::ready(None).await
    }

    /// Calls them.
    pub async fn calls(&self) -> usize {
        self.no_self().await + self.bound(String::new()).await
    }

    /// A plain method.
    #[with_context]
    #[must_use]
    pub fn plain(&self, mut text: String) -> usize {
        text.push('!');
        let call = #[with_context]
        move |more: usize| text.len() + more;
        call(self.name.len())
    }
}

/// A boxed future.
#[with_context]
#[must_use]
pub fn boxed(text: &str) -> Pin<Box<dyn Future<Output = usize> + Send + '_>> {
    let len = text.len();
    Box::pin(async move { len })
}

/// A future without a name.
#[with_context(fresh)]
pub fn opaque(text: &str) -> impl Future<Output = usize> + Send {
    let len = text.len();
    async move { len }
}

/// An `async fn` that returns a future.
#[with_context]
pub async fn later(text: &str) -> impl Future<Output = usize> + Send {
    std::future::ready(()).await;
    let len = text.len();
    async move { len }
}

/// An `async fn` that returns a boxed future.
#[with_context]
pub async fn boxed_later(text: &str) -> Pin<Box<dyn Future<Output = usize> + Send + '_>> {
    std::future::ready(()).await;
    let len = text.len();
    Box::pin(async move { len })
}

/// A function that returns a future, or not.
///
/// # Errors
///
/// None.
#[with_context]
pub fn held(text: &str) -> Result<impl Future<Output = u8> + Send + use<>, std::num::ParseIntError> {
    let parsed = text.parse::<u8>()?;
    Ok(async move { parsed })
}

/// An `async fn` that returns a future, or not.
///
/// # Errors
///
/// None.
#[with_context]
pub async fn held_later(text: &str) -> Result<impl Future<Output = u8> + Send + use<>, std::num::ParseIntError> {
    std::future::ready(()).await;
    let parsed = text.parse::<u8>()?;
    Ok(async move { parsed })
}

macro_rules! lengths {
    () => { impl Iterator<Item = usize> };
}

/// A macro as a type.
#[with_context]
pub fn iterator(text: &str) -> lengths![] {
    std::iter::once(text.len())
}

/// A macro as a type.
#[with_context]
pub async fn iterator_later(text: &str) -> lengths![] {
    std::iter::once(text.len())
}

/// An `async fn` that stays one.
///
/// # Errors
///
/// None.
#[with_context(in_place, USER = name)]
pub async fn in_place(text: &str, (name, _): (String, u8), _: String) -> Result<u8, std::num::ParseIntError> {
    std::future::ready(()).await;
    text.parse::<u8>()
}

#[with_context(in_place)]
impl Service {
    /// An `async` method that stays one.
    #[must_use]
    pub async fn stays(&self, _: &str) -> usize {
        std::future::ready(self.name.len()).await
    }

    /// A plain one.
    #[with_context(fresh)]
    #[must_use]
    pub fn plain_in_place(&self, more: usize) -> usize {
        self.name.len() + more
    }
}
