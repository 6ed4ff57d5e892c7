//! [`Propagator`]: for what opentelemetry instruments.

use super::definition::Baggage;
use super::hook::Hook;
use super::left_out::LeftOut;
use super::list::HEADER;
use super::own_baggage::OwnBaggage;
use super::writer::Line;
use opentelemetry::Context;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// A `TextMapPropagator` of opentelemetry, so that instrumented clients send the variables unasked. Made by
/// [`Baggage::propagator`].
///
/// **On the way out** it writes what is bound in the current context of this crate, and beside it opentelemetry's own
/// baggage, that of the `Context` that the client injects. A member of opentelemetry's baggage with one of our names is
/// not sent: it is what an earlier hop has brought, and the variable is what counts.
///
/// **On the way in** the variables go into a [`Received`](super::Received), which is a value of the `Context` that
/// `extract` returns. opentelemetry's `Context` and ours are two things, and entering the one doesn't enter the other.
/// So a server takes the value out and runs the request in it; a service with a
/// [`tower::ExtractLayer`](crate::tower::ExtractLayer) needs none of this.
///
/// ```
/// use contextvars::baggage::{Baggage, Received};
/// use contextvars::{ContextExt, context_var};
/// use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
/// use opentelemetry_sdk::propagation::TraceContextPropagator;
/// use std::collections::HashMap;
/// use std::sync::LazyLock;
///
/// #[context_var]
/// static TENANT: String;
/// static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT));
///
/// // Once, for `opentelemetry::global::set_text_map_propagator`:
/// let propagator = TextMapCompositePropagator::new(vec![
///     Box::new(TraceContextPropagator::new()),
///     Box::new(BAGGAGE.propagator()), // in the place of a `BaggagePropagator`
/// ]);
///
/// // What an instrumented client does:
/// let mut headers = HashMap::new();
/// TENANT.sync_scope("acme".to_owned(), || propagator.inject(&mut headers));
/// assert_eq!(headers["baggage"], "tenant=acme");
///
/// // What an instrumented server does, and what to add:
/// let cx = propagator.extract(&headers);
/// let received = cx.get::<Received>().unwrap();
/// let handler = async { TENANT.get() };
/// let handled = handler.in_context(received.context.clone());
/// assert_eq!(futures::executor::block_on(handled).as_deref(), Some("acme"));
/// ```
///
/// # Beside a `BaggagePropagator`
///
/// An `Injector` can only replace a header, not read it. So two that write the same one don't compose: the last wins.
/// This one writes what `BaggagePropagator` would, and so nothing is lost where it comes *after* it, or takes its
/// place. Where the order is not yours, [`around`](Self::around) wraps the whole composite, and merges what comes out
/// of it.
///
/// # Whom it trusts
///
/// `extract` takes what every peer sends. A server that talks to others than its own kind asks
/// [`ExtractLayer::only_if`](crate::tower::ExtractLayer::only_if) instead, and does not use the `Received`.
#[derive(Clone)]
pub struct Propagator<Inner = OwnBaggage> {
    baggage: &'static Baggage,
    /// What writes opentelemetry's own baggage.
    inner: Inner,
    fields: Arc<[String]>,
    on_left_out: Hook<LeftOut>,
    place: &'static Location<'static>,
}

impl Baggage {
    /// A `TextMapPropagator` of opentelemetry, for its composite: instrumented clients send the variables unasked.
    ///
    /// `Debug` of a context that it has made names the place of this call.
    #[cfg_attr(docsrs, doc(cfg(feature = "opentelemetry")))]
    #[must_use]
    #[track_caller]
    pub fn propagator(&'static self) -> Propagator {
        Propagator {
            baggage: self,
            inner: OwnBaggage,
            fields: Arc::new([HEADER.to_owned()]),
            on_left_out: Hook::NONE,
            place: Location::caller(),
        }
    }
}

impl Propagator {
    /// Wraps a propagator, usually a composite, with a `BaggagePropagator` in it or not.
    ///
    /// What it writes into `baggage` is merged with ours byte for byte; all else passes through.
    ///
    /// ```
    /// use contextvars::baggage::Baggage;
    /// use contextvars::context_var;
    /// use opentelemetry::baggage::BaggageExt;
    /// use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
    /// use opentelemetry::{Context, KeyValue};
    /// use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
    /// use std::collections::HashMap;
    /// use std::sync::LazyLock;
    ///
    /// #[context_var]
    /// static TENANT: String;
    /// static BAGGAGE: LazyLock<Baggage> = LazyLock::new(|| Baggage::new().with("tenant", &TENANT));
    ///
    /// let composite = TextMapCompositePropagator::new(vec![
    ///     Box::new(BaggagePropagator::new()),
    ///     Box::new(TraceContextPropagator::new()),
    /// ]);
    /// let propagator = BAGGAGE.propagator().around(composite);
    ///
    /// let mut headers = HashMap::new();
    /// let cx = Context::new().with_baggage([KeyValue::new("theirs", "1")]);
    /// TENANT.sync_scope("acme".to_owned(), || propagator.inject_context(&cx, &mut headers));
    /// assert_eq!(headers["baggage"], "theirs=1,tenant=acme");
    /// ```
    #[must_use]
    pub fn around<P: TextMapPropagator>(self, inner: P) -> Propagator<P> {
        let others = inner.fields().filter(|field| *field != HEADER).map(str::to_owned);
        Propagator {
            fields: others.chain([HEADER.to_owned()]).collect(),
            baggage: self.baggage,
            inner,
            on_left_out: self.on_left_out,
            place: self.place,
        }
    }
}

impl<Inner> Propagator<Inner> {
    /// Calls `hook` with each variable that is left out of a header.
    #[must_use]
    pub fn on_left_out(mut self, hook: impl Fn(&LeftOut) + Send + Sync + 'static) -> Self {
        self.on_left_out = Hook::new(hook);
        self
    }
}

impl<Inner: TextMapPropagator> TextMapPropagator for Propagator<Inner> {
    fn inject_context(&self, cx: &Context, injector: &mut dyn Injector) {
        let mut intercepted = Intercepted { injector, line: None };
        self.inner.inject_context(cx, &mut intercepted);
        let Intercepted { injector, line: others } = intercepted;
        let mut line = Line::new(self.baggage.members.len());
        line.keep_others(&self.baggage.members, others.unwrap_or_default().as_bytes());
        let left_out = self.baggage.add_to(&mut line, usize::MAX, self.place);
        if let Some(line) = line.finish() {
            injector.set(HEADER, String::from_utf8_lossy(&line).into_owned());
        }
        self.on_left_out.call(&left_out);
    }

    fn extract_with_context(&self, cx: &Context, extractor: &dyn Extractor) -> Context {
        let cx = self.inner.extract_with_context(cx, extractor);
        let lines = extractor.get_all(HEADER).unwrap_or_default();
        cx.with_value(self.baggage.extract_lines_at(lines, self.place))
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&self.fields)
    }
}

impl<Inner: fmt::Debug> fmt::Debug for Propagator<Inner> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Propagator")
            .field("baggage", &self.baggage)
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

/// An injector that keeps the one header to itself which is to be merged.
struct Intercepted<'a> {
    injector: &'a mut dyn Injector,
    line: Option<String>,
}

impl Injector for Intercepted<'_> {
    fn set(&mut self, key: &str, value: String) {
        if key.eq_ignore_ascii_case(HEADER) {
            self.line = Some(value);
        } else {
            self.injector.set(key, value);
        }
    }

    fn reserve(&mut self, additional: usize) {
        self.injector.reserve(additional);
    }
}
